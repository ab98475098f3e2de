"""The rate tiers of Web API methods, kept on this side so that Slack need not refuse.

Slack documents a tier as so many calls a minute of one method in one workspace. Neither kind of allowance here lets
more than that through in any minute.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from hub.channel import Ration

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

    def __init__(
        self,
        a_minute: float,
        *,
        faster: float = 1.0,
        now_s: Callable[[], float],
        sleep: Sleep,
        beside: "Beside | None" = None,
    ) -> None:
        self._interval_s = 60 / (a_minute - BURST) / faster
        self._for_growth = 1 - RESERVE / a_minute
        self._now_s = now_s
        self._sleep = sleep
        self._beside = beside
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
            while self._beside and (wait := await self._beside.take()):
                await self._sleep(wait)

    async def room_beside(self) -> bool:
        """After `try_take`: whether the app's other processes leave room for it, too."""
        return self._beside is None or not await self._beside.take(self._for_growth)


class Beside:
    """What the app's other processes use of a tier."""

    def __init__(self, ration: Ration, method: str, a_minute: float, faster: float) -> None:
        self._ration = ration
        self._method = method
        self._most = int(a_minute)
        self._minute_s = 60 / faster

    async def take(self, share: float = 1.0) -> float:
        """0.0: it is counted; else the seconds to wait."""
        return await self._ration.take(self._method, self._most, self._minute_s, share)


class Window:
    """The calls of the last minute, one by one: a whole tier may be used at once, which a bucket would not allow."""

    def __init__(
        self,
        a_minute: int,
        *,
        faster: float = 1.0,
        now_s: Callable[[], float],
        sleep: Sleep,
        beside: Beside | None = None,
    ) -> None:
        self._beside = beside
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

    async def room_beside(self) -> bool:
        """Whether the app's other processes leave room for one more, which then is counted there."""
        return self._beside is None or not await self._beside.take()


class Tiers:
    """Makes the tiers of one app. `faster`: how many times they are Slack's own, for a Slack that is faster.

    `ration`: where several processes call as the same app.
    """

    def __init__(
        self, *, faster: float, now_s: Callable[[], float], sleep: Sleep, ration: Ration | None = None
    ) -> None:
        self._ration = ration
        self._faster = faster
        self._now_s = now_s
        self._sleep = sleep

    def bucket(self, a_minute: float, method: str = "") -> Tier:
        """`method`: of those that several processes call."""
        beside = self._of_all(method, a_minute)
        return Tier(a_minute, faster=self._faster, now_s=self._now_s, sleep=self._sleep, beside=beside)

    def window(self, a_minute: int, method: str = "") -> Window:
        """The same."""
        beside = self._of_all(method, a_minute)
        return Window(a_minute, faster=self._faster, now_s=self._now_s, sleep=self._sleep, beside=beside)

    def _of_all(self, method: str, a_minute: float) -> Beside | None:
        return Beside(self._ration, method, a_minute, self._faster) if self._ration and method else None
