"""The worker begins at once, and ends without a turn that nobody waits for or a lease that runs out meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.agents.port import Done
from hub.calling import Asking
from hub.clock import SystemClock, new_id
from hub.inbox import Claim, Inbox
from hub.shares import Account
from hub.store import Database
from hub.store.migrate import migrate
from hub.store.sqlite import SqliteDatabase
from hub.worker import Worker
from tests.pipeline.channel import ACCOUNTS, message
from tests.pipeline.hub import ScriptedHub
from tests.pipeline.model import SHORT
from tests.pipeline.virtual import VirtualClock
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit


class SlowInbox(Inbox):
    """Its claims are made at once, but answered only when the event is set."""

    answers: asyncio.Event
    made = 0

    async def claim(self, most: int, accounts: Iterable[Account] = (), *, of_one: int = 0) -> list[Claim]:
        claims = await super().claim(most, accounts, of_one=of_one)
        self.made += 1
        await self.answers.wait()
        return claims


def slow_inbox(database: Database) -> SlowInbox:
    slow = SlowInbox(
        database,
        process="slow",
        new_id=new_id,
        home_region=lambda _: "west",
        lease_ms=60_000,
        accounts=lambda: ACCOUNTS,
    )
    slow.answers = asyncio.Event()
    return slow


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[None]:
    running = asyncio.create_task(worker.run())
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def worker_of(hub: ScriptedHub, inbox: Inbox | None = None, at_once: int = 10) -> Worker:
    return Worker(inbox or hub.inbox, hub.turns, SystemClock(), at_once=at_once)


@pytest.fixture
def nobody_looks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not claimed at once is not claimed while a test lasts."""
    monkeypatch.setattr("hub.worker.LOOK_AGAIN_AFTER_S", 3600.0)


@pytest.mark.usefixtures("nobody_looks_again")
async def test_what_an_earlier_process_left_is_claimed_at_once(sqlite_database: Database) -> None:
    await ScriptedHub(sqlite_database).say(message("anyone there?"))
    hub = ScriptedHub(sqlite_database)  # nobody told this one that anything arrived

    async with working(worker_of(hub)):
        await until(hub.channel.texts)


async def test_leases_are_renewed_while_it_drains(tmp_path: Path) -> None:
    clock = VirtualClock()
    database = await SqliteDatabase.open(tmp_path / "hub.db", clock=clock)
    await migrate(database)
    hub, other = ScriptedHub(database, lease_ms=6_000), ScriptedHub(database)
    go_on = asyncio.Event()
    hub.near.will(go_on, "Hello.", Done("stop", SHORT))
    worker = Worker(hub.inbox, hub.turns, clock, at_once=10)
    async with working(worker):
        await hub.say(message("hello"))
        await hub.near.called.wait()
        draining = asyncio.create_task(worker.drain(within_s=60))
        for _ in range(12):
            await clock.go_on(1.0)
        taken_away = await other.inbox.claim(10)
        go_on.set()
        await draining

    assert taken_away == []
    assert await hub.outcomes() == ["answered"]
    await database.close()


async def test_a_claim_that_is_under_way_is_finished_before_it_ends(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    slow = slow_inbox(sqlite_database)
    worker = worker_of(hub, slow)
    await hub.say(message("hello"))
    async with working(worker):
        await until(lambda: slow.made)
        draining = asyncio.create_task(worker.drain(within_s=60))
        await asyncio.sleep(0.02)
        slow.answers.set()
        await draining
        outcomes = await hub.outcomes()

    assert outcomes == ["answered"]


async def test_a_claim_that_the_store_does_not_answer_is_waited_for_no_longer_and_given_back(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.worker.LET_GO_S", 0.05)
    scripted = ScriptedHub(sqlite_database)
    slow = slow_inbox(sqlite_database)
    worker = worker_of(scripted, slow)
    await scripted.say(message("hello"))
    async with working(worker):
        await until(lambda: slow.made)
        async with asyncio.timeout(10):
            await worker.drain(within_s=0.05)
        slow.answers.set()
        async with asyncio.timeout(10):
            while not await scripted.inbox.claim(1):
                await asyncio.sleep(0.001)

    assert scripted.channel.texts() == []


@pytest.mark.usefixtures("nobody_looks_again")
async def test_it_looks_again_at_once_where_a_claim_was_full(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    await hub.say(*(message("hello", chat=str(chat)) for chat in range(30)))

    async with working(worker_of(hub, at_once=3)):
        await until(lambda: len(hub.channel.of("edit")) >= 30)


async def test_an_answer_cut_between_its_hold_and_its_call_costs_nothing(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = ScriptedHub(sqlite_database)
    really_open = Asking.open

    def open_and_end(asking: Asking, *, announced: bool = False) -> None:
        really_open(asking, announced=announced)
        asyncio.get_running_loop().call_soon(turn.cancel)

    await hub.say(message("Hello"))
    (claim,) = await hub.inbox.claim(1)
    with monkeypatch.context() as ending:
        ending.setattr(Asking, "open", open_and_end)
        turn = hub.turns.take(claim)
        await asyncio.wait([turn])
    assert turn.cancelled()
    await hub.till.close()
    assert not hub.near.calls
    assert await hub.open_holds() == 0
    assert await hub.ledger() == []

    await hub.inbox.give_back([claim])
    await hub.work()
    assert [row[1] for row in await hub.ledger()] == ["answer"]
