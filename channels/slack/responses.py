"""Answers that one person alone sees: to slash commands and shortcuts, by the address that Slack gave with them."""

import logging
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from channels.slack.events import asker_of
from channels.slack.tiers import APPENDS_A_MINUTE, Tiers
from channels.slack.web import Web
from hub.channel import Ambiguous, Gone, Notes
from hub.messages import Target

log = logging.getLogger(__name__)

HOST = "hooks.slack.com"
USES = 5
GOOD_FOR_S = 1800.0
"""Slack's own figures for a response_url."""
REMEMBERED = 1_000


class _Way(msgspec.Struct):
    url: str
    until_s: float
    uses: int = USES


class Responses:
    """The ways back that are open. After a restart, or when one is used up, chat.postEphemeral has to do.

    `notes`: of the app's other processes, which may answer what came in here.
    """

    def __init__(self, web: Web, tiers: Tiers, now_s: Callable[[], float], notes: Notes | None = None) -> None:
        self._notes = notes
        self._web = web
        self._now_s = now_s
        self._ephemerals = tiers.bucket(APPENDS_A_MINUTE, "chat.postEphemeral")
        self._ways: OrderedDict[str, _Way] = OrderedDict()

    async def remember(self, message: str, url: str) -> None:
        """The way back to who sent the command; an address that is not Slack's own is forgotten at once.

        Raises TrunklineError where the others cannot be told.
        """
        if self._web.is_slacks(url, HOST):
            self._keep(message, url)
            if self._notes:
                await self._notes.leave(f"way/{message}", url, GOOD_FOR_S)

    def _keep(self, message: str, url: str) -> None:
        self._ways[message] = _Way(url, self._now_s() + GOOD_FOR_S)
        if len(self._ways) > REMEMBERED:
            self._ways.popitem(last=False)

    async def show(self, target: Target, text: str) -> None:
        """Show the text (mrkdwn) to who asked. One whose fate is unknown is not sent again. Raises ChannelError."""
        try:
            if not await self._by_url(target.reply_to, text):
                await self._ephemeral(target, text)
        except Ambiguous as error:
            log.warning("an answer for one person alone may not have been shown: %s", error)

    async def _by_url(self, message: str, text: str) -> bool:
        if message not in self._ways and self._notes and (url := await self._notes.find(f"way/{message}")):
            self._keep(message, url)
        way = self._ways.get(message)
        if way is None or not way.uses or way.until_s <= self._now_s():
            return False
        try:
            await self._web.post(way.url, {"response_type": "ephemeral", "replace_original": False, "text": text})
        except Gone:
            del self._ways[message]
            if self._notes:
                await self._notes.drop(f"way/{message}")
            return False
        way.uses -= 1
        return True

    async def _ephemeral(self, target: Target, text: str) -> None:
        await self._ephemerals.take()
        where = target.conversation
        user = asker_of(target.reply_to)
        await self._web.call(lambda client: client.chat_postEphemeral(channel=where.chat, user=user, text=text))
