"""What becomes of a message, with the reason that admins see."""

from typing import Protocol

import msgspec

from hub.store import Database, Statement, statement


class Verdict(msgspec.Struct, frozen=True):
    """What becomes of a message."""

    admitted: bool
    words: str = ""
    """What one who is not admitted is told; empty: nothing."""
    changes: tuple[Statement, ...] = ()
    """What happens together with telling it, or with saying nothing."""
    pause_ms: int = 0
    """It waits so long in the queue and is tried again."""


class OfPerson(Protocol):
    """A message of somebody."""

    @property
    def id(self) -> str: ...
    @property
    def person(self) -> int: ...


def because(message: str, reason: str) -> Statement:
    """Notes for admins why a message (by its id) was turned away; `limits.turned_away` lists them."""
    return statement("limits.because", id=message, reason=reason)


async def told_once(
    database: Database, asked: OfPerson, about: str, words: str, within_ms: int, reason: Statement
) -> Verdict:
    """Turned away: told so, once in a time; in silence where that was done. Raises StoreError."""
    told = f"told/{about}/{asked.person}"
    if await database.read(statement("limits.told", id=told, within_ms=within_ms)):
        return Verdict(False, changes=(reason,))
    return Verdict(False, words, (statement("limits.tell", id=told), reason))
