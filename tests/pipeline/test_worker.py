"""The worker: takes what is due, renews, drains, and outlives a store that is away for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence

import pytest

from hub import phrases
from hub.agents.port import Done
from hub.clock import Clock
from hub.config.settings import ContextSettings
from hub.inbox import Claim
from hub.recall_index import RecallIndex
from hub.store import Database, Rows, Statement, StoreUnavailable
from hub.worker import Worker
from tests.pipeline.channel import conversation, message
from tests.pipeline.hub import Hurried, ScriptedHub, agent
from tests.pipeline.model import SHORT
from tests.pipeline.virtual import VirtualClock
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit


class Brisk:
    """Real time, ten times as fast for who sleeps."""

    def now_ms(self) -> int:
        return 1_700_000_000_000

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time() * 10

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 10)


class Away:
    """A database that can be away for a while. Implements hub.store.Database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.engine, self.in_order = database.engine, database.in_order
        self.away = False
        self.refused = 0

    async def run(self, *statements: Statement) -> list[Rows]:
        self._look()
        return await self._database.run(*statements)

    async def read(self, statement: Statement) -> Rows:
        self._look()
        return await self._database.read(statement)

    async def close(self) -> None:
        await self._database.close()

    def _look(self) -> None:
        if self.away:
            self.refused += 1
            raise StoreUnavailable


class Working:
    """A hub with a worker at work; `async with`."""

    def __init__(self, hub: ScriptedHub, at_once: int = 100, clock: Clock | None = None) -> None:
        self.worker = Worker(hub.inbox, hub.turns, clock or Brisk(), at_once=at_once)

    async def __aenter__(self) -> Worker:
        self._task = asyncio.create_task(self.worker.run())
        return self.worker

    async def __aexit__(self, *_: object) -> None:
        await self.worker.drain(0)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def done(hub: ScriptedHub, count: int) -> None:
    await until(lambda: len([act for act in hub.channel.of("edit") if act.final]) >= count)


async def test_what_arrives_is_answered(database: Database) -> None:
    hub = ScriptedHub(database)
    async with Working(hub):
        await hub.say(message("Hello"))
        await done(hub, 1)
    assert hub.channel.texts() == ["You said: Hello"]


