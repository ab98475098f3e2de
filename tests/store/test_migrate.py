"""Every earlier version of the schema becomes the newest one, on both engines."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from hub.clock import SystemClock
from hub.store import Database, StoreError
from hub.store.migrate import Migration, migrate, migrations, version
from hub.store.open import open_database
from hub.store.postgresql import PostgresqlDatabase
from hub.store.sqlite import SqliteDatabase
from tests.conftest import ENGINES
from tests.postgres import PostgresqlServer
from tests.store.scratch import sql

pytestmark = pytest.mark.wire

NEWEST = len(migrations())
LATER = (
    *migrations(),
    Migration(NEWEST + 1, "shelf", ("CREATE TABLE shelf (id TEXT PRIMARY KEY)", "INSERT INTO shelf (id) VALUES ('a')")),
    Migration(NEWEST + 2, "weight", ("ALTER TABLE shelf ADD COLUMN grams BIGINT NOT NULL DEFAULT 5",)),
)
COLUMNS = {
    "sqlite": "SELECT m.name AS relation, c.name, c.type, c.[notnull], c.dflt_value, c.pk"
    " FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1, 2",
    "postgresql": "SELECT table_name AS relation, column_name, data_type, is_nullable, column_default, 0"
    " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
}
INDEXES = {
    "sqlite": "SELECT name, coalesce(sql, '') FROM sqlite_master WHERE type = 'index' ORDER BY 1",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
}


@pytest.fixture(params=ENGINES)
async def make_empty(
    request: pytest.FixtureRequest, tmp_path: Path, postgresql_server: PostgresqlServer
) -> AsyncIterator[Callable[[], Awaitable[Database]]]:
    """`await make_empty()`: a database without any table, another one each time, on each engine in turn."""
    opened: dict[str, Database] = {}

    async def make() -> Database:
        if request.param == "sqlite":
            name = f"empty{len(opened)}.db"
            opened[name] = await SqliteDatabase.open(tmp_path / name, clock=SystemClock())
        else:
            name = await postgresql_server.create()
            opened[name] = await PostgresqlDatabase.open(postgresql_server.url(name))
        return opened[name]

    yield make
    for name, database in opened.items():
        await database.close()
        if request.param == "postgresql":
            await postgresql_server.drop(name)


@pytest.fixture
async def empty(make_empty: Callable[[], Awaitable[Database]]) -> Database:
    return await make_empty()


async def schema(database: Database) -> list[tuple[object, ...]]:
    """Every column and every index."""
    columns = await database.read(sql(COLUMNS[database.engine]))
    indexes = await database.read(sql(INDEXES[database.engine]))
    return [tuple(row) for row in (*columns, *indexes)]


@pytest.mark.parametrize("earlier", range(NEWEST + 2))
async def test_every_earlier_version_becomes_the_newest(
    make_empty: Callable[[], Awaitable[Database]], earlier: int
) -> None:
    upgraded, fresh = await make_empty(), await make_empty()
    await migrate(upgraded, LATER[:earlier])
    assert await version(upgraded) == earlier
    assert await migrate(upgraded, LATER) == NEWEST + 2
    await migrate(fresh, LATER)
    assert await schema(upgraded) == await schema(fresh)
    [row] = await upgraded.read(sql("SELECT id, grams FROM shelf"))
    assert tuple(row) == ("a", 5)


async def test_the_newest_version_is_left_alone(empty: Database) -> None:
    await migrate(empty)
    recorded = await empty.read(sql("SELECT number, name, applied_ms FROM schema_version ORDER BY number"))
    assert await migrate(empty) == NEWEST
    again = await empty.read(sql("SELECT number, name, applied_ms FROM schema_version ORDER BY number"))
    assert [tuple(row) for row in again] == [tuple(row) for row in recorded]
    assert [(row["number"], row["name"]) for row in again] == [(m.number, m.name) for m in migrations()]


async def test_a_newer_database_is_refused(empty: Database) -> None:
    await migrate(empty, LATER)
    with pytest.raises(StoreError, match=rf"schema version {NEWEST + 2}, this program knows {NEWEST}"):
        await migrate(empty)


def marked(*runs_with: int) -> tuple[Migration, ...]:
    """Further changes, each with the oldest version whose programs it is for."""
    more = (
        Migration(NEWEST + number, f"step{number}", (f"CREATE TABLE step{number} (id TEXT PRIMARY KEY)",), oldest)
        for number, oldest in enumerate(runs_with, 1)
    )
    return (*migrations(), *more)


async def test_a_newer_database_is_used_where_it_is_marked_so(empty: Database) -> None:
    await migrate(empty, marked(NEWEST, NEWEST))
    assert await migrate(empty) == NEWEST + 2
    assert await migrate(empty, upgrade=False) == NEWEST + 2  # the command line looks in as well
    assert await version(empty) == NEWEST + 2


async def test_one_step_that_is_not_marked_is_enough_to_refuse(empty: Database) -> None:
    await migrate(empty, marked(NEWEST, 0, NEWEST))
    with pytest.raises(StoreError, match="run the newer release"):
        await migrate(empty)


async def test_two_steps_newer_may_run_with_the_step_between_only(empty: Database) -> None:
    await migrate(empty, marked(NEWEST, NEWEST + 1))
    with pytest.raises(StoreError, match="run the newer release"):
        await migrate(empty)
    assert await migrate(empty, marked(NEWEST)) == NEWEST + 2


async def runs(database: Database, schema_number: int, *, silent_ms: int = 0) -> None:
    """A process of a release that knows so much has a row."""
    await database.run(
        sql(
            "INSERT INTO process (id, role, region, state, version, schema_number, host, started_ms, seen_ms)"
            " VALUES ('p', 'worker', '', 'serving', '1', :number, 'h', 0, CAST(:now AS BIGINT) - :silent_ms)",
            number=schema_number,
            silent_ms=silent_ms,
        )
    )


async def test_nothing_is_changed_under_processes_that_could_not_go_on(empty: Database) -> None:
    await migrate(empty)
    await runs(empty, NEWEST)
    with pytest.raises(StoreError, match=f"1 processes of an older release are running.*{NEWEST + 1}: stop all"):
        await migrate(empty, marked(0))
    assert await version(empty) == NEWEST
    await empty.run(sql("DELETE FROM process"))
    assert await migrate(empty, marked(0)) == NEWEST + 1


async def test_the_silent_hold_nothing_up(empty: Database) -> None:
    await migrate(empty)
    await runs(empty, NEWEST, silent_ms=60_000)
    assert await migrate(empty, marked(0)) == NEWEST + 1


async def test_a_marked_change_is_made_under_running_processes(empty: Database) -> None:
    await migrate(empty)
    await runs(empty, NEWEST)
    assert await migrate(empty, marked(NEWEST)) == NEWEST + 1


async def test_an_older_database_is_left_to_the_hub(empty: Database) -> None:
    await migrate(empty, upgrade=False)
    with pytest.raises(StoreError, match="start the hub once"):
        await migrate(empty, LATER, upgrade=False)
    assert await version(empty) == NEWEST


async def test_a_migration_that_fails_leaves_nothing(empty: Database) -> None:
    broken = Migration(
        NEWEST + 1, "broken", ("CREATE TABLE shelf (id TEXT PRIMARY KEY)", "INSERT INTO nowhere VALUES (1)")
    )
    with pytest.raises(StoreError, match=rf"migration {NEWEST + 1:04d}_broken"):
        await migrate(empty, (*migrations(), broken))
    assert await version(empty) == NEWEST
    assert await migrate(empty, LATER) == NEWEST + 2


async def test_many_may_start_at_once(tmp_path: Path, postgresql_server: PostgresqlServer) -> None:
    name = await postgresql_server.create()
    for url in ("sqlite:var/hub.db", postgresql_server.url(name)):
        databases = await asyncio.gather(
            *(open_database(url, clock=SystemClock(), base=tmp_path, serve=False, wait_s=0) for _ in range(5))
        )
        assert {await version(database) for database in databases} == {NEWEST}
        for database in databases:
            await database.close()
    await postgresql_server.drop(name)


def test_numbers_have_no_gap() -> None:
    assert [migration.number for migration in migrations()] == list(range(1, NEWEST + 1))
    assert all(migration.statements for migration in migrations())


async def test_postgresql_clears_busy_tables_early(postgresql_database: Database) -> None:
    rows = await postgresql_database.read(
        sql("SELECT relname FROM pg_class WHERE relkind = 'r' AND reloptions IS NOT NULL ORDER BY 1")
    )
    assert [row["relname"] for row in rows] == ["conversation", "hold", "message", "reply"]
