"""A hub that only remembers, for channels tested alone; sleeps that pass quickly; waiting for what must come."""

import asyncio
from collections.abc import Callable, Sequence

from hub.messages import Conversation, Exchange, Membership, Message, Press, Seen, Sender


class MemoryHub:
    """Keeps what it is given, each message once; refuses as often as it is told. Implements hub.channel.Hub."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self.batches: list[list[str]] = []
        """The texts of each call of `accept`."""
        self.failures: list[Exception] = []
        """What the next calls of `accept` raise."""
        self.presses: list[Press] = []
        self.deletions: list[tuple[str, str]] = []
        """Chat, and platform id of the message."""
        self.past: list[Exchange] = []
        self.seen: list[Seen] = []
        """What `last_seen` answers."""
        self.memberships: list[Membership] = []
        self.suggestions: list[str] = []
        """What `suggest` answers, without what does not begin with what was typed."""
        self.takes = asyncio.Event()
        """While it is unset, `accept` waits."""
        self.takes.set()

    async def accept(self, messages: Sequence[Message]) -> None:
        self.batches.append([message.text for message in messages])
        await self.takes.wait()
        if self.failures:
            raise self.failures.pop(0)
        for message in messages:
            self.messages.setdefault(message.key, message)

    async def history(self, conversation: Conversation, limit: int) -> list[Exchange]:
        return self.past[:limit]

    async def stop(self, conversation: Conversation) -> None:
        return None

    async def pressed(self, press: Press) -> None:
        self.presses.append(press)

    async def deleted(self, conversation: Conversation, platform_id: str) -> None:
        self.deletions.append((conversation.chat, platform_id))

    async def membership(self, membership: Membership) -> None:
        self.memberships.append(membership)

    async def last_seen(self, channel: str, account: str, since_ms: int) -> list[Seen]:
        return [each for each in self.seen if each.sent_ms >= since_ms]

    async def suggest(self, conversation: Conversation, sender: Sender, command: str, typed: str) -> list[str]:
        return [each for each in self.suggestions if each.startswith(typed)]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages.values()]

    @property
    def pressed_once(self) -> dict[str, Press]:
        """By event id, however often each was delivered."""
        return {press.event_id: press for press in reversed(self.presses)}

    @property
    def pressed_actions(self) -> list[str]:
        """In the order in which each came first."""
        return [press.action for press in reversed(self.pressed_once.values())]


class Naps:
    """Sleeps a hundredth of what it is asked, and remembers it."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(min(seconds / 100, 0.1))


async def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait until it is true. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.005)
