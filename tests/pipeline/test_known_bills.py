"""A bought answer that cannot be stored: whatever happens then, its call is charged as what it was."""

import asyncio
from collections.abc import Callable

import pytest

from hub.ask import STORE_COMES_BACK_S, Answer
from hub.calling import Asking
from hub.repeating import Resting
from hub.store import Database, Rows, Statement, StoreUnavailable
from tests.pipeline.channel import message
from tests.pipeline.hub import Hurried, ScriptedHub
from tests.pipeline.model import SHORT
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

COST = SHORT.input + SHORT.output


class Away:
    """A database that is sometimes away."""

    def __init__(self, database: Database) -> None:
        self.engine, self.in_order = database.engine, database.in_order
        self._database = database
        self.away: Callable[[set[str]], bool] = lambda _: False
        """Whether it is, for a list with statements of these names."""

    async def run(self, *statements: Statement) -> list[Rows]:
        if self.away({each.sql.name for each in statements}):
            await asyncio.sleep(0)
            raise StoreUnavailable("It is away.")
        return await self._database.run(*statements)

    async def read(self, statement: Statement) -> Rows:
        *_, rows = await self.run(statement)
        return rows

    async def close(self) -> None:
        raise AssertionError("whoever opened it closes it")


class WaitsForTheStore(Hurried):
    """Who waits for the store waits until it is cancelled."""

    waiting = False

    async def sleep(self, seconds: float) -> None:
        if seconds == STORE_COMES_BACK_S[0]:
            self.waiting = True
            await asyncio.Event().wait()
        await super().sleep(seconds)


async def costs(hub: ScriptedHub) -> list[tuple[int, str]]:
    """Cost and mark of each ledger row, oldest first."""
    return [(row[0], row[1]) for row in await hub.rows("SELECT cost_nusd, mark FROM ledger ORDER BY id")]


@pytest.mark.parametrize("back", [True, False])
async def test_an_answer_that_is_cut_while_it_waits_for_the_store(sqlite_database: Database, *, back: bool) -> None:
    clock, store = WaitsForTheStore(), Away(sqlite_database)
    hub = ScriptedHub(store, clock=clock)
    await hub.say(message("Hello"))
    (claim,) = await hub.inbox.claim(1)
    settling = {"money.end_hold"}
    store.away = lambda names: names >= settling
    turn = hub.turns.take(claim)
    await until(lambda: clock.waiting)
    if back:
        store.away = lambda _: False
    turn.cancel()
    await asyncio.wait([turn])
    assert turn.cancelled()

    assert await costs(hub) == ([(COST, "")] if back else [])
    store.away = lambda _: False
    await hub.inbox.give_back([claim])
    await hub.work()
    assert await costs(hub) == [(COST, "")] * 2
    assert await hub.open_holds() == 0


async def test_an_answer_whose_question_cannot_be_looked_at_again(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What its author did meanwhile is not known, since the store is away."""
    store = Away(sqlite_database)
    hub = ScriptedHub(store)
    really_answer = hub.ask.answer

    async def answer_and_stop(asking: Asking) -> Answer | Resting:
        answer = await really_answer(asking)
        asking.stopper.stop()
        store.away = lambda _: True
        return answer

    await hub.say(message("Hello"))
    (claim,) = await hub.inbox.claim(1)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(hub.ask, "answer", answer_and_stop)
        await hub.turns.take(claim)
    assert len(hub.near.calls) == 1

    store.away = lambda _: False
    await hub.inbox.give_back([claim])
    await hub.work()
    assert await costs(hub) == [(COST, "")] * 2
    assert await hub.open_holds() == 0


async def test_an_answer_that_is_cut_while_it_goes_to_a_store_that_then_fails(sqlite_database: Database) -> None:
    """The settlement goes on without its turn, and nobody hears that it failed."""
    store = Away(sqlite_database)
    hub = ScriptedHub(store)
    await hub.say(message("Hello"))
    (claim,) = await hub.inbox.claim(1)

    def cut(names: set[str]) -> bool:
        if "money.end_hold" in names:
            turn.cancel()
        return "money.end_hold" in names

    store.away = cut
    turn = hub.turns.take(claim)
    await asyncio.wait([turn])
    assert turn.cancelled()
    await hub.till.close()

    store.away = lambda _: False
    await hub.inbox.give_back([claim])
    await hub.work()
    assert await costs(hub) == [(COST, "")] * 2
    assert await hub.open_holds() == 0
