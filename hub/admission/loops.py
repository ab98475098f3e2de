"""Two machines that answer each other: a circuit for each conversation, which needs no clock and no history."""

from collections.abc import Sequence
from typing import Protocol

from hub import phrases

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
    plain = _plain(text)
    if plain in _OWN_WORDS:
        return True
    answers = [_plain(turn.text) for turn in past if turn.role == "assistant"]
    asked = [*(_plain(turn.text) for turn in past if turn.role == "user"), plain]
    if len(answers) < ECHOES_IN_A_ROW or not plain or accepted_ms - past[-1].at_ms > ECHO_WITHIN_MS:
        return False
    return answers[-ECHOES_IN_A_ROW:] == asked[-ECHOES_IN_A_ROW:]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


_OWN_WORDS = frozenset(map(_plain, phrases.OWN))
