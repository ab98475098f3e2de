"""One bot on Discord: messages by the gateway, answers by sends and edits, through discord.py."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from channels.discord.events import BUTTON
from channels.discord.files import Files
from channels.discord.gateway import Listener
from channels.discord.interactions import Interactions
from channels.discord.menu import menu_of, same
from channels.discord.posting import Posting, content_of
from channels.discord.redaction import Redaction
from channels.discord.rest import Rest
from channels.discord.rights import Rights, rights_of
from channels.discord.session import NO_CONTENT
from channels.rendering import discord as form
from hub.channel import Ambiguous, Capabilities, ChannelError, CommandSpec, Forbidden, Gone, Hub, Notes, Pace, Refused
from hub.messages import Attachment, Conversation, File, Target

_log = logging.getLogger(__name__)

PACE = Pace(overall=40.0, chat=1.0, group=1.0)
"""Discord allows a bot 50 requests a second, some are left for reading; a channel's bucket is 5 sends in 5 s."""
_NO_MENTIONS: dict[str, list[str]] = {"parse": []}
_SUPPRESS_EMBEDS = 1 << 2
_CONTENT_FLAGS = (1 << 18) | (1 << 19)
"""Of the application: message content, unlimited or for a bot in few servers."""
_UNCONFIRMED_AT_MOST = 1000
_READING = 0.2
"""The part of the overall pace that fetching what was missed may take."""
_LABELS = {"stop": "Stop", "again": "Ask again", "good": "👍", "bad": "👎"}
_WHILE_GROWING = ("stop",)
_WHEN_DONE = ("again", "good", "bad")


