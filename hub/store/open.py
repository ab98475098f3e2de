"""Opens the database that the settings name, on either engine, with its schema up to date."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hub.clock import Clock
from hub.store import lock
from hub.store.database import Database, StoreError
from hub.store.migrate import migrate
from hub.store.sqlite import SqliteDatabase


async def open_database(url: str, *, clock: Clock, base: Path, serve: bool, wait_s: float) -> Database:
    """The database at `sqlite:var/hub.db` (relative to `base`; its folder is made) or `postgresql://user@host/name`.

    `serve`: this process is the hub: it brings the schema up to date, and holds a SQLite file for itself, waiting up to
    `wait_s` seconds for an earlier hub to end. Others (the command line) look in beside it. Raises StoreError.
    """
    engine, _, place = url.partition(":")
    if engine == "sqlite" and place:
        database: Database = await _open_sqlite(base / place, clock=clock, serve=serve, wait_s=wait_s)
    elif engine in {"postgresql", "postgres"} and place.startswith("//"):
        database = await _open_postgresql(url)
    else:
        raise StoreError('The database must be "sqlite:var/hub.db" or "postgresql://user@host/name" in [hub] database.')
    try:
        await migrate(database, upgrade=serve)
    except BaseException:
        await database.close()
        raise
    return database


async def _open_postgresql(url: str) -> Database:
    try:
        from hub.store.postgresql import PostgresqlDatabase  # its driver is an extra, loaded only where it is used
    except ImportError as error:
        raise StoreError("PostgreSQL needs its driver: pip install 'trunkline[postgresql]'.") from error
    return await PostgresqlDatabase.open(url)


async def _open_sqlite(path: Path, *, clock: Clock, serve: bool, wait_s: float) -> Database:
    release: Callable[[], None] = _nothing
    try:
        # Messages are private: the folder is made for this user alone.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_private(path)
        if serve:
            release = await lock.take(path, clock=clock, wait_s=wait_s)
    except OSError as error:
        raise StoreError(f"The folder {path.parent} of the database cannot be used: {error.strerror}.") from error
    try:
        return await SqliteDatabase.open(path, clock=clock, release=release)
    except BaseException:
        release()
        raise


def _make_private(path: Path) -> None:
    """A new file is for this user alone, whoever may look into its folder; SQLite gives its log the same rights.

    Raises OSError.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        lock.give_to_owner(path)


def _nothing() -> None:
    return
