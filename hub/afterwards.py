"""What is done after an answer, beside the turns, so that nobody who writes again waits for it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

log = logging.getLogger(__name__)

K = TypeVar("K", bound=Hashable)


class Afterwards(Generic[K]):
    """Work of one kind, one task for each key at a time; what finds no place, a later answer asks for again."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._under_way: dict[K, asyncio.Task[None]] = {}

    def begin(self, key: K, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do it in the background, unless it is under way for the same key or there is too much of it."""
        if key in self._under_way or len(self._under_way) >= self._at_once:
            return

        def ended(task: asyncio.Task[None]) -> None:
            del self._under_way[key]
            if not task.cancelled() and (error := task.exception()):
                log.error("what was to be done for %s after an answer was not", key, exc_info=error)

        task = self._under_way[key] = asyncio.create_task(work())
        task.add_done_callback(ended)

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)
            await asyncio.sleep(0)

    async def close(self, within_s: float) -> None:
        """Wait for what is under way, then break it off: an answer after the next start begins it anew."""
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=within_s)
        for task in self._under_way.values():
            task.cancel()
        await self.idle()
