"""From Bolt to the hub: each payload is acknowledged only after the hub has taken it, in the order of its chat."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from channels.slack.events import (
    Deleted,
    Myself,
    Said,
    chat_of,
    is_message,
    read_buttons,
    read_command,
    read_event,
    read_shortcut,
)
from channels.slack.memory import Asker, Memory
from channels.slack.people import People
from channels.slack.responses import Responses
from channels.slack.scopes import COMMAND, SHORTCUT
from channels.slack.tiers import Sleep
from hub.channel import ChannelError, Hub
from hub.errors import TrunklineError
from hub.messages import Membership, Message, Press

log = logging.getLogger(__name__)

AWAY_S = 10.0
"""A connection is renewed in less; what met none Slack repeats at once, and then a minute later only."""
_LOOK_EVERY_S = 1.0
PAST = 50
"""Exchanges of a thread that are looked at for whether the bot was in it when something was written."""


class Lanes:
    """One at a time in each chat, first come first served; several chats side by side."""

    def __init__(self) -> None:
        self._lanes: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, chat: str) -> AsyncIterator[None]:
        lock, users = self._lanes.get(chat) or (asyncio.Lock(), 0)
        self._lanes[chat] = lock, users + 1
        try:
            async with lock:
                yield
        finally:
            lock, users = self._lanes[chat]
            if users == 1:
                del self._lanes[chat]
            else:
                self._lanes[chat] = lock, users - 1


class Receiver:
    """Bolt's app with the hub behind it. A failure in here reaches Slack as no acknowledgement, so Slack repeats."""

    def __init__(
        self,
        *,
        people: People,
        memory: Memory,
        responses: Responses,
        commands: Collection[str],
        identify: Callable[[], Awaitable[Myself]],
        client: AsyncWebClient,
        now_ms: Callable[[], int],
        logger: logging.Logger,
    ) -> None:
        self._people = people
        self._memory = memory
        self._responses = responses
        self._commands = commands
        self._identify = identify
        self._now_ms = now_ms
        self.lanes = Lanes()
        self.caught_up: Callable[[str], Awaitable[bool]] | None = None
        """Whether nothing older is still to be found in this chat; asked in the chat's lane."""
        self.thread_of: Callable[[str, str], Awaitable[str]] | None = None
        """The thread that a message stands in; empty: in none."""
        self.hub: Hub | None = None
        """Who takes the messages; nothing is acknowledged before it is there."""
        self.app = _bolt(self, client, logger)

    async def dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        """Bolt's answer; its status is 200 only where the hub has taken what there was to take."""
        # The lane is entered before anything is awaited: envelopes start in the order they came.
        chat = chat_of(request.body)
        async with self.lanes.of(chat):
            try:
                if request.body.get("type") != "url_verification" and not await self._can_take(request.body, chat):
                    return BoltResponse(status=503)
                return await self.app.async_dispatch(request)
            except ChannelError as error:
                log.warning("a payload of Slack's waits for its next delivery: %s", error)
                return BoltResponse(status=503)

    async def _can_take(self, body: Mapping[str, Any], chat: str) -> bool:
        if self.hub is None:
            return False
        await self._identify()  # Bolt would acknowledge what it cannot authorize
        return self.caught_up is None or not is_message(body) or await self.caught_up(chat)

    async def replay(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Hand over messages found in a chat's history, in order. Its lane is held by the caller.

        Raises TrunklineError.
        """
        hub, me = self._ready(), await self._identify()
        found: list[Message] = []
        spoken_in: set[str] = set()
        for event in events:
            said = read_event({"team_id": me.team, "event": event}, me)
            if isinstance(said, Said):
                message = said.message
                was_in = said.in_thread and (
                    message.conversation.key in spoken_in or await _was_in_thread(message, hub)
                )
                found.append(msgspec.structs.replace(self._complete(said, in_thread=was_in), caught_up=True))
                if found[-1].addressed:
                    spoken_in.add(message.conversation.key)
        await hub.accept(found)

    async def event(self, body: Mapping[str, Any]) -> None:
        """Hand over what an event says. Raises TrunklineError where the hub cannot take it."""
        hub, me = self._ready(), await self._identify()
        match read_event(body, me):
            case Said() as said:
                message = self._complete(said, in_thread=await self._is_in_thread(said, hub))
                await self._memory.tell_others(message)
                await hub.accept([message])
            case Deleted(conversation, platform_id):
                await hub.deleted(conversation, platform_id)
            case Press() as press:
                await hub.pressed(await self._placed(press))
            case Membership() as membership:
                await hub.membership(membership)

    async def buttons(self, body: Mapping[str, Any]) -> None:
        """Hand over pressed buttons. Raises TrunklineError."""
        hub, me = self._ready(), await self._identify()
        for press in read_buttons(body, me):
            await hub.pressed(await self._placed(press))

    async def command(self, body: Mapping[str, Any]) -> None:
        """Hand over a slash command. Raises TrunklineError."""
        await self._ask_alone(read_command(body, await self._identify(), self._now_ms(), self._commands), body)

    async def shortcut(self, body: Mapping[str, Any]) -> None:
        """Hand over a message that somebody wants answered for themselves. Raises TrunklineError."""
        await self._ask_alone(read_shortcut(body, await self._identify(), self._now_ms()), body)

    async def _placed(self, press: Press) -> Press:
        """The press in the conversation that the answer stands in. Raises ChannelError."""
        where = press.conversation
        if known := self._memory.where(press):
            return msgspec.structs.replace(press, conversation=known)
        if where.thread or self.thread_of is None:
            return press
        thread = await self.thread_of(where.chat, press.part_id)
        return msgspec.structs.replace(press, conversation=msgspec.structs.replace(where, thread=thread))

    async def _ask_alone(self, message: Message | None, body: Mapping[str, Any]) -> None:
        if message is not None:
            await self._responses.remember(message.platform_id, str(body.get("response_url", "")))
            await self._ready().accept([self._described(message)])

    async def _is_in_thread(self, said: Said, hub: Hub) -> bool:
        where = said.message.conversation
        return said.in_thread and (self._memory.is_in(where) or bool(await hub.history(where, 1)))

    def _complete(self, said: Said, *, in_thread: bool) -> Message:
        message = said.message
        if not message.sender.bot:
            self._memory.asked(message.conversation.chat, message.platform_id, Asker(message.sender.id, said.team))
        if in_thread:
            message = msgspec.structs.replace(message, addressed=True)
        if message.addressed and not message.conversation.private:
            self._memory.take_part(message.conversation)
        return self._described(message)

    def _described(self, message: Message) -> Message:
        hints, name = self._people.about(message.sender.id)
        sender = msgspec.structs.replace(message.sender, name=name)
        return msgspec.structs.replace(message, hints=hints, sender=sender)

    def _ready(self) -> Hub:
        if self.hub is None:
            raise TrunklineError("The hub does not take messages yet.")
        return self.hub


async def _was_in_thread(message: Message, hub: Hub) -> bool:
    """Whether the bot was in the thread already when this was written: it may have come later, and not been meant."""
    past = await hub.history(message.conversation, PAST)
    return any(each.sent_ms < message.sent_ms for each in past)


def _bolt(receiver: Receiver, client: AsyncWebClient, logger: logging.Logger) -> AsyncApp:
    """The app; its listeners run before the response, so an error in one is no acknowledgement."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        me = await receiver._identify()
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id or me.team, bot_id=me.bot, bot_user_id=me.user
        )

    app = AsyncApp(
        name="trunkline-slack",
        client=client,
        logger=logger,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,  # done before, on the bytes as they came
        ignoring_self_events_enabled=False,  # the reactions of others to own messages matter; the rest is told apart
    )

    async def event(body: dict[str, Any]) -> None:
        await receiver.event(body)

    async def action(ack: Callable[[], Awaitable[Any]], body: dict[str, Any]) -> None:
        await receiver.buttons(body)
        await ack()

    async def command(ack: Callable[[], Awaitable[Any]], body: dict[str, Any]) -> None:
        await receiver.command(body)
        await ack()

    async def shortcut(ack: Callable[[], Awaitable[Any]], body: dict[str, Any]) -> None:
        await receiver.shortcut(body)
        await ack()

    app.event(re.compile(".+"))(event)
    app.message_shortcut(SHORTCUT)(shortcut)
    app.action(re.compile("^hub_"))(action)
    app.command(COMMAND)(command)
    return app


