"""Where people are, as their Slack profile says: fetched behind the scenes, so that no message waits for it."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from channels.slack.tiers import Tier
from hub.channel import ChannelError
from hub.messages import Hints

log = logging.getLogger(__name__)

REMEMBERED = 10_000
FRESH_S = 6 * 3600.0
"""People travel, and Slack's clients then change the time zone."""
AGAIN_AFTER_S = 60.0
"""After a refusal."""
AT_ONCE = 4
WAITING_AT_MOST = 200
"""users.info is of tier 4, 100 a minute; whoever finds no room is asked about at the next message."""


class _Known(msgspec.Struct, frozen=True):
    hints: Hints
    name: str
    until_s: float


class People:
    """What is known of each user, at most `REMEMBERED` of them. `ask` is users.info: a user id -> its `user` table."""

    def __init__(
        self, ask: Callable[[str], Awaitable[Mapping[str, Any]]], now_s: Callable[[], float], tier: Tier
    ) -> None:
        self._ask = ask
        self._now_s = now_s
        self._tier = tier
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    def about(self, user: str) -> tuple[Hints, str]:
        """Hints and display name as far as they are known now; what is unknown or stale is asked for meanwhile."""
        known = self._known.get(user)
        if known is None or known.until_s <= self._now_s():
            self._refresh(user)
        if known is None:
            return Hints(), ""
        self._known.move_to_end(user)
        return known.hints, known.name

    async def close(self) -> None:
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    def _refresh(self, user: str) -> None:
        if user.startswith("B") or user in self._asking or len(self._asking) >= WAITING_AT_MOST:
            return
        self._asking[user] = asyncio.create_task(self._learn(user))

    async def _learn(self, user: str) -> None:
        try:
            async with self._room:
                await self._tier.take()
                profile = await self._ask(user)
            known = _Known(_hints(profile), _name(profile), self._now_s() + FRESH_S)
        except ChannelError as error:
            log.debug("the profile of a Slack user is not known: %s", error)
            before = self._known.get(user)
            known = _Known(
                before.hints if before else Hints(), before.name if before else "", self._now_s() + AGAIN_AFTER_S
            )
        finally:
            del self._asking[user]
        self._known[user] = known
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _hints(profile: Mapping[str, Any]) -> Hints:
    zone, tag = profile.get("tz"), profile.get("locale")
    tag = tag if isinstance(tag, str) else ""
    return Hints(
        time_zone=zone if isinstance(zone, str) else "",
        locale=tag if "-" in tag else "",
        language="" if "-" in tag else tag,
    )


def _name(profile: Mapping[str, Any]) -> str:
    inner = profile.get("profile")
    shown = inner.get("display_name") if isinstance(inner, Mapping) else ""
    for name in (shown, profile.get("real_name"), profile.get("name")):
        if isinstance(name, str) and name:
            return name
    return ""
