"""The event stream of one page (server-sent events): the state first, then what changes.

`state` the whole history; `asked` a message was accepted; `placeholder`, `growth`, `final`, `removed` a part of an
answer; `typing` an answer is being made; `notice` a sentence for the person; `ping` the stream is alive.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import msgspec
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from channels.web.feed import Asked, Feed, Part, Subscriber
from channels.web.relay import EVERY_S, Relay
from hub.errors import TrunklineError
from hub.messages import Conversation, Exchange

EXCHANGES_SHOWN = 100
EXCHANGES_NEAR = 20
"""How far back an answer that just ended is looked for: as many messages as wait in one conversation at the most."""
OPEN_STATES = frozenset({"waiting", "pending", "attempting"})
"""States of an exchange whose answer is still to come."""
UNREADABLE = "The history cannot be read right now. New answers are shown as they come; the page tries again by itself."

History = Callable[[int], Awaitable[Sequence[Exchange]]]


class Pulse(msgspec.Struct, frozen=True):
    """Seconds of silence before the stream speaks by itself."""

    ping: float = 15.0
    """Below the idle limits of common proxies (60 s)."""
    look: float = 2.0
    """While an answer is awaited: look into the store, in case another process delivers it."""


class EventStream(StreamingResponse):
    """Streams until the page goes or the feed closes; then the subscription ends at once."""

    def __init__(
        self,
        feed: Feed,
        conversation: Conversation,
        history: History,
        pulse: Pulse,
        *,
        browser: str,
        shared: bool,
        relay: Relay | None = None,
    ) -> None:
        """`shared`: other processes say something here, too, so the store is looked into each time nothing is said.

        `relay`: shows what grows while another process answers.
        """
        super().__init__((), media_type="text/event-stream", headers={"x-accel-buffering": "no"})
        self._feed = feed
        self._conversation = conversation
        self._history = history
        self._pulse = pulse
        self._browser = browser
        self._shared = shared
        self._relay = relay

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._feed.subscribed(self._conversation.key, self._browser) as subscriber:
            teller = _Teller(subscriber, self._history, self._pulse, self._browser, shared=self._shared)
            self.body_iterator = teller.events()
            looking = asyncio.create_task(self._look(self._relay, teller)) if self._relay else None
            try:
                await super().__call__(scope, receive, send)
            finally:
                if looking:
                    looking.cancel()
                    await asyncio.gather(looking, return_exceptions=True)

    async def _look(self, relay: Relay, teller: "_Teller") -> None:
        """While an answer is awaited: what another process shows of it."""
        key = self._conversation.key
        while True:
            await asyncio.sleep(EVERY_S)
            if teller.unsure:
                for part in await relay.look(key):
                    self._feed.publish(key, part)


class _Teller:
    """Turns what a subscriber is to be shown into events."""

    def __init__(self, subscriber: Subscriber, history: History, pulse: Pulse, browser: str, *, shared: bool) -> None:
        self._subscriber = subscriber
        self._shared = shared
        self._history = history
        self._pulse = pulse
        self._browser = browser
        self._told: Sequence[Exchange] | None = None
        self._open: set[str] = set()
        self._shown: dict[str, str] = {}
        self._typing = ""

    async def events(self) -> AsyncIterator[bytes]:
        while not self._subscriber.closed:
            if self._subscriber.stale:
                yield await self._state()
            for changed in await self._changes():
                yield changed
            if not await self._something():
                yield await self._silence()

    async def _something(self) -> bool:
        try:
            async with asyncio.timeout(self._pulse.look if self.unsure else self._pulse.ping):
                return await self._subscriber.woken.wait()
        except TimeoutError:
            return False

    @property
    def unsure(self) -> bool:
        """The store may know more than was told here."""
        return bool(self._open) or self._told is None

    async def _silence(self) -> bytes:
        if (self.unsure or self._shared) and await self._read() != self._told:
            return await self._state()
        return event("ping", {})

    async def _read(self) -> Sequence[Exchange] | None:
        try:
            return list(await self._history(EXCHANGES_SHOWN))
        except TrunklineError:
            return self._told

    async def _state(self) -> bytes:
        self._subscriber.stale = False
        self._shown.clear()
        self._told = None
        try:
            self._told = list(await self._history(EXCHANGES_SHOWN))
        except TrunklineError:
            return event("notice", {"text": UNREADABLE})
        self._open = {told.message_id for told in self._told if told.state in OPEN_STATES and not told.answer}
        return event("state", {"browser": self._browser, "exchanges": self._told})

    async def _changes(self) -> list[bytes]:
        asked, parts, typing = self._subscriber.take()
        events = [self._ask(message) for message in asked]
        events += [await self._final(part) if part.state == "final" else self._grow(part) for part in parts]
        if typing and typing != self._typing:
            self._typing = typing
            events.append(event("typing", {"reply_to": typing}))
        return events

    def _ask(self, asked: Asked) -> bytes:
        self._open.add(asked.message_id)
        return event("asked", asked)

    def _grow(self, part: Part) -> bytes:
        before = self._shown.get(part.id)
        if part.state == "removed":
            self._shown.pop(part.id, None)
        else:
            self._shown[part.id] = part.text
        data = {"part": part.id, "reply_to": part.reply_to}
        if part.state != "growth":
            return event(part.state, data)
        if before is not None and part.text.startswith(before):
            return event("growth", {**data, "append": part.text[len(before) :]})
        return event("growth", {**data, "text": part.text})

    async def _final(self, part: Part) -> bytes:
        self._shown.pop(part.id, None)
        self._open.discard(part.reply_to)
        answered = await self._answered(part.reply_to)
        return event(
            "final",
            {
                "part": part.id,
                "reply_to": part.reply_to,
                "text": part.text,
                "agent": answered.agent,
                "region": answered.region,
            },
        )

    async def _answered(self, message_id: str) -> Exchange:
        unknown = Exchange(message_id=message_id, text="", sent_ms=0)
        try:
            newest = await self._history(EXCHANGES_NEAR)
        except TrunklineError:
            return unknown
        return next((exchange for exchange in newest if exchange.message_id == message_id), unknown)


def event(name: str, data: Any) -> bytes:
    """One server-sent event; JSON never holds a line break of its own."""
    try:
        body = msgspec.json.encode(data)
    except UnicodeEncodeError:  # half of a surrogate pair, as a cut stream may leave: escaped instead
        body = json.dumps(msgspec.to_builtins(data)).encode()
    return b"event: " + name.encode() + b"\ndata: " + body + b"\n\n"
