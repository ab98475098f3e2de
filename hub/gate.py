"""The rate gate of one account: every send, edit and typing notice of its chats passes here.

Two token buckets (as a generic cell rate algorithm: one time stamp each) stand in line, the chat's and the account's.
A platform's retry-after closes the chat; a second chat refused while one is closed closes the whole account, since the
platform does not say which of its limits was hit.
"""

import asyncio
from typing import Protocol

import msgspec

from hub.channel import Pace
from hub.clock import Clock
from hub.store import StoreError

CHAT_BURST = 3
"""Sends in a row that a quiet chat may have: a placeholder, one growing edit and the final text."""
SLOT_AT_MOST_S = 1.0
"""A placeholder slower than this no longer keeps the others waiting: one hung connection must not stop a bot."""
CHATS_REMEMBERED = 4096
ASK_AGAIN_S = 10.0
"""Whoever waits for others' sends asks so often how long it still is: the store's clock may be set meanwhile."""
SILENT_AFTER = 3
"""Chats in which sends were given up, and nothing went through since: then it is the platform that is not reached."""
TRY_EVERY_S = 20.0
"""While it is not, one turn looks so often whether it is again."""
LONGEST_REST_S = 120.0
"""The others rest for as long as it has been silent already, within these two."""


class Waits(msgspec.Struct, frozen=True):
    """Seconds until a chat and its account may send; both zero: the send is counted."""

    chat: float = 0.0
    account: float = 0.0

    @property
    def none(self) -> bool:
        return self.chat <= 0 and self.account <= 0


class Beside(Protocol):
    """What other processes send through the same account."""

    async def take(self, chat: str, chat_interval_s: float, burst: int, account_interval_s: float, most: int) -> Waits:
        """Count a send of the chat and of the account, or nothing; how long each must wait. Raises StoreError."""
        ...

    def refused(self, chat: str, seconds: float) -> None:
        """The platform asked to wait so long."""
        ...


class _Bucket:
    """`due`: the theoretical arrival time of the next send, in seconds of the monotonic clock."""

    __slots__ = ("_slack", "burst", "closed_until", "due", "interval", "line")

    def __init__(self, a_second: float, burst: int) -> None:
        self.interval = 1 / a_second
        self.burst = burst
        self._slack = self.interval * (burst - 1)
        self.due = 0.0
        self.closed_until = 0.0
        self.line = asyncio.Lock()
        """Held by the first who waits; those behind are served in the order they came, however often it closes."""

    def wait_s(self, now: float) -> float:
        """How long a send would wait if it came now; zero or less: not at all."""
        return max(self.due - self._slack, self.closed_until) - now

    def take(self, now: float) -> None:
        """Count a send that happens now."""
        self.due = max(self.due, now) + self.interval

    def wait_until(self, then: float) -> None:
        """Others have sent: nothing goes out before."""
        self.due = max(self.due, then + self._slack)


class Place:
    """Held until the placeholder's id is stored, or for a second at the most."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._timer: asyncio.TimerHandle | None = asyncio.get_running_loop().call_later(SLOT_AT_MOST_S, self.give_back)

    def give_back(self) -> None:
        """Once; what follows changes nothing."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
            self._places.release()


