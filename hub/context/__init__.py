"""Tokens, and composing a prompt within a budget of them."""

from hub.context.beside import Beside
from hub.context.compose import (
    HISTORY_STEP,
    LEAST_FOR_MESSAGE,
    ContextTooSmall,
    PastTurn,
    Prompt,
    compose,
    minimum_tokens,
)
from hub.context.tokens import count

__all__ = [
    "HISTORY_STEP",
    "LEAST_FOR_MESSAGE",
    "Beside",
    "ContextTooSmall",
    "PastTurn",
    "Prompt",
    "compose",
    "count",
    "minimum_tokens",
]
