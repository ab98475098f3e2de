"""The port to the database: transactions are lists of named statements; one set of rules for both engines."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import msgspec

from hub.errors import TrunklineError


class Sql(msgspec.Struct, frozen=True):
    """One named statement of `queries/`, with `:name` parameters. `:now` is always the port's own clock."""

    name: str
    text: str
    expects: int | None = None
    """Rows it must touch (or return); otherwise the whole transaction is undone."""
    postgresql: str = ""
    """Only where the engine has locking words of its own."""
    by_key: bool = False
    """It names its one row by the key, so where it touches too few there is nothing to undo."""
    unsynced: bool = False
    """Losing it with the machine's power would change nothing: it binds only a process that is gone by then as well.
    A transaction of such statements alone need not wait for the disk; whatever is synced later takes it along."""
    ahead: bool = False
    """Last in a list: on SQLite its rows are handed over before the commit. Should that fail, nobody is told: for where
    the lists that follow from the rows then fail as well, and nothing is done outside before one has succeeded."""


class Statement(msgspec.Struct, frozen=True):
    """A named statement with its values (str, int, float or None)."""

    sql: Sql
    values: Mapping[str, Any]


class Row(Protocol):
    """One row; columns by name or by place."""

    def __getitem__(self, key: str | int, /) -> Any: ...


Rows = Sequence[Row]


class StoreError(TrunklineError):
    """The database did not do what was asked."""


class Undone(StoreError):
    """A statement touched another number of rows than it must: nothing of its transaction happened."""

    def __init__(self, name: str, index: int, touched: int) -> None:
        super().__init__(f"{name} touched {touched} rows; its transaction was undone.")
        self.name = name
        self.index = index
        """Its place in the list that was run."""
        self.touched = touched


class StoreUnavailable(StoreError):
    """The database cannot be reached or cannot write (disk full, locked, connection lost): try again later.

    The transaction did not happen, as far as can be known; every statement here is safe to repeat.
    """


@runtime_checkable
class Remote(Protocol):
    """A database behind connections, which may answer nothing."""

    def hurry(self, patience_s: float) -> None:
        """The process ends: once nothing was answered for so long, what is under way fails, and all that follows."""
        ...


class Database(Protocol):
    """Both engines have this face."""

    engine: str
    """`sqlite` or `postgresql`."""
    in_order: bool
    """Lists are carried out in the order in which they were submitted, so that one sees those before it."""

    async def run(self, *statements: Statement) -> list[Rows]:
        """One transaction, all or nothing; the rows that each statement returned. Durable when this returns, unless
        all its statements are `unsynced`: then SQLite only has it survive this process, not a loss of power; or the
        last is `ahead`. Reads and lists that begin after this returned see it.

        Raises Undone, StoreUnavailable, StoreError.
        """
        ...

    async def read(self, statement: Statement) -> Rows:
        """Rows of one reading statement, from a committed state. Raises StoreUnavailable, StoreError."""
        ...

    async def close(self) -> None:
        """Finish what is waiting, then let go."""
        ...
