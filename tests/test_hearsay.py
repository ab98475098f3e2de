"""What one process finds out of a deployment, the others know; what they saw themselves goes before."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from hub.clock import Clock
from hub.hearsay import Hearsay
from hub.routing import Fleet, Verdict
from hub.routing.breaker import OPEN_S, TRIALS
from hub.routing.hearsay import FRESH_S
from hub.routing.member import COLDEST
from hub.store import Database, Sql, Statement, StoreUnavailable
from hub.sweep import KEEP_HEALTH_MS, forgetting
from tests.pipeline.hub import settings
from tests.routing.crew import call, fail, pool

pytestmark = pytest.mark.unit

AGENT = pool(3)


class World:
    """One time for the store and all processes."""

    def __init__(self) -> None:
        self.s = 1_790_000_000.0

    def now_ms(self) -> int:
        return int(self.s * 1000)

    def monotonic(self) -> float:
        return self.s

    async def sleep(self, seconds: float) -> None:
        self.s += seconds


class Shifted:
    """A process's own monotonic clock, which began at a moment of its own."""

    def __init__(self, world: World, began_s: float) -> None:
        self._world, self._began_s = world, began_s
        self.now_ms, self.sleep = world.now_ms, world.sleep

    def monotonic(self) -> float:
        return self._world.s - self._began_s


class Process:
    """A fleet, and its share in what all know."""

    def __init__(self, database: Database, world: World, name: str, began_s: float) -> None:
        self.clock = Shifted(world, began_s)
        self.fleet = Fleet(now=self.clock.monotonic, random=random.Random(1).random)
        self.fleet.renew([AGENT])
        self.hearsay = Hearsay(self.fleet, database, self.clock, lambda: settings(AGENT), process=name)

    def left_s(self, name: str = "d0") -> float:
        """Until it is tried again; below zero where nothing is the matter."""
        member = self.fleet.members[name]
        until = max(member.breaker.open_until if member.breaker.open else 0.0, member.ejected_until)
        return until - self.clock.monotonic()

    def is_left_alone(self, name: str = "d0") -> bool:
        return bool(self.fleet.members[name].obstacle(self.clock.monotonic()))


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def database(world: World, open_with_clock: Callable[[Clock], Awaitable[Database]]) -> Database:
    return await open_with_clock(world)


@pytest.fixture
def processes(database: Database, world: World) -> tuple[Process, Process]:
    return Process(database, world, "one", 1_000.0), Process(database, world, "other", 1_789_999_000.0)


async def exchange(*processes: Process) -> None:
    for each in processes:
        await each.hearsay.tell()
    for each in processes:
        await each.hearsay.listen()


async def rows(database: Database) -> list[tuple[str, str, str]]:
    found = await database.read(Statement(Sql("test", "SELECT deployment, process, state FROM deployment_health"), {}))
    return sorted((row[0], row[1], row[2]) for row in found)


async def test_whose_breaker_opens_in_one_process_is_left_alone_in_all(processes: tuple[Process, Process]) -> None:
    one, other = processes
    fail(one.fleet, "d0")
    await exchange(one, other)
    assert other.is_left_alone()
    assert other.left_s() == pytest.approx(one.left_s(), abs=0.5)
    assert "timed_out" in other.fleet.members["d0"].obstacle(other.clock.monotonic())
    assert not other.is_left_alone("d1")


async def test_what_was_told_is_not_told_on(database: Database, processes: tuple[Process, Process]) -> None:
    one, other = processes
    fail(one.fleet, "d0")
    one.fleet.members["d1"].eject(one.clock.monotonic() + 30.0)
    for _ in range(3):
        await exchange(one, other)
    assert await rows(database) == [("d0", "one", "open"), ("d1", "one", "ejected")]
    assert other.is_left_alone("d1")


async def test_when_one_calls_it_well_its_traffic_comes_back_in_all(
    database: Database, world: World, processes: tuple[Process, Process]
) -> None:
    one, other = processes
    fail(one.fleet, "d0")
    await exchange(one, other)
    world.s += 2 * OPEN_S
    for _ in range(TRIALS):
        call(one.fleet, "d0")
    await exchange(one, other)
    assert await rows(database) == []
    assert not other.is_left_alone()
    assert other.fleet.members["d0"].warmth(other.clock.monotonic()) == COLDEST


