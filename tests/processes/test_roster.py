"""Heartbeats: who lives, who has which connection, and what happens to what the dead have left. On both engines."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from hub.clock import Clock, new_id
from hub.processes import Role, Roster
from hub.processes.roster import LIFE_MS, SERVING
from hub.store import Database, Rows, Statement
from hub.store.postgresql import PostgresqlDatabase
from tests.store.scratch import sql

pytestmark = pytest.mark.fleet

ACCOUNTS = ("discord/main", "slack/main", "telegram/main")
Open = Callable[[Clock], Awaitable[Database]]


class Time:
    """Stands still until somebody moves it."""

    def __init__(self) -> None:
        self.now_s = 1_700_000_000.0

    def now_ms(self) -> int:
        return int(self.now_s * 1000)

    def monotonic(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds


class Steady(Time):
    """The same machine after its wall clock was set: what does not go back is this."""

    def __init__(self, wall: Time, before_s: float) -> None:
        self._wall = wall
        self._more_s = before_s - wall.now_s

    def monotonic(self) -> float:
        return self._wall.now_s + self._more_s


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
async def database(open_with_clock: Open, time: Time) -> Database:
    return await open_with_clock(time)


def roster(database: Database, time: Time, role: Role = Role.GATEWAY, region: str = "us-west") -> Roster:
    return Roster(database, time, id=new_id(), role=role, region=region, version="1.0", schema_number=1, host="here:1")


async def beats(time: Time, *rosters: Roster, seconds: float = 9.0) -> None:
    """All of them live on for so long."""
    for _ in range(int(seconds)):
        time.now_s += 1
        for each in rosters:
            await each.beat()


async def test_all_see_all(database: Database, time: Time) -> None:
    one, other = roster(database, time), roster(database, time, Role.WORKER, "eu-west")
    await beats(time, one, other, seconds=2)
    assert {peer.id for peer in one.peers} == {one.id, other.id}
    (worker,) = (peer for peer in one.peers if peer.works)
    assert (worker.role, worker.region, worker.state, worker.version, worker.lives) == (
        "worker", "eu-west", SERVING, "1.0", True
    )  # fmt: skip
    assert [peer.id for peer in other.peers if peer.listens] == [one.id]


async def test_one_at_a_time_has_a_connection(database: Database, time: Time) -> None:
    one, other = roster(database, time), roster(database, time)
    await beats(time, one, other)
    for _ in range(3):
        await one.take(ACCOUNTS)
        await other.take(ACCOUNTS)
        await beats(time, one, other, seconds=1)
    assert one.holds | other.holds == set(ACCOUNTS)
    assert not one.holds & other.holds
    assert {len(one.holds), len(other.holds)} == {1, 2}  # each has its share


async def test_who_is_alone_has_all_and_shares_with_who_comes(database: Database, time: Time) -> None:
    one = roster(database, time)
    await beats(time, one, seconds=1)
    await one.take(ACCOUNTS)
    assert one.holds == set(ACCOUNTS)
    other = roster(database, time)
    await beats(time, one, other, seconds=2)
    await one.take(ACCOUNTS)
    (surplus,) = set(ACCOUNTS) - one.holds
    await other.take(ACCOUNTS)
    assert other.holds == frozenset()  # it is still being read
    await one.let_go(surplus)
    await beats(time, one, other, seconds=1)
    await other.take(ACCOUNTS)
    assert other.holds == {surplus}


async def test_a_dead_one_loses_its_connections(database: Database, time: Time) -> None:
    dead, other = roster(database, time), roster(database, time)
    await beats(time, dead, other, seconds=1)
    await dead.take(["telegram/main"])
    await beats(time, dead, other)
    taken_after = 0
    while "telegram/main" not in other.holds:
        await beats(time, other, seconds=1)
        await other.take(["telegram/main"])
        taken_after += 1
    assert taken_after == LIFE_MS / 1000
    assert dead.holds == frozenset()  # it knows by its own clock, even if it cannot reach the store


async def test_a_heartbeat_counts_from_when_it_was_sent(
    database: Database, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the others it may have counted since then, however long its answer took."""
    slow = roster(database, time)
    await beats(time, slow, seconds=1)
    await slow.take(["telegram/main"])
    run = database.run

    async def answered_late(*statements: Statement) -> list[Rows]:
        rows = await run(*statements)
        time.now_s += 5
        return rows

    monkeypatch.setattr(database, "run", answered_late)
    await slow.beat()
    assert slow.holds == {"telegram/main"}
    time.now_s += 2
    assert slow.holds == frozenset()


