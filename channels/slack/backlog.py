"""What people wrote while nobody listened: found in Slack's history, handed over oldest first, chat by chat.

While this runs, a live message of a chat that was not looked at yet waits for that chat, so that order is kept. Where
that takes too long it is not acknowledged: it stands in the history by then, and Slack delivers it once more.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

import msgspec
from slack_sdk.web.async_client import AsyncWebClient

from channels.slack.events import is_ts
from channels.slack.tiers import UPDATES_A_MINUTE, Sleep, Tier, Tiers
from hub.channel import Ambiguous, ChannelError, Forbidden, Gone, Refused, RetryAfter, Unreachable
from hub.errors import TrunklineError
from hub.messages import Seen

log = logging.getLogger(__name__)

AGE_S = 24 * 3600.0
"""Nobody waits longer for an answer: what is older is left alone."""
MARGIN_S = 600.0
"""Looked back beyond the newest known message: longer than Slack itself repeats what was not acknowledged."""
THREADS_AT_MOST = 200
"""Known threads that are looked into, those with the newest messages."""
PAGE = 200
PAGES_AT_MOST = 10
"""Of one chat or thread."""
TRIES = 5
AGAIN_AFTER_S = 30.0
"""Where Slack could not be reached, or the hub could not store what was found."""
LIVE_WAITS_S = 2.0
"""Slack wants an acknowledgement within three seconds."""
_KINDS = "im,mpim,private_channel,public_channel"

Json = Mapping[str, Any]
Call = Callable[[Callable[[AsyncWebClient], Awaitable[Any]]], Awaitable[Any]]


class _Search(msgspec.Struct):
    """One look at everything since a moment."""

    oldest: str
    """A time stamp of Slack's."""
    threads: dict[str, list[str]]
    """By chat: the threads that the hub has seen."""
    kinds: dict[str, str]
    """By chat: im, mpim, group or channel."""
    settled: set[str]


