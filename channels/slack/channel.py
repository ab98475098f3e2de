"""One Slack app in one workspace: events by Socket Mode or HTTP, answers by posts and updates, through slack-bolt."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from starlette.routing import BaseRoute

from channels.rendering import slack as form
from channels.slack import buttons, http
from channels.slack.backlog import AGE_S, Backlog
from channels.slack.events import Myself, asker_of
from channels.slack.files import Files
from channels.slack.memory import Memory
from channels.slack.people import People
from channels.slack.posting import Posting
from channels.slack.receiving import Receiver, SocketHandler
from channels.slack.redaction import quiet_logger
from channels.slack.refusals import says
from channels.slack.responses import Responses
from channels.slack.scopes import missing
from channels.slack.streaming import Streams, markdown
from channels.slack.tiers import APPENDS_A_MINUTE, UPDATES_A_MINUTE, Tiers
from channels.slack.web import Web
from hub.channel import (
    Capabilities,
    ChannelError,
    CommandSpec,
    Forbidden,
    Gone,
    Hub,
    Notes,
    Pace,
    Ration,
    Refused,
    RetryAfter,
)
from hub.errors import TrunklineError
from hub.messages import Attachment, Conversation, File, Target

log = logging.getLogger(__name__)

PACE = Pace(overall=5.0, chat=1.0, group=1.0)
"""chat.postMessage: about one a second in a channel, "several hundred a minute" in a workspace."""
PING_S = 5.0
"""Seconds. A Socket Mode connection that broke without a word is found, and made anew, within about so many."""
_SAID_AGAIN_S = 300.0


class BadSecret(TrunklineError):
    """A Slack account wants a bot token, and either an app token or a signing secret."""


class SlackChannel:
    """The Channel port for one installed app.

    `app_token` listens by Socket Mode, `signing_secret` by HTTP: then `routes()` belong on the hub's server. `api_url`
    is the Web API, with `/api/`; empty: Slack's own. A raised `pace.overall` raises every tier alike. `notes` and
    `ration`: where other processes call as the same app.
    Raises BadSecret where a secret is blank, or not exactly one way in is given.
    """

    name = "slack"

    def __init__(
        self,
        bot_token: str,
        *,
        app_token: str = "",
        signing_secret: str = "",
        account: str = "main",
        api_url: str = "",
        pace: Pace = PACE,
        edit_every_s: float = 2.0,
        ping_s: float = PING_S,
        commands: Sequence[CommandSpec] = (),
        notes: Notes | None = None,
        ration: Ration | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic_s: Callable[[], float] = time.monotonic,
        now_s: Callable[[], float] = time.time,
    ) -> None:
        if not bot_token.strip() or bool(app_token.strip()) == bool(signing_secret.strip()):
            raise BadSecret
        self.account = account
        self.capabilities = Capabilities(pace=pace, edit_every_s=edit_every_s, first_part_within=2 * form.LIMIT)
        self._app_token = app_token.strip()
        self._signing_secret = signing_secret.strip()
        self._ping_s = ping_s
        self._sleep = sleep
        self._now_s = now_s
        self._logger = quiet_logger(account, (bot_token, app_token, signing_secret))
        self._web = Web(bot_token.strip(), api_url, self._logger)
        self._memory = Memory(notes)
        faster = max(1.0, pace.overall / PACE.overall)
        self._tiers = Tiers(faster=faster, now_s=monotonic_s, sleep=sleep, ration=ration)
        self._updates = self._tiers.bucket(UPDATES_A_MINUTE, "chat.update")
        self._deletions = self._tiers.bucket(UPDATES_A_MINUTE, "chat.delete")
        self._streams = Streams(self._web.call, self._tiers, monotonic_s)
        self._responses = Responses(self._web, self._tiers, monotonic_s, notes)
        self._files = Files(self._web, self._tiers)
        self._posting = Posting(self._web, self._tiers)
        self._people = People(self._profile, monotonic_s, self._tiers.bucket(APPENDS_A_MINUTE))
        self._commands = frozenset(command.name for command in commands)
        self._me: Myself | None = None
        self._asking_who = asyncio.Lock()
        self._made: Receiver | None = None
        self._backlog: Backlog | None = None
        self._no_status: set[str] = set()
        self._status_shown: set[str] = set()

    # -- listening ---------------------------------------------------------------------------------------------------

    async def listen(self, hub: Hub) -> None:
        """Hand over messages until cancelled; first what was written while nobody listened."""
        receiver = self._receiver()
        await self._until_known()
        async with asyncio.TaskGroup() as tasks:
            await self._look_back(hub, 0.0)
            receiver.hub = hub
            tasks.create_task(self._backlog_of(receiver).run())
            if self._signing_secret:
                await asyncio.Event().wait()  # the HTTP server calls
            handler = SocketHandler(receiver, self._app_token, self._web.client(), self._logger, self._ping_s)
            try:
                await handler.connect()
                async for lost_s in handler.gaps(self._sleep, self._now_s):
                    await self._look_back(hub, lost_s)
                    tasks.create_task(self._backlog_of(receiver).run())
            finally:
                await handler.end()

    async def _look_back(self, hub: Hub, since_s: float) -> None:
        """From here on live messages wait for what is older."""
        since_ms = int((self._now_s() - AGE_S) * 1000)
        while True:
            try:
                seen = await hub.last_seen(self.name, self.account, since_ms)
            except TrunklineError as error:
                log.warning("slack/%s does not listen yet: %s", self.account, error)
                await self._sleep(1.0)
            else:
                return self._backlog_of(self._receiver()).begin(seen, since_s)

    def routes(self) -> list[BaseRoute]:
        """For the HTTP server; none in Socket Mode."""
        if not self._signing_secret:
            return []
        return http.routes(self._receiver, self.account, self._signing_secret, self._now_s)

    def _receiver(self) -> Receiver:
        if self._made is None:
            self._made = Receiver(
                people=self._people,
                memory=self._memory,
                responses=self._responses,
                commands=self._commands,
                identify=self._myself,
                client=self._web.client(),
                now_ms=lambda: int(self._now_s() * 1000),
                logger=self._logger,
            )
        return self._made

    def _backlog_of(self, receiver: Receiver) -> Backlog:
        if self._backlog is None:
            self._backlog = Backlog(
                self._web.call,
                hand_over=receiver.replay,
                lane=receiver.lanes.of,
                tiers=self._tiers,
                now_s=self._now_s,
                sleep=self._sleep,
            )
            receiver.caught_up, receiver.thread_of = self._backlog.is_settled, self._backlog.thread_of
        return self._backlog

    async def _until_known(self) -> None:
        """Ask who the bot is until Slack says so; a refusal is told at once and then now and again."""
        pause, told_s = 1.0, 0.0
        while True:
            try:
                await self._myself()
                if self._app_token:
                    await self._prove_app_token()
                return
            except ChannelError as error:
                if self._now_s() - told_s > _SAID_AGAIN_S:
                    told_s = self._now_s()
                    log.warning("slack/%s does not listen yet: %s", self.account, error)
                await self._sleep(max(pause, error.seconds if isinstance(error, RetryAfter) else 0))
                pause = min(pause * 2, 60.0)

    async def _myself(self) -> Myself:
        """Raises ChannelError."""
        if self._me is None:
            async with self._asking_who:
                if self._me is None:
                    self._me = (await self._introduce())[0]
        return self._me

    async def _introduce(self) -> tuple[Myself, str]:
        """Who the bot is, and its scopes as Slack lists them. Raises ChannelError."""
        answer = await self._web.call(lambda client: client.auth_test())
        me = Myself(
            user=str(answer.get("user_id") or ""),
            bot=str(answer.get("bot_id") or ""),
            team=str(answer.get("team_id") or ""),
            account=self.account,
            name=str(answer.get("user") or ""),
            team_name=str(answer.get("team") or ""),
        )
        if not me.bot:
            raise Forbidden("This is no bot token of Slack's; take the one that begins with xoxb-.")
        return me, str(answer.headers.get("x-oauth-scopes") or "")

    async def _prove_app_token(self) -> None:
        try:
            await self._web.call(lambda client: client.apps_connections_open(app_token=self._app_token))
        except Forbidden as error:
            text = f"The app-level token is refused ({error}) It begins with xapp- and wants connections:write."
            raise Forbidden(text) from None

    async def _profile(self, user: str) -> Mapping[str, Any]:
        answer = await self._web.call(lambda client: client.users_info(user=user, include_locale=True))
        found: Mapping[str, Any] = answer.get("user") or {}
        return found

    # -- answering ---------------------------------------------------------------------------------------------------

    def split(self, text: str) -> list[str]:
        """Parts in Markdown that render to at most 4,000 characters; the placeholder's sign where nothing is seen."""
        return form.split(text) or [self.capabilities.placeholder]

    async def placeholder(self, target: Target) -> str:
        """Begin a stream in the message's thread, or post the sign for "being answered"; its time stamp.

        Raises ChannelError.
        """
        if asker_of(target.reply_to):
            return target.reply_to  # nothing to see until the answer is there: Slack lets five responses pass
        where = target.conversation
        part = await self._streams.begin(target, await self._memory.who_asked(where, target.reply_to))
        if not part:
            answer = await self._web.write(
                "chat.postMessage",
                channel=where.chat,
                text=self.capabilities.placeholder,
                thread_ts=where.thread or None,
                unfurl_links=False,
                unfurl_media=False,
            )
            part = str(answer["ts"])
        self._memory.answered(where, part)
        return part

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        """Make the message show this text. Growth is left out while the method's tier has little room.

        Raises ChannelError.
        """
        if asker_of(target.reply_to):
            return await self._responses.show(target, form.render(text)) if final else None
        chat = target.conversation.chat
        actions = buttons.WHILE_GROWING if not final else buttons.WHEN_DONE if last else ()
        if final:
            streamed = await self._streams.finish(chat, part_id, text, buttons.row_of(actions))
        else:
            streamed = await self._streams.grow(chat, part_id, text)
        if not streamed:
            if final:
                await self._updates.take()
            elif not (self._updates.try_take() and await self._updates.room_beside()):
                return None
            await self._update(chat, part_id, text, form.render(text, growing=not final), actions)
        if final and target.conversation.key in self._status_shown:
            await self._clear_status(target)

    async def _update(self, chat: str, part_id: str, text: str, shown: str, actions: tuple[str, ...]) -> None:
        """One update, and one more where Slack refuses not the words but what surrounds them.

        `text` is Markdown, `shown` the same in Slack's own form.
        """
        content: dict[str, Any] = {"text": shown, "blocks": buttons.text_with(shown, actions)}
        try:
            return await self._send_update(chat, part_id, content)
        except Refused as refusal:
            if says(refusal, "streaming_state_conflict"):  # an earlier process began to stream it
                await self._streams.stop(chat, part_id)
            elif says(refusal, "block_mismatch"):
                content = {"markdown_text": markdown(text)}
            elif says(refusal, "blocks"):
                content["blocks"] = buttons.NONE
            else:
                raise
        await self._updates.take()
        await self._send_update(chat, part_id, content)

    async def _send_update(self, chat: str, part_id: str, content: Mapping[str, Any]) -> None:
        await self._web.write("chat.update", channel=chat, ts=part_id, link_names=False, **content)

    async def typing(self, target: Target) -> None:
        """Show a status in the thread; elsewhere, and where Slack refuses it, nothing. Raises ChannelError."""
        key = target.conversation.key
        if not target.conversation.thread or asker_of(target.reply_to) or key in self._no_status:
            return
        try:
            await self._set_status(target, "is writing…")
            self._status_shown.add(key)
        except (Forbidden, Gone, Refused):
            if len(self._no_status) >= 1000:
                self._no_status.clear()
            self._no_status.add(key)

    async def _clear_status(self, target: Target) -> None:
        self._status_shown.discard(target.conversation.key)
        try:
            await self._set_status(target, "")
        except ChannelError as error:
            log.debug("a status stays until Slack ends it: %s", error)  # after two minutes

    async def _set_status(self, target: Target, status: str) -> None:
        where = target.conversation

        def send(client: AsyncWebClient) -> Awaitable[Any]:
            return client.assistant_threads_setStatus(channel_id=where.chat, thread_ts=where.thread, status=status)

        await self._web.call(send)

    async def remove(self, target: Target, part_id: str) -> None:
        """Delete one of the bot's own messages; one that is gone already is no error. Raises ChannelError."""
        if asker_of(target.reply_to):
            return
        chat = target.conversation.chat
        try:
            if self._streams.is_open(part_id):
                await self._streams.stop(chat, part_id)
            await self._deletions.take()
            await self._web.call(lambda client: client.chat_delete(channel=chat, ts=part_id))
        except Gone as error:
            if "message_not_found" not in str(error):
                raise

    async def post(self, conversation: Conversation, text: str, files: Sequence[File] = ()) -> str:
        """Speak first: a text, or files; its time stamp or the first file's id. Raises ChannelError."""
        return await self._posting.post(conversation, text, files)

    async def fetch(self, attachment: Attachment, at_most: int) -> bytes:
        """A file beside a message. Raises ChannelError; Refused where it has more than `at_most` bytes."""
        return await self._files.fetch(attachment, at_most)

    async def probe(self) -> str:
        """Who answers, with all scopes that the bot needs. Raises ChannelError; it names what is missing."""
        me, granted = await self._introduce()
        lacking = missing(granted.split(","))
        if lacking:
            text = ", ".join(f"{scope} (to {purpose})" for scope, purpose in lacking.items())
            raise Forbidden(
                f"The bot in {me.team_name} lacks {text}; add it under OAuth & Permissions and install the app again."
            )
        if self._app_token:
            await self._prove_app_token()
        return (
            f"@{me.name} in {me.team_name} answers (which events Slack sends to it, only the app's page tells: compare "
            "Event Subscriptions with deploy/slack-manifest.yaml)"
        )

    async def close(self) -> None:
        """Let go of connections."""
        await self._people.close()
        await self._web.close()
