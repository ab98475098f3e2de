"""Delivery: one reply, one owner. A placeholder goes out and its id is stored; the answer is edits of it.

A placeholder carries no answer text, so one whose fate is unknown is sent again and its orphan recorded. An edit can be
repeated safely. So no answer's text ever stands in two messages.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from io import StringIO
from typing import Any, TypeVar

import msgspec

from hub import phrases
from hub.channel import (
    Ambiguous,
    Channel,
    ChannelError,
    Forbidden,
    Gone,
    Refused,
    RetryAfter,
    ShowsFiles,
    Unreachable,
)
from hub.clock import Clock
from hub.errors import TrunklineError
from hub.gate import Gate, Place
from hub.inbox import Claim, guard, held_by
from hub.messages import Target
from hub.store import Database, Statement, StoreError, Undone, statement

T = TypeVar("T")
log = logging.getLogger(__name__)

TRIES = 6
"""Of one edit or placeholder while the platform cannot be reached; after that the turn rests and comes back."""
FIRST_PAUSE_S = 0.2
LET_IT_END_S = 1.0
"""A placeholder that is under way when its turn ends otherwise."""


class Undeliverable(TrunklineError):
    """The platform will not take this reply: the person is gone, or blocked the bot."""


class Later(TrunklineError):
    """The platform cannot be reached now; the stored text will be delivered when it can."""


class Outlet:
    """One account's way out: its channel and its gate."""

    def __init__(self, channel: Channel, gate: Gate) -> None:
        self.channel = channel
        self.gate = gate


