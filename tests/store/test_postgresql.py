"""What is PostgreSQL's own: deadlocks, lost connections, poolers, other processes that change the schema."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from hub.store import Database, StoreError, StoreUnavailable, Undone, postgresql, postgresql_state
from hub.store.export import Style, export
from hub.store.postgresql import PostgresqlDatabase
from tests.postgres import PostgresqlServer
from tests.store.scratch import held, hold, open_accounts, sql

pytestmark = pytest.mark.wire

WAIT = "SELECT pg_sleep(0.1)"


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[PostgresqlDatabase]:
    database = await PostgresqlDatabase.open(postgresql_url)
    await open_accounts(database, "a", "b", most=10**9)
    yield database
    await database.close()


async def test_a_deadlock_is_replayed(database: PostgresqlDatabase) -> None:
    attempt = sql("SELECT nextval('attempts')")  # a sequence goes on counting where a transaction is undone
    await database.run(sql("CREATE SEQUENCE attempts"))
    await asyncio.gather(database.run(sql(WAIT)), database.run(sql(WAIT)))  # now two connections are there
    await asyncio.gather(
        database.run(attempt, hold("a", 1), sql(WAIT), hold("b", 1)),
        database.run(attempt, hold("b", 10), sql(WAIT), hold("a", 10)),
    )
    assert await held(database) == {"a": 11, "b": 11}
    [row] = await database.read(sql("SELECT last_value FROM attempts"))
    assert row["last_value"] == 3


async def test_locks_that_never_yield_make_it_unavailable(database: PostgresqlDatabase) -> None:
    fails = sql("DO 'BEGIN RAISE SQLSTATE ''40P01''; END'")
    with pytest.raises(StoreUnavailable, match="met others' locks 5 times"):
        await database.run(hold("a", 1), fails)
    assert await held(database) == {"a": 0, "b": 0}


async def at_work(database: Database, words: str) -> None:
    """Until the server carries out a statement that begins so."""
    found = sql("SELECT pid FROM pg_stat_activity WHERE state = 'active' AND starts_with(query, :words)", words=words)
    async with asyncio.timeout(60):
        while not await database.read(found):
            await asyncio.sleep(0.01)


async def test_a_lost_connection_is_unavailable_and_then_made_again(
    database: PostgresqlDatabase, postgresql_server: PostgresqlServer, postgresql_url: str
) -> None:
    running = asyncio.create_task(database.run(hold("a", 1), sql("SELECT pg_sleep(60)")))
    await at_work(database, "SELECT pg_sleep(60)")
    name = postgresql_url.partition("/test_")[2].partition("?")[0]
    await postgresql_server.execute(
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'test_{name}'"
    )
    with pytest.raises(StoreUnavailable):
        await running
    await database.run(hold("b", 1))
    assert await held(database) == {"a": 0, "b": 1}


async def test_closing_ends_where_the_server_has_gone(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = await PostgresqlDatabase.open(postgresql_url)

    async def broken(pool: asyncpg.Pool) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(asyncpg.Pool, "close", broken)
    await database.close()
    with pytest.raises(StoreUnavailable):
        await database.read(sql("SELECT 1"))


@pytest.mark.parametrize("lost", [asyncpg.InternalClientError, asyncpg.InterfaceError, ConnectionResetError])
async def test_whatever_the_driver_raises_while_it_connects_again_means_try_later(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch, lost: type[Exception]
) -> None:
    """The first is of no family of errors: a server that goes away while it is asked what it is can leave it."""

    async def connect(*_: object) -> None:
        raise lost("what was not expected")

    database = await PostgresqlDatabase.open(postgresql_url)
    try:
        with monkeypatch.context() as gone:
            gone.setattr("hub.store.postgresql_hosts._connect", connect)
            with pytest.raises(StoreUnavailable):
                await database.read(sql("SELECT pg_terminate_backend(pg_backend_pid())"))
            with pytest.raises(StoreUnavailable):
                await database.read(sql("SELECT 1 AS one"))
        assert await database.read(sql("SELECT 1 AS one"))
    finally:
        await database.close()


async def test_an_unreachable_server_keeps_the_password_to_itself() -> None:
    with pytest.raises(StoreUnavailable) as failed:
        await PostgresqlDatabase.open("postgresql://hub:very-secret@127.0.0.1:1/hub")
    assert "very-secret" not in str(failed.value)


async def test_a_password_with_signs_of_a_url_is_not_told() -> None:
    with pytest.raises(StoreError, match="written as %40") as failed:
        await PostgresqlDatabase.open("postgresql://hub@127.0.0.1:very:secret/hub")
    assert "secret" not in str(failed.value)
    assert failed.value.__cause__ is None


async def test_a_database_that_does_not_exist_says_so(postgresql_server: PostgresqlServer) -> None:
    with pytest.raises(StoreUnavailable, match='"nowhere" does not exist'):
        await PostgresqlDatabase.open(postgresql_server.url("nowhere"))


async def test_a_table_changed_by_another_process_is_no_error(
    database: PostgresqlDatabase, postgresql_url: str
) -> None:
    reading = sql("SELECT * FROM account WHERE id = :id", id="a")
    await database.run(reading, hold("a", 1))
    other = await asyncpg.connect(postgresql_url)
    await other.execute("ALTER TABLE account ADD COLUMN more TEXT")
    await other.close()
    [rows, _] = await database.run(reading, hold("a", 1))
    assert (rows[0]["held"], rows[0]["more"]) == (1, None)
    assert await held(database) == {"a": 2, "b": 0}


async def test_behind_a_transaction_pooler_nothing_is_prepared(postgresql_url: str) -> None:
    database = await PostgresqlDatabase.open(f"{postgresql_url}&statement_cache_size=0&pool_size=1")
    try:
        await open_accounts(database, "a", most=3)
        await database.run(hold("a", 1))
        await database.run(hold("a", 1), hold("a", 1))
        with pytest.raises(Undone):
            await database.run(hold("a", 1))
        assert await held(database) == {"a": 3}
        [row] = await database.read(sql("SELECT COUNT(*) AS prepared FROM pg_prepared_statements WHERE name <> ''"))
        assert row["prepared"] == 0
    finally:
        await database.close()


async def test_statements_are_prepared_once(database: PostgresqlDatabase) -> None:
    for _ in range(3):
        await database.run(hold("a", 1))
    [row] = await database.read(sql("SELECT COUNT(*) AS n FROM pg_prepared_statements WHERE statement LIKE 'UPDATE%'"))
    assert row["n"] == 1


async def test_an_option_that_is_no_number_says_so() -> None:
    with pytest.raises(StoreError, match="pool_size in the database's URL must be a number"):
        await PostgresqlDatabase.open("postgresql://hub@127.0.0.1/hub?pool_size=many")


async def test_an_unfinished_transaction_leaves_no_connection_spoilt(database: PostgresqlDatabase) -> None:
    for delay in (0.001, 0.01, 0.05):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(database.run(hold("a", 1), sql("SELECT pg_sleep(1)")), delay)
    await asyncio.gather(*(database.run(hold("b", 1), hold("b", 1)) for _ in range(20)))
    assert await held(database) == {"a": 0, "b": 40}
    [row] = await database.read(
        sql(
            "SELECT COUNT(*) AS n FROM pg_stat_activity"
            " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
        )
    )
    assert row["n"] == 0


async def test_a_text_that_postgresql_cannot_keep_is_an_error_without_the_text(database: PostgresqlDatabase) -> None:
    with pytest.raises(StoreError) as failed:
        await database.run(sql("UPDATE account SET id = :id WHERE id = 'a'", id="private\x00words"))
    assert "private" not in str(failed.value)
    with pytest.raises(StoreError, match="account_pkey") as failed:
        await database.run(sql("UPDATE account SET id = :id", id="private"))
    assert "(id)" not in str(failed.value)


class Road:
    """A way to the server on which words can stop, and new connections be refused."""

    def __init__(self, server: PostgresqlServer) -> None:
        self._to = server.socket
        self._silent = False
        self._writers: list[asyncio.StreamWriter] = []

    async def open(self, folder: Path) -> str:
        """The folder that takes the place of the server's own."""
        self._listener = await asyncio.start_unix_server(self._serve, folder / self._to.name)
        return str(folder)

    def refuse(self) -> None:
        """Nobody else may come, the driver's request to cancel neither."""
        self._listener.close()

    def fall_silent(self) -> None:
        self._silent = True

    async def close(self) -> None:
        self._listener.close()
        for writer in self._writers:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self._to)
        self._writers += [writer, far_writer]
        with contextlib.suppress(OSError):
            await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while words := await reader.read(2**16):
            if not self._silent:
                writer.write(words)
        writer.close()


