"""A claim that was handed over before its commit, which then failed: its turn changes nothing, and is no hindrance."""

import asyncio
import contextlib
import logging
import resource
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import hub.worker
from hub.agents.port import Done
from hub.clock import SystemClock
from hub.config.settings import Deployment
from hub.inbox import Claim, guard
from hub.messages import Message
from hub.store import StoreUnavailable, Undone
from hub.store.migrate import migrate
from hub.store.sqlite import SqliteDatabase
from hub.worker import Worker
from tests.pipeline.channel import message
from tests.pipeline.hub import NEAR, ScriptedHub, agent
from tests.pipeline.model import SHORT
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    database = await SqliteDatabase.open(tmp_path / "hub.db", clock=SystemClock())
    await migrate(database)
    yield database
    await database.close()


@contextlib.contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    log_bytes = (folder / "hub.db-wal").stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log_bytes + 1000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def claimed_at_once(hub: ScriptedHub, said: Message) -> tuple[Claim, object]:
    """The claim that goes to the disk with the message, and what became of the message."""

    async def claim() -> list[Claim]:
        hub.inbox.arrived.clear()
        await hub.inbox.arrived.wait()
        return await hub.inbox.claim(1)

    claims, told = await asyncio.gather(claim(), hub.say(said), return_exceptions=True)
    assert not isinstance(claims, BaseException)
    return claims[0], told


async def test_a_lost_claim_can_write_nothing_once_the_conversation_is_claimed_again(
    database: SqliteDatabase, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hub = ScriptedHub(database)
    with full_disk(tmp_path), caplog.at_level(logging.ERROR):
        lost, told = await claimed_at_once(hub, message("Hello"))
    assert isinstance(told, StoreUnavailable)
    assert "will be claimed again" in caplog.text

    held, told = await claimed_at_once(hub, message("Hello"))

    assert told is None
    assert held.fence == lost.fence
    with pytest.raises(Undone):
        await database.run(guard(lost))
    with pytest.raises(Undone):
        await hub.inbox.finish(lost, {})
    await hub.inbox.give_back([lost])
    assert await hub.inbox.renew([lost]) == {}
    assert await hub.inbox.renew([held]) == {held.key: 0}


async def test_a_lost_turn_that_waits_for_its_place_gives_way(
    database: SqliteDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.worker, "LET_GO_S", 3600.0)  # whoever waited for it would be seen
    one_place = agent(deployments=(Deployment(NEAR, "support", "west", "openai", max_concurrency=1),))
    scripted = ScriptedHub(database, served=one_place, clock=SystemClock())
    held_back = asyncio.Event()
    scripted.near.will(held_back, "first", Done("stop", SHORT))
    worker = Worker(scripted.inbox, scripted.turns, SystemClock(), at_once=100)
    running = asyncio.create_task(worker.run())
    await scripted.say(message("Hold the place", chat="other"))
    await until(lambda: scripted.near.at_work == 1)
    async with asyncio.timeout(60):  # whoever holds the place has nothing more to write
        while not await scripted.rows("SELECT 1 FROM reply WHERE sending = 0 AND parts <> '[]'"):
            await asyncio.sleep(0.001)
    with full_disk(tmp_path):
        async with asyncio.timeout(60):
            while len(scripted.turns.running) < 2:  # the turn of a message that is not stored
                with pytest.raises(StoreUnavailable):
                    await scripted.say(message("Hello"))
                await asyncio.sleep(0)
        lost = scripted.turns.running[message("Hello").conversation.key]

    await scripted.say(message("Hello"))
    await until(lambda: lost not in scripted.turns.running.values() and len(scripted.turns.running) == 2)
    held_back.set()
    async with asyncio.timeout(60):
        while await scripted.outcomes() != ["answered", "answered"]:
            await asyncio.sleep(0.01)

    assert sorted(scripted.channel.texts()) == ["You said: Hello", "first"]
    assert len(await scripted.ledger()) == 2
    assert await scripted.rows("SELECT 1 FROM turn WHERE message NOT IN (SELECT id FROM message)") == []
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
