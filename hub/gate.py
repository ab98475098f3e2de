"""The rate gate of one account: every send, edit and typing notice of its chats passes here.

Two token buckets (as a generic cell rate algorithm: one time stamp each) stand in line, the chat's and the account's.
A platform's retry-after closes the chat; a second chat refused while one is closed closes the whole account, since the
platform does not say which of its limits was hit.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.channel import Pace
from hub.clock import Clock

CHAT_BURST = 3
"""Sends in a row that a quiet chat may have: a placeholder, one growing edit and the final text."""
SLOT_AT_MOST_S = 1.0
"""A placeholder slower than this no longer keeps the others waiting: one hung connection must not stop a bot."""
CHATS_REMEMBERED = 4096


class _Bucket:
    """`due`: the theoretical arrival time of the next send, in seconds of the monotonic clock."""

    __slots__ = ("_interval", "_slack", "closed_until", "due", "line")

    def __init__(self, a_second: float, burst: int) -> None:
        self._interval = 1 / a_second
        self._slack = self._interval * (burst - 1)
        self.due = 0.0
        self.closed_until = 0.0
        self.line = asyncio.Lock()
        """Held by the first who waits; those behind are served in the order they came, however often it closes."""

    def wait_s(self, now: float) -> float:
        """How long a send would wait if it came now; zero or less: not at all."""
        return max(self.due - self._slack, self.closed_until) - now

    def take(self, now: float) -> None:
        """Count a send that happens now."""
        self.due = max(self.due, now) + self._interval


class Place:
    """One of an account's `unconfirmed` places: given back once, by itself after SLOT_AT_MOST_S."""

    __slots__ = ("_places", "_timer")

    def __init__(self, places: asyncio.Semaphore) -> None:
        """Of `places`, where one has been acquired."""
        self._places: asyncio.Semaphore | None = places
        self._timer = asyncio.get_running_loop().call_later(SLOT_AT_MOST_S, self.give_back)

    @property
    def held(self) -> bool:
        return self._places is not None

    def give_back(self) -> None:
        places, self._places = self._places, None
        if places:
            self._timer.cancel()
            places.release()


class Gate:
    """Shared by everything that is sent through one account."""

    def __init__(self, pace: Pace, clock: Clock) -> None:
        self._pace = pace
        self._clock = clock
        self._account = _Bucket(pace.overall, burst=max(1, int(pace.overall / 30)))
        self._chats: dict[str, _Bucket] = {}
        self._unconfirmed = asyncio.Semaphore(pace.unconfirmed)

    async def enter(self, chat: str, *, private: bool) -> None:
        """Wait until the chat and the account may send. First come, first served."""
        bucket = self._chat(chat, private=private)
        async with bucket.line:
            while True:
                await self._open(bucket)
                async with self._account.line:
                    await self._open(self._account)
                    now = self._clock.monotonic()
                    if bucket.wait_s(now) <= 0:  # or it was closed meanwhile
                        bucket.take(now)
                        self._account.take(now)
                        return

    def try_enter(self, chat: str, *, private: bool) -> bool:
        """Enter only where nobody waits and nothing is closed: for growth and typing, which may be left out."""
        now = self._clock.monotonic()
        bucket = self._chat(chat, private=private)
        if any(each.line.locked() or each.wait_s(now) > 0 for each in (bucket, self._account)):
            return False
        bucket.take(now)
        self._account.take(now)
        return True

    def closed_for_s(self, chat: str, *, private: bool) -> float:
        """How long the platform has asked to wait here, in seconds; zero or less: nothing is closed."""
        closed_until = max(self._chat(chat, private=private).closed_until, self._account.closed_until)
        return closed_until - self._clock.monotonic()

    def refused(self, chat: str, seconds: float, *, private: bool) -> None:
        """The platform asked to wait so long."""
        now = self._clock.monotonic()
        until = now + seconds
        if any(other.closed_until > now for name, other in self._chats.items() if name != chat):
            self._account.closed_until = max(self._account.closed_until, until)
        bucket = self._chat(chat, private=private)
        bucket.closed_until = max(bucket.closed_until, until)

    @asynccontextmanager
    async def placeholder(self) -> AsyncIterator[None]:
        """Hold one of the `unconfirmed` places until the placeholder's id is stored, or for a second at the most."""
        await self._unconfirmed.acquire()
        place = Place(self._unconfirmed)
        try:
            yield
        finally:
            place.give_back()

    async def place_now(self, chat: str, *, private: bool) -> "Place | None":
        """Enter with a placeholder and hold its place, where that can be at once; None where anything is in the way."""
        if self._unconfirmed.locked() or not self.try_enter(chat, private=private):
            return None
        await self._unconfirmed.acquire()  # does not wait
        return Place(self._unconfirmed)

    async def _open(self, bucket: _Bucket) -> None:
        while (wait := bucket.wait_s(self._clock.monotonic())) > 0:
            await self._clock.sleep(wait)

    def _chat(self, chat: str, *, private: bool) -> _Bucket:
        bucket = self._chats.get(chat)
        if bucket is None:
            if len(self._chats) >= CHATS_REMEMBERED:
                self._forget_quiet()
            bucket = self._chats[chat] = _Bucket(self._pace.chat if private else self._pace.group, CHAT_BURST)
        return bucket

    def _forget_quiet(self) -> None:
        now = self._clock.monotonic()
        self._chats = {
            name: b for name, b in self._chats.items() if b.due > now or b.closed_until > now or b.line.locked()
        }
