"""What is kept for a time only goes, and nothing else."""

import asyncio

import pytest

from hub.store import Database, Sql, Statement, statement
from hub.sweep import AT_ONCE, KEEP_ONCE_MS, forgetting
from hub.upkeep import SWEEP_EVERY_S, sweep

pytestmark = pytest.mark.unit

NOW = 1_800_000_000_000
OLD, FRESH = NOW - KEEP_ONCE_MS - 1, NOW - KEEP_ONCE_MS
ROWS = {
    "press": "(id, at_ms) VALUES ('{id}', {at})",
    "used_once": "(id, at_ms) VALUES ('{id}', {at})",
    "invitation": "(id, uses_left, made_ms, expires_ms) VALUES ('{id}', 0, 0, {at})",
    "stranger": "(id, told_ms, tries_from_ms) VALUES ('{id}', {at}, 0)",
}


async def sql(database: Database, text: str) -> list[object]:
    (rows,) = await database.run(Statement(Sql(f"test {text}", text), {}))
    return [row[0] for row in rows]


@pytest.mark.parametrize("table", ROWS)
async def test_what_is_old_is_forgotten(database: Database, table: str) -> None:
    for name, at in (("old", OLD), ("fresh", FRESH)):
        await sql(database, f"INSERT INTO {table} {ROWS[table].format(id=name, at=at)}")

    await database.run(*forgetting(NOW))

    assert await sql(database, f"SELECT id FROM {table}") == ["fresh"]


async def test_one_step_is_bounded(sqlite_database: Database) -> None:
    await sqlite_database.run(
        *(Statement(Sql("test", f"INSERT INTO press VALUES ('{n}', {OLD})"), {}) for n in range(AT_ONCE + 5))
    )

    await sqlite_database.run(*forgetting(NOW))

    assert await sql(sqlite_database, "SELECT COUNT(*) FROM press") == [5]


async def test_a_guest_stays(database: Database) -> None:
    await database.run(statement("admission.let_in", id="chat/main/u1", invitation=""))

    await database.run(*forgetting(NOW * 2))

    assert await sql(database, "SELECT id FROM guest") == ["chat/main/u1"]


async def test_what_a_busy_minute_left_goes_in_one_sweep(sqlite_database: Database) -> None:
    columns = (
        "id, state, fence, budgets, made_ms, expires_ms, message, conversation, person, channel, agent, deployment,"
        " region, api, model, tier, kind, input_tokens, output_tokens, cost_nusd, price"
    )
    text = (
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {2 * AT_ONCE + 5})"
        f" INSERT INTO hold ({columns}) SELECT printf('%026d', i), 'settled', 1, '[]', 0, 0, '', '', 0, '', '', '', '',"
        " '', '', '', '', 0, 0, 0, '' FROM n"
    )
    await sqlite_database.run(Statement(Sql("test", text), {}))

    with pytest.raises(asyncio.CancelledError):
        await sweep(NothingHeld(), None, sqlite_database, None, OneSweep())  # type: ignore[arg-type]

    assert await sql(sqlite_database, "SELECT COUNT(*) FROM hold") == [0]


class NothingHeld:
    async def presume_expired(self) -> bool:
        return False


class OneSweep:
    """A clock that ends the process at the end of its first sweep."""

    def now_ms(self) -> int:
        return NOW

    async def sleep(self, seconds: float) -> None:
        if seconds == SWEEP_EVERY_S:
            raise asyncio.CancelledError
