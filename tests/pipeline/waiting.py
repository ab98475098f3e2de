"""Waiting for something to come true."""

import asyncio
from collections.abc import Callable


async def until(true: Callable[[], object], within_s: float = 60.0) -> None:
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.001)
