"""What people wrote while no hub ran: found after a new session began, and handed over before what they write now."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable

import msgspec

from channels.discord.events import DISCORD_EPOCH_MS, Began, Deleted, Event, Reader, Reopened, Standing
from channels.discord.rest import Rest
from hub.channel import ChannelError, Forbidden, Gone, Hub, Refused, RetryAfter
from hub.errors import TrunklineError
from hub.messages import Message, Press, Seen

_log = logging.getLogger(__name__)

REACH_MS = 24 * 3600 * 1000
"""What is older is not answered any more."""
PAGE = 100
"""Messages that Discord gives at once."""
PAGES_OF_ONE = 20
"""2,000 messages of one channel: then the rest is left, with a word in the log."""
PAGES_AT_MOST = 2_000
"""Of one session's beginning."""
TRIES = 8
_LONGEST_WAIT_S = 60.0


class _Gap(msgspec.Struct):
    """One place whose past is not known from here on."""

    guild: str
    after: int
    membership: bool = False
    """Nothing was missed there; only whether the bot is in the thread is not known."""
    pages: int = 0
    failures: int = 0
    revisions: dict[str, int] = {}
    """Of the messages that its past held, by id."""


class CatchUp:
    """Stands between the gateway and the hub. `give` takes what is in its right order.

    `a_second`: requests; the rest of what Discord allows belongs to answers.
    """

    def __init__(
        self,
        account: str,
        rest: Rest,
        reader: Reader,
        give: Callable[[Event], None],
        *,
        a_second: float,
        sleep: Callable[[float], Awaitable[None]],
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._account = account
        self._rest = rest
        self._reader = reader
        self._give = give
        self._interval_s = 1 / a_second
        self._sleep = sleep
        self._now_ms = now_ms
        self._seen: dict[str, int] | None = None
        """Id of the newest stored message by place; None: the hub has not been asked yet."""
        self._since = 0
        """The id before which nothing is looked for."""
        self._standing: list[Standing] = []
        self._stood: set[str] = set()
        """Servers that have told of their channels in this session."""
        self._gaps: dict[str, _Gap] = {}
        self._waiting: defaultdict[str, list[Event]] = defaultdict(list)
        """What came live, by place, while its past is being fetched."""
        self._pages = 0
        self._wake = asyncio.Event()

    def hear(self, event: Event) -> None:
        """Pass it on now, or after the past of its place."""
        match event.what:
            case Began():
                self._seen = None
                self._gaps.clear()
                self._standing.clear()
                self._stood.clear()
                self._wake.set()
            case Standing() as standing:
                self._standing.append(standing)
                if self._seen is not None:
                    self._look_for_gaps()
                    self._let_go_where_nothing_is_missing()
            case Reopened(thread=thread):
                self._gaps.setdefault(thread, _Gap("", 0, membership=True))
                self._wake.set()
            case _:
                if event.place in self._waiting or self._must_wait(event):
                    self._waiting[event.place].append(event)
                else:
                    self._pass_on(event)

    async def run(self, hub: Hub) -> None:
        """Fetch what is missing, whenever something is. Never ends by itself."""
        while True:
            if self._seen is None:
                await self._ask(hub)
            elif self._gaps:
                await self._sleep(self._interval_s)
                await self._fetch_next()
            else:
                self._wake.clear()
                await self._wake.wait()

    def leftover(self) -> list[Event]:
        """At the end: what still waits and would not be found again. Messages are: the next start looks for them."""
        return [event for held in self._waiting.values() for event in held if not isinstance(event.what, Message)]

    # -- where something is missing ----------------------------------------------------------------------------------

    async def _ask(self, hub: Hub) -> None:
        since_ms = self._now_ms() - REACH_MS
        seen: list[Seen] = []
        for attempt in range(TRIES):
            try:
                seen = await hub.last_seen("discord", self._account, since_ms)
                break
            except TrunklineError as error:
                _log.warning("Discord %s: what was seen last cannot be read now: %s", self._account, error)
            except Exception:  # noqa: BLE001 - what people write now waits behind it
                _log.exception("Discord %s: what was seen last cannot be read.", self._account)
            await self._sleep(min(_LONGEST_WAIT_S, 0.25 * 2.0**attempt))
        self._pages = 0
        self._since = max(0, since_ms - DISCORD_EPOCH_MS) << 22
        self._seen = {}
        for each in seen:
            self._reader.places.know_seen(each.conversation)
            place = each.conversation.thread or each.conversation.chat
            self._seen[place] = max(self._since, int(each.platform_id))
            if each.conversation.private:
                self._gaps[place] = _Gap("", self._seen[place])
        self._look_for_gaps()
        self._let_go_where_nothing_is_missing()

    def _look_for_gaps(self) -> None:
        assert self._seen is not None
        for standing in self._standing:
            self._stood.add(standing.guild)
            for place, newest in standing.newest.items():
                after = self._seen.get(place, self._since)
                if newest > after:
                    self._gaps[place] = _Gap(standing.guild, after)
        self._standing.clear()
        self._wake.set()

    # -- fetching it -------------------------------------------------------------------------------------------------

    async def _fetch_next(self) -> None:
        """One page of a place where somebody waits right now, else of the next."""
        if self._pages >= PAGES_AT_MOST:
            _log.warning(
                "Discord %s: too much was written meanwhile; %d channels are left out.", self._account, len(self._gaps)
            )
            for place, gap in list(self._gaps.items()):
                self._close(place, gap)
        elif self._gaps:
            urgent = next((place for place in self._waiting if place in self._gaps), None)
            await self._fetch(urgent or next(iter(self._gaps)))

    async def _fetch(self, place: str) -> None:
        gap = self._gaps[place]
        try:
            page = await (self._look_for_me(place) if gap.membership else self._page(place, gap))
        except RetryAfter as wait:
            return await self._sleep(min(_LONGEST_WAIT_S, wait.seconds))
        except (Gone, Forbidden, Refused) as error:
            level = logging.DEBUG if gap.membership else logging.INFO
            _log.log(level, "Discord %s: the past of %s cannot be read: %s", self._account, place, error)
            page = []
        except ChannelError as error:
            return await self._try_later(place, gap, error)
        if self._gaps.get(place) is gap:  # or a newer session began meanwhile
            self._hand_over(place, gap, page)

    async def _page(self, place: str, gap: _Gap) -> object:
        query = {"after": str(gap.after), "limit": str(PAGE)}
        return await self._rest.request("GET", "/channels/{channel_id}/messages", channel_id=place, query=query)

    async def _look_for_me(self, thread: str) -> object:
        """Gone is raised where the bot is not in the thread."""
        path = "/channels/{channel_id}/thread-members/{user_id}"
        await self._rest.request("GET", path, channel_id=thread, user_id=self._reader.places.me)
        self._reader.places.joined(thread)
        return []

    async def _try_later(self, place: str, gap: _Gap, error: ChannelError) -> None:
        gap.failures += 1
        if gap.failures >= TRIES:
            _log.warning("Discord %s: what was written in %s meanwhile is not known: %s", self._account, place, error)
            return self._close(place, gap)
        if self._gaps.get(place) is gap:
            self._gaps[place] = self._gaps.pop(place)  # the others first
        await self._sleep(min(_LONGEST_WAIT_S, 0.25 * 2.0**gap.failures))

    def _hand_over(self, place: str, gap: _Gap, page: object) -> None:
        """One page, oldest first."""
        messages = sorted(
            (each for each in page if isinstance(each, dict) and str(each.get("id", "")).isdecimal())
            if isinstance(page, list)
            else (),
            key=lambda each: int(each["id"]),
        )
        for message in messages:
            for event in self._reader.read_past(message, gap.guild):
                if isinstance(event.what, Message):
                    gap.revisions[event.what.platform_id] = event.what.revision
                self._pass_on(event)
        gap.pages, self._pages = gap.pages + 1, self._pages + 1
        if len(messages) < PAGE:
            return self._close(place, gap)
        gap.after = int(messages[-1]["id"])
        if gap.pages >= PAGES_OF_ONE:
            _log.warning("Discord %s: too much was written in %s meanwhile; the rest is left.", self._account, place)
            self._close(place, gap)

    def _close(self, place: str, gap: _Gap) -> None:
        if self._gaps.get(place) is gap:
            del self._gaps[place]
            self._let_go(place, gap.revisions)

    def _let_go(self, place: str, revisions: dict[str, int]) -> None:
        """What came live meanwhile, without what its past has told already."""
        for event in self._waiting.pop(place, ()):
            what = event.what
            if isinstance(what, Message):
                if what.revision <= revisions.get(what.platform_id, -1):
                    continue
                meant = what.addressed or self._reader.places.in_thread(place)
                event = msgspec.structs.replace(event, what=msgspec.structs.replace(what, addressed=meant))
            self._pass_on(event)

    def _let_go_where_nothing_is_missing(self) -> None:
        for place in [place for place, held in self._waiting.items() if not self._must_wait(held[0])]:
            self._let_go(place, {})

    def _must_wait(self, event: Event) -> bool:
        """Whether the past of its place is not in, or it is not known yet whether anything is missing there."""
        if not event.place:
            return False
        return self._seen is None or event.place in self._gaps or not self._stood.issuperset(_server(event))

    def _pass_on(self, event: Event) -> None:
        if self._seen is not None and isinstance(event.what, Message) and event.what.conversation.workspace:
            number = int(event.what.platform_id)
            self._seen[event.place] = max(number, self._seen.get(event.place, 0))
        self._give(event)


def _server(event: Event) -> set[str]:
    """The one that it comes from, if any."""
    if isinstance(event.what, Message | Press | Deleted) and event.what.conversation.workspace:
        return {event.what.conversation.workspace}
    return set()
