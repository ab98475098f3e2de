"""Several servers in one URL: the one that writes is found, and found again; what the dead leave behind ends."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

import hub.store.postgresql
from hub.store import StoreUnavailable
from hub.store.postgresql import PostgresqlDatabase
from hub.store.postgresql_hosts import Hosts, parsed
from hub.store.postgresql_state import one_state
from tests.postgres import PostgresqlServer
from tests.store.scratch import held, hold, open_accounts, sql

pytestmark = pytest.mark.wire


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[PostgresqlDatabase]:
    database = await PostgresqlDatabase.open(postgresql_url)
    await open_accounts(database, "a", most=10**9)
    yield database
    await database.close()


@pytest.fixture
def standby(postgresql_server: PostgresqlServer, postgresql_url: str) -> Iterator[PostgresqlServer]:
    """It has the database of the URL, which is there by now."""
    with postgresql_server.standby() as standby:
        yield standby


def name_of(url: str) -> str:
    """Of the database."""
    return url.partition("?")[0].rpartition("/")[2]


async def folder(database: PostgresqlDatabase) -> str:
    """Which server answers."""
    [row] = await database.read(sql("SELECT current_setting('data_directory') AS folder"))
    return str(row["folder"])


async def test_the_server_that_takes_over_is_used_and_the_old_one_never_again(
    postgresql_server: PostgresqlServer,
    standby: PostgresqlServer,
    postgresql_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    name = name_of(postgresql_url)
    disconnect = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    database = await PostgresqlDatabase.open(standby.url(name, postgresql_server))
    try:
        first = await folder(database)
        postgresql_server.stop_at_once()
        postgresql_server.stopped()
        with pytest.raises(StoreUnavailable):
            await folder(database)
        await asyncio.to_thread(standby.promote)
        second = await folder(database)
        assert second != first
        assert "another server takes the writes now" in caplog.text

        await asyncio.to_thread(postgresql_server.start_again)  # it knows of nothing, and would take writes
        await standby.execute(disconnect)
        with contextlib.suppress(
            StoreUnavailable
        ):  # whoever asks at once may do so on the connection that is being cut
            await folder(database)
        assert await folder(database) == second

        standby.stop_at_once()
        standby.stopped()
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                await folder(database)
        with pytest.raises(StoreUnavailable, match="was replaced"):
            await folder(database)
    finally:
        await database.close()
        await asyncio.to_thread(postgresql_server.start_again)


async def test_a_standby_alone_is_not_enough(standby: PostgresqlServer, postgresql_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="takes writes"):
        await PostgresqlDatabase.open(f"{standby.url(name_of(postgresql_url))},127.0.0.1:1")


async def test_a_connection_that_can_only_read_is_given_up(database: PostgresqlDatabase) -> None:
    read_only = sql(
        "SELECT set_config('default_transaction_read_only', 'on', false)"
    )  # as of a primary that steps down
    await database.run(read_only)
    with pytest.raises(StoreUnavailable):
        await database.run(hold("a", 1))
    await database.run(hold("a", 1))
    assert await held(database) == {"a": 1}


async def test_a_host_that_says_nothing_keeps_nobody_from_the_next(
    postgresql_server: PostgresqlServer, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.store.postgresql_hosts.HOST_TIMEOUT_S", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        before, _, after = postgresql_url.partition("host=")
        several = f"{before}host=127.0.0.1:{silent.getsockname()[1]},{after}"
        database = await PostgresqlDatabase.open(several)
        try:
            await open_accounts(database, "a")
            assert await held(database) == {"a": 0}
        finally:
            await database.close()
        async with one_state(several) as state:
            assert "account" in await state.tables()


async def test_who_dies_in_a_transaction_keeps_its_locks_for_seconds_only(
    database: PostgresqlDatabase, postgresql_url: str
) -> None:
    rows = await database.read(
        sql("SELECT name, setting FROM pg_settings WHERE name ~ '^(client_conn|idle_in_trans)' AND setting <> '0'")
    )
    assert {row["name"]: row["setting"] for row in rows} == {
        "client_connection_check_interval": "5000",
        "idle_in_transaction_session_timeout": "10000",
    }
    hasty = Hosts(parsed(f"{postgresql_url}&idle_in_transaction_session_timeout=100"))
    dead = await hasty.connect()
    await hub.store.postgresql._init(dead)  # it leaves what the URL says
    await dead.execute("BEGIN; UPDATE account SET held = 5")
    await database.run(hold("a", 1))
    assert await held(database) == {"a": 1}
    async with asyncio.timeout(60):
        while not dead.is_closed():
            await asyncio.sleep(0.01)


async def _commits_wait(url: str) -> None:
    """Until the server's processes have read its new settings, each when it comes to it."""
    async with asyncio.timeout(60):
        while True:
            looking = await asyncpg.connect(url)
            try:
                await looking.execute("CREATE TABLE IF NOT EXISTS seen (number INT)", timeout=0.5)
                await looking.execute("INSERT INTO seen VALUES (1)", timeout=0.5)
            except TimeoutError:
                return
            finally:
                looking.terminate()
            await asyncio.sleep(0.02)


