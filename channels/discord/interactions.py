"""Slash commands and buttons: acknowledged at once, a command's answer shown to who asked while its token lives."""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from channels.discord.events import Choosing, Ticket
from channels.discord.posting import content_of
from channels.discord.rest import Rest
from hub.channel import Gone, Hub, Notes, Refused
from hub.messages import File

_log = logging.getLogger(__name__)

TOKEN_S = 14 * 60.0
"""Discord keeps an interaction's token for 15 minutes; the last one is left out, an answer may be on its way."""
ACKNOWLEDGE_S = 3.0
"""Discord waits no longer for the first word on an interaction."""
LOOK_AGAIN_S = 0.25
ORDINARY_REMEMBERED = 5_000
_DEFERRED_ANSWER, _DEFERRED_UPDATE, _CHOICES = 5, 6, 8
_CHOICES_AT_MOST, _CHOICE = 25, 100
"""Values that are shown, and characters of each."""
_ONLY_FOR_YOU = 1 << 6


class _Open(msgspec.Struct):
    """A command that Discord shows as being answered."""

    ticket: Ticket
    until: float
    acknowledged: "asyncio.Task[None] | None" = None
    """None: another process tells Discord."""
    parts: list[str] = []


class _Noted(msgspec.Struct, frozen=True):
    """The same, as one process leaves it for the others."""

    ticket: Ticket
    until_ms: int
    parts: list[str]


class Interactions:
    """The interactions of one bot that can still be answered.

    `notes`: what other processes of the bot took in; None: there are none.
    """

    def __init__(
        self,
        rest: Rest,
        now: Callable[[], float] = time.monotonic,
        notes: Notes | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._rest = rest
        self._now = now
        self._notes = notes
        self._sleep = sleep
        self._open: dict[str, _Open] = {}
        self._parts: dict[str, _Open] = {}
        self._ordinary: OrderedDict[str, None] = OrderedDict()
        """Messages that are known to be no interactions."""
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def expect(self, ticket: Ticket) -> None:
        """Before the hub is given the command: whoever answers it can find its place. Raises TrunklineError."""
        if self._notes and ticket.command:
            await self._note(_Open(ticket, self._now() + TOKEN_S))

    async def _note(self, of: _Open) -> None:
        if self._notes:
            left_s = max(0.0, of.until - self._now())
            noted = _Noted(of.ticket, int((time.time() + left_s) * 1000), of.parts)
            await self._notes.leave(_key(of.ticket.id), msgspec.json.encode(noted).decode(), left_s)

    async def _find(self, interaction: str) -> _Open | None:
        """The interaction, if it can still be answered."""
        found = self._open.get(interaction)
        if found is None and self._notes and interaction not in self._ordinary:
            found = await self._read(interaction, self._notes)
        return found if found and found.until > self._now() else None

    async def _read(self, interaction: str, notes: Notes) -> _Open | None:
        noted = await notes.find(_key(interaction))
        if not noted:  # it was there before the message was
            self._ordinary[interaction] = None
            if len(self._ordinary) > ORDINARY_REMEMBERED:
                self._ordinary.popitem(last=False)
            return None
        known = msgspec.json.decode(noted, type=_Noted)
        found = _Open(known.ticket, self._now() + known.until_ms / 1000 - time.time(), parts=known.parts)
        self._forget_old()
        self._open[interaction] = found
        self._parts.update(dict.fromkeys(found.parts, found))
        return found

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

    async def alive(self, interaction: str) -> bool:
        """Whether the answer to this interaction can be shown in its own place."""
        return await self._find(interaction) is not None

    async def open(self, interaction: str, text: str) -> str:
        """Show the text as the next part of its answer; its message id. Empty: it has no place of its own (any more).

        Raises ChannelError.
        """
        found = await self._find(interaction)
        if found is None:
            return ""
        try:
            sent = await self._first_word(found, text)
        except (Gone, Refused):
            # Discord did not take the acknowledgement, or not in time: the answer stands in the channel instead.
            self._open.pop(interaction, None)
            if self._notes:
                await self._notes.drop(_key(interaction))
            return ""
        part = str(sent["id"])
        found.parts.append(part)
        self._parts[part] = found
        await self._note(found)
        return part

    async def _first_word(self, to: _Open, text: str) -> Any:
        if to.acknowledged:
            await asyncio.shield(to.acknowledged)
            return await self._send(to, text)
        for _ in range(int(ACKNOWLEDGE_S / LOOK_AGAIN_S)):
            try:
                return await self._send(to, text)
            except (Gone, Refused):
                if to.parts:
                    raise
                await self._sleep(LOOK_AGAIN_S)  # the process that listens has not told Discord yet
        return await self._send(to, text)

    async def _send(self, to: _Open, text: str) -> Any:
        if not to.parts:
            return await self._request("PATCH", to, "/messages/@original", {"content": text})
        return await self._request("POST", to, "", {"content": text, "flags": _ONLY_FOR_YOU})

    async def _of(self, interaction: str, part: str) -> _Open | None:
        """The interaction that this part of an answer to it stands in, if it does and can still be changed."""
        found = self._parts.get(part)
        if found is None:
            asked = await self._find(interaction)
            if asked and part not in asked.parts and self._notes:
                asked = await self._read(interaction, self._notes)  # another process went on with it meanwhile
            found = asked if asked and part in asked.parts else None
        return found if found and found.until > self._now() else None

    async def edit(self, interaction: str, part: str, body: dict[str, Any], files: Sequence[File] = ()) -> bool:
        """Make the part show this; False where it is none of an interaction. Raises ChannelError."""
        found = await self._of(interaction, part)
        if found is None:
            return False
        await self._request("PATCH", found, f"/messages/{part}", body, files)
        return True

    async def remove(self, interaction: str, part: str) -> bool:
        """Delete the part; False where it is none of an interaction. Raises ChannelError."""
        found = await self._of(interaction, part)
        self._parts.pop(part, None)
        if found is None:
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


def _key(interaction: str) -> str:
    return f"interaction/{interaction}"
