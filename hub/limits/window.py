"""The sliding window: never more than so many in any window of a length, whoever asks from whichever process.

A subject is one row that remembers when the newest were admitted. One statement looks at the one that lies as far back
as the limit is high, and admits where that is older than the window. Up to GROUPS times are kept; where a limit is
higher, several admissions share one time, the newest of theirs, so that they leave the window together and never early.
"""

import msgspec

from hub.config.settings import Rate
from hub.store import Database, Statement, statement

ADMIT = "limits.admit"
"""Undone under this name: the window is full."""
GROUPS = 250
"""Times kept of a subject: 3.5 KB. A limit that they do not divide loses less than 1 % to rounding."""


class Window(msgspec.Struct, frozen=True):
    """A limit as the statement takes it."""

    length_ms: int
    group: int
    """Admissions that share one time."""
    kept: int
    """Groups in a full window."""
    most: int
    """Groups that a window may have for whom this is: fewer than `kept` where room is left to others."""


def window(rate: Rate, share: float = 1.0) -> Window:
    """The window of a limit, of which only a share is open to whom it is asked for."""
    group = -(-rate.amount // GROUPS)
    kept = rate.amount // group
    return Window(rate.per_s * 1000, group, kept, max(1, int(kept * share)))


def admit(subject: str, limit: Window) -> Statement:
    """Counts one more, or is undone as ADMIT. Returns `at_ms`, the time that it counts at."""
    return statement(ADMIT, id=subject, length_ms=limit.length_ms, group=limit.group, most=limit.most, kept=limit.kept)


async def until_room(database: Database, subject: str, limit: Window) -> tuple[int, int]:
    """How many milliseconds a subject waits until there is room, 0 where there is some, and the store's time in ms.

    Raises StoreError.
    """
    rows = await database.read(
        statement("limits.until_room", id=subject, length_ms=limit.length_ms, group=limit.group, most=limit.most)
    )
    return (max(0, rows[0]["wait_ms"]), rows[0]["now_ms"]) if rows else (0, 0)