async def test_who_has_just_come_takes_nobody_for_dead(database: Database, time: Time) -> None:
    slow = roster(database, time)
    await beats(time, slow, seconds=1)
    await slow.take(["telegram/main"])
    time.now_s += LIFE_MS / 1000 + 1  # the whole machine stood still
    fresh = roster(database, time)
    await fresh.beat()
    await fresh.bury()
    await fresh.take(["telegram/main"])
    assert fresh.holds == frozenset()
    await beats(time, slow, fresh)
    await fresh.take(["telegram/main"])
    assert slow.holds == {"telegram/main"}


async def test_after_the_store_was_away_everybody_gets_their_time_again(database: Database, time: Time) -> None:
    one, other = roster(database, time), roster(database, time)
    await beats(time, one, other)
    time.now_s += 30
    await one.beat()
    await one.bury()
    await beats(time, one, other, seconds=1)
    assert {peer.id for peer in one.peers} == {one.id, other.id}


async def conversation(database: Database, key: str, holder: str, time: Time) -> None:
    await database.run(
        sql(
            "INSERT INTO conversation (id, channel, account, place, home_region, created_ms, waiting, due_ms, holder)"
            " VALUES (:id, 'c', 'a', '{}', 'us-west', 0, 1, :due_ms, :holder)",
            id=key,
            due_ms=time.now_ms() + 15_000,
            holder=holder,
        )
    )


async def held(database: Database) -> dict[str, str | None]:
    return {row[0]: row[1] for row in await database.read(sql("SELECT id, holder FROM conversation"))}


async def test_what_the_dead_were_answering_is_due_at_once(database: Database, time: Time) -> None:
    dead, other = roster(database, time, Role.WORKER), roster(database, time, Role.WORKER)
    await beats(time, dead, other)
    await conversation(database, "left", f"{dead.id}:17", time)
    await conversation(database, "mine", f"{other.id}:3", time)
    await beats(time, other)
    await other.bury()
    assert await held(database) == {"left": None, "mine": f"{other.id}:3"}
    (row,) = await database.read(sql("SELECT due_ms FROM conversation WHERE id = 'left'"))
    assert row["due_ms"] <= time.now_ms()
    await other.beat()
    assert [peer.id for peer in other.peers] == [other.id]


async def test_who_leaves_gives_everything_back(database: Database, time: Time) -> None:
    one, other = roster(database, time), roster(database, time)
    await beats(time, one, other)
    await one.take(["telegram/main"])
    await one.leave()
    await other.beat()
    assert [peer.id for peer in other.peers] == [other.id]
    await other.take(["telegram/main"])
    assert other.holds == {"telegram/main"}


async def test_the_dead_do_not_live_on_where_the_clock_is_set_back(database: Database, time: Time) -> None:
    dead, other = roster(database, time), roster(database, time)
    await beats(time, dead, other)
    await dead.take(["telegram/main"])
    before_s = time.monotonic()
    time.now_s -= 86_400
    other._clock = Steady(time, before_s)
    await beats(time, other, seconds=12)
    await other.bury()
    await other.beat()
    assert [peer.id for peer in other.peers] == [other.id]
    await other.take(["telegram/main"])
    assert other.holds == {"telegram/main"}


async def test_what_somebody_has_locked_stops_nobodys_heart(postgresql_url: str, time: Time) -> None:
    """A machine that was lost in the middle of a transaction keeps its locks until the server notices."""
    database = await PostgresqlDatabase.open(postgresql_url, clock=time)
    dead, other = roster(database, time, Role.WORKER), roster(database, time, Role.WORKER)
    await beats(time, dead, other)
    await conversation(database, "free", f"{dead.id}:17", time)
    await conversation(database, "locked", f"{dead.id}:18", time)
    await beats(time, other)
    lost = await asyncpg.connect(postgresql_url)
    try:
        await lost.execute("BEGIN; UPDATE conversation SET fence = fence + 1 WHERE id = 'locked'")
        async with asyncio.timeout(60):
            await other.bury()
    finally:
        await lost.close()
        freed = await held(database)
        await database.close()
    assert freed == {"free": None, "locked": f"{dead.id}:18"}  # that one is due when its lease has run out