async def test_after_the_pause_each_tries_it_itself(
    database: Database, world: World, processes: tuple[Process, Process]
) -> None:
    one, other = processes
    fail(one.fleet, "d0")
    await exchange(one, other)
    world.s += 2 * OPEN_S
    await other.hearsay.listen()
    assert other.fleet.members["d0"].breaker.half_open(other.clock.monotonic())
    call(other.fleet, "d0", Verdict.FAULT)
    assert other.is_left_alone()
    await exchange(one, other)
    assert await rows(database) == [("d0", "one", "open"), ("d0", "other", "open")]


async def test_whoever_was_just_answered_believes_nobody_else(world: World, processes: tuple[Process, Process]) -> None:
    one, other = processes
    call(one.fleet, "d0", Verdict.REFUSED)
    call(other.fleet, "d0")
    await exchange(one, other)
    assert not other.is_left_alone()
    world.s += FRESH_S + 0.1
    await other.hearsay.listen()
    assert other.is_left_alone()


async def test_no_more_are_left_out_on_anybodys_word_than_on_ones_own(processes: tuple[Process, Process]) -> None:
    one, other = processes
    other.fleet.members["d2"].eject(other.clock.monotonic() + 30.0)
    one.fleet.members["d0"].eject(one.clock.monotonic() + 30.0)
    await exchange(one, other)
    assert not other.is_left_alone("d0")  # of three, one at the most
    assert not one.is_left_alone("d2")


async def test_a_longer_pause_is_heard_of(world: World, processes: tuple[Process, Process]) -> None:
    one, other = processes
    fail(one.fleet, "d0")
    await exchange(one, other)
    world.s += 2 * OPEN_S
    call(one.fleet, "d0", Verdict.FAULT)
    await exchange(one, other)
    assert other.left_s() == pytest.approx(one.left_s(), abs=0.5)
    assert other.left_s() > 1.3 * OPEN_S


async def test_only_what_changes_is_written(
    database: Database, world: World, processes: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = processes
    written: list[str] = []
    run = database.run

    async def counted(*statements: Statement) -> object:
        written.extend(each.sql.name for each in statements)
        return await run(*statements)

    monkeypatch.setattr(database, "run", counted)
    for _ in range(3):
        await one.hearsay.tell()
    assert written == []
    fail(one.fleet, "d0")
    for _ in range(3):
        await one.hearsay.tell()
        world.s += 0.3
    assert written == ["fleet.tell"]


async def test_a_store_that_is_away_is_tried_again(
    database: Database, world: World, processes: tuple[Process, Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = processes
    fail(one.fleet, "d0")
    away = 2
    run = database.run

    async def now_and_then(*statements: Statement) -> object:
        nonlocal away
        away -= 1
        if away >= 0:
            raise StoreUnavailable("away")
        return await run(*statements)

    monkeypatch.setattr(database, "run", now_and_then)
    looked = asyncio.Event()

    async def sleep(seconds: float) -> None:
        world.s += seconds
        if away < 0:
            looked.set()
            await asyncio.Event().wait()

    monkeypatch.setattr(one.clock, "sleep", sleep)
    running = asyncio.create_task(one.hearsay.run())
    await asyncio.wait_for(looked.wait(), 60)
    running.cancel()
    await other.hearsay.listen()
    assert other.is_left_alone()


async def test_what_a_dead_process_said_is_forgotten(database: Database, processes: tuple[Process, Process]) -> None:
    one, _ = processes
    fail(one.fleet, "d0")
    await one.hearsay.tell()
    (row,) = await database.read(Statement(Sql("test", "SELECT until_ms FROM deployment_health"), {}))
    for after_ms, left in ((KEEP_HEALTH_MS, 1), (KEEP_HEALTH_MS + 1, 0)):
        await database.run(*(each for each in forgetting(row[0] + after_ms) if each.sql.name == "fleet.forget"))
        assert len(await rows(database)) == left
