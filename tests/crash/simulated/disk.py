"""The hub's SQLite files from outside: what they say, copies as a death leaves them, disks that are full or locked."""

import contextlib
import functools
import json
import random
import resource
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from unittest.mock import patch

import hub.store.sqlite
from hub.store import StoreError, StoreUnavailable

BUSY_MS = 5
"""The hub's own patience with a lock, in the time of a run."""
_FRAME_HEAD = 24
_HEAD = 32
elsewhere: dict[Path, Callable[[str], list[sqlite3.Row]]] = {}
"""Who is asked in the place of a file."""
_open: dict[Path, sqlite3.Connection] = {}
_locks: list[sqlite3.Connection] = []


# -- what they say ---------------------------------------------------------------------------------------------------


def rows(file: Path, sql: str) -> list[sqlite3.Row]:
    """Raises sqlite3.OperationalError where it cannot be read now."""
    if ask := elsewhere.get(file):
        return ask(sql)
    connection = _open.get(file)
    if connection is None:
        connection = _open[file] = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=1)
        connection.row_factory = sqlite3.Row
    return connection.execute(sql).fetchall()


def close(file: Path) -> None:
    if connection := _open.pop(file, None):
        connection.close()


def overspent(file: Path) -> list[str]:
    with contextlib.suppress(sqlite3.OperationalError):
        found = rows(
            file,
            "SELECT id, spent_amount, held_amount, limit_amount FROM budget"
            " WHERE spent_amount + held_amount > limit_amount",
        )
        return [f"{each[0]}: {each[1]} spent and {each[2]} held of {each[3]}" for each in found]
    return []


def holds(file: Path) -> dict[str, tuple[str, ...]]:
    """Budgets by hold."""
    with contextlib.suppress(sqlite3.OperationalError):
        return {each[0]: tuple(json.loads(each[1])) for each in rows(file, "SELECT id, budgets FROM hold")}
    return {}


def open_holds(file: Path) -> set[str]:
    with contextlib.suppress(sqlite3.OperationalError):
        return {each[0] for each in rows(file, "SELECT id FROM hold WHERE state = 'held'")}
    return set()


def gone(file: Path) -> int:
    """Nano-dollars spent and held, of the agent's dearest month."""
    with contextlib.suppress(sqlite3.OperationalError):
        found = rows(file, "SELECT COALESCE(MAX(spent_amount + held_amount), 0) FROM budget WHERE scope = 'agent'")
        return int(found[0][0])
    return 0


def at_rest(file: Path, messages: int) -> bool:
    """So many messages are done, whatever their revisions, and nothing is under way."""
    with contextlib.suppress(sqlite3.OperationalError):
        found = rows(
            file,
            "SELECT (SELECT COUNT(DISTINCT rtrim(rtrim(key, '0123456789'), '/')) FROM message WHERE state = 'done'),"
            " (SELECT COUNT(*) FROM message WHERE state <> 'done')"
            " + (SELECT COUNT(*) FROM outgoing WHERE state IN ('pending', 'sending'))"
            " + (SELECT COUNT(*) FROM hold WHERE state = 'held')",
        )
        return found[0][0] >= messages and not found[0][1]
    return False


def done_by_chat(file: Path) -> Mapping[int, int]:
    with contextlib.suppress(sqlite3.OperationalError):
        found = rows(file, "SELECT conversation, COUNT(*) FROM message WHERE state = 'done' GROUP BY conversation")
        return {int(each[0].rpartition("/")[2]): each[1] for each in found}
    return {}


# -- copies ----------------------------------------------------------------------------------------------------------


@functools.cache
def migrated() -> bytes:
    """An empty database of the newest schema; first asked for outside of any loop."""
    import asyncio

    from hub.clock import SystemClock
    from hub.store.open import open_database

    async def make(folder: Path) -> None:
        database = await open_database("sqlite:hub.db", clock=SystemClock(), base=folder, serve=True, wait_s=0)
        await database.close()

    with tempfile.TemporaryDirectory() as folder, contextlib.closing(asyncio.new_event_loop()) as loop:
        loop.run_until_complete(make(Path(folder)))
        return (Path(folder) / "hub.db").read_bytes()


def template(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(migrated())


def copy(file: Path, successor: Path, safe: int | None, torn: random.Random | None) -> None:
    """What stands on the disk now. `safe`: frames of the log that were synced; beyond them `torn` says what is left."""
    successor.parent.mkdir(parents=True)
    shutil.copyfile(file, successor)
    log = file.with_name(f"{file.name}-wal")
    if not log.exists():
        return
    data = bytearray(log.read_bytes())
    if torn is not None and safe is not None:
        _tear(data, safe, torn)
    successor.with_name(log.name).write_bytes(data)


def _tear(data: bytearray, safe: int, torn: random.Random) -> None:
    """Of what was written after the last sync, some never came to the disk, and some came wrong."""
    if len(data) <= _HEAD:
        return
    (page,) = struct.unpack(">I", data[8:12])
    kept = _HEAD + safe * (_FRAME_HEAD + page)
    if len(data) <= kept:
        return
    if torn.random() < 0.7:
        del data[torn.randrange(kept, len(data) + 1) :]
    for _ in range(torn.randrange(3)):
        if len(data) > kept:
            data[torn.randrange(kept, len(data))] ^= torn.randrange(1, 256)


def valid_frames(file: Path) -> int:
    """Frames of the log that are committed, as its index says."""
    try:
        with file.with_name(f"{file.name}-shm").open("rb") as index:
            return int(struct.unpack("=I", index.read(20)[16:20])[0])
    except (OSError, struct.error):
        return 0


# -- disks -----------------------------------------------------------------------------------------------------------


def fill(file: Path, room: int) -> None:
    """The log may grow by so many bytes, then the disk takes no more."""
    log = file.with_name(f"{file.name}-wal")
    size = log.stat().st_size if log.exists() else 0
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (max(size + room, file.stat().st_size), most))


def make_room() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def lock(file: Path) -> None:
    """Another process writes for a long time."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=1)
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("BEGIN IMMEDIATE")
    _locks.append(connection)


def unlock() -> None:
    while _locks:
        _locks.pop().close()


def expected(error: BaseException) -> bool:
    """Whether a start may end so while a disk is in the way."""
    return isinstance(error, StoreUnavailable | StoreError | OSError)


@contextlib.contextmanager
def kept_apart() -> Iterator[None]:
    """Whatever a run does to the disk ends with it."""
    # What waits for company would do so in real time.
    with patch.multiple(hub.store.sqlite, BUSY_TIMEOUT_MS=BUSY_MS, KEPT_OPEN_S=0.0):
        try:
            yield
        finally:
            make_room()
            unlock()
            for connection in _open.values():
                connection.close()
            _open.clear()
