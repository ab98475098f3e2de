"""Two machines that answer each other: a circuit for each conversation, which needs no clock and no history."""

from collections.abc import Sequence
from itertools import islice
from typing import Protocol

from hub import phrases
from hub.languages import ENGLISH, LANGUAGES, translated

BOTS_IN_A_ROW = 6
"""Messages of bots since a person wrote, after which none is answered; the next word of a person closes the circuit."""

ECHOES_IN_A_ROW = 3
"""Of the hub's own answers, from somebody the platform calls a person: the third in a row is not answered."""

ECHO_WITHIN_MS = 10_000
"""Between an answer and its echo: people who repeat what they read take longer."""


class Said(Protocol):
    """A turn of the context."""

    @property
    def role(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def at_ms(self) -> int: ...


def bots_go_on(bot: bool, streak: int) -> bool:
    """Whether a message is one too many of bots among themselves, be it seconds or days after the last."""
    return bot and streak > BOTS_IN_A_ROW


def echoes(text: str, accepted_ms: int, past: Sequence[Said]) -> bool:
    """Whether somebody sends back what the hub says, as bridges and relays do that pass for people.

    The hub's own sentences are known at once; an answer only when it comes back for the third time in a row, and soon.
    """
    if len(text) <= _LONGEST_OWN and _plain(text) in _OWN_WORDS:
        return True
    if not past or not text.strip() or accepted_ms - past[-1].at_ms > ECHO_WITHIN_MS:
        return False
    answers = _newest(past, "assistant", ECHOES_IN_A_ROW)
    asked = [text, *_newest(past, "user", ECHOES_IN_A_ROW - 1)]
    return len(answers) == len(asked) == ECHOES_IN_A_ROW and all(
        _plain(answer) == _plain(echo) for answer, echo in zip(answers, asked, strict=True)
    )


def _newest(past: Sequence[Said], role: str, most: int) -> list[str]:
    return list(islice((turn.text for turn in reversed(past) if turn.role == role), most))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


_OWN_WORDS = frozenset(_plain(translated(words, each)) for words in phrases.OWN for each in (ENGLISH, *LANGUAGES))
_LONGEST_OWN = 2 * max(map(len, _OWN_WORDS))
