"""Virtual time: nobody waits, and everything happens in the order in which it would."""

import asyncio
import heapq
import itertools
from collections.abc import Coroutine
from typing import Any, TypeVar

from tests.pipeline.waiting import until

T = TypeVar("T")
SETTLED_AFTER = 30
"""Rounds of the event loop after which whoever can run has run to the next sleep."""


class VirtualClock:
    """Implements hub.clock.Clock. Time goes on when everybody sleeps; only for code that waits for nothing else."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    def now_ms(self) -> int:
        return int(self.now * 1000)

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._count), woken))
        await woken

    async def play(self, story: Coroutine[Any, Any, T]) -> T:
        """Let the story happen."""
        task = asyncio.create_task(story)
        while True:
            for _ in range(SETTLED_AFTER):
                await asyncio.sleep(0)
            if task.done():
                return task.result()
            if not self._sleepers:
                task.cancel()
                raise AssertionError("everybody waits for something that no time brings")
            self._wake_next()

    async def go_on(self, seconds: float) -> None:
        """Let so much time pass beside code that waits for other things, too; whoever that wakes sleeps again."""
        self.now += seconds
        self._wake_due()
        await until(lambda: self._sleepers)

    def _wake_next(self) -> None:
        self.now = max(self.now, self._sleepers[0][0])
        self._wake_due()

    def _wake_due(self) -> None:
        while self._sleepers and self._sleepers[0][0] <= self.now:
            _, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