class Delivery:
    """The delivery of one reply by the present owner of its turn."""

    def __init__(
        self,
        outlet: Outlet,
        claim: Claim,
        target: Target,
        reply_id: str,
        parts: Sequence[str],
        *,
        database: Database,
        clock: Clock,
        new_id: Callable[[], str],
        unreadable: Callable[[], None],
    ) -> None:
        """`unreadable` is called as soon as the platform says that nobody can read the answer that is being made."""
        self.reply_id = reply_id
        self.parts = list(parts)
        self._channel = outlet.channel
        self._gate = outlet.gate
        self._claim = claim
        self._target = target
        self._database = database
        self._clock = clock
        self._new_id = new_id
        self._unreadable = unreadable
        self._place: Place | None = None
        self._first: asyncio.Task[None] | None = None
        self._growing: asyncio.Task[None] | None = None
        self._tick: asyncio.TimerHandle | None = None
        self.draft = StringIO()
        """What was written of the answer so far; the newest state of it is sent when the chat's gate has room."""
        self.started = False
        self._shown = ""

    @property
    def _chat(self) -> str:
        """What the platform counts sends by."""
        where = self._target.conversation
        return where.thread if where.thread and self._channel.capabilities.threads_apart else where.chat

    @property
    def _private(self) -> bool:
        return self._target.conversation.private

    # -- before and while the answer is made -------------------------------------------------------------------------

    def closed_for_s(self) -> float:
        """How long the platform has asked to send nothing here; zero or less: not at all."""
        return self._gate.closed_for_s(self._chat, private=self._private)

    def rests_for_s(self) -> float:
        """How long this turn leaves it to others to find out whether the platform is reached; zero: it tries."""
        return self._gate.rests_for_s()

    async def announcing(self) -> tuple[Statement, ...]:
        """What is stored before a placeholder is sent, for whoever stores something right before it anyhow.

        Empty where the gate would keep it waiting: a process that dies meanwhile would leave word of one never sent.
        """
        if self.started or self.parts:
            return ()
        self._place = self._place or await self._gate.place_at_once(self._chat, private=self._private)
        return (self._sending(),) if self._place else ()

    def start(self, *, announced: bool = False) -> None:
        """Send the placeholder, as soon as the gate lets it through, and let it grow with the draft.

        `announced`: what `announcing` gave was stored.
        """
        if self.started:
            return
        self.started = True
        if not self.parts:
            self._first = asyncio.create_task(self._send_placeholder(announced=announced))
            self._first.add_done_callback(self._look_at_first)
        self._schedule()

    def _look_at_first(self, first: asyncio.Task[None]) -> None:
        if not first.cancelled() and isinstance(first.exception(), Undeliverable):
            self._unreadable()

    def write_anew(self, text: str) -> None:
        """What stood in the draft no longer holds."""
        self.draft.seek(0)
        self.draft.truncate()
        self.draft.write(text)

    async def abandon(self) -> None:
        """Leave everything as it is; whoever holds the turn next goes on from the store."""
        if self._tick:
            self._tick.cancel()
        if self._place:
            self._place.give_back()
        if self._first:
            await asyncio.wait([self._first], timeout=LET_IT_END_S)  # cut off, nobody would know what became of it
        for task in (self._first, self._growing):
            if task is None:
                continue
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            elif not task.cancelled():
                task.exception()  # of no interest any more, but looked at: or it would be logged as a defect

    def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        self._tick = loop.call_later(self._channel.capabilities.edit_every_s, self._on_tick)

    def _on_tick(self) -> None:
        newest = self.draft.getvalue()
        wanted = newest != self._shown or not newest
        idle = self._growing is None or self._growing.done()
        if wanted and idle and self._gate.try_enter(self._chat, private=self._private):
            self._growing = asyncio.create_task(self._grow(newest) if newest and self.parts else self._type())
        self._schedule()

    async def _grow(self, text: str) -> None:
        if not await self._gate.room_beside(self._chat, private=self._private):
            return
        try:
            first = self._channel.split(text[: self._channel.capabilities.first_part_within])[0]
            await self._channel.edit(self._target, self.parts[0], first, final=False)
            self._shown = text
        except RetryAfter as wait:
            self._gate.refused(self._chat, wait.seconds, private=self._private)
        except Forbidden:
            self._unreadable()
        except (ChannelError, StoreError) as error:
            log.debug("a growing edit was left out: %s", error)  # the final edit will say it all

    async def _type(self) -> None:
        if not await self._gate.room_beside(self._chat, private=self._private):
            return
        try:
            await self._channel.typing(self._target)
        except RetryAfter as wait:
            self._gate.refused(self._chat, wait.seconds, private=self._private)
        except (ChannelError, StoreError) as error:
            log.debug("typing was not shown: %s", error)

    # -- the end -----------------------------------------------------------------------------------------------------

    async def finish(self, text: str) -> None:
        """Make the reply show this text, whole. Raises Undeliverable, Later, Undone (another process owns it)."""
        if self._tick:
            self._tick.cancel()
        if self._growing and not self._growing.done():
            await asyncio.gather(self._growing, return_exceptions=True)
        if self._first:
            await self._first
        pieces = self._pieces(text)
        index = 0
        while index < len(pieces):
            if index >= len(self.parts):
                await self._send_placeholder()
            try:
                await self._edit(index, pieces[index], last=index == len(pieces) - 1)
            except Undeliverable:
                instead = self._channel.split(pieces[index])
                if len(instead) < 2:
                    raise
                pieces[index : index + 1] = instead  # the platform takes no file here
            else:
                index += 1
        # An earlier process may have needed more messages, where the platform took no file then.
        await self.take_away(self.parts[len(pieces) :])

    def _pieces(self, text: str) -> list[str]:
        channel: object = self._channel
        return channel.split_with_files(text) if isinstance(channel, ShowsFiles) else self._channel.split(text)

    async def _edit(self, index: int, piece: str, *, last: bool) -> None:
        pause = FIRST_PAUSE_S
        for _ in range(TRIES):
            await self._gate.enter(self._chat, private=self._private)
            try:
                return await self._reached(
                    self._channel.edit(self._target, self.parts[index], piece, final=True, last=last)
                )
            except RetryAfter as wait:
                self._gate.refused(self._chat, wait.seconds, private=self._private)
            except Gone:
                await self._send_placeholder(instead_of=index)  # somebody deleted it; its text was in no message
            except (Forbidden, Refused) as error:
                raise Undeliverable(str(error)) from error
            except (Unreachable, Ambiguous):
                await self._clock.sleep(pause)
                pause *= 2
        raise self._given_up()

    async def _send_placeholder(self, instead_of: int | None = None, *, announced: bool = False) -> None:
        """Send it until it stands, and store its id. Raises Undeliverable, Later, Undone.

        `instead_of`: the index of the deleted one whose place it takes; None: it is a further one.
        """
        pause = FIRST_PAUSE_S
        for _ in range(TRIES):
            await self._gate.enter(self._chat, private=self._private)
            try:
                return await self._send_once(instead_of, announced=announced)
            except RetryAfter as wait:
                self._gate.refused(self._chat, wait.seconds, private=self._private)
                await self._record(self._not_sending())
            except Ambiguous:
                await self._record(self.orphan("", "no answer came to its sending"), self._not_sending())
                await self._clock.sleep(pause)
            except Unreachable:
                await self._record(self._not_sending())
                await self._clock.sleep(pause)
            except ChannelError as error:
                raise Undeliverable(str(error)) from error
            pause *= 2
            announced = False
        raise self._given_up()

    async def _send_once(self, instead_of: int | None, *, announced: bool) -> None:
        """Raises what storing and sending raise."""
        place, self._place = self._place or await self._gate.place(), None
        try:
            if not announced:
                # From here until its id is stored, a process that dies leaves a placeholder nobody knows.
                await self._database.run(self._sending())
            part = await self._reached(self._channel.placeholder(self._target))
            return await _to_its_end(self._keep(part, instead_of))
        finally:
            place.give_back()

    def _sending(self) -> Statement:
        return statement("reply.sending", **held_by(self._claim), id=self.reply_id)

    def _not_sending(self) -> Statement:
        return statement("reply.not_sending", id=self.reply_id)

    async def _keep(self, part: str, instead_of: int | None) -> None:
        at = len(self.parts) if instead_of is None else instead_of
        parts = [*self.parts[:at], part, *self.parts[at + 1 :]]
        stored = msgspec.json.encode(parts).decode()
        try:
            sent = statement("reply.sent", **held_by(self._claim), id=self.reply_id, parts=stored)
            await self._database.run(sent)
        except Undone:
            # Another process owns the turn: this placeholder is one too many.
            await self._database.run(self.orphan(part, "sent by an owner that had lost the conversation"))
            await self._remove(part)
            raise
        self.parts = parts

    async def withdraw(self) -> None:
        """Take away what was shown of the reply. Raises Later."""
        if self._tick:
            self._tick.cancel()
        begun = [task for task in (self._growing, self._first) if task]
        await asyncio.gather(*begun, return_exceptions=True)
        await self.take_away(self.parts)

    async def take_away(self, parts: Sequence[str]) -> None:
        """Remove messages of the bot's own; where the platform does not allow that, empty them. Raises Later."""
        for part in parts:
            await self._take_away(part)

    async def _take_away(self, part: str) -> None:
        pause, kept = FIRST_PAUSE_S, False
        for _ in range(TRIES):
            await self._gate.enter(self._chat, private=self._private)
            try:
                if kept:
                    return await self._reached(self._channel.edit(self._target, part, phrases.WITHDRAWN, final=True))
                return await self._reached(self._channel.remove(self._target, part))
            except RetryAfter as wait:
                self._gate.refused(self._chat, wait.seconds, private=self._private)
            except (Unreachable, Ambiguous):
                await self._clock.sleep(pause)
                pause *= 2
            except Gone:
                return None
            except ChannelError as error:
                if kept:
                    return log.warning("what was withdrawn stays in %s: %s", self._claim.key, error)
                kept = True
        raise self._given_up()

    async def _reached(self, request: Awaitable[T]) -> T:
        """What the platform answers to it. Raises ChannelError."""
        try:
            answer = await request
        except (Unreachable, Ambiguous):
            raise
        except ChannelError:
            self._gate.reached()
            raise
        self._gate.reached()
        return answer

    def _given_up(self) -> Later:
        self._gate.given_up(self._chat)
        return Later()

    async def _remove(self, part: str) -> None:
        try:
            await self._channel.remove(self._target, part)
        except ChannelError as error:
            log.warning("an orphaned placeholder stays in %s: %s", self._claim.key, error)

    async def _record(self, *statements: Statement) -> None:
        await self._database.run(guard(self._claim), *statements)

    def orphan(self, part: str, reason: str) -> Statement:
        """A placeholder that nobody will edit; `part` is its platform id, empty where it is unknown."""
        return statement(
            "reply.orphan",
            id=self._new_id(),
            reply=self.reply_id,
            conversation=self._claim.key,
            part=part,
            reason=reason,
        )


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """What is known of a placeholder is written down even if its turn is cancelled meanwhile."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(task, return_exceptions=True)
        raise
