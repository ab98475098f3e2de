"""One hub serves a SQLite file at a time: an exclusive lock on a file beside it, which ends with its process."""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hub.clock import Clock
from hub.store.database import StoreError

_LOOK_EVERY_S = 0.05


async def take(database: Path, *, clock: Clock, wait_s: float) -> Callable[[], None]:
    """Hold `<database>.lock`; the function that lets it go.

    Waits up to `wait_s` seconds for an earlier process to finish draining. Raises StoreError, which names its pid.
    """
    path = database.with_name(f"{database.name}.lock")
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        give_to_owner(path)
        for _ in range(int(wait_s / _LOOK_EVERY_S)):
            if _try(file):
                break
            await clock.sleep(_LOOK_EVERY_S)
        else:
            if not _try(file):
                raise StoreError(
                    f"The database {database.name} is served by another hub (pid {holder(database)}): stop it first, "
                    "or use PostgreSQL, which serves many."
                )
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
    except BaseException:
        os.close(file)
        raise
    # The file stays: removing it would let two later processes lock two different files of that name.
    return lambda: os.close(file)


def holder(database: Path) -> str:
    """The pid of the process that took the lock last, `unknown` where none did."""
    try:
        return database.with_name(f"{database.name}.lock").read_text(encoding="ascii").strip() or "unknown"
    except OSError:
        return "unknown"


def give_to_owner(path: Path) -> None:
    """What root makes in another user's folder is that user's: else the hub, which is not root, could not use it.

    Raises OSError.
    """
    if os.geteuid() == 0:
        folder = path.parent.stat()
        with suppress(PermissionError):  # a root without that right, as in a container
            os.chown(path, folder.st_uid, folder.st_gid, follow_symlinks=False)


def _try(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
