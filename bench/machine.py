"""What this machine can do, measured before a bench, so that its rates can be compared with another machine's."""

import hashlib
import os
import platform
import tempfile
import time
from pathlib import Path
from statistics import median

import msgspec

BLOCK = b"x" * 4096


class Machine(msgspec.Struct, frozen=True):
    """The machine in figures."""

    cores: int
    python: str
    loops_per_s: float
    """Turns of a small Python loop, one core."""
    hashes_per_s: float
    """SHA-256 of 4 kB, one core."""
    sync_us: float
    """Median of appending 4 kB and syncing it to the disk, in microseconds."""

    def __str__(self) -> str:
        return (
            f"machine: {self.cores} cores, Python {self.python}, {self.loops_per_s / 1e6:.1f} M loops/s, "
            f"{self.hashes_per_s / 1e3:.0f} k SHA-256 of 4 kB/s, 4 kB append and sync {self.sync_us:.0f} µs"
        )


def measure(folder: Path | None = None) -> Machine:
    """About a second of measuring; the disk is the one that holds `folder` (the temporary folder unless given)."""
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        python=platform.python_version(),
        loops_per_s=_loops_per_s(),
        hashes_per_s=_hashes_per_s(),
        sync_us=_sync_us(folder),
    )


def _loops_per_s(turns: int = 3_000_000) -> float:
    begun = time.perf_counter()
    total = 0
    for turn in range(turns):
        total += turn & 7
    return turns / (time.perf_counter() - begun)


def _hashes_per_s(turns: int = 20_000) -> float:
    begun = time.perf_counter()
    for _ in range(turns):
        hashlib.sha256(BLOCK).digest()
    return turns / (time.perf_counter() - begun)


def _sync_us(folder: Path | None, turns: int = 200) -> float:
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(turns):
            begun = time.perf_counter()
            file.write(BLOCK)
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - begun)
    return median(took) * 1e6
