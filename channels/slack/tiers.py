"""The rate tiers of Web API methods, kept on this side so that Slack need not refuse.

Slack documents a tier as so many calls a minute of one method in one workspace. Neither kind of allowance here lets
more than that through in any minute.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

UPDATES_A_MINUTE = 50.0
"""chat.update, chat.delete, conversations.history, conversations.replies and users.conversations are of tier 3."""
APPENDS_A_MINUTE = 100.0
"""chat.appendStream, chat.postEphemeral, users.info and files.info are of tier 4."""
STREAMS_A_MINUTE = 20
"""chat.startStream and chat.stopStream are of tier 2."""
BURST = 10
RESERVE = 4
"""Left for final texts by growing edits."""

Sleep = Callable[[float], Awaitable[None]]


class Tier:
    """A bucket. Final texts wait for room in the order they came; growth is left out where there is little.

    A bucket that refills r times a minute passes r + BURST in its fullest one: so it refills BURST fewer than the tier.
    """

    def __init__(self, a_minute: float, *, faster: float = 1.0, now_s: Callable[[], float], sleep: Sleep) -> None:
        self._interval_s = 60 / (a_minute - BURST) / faster
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


class Window:
    """The calls of the last minute, one by one: a whole tier may be used at once, which a bucket would not allow."""

    def __init__(self, a_minute: int, *, faster: float = 1.0, now_s: Callable[[], float], sleep: Sleep) -> None:
        self._most = a_minute
        self._minute_s = 60 / faster
        self._now_s = now_s
        self._sleep = sleep
        self._taken: deque[float] = deque()

    def room(self) -> int:
        """How many may be taken now."""
        now = self._now_s()
        while self._taken and self._taken[0] <= now - self._minute_s:
            self._taken.popleft()
        return self._most - len(self._taken)

    async def take(self) -> None:
        """Take one, after waiting for it where none is left."""
        while self.room() <= 0:
            await self._sleep(max(self._taken[0] + self._minute_s - self._now_s(), 0.001))
        self._taken.append(self._now_s())


class Tiers:
    """Makes the tiers of one app. `faster`: how many times they are Slack's own, for a Slack that is faster."""

    def __init__(self, *, faster: float, now_s: Callable[[], float], sleep: Sleep) -> None:
        self._faster = faster
        self._now_s = now_s
        self._sleep = sleep

    def bucket(self, a_minute: float) -> Tier:
        return Tier(a_minute, faster=self._faster, now_s=self._now_s, sleep=self._sleep)

    def window(self, a_minute: int) -> Window:
        return Window(a_minute, faster=self._faster, now_s=self._now_s, sleep=self._sleep)
