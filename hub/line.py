"""A bounded number of turns at once; above it people stand in line and are told their place."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

TOLD_AFTER_S = 2.0
TOLD_AGAIN_AFTER_S = 5.0


class Line:
    """First come, first served."""

    def __init__(self, at_once: int) -> None:
        self._slots = asyncio.Semaphore(at_once)
        self._waiting: dict[object, None] = {}

    @asynccontextmanager
    async def place(self, tell: Callable[[int], Awaitable[None]]) -> AsyncIterator[None]:
        """Hold a place; whoever waits for one longer than two seconds is told, and told again as the line moves."""
        await self._take_place(tell)
        try:
            yield
        finally:
            self._slots.release()

    async def _take_place(self, tell: Callable[[int], Awaitable[None]]) -> None:
        if not self._slots.locked():
            await self._slots.acquire()
            return
        me = object()
        self._waiting[me] = None
        patience = TOLD_AFTER_S
        try:
            while not await self._taken_within(patience):
                await tell(list(self._waiting).index(me) + 1)
                patience = TOLD_AGAIN_AFTER_S
        finally:
            del self._waiting[me]

    async def _taken_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._slots.acquire()
        except TimeoutError:
            return False
