"""Background work that nobody waits for: one task for each key at a time."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)


class KeyedTasks(Generic[K]):
    """Work of one kind. What finds no place is not kept: whoever wants it asks again later."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._under_way: dict[K, asyncio.Task[None]] = {}

    def keys(self) -> frozenset[K]:
        """For which something is under way now."""
        return frozenset(self._under_way)

    def begin(self, key: K, work: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None] | None:
        """Do it in the background; None where it is under way for the same key, or there is too much of it."""
        if key in self._under_way or len(self._under_way) >= self._at_once:
            return None

        def ended(task: asyncio.Task[None]) -> None:
            del self._under_way[key]
            if not task.cancelled() and (error := task.exception()):
                log.error("the work for %s in the background failed", key, exc_info=error)

        task = self._under_way[key] = asyncio.create_task(work())
        task.add_done_callback(ended)
        return task

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)
            await asyncio.sleep(0)

    async def close(self, within_s: float) -> None:
        """Wait so long for what is under way, then break it off."""
        if self._under_way and within_s > 0:
            await asyncio.wait(self._under_way.values(), timeout=within_s)
        for task in self._under_way.values():
            task.cancel()
        await self.idle()
