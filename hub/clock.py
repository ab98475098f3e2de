"""Time and identity are passed in, so that tests can hold both still."""

import asyncio
import os
import time
from typing import Protocol


class Clock(Protocol):
    """Where the hub takes its time from."""

    def now_ms(self) -> int:
        """Wall-clock time, milliseconds since 1970-01-01 UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait at least so long."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def new_id() -> str:
    """26 characters: 12 of time in milliseconds (sorts by age), 14 of chance (56 bits)."""
    return f"{time.time_ns() // 1_000_000:012x}{os.urandom(7).hex()}"