@pytest.fixture
async def road(postgresql_server: PostgresqlServer) -> AsyncIterator[Road]:
    road = Road(postgresql_server)
    yield road
    await road.close()


@pytest.mark.parametrize("statements", [1, 2])
@pytest.mark.parametrize("gone", ["refuses", "silent"])
async def test_a_cancelled_task_ends_where_the_server_is_away(
    road: Road, postgresql_url: str, monkeypatch: pytest.MonkeyPatch, gone: str, statements: int
) -> None:
    """The driver cannot end the statement then, and its error must not stand for the cancellation."""
    monkeypatch.setattr("hub.store.postgresql.COMMAND_TIMEOUT_S", 3.0)
    with tempfile.TemporaryDirectory() as folder:  # the path of a socket may have 107 signs
        before, _, _ = postgresql_url.partition("host=")
        database = await PostgresqlDatabase.open(f"{before}host={await road.open(Path(folder))}&pool_size=1")
        running = asyncio.create_task(database.run(*[sql("SELECT pg_sleep(2)")] * statements))
        try:
            await asyncio.sleep(0.1)
            if gone == "silent":
                road.fall_silent()
            else:
                road.refuse()
            running.cancel()
            await asyncio.wait([running])
            assert running.cancelled()
        finally:
            await database.close()


