"""Copies of a SQLite database: made beside a running hub, checked, put back.

A copy is made by SQLite's own backup API from one read transaction, so it is the state of one commit; writers go on
meanwhile. It has no log of its own beside it: one plain file, for this user alone.
"""

import asyncio
import contextlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from hub.store.database import Rows, Statement, StoreError
from hub.store.lock import give_to_owner
from hub.store.migrate import migrations
from hub.store.sqlite import BUSY_TIMEOUT_MS, LOG_SIZE_LIMIT_BYTES

UNFINISHED = ".unfinished"
"""Ends the name of a copy that is being made; one that a killed process left is of no use."""
PAGES_AT_ONCE = 4_000
"""16 MB; between two steps a copy can be given up."""
STEPS_AT_ONCE = 1_000_000
"""Of SQLite's own, some milliseconds; the same for a check."""


class Damaged(StoreError):
    """The file is no sound database of a hub."""


class SnapshotFile:
    """A copy, read and never written: what `SELECT` statements of both engines' shared SQL may ask of it."""

    def __init__(self, path: Path) -> None:
        self._connection = _open_read_only(path)

    async def read(self, statement: Statement) -> Rows:
        """Raises Damaged."""
        try:
            return await asyncio.to_thread(self._rows, statement)
        except sqlite3.Error as error:
            raise Damaged(f"{statement.sql.name} cannot be read: {error}.") from error

    def _rows(self, statement: Statement) -> Rows:
        return self._connection.execute(statement.sql.text, dict(statement.values)).fetchall()

    def close(self) -> None:
        self._connection.close()


async def backup(source: Path, target: Path) -> None:
    """Copy the database, whatever is being written to it, to `target`, whole or not at all, synced to the disk.

    On the database's own disk it leaves room for the log of the hub that may be running: a copy that does not fit is
    not begun. Raises StoreError where `target` exists already or cannot be written, Damaged where the copy is unsound.
    """
    stop = threading.Event()
    try:
        await asyncio.to_thread(_into_place, source, target, spare=LOG_SIZE_LIMIT_BYTES, stop=stop)
    except asyncio.CancelledError:
        stop.set()  # the process that ends would wait for the thread
        raise


async def restore(copy: Path, database: Path, aside: Path) -> bool:
    """Put a copy in the place of the database, which is kept as `aside`; False where there was none.

    Nobody may have the database open: the caller holds its lock. Raises StoreError, Damaged.
    """
    return await asyncio.to_thread(_restore, copy, database, aside)


async def problems(path: Path) -> list[str]:
    """What SQLite's own integrity check finds in a file, at most 20 lines; empty: it is sound. Raises StoreError."""
    return await asyncio.to_thread(_problems, path)


def _restore(copy: Path, database: Path, aside: Path) -> bool:
    if _same(copy, database):
        raise StoreError(f"{copy} is the database itself: name a backup of it.")
    arriving = database.with_name(f"{database.name}.arriving")
    try:
        if aside.exists():
            raise StoreError(f"{aside} exists already: move it away.")
        arriving.unlink(missing_ok=True)
        _into_place(copy, arriving, spare=0)
        kept = database.exists()
        if kept:
            _fold_log(database)
            os.link(database, aside)
            # A log of the old file must not be taken for one of the new file. Where it could not be folded (a damaged
            # file) it stays beside the old one, under the name that belongs to it.
            for ending in ("-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    Path(f"{database}{ending}").rename(f"{aside}{ending}")
        arriving.replace(database)
        _sync(database.parent)
    except OSError as error:
        raise StoreError(f"{database} cannot be replaced: {error.strerror}.") from error
    finally:
        with contextlib.suppress(OSError):
            arriving.unlink(missing_ok=True)
    return kept


def _into_place(source: Path, target: Path, *, spare: int, stop: threading.Event | None = None) -> None:
    """Copy under another name, check the copy, then give it its name.

    `spare`: bytes that stay free beside the source. Once `stop` is set, it gives up soon.
    """
    stop = stop or threading.Event()
    unfinished = target.with_name(f"{target.name}{UNFINISHED}")
    try:
        if target.exists():
            raise StoreError(f"{target} exists already: name another file, or move it away.")
        if not target.parent.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            give_to_owner(target.parent)
        _remove(unfinished)
        _need_room(source, target.parent, spare)
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        give_to_owner(unfinished)
        with (
            _reading(source) as reader,
            contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as writer,
        ):
            reader.execute("BEGIN")
            reader.execute("SELECT 1 FROM sqlite_schema").fetchone()  # one read transaction, so one commit's state
            reader.backup(writer, pages=PAGES_AT_ONCE, progress=lambda *_: _go_on(stop, source))
            writer.execute("PRAGMA journal_mode = DELETE")
        found = _problems(unfinished, stop)
        _go_on(stop, source)
        if found:
            raise Damaged(f"The copy of {source} is damaged: {found[0]}.")
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}.") from error
    except sqlite3.Error as error:
        raise Damaged(f"{source} cannot be copied: {error}.") from error
    finally:
        with contextlib.suppress(OSError):
            _remove(unfinished)