async def test_what_was_left_is_answered_at_the_start(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    await hub.say(message("Hello"))
    again = ScriptedHub(sqlite_database, channel=hub.channel)
    async with Working(again):
        await done(again, 1)


async def test_no_more_than_so_many_are_held(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    go_on = asyncio.Event()
    for _ in range(12):
        hub.near.will(go_on, "ok", Done("stop", SHORT))
    async with Working(hub, at_once=4):
        await hub.say(*(message("Hi", 1, chat=str(chat)) for chat in range(12)))
        await until(lambda: hub.near.at_work == 4)
        await asyncio.sleep(0.02)
        assert len(hub.turns.running) == 4
        go_on.set()
        await done(hub, 12)
    assert hub.near.most_at_work == 4


LEASE_MS = 6_000
OpenWithClock = Callable[[Clock], Awaitable[Database]]


async def _answered_while_nobody_else_can_claim(
    hub: ScriptedHub, other: ScriptedHub, clock: VirtualClock, end: asyncio.Event
) -> None:
    """For two leases."""
    await hub.say(message("Hello"))
    await until(lambda: hub.near.at_work)
    for _ in range(12):
        assert await other.inbox.claim(5) == []
        await clock.go_on(LEASE_MS / 6_000)
    end.set()
    await done(hub, 1)


async def test_leases_are_renewed_while_a_long_answer_is_made(open_with_clock: OpenWithClock) -> None:
    clock = VirtualClock()
    database = await open_with_clock(clock)
    hub = ScriptedHub(database, lease_ms=LEASE_MS)
    other = ScriptedHub(database, channel=hub.channel)
    hub.near.will("long", end := asyncio.Event(), Done("stop", SHORT))
    async with Working(hub, clock=clock):
        await _answered_while_nobody_else_can_claim(hub, other, clock, end)
    assert hub.channel.texts() == ["long"]


async def test_a_stop_in_another_process_reaches_the_answer_with_the_next_renewal(database: Database) -> None:
    hub, page = ScriptedHub(database, lease_ms=LEASE_MS), ScriptedHub(database)
    hub.near.will("It begins", asyncio.Event())
    async with Working(hub):
        await hub.say(message("Hello"))
        await until(lambda: hub.near.at_work and hub.channel.shown)
        await asyncio.sleep(0.005)
        await page.front.stop(conversation())
        await done(hub, 1)
    assert hub.channel.texts() == [f"It begins{phrases.STOPPED_HERE}"]


async def test_an_answer_whose_conversation_another_process_took_ends_with_the_next_renewal(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.worker.LOOK_AGAIN_AFTER_S", 3600.0)  # it would take it back itself if it came first
    hub = ScriptedHub(database, lease_ms=LEASE_MS)
    other = ScriptedHub(database, channel=hub.channel)
    hub.near.will("from the one that was slow", asyncio.Event())
    async with Working(hub):
        await hub.say(message("Hello"))
        await until(lambda: hub.near.at_work and hub.channel.shown)
        await other.inbox.take_over()
        await other.work()
        await until(lambda: not hub.near.at_work)
    assert hub.channel.texts() == ["You said: Hello"]


async def test_draining_ends_what_was_begun_and_begins_nothing(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.near.will("begun", end := asyncio.Event(), Done("stop", SHORT))
    async with Working(hub) as worker:
        await hub.say(message("Hello", 1))
        await until(lambda: hub.near.at_work)
        draining = asyncio.create_task(worker.drain(5))
        await asyncio.sleep(0.01)
        await hub.say(message("late", 1, chat="2"))
        await asyncio.sleep(0.02)
        end.set()
        await draining

    assert hub.channel.texts() == ["begun"]
    assert await hub.outcomes() == ["answered", ""]


async def test_what_a_drain_cannot_wait_for_is_charged_and_taken_up_after_the_restart(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.near.will("cut off", asyncio.Event())
    async with Working(hub) as worker:
        await hub.say(message("Hello"))
        await until(lambda: hub.near.at_work and hub.channel.shown)
        await worker.drain(0.01)
    assert [row[2:] for row in await hub.ledger()] == [("cancelled", "estimated")]

    again = ScriptedHub(database, channel=hub.channel)
    await again.rested()
    await again.work()

    assert hub.channel.texts() == ["You said: Hello"]
    assert len(await again.ledger()) == 2
    assert await again.open_holds() == 0


async def test_a_store_that_is_away_for_a_while_loses_nothing(sqlite_database: Database) -> None:
    away = Away(sqlite_database)
    hub = ScriptedHub(away, lease_ms=LEASE_MS)
    async with Working(hub):
        await hub.say(message("one", 1))
        await done(hub, 1)
        away.away = True
        with pytest.raises(StoreUnavailable):
            await hub.say(message("two", 2))
        hub.inbox.arrived.set()
        await until(lambda: away.refused >= 2)
        away.away = False
        await hub.say(message("two", 2))
        await done(hub, 2)
    assert hub.channel.texts() == ["You said: one", "You said: two"]


class Jumping(Brisk):
    """Goes forward all at once."""

    ahead_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead_s


async def test_what_is_being_answered_is_held_on_to_when_the_store_was_away_for_longer_than_a_lease(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.worker.LOOK_AGAIN_AFTER_S", 3600.0)  # no look is under way at the moment of the jump
    hub = ScriptedHub(database)
    clock, end = Jumping(), asyncio.Event()
    hub.near.will("bought once", end, Done("stop", SHORT))
    async with Working(hub, clock=clock):
        await hub.say(message("Hello"))
        await until(lambda: hub.near.at_work and hub.channel.shown)
        clock.ahead_s = 60.0
        await hub.rested()  # the lease has run out
        hub.inbox.arrived.set()
        await hub.say(message("Another", chat="2"))
        await done(hub, 1)
        end.set()
        await done(hub, 2)
        await until(lambda: not hub.turns.running)
    assert len(hub.near.calls) == 2
    assert sorted(hub.channel.texts()) == ["You said: Another", "bought once"]
    assert [row[3] for row in await hub.ledger()] == ["", ""]


async def test_leases_are_renewed_on_after_a_renewal_that_failed_in_whatever_way(
    open_with_clock: OpenWithClock, caplog: pytest.LogCaptureFixture
) -> None:
    clock = VirtualClock()
    database = await open_with_clock(clock)
    hub = ScriptedHub(database, lease_ms=LEASE_MS)
    other = ScriptedHub(database, channel=hub.channel)
    hub.near.will("long", end := asyncio.Event(), Done("stop", SHORT))
    renewals, renew = 0, hub.inbox.renew

    async def failing_once(claims: Iterable[Claim]) -> dict[str, int]:
        nonlocal renewals
        renewals += 1
        if renewals == 1:
            raise RuntimeError
        return await renew(claims)

    hub.inbox.renew = failing_once  # type: ignore[method-assign]  # the store is away just then
    async with Working(hub, clock=clock):
        await _answered_while_nobody_else_can_claim(hub, other, clock, end)
    assert "leases could not be renewed" in caplog.text


async def test_a_store_that_goes_away_in_the_middle_of_an_answer(sqlite_database: Database) -> None:
    away = Away(sqlite_database)
    hub = ScriptedHub(away)
    hub.near.will("half", end := asyncio.Event(), Done("stop", SHORT))
    await hub.say(message("Hello"))
    work = asyncio.create_task(_one_round(hub))
    await until(lambda: hub.near.at_work and hub.channel.shown)
    while not await hub.rows("SELECT id FROM reply WHERE parts <> '[]'"):
        await asyncio.sleep(0.001)  # a placeholder is shown before its id is stored

    away.away = True
    end.set()
    await work
    away.away = False
    await hub.rested()
    await hub.work()

    assert hub.channel.texts() == ["You said: Hello"]
    # The first bill was known all the time: it is charged as what it is.
    assert await hub.ledger() == [("support-west", "answer", "stop", "")] * 2
    costs = await hub.rows("SELECT cost_nusd FROM ledger")
    assert [row[0] for row in costs] == [SHORT.input + SHORT.output] * 2
    assert await hub.open_holds() == 0


async def test_an_answer_waits_for_a_store_that_is_away_for_a_moment(database: Database) -> None:
    away = Away(database)

    class BackAfterTwoWaits(Hurried):
        waits = 0

        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            self.waits += away.away
            away.away = away.away and self.waits < 2

    hub = ScriptedHub(away, clock=BackAfterTwoWaits())
    hub.near.will("bought", end := asyncio.Event(), Done("stop", SHORT))
    await hub.say(message("Hello"))
    work = asyncio.create_task(_one_round(hub))
    await until(lambda: hub.near.at_work and hub.channel.shown)
    await asyncio.sleep(0.01)

    away.away = True
    end.set()
    await work

    assert hub.channel.texts() == ["bought"]
    assert [row[3] for row in await hub.ledger()] == [""]
    assert len(hub.near.calls) == 1


async def _one_round(hub: ScriptedHub) -> Sequence[None]:
    return await asyncio.gather(*(hub.turns.take(claim) for claim in await hub.inbox.claim(10)))


async def test_indexing_of_older_turns_keeps_nobody_from_being_answered(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, cut_off = 0, 0

    async def without_end(*_: object) -> None:
        nonlocal begun, cut_off
        begun += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cut_off += 1
            raise

    monkeypatch.setattr(RecallIndex, "keep_up", without_end)
    hub = ScriptedHub(sqlite_database, served=agent(context=ContextSettings(tokens=700, max_output=60)))
    async with Working(hub):
        for number in range(30):
            await hub.say(message(f"The weather of day {number} is {'rainy ' * 8}again.", number))
            await done(hub, number + 1)
        await until(lambda: not hub.turns.running)
        assert (begun, cut_off) == (1, 0)

    await hub.turns.memory.indexing.close(within_s=0.0)
    assert (begun, cut_off) == (1, 1)
    assert set(await hub.outcomes()) == {"answered"}


async def test_a_turn_that_is_slow_to_end_keeps_no_other_claim_waiting(sqlite_database: Database) -> None:
    """Leases ran out while the turns were at work here, and they do not end at once."""
    hub = ScriptedHub(sqlite_database)
    go_on = asyncio.Event()
    for _ in range(3):
        hub.near.will(go_on, "ok", Done("stop", SHORT))
    async with Working(hub) as worker:
        await hub.say(*(message("Hi", 1, chat=f"slow{chat}") for chat in range(3)))
        await until(lambda: hub.near.at_work == 3)
        slow, ends = set(worker._tasks), asyncio.Event()
        worker._end = lambda _: ends.wait()  # type: ignore[method-assign,assignment,return-value]  # held open
        await hub.rested()
        await hub.say(message("Hello", chat="stranger"))
        try:
            await done(hub, 1)
            assert slow <= set(worker._tasks)
        finally:
            ends.set()
            go_on.set()
