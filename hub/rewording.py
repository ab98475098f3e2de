"""Kept answers to other wordings of a question: a few are looked up by their keys and compared, where that is possible.

Words decide first, in `hub.reuse`; only for a wording that they allow is the meaning of both texts computed, on this
machine and in a thread.
"""

import asyncio
from collections.abc import Sequence
from itertools import islice

from hub.context import meaning
from hub.reuse import Asked, Scope, asked_of, key_of
from hub.store import Database, Row, statement

NEAR = "near"
MOST_A_KEY = 4
"""Kept answers that are looked at under each key, the newest ones."""
MOST_COMPARED = 4
"""Wordings whose meaning is computed, at about 1 ms each."""


def near_keys(scope: Scope, asked: Asked) -> tuple[str, str, str]:
    """Under which an answer is kept and looked up; empty ones where there are fewer, or none can be compared."""
    parts = asked.near if meaning.installed() else ()
    first, second, third, *_ = *(key_of(scope, part, NEAR) for part in parts), "", "", ""
    return first, second, third


async def reworded(database: Database, scope: Scope, asked: Asked, lives_ms: int) -> Row | None:
    """The newest answer to a wording that surely asks the same, of those still good. Raises StoreError."""
    first, second, third = near_keys(scope, asked)
    if not first:
        return None
    rows = await database.read(
        statement("reuse.near", first=first, second=second, third=third, most=MOST_A_KEY, lives_ms=lives_ms)
    )
    return await asyncio.to_thread(_first_the_same, asked, rows) if rows else None


def _first_the_same(asked: Asked, rows: Sequence[Row]) -> Row | None:
    allowed = ((row, needed) for row in rows if (needed := _needed(asked, row["question"])) is not None)
    likeness = None
    for row, needed in islice(allowed, MOST_COMPARED):
        likeness = likeness or meaning.likeness_to(asked.text)
        if likeness(row["question"]) >= needed:
            return row
    return None


def _needed(asked: Asked, question: str) -> float | None:
    kept = asked_of(question)
    return asked.needs(kept) if kept else None