class SocketHandler(AsyncSocketModeHandler):
    """Socket Mode, with the receiver's order and its care about what is acknowledged."""

    def __init__(
        self, receiver: Receiver, app_token: str, client: AsyncWebClient, logger: logging.Logger, ping_s: float
    ) -> None:
        super().__init__(
            receiver.app, app_token, logger=logger, web_client=client, proxy=client.proxy, ping_interval=ping_s
        )
        self.client.proxy = client.proxy
        self._receiver = receiver

    # The SDK types its client by the base class, which is not the one it passes.
    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """Acknowledge an envelope after its payload was taken; otherwise say nothing, and Slack repeats it."""
        request = AsyncBoltRequest(mode="socket_mode", body=req.payload, headers=build_headers(req))
        response = await self._receiver.dispatch(request)
        if response.status == 200:
            try:
                await client.send_socket_mode_response({"envelope_id": req.envelope_id})
            except ConnectionError as error:
                log.info("an acknowledgement came too late for its connection: %s", type(error).__name__)

    async def connect(self) -> None:
        """Until it is connected; from then on the SDK connects again whenever it must."""
        # The SDK has no types here, nor at `close` below.
        await self.client.connect()  # type: ignore[no-untyped-call]  # the SDK has no types there

    async def gaps(self, sleep: Sleep, now_s: Callable[[], float]) -> AsyncIterator[float]:
        """When the connection was lost, each time that it was away for longer than Slack waits to repeat an event."""
        lost_s = 0.0
        while True:
            await sleep(_LOOK_EVERY_S)
            if not await self.client.is_connected():
                lost_s = lost_s or now_s()
            elif lost_s:
                if now_s() - lost_s > AWAY_S:
                    yield lost_s
                lost_s = 0.0

    async def end(self) -> None:
        """Close, and wait until the SDK's own tasks are over."""
        await self.client.close()  # type: ignore[no-untyped-call]  # the SDK has no types there
        tasks = (self.client.message_processor, self.client.current_session_monitor, self.client.message_receiver)
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
