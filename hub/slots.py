"""Places for calls of one deployment: a semaphore whose number may change while it is in use."""

import asyncio
from collections import deque
from collections.abc import Callable


class Slots:
    """First come, first served; `at_most` is asked whenever a place is wanted or given back."""

    def __init__(self, at_most: Callable[[], int]) -> None:
        self._at_most = at_most
        self._taken = 0
        self._line: deque[asyncio.Future[None]] = deque()

    async def __aenter__(self) -> None:
        if not self._line and self._taken < self._at_most():
            self._taken += 1
            return
        mine = asyncio.get_running_loop().create_future()
        self._line.append(mine)
        try:
            await mine
        except BaseException:
            if mine.done() and not mine.cancelled():  # it was given a place that it will not use
                self._give_back()
            elif mine in self._line:
                self._line.remove(mine)
            raise

    async def __aexit__(self, *_: object) -> None:
        self._give_back()

    def _give_back(self) -> None:
        self._taken -= 1
        while self._line and self._taken < self._at_most():
            first = self._line.popleft()
            if not first.done():
                self._taken += 1
                first.set_result(None)