def _go_on(stop: threading.Event, source: Path) -> None:
    """Raises StoreError where the copy is to be given up."""
    if stop.is_set():
        raise StoreError(f"The copy of {source} was given up.")


def _remove(unfinished: Path) -> None:
    """With the log that SQLite kept of it. Raises OSError."""
    for ending in ("", "-journal"):
        Path(f"{unfinished}{ending}").unlink(missing_ok=True)


def _need_file(path: Path) -> None:
    """Raises StoreError."""
    try:
        found = path.is_file()
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    if not found:
        raise StoreError(f"There is no file {path}.")


def _need_room(source: Path, folder: Path, spare: int) -> None:
    """Raises StoreError where the copy does not fit; without it, a hub could write no more until the copy gave up."""
    _need_file(source)
    log = Path(f"{source}-wal")
    needed = source.stat().st_size + (log.stat().st_size if log.exists() else 0)
    if source.stat().st_dev == folder.stat().st_dev:
        needed += spare
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreError(f"A copy of {source} in {folder} needs {needed:,} bytes free, there are {free:,}: make room.")


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that makes no file and may take part in a running hub's log."""
    _need_file(path)
    connection = sqlite3.connect(_uri(path), uri=True, isolation_level=None)
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        yield connection
    finally:
        connection.close()


def _open_read_only(path: Path) -> sqlite3.Connection:
    _need_file(path)
    try:
        connection = sqlite3.connect(_uri(path), uri=True, check_same_thread=False)
        connection.row_factory = sqlite3.Row
    except sqlite3.Error as error:
        raise Damaged(f"{path} cannot be opened: {error}.") from error
    return connection


def _uri(path: Path) -> str:
    """To read only. A hub's own file wants a log beside it; where none can be made (the disk of a dead machine, mounted
    for reading), nobody writes to it either.
    """
    lonely = not os.access(path.parent, os.W_OK) and not Path(f"{path}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if lonely else ''}"


def _problems(path: Path, stop: threading.Event | None = None) -> list[str]:
    try:
        with _reading(path) as reader:
            if stop:
                reader.set_progress_handler(stop.is_set, STEPS_AT_ONCE)
            found = [row[0] for row in reader.execute("PRAGMA integrity_check(20)")]
            if found != ["ok"]:
                return found
            (version,) = reader.execute("SELECT COALESCE(MAX(number), 0) FROM schema_version").fetchone()
    except sqlite3.Error as error:
        return [f"it is no database of a hub, or is damaged: {error}"]
    if not version:
        return ["it is an empty database: no hub has written to it"]
    newest = migrations()[-1].number
    if version > newest:
        return [f"it has schema version {version}, this program knows {newest}: use the newer release that made it"]
    return []


def _fold_log(database: Path) -> None:
    """Have the log written into its file, as far as the file is still good for that."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _sync(folder: Path) -> None:
    """A new name is durable when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
