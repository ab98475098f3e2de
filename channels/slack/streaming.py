"""Answers that grow by chat.startStream, appendStream and stopStream, for as long as their tiers have room.

A stream is only ever appended to, and a message in it cannot be updated. So where the new text does not begin with what
was sent, or it is not known what was sent, the stream ends and the message goes on by chat.update.
"""

import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from slack_sdk.web.async_client import AsyncWebClient

from channels.slack.memory import Asker
from channels.slack.refusals import says
from channels.slack.tiers import APPENDS_A_MINUTE, STREAMS_A_MINUTE, Tiers
from hub.channel import Ambiguous, Forbidden, Gone, Refused, RetryAfter, Unreachable
from hub.messages import Target, storable

log = logging.getLogger(__name__)

MARKDOWN_AT_MOST = 12_000
"""Characters of markdown_text, as Slack's reference says."""
HELD_BACK = 12
"""Characters at the end of growing text: whether `@here` calls anybody is known only when it has ended."""
FORGOTTEN_AFTER_S = 600.0
"""A stream that nobody ended: its answer was abandoned, or another process goes on with it."""
REFUSED_FOR_S = 3600.0
"""Some kinds of channels take no streams."""
CHATS_REMEMBERED = 1_000

Call = Callable[[Callable[[AsyncWebClient], Awaitable[Any]]], Awaitable[Any]]
_CALLS = re.compile(r"<(?=[@!#])|@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)


class _Stream(msgspec.Struct):
    began_s: float
    sent: str = ""
    unsure: bool = False
    """Text was sent and no answer came: nobody knows whether it stands there."""


class Streams:
    """The open streams of one app."""

    def __init__(self, call: Call, tiers: Tiers, now_s: Callable[[], float]) -> None:
        self._call = call
        self._now_s = now_s
        self._starts = tiers.window(STREAMS_A_MINUTE, "chat.startStream")
        self._stops = tiers.window(STREAMS_A_MINUTE, "chat.stopStream")
        self._appends = tiers.bucket(APPENDS_A_MINUTE, "chat.appendStream")
        self._open: OrderedDict[str, _Stream] = OrderedDict()
        """By the message's time stamp."""
        self._opening = 0
        self._closed_until_s = 0.0
        self._refused: OrderedDict[str, float] = OrderedDict()
        """Until when no stream is tried in a chat."""

    async def begin(self, target: Target, asker: Asker | None) -> str:
        """Begin an empty stream below the message; its time stamp, or nothing where a post has to do.

        Slack streams in threads only, and in a channel for a named person. Raises Ambiguous, Unreachable.
        """
        where = target.conversation
        if not where.thread or not (where.private or asker) or not self._room():
            return ""
        if self._refused.get(where.chat, 0.0) > self._now_s():
            return ""
        self._opening += 1
        try:
            # The stop is counted as well: whoever begins a stream can end it.
            if not (await self._starts.room_beside() and await self._stops.room_beside()):
                return ""
            await self._starts.take()
            answer = await self._call(
                lambda client: client.chat_startStream(
                    channel=where.chat,
                    thread_ts=where.thread,
                    recipient_user_id=asker.user if asker else None,
                    recipient_team_id=asker.team if asker else None,
                )
            )
        except RetryAfter as wait:
            self._closed_until_s = self._now_s() + wait.seconds
            return ""
        except (Refused, Forbidden, Gone) as refusal:
            log.debug("answers in this chat are posted, not streamed: %s", refusal)
            self._refused[where.chat] = self._now_s() + REFUSED_FOR_S
            if len(self._refused) > CHATS_REMEMBERED:
                self._refused.popitem(last=False)
            return ""
        finally:
            self._opening -= 1
        part = str(answer["ts"])
        self._open[part] = _Stream(self._now_s())
        return part

    def _room(self) -> bool:
        """Each stream is begun only where it can be stopped at any moment: stops never wait for their tier."""
        now = self._now_s()
        while self._open and next(iter(self._open.values())).began_s < now - FORGOTTEN_AFTER_S:
            self._open.popitem(last=False)
        stops = self._stops.room() - len(self._open) - self._opening
        return now >= self._closed_until_s and stops > 0 and self._starts.room() > 0

    async def grow(self, chat: str, part: str, text: str) -> bool:
        """Append what is new; False where the message is in no stream, so that it has to be updated.

        Left out where the tier has no room. Raises ChannelError.
        """
        stream = self._open.get(part)
        if stream is None:
            return False
        shown = markdown(text)[:-HELD_BACK]
        if stream.unsure or not shown.startswith(stream.sent) or len(shown) > MARKDOWN_AT_MOST:
            await self.stop(chat, part)
            return False
        more = shown[len(stream.sent) :]
        if more and self._appends.try_take() and await self._appends.room_beside():
            await self._append(chat, part, stream, more)
        return True

    async def _append(self, chat: str, part: str, stream: _Stream, more: str) -> None:
        stream.unsure = True  # also where this is cancelled on its way
        try:
            await self._call(lambda client: client.chat_appendStream(channel=chat, ts=part, markdown_text=more))
        except Ambiguous:
            raise
        except (RetryAfter, Unreachable):
            stream.unsure = False
            raise
        except (Refused, Forbidden, Gone) as refusal:
            stream.unsure = False
            if says(refusal, "message_not_in_streaming_state", "stopped_by_user", "message_not_found"):
                self._open.pop(part, None)
            raise
        stream.sent += more
        stream.unsure = False

    async def finish(self, chat: str, part: str, text: str, blocks: str) -> bool:
        """End the stream with all that is missing of the text, and with these blocks below it.

        False where the message is in no stream any more and has to be updated. Raises ChannelError.
        """
        stream = self._open.get(part)
        if stream is None:
            return False
        whole = markdown(text)
        if stream.unsure or not whole.startswith(stream.sent) or len(whole) > MARKDOWN_AT_MOST:
            await self.stop(chat, part)
            return False
        rest = whole[len(stream.sent) :]
        stream.unsure = True
        await self._stops.take()
        try:
            await self._call(
                lambda client: client.chat_stopStream(
                    channel=chat, ts=part, markdown_text=rest or None, blocks=blocks or None
                )
            )
        except Gone:
            self._open.pop(part, None)
            raise
        except (RetryAfter, Unreachable):
            stream.unsure = False
            raise
        except (Refused, Forbidden) as refusal:
            log.debug("a stream is ended without its last words: %s", refusal)
            await self.stop(chat, part)
            return False
        self._open.pop(part, None)
        return True

    async def stop(self, chat: str, part: str) -> None:
        """End the stream as it stands, also one of an earlier process; one that has ended is no error.

        Raises ChannelError.
        """
        await self._stops.take()
        try:
            await self._call(lambda client: client.chat_stopStream(channel=chat, ts=part))
        except (Refused, Forbidden, Gone) as refusal:
            self._open.pop(part, None)
            if not says(refusal, "message_not_in_streaming_state"):
                raise
        self._open.pop(part, None)

    def is_open(self, part: str) -> bool:
        return part in self._open


def markdown(text: str) -> str:
    """The text as markdown_text that calls nobody; more text changes nothing before its last HELD_BACK characters."""
    return _CALLS.sub(lambda found: found[0] + "\N{WORD JOINER}", storable(text))