async def test_a_commit_that_waits_for_a_standby_does_not_count_without_it(
    database: PostgresqlDatabase,
    postgresql_server: PostgresqlServer,
    postgresql_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hub.store.postgresql, "COMMIT_TIMEOUT_S", 0.2)
    try:
        for change in ("SET synchronous_standby_names = 'nobody'", "SET synchronous_commit = on"):
            await postgresql_server.execute(f"ALTER SYSTEM {change}")
        await postgresql_server.execute("SELECT pg_reload_conf()")
        await _commits_wait(postgresql_url)
        for statements in ([hold("a", 1), hold("a", 1)], [sql("UPDATE account SET held = held")]):
            with pytest.raises(StoreUnavailable):
                await database.run(*statements)
            assert await held(database) == {"a": 0}
    finally:
        for change in ("RESET synchronous_standby_names", "SET synchronous_commit = off"):
            await postgresql_server.execute(f"ALTER SYSTEM {change}")
        await postgresql_server.execute("SELECT pg_reload_conf()")
    async with asyncio.timeout(60):
        while await held(database) != {"a": 2}:
            await asyncio.sleep(0.01)


async def test_the_newest_timeline_counts_also_where_the_server_found_last_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was promoted again while nobody was connected; then it is gone and one that it had replaced is back."""
    timelines = {"one": 2, "two": 1}

    class Connected:
        def add_termination_listener(self, _: object) -> None: ...

        def terminate(self) -> None: ...

    async def ask(url: str, _: dict[str, object]) -> tuple[Connected, int]:
        for name, timeline in timelines.items():
            if name in url:
                return Connected(), timeline
        raise StoreUnavailable("PostgreSQL: no server takes writes.")

    monkeypatch.setattr("hub.store.postgresql_hosts._ask", ask)
    hosts = Hosts(parsed("postgresql://one,two/db"))
    await hosts.connect()
    timelines["one"] = 3
    await hosts.connect()
    timelines.clear()
    timelines["two"] = 2

    with pytest.raises(StoreUnavailable, match="was replaced"):
        await hosts.connect()


@pytest.mark.parametrize(
    ("url", "each"),
    [
        (
            "postgresql://hub@one:1,two:2/db?sslmode=require&pool_size=3",
            ("postgresql://hub@one:1/db?sslmode=require", "postgresql://hub@two:2/db?sslmode=require"),
        ),
        ("postgresql://one,[::1]:2/db", ("postgresql://one/db", "postgresql://[::1]:2/db")),
        (
            "postgresql://hub@/db?host=/run/one,two&port=1,2",
            ("postgresql://hub@/db?host=%2Frun%2Fone&port=1", "postgresql://hub@/db?host=two&port=2"),
        ),
        ("postgresql://one/db", ()),
        ("postgresql:///db", ()),
    ],
)
def test_each_host_has_a_url(url: str, each: tuple[str, ...]) -> None:
    assert Hosts(parsed(url)).each == each
