"""The sliding window, against a model on paper: a list of every time that was admitted."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.clock import Clock
from hub.config.settings import Rate
from hub.limits.window import GROUPS, Window, admit, until_room, window
from hub.store import Database, Sql, Statement, Undone
from hub.store.open import open_database

pytestmark = pytest.mark.property

Open = Callable[[Clock], Awaitable[Database]]


@pytest.fixture
async def open_sqlite(tmp_path: Path) -> AsyncIterator[Open]:
    """A SQLite file whose `:now` is the clock."""
    opened: list[Database] = []

    async def open_it(clock: Clock) -> Database:
        database = await open_database("sqlite:hub.db", clock=clock, base=tmp_path, serve=True, wait_s=0)
        opened.append(database)
        return database

    yield open_it
    for each in opened:
        await each.close()


class HandClock:
    """Shows what it is set to. Implements hub.clock.Clock."""

    def __init__(self) -> None:
        self.ms = 1_700_000_000_000

    def now_ms(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1000

    async def sleep(self, seconds: float) -> None:
        self.ms += int(seconds * 1000)


async def admitted(database: Database, subject: str, limit: Window) -> int | None:
    """The time it counts at; None where there is no room."""
    try:
        ((row,),) = await database.run(admit(subject, limit))
    except Undone:
        return None
    return int(row["at_ms"])


def most_in_any_window(times: list[int], length_ms: int) -> int:
    """Of windows closed at both ends, which are the widest."""
    first = most = 0
    for last, at in enumerate(times):
        while at - times[first] > length_ms:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.parametrize(("amount", "per_s"), [(1, 60), (2, 1), (7, 60), (20, 3_600), (250, 60)])
async def test_it_admits_what_the_model_admits(open_with_clock: Open, amount: int, per_s: int) -> None:
    """Up to GROUPS a window, it is exact: refused where and only where the model has so many in the window."""
    seed = random.randrange(2**32)
    print("seed", seed)
    chance, clock = random.Random(seed), HandClock()
    database = await open_with_clock(clock)
    limit, times = window(Rate(amount, per_s)), list[int]()
    for _ in range(max(300, 3 * amount)):
        clock.ms += chance.choice([0, 0, 1, chance.randrange(1 + 2_000 * per_s // amount)])
        room = sum(clock.ms - at <= limit.length_ms for at in times) < amount
        if not room:
            waits, _ = await until_room(database, "person/1", limit)
            assert waits == times[-amount] + limit.length_ms + 1 - clock.ms
        at = await admitted(database, "person/1", limit)
        assert (at is not None) == room
        if at is not None:
            assert at == clock.ms
            times.append(at)
    assert most_in_any_window(times, limit.length_ms) == amount


@pytest.mark.parametrize("amount", [251, 401])
async def test_above_so_many_it_is_never_more_and_hardly_less(open_sqlite: Open, amount: int) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance, clock = random.Random(seed), HandClock()
    database = await open_sqlite(clock)
    limit, times, began = window(Rate(amount, 60)), list[int](), clock.ms
    step = 60_000 / amount / 1.5  # one and a half times what is allowed
    while clock.ms < began + 150_000:
        clock.ms += int(chance.expovariate(1 / step) + 0.5)
        at = await admitted(database, "agent/a", limit)
        if at is not None:
            times.append(at)
    assert most_in_any_window(times, limit.length_ms) <= amount
    assert len([at for at in times if at <= began + 120_000]) >= 0.97 * 2 * amount
    (row,) = await database.read(Statement(Sql("test.row", "SELECT length(admitted) FROM rate_window"), {}))
    assert row[0] <= 14 * GROUPS


async def test_a_share_leaves_room_to_others(open_with_clock: Open) -> None:
    clock = HandClock()
    database = await open_with_clock(clock)
    free, all_of_it = window(Rate(10, 60), 0.8), window(Rate(10, 60))
    for _ in range(20):
        await admitted(database, "agent/a", free)
    counted = [await admitted(database, "agent/a", all_of_it) for _ in range(4)]
    assert [at is not None for at in counted] == [True, True, False, False]
    assert await until_room(database, "agent/a", free) == (60_001, clock.ms)


async def test_a_clock_that_goes_back_lets_nobody_through(open_with_clock: Open) -> None:
    clock = HandClock()
    database = await open_with_clock(clock)
    limit = window(Rate(3, 60))
    first = await admitted(database, "person/1", limit)
    clock.ms -= 30_000
    assert [await admitted(database, "person/1", limit) for _ in range(3)] == [first, first, None]
    clock.ms += 90_000
    assert await admitted(database, "person/1", limit) is None
    clock.ms += 1
    assert await admitted(database, "person/1", limit) == clock.ms


async def test_another_tier_is_in_force_at_once(open_with_clock: Open) -> None:
    database = await open_with_clock(HandClock())
    few, many, more = window(Rate(3, 60)), window(Rate(6, 60)), window(Rate(1_000, 60))
    assert [bool(await admitted(database, "person/1", few)) for _ in range(4)] == [True] * 3 + [False]
    assert [bool(await admitted(database, "person/1", many)) for _ in range(4)] == [True] * 3 + [False]
    assert await admitted(database, "person/1", more)
    assert await admitted(database, "person/1", few) is None


@given(st.integers(1, 10**9))
def test_times_that_are_shared_come_to_the_amount_and_never_above(amount: int) -> None:
    limit = window(Rate(amount, 60))
    assert limit.kept <= GROUPS
    assert 0.99 * amount <= limit.kept * limit.group <= amount
