"""What is kept for a time only goes, and nothing else."""

import pytest

from hub.store import Database, Sql, Statement, statement
from hub.sweep import AT_ONCE, KEEP_ONCE_MS, forgetting

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
