"""A hub in memory that answers from a script: what the web channel is tested against."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

from starlette.routing import BaseRoute

from channels.web.channel import WebChannel
from channels.web.guard import LOOPBACK_HOSTS
from channels.web.page import Look
from channels.web.stream import Pulse
from hub.clock import SystemClock, new_id
from hub.errors import TrunklineError
from hub.messages import Conversation, Exchange, Message, Target, with_mentions
from hub.web.server import serve

SECRET = b"a secret of the tests, 32 bytes long"
LOOK = Look(
    hub_name="Acme Bikes",
    regions=(("us-west", "US West"), ("eu-west", "Europe West")),
    practice="Answers come from a small local model that invents facts. Only its FAQ answers are reliable.",
    suggestions=("When are you open?", "Where is my order?"),
)


class FakeHub:
    """Stores messages in memory; `step_s` between the pieces of an answer, which waits while `hold` is clear."""

    def __init__(self, channel: WebChannel, script: Callable[[str], list[str]] | None = None) -> None:
        self.channel = channel
        self.script = script or (lambda text: ["You ", "said: ", text])
        self.step_s = 0.0
        self.hold = asyncio.Event()
        self.hold.set()
        self.broken = False
        self.silent = False
        """Stores and never answers."""
        self.messages: list[Message] = []
        self.stopped: list[Conversation] = []
        self._exchanges: dict[str, dict[str, Exchange]] = {}
        self.posts: dict[str, dict[str, Exchange]] = {}
        """What stands in conversations beside what was asked there."""
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._stopping: set[str] = set()

    async def accept(self, messages: Sequence[Message]) -> None:
        self._work()
        for message in messages:
            if message.key in {known.key for known in self.messages}:
                continue
            self.messages.append(message)
            self.remember(message)
            if not self.silent:
                key = message.conversation.key
                before = self._turns.get(key)
                self._turns[key] = asyncio.create_task(self._answer(message, before))

    async def history(self, conversation: Conversation, limit: int) -> list[Exchange]:
        self._work()
        return list((self.posts | self._exchanges).get(conversation.key, {}).values())[-limit:]

    async def stop(self, conversation: Conversation) -> None:
        self._work()
        self.stopped.append(conversation)
        self._stopping.add(conversation.key)
        self.hold.set()

    def remember(self, message: Message, answer: str = "", state: str = "waiting", region: str = "") -> None:
        known = self._exchanges.setdefault(message.conversation.key, {})
        known[message.platform_id] = Exchange(
            message_id=message.platform_id,
            text=with_mentions(message),
            sent_ms=message.sent_ms,
            answer=answer,
            state=state,
            agent="support-faq" if answer else "",
            region=region,
        )

    async def close(self) -> None:
        for turn in self._turns.values():
            turn.cancel()
        await asyncio.gather(*self._turns.values(), return_exceptions=True)

    def _work(self) -> None:
        if self.broken:
            raise TrunklineError("the disk is full at /secret/place")

    async def _answer(self, message: Message, before: asyncio.Task[None] | None) -> None:
        if before:
            await before
        target = Target(message.conversation, message.platform_id)
        part = await self.channel.placeholder(target)
        await self.channel.typing(target)
        text = ""
        for piece in self.script(message.text):
            await asyncio.sleep(self.step_s)
            await self.hold.wait()
            if message.conversation.key in self._stopping:
                text += " (stopped)"
                break
            text += piece
            await self.channel.edit(target, part, text, final=False)
        self._stopping.discard(message.conversation.key)
        self.remember(message, text, "delivered", message.hints.region or "us-west")
        await self.channel.edit(target, part, text, final=True)


def make_channel(pulse: Pulse = Pulse(), hosts: Sequence[str] = LOOPBACK_HOSTS) -> WebChannel:  # noqa: B008 - immutable
    used: set[str] = set()

    async def use_once(link_id: str) -> bool:
        fresh = link_id not in used
        used.add(link_id)
        return fresh

    return WebChannel(
        "main",
        secret=SECRET,
        look=LOOK,
        now_ms=SystemClock().now_ms,
        new_id=new_id,
        use_once=use_once,
        hosts=hosts,
        pulse=pulse,
    )


@contextlib.asynccontextmanager
async def listening(hub: FakeHub) -> AsyncIterator[None]:
    task = asyncio.create_task(hub.channel.listen(hub))
    await asyncio.sleep(0)
    try:
        yield
    finally:
        await ended(task)
        await hub.close()


@contextlib.asynccontextmanager
async def served(routes: Sequence[BaseRoute], port: int = 0) -> AsyncIterator[str]:
    """The routes on a port (0: any that is free); the base URL."""
    urls: asyncio.Queue[str] = asyncio.Queue()
    task = asyncio.create_task(serve(routes, "127.0.0.1", port, started=urls.put_nowait))
    try:
        yield await urls.get()
    finally:
        await ended(task)


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