class DiscordChannel:
    """The Channel port for one bot.

    `api_url` and `gateway_url` are other addresses of the platform; empty: Discord's own. discord.py knows one of each
    in a process. `commands` are shown in Discord's menu. `notes`: where other processes answer for the same bot.
    """

    name = "discord"

    def __init__(
        self,
        token: str,
        *,
        account: str = "main",
        api_url: str = "",
        gateway_url: str = "",
        pace: Pace = PACE,
        edit_every_s: float = 1.25,
        commands: Sequence[CommandSpec] = (),
        notes: Notes | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if api_url:
            Route.BASE = api_url.rstrip("/")
        if gateway_url:
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
        self.account = account
        self.capabilities = Capabilities(
            pace=pace, edit_every_s=edit_every_s, threads_apart=True, first_part_within=2 * form.LIMIT
        )
        self._redaction = Redaction(token)
        self._redaction.install()
        self._rest = Rest(token)
        self._interactions = Interactions(self._rest, notes=notes, sleep=sleep)
        self._files = Files(self._rest, api_url)
        self._commands = commands
        self._sleep = sleep
        self._listener = Listener(
            token,
            account,
            self._rest,
            expect=self._interactions.expect,
            acknowledge=self._interactions.acknowledge,
            suggest=self._interactions.suggest,
            reads_a_second=pace.overall * _READING,
            sleep=sleep,
        )
        self._salt = secrets.token_hex(4)
        self._sends = 0
        self._posting = Posting(self._rest, self._fresh_nonce, sleep)
        self._unconfirmed: dict[Target, str] = {}
        """The nonce of each placeholder whose fate is not known: sent again with it, it is not doubled."""

    async def listen(self, hub: Hub) -> None:
        """Hand over messages until cancelled."""
        showing = asyncio.create_task(self._show_commands())
        try:
            await self._listener.run(hub)
        finally:
            showing.cancel()
            await asyncio.gather(showing, return_exceptions=True)

    def split(self, text: str) -> list[str]:
        """Parts in Markdown that render to at most 2,000 characters; the placeholder's sign where nothing is seen."""
        return form.split(text) or [self.capabilities.placeholder]

    def split_with_files(self, text: str) -> list[str]:
        """Like `split`, but code that is shown as a file is one part."""
        return form.split_with_files(text) or [self.capabilities.placeholder]

    async def placeholder(self, target: Target) -> str:
        """Send the sign for "being answered"; its message id. Raises ChannelError."""
        if part := await self._interactions.open(target.reply_to, self.capabilities.placeholder):
            return part
        nonce = self._unconfirmed.get(target) or self._next_nonce(target)
        try:
            sent = await self._rest.request(
                "POST",
                "/channels/{channel_id}/messages",
                channel_id=_place(target),
                json=_first(target, self.capabilities.placeholder, nonce),
            )
        except (Gone, Forbidden, Refused):
            self._unconfirmed.pop(target, None)
            raise
        self._unconfirmed.pop(target, None)
        return str(sent["id"])

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        """Make the message show this text; the same text twice is no error. Raises ChannelError."""
        body, files = _shown(text, final=final)
        if await self._interactions.edit(target.reply_to, part_id, body, files):
            return
        body["flags"] = _SUPPRESS_EMBEDS
        body["components"] = _buttons(_WHILE_GROWING if not final else _WHEN_DONE if last else ())
        await self._rest.request(
            "PATCH",
            "/channels/{channel_id}/messages/{message_id}",
            channel_id=_place(target),
            message_id=part_id,
            **content_of(body, files),
        )

    async def post(self, conversation: Conversation, text: str, files: Sequence[File] = ()) -> str:
        """Speak first: a text, or files; the message's id. Raises ChannelError."""
        return await self._posting.post(conversation, text, files)

    async def typing(self, target: Target) -> None:
        """Show "is typing" in the channel for some ten seconds. Raises ChannelError."""
        if not await self._interactions.alive(
            target.reply_to
        ):  # a command's answer shows by itself that it is being made
            await self._rest.request("POST", "/channels/{channel_id}/typing", channel_id=_place(target))

    async def remove(self, target: Target, part_id: str) -> None:
        """Delete one of the bot's own messages; one that is gone already is no error. Raises ChannelError."""
        try:
            if not await self._interactions.remove(target.reply_to, part_id):
                await self._rest.request(
                    "DELETE",
                    "/channels/{channel_id}/messages/{message_id}",
                    channel_id=_place(target),
                    message_id=part_id,
                )
        except Gone:
            return

    async def probe(self) -> str:
        """Ask who the bot is and what it may read. Raises ChannelError."""
        application = await self._rest.request("GET", "/applications/@me")
        if not int(application.get("flags") or 0) & _CONTENT_FLAGS:
            raise Forbidden(f"The bot answers, but {NO_CONTENT}.")
        if application.get("interactions_endpoint_url"):
            raise Forbidden(
                "The bot answers, but its commands and buttons go elsewhere; empty Interactions Endpoint URL in the "
                "Discord developer portal under General Information."
            )
        rights = await self._rights()
        if rights.shut:
            raise Forbidden(
                f"The bot answers, but: {' '.join(rights.shut)} Give its role these in the server's settings."
            )
        servers = "1 server" if rights.servers == 1 else f"{rights.servers} servers"
        partly = "".join(f"; {each}" for each in rights.partly)
        return f"@{self._rest.user.get('username', '')} answers, in {servers}{partly}"

    async def _rights(self) -> Rights:
        try:
            return await rights_of(self._rest, str(self._rest.user["id"]))
        except (msgspec.ValidationError, ValueError) as error:
            raise Ambiguous(f"What the bot may do in its servers cannot be read ({error}).") from error

    async def fetch(self, attachment: Attachment, at_most: int) -> bytes:
        """A file from Discord's own file hosts. Raises ChannelError; Refused where it has more than `at_most` bytes."""
        return await self._files.fetch(attachment, at_most)

    async def close(self) -> None:
        """Let go of connections."""
        await self._interactions.close()
        await self._rest.close()
        self._redaction.remove()

    def _next_nonce(self, target: Target) -> str:
        if len(self._unconfirmed) >= _UNCONFIRMED_AT_MOST:
            self._unconfirmed.pop(next(iter(self._unconfirmed)))
        nonce = self._unconfirmed[target] = self._fresh_nonce()
        return nonce

    def _fresh_nonce(self) -> str:
        self._sends += 1
        return f"{self._salt}-{self._sends}"

    async def _show_commands(self) -> None:
        """Bring the menu up to date: read first, overwritten only where it differs; creations are limited daily."""
        wanted = menu_of(self._commands)
        if not wanted:
            return
        wait_s = 1.0
        while True:
            try:
                await self._overwrite_commands(wanted)
            except ChannelError as error:
                _log.warning(
                    "Discord %s: the menu of commands could not be brought up to date: %s", self.account, error
                )
            else:
                return
            await self._sleep(wait_s)
            wait_s = min(600.0, wait_s * 4)

    async def _overwrite_commands(self, wanted: list[dict[str, Any]]) -> None:
        application = str((await self._rest.request("GET", "/applications/@me"))["id"])
        path = "/applications/{application_id}/commands"
        shown = {"with_localizations": "true"}
        registered = await self._rest.request("GET", path, application_id=application, query=shown)
        if not same(wanted, registered):
            await self._rest.request("PUT", path, application_id=application, json=wanted)
            _log.info("Discord %s: the menu now has %d commands.", self.account, len(wanted))


def _place(target: Target) -> str:
    return target.conversation.thread or target.conversation.chat


def _first(target: Target, text: str, nonce: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "content": text,
        "nonce": nonce,
        "enforce_nonce": True,
        "allowed_mentions": _NO_MENTIONS,
        "flags": _SUPPRESS_EMBEDS,
        "components": _buttons(_WHILE_GROWING),
    }
    if target.reply_to:
        body["message_reference"] = {"message_id": target.reply_to, "fail_if_not_exists": False}
    return body


def _shown(text: str, *, final: bool) -> tuple[dict[str, Any], list[File]]:
    """A part of an answer as a message's body, and the file below it; what was below it before goes."""
    file = form.file(text)
    body: dict[str, Any] = {"allowed_mentions": _NO_MENTIONS}
    if file is None or not final:
        body["content"] = form.render(form.split(text)[0] if file else text, growing=not final)
        return (body | {"attachments": []} if final else body), []
    body |= {"content": form.caption(file), "attachments": [{"id": "0", "filename": file.name}]}
    return body, [File(file.name, "text/plain", file.data)]


def _buttons(actions: Sequence[str]) -> list[dict[str, Any]]:
    row = [{"type": 2, "style": 2, "label": _LABELS[action], "custom_id": BUTTON + action} for action in actions]
    return [{"type": 1, "components": row}] if row else []
