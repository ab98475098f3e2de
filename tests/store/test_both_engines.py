"""What both engines promise. Every test here runs on SQLite and on PostgreSQL."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from hub.clock import Clock
from hub.store import Database, Statement, StoreError, StoreUnavailable, Undone
from tests.store.scratch import HOLD_RETURNING, NOW, held, hold, open_accounts, sql

pytestmark = pytest.mark.wire


class StillClock:
    """Stands still where it was put."""

    def __init__(self, now_ms: int) -> None:
        self.ms = now_ms

    def now_ms(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1000

    async def sleep(self, seconds: float) -> None:
        self.ms += int(seconds * 1000)


async def test_a_list_happens_whole(database: Database) -> None:
    await open_accounts(database, "a", "b")
    results = await database.run(hold("a", 1), hold("b", 2))
    assert [list(rows) for rows in results] == [[], []]
    assert await held(database) == {"a": 1, "b": 2}


async def test_an_empty_list_does_nothing(database: Database) -> None:
    assert await database.run() == []


async def test_a_wrong_number_of_rows_undoes_the_whole_list(database: Database) -> None:
    await open_accounts(database, "a", "b", "c", most=10)
    with pytest.raises(Undone) as undone:
        await database.run(hold("a", 1), hold("b", 11), hold("c", 1))
    assert (undone.value.name, undone.value.index, undone.value.touched) == ("scratch.hold", 1, 0)
    assert await held(database) == {"a": 0, "b": 0, "c": 0}


async def test_too_many_rows_undo_as_well(database: Database) -> None:
    await open_accounts(database, "a", "b")
    with pytest.raises(Undone) as undone:
        await database.run(sql("UPDATE account SET held = 5", expects=1))
    assert undone.value.touched == 2
    assert await held(database) == {"a": 0, "b": 0}


@pytest.mark.parametrize(
    ("text", "expects"),
    [
        ("SELECT id FROM account", 2),
        ("DELETE FROM account", 2),
        ("DELETE FROM account WHERE id = 'none'", 0),
        ("UPDATE account SET held = 1 RETURNING id", 2),
        ("INSERT INTO account (id, held, most) VALUES ('c', 0, 1), ('d', 0, 1), ('e', 0, 1)", 3),
        ("INSERT INTO account (id, held, most) VALUES ('a', 0, 1) ON CONFLICT DO NOTHING", 0),
        ("INSERT INTO account (id, held, most) VALUES ('a', 0, 1) ON CONFLICT (id) DO UPDATE SET held = 3", 1),
        ("WITH found AS (SELECT 'a' AS id) UPDATE account SET held = 2 WHERE id IN (SELECT id FROM found)", 1),
    ],
)
async def test_rows_are_counted_alike(database: Database, text: str, expects: int) -> None:
    await open_accounts(database, "a", "b")
    await database.run(sql(text, expects=expects))
    await open_again(database)
    with pytest.raises(Undone) as undone:
        await database.run(sql(text, expects=99))
    assert undone.value.touched == expects


async def open_again(database: Database) -> None:
    await database.run(
        sql("DELETE FROM account"),
        sql("INSERT INTO account (id, held, most) VALUES ('a', 0, 100), ('b', 0, 100)"),
    )


async def test_returned_rows_are_read_by_name_and_by_place(database: Database) -> None:
    await open_accounts(database, "a")
    [rows] = await database.run(Statement(HOLD_RETURNING, {"id": "a", "cost": 7}))
    [row] = rows
    assert (row["id"], row["held"], row[0], row[1]) == ("a", 7, "a", 7)


async def test_later_statements_see_what_earlier_ones_did(database: Database) -> None:
    await open_accounts(database, "a")
    *_, rows = await database.run(hold("a", 5), hold("a", 6), sql("SELECT held FROM account"))
    assert rows[0]["held"] == 11


async def test_sums_are_integers(database: Database) -> None:
    await open_accounts(database, "a", "b")
    [row] = await database.read(sql("SELECT SUM(most) AS total, AVG(most + 0.5) AS mean FROM account"))
    assert (row["total"], type(row["total"])) == (200, int)
    assert (row["mean"], type(row["mean"])) == (100.5, float)


async def test_values_come_back_as_they_went(database: Database) -> None:
    await database.run(sql("CREATE TABLE kept (t TEXT, n BIGINT, gone TEXT)"))
    text = "Grüße 👋 '; DROP TABLE kept; -- :now \\ $1"
    await database.run(sql("INSERT INTO kept (t, n, gone) VALUES (:t, :n, :gone)", t=text, n=2**63 - 1, gone=None))
    [row] = await database.read(sql("SELECT t, n, gone, ':t' AS literal FROM kept WHERE t = :t", t=text))
    assert (row["t"], row["n"], row["gone"], row["literal"]) == (text, 2**63 - 1, None, ":t")


async def test_of_concurrent_lists_only_the_failing_ones_are_undone(database: Database) -> None:
    await open_accounts(database, *(f"a{n}" for n in range(20)), most=10)
    cost = {n: 11 if n % 5 == 0 else 3 for n in range(20)}
    outcomes = await asyncio.gather(
        *(database.run(hold(f"a{n}", 1), hold(f"a{n}", cost[n])) for n in range(20)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [Undone if n % 5 == 0 else list for n in range(20)]
    assert await held(database) == {f"a{n}": 0 if n % 5 == 0 else 4 for n in range(20)}


async def test_a_budget_is_never_overrun(database: Database) -> None:
    await open_accounts(database, "a", most=10)
    outcomes = await asyncio.gather(*(database.run(hold("a", 1)) for _ in range(30)), return_exceptions=True)
    assert sum(isinstance(outcome, Undone) for outcome in outcomes) == 20
    assert await held(database) == {"a": 10}


@pytest.mark.parametrize(
    "broken",
    [
        sql("INSERT INTO account (id, held, most) VALUES ('a', 0, 0)"),
        sql("UPDATE nowhere SET held = 1"),
        sql("UPDATE account SET held = :missing"),
        sql("UPDATE account SET held = :cost", cost=2**70),
        sql("UPDATE account SET id = :id", id="half a character \ud800"),
    ],
    ids=["constraint", "no such table", "no value", "too large", "not text"],
)
async def test_an_error_undoes_its_own_list_only(database: Database, broken: Statement) -> None:
    await open_accounts(database, "a", "b")
    good, bad, also_good = await asyncio.gather(
        database.run(hold("a", 1)),
        database.run(hold("a", 10), broken),
        database.run(hold("b", 1)),
        return_exceptions=True,
    )
    assert isinstance(good, list)
    assert isinstance(also_good, list)
    assert isinstance(bad, StoreError)
    assert not isinstance(bad, Undone | StoreUnavailable)
    assert "scratch.own" in str(bad)
    assert bad.__cause__ is not None
    assert await held(database) == {"a": 1, "b": 1}


async def test_an_error_tells_no_value(database: Database) -> None:
    await open_accounts(database, "a")
    with pytest.raises(StoreError) as failed:
        await database.run(sql("UPDATE account SET held = :cost", cost="a secret"), sql("SELECT * FROM nowhere"))
    assert "a secret" not in str(failed.value)


async def test_a_read_sees_what_was_confirmed(database: Database) -> None:
    await open_accounts(database, "a")
    for cost in range(1, 20):
        await database.run(hold("a", 1))
        assert await held(database) == {"a": cost}


async def test_a_failing_read_is_an_error_of_the_store(database: Database) -> None:
    with pytest.raises(StoreError, match=r"scratch\.own"):
        await database.read(sql("SELECT * FROM nowhere"))


async def test_many_reads_at_once(database: Database) -> None:
    await open_accounts(database, "a")
    assert await asyncio.gather(*(held(database) for _ in range(50))) == [{"a": 0}] * 50


async def test_now_is_the_engines_own(database: Database) -> None:
    [row] = await database.read(Statement(NOW, {}))
    assert abs(row["now"] - time.time() * 1000) < 60_000
    [[row]] = await database.run(sql("SELECT CAST(:now - :ago AS BIGINT) AS past", ago=10**15))
    assert row["past"] < 0


async def test_now_cannot_be_given(database: Database) -> None:
    [[row]] = await database.run(Statement(NOW, {"now": 5}))
    assert row["now"] > 10**12


async def test_now_is_replaceable(open_with_clock: Callable[[Clock], Awaitable[Database]]) -> None:
    clock = StillClock(1_234)
    database = await open_with_clock(clock)
    assert (await database.read(Statement(NOW, {})))[0]["now"] == 1_234
    clock.ms = 5_678
    assert (await database.run(Statement(NOW, {})))[0][0]["now"] == 5_678


async def test_a_cancelled_caller_breaks_nothing(database: Database) -> None:
    await open_accounts(database, "a", "b", most=10**6)
    for delay in (0, 0, 0.0002, 0.0005, 0.001, 0.002):
        callers = [asyncio.create_task(database.run(hold("a", 1), hold("b", 1))) for _ in range(10)]
        readers = [asyncio.create_task(held(database)) for _ in range(10)]
        await asyncio.sleep(delay)
        for caller in (*callers[::2], *readers[::2]):
            caller.cancel()
        outcomes = await asyncio.gather(*callers, *readers, return_exceptions=True)
        for outcome in outcomes[1::2]:
            assert not isinstance(outcome, BaseException)
    done = await held(database)
    assert done["a"] == done["b"] >= 30
    await database.run(hold("a", 1))


async def test_closing_finishes_what_waits(open_with_clock: Callable[[Clock], Awaitable[Database]]) -> None:
    clock = StillClock(1)
    database = await open_with_clock(clock)
    await open_accounts(database, "a")
    waiting = [asyncio.create_task(database.run(hold("a", 1))) for _ in range(20)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*waiting)
    again = await open_with_clock(clock)
    assert await held(again) == {"a": 20}


async def test_a_closed_database_says_so(open_with_clock: Callable[[Clock], Awaitable[Database]]) -> None:
    database = await open_with_clock(StillClock(1))
    await database.close()
    await database.close()
    with pytest.raises(StoreUnavailable):
        await database.run(sql("SELECT 1"))
    with pytest.raises(StoreUnavailable):
        await database.read(sql("SELECT 1"))
