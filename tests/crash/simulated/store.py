"""A hub's way to its database: it dies where the seed says so, and what it had asked for by then may have happened."""

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from hub.store import Database, Rows, Statement, StoreError
from hub.store.database import Sql
from tests.crash.simulated.loop import SimulatedLoop

_TAKES_S = (0.0002, 0.004)
"""Of virtual time, until the hub hears what became of a transaction."""


_NOTHING = Statement(Sql("test.nothing", "SELECT 1"), {})


class Killed(BaseException):
    """The process is dead: nothing that it still tries happens."""


class MortalDatabase:
    """A Database of one process.

    `happens` is given `before NAME` and `after NAME` for each named statement; it says whether the process lives on.
    `changed` is called after each transaction that touched money. Results are told in an order that the seed alone
    decides, whatever the threads do: a read follows the writes before it, a write the reads.
    """

    def __init__(
        self,
        inner: Database,
        loop: SimulatedLoop,
        chance: random.Random,
        *,
        happens: Callable[[str], bool],
        changed: Callable[[], None],
    ) -> None:
        self.inner = inner
        self.engine = inner.engine
        self.in_order = inner.in_order
        self._loop = loop
        self._chance = chance
        self._happens = happens
        self._changed = changed
        self._writing: set[asyncio.Task[Any]] = set()
        self._reading: set[asyncio.Task[Any]] = set()
        self._begun: asyncio.Future[None] = loop.create_future()
        """Done once the newest transaction has been handed on: they are handed on in order."""
        self._begun.set_result(None)

    async def run(self, *statements: Statement) -> list[Rows]:
        names = tuple(dict.fromkeys(statement.sql.name for statement in statements))
        self._alive(names)
        before = set(self._reading)
        return await self._flown(partial(self._run, statements), before, self._writing, names)

    async def _run(self, statements: Sequence[Statement]) -> list[Rows]:
        rows = await self.inner.run(*statements)
        if self.in_order and statements[-1].sql.ahead:
            # Comes after its commit, so that the files do not depend on a thread; the rows stand even where that fails.
            with contextlib.suppress(StoreError):
                await self.inner.read(_NOTHING)
        return rows

    async def read(self, statement: Statement) -> Rows:
        names = (statement.sql.name,)
        self._alive(names)
        before = set(self._writing)
        return await self._flown(partial(self.inner.read, statement), before, self._reading, names)

    async def close(self) -> None:
        """The world closes it: a process that dies does not."""

    async def at_rest(self) -> None:
        """Whatever was asked for has happened, or has not."""
        while flying := self._writing | self._reading:
            await asyncio.wait(flying)

    def _alive(self, names: tuple[str, ...]) -> None:
        for name in names:
            if not self._happens(f"before {name}"):
                raise Killed

    async def _flown(
        self,
        work: Callable[[], Coroutine[Any, Any, Any]],
        before: set[asyncio.Task[Any]],
        under_way: set[asyncio.Task[Any]],
        names: tuple[str, ...],
    ) -> Any:
        answer: asyncio.Future[Any] = self._loop.create_future()
        takes_s = self._chance.uniform(*_TAKES_S)
        first, self._begun = self._begun, self._loop.create_future()
        flight = self._loop.create_task(_in_order(first, before, work, self._begun))
        under_way.add(flight)
        self._loop.busy += 1

        def landed(flight: asyncio.Task[Any]) -> None:
            under_way.discard(flight)
            self._loop.busy -= 1
            if any(name.startswith("money.") for name in names):
                self._changed()
            self._loop.call_later(takes_s, self._tell, answer, flight, names)

        flight.add_done_callback(landed)
        return await answer

    def _tell(self, answer: "asyncio.Future[Any]", flight: asyncio.Task[Any], names: tuple[str, ...]) -> None:
        error = flight.exception()
        lives = all(self._happens(f"after {name}") for name in names) if error is None else self._happens("failed")
        if not lives or answer.done():
            return
        if error:
            answer.set_exception(error)
        else:
            answer.set_result(flight.result())


async def _in_order(
    first: "asyncio.Future[None]",
    before: set[asyncio.Task[Any]],
    work: Callable[[], Awaitable[Any]],
    begun: "asyncio.Future[None]",
) -> Any:
    try:
        await first
        if before:
            await asyncio.wait(before)
    finally:
        begun.set_result(None)
    return await work()
