"""Words between processes: told together, to those who need them; and what a worker does who hears one."""

import asyncio
from collections.abc import Callable

import pytest

from hub.clock import SystemClock, new_id
from hub.inbox import Inbox
from hub.processes.wakes import Arrivals, Wakes
from hub.store import Database, StoreUnavailable
from hub.worker import Worker
from tests.pipeline.channel import conversation, message
from tests.pipeline.hub import ScriptedHub
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit


class Line:
    """Implements Tells in memory."""

    hears = True

    def __init__(self) -> None:
        self.told: list[list[str]] = []
        self.away = False
        self._hearing: list[Callable[[str], None]] = []

    async def tell(self, words: list[str]) -> None:
        await asyncio.sleep(0)
        if self.away:
            raise StoreUnavailable("It is away.")
        self.told.append(words)
        for heard in self._hearing:
            for word in words:
                heard(word)

    async def hear(self, heard: Callable[[str], None]) -> None:
        self._hearing.append(heard)
        await asyncio.Event().wait()


async def test_what_there_is_to_tell_is_told_together() -> None:
    line = Line()
    wakes = Wakes(line, SystemClock())
    for _ in range(100):
        wakes.tell("due", "us-west")
        wakes.tell("due", "eu-west")
    await wakes.close()
    assert line.told == [["due eu-west", "due us-west"]]


async def test_what_cannot_be_told_harms_nobody() -> None:
    line = Line()
    line.away = True
    wakes = Wakes(line, SystemClock())
    wakes.tell("due", "us-west")
    await wakes.close()
    assert line.told == []


async def test_words_are_heard() -> None:
    line, heard = Line(), []
    wakes = Wakes(line, SystemClock())
    hearing = asyncio.create_task(wakes.hear(lambda word, about: heard.append((word, about))))
    await asyncio.sleep(0)
    wakes.tell("stop", "telegram/main/with a space")
    await wakes.close()
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)
    assert heard == [("stop", "telegram/main/with a space")]


async def test_only_regions_that_are_claimed_elsewhere_are_told(sqlite_database: Database) -> None:
    line = Line()
    wakes = Wakes(line, SystemClock())
    arrived = Arrivals(wakes, lambda region: region == "west")
    homes = iter(("west", "east"))
    inbox = Inbox(
        sqlite_database, process=new_id(), new_id=new_id, home_region=lambda _: arrived.noted(next(homes)),
        lease_ms=1000, arrived=arrived,
    )  # fmt: skip
    for chat in ("1", "2"):
        await inbox.accept([message("hello", chat=chat)], stops=lambda _: False)
    await wakes.close()
    assert line.told == [["due east"]]
    assert inbox.arrived.is_set()


async def test_a_stop_that_another_process_took_ends_the_answer_here(sqlite_database: Database) -> None:
    """Long before the lease would tell of it."""
    gateway, hub = ScriptedHub(sqlite_database), ScriptedHub(sqlite_database)
    hub.near.will("Once upon", asyncio.Event())
    worker = Worker(hub.inbox, hub.turns, SystemClock(), at_once=10)
    told: list[str] = []
    gateway.turns.running.elsewhere = told.append
    await gateway.say(message("tell me a story"))
    running = asyncio.create_task(worker.run())
    try:
        await asyncio.wait_for(hub.near.called.wait(), 10)
        await gateway.front.stop(conversation("1"))
        assert told == [conversation("1").key]
        worker.look_soon(told[0])
        await until(lambda: any(act.final for act in hub.channel.of("edit")))
        assert await hub.outcomes() in (["answered"], [""])
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
