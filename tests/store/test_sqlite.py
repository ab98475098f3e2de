"""What is SQLite's own: groups, a full disk, another process's lock, a process that is killed."""

import asyncio
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import hub.store.sqlite
from hub.clock import SystemClock
from hub.store import Statement, StoreError, StoreUnavailable, Undone
from hub.store.database import Sql
from hub.store.sqlite import MOST_IN_A_GROUP, SqliteDatabase
from tests.store.scratch import HELD, HOLD, held, hold, open_accounts, sql

pytestmark = pytest.mark.unit


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


@pytest.fixture
async def database(path: Path) -> AsyncIterator[SqliteDatabase]:
    database = await SqliteDatabase.open(path, clock=SystemClock())
    await open_accounts(database, "a", "b", most=10**9)
    yield database
    await database.close()


async def test_commits_are_synced_and_readers_cannot_write(database: SqliteDatabase) -> None:
    [[full], [mode]] = await database.run(sql("PRAGMA synchronous"), sql("PRAGMA journal_mode"))
    assert (full[0], mode[0]) == (2, "wal")
    with pytest.raises(StoreUnavailable, match="readonly"):
        await database.read(sql("UPDATE account SET held = 1"))


async def test_only_what_is_marked_goes_unsynced_and_only_alone(database: SqliteDatabase) -> None:
    loose = Statement(Sql("test.level", "PRAGMA synchronous", unsynced=True), {})
    levels = [await database.run(*each) for each in ([loose], [loose, sql("PRAGMA synchronous")], [loose, loose])]
    assert [[rows[0][0] for rows in level] for level in levels] == [[1], [2, 2], [1, 1]]
    [[full]] = await database.run(sql("PRAGMA synchronous"))
    assert full[0] == 2


AHEAD = Sql("test.ahead", "UPDATE account SET held = held + 1 WHERE id = 'a' RETURNING held", ahead=True)


async def test_what_goes_ahead_shares_the_commit_of_what_follows(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.store.sqlite, "KEPT_OPEN_S", 60.0)  # nothing here but what follows ends the waiting
    commits, transactions = database.commits, database.transactions
    for number in range(5):
        [[row]] = await database.run(Statement(AHEAD, {}))
        assert row["held"] == number + 1
        await database.run(hold("b", 1))
    assert (database.commits - commits, database.transactions - transactions) == (5, 10)


async def test_what_goes_ahead_is_committed_though_nothing_follows(database: SqliteDatabase, path: Path) -> None:
    await database.run(Statement(AHEAD, {}))
    other = sqlite3.connect(path, isolation_level=None)
    async with asyncio.timeout(60):
        while other.execute("SELECT held FROM account WHERE id = 'a'").fetchone()[0] == 0:
            await asyncio.sleep(0.001)
    other.close()


async def test_a_read_sees_what_went_ahead_of_it(database: SqliteDatabase) -> None:
    for number in range(20):
        await database.run(Statement(AHEAD, {}))
        assert (await held(database))["a"] == number + 1


async def test_an_end_commits_what_went_ahead(database: SqliteDatabase, path: Path) -> None:
    await database.run(Statement(AHEAD, {}))
    await database.close()
    again = await SqliteDatabase.open(path, clock=SystemClock())
    assert (await held(again))["a"] == 1
    await again.close()


async def test_what_goes_ahead_of_a_synced_list_is_synced_with_it(database: SqliteDatabase) -> None:
    loose = Statement(Sql("test.ahead", AHEAD.text, unsynced=True, ahead=True), {})
    await database.run(loose)
    [[level]] = await database.run(sql("PRAGMA synchronous"))
    assert level[0] == 2


async def test_a_list_that_follows_and_fails_takes_nothing_along(database: SqliteDatabase) -> None:
    await database.run(Statement(AHEAD, {}))
    with pytest.raises(Undone):
        await database.run(hold("b", 1), hold("none", 1))
    assert await held(database) == {"a": 1, "b": 0}


async def test_where_it_cannot_be_committed_what_follows_fails(database: SqliteDatabase, path: Path) -> None:
    log_bytes = path.with_name("hub.db-wal").stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log_bytes + 1000, before[1]))
    try:
        [[row]] = await database.run(Statement(AHEAD, {}))
        assert row["held"] == 1
        with pytest.raises(StoreUnavailable):
            await database.run(hold("b", 1))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert await held(database) == {"a": 0, "b": 0}


