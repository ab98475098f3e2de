"""The gate's state in the store: several processes together keep the pace of one account."""

import asyncio

import asyncpg
import pytest

from hub.channel import Pace
from hub.clock import SystemClock
from hub.gate import CHAT_BURST, Gate, Waits
from hub.processes.pace import SharedPace, closures
from hub.processes.ration import StoredRation
from hub.store import Database, Statement, StoreUnavailable, statement
from hub.store.open import open_database
from hub.store.postgresql import PostgresqlDatabase
from tests.store.scratch import sql

pytestmark = pytest.mark.fleet

PACE = Pace(overall=1000.0, chat=50.0, group=50.0)
ACCOUNT = "telegram/main"


def gates(database: Database, count: int, pace: Pace = PACE) -> list[Gate]:
    """Those of so many processes."""
    return [Gate(pace, SystemClock(), SharedPace(database, ACCOUNT)) for _ in range(count)]


async def store_times(database: Database) -> tuple[int, int]:
    """The store's present time and when the whole account is due, in microseconds."""
    (row,) = await database.read(sql("SELECT due_us, CAST(:now AS BIGINT) * 1000 AS now_us FROM gate WHERE chat = ''"))
    return row["now_us"], row["due_us"]


async def test_processes_keep_the_pace_of_a_chat_together(database: Database) -> None:
    """Each send moves the chat's time on by a fiftieth of a second; nobody got in before its time."""
    many = gates(database, 4)
    (before,) = await database.read(sql("SELECT CAST(:now AS BIGINT) * 1000 AS now_us"))
    await asyncio.gather(*(gate.enter("1", private=True) for gate in many for _ in range(10)))
    (row,) = await database.read(sql("SELECT due_us, CAST(:now AS BIGINT) * 1000 AS now_us FROM gate WHERE chat = '1'"))
    interval_us = 20_000
    assert row["due_us"] >= before["now_us"] + 40 * interval_us
    assert row["due_us"] <= row["now_us"] + CHAT_BURST * interval_us + interval_us


async def test_processes_keep_the_pace_of_an_account_together(database: Database) -> None:
    many = gates(database, 3, Pace(overall=100.0, chat=1000.0, group=1000.0))
    (before,) = await database.read(sql("SELECT CAST(:now AS BIGINT) * 1000 AS now_us"))
    await asyncio.gather(*(gate.enter(str(chat), private=True) for gate in many for chat in range(10)))
    now_us, due_us = await store_times(database)
    assert due_us >= before["now_us"] + 30 * 10_000
    assert due_us <= now_us + 10_000 * 4


async def test_while_the_store_answers_one_chat_the_others_of_its_account_go_on() -> None:
    asked: list[str] = []
    answered = asyncio.Event()

    class Slow:
        async def take(self, chat: str, *_: float) -> Waits:
            asked.append(chat)
            await answered.wait()
            return Waits()

        def refused(self, chat: str, seconds: float) -> None: ...

    gate = Gate(PACE, SystemClock(), Slow())
    entering = [asyncio.create_task(gate.enter(chat, private=True)) for chat in ("1", "1", "2")]
    async with asyncio.timeout(60):
        while len(asked) < 2:
            await asyncio.sleep(0)
        assert asked == ["1", "2"]  # the second of chat 1 waits for the first: what a chat is sent keeps its order
        answered.set()
        await asyncio.gather(*entering)
    assert asked == ["1", "2", "1"]


async def test_growth_is_left_out_where_others_have_just_sent(database: Database) -> None:
    one, other = gates(database, 2, Pace(overall=1000.0, chat=0.01, group=0.01))
    for _ in range(CHAT_BURST):
        await one.enter("1", private=True)
    assert other.try_enter("1", private=True)  # as far as this process knows
    assert not await other.room_beside("1", private=True)
    assert not other.try_enter("1", private=True)  # and now it knows
    assert other.try_enter("2", private=True)
    assert await other.room_beside("2", private=True)


async def heard(database: Database, gate: Gate) -> None:
    rows = await database.read(statement("gate.closed"))
    gate.heard({chat: seconds for _, chat, seconds in closures(rows)})


async def test_what_a_platform_told_one_process_the_others_learn(database: Database) -> None:
    one, other = gates(database, 2)
    beside = one._beside
    assert isinstance(beside, SharedPace)
    one.refused("1", 1000, private=True)
    await beside.close()
    await heard(database, other)
    assert 900 < other.closed_for_s("1", private=True) <= 1000
    assert other.closed_for_s("2", private=True) <= 0
    one.refused("2", 500, private=True)  # a second chat: it is the account's limit
    await beside.close()
    await heard(database, other)
    assert 400 < other.closed_for_s("3", private=True) <= 500
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(other.enter("3", private=True), 0.2)


