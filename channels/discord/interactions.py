"""Slash commands and buttons: acknowledged at once, a command's answer shown to who asked while its token lives."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from channels.discord.events import Choosing, Ticket
from channels.discord.posting import content_of
from channels.discord.rest import Rest
from hub.channel import Gone, Hub, Refused
from hub.messages import File

_log = logging.getLogger(__name__)

TOKEN_S = 14 * 60.0
"""Discord keeps an interaction's token for 15 minutes; the last one is left out, an answer may be on its way."""
ACKNOWLEDGE_S = 3.0
"""Discord waits no longer for the first word on an interaction."""
_DEFERRED_ANSWER, _DEFERRED_UPDATE, _CHOICES = 5, 6, 8
_CHOICES_AT_MOST, _CHOICE = 25, 100
"""Values that are shown, and characters of each."""
_ONLY_FOR_YOU = 1 << 6


class _Open(msgspec.Struct):
    """A command that Discord shows as being answered."""

    ticket: Ticket
    until: float
    acknowledged: "asyncio.Task[None]"
    parts: list[str] = []


class Interactions:
    """The interactions of one bot that can still be answered. Another process knows none of them."""

    def __init__(self, rest: Rest, now: Callable[[], float] = time.monotonic) -> None:
        self._rest = rest
        self._now = now
        self._open: dict[str, _Open] = {}
        self._parts: dict[str, _Open] = {}
        self._acknowledging: set[asyncio.Task[None]] = set()

    def acknowledge(self, ticket: Ticket) -> None:
        """Begin to tell Discord that the interaction arrived; it waits 3 s for that. A failure is told in the log."""
        task = asyncio.create_task(self._defer(ticket))
        self._acknowledging.add(task)
        task.add_done_callback(self._acknowledged)
        if ticket.command:
            self._forget_old()
            self._open[ticket.id] = _Open(ticket, self._now() + TOKEN_S, task)

    def suggest(self, hub: Hub, choosing: Choosing, ticket: Ticket) -> None:
        """Begin to say what a command's argument can be. A failure is told in the log; nothing is shown then."""
        task = asyncio.create_task(self._offer(hub, choosing, ticket))
        self._acknowledging.add(task)
        task.add_done_callback(self._acknowledged)

    async def _offer(self, hub: Hub, choosing: Choosing, ticket: Ticket) -> None:
        async with asyncio.timeout(ACKNOWLEDGE_S):
            values = await hub.suggest(choosing.conversation, choosing.sender, choosing.command, choosing.typed)
            choices = [{"name": value[:_CHOICE], "value": value[:_CHOICE]} for value in values if value]
            await self._answer(ticket, {"type": _CHOICES, "data": {"choices": choices[:_CHOICES_AT_MOST]}})

    def _acknowledged(self, task: "asyncio.Task[None]") -> None:
        self._acknowledging.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.warning("An interaction was not acknowledged: %s", str(error) or type(error).__name__)

    async def close(self) -> None:
        """Let go of what is not acknowledged yet."""
        for task in list(self._acknowledging):
            task.cancel()
        await asyncio.gather(*self._acknowledging, return_exceptions=True)

    async def _defer(self, ticket: Ticket) -> None:
        body: dict[str, Any] = {"type": _DEFERRED_UPDATE}
        if ticket.command:
            body = {"type": _DEFERRED_ANSWER, "data": {"flags": _ONLY_FOR_YOU}}
        await self._answer(ticket, body)

    async def _answer(self, ticket: Ticket, body: dict[str, Any]) -> None:
        await self._rest.request(
            "POST",
            "/interactions/{webhook_id}/{webhook_token}/callback",
            webhook_id=ticket.id,
            webhook_token=ticket.token,
            json=body,
        )

    def alive(self, interaction: str) -> bool:
        """Whether the answer to this interaction can be shown in its own place."""
        found = self._open.get(interaction)
        return found is not None and found.until > self._now()

    async def open(self, interaction: str, text: str) -> str:
        """Show the text as the next part of its answer; its message id. Empty: it has no place of its own (any more).

        Raises ChannelError.
        """
        found = self._open.get(interaction)
        if found is None or found.until <= self._now():
            return ""
        try:
            await asyncio.shield(found.acknowledged)
            sent = await self._send(found, text)
        except (Gone, Refused):
            # Discord did not take the acknowledgement, or not in time: the answer stands in the channel instead.
            self._open.pop(interaction, None)
            return ""
        part = str(sent["id"])
        found.parts.append(part)
        self._parts[part] = found
        return part

    async def _send(self, to: _Open, text: str) -> Any:
        if not to.parts:
            return await self._request("PATCH", to, "/messages/@original", {"content": text})
        return await self._request("POST", to, "", {"content": text, "flags": _ONLY_FOR_YOU})

    async def edit(self, part: str, body: dict[str, Any], files: Sequence[File] = ()) -> bool:
        """Make the part show this; False where it is none of an interaction. Raises ChannelError."""
        found = self._parts.get(part)
        if found is None or found.until <= self._now():
            return False
        await self._request("PATCH", found, f"/messages/{part}", body, files)
        return True

    async def remove(self, part: str) -> bool:
        """Delete the part; False where it is none of an interaction. Raises ChannelError."""
        found = self._parts.pop(part, None)
        if found is None or found.until <= self._now():
            return False
        await self._request("DELETE", found, f"/messages/{part}", None)
        return True

    async def _request(
        self, method: str, of: _Open, path: str, body: dict[str, Any] | None, files: Sequence[File] = ()
    ) -> Any:
        return await self._rest.request(
            method,
            f"/webhooks/{{webhook_id}}/{{webhook_token}}{path}",
            webhook_id=of.ticket.application,
            webhook_token=of.ticket.token,
            **content_of(body, files),
        )

    def _forget_old(self) -> None:
        now = self._now()
        for name in [name for name, each in self._open.items() if each.until <= now]:
            for part in self._open.pop(name).parts:
                self._parts.pop(part, None)
