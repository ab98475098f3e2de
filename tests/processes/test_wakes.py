"""Words between processes: told together, to those who need them; and what a worker does who hears one."""

import asyncio
from collections.abc import Callable

import pytest

from hub.clock import SystemClock, new_id
from hub.config.settings import Region
from hub.inbox import Inbox
from hub.processes import Peers, Role, Roster
from hub.processes.wakes import Wakes
from hub.store import Database, Rows, Statement, StoreUnavailable
from hub.worker import Worker
from tests.pipeline.channel import ACCOUNTS, conversation, message
from tests.pipeline.hub import Hurried, ScriptedHub
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


REGIONS = {
    "west": Region("west", "America/Los_Angeles", 34.05, -118.24, "us"),
    "east": Region("east", "Europe/Dublin", 53.3, -6.3, "eu"),
}


def of_west(database: Database, wakes: Wakes) -> Peers:
    clock = SystemClock()
    roster = Roster(
        database, clock, id=new_id(), role=Role.ALL, region="west", version="1", schema_number=1, host="here:1"
    )
    return Peers(
        roster, wakes, database, clock, regions=lambda: REGIONS, default_region=lambda: "west", shared_by_one=()
    )


class AtOnce:
    """A database that carries lists out side by side, each when it may."""

    engine, in_order = "sqlite", False

    def __init__(self, database: Database) -> None:
        self.read, self.close = database.read, database.close
        self._database = database
        self.held: dict[str, asyncio.Event] = {}
        """By conversation: what a list with it waits for."""

    async def run(self, *statements: Statement) -> list[Rows]:
        for each in statements:
            if hold := self.held.get(each.values.get("conversation")):
                await hold.wait()
        return await self._database.run(*statements)


async def test_only_regions_that_are_claimed_elsewhere_are_told_and_each_message_by_itself(
    sqlite_database: Database,
) -> None:
    line, database = Line(), AtOnce(sqlite_database)
    wakes = Wakes(line, SystemClock())
    company = of_west(sqlite_database, wakes)
    inbox = Inbox(
        database, process=new_id(), new_id=new_id, home_region=lambda asked: asked.text, lease_ms=1000,
        arrived=company.arrived, stored=company.stored, accounts=lambda: ACCOUNTS,
    )  # fmt: skip
    later = database.held["chat/main/1"] = asyncio.Event()
    one = asyncio.create_task(inbox.accept([message("east", chat="1")], stops=lambda _: False))
    await asyncio.sleep(0)

    await inbox.accept([message("west", chat="2")], stops=lambda _: False)
    await wakes.close()
    assert line.told == []
    assert inbox.arrived.is_set()

    inbox.arrived.clear()
    await inbox.accept([message("east", chat="3")], stops=lambda _: False)
    await wakes.close()
    assert line.told == [["due east"]]

    later.set()
    await one
    await wakes.close()
    assert line.told == [["due east"], ["due east"]]

    await inbox.accept([message("west", 2, chat="1")], stops=lambda _: False)  # the conversation's home stays
    await wakes.close()
    assert line.told == [["due east"]] * 3
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
        await asyncio.wait_for(hub.near.called.wait(), 60)
        await gateway.front.stop(conversation("1"))
        assert told == [conversation("1").key]
        worker.look_soon(told[0])
        await until(lambda: any(act.final for act in hub.channel.of("edit")))
        assert await hub.outcomes() in (["answered"], [""])
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_one_worker_is_told_at_a_time_and_the_others_look_later(sqlite_database: Database) -> None:
    line, clock = Line(), Hurried()
    wakes = Wakes(line, clock)
    gateway, *workers = [
        Roster(
            sqlite_database, clock, id=name, role=role, region=region, version="1", schema_number=1, host="here:1"
        )
        for name, role, region in (
            ("gateway", Role.GATEWAY, "west"), ("one", Role.WORKER, "west"), ("two", Role.WORKER, "west"),
            ("away", Role.WORKER, "east"),
        )
    ]  # fmt: skip
    for each in (*workers, gateway):
        await each.beat()
    telling, one, two, away = (
        Peers(
            each, wakes, sqlite_database, clock, regions=lambda: REGIONS, default_region=lambda: "west",
            shared_by_one=(),
        )
        for each in (gateway, *workers)
    )  # fmt: skip
    for second in range(100):
        clock.skipped = second / 7
        telling.stored("west")
    await wakes.close()
    assert {word for words in line.told for word in words} == {"due west one", "due west two"}

    for each in (one, two, away):
        each.told_of_work("west one")
    assert (one.arrived.is_set(), two.arrived.is_set(), away.arrived.is_set()) == (True, False, False)
    await asyncio.wait_for(two.arrived.wait(), 10)
    assert not away.arrived.is_set()
    two.arrived.clear()
    two.told_of_work("west")
    assert two.arrived.is_set()
