"""What was put off until a moment of the wall clock is not put off further when that clock is set back."""

from collections.abc import Awaitable, Callable

import pytest

from hub.clock import Clock
from hub.set_back import SetBack
from hub.store import Database, Sql, Statement, statement
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
