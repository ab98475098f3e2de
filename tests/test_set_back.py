"""What was put off until a moment of the wall clock is not put off further when that clock is set back."""

from collections.abc import Awaitable, Callable

import pytest

from hub.channel import Pace
from hub.clock import Clock, SystemClock
from hub.gate import ASK_AGAIN_S, Gate, Waits
from hub.processes.pace import SharedPace
from hub.set_back import SetBack
from hub.store import Database, Rows, Sql, Statement, statement
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub

pytestmark = pytest.mark.unit

DAY_MS = 86_400_000
HOUR_MS = 3_600_000


class Settable:
    """Stands still, and can be set; its steady side never goes back."""

    def __init__(self) -> None:
        self.wall_ms = 1_771_000_000_000
        self.steady_s = 100.0

    def now_ms(self) -> int:
        return self.wall_ms

    def monotonic(self) -> float:
        return self.steady_s

    async def sleep(self, seconds: float) -> None:
        self.wall_ms += int(seconds * 1000)
        self.steady_s += seconds


Opened = Callable[[Clock], Awaitable[Database]]


async def dues(database: Database) -> list[tuple[object, ...]]:
    rows = await database.read(Statement(Sql("test dues", "SELECT id, due_ms FROM conversation ORDER BY id"), {}))
    return [tuple(row) for row in rows]


async def resting(database: Database, clock: Settable) -> SetBack:
    """One conversation rests for 20 seconds, another one is held; somebody looks at the clock."""
    hub = ScriptedHub(database, clock=clock, lease_ms=15_000)
    await hub.say(message("One", chat="1"))
    (one,) = await hub.inbox.claim(1)
    await hub.inbox.finish(one, {}, pause_ms=20_000)
    await hub.say(message("Two", chat="2"))
    await hub.inbox.claim(1)
    watch = SetBack(database, clock, lease_ms=15_000)
    await watch.look()
    return watch


async def test_a_clock_that_goes_on_changes_nothing(open_with_clock: Opened) -> None:
    clock = Settable()
    database = await open_with_clock(clock)
    watch = await resting(database, clock)
    before = await dues(database)
    await clock.sleep(3)
    clock.wall_ms -= 2  # slewed
    await watch.look()
    clock.wall_ms += DAY_MS  # set forward: everything is due by itself
    await watch.look()
    assert await dues(database) == before


async def test_what_rests_is_due_and_what_is_held_is_held_for_a_lease(open_with_clock: Opened) -> None:
    clock = Settable()
    database = await open_with_clock(clock)
    watch = await resting(database, clock)
    clock.wall_ms -= DAY_MS
    await watch.look()
    assert [due for _, due in await dues(database)] == [clock.wall_ms, clock.wall_ms + 15_000]


async def test_the_stores_clock_decides_and_not_that_of_the_process(open_with_clock: Opened) -> None:
    clock, own = Settable(), Settable()
    database = await open_with_clock(clock)
    await resting(database, clock)
    watch = SetBack(database, own, lease_ms=15_000)
    await watch.look()
    own.wall_ms -= DAY_MS
    before = await dues(database)
    await watch.look()
    assert await dues(database) == before
    clock.wall_ms -= DAY_MS
    await watch.look()
    assert [due for _, due in await dues(database)] == [clock.wall_ms, clock.wall_ms + 15_000]


async def test_a_machine_whose_clock_is_late_ends_nobodys_rest(postgresql_database: Database) -> None:
    """Messages of other processes have ids of its future, and every one is newer than the last."""
    late = Settable()
    late.wall_ms = SystemClock().now_ms() - 120_000
    hub = ScriptedHub(postgresql_database)
    await hub.say(message("One", chat="1"))
    (one,) = await hub.inbox.claim(1)
    await hub.inbox.finish(one, {}, pause_ms=3_600_000)  # its platform asked to wait for an hour
    (resting_until,) = await dues(postgresql_database)
    watch = SetBack(postgresql_database, late, lease_ms=15_000)
    for number in range(3):
        await watch.look()
        await hub.say(message("Another", number, chat="2"))
    assert resting_until in await dues(postgresql_database)


