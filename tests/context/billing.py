"""What a provider counts of a prompt."""

import toktok

from hub.context import Prompt, count
from hub.context.tokens import PER_MESSAGE, PER_PROMPT


def billed(prompt: Prompt) -> int:
    """Tokens of the whole, each message counted as it is sent.

    Of a long text that it has not seen, the hub's own count may be a bound; a character that Python does not know yet
    is counted by it alone.
    """
    texts = ([prompt.system] if prompt.system else []) + [text for _, text in prompt.turns]
    return PER_PROMPT + sum(PER_MESSAGE + min(count(text), _exactly(text)) for text in texts)


def _exactly(text: str) -> int:
    return toktok.truncate(text, 1 << 62, "o200k_base")[1]