class Backlog:
    """One app's. `hand_over` takes events of one chat in order; `lane` is that chat's place in line.

    `now_s`: seconds since 1970, as Slack's time stamps are.
    """

    def __init__(
        self,
        call: Call,
        *,
        hand_over: Callable[[Sequence[Json]], Awaitable[None]],
        lane: Callable[[str], AbstractAsyncContextManager[None]],
        tiers: Tiers,
        now_s: Callable[[], float],
        sleep: Sleep,
    ) -> None:
        self._call = call
        self._hand_over = hand_over
        self._lane = lane
        self._sleep = sleep
        self._now_s = now_s
        self._listing, self._history, self._replies = (tiers.bucket(UPDATES_A_MINUTE) for _ in range(3))
        self._search: _Search | None = None

    def begin(self, seen: Sequence[Seen], since_s: float = 0.0) -> None:
        """From now on no live message overtakes what is still to be found; `run` does the finding.

        `seen`: the newest known message of each conversation, newest first. `since_s`: when listening ended, if known;
        otherwise the newest message tells. A hub that knows no message looks back by the margin alone.
        """
        now = self._now_s()
        known = since_s or max((each.sent_ms / 1000 for each in seen), default=now)
        oldest = max(now - AGE_S, min(known, now) - MARGIN_S)
        if self._search:  # that look was not over
            oldest = min(oldest, float(self._search.oldest))
        kinds, threads = dict[str, str](), dict[str, list[str]]()
        for each in seen:
            kinds.setdefault(each.conversation.chat, "im" if each.conversation.private else "channel")
        for each in [each for each in seen if is_ts(each.conversation.thread)][:THREADS_AT_MOST]:
            threads.setdefault(each.conversation.chat, []).append(each.conversation.thread)
        self._search = _Search(f"{oldest:.6f}", threads, kinds, set())

    async def run(self) -> None:
        """Look at every chat once. What Slack refuses is left out, with a line in the log."""
        search = self._search
        if search is None:
            return
        for chat, kind in (await self._conversations()).items():
            search.kinds[chat] = kind  # known chats stay in front: they are the likely ones
        while self._search is search and (left := [chat for chat in search.kinds if chat not in search.settled]):
            for chat in left:
                if self._search is not search:
                    return  # a look that begins later sees all that this one would
                await self._settle_in_line(search, chat)
            if not search.settled.issuperset(left):
                await self._sleep(AGAIN_AFTER_S)
        if self._search is search:
            self._search = None

    async def _settle_in_line(self, search: _Search, chat: str) -> None:
        async with self._lane(chat):
            try:
                await self._settle(search, chat)
            except TrunklineError as error:
                log.warning("what was written in %s meanwhile is not known yet: %s", chat, error)
            except Exception:  # a defect in one chat's messages must not end the listening of all
                log.exception("what was written in %s meanwhile is not known yet", chat)

    async def is_settled(self, chat: str) -> bool:
        """Look at this chat now, if it was not yet; whether that is done in time. Its lane is held by the caller.

        Raises TrunklineError where the hub cannot take what was found.
        """
        search = self._search
        if search is None or chat in search.settled or not chat:
            return True
        try:
            async with asyncio.timeout(LIVE_WAITS_S):
                await self._settle(search, chat)
        except TimeoutError:
            return False
        return True

    async def thread_of(self, chat: str, message: str) -> str:
        """The thread that a message stands in; empty where it stands in none, or is gone. Raises ChannelError."""
        await self._replies.take()
        try:
            answer = await self._call(lambda client: client.conversations_replies(channel=chat, ts=message, limit=1))
        except (Gone, Forbidden, Refused):
            return ""
        first: Json = next(iter(answer.get("messages") or ()), {})
        thread = str(first.get("thread_ts") or "")
        return "" if thread == message else thread

    async def _settle(self, search: _Search, chat: str) -> None:
        if chat in search.settled:
            return
        try:
            found = await self._messages(search, chat)
        except (Gone, Forbidden, Refused) as refusal:
            log.info("the history of %s is closed to the bot: %s", chat, refusal)
            found = []
        kind = search.kinds.get(chat) or ("im" if chat.startswith("D") else "channel")
        events = [{**message, "type": "message", "channel": chat, "channel_type": kind} for message in found]
        if events:
            await self._hand_over(events)
        search.settled.add(chat)

    async def _messages(self, search: _Search, chat: str) -> list[Json]:
        """All that was written since, in threads too, oldest first."""
        roots = await self._pages(
            self._history, lambda client, **page: client.conversations_history(channel=chat, **page), search.oldest
        )
        alive = [str(root["ts"]) for root in roots if _newer(root.get("latest_reply"), search.oldest)]
        found = {str(root["ts"]): root for root in roots}
        for thread in dict.fromkeys([*search.threads.get(chat, ()), *alive]):
            for reply in await self._thread(chat, thread, search.oldest):
                found[str(reply["ts"])] = reply
        newer = [message for ts, message in found.items() if _newer(ts, search.oldest)]
        return sorted(newer, key=lambda message: float(message["ts"]))

    async def _thread(self, chat: str, thread: str, oldest: str) -> list[Json]:
        try:
            return await self._pages(
                self._replies,
                lambda client, **page: client.conversations_replies(channel=chat, ts=thread, **page),
                oldest,
            )
        except (Gone, Refused):
            return []  # the thread's first message was deleted

    async def _pages(self, tier: Tier, ask: Callable[..., Awaitable[Any]], oldest: str) -> list[Json]:
        found: list[Json] = []
        cursor = None
        for _ in range(PAGES_AT_MOST):
            answer = await self._asked(tier, _page_of(ask, oldest=oldest, limit=PAGE, cursor=cursor))
            found += [each for each in answer.get("messages") or () if isinstance(each, Mapping) and each.get("ts")]
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return found
        log.warning("more was written in a chat meanwhile than is read at once: %d messages count", len(found))
        return found

    async def _conversations(self) -> dict[str, str]:
        """Every chat that the bot is in, with its kind; none where Slack refuses to tell."""
        while True:
            try:
                return await self._list_conversations()
            except (Forbidden, Refused, Gone) as refusal:
                log.warning("Slack does not list the bot's chats; only known ones are caught up on: %s", refusal)
                return {}
            except ChannelError as error:
                log.warning("Slack does not list the bot's chats yet: %s", error)
                await self._sleep(AGAIN_AFTER_S)

    async def _list_conversations(self) -> dict[str, str]:
        found: dict[str, str] = {}
        cursor = None
        while True:
            page = _page_of(_list, limit=PAGE, cursor=cursor)
            answer = await self._asked(self._listing, page)
            for each in answer.get("channels") or ():
                found[str(each.get("id"))] = _kind(each)
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return found

    async def _asked(self, tier: Tier, send: Callable[[AsyncWebClient], Awaitable[Any]]) -> Any:
        """Reading can be repeated. Raises ChannelError."""
        pause = 1.0
        for left in reversed(range(TRIES)):
            await tier.take()
            try:
                return await self._call(send)
            except RetryAfter as wait:
                await self._sleep(wait.seconds)
            except (Unreachable, Ambiguous):
                if not left:
                    raise
                await self._sleep(pause)
                pause *= 2
        raise Unreachable("Slack keeps asking to wait.")


def _page_of(ask: Callable[..., Awaitable[Any]], **page: Any) -> Callable[[AsyncWebClient], Awaitable[Any]]:
    return lambda client: ask(client, **page)


def _list(client: AsyncWebClient, **page: Any) -> Awaitable[Any]:
    return client.users_conversations(types=_KINDS, exclude_archived=True, **page)


def _newer(ts: Any, oldest: str) -> bool:
    try:
        return float(ts) > float(oldest)
    except (TypeError, ValueError):
        return False


def _kind(chat: Json) -> str:
    if chat.get("is_im"):
        return "im"
    return "mpim" if chat.get("is_mpim") else "group" if chat.get("is_private") else "channel"
