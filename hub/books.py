"""The books: what must be true of every committed state of the store, whichever process died at whatever moment."""

from typing import Protocol

import msgspec

from hub.store import Row, Rows, Statement, statement

CLOCKS_APART_MS = 5_000
"""A hold's id is a moment older than the look at which budgets are current."""
MOST_TOLD = 20
"""Problems of each kind; the first ones say what is wrong."""


class Readable(Protocol):
    """A database, or a copy of one."""

    async def read(self, statement: Statement) -> Rows: ...


class Books(msgspec.Struct, frozen=True):
    """What was counted, and everything that is not as it must be; no problems: the books are right."""

    messages: int
    conversations: int
    calls: int
    budgets: int
    open_holds: int
    problems: tuple[str, ...]


async def audit(store: Readable) -> Books:
    """Compare budgets with holds and ledger, holds with their rows, positions with their conversations.

    Each comparison is one statement, so each sees one committed state, also beside a running hub. Raises StoreError.
    """
    (counts,) = await store.read(statement("books.counts"))
    (forgotten,) = await store.read(statement("books.forgotten"))
    found = []
    for row in await store.read(statement("books.budgets")):
        whole = row["start_ms"] > forgotten["until_ms"]
        found += _budget(row, beside=0 if whole else await _charged_beside(store, row))
    found = found[:MOST_TOLD]
    found += [f"Hold {r['id']} is {r['state']} and has no ledger row." for r in await _rows(store, "uncharged")]
    found += [f"Hold {r['id']} is {r['state']} and was charged." for r in await _rows(store, "charged_twice_or_early")]
    found += [_gap(row) for row in await _rows(store, "gaps")]
    found += [
        f"Message {r['id']} of {r['conversation']} counts as answered; no reply of it was delivered."
        for r in await _rows(store, "unanswered")
    ]
    return Books(
        messages=counts["messages"],
        conversations=counts["conversations"],
        calls=counts["calls"],
        budgets=counts["budgets"],
        open_holds=counts["open_holds"],
        problems=tuple(found),
    )


async def _rows(store: Readable, name: str) -> Rows:
    return await store.read(statement(f"books.{name}"))


async def _charged_beside(store: Readable, budget: Row) -> int:
    """What calls whose holds are forgotten can have charged to it: of its agent, or of anybody. An id begins with the
    time at which its hold was made.
    """
    agent = budget["name"] if budget["scope"] == "agent" else ""
    since, until = (f"{ms:012x}" for ms in (max(0, budget["start_ms"] - CLOCKS_APART_MS), budget["end_ms"]))
    (sums,) = await store.read(statement("books.charged_beside", since=since, until=until, agent=agent))
    return int(sums["tokens" if budget["unit"] == "tokens" else "nusd"])


def _budget(row: Row, *, beside: int) -> list[str]:
    wrong = []
    if row["held_amount"] != row["held"]:
        wrong.append(f"Budget {row['id']} holds {row['held_amount']} {row['unit']}; its open holds are {row['held']}.")
    spent, charged = row["spent_amount"], row["charged"]
    if not charged <= spent <= charged + beside:
        most = f", and {beside} at the most beside it" if beside else ""
        wrong.append(f"Budget {row['id']} has {spent} {row['unit']} spent; the ledger says {charged}{most}.")
    return wrong


def _gap(row: Row) -> str:
    return (
        f"Conversation {row['id']} is at position {row['last_position']} with {row['waiting']} waiting; it has "
        f"{row['messages']} messages from {row['first']} to {row['last']}, {row['unfinished']} of them unfinished."
    )