async def test_a_store_that_is_slow_to_answer_was_not_set_back(open_with_clock: Opened) -> None:
    clock = Settable()
    database = await open_with_clock(clock)
    watch = await resting(database, clock)
    before, read = await dues(database), database.read

    async def slowly(asked: Statement) -> Rows:
        rows = await read(asked)
        await clock.sleep(5)
        return rows

    for each in (read, slowly, read, slowly, read):
        database.read = each  # type: ignore[method-assign]
        await watch.look()
        await clock.sleep(3)
    database.read = read  # type: ignore[method-assign]
    assert await dues(database) == before


async def test_a_start_after_it_was_set_back_sees_it_by_the_newest_message(open_with_clock: Opened) -> None:
    clock = Settable()
    database = await open_with_clock(clock)
    ids = iter(f"{clock.now_ms():012x}{number:014}" for number in range(1000))
    hub = ScriptedHub(database, clock=clock)
    hub.inbox._new_id = lambda: next(ids)
    await hub.say(message("One"))
    (claim,) = await hub.inbox.claim(1)
    await hub.inbox.finish(claim, {}, pause_ms=20_000)
    clock.wall_ms -= HOUR_MS
    await SetBack(database, clock, lease_ms=15_000).look()
    assert [due for _, due in await dues(database)] == [clock.wall_ms]


async def test_what_was_stored_while_the_clock_was_ahead_between_two_looks_is_due_once(open_with_clock: Opened) -> None:
    clock = Settable()
    database = await open_with_clock(clock)
    ids = iter(f"{clock.now_ms():012x}{number:014}" for number in range(1000))
    hub = ScriptedHub(database, clock=clock)
    hub.inbox._new_id = lambda: next(ids)
    watch = SetBack(database, clock, lease_ms=15_000)
    await watch.look()
    clock.wall_ms += 40 * DAY_MS
    await hub.say(message("One"))
    clock.wall_ms -= DAY_MS
    await watch.look()
    (claim,) = await hub.inbox.claim(1)
    await hub.inbox.finish(claim, {}, pause_ms=20_000)
    await watch.look()
    assert [due for _, due in await dues(database)] == [clock.wall_ms + 20_000], "what rests since then goes on resting"


async def test_a_start_sees_it_by_what_waits_to_be_sent_where_nobody_wrote(open_with_clock: Opened) -> None:
    clock = Settable()
    database = await open_with_clock(clock)
    await database.run(statement("outgoing.queue", source="report", place="{}", text="", files=""))
    clock.wall_ms -= DAY_MS
    await SetBack(database, clock, lease_ms=15_000).look()
    assert len(await database.read(statement("outgoing.due"))) == 1
    assert (await database.read(statement("outgoing.newest")))[0]["at_ms"] == clock.wall_ms


async def test_the_pace_of_several_processes_stands_still_for_nobody(open_with_clock: Opened) -> None:
    clock = Settable()
    database = await open_with_clock(clock)
    watch, pace = SetBack(database, clock, lease_ms=15_000), SharedPace(database, "chat/main")
    await watch.look()
    assert (await pace.take("1", 1.0, 1, 1.0, 1)).none
    clock.wall_ms -= DAY_MS
    assert (await pace.take("1", 1.0, 1, 1.0, 1)).chat > 80_000
    await watch.look()
    assert (await pace.take("1", 1.0, 1, 1.0, 1)).none


async def test_who_was_told_to_wait_for_long_asks_again_soon() -> None:
    waits = [Waits(86_400.0, 86_400.0), Waits()]

    class Beside:
        async def take(self, *_: object) -> Waits:
            return waits.pop(0)

        def refused(self, chat: str, seconds: float) -> None:
            raise AssertionError

    clock = Settable()
    began_s = clock.steady_s
    await Gate(Pace(overall=30, chat=1, group=1), clock, Beside()).enter("1", private=True)
    assert clock.steady_s - began_s <= ASK_AGAIN_S


async def test_limits_and_posts_of_the_future_bind_nobody(open_with_clock: Opened) -> None:
    clock = Settable()
    database = await open_with_clock(clock)
    watch = SetBack(database, clock, lease_ms=15_000)
    await watch.look()
    await database.run(
        statement("limits.block", id="key", for_us=5_000_000),
        statement("limits.tell", id="person/1"),
        statement("outgoing.queue", source="report", place="{}", text="", files=""),
    )
    clock.wall_ms -= DAY_MS
    await watch.look()
    assert len(await database.read(statement("outgoing.due"))) == 1
    assert not await database.read(Statement(Sql("test keys", "SELECT id FROM provider_key"), {}))
    assert not await database.read(Statement(Sql("test windows", "SELECT id FROM rate_window"), {}))