class Gate:
    """Shared by everything that is sent through one account: in this process, and `beside` it in others."""

    def __init__(self, pace: Pace, clock: Clock, beside: Beside | None = None) -> None:
        self._pace = pace
        self._clock = clock
        self._beside = beside
        self._heard: dict[str, float] = {}
        """Until when chats are closed, as other processes were told; an empty name is the account."""
        self._account = _Bucket(pace.overall, burst=max(1, int(pace.overall / 30)))
        self._chats: dict[str, _Bucket] = {}
        self._unconfirmed = asyncio.Semaphore(pace.unconfirmed)
        self._given_up: set[str] = set()
        """Chats, until the platform answers."""
        self._silent_since = self._try_at = 0.0

    async def enter(self, chat: str, *, private: bool) -> None:
        """Wait until the chat and the account may send. First come, first served in this process.

        Raises StoreError where others send as well and the store cannot be asked.
        """
        bucket = self._chat(chat, private=private)
        async with bucket.line:
            while True:
                await self._open(bucket)
                async with self._account.line:
                    await self._open(self._account)
                    now = self._clock.monotonic()
                    if bucket.wait_s(now) > 0:  # it was closed meanwhile
                        continue
                    bucket.take(now)
                    self._account.take(now)
                # What the store answers takes a while: the account's line is free by then, this chat's is not.
                if self._beside is None or await self._take_beside(chat, bucket):
                    return

    async def room_beside(self, chat: str, *, private: bool) -> bool:
        """After `try_enter`: whether the other processes leave room for it, too."""
        if self._beside is None:
            return True
        try:
            return await self._take_beside(chat, self._chat(chat, private=private))
        except StoreError:
            return False

    async def _take_beside(self, chat: str, bucket: _Bucket) -> bool:
        """Raises StoreError."""
        assert self._beside
        of_all = self._account
        waits = await self._beside.take(chat, bucket.interval, bucket.burst, of_all.interval, of_all.burst)
        if waits.none:
            return True
        now = self._clock.monotonic()
        bucket.wait_until(now + min(waits.chat, ASK_AGAIN_S))
        of_all.wait_until(now + min(waits.account, ASK_AGAIN_S))
        return False

    def heard(self, closed: dict[str, float]) -> None:
        """What other processes were told: seconds by chat; an empty name is the account."""
        now = self._clock.monotonic()
        self._heard = {chat: now + seconds for chat, seconds in closed.items()}

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
        closed_until = max(self._chat(chat, private=private).closed_until, self._heard.get(chat, 0.0))
        return max(closed_until - self._clock.monotonic(), self.account_closed_for_s())

    def account_closed_for_s(self) -> float:
        """The same in all chats."""
        return max(self._account.closed_until, self._heard.get("", 0.0)) - self._clock.monotonic()

    def refused(self, chat: str, seconds: float, *, private: bool) -> None:
        """The platform asked to wait so long."""
        now = self._clock.monotonic()
        until = now + seconds
        if any(other.closed_until > now for name, other in self._chats.items() if name != chat):
            self._account.closed_until = max(self._account.closed_until, until)
        bucket = self._chat(chat, private=private)
        bucket.closed_until = max(bucket.closed_until, until)
        if self._beside:
            self._beside.refused(chat, seconds)

    def given_up(self, chat: str) -> None:
        """A send came to nothing, however often it was tried."""
        if not self._given_up:
            self._silent_since = self._clock.monotonic()
        if len(self._given_up) < SILENT_AFTER:
            self._given_up.add(chat)

    def reached(self) -> None:
        """The platform has answered, whatever it said."""
        self._given_up.clear()

    def rests_for_s(self) -> float:
        """How long a turn leaves it to others to find out whether the platform is reached again; zero: it tries."""
        if len(self._given_up) < SILENT_AFTER:
            return 0.0
        now = self._clock.monotonic()
        if now >= self._try_at:
            self._try_at = now + TRY_EVERY_S
            return 0.0
        return min(max(now - self._silent_since, TRY_EVERY_S), LONGEST_REST_S)

    async def place(self) -> Place:
        """One of the places for placeholders whose ids are not stored yet, when one is free."""
        await self._unconfirmed.acquire()
        return Place(self._unconfirmed)

    async def place_at_once(self, chat: str, *, private: bool) -> Place | None:
        """One where a placeholder would enter without waiting, as far as this process knows."""
        now = self._clock.monotonic()
        both = (self._chat(chat, private=private), self._account)
        if self._unconfirmed.locked() or any(each.line.locked() or each.wait_s(now) > 0 for each in both):
            return None
        return await self.place()

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