async def test_whoever_follows_hears_of_what_ended_the_whole_transaction(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.store.sqlite, "KEPT_OPEN_S", 60.0)
    [[[pages]]] = await database.run(sql("PRAGMA page_count"))
    await database.run(sql(f"PRAGMA max_page_count = {pages + 4}"))
    large = sql("INSERT INTO account (id, held, most) VALUES (:id, 0, 0)", id="x" * 100_000)
    await database.run(Statement(AHEAD, {}))
    async with asyncio.timeout(60):
        outcomes = await asyncio.gather(*(database.run(hold("b", 1), large) for _ in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 3
    assert await held(database) == {"a": 0, "b": 0}


async def test_those_who_wait_share_a_commit(database: SqliteDatabase) -> None:
    commits, transactions = database.commits, database.transactions
    await asyncio.gather(*(database.run(hold("a", 1), hold("b", 1)) for _ in range(200)))
    assert database.transactions - transactions == 200
    assert database.commits - commits <= 20
    assert await held(database) == {"a": 200, "b": 200}


async def test_a_group_has_a_bound(database: SqliteDatabase) -> None:
    commits = database.commits
    lists = 2 * MOST_IN_A_GROUP + 1
    await asyncio.gather(*(database.run(hold("a", 1)) for _ in range(lists)))
    assert database.commits - commits >= 3
    assert await held(database) == {"a": lists, "b": 0}


async def test_a_group_that_only_fails_commits_nothing(database: SqliteDatabase) -> None:
    commits = database.commits
    outcomes = await asyncio.gather(
        *(database.run(hold("a", 1), hold("none", 1)) for _ in range(10)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [Undone] * 10
    assert database.commits == commits


async def test_callers_of_several_loops_are_answered(database: SqliteDatabase) -> None:
    def elsewhere() -> None:
        async def work() -> None:
            await asyncio.gather(*(database.run(hold("b", 1)) for _ in range(20)))

        asyncio.run(work())

    await asyncio.gather(asyncio.to_thread(elsewhere), *(database.run(hold("a", 1)) for _ in range(20)))
    assert await held(database) == {"a": 20, "b": 20}


async def test_a_loop_that_ended_harms_nobody(database: SqliteDatabase) -> None:
    def elsewhere() -> None:
        loop = asyncio.new_event_loop()

        async def leave() -> None:
            for _ in range(50):
                asyncio.ensure_future(database.run(hold("b", 1))).cancel()
                database._writer.submit([hold("b", 1)])  # asked for, and never waited for

        loop.run_until_complete(leave())
        loop.close()

    await asyncio.to_thread(elsewhere)
    await database.run(hold("a", 1))
    assert await held(database) == {"a": 1, "b": 50}


async def test_a_full_database_is_unavailable_and_lives_on(database: SqliteDatabase) -> None:
    [[[pages]]] = await database.run(sql("PRAGMA page_count"))
    await database.run(sql(f"PRAGMA max_page_count = {pages + 4}"))
    large = sql("INSERT INTO account (id, held, most) VALUES (:id, 0, 0)", id="x" * 100_000)
    outcomes = await asyncio.gather(*(database.run(hold("a", 1), large) for _ in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 3
    assert await held(database) == {"a": 0, "b": 0}
    await database.run(sql("PRAGMA max_page_count = 100000"))
    await database.run(hold("a", 1), large)
    assert (await held(database))["a"] == 1


async def test_a_disk_that_takes_no_more_fails_the_whole_group(database: SqliteDatabase, path: Path) -> None:
    log_bytes = path.with_name("hub.db-wal").stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log_bytes + 1000, before[1]))
    try:
        outcomes = await asyncio.gather(*(database.run(hold("a", 1)) for _ in range(5)), return_exceptions=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 5
    assert await held(database) == {"a": 0, "b": 0}
    await asyncio.gather(*(database.run(hold("a", 1)) for _ in range(5)))
    assert await held(database) == {"a": 5, "b": 0}


async def test_another_writer_is_waited_for(database: SqliteDatabase, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(database.run(hold("a", 1)))
    await asyncio.sleep(0.05)
    assert await held(database) == {"a": 0, "b": 0}
    other.execute("COMMIT")
    other.close()
    await waiting
    assert await held(database) == {"a": 1, "b": 0}


async def test_a_writer_that_stays_makes_it_unavailable(database: SqliteDatabase, path: Path) -> None:
    await database.run(sql("PRAGMA busy_timeout = 50"))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked"):
        await database.run(hold("a", 1))
    other.close()
    await database.run(hold("a", 1))


async def test_a_clock_that_fails_fails_only_its_callers(path: Path) -> None:
    class Broken(SystemClock):
        works = False

        def now_ms(self) -> int:
            if not self.works:
                raise RuntimeError
            return 1

    clock = Broken()
    database = await SqliteDatabase.open(path, clock=clock)
    with pytest.raises(StoreError):
        await database.run(sql("SELECT 1"))
    clock.works = True
    await database.run(sql("SELECT 1"))
    await database.close()


async def test_a_file_that_is_no_database_says_so(path: Path) -> None:
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match=r"hub\.db cannot be opened"):
        await SqliteDatabase.open(path, clock=SystemClock())


async def test_a_folder_that_is_missing_says_so(path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"hub\.db cannot be opened"):
        await SqliteDatabase.open(path / "none" / "hub.db", clock=SystemClock())


WRITES_UNTIL_KILLED = """
import asyncio, sys
from pathlib import Path
from hub.clock import SystemClock
from hub.store.database import Sql
from hub.store.sqlite import SqliteDatabase
from tests.store.scratch import hold, open_accounts

async def main():
    database = await SqliteDatabase.open(Path(sys.argv[1]), clock=SystemClock())
    await open_accounts(database, "a", "b", most=10**9)
    async def work():
        while True:
            await database.run(hold("a", 1), hold("b", 1))
            sys.stdout.write("c")
            sys.stdout.flush()
    await asyncio.gather(*(work() for _ in range(8)))

asyncio.run(main())
"""


async def test_what_was_confirmed_survives_a_kill(path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITES_UNTIL_KILLED, str(path), stdout=subprocess.PIPE
    )
    assert process.stdout
    confirmed = len(await process.stdout.readexactly(300))
    process.send_signal(signal.SIGKILL)
    confirmed += len(await process.stdout.read())
    await process.wait()
    database = await SqliteDatabase.open(path, clock=SystemClock())
    [a, b] = await database.read(Statement(HELD, {}))
    await database.close()
    assert a["held"] == b["held"] >= confirmed
    assert a["held"] <= confirmed + 8


async def test_named_statements_are_shared_by_all_who_run_them(database: SqliteDatabase) -> None:
    values = {"id": "a", "cost": 1}
    await asyncio.gather(*(database.run(Statement(HOLD, values)) for _ in range(10)))
    assert values == {"id": "a", "cost": 1}
