"""The rate tier of one Web API method, kept on this side so that Slack need not refuse."""

import asyncio
from collections.abc import Awaitable, Callable

UPDATES_A_MINUTE = 50.0
"""chat.update is of tier 3; the tier holds for a workspace."""
BURST = 10
RESERVE = 4
"""Left for final texts by growing edits."""


class Tier:
    """A bucket. Final texts wait for room in the order they came; growth is left out where there is little."""

    def __init__(
        self, a_minute: float, *, now_s: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._interval_s = 60 / a_minute
        self._now_s = now_s
        self._sleep = sleep
        self._due_s = 0.0
        self._line = asyncio.Lock()

    def try_take(self) -> bool:
        """Take one unless finals wait or only the reserve is left."""
        now = self._now_s()
        if self._line.locked() or self._due_s - now > self._interval_s * (BURST - 1 - RESERVE):
            return False
        self._due_s = max(self._due_s, now) + self._interval_s
        return True

    async def take(self) -> None:
        """Take one, after waiting for it where none is left."""
        async with self._line:
            while (wait := self._due_s - self._now_s() - self._interval_s * (BURST - 1)) > 0:
                await self._sleep(wait)
            self._due_s = max(self._due_s, self._now_s()) + self._interval_s
