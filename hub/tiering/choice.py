"""Which of an agent's two models a message is for, and why."""

import msgspec

from hub.config.settings import TieringSettings
from hub.tiering.difficulty import difficulty

SIMPLE, COMPLEX = "simple", "complex"
WITH_FILES = 0.75
"""A picture or a document is at least as hard as work is."""


class Choice(msgspec.Struct, frozen=True):
    """The decision, as the ledger and /why tell it."""

    tier: str
    why: str
    """difficulty, asked, again, disliked or escalated."""
    reason: str
    """A sentence for people."""


def choose_tier(
    settings: TieringSettings, text: str, *, files: bool = False, asked: bool = False, again: bool = False
) -> Choice:
    """By the person's wish first, then by difficulty. `again`: the same was asked before, and its answer not liked."""
    if asked:
        return Choice(COMPLEX, "asked", "The complex tier was asked for.")
    if again and settings.disliked:
        return Choice(COMPLEX, "again", "It was asked again, so the complex tier answers.")
    found = max(difficulty(text), WITH_FILES) if files else difficulty(text)
    tier, stands = (COMPLEX, "at or above") if found >= settings.threshold else (SIMPLE, "below")
    reason = f"The {tier} tier was chosen: difficulty {found:.2f} is {stands} the threshold {settings.threshold:.2f}."
    return Choice(tier, "difficulty", reason)


def after_disliked() -> Choice:
    """For what follows a disliked answer."""
    return Choice(COMPLEX, "disliked", "The last answer was disliked, so the complex tier answers.")


def escalated(weakness: str) -> Choice:
    """For what the simple tier answered weakly."""
    return Choice(COMPLEX, "escalated", f"The simple tier's answer {weakness}, so the complex tier was asked too.")