async def test_the_row_of_a_chat_is_locked_before_the_account_s(postgresql_url: str) -> None:
    """In the other order, two that send and close could wait for each other, and PostgreSQL would end one."""
    database = await PostgresqlDatabase.open(postgresql_url)
    somebody = await asyncpg.connect(postgresql_url)
    try:
        pace = SharedPace(database, ACCOUNT)
        await pace.take("1", 1e-6, 9, 1e-6, 9)
        async with somebody.transaction():
            await somebody.execute("SELECT 1 FROM gate WHERE chat = '1' FOR UPDATE")
            taking = asyncio.create_task(pace.take("1", 1e-6, 9, 1e-6, 9))
            async with asyncio.timeout(60):
                while not await somebody.fetch("SELECT 1 FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"):
                    await asyncio.sleep(0.01)
            await somebody.execute("SELECT 1 FROM gate WHERE chat = '' FOR UPDATE NOWAIT")
        assert (await taking).none
    finally:
        await somebody.close()
        await database.close()


async def test_a_closure_of_a_chat_comes_before_its_account_s() -> None:
    ran: list[str] = []

    class Watched:
        async def run(self, *statements: Statement) -> None:
            ran.extend(each.sql.name for each in statements)

    pace = SharedPace(Watched(), ACCOUNT)  # type: ignore[arg-type]  # of a database, it needs this much
    pace.refused("1", 1.0)
    await pace.close()
    assert ran == ["gate.close", "gate.close_account"]


async def test_where_one_of_both_has_no_room_neither_is_counted(database: Database) -> None:
    pace = SharedPace(database, ACCOUNT)
    assert (await pace.take("1", 3600.0, 1, 1e-6, 1)).none
    (before,) = await database.read(sql("SELECT due_us FROM gate WHERE chat = ''"))
    waits = await pace.take("1", 3600.0, 1, 1e-6, 1)
    assert 3500 < waits.chat <= 3600
    assert waits.account < 0.01
    assert await database.read(sql("SELECT due_us FROM gate WHERE chat = ''")) == [before]
    await asyncio.sleep(0.01)  # a store that counts milliseconds may still be in the one of the first send
    assert (await pace.take("2", 3600.0, 1, 3600.0, 1)).none
    full = await pace.take("3", 3600.0, 1, 3600.0, 1)
    assert 3500 < full.account <= 3600
    assert not await database.read(sql("SELECT due_us FROM gate WHERE chat = '3'"))


async def test_a_closure_that_is_over_is_forgotten(database: Database) -> None:
    one, other = gates(database, 2)
    one.refused("1", 0.2, private=True)
    assert isinstance(one._beside, SharedPace)
    await one._beside.close()
    await asyncio.wait_for(other.enter("1", private=True), 60)
    assert not await database.read(statement("gate.closed"))
    await database.run(statement("gate.forget", before_ms=SystemClock().now_ms() + 60_000))
    assert not await database.read(sql("SELECT chat FROM gate"))


async def test_without_the_store_nothing_is_sent_that_others_could_not_know(
    database_url: str, tmp_path: object
) -> None:
    database = await open_database(database_url, clock=SystemClock(), base=tmp_path, serve=True, wait_s=0)  # type: ignore[arg-type]
    (gate,) = gates(database, 1)
    await database.close()
    with pytest.raises(StoreUnavailable):
        await gate.enter("1", private=True)
    assert not await gate.room_beside("2", private=True)


async def test_a_ration_is_one_for_all(database: Database) -> None:
    one, other = StoredRation(database, "slack/main"), StoredRation(database, "slack/main")
    taken = [await each.take("chat.update", 10, 3600.0) for each in (one, other) * 5]
    assert taken == [0.0] * 10
    wait = await one.take("chat.update", 10, 3600.0)
    assert 3500 < wait <= 3600.1
    assert await StoredRation(database, "slack/other").take("chat.update", 10, 60.0) == 0.0
    assert await one.take("chat.delete", 10, 60.0) == 0.0


async def test_a_part_of_a_ration_is_kept_for_what_matters_more(database: Database) -> None:
    ration = StoredRation(database, "slack/main")
    growth = [await ration.take("chat.update", 10, 60.0, share=0.6) for _ in range(8)]
    assert [wait == 0.0 for wait in growth] == [True] * 6 + [False] * 2
    assert [await ration.take("chat.update", 10, 60.0) for _ in range(4)] == [0.0] * 4
