"""What every test may use: a database on either engine, a clock that stands still, and no way to the outside."""

import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hub.clock import Clock, SystemClock
from hub.context import meaning
from hub.store import Database
from hub.store.migrate import migrate
from hub.store.open import open_database
from hub.store.sqlite import SqliteDatabase
from tests.network import only_this_machine
from tests.postgres import PostgresqlServer, memory, running_server

# No test asserts a time: neither of an example nor of the drawing of examples.
settings.register_profile("trunkline", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("trunkline")

if folder := memory():  # read by pytest for tmp_path: no test's data must outlive a power cut
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """`-n auto`: a worker more than there are cores, for tests wait a third of their time: for processes, a browser."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules and thousands of tests stay to the end: while they are loaded and ever after, no collector looks at them.

    It would look through all of them again and again, for a third of the time that loading takes.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `long` come first, in an order as random as before, and all fall to one of several workers.

    So they are not beside each other, and none is left at the end, when the others have nothing more to do.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    with only_this_machine():
        yield


@pytest.fixture(autouse=True)
def _by_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the model of meaning is installed changes no test; those about it say so."""
    monkeypatch.setattr(meaning, "installed", lambda: False)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A real PostgreSQL, started by the first test that asks."""
    with running_server() as server:
        yield server


@pytest.fixture
async def sqlite_database(tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh SQLite file with the newest schema."""
    database = await open_database("sqlite:hub.db", clock=SystemClock(), base=tmp_path, serve=True, wait_s=0)
    yield database
    await database.close()


@pytest.fixture
async def postgresql_url(postgresql_server: PostgresqlServer) -> AsyncIterator[str]:
    """The URL of a fresh PostgreSQL database with the newest schema."""
    name = await postgresql_server.create_migrated()
    yield postgresql_server.url(name)
    await postgresql_server.drop(name)


@pytest.fixture
async def postgresql_database(postgresql_url: str) -> AsyncIterator[Database]:
    """A fresh PostgreSQL database with the newest schema, on the server's own clock."""
    database = await open_database(postgresql_url, clock=SystemClock(), base=Path(), serve=True, wait_s=0)
    yield database
    await database.close()


ENGINES = ("sqlite", "postgresql")


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database with the newest schema, on each engine in turn."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database, on each engine in turn; a SQLite file is relative to `tmp_path`."""
    return "sqlite:hub.db" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")


@pytest.fixture
async def open_with_clock(database_url: str, tmp_path: Path) -> AsyncIterator[Callable[[Clock], Awaitable[Database]]]:
    """`await open_with_clock(clock)`: a database whose `:now` is that clock, on each engine in turn.

    A second call opens the same database again.
    """
    opened: list[Database] = []

    async def open_it(clock: Clock) -> Database:
        database: Database
        if database_url.startswith("sqlite"):
            database = await SqliteDatabase.open(tmp_path / "hub.db", clock=clock)
        else:
            from hub.store.postgresql import PostgresqlDatabase

            database = await PostgresqlDatabase.open(database_url, clock=clock)
        opened.append(database)
        await migrate(database)
        return database

    yield open_it
    for database in opened:
        await database.close()