async def test_a_process_that_ends_waits_no_longer_for_a_server_that_says_nothing(
    road: Road, postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        before, _, _ = postgresql_url.partition("host=")
        database = await PostgresqlDatabase.open(f"{before}host={await road.open(Path(folder))}&pool_size=3")
        database.hurry(0.5)
        assert await database.read(sql("SELECT 1 AS one"))
        road.fall_silent()
        # On a connection that is there, on two that are being made, in the line for one, and one that was cancelled.
        statements = [sql("SELECT 1")] * 2
        running = [asyncio.create_task(database.run(*statements[: 1 + number % 2])) for number in range(6)]
        await asyncio.sleep(0.1)
        running[0].cancel()
        try:
            async with asyncio.timeout(5):  # of 30 that a statement has otherwise, and 10 a connection
                ended = await asyncio.gather(*running, return_exceptions=True)
                with pytest.raises(StoreUnavailable):
                    await database.run(*statements)
        finally:
            await database.close()
    assert [type(each) for each in ended] == [asyncio.CancelledError] + [StoreUnavailable] * 5
    assert "PostgreSQL has answered nothing" in caplog.text


async def test_a_process_that_ends_leaves_a_server_that_answers_in_good_order(
    postgresql_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    database = await PostgresqlDatabase.open(postgresql_url)
    slow = asyncio.create_task(database.run(sql("SELECT pg_sleep(3)")))
    await asyncio.sleep(0.1)
    database.hurry(2.0)
    while not slow.done():
        await database.run(sql(WAIT))
    await database.close()
    assert caplog.text == ""


async def test_a_server_that_says_nothing_is_named_as_such(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened.append(writer)

    opened: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = f"postgresql://hub@127.0.0.1:{port}/hub?sslmode=disable"
    for module in (postgresql, postgresql_state):
        monkeypatch.setattr(module, "CONNECT_TIMEOUT_S", 0.1)
    with pytest.raises(StoreUnavailable, match="does not answer"):
        await PostgresqlDatabase.open(url)
    with pytest.raises(StoreUnavailable, match="does not answer"):
        await export(url, tmp_path, tmp_path / "out", Style.CSV)
    for writer in opened:
        writer.close()
    server.close()


async def test_who_finds_no_connection_free_in_time_takes_none_from_the_others(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = await PostgresqlDatabase.open(f"{postgresql_url}&pool_size=1")
    other = await asyncpg.connect(postgresql_url)
    try:
        (before,) = await busy.read(sql("SELECT pg_backend_pid() AS pid"))
        await other.execute("SELECT pg_advisory_lock(1)")
        working = asyncio.create_task(busy.read(sql("SELECT pg_advisory_xact_lock(1) IS NULL")))
        await asyncio.sleep(0)  # it has the connection
        monkeypatch.setattr(postgresql, "COMMAND_TIMEOUT_S", 0.1)
        with pytest.raises(StoreUnavailable):
            await busy.read(sql("SELECT 1"))
        monkeypatch.setattr(postgresql, "COMMAND_TIMEOUT_S", 30.0)
        await other.execute("SELECT pg_advisory_unlock(1)")
        await working
        assert await busy.read(sql("SELECT pg_backend_pid() AS pid")) == [before]
    finally:
        await other.close()
        await busy.close()


async def test_a_slow_server_is_left_once_and_not_at_every_statement(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "COMMAND_TIMEOUT_S", 1.0)
    database = await PostgresqlDatabase.open(f"{postgresql_url}&pool_size=2")
    monkeypatch.setattr(postgresql, "COMMAND_TIMEOUT_S", 30.0)
    pids = []
    try:
        for _ in range(3):
            (row,) = await database.read(sql("SELECT pg_backend_pid() AS pid"))
            pids.append(row["pid"])
            with pytest.raises(StoreUnavailable):
                await database.read(sql("SELECT pg_sleep(60) IS NULL"))
    finally:
        await database.close()
    assert pids[0] != pids[1] == pids[2]
