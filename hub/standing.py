"""What a process of the hub is to its machine: how its threads and its memory behave, and where it is found."""

import fcntl
import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

SWITCH_INTERVAL_S = 0.0005
"""The store's writer is a thread: at Python's usual 5 ms a busy event loop makes each commit wait for seconds (measured
6.6 s for ten tasks under a full loop, 24 ms so)."""

COLLECT_AFTER = 50_000
"""Objects more than there were before; usually 700. So many are some 10 MB."""


def share_the_interpreter() -> None:
    """Threads take turns quickly."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)


def spare_the_collector() -> None:
    """What stands now stays until the end: 130,000 objects that no collection need look through again.

    Of what a message makes, all goes by counting: at work the collector found nothing, at 6 to 50 ms for each look.
    So it looks seldom, for what failures may leave behind.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


@contextmanager
def pid_file(folder: Path, *, alone: bool) -> Iterator[None]:
    """Where `trunkline reload` finds the process; several on the same settings have a file each.

    It is locked for as long as the process lives: one that a killed process left names a number that is anybody's now.
    """
    name = "hub.pid" if alone else f"hub-{os.getpid()}.pid"
    file = folder / "var" / name
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file.open("a+", encoding="ascii") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        held.truncate(0)
        held.write(f"{os.getpid()}\n")
        held.flush()
        try:
            yield
        finally:
            if file.exists() and file.read_text(encoding="ascii").strip() == str(os.getpid()):
                file.unlink()


def found(folder: Path) -> list[int]:
    """The process ids of those that run on these settings."""
    numbers = []
    for file in sorted((folder / "var").glob("hub*.pid")):
        with suppress(OSError), file.open(encoding="ascii", errors="replace") as kept:
            if _held(kept) and (text := kept.read().strip()).isdecimal():
                numbers.append(int(text))
    return numbers


def _held(kept: IO[str]) -> bool:
    """Whether a process has it locked."""
    try:
        fcntl.flock(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
