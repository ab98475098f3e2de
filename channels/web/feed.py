"""What open pages are shown while an answer is made.

Level, not edge: a subscriber holds the newest form of each part that it has not shown yet, so a slow page skips steps
and never falls behind, and what the hub keeps is bounded by the answers under way.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

PENDING_AT_MOST = 256
"""Things that one page may have yet to show; beyond, it is told to start again from the history."""
UNFINISHED_AT_MOST = 20_000
"""Parts kept that nobody finished; beyond, the oldest go (the store still has their answers)."""


class Part(msgspec.Struct, frozen=True):
    """One message of the bot: what it shows now."""

    id: str
    reply_to: str
    text: str = ""
    state: str = "placeholder"
    """`placeholder`, `growth`, `final` or `removed`."""


class Asked(msgspec.Struct, frozen=True):
    """A message that was just accepted."""

    message_id: str
    text: str
    sent_ms: int


class Subscriber:
    """One open page on one conversation."""

    def __init__(self, parts: dict[str, Part]) -> None:
        self.stale = True
        """It needs the whole state before anything else."""
        self.closed = False
        self.woken = asyncio.Event()
        self._parts = parts
        self._asked: list[Asked] = []
        self._typing = ""

    def take(self) -> tuple[list[Asked], list[Part], str]:
        """Messages asked, parts changed and the message being answered (or empty) since the last time."""
        taken = self._asked, list(self._parts.values()), self._typing
        self._asked, self._parts, self._typing = [], {}, ""
        self.woken.clear()
        return taken

    def show(self, what: Part | Asked | str) -> None:
        """A part, a message, or the id of the message for which an answer is being made."""
        if isinstance(what, Part):
            self._parts[what.id] = what
        elif isinstance(what, Asked):
            self._asked.append(what)
        else:
            self._typing = what
        if len(self._parts) + len(self._asked) > PENDING_AT_MOST:
            self._asked, self._parts, self.stale = [], {}, True
        self.woken.set()

    def close(self) -> None:
        self.closed = True
        self.woken.set()


class Feed:
    """All open pages of an account, and the parts that are not final yet."""

    def __init__(self) -> None:
        self._subscribers: dict[str, set[Subscriber]] = {}
        self._unfinished: dict[str, dict[str, Part]] = {}
        self._of: dict[str, str] = {}
        self._pages: Counter[str] = Counter()
        self._closed = False

    @contextmanager
    def subscribed(self, conversation: str, browser: str) -> Iterator[Subscriber]:
        """A page of the browser on the conversation (by key) is open."""
        subscriber = Subscriber(dict(self._unfinished.get(conversation, {})))
        if self._closed:
            subscriber.close()
        self._subscribers.setdefault(conversation, set()).add(subscriber)
        self._pages[browser] += 1
        try:
            yield subscriber
        finally:
            self._pages[browser] -= 1
            if not self._pages[browser]:
                del self._pages[browser]
            others = self._subscribers[conversation]
            others.discard(subscriber)
            if not others:
                del self._subscribers[conversation]

    def open_pages(self, browser: str) -> int:
        return self._pages[browser]

    def publish(self, conversation: str, part: Part) -> None:
        """The part shows this now. The same twice is no error."""
        self._forget(part.id)
        if part.state in ("placeholder", "growth"):
            self._unfinished.setdefault(conversation, {})[part.id] = part
            self._of[part.id] = conversation
            if len(self._of) > UNFINISHED_AT_MOST:
                self._forget(next(iter(self._of)))
        self.tell(conversation, part)

    def tell(self, conversation: str, what: Part | Asked | str) -> None:
        """Show it to whoever looks; nothing is kept."""
        for subscriber in self._subscribers.get(conversation, ()):
            subscriber.show(what)

    def close(self) -> None:
        """End every stream."""
        self._closed = True
        for subscribers in self._subscribers.values():
            for subscriber in subscribers:
                subscriber.close()

    @property
    def size(self) -> tuple[int, int]:
        """Conversations with open pages, and parts kept."""
        return len(self._subscribers), len(self._of)

    def _forget(self, part_id: str) -> None:
        conversation = self._of.pop(part_id, None)
        if conversation is None:
            return
        parts = self._unfinished[conversation]
        del parts[part_id]
        if not parts:
            del self._unfinished[conversation]
