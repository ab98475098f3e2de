"""Long polling: each batch is the hub's before the platform may forget it."""

import asyncio
import logging
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import BaseRequest

from channels.telegram.intake import Intake, NotTaken
from channels.telegram.patience import NOT_OF_THE_BOT_API, SOMETHING_ELSE, Patience
from channels.telegram.payloads import read
from channels.telegram.updates import ALLOWED, Event
from hub.channel import Hub

_log = logging.getLogger(__name__)

POLL_S = 30
"""How long the platform holds an empty answer back; it allows 50."""
BEGIN_FIRST_S = 0.002
"""After a batch its turns begin before more is asked for: asking takes the event loop longer than beginning one."""
_ANSWER_S = 10
"""How long after that an answer may take on its way."""


class Poller:
    """One bot's long poll.

    The offset says what this process has handed over. The platform keeps the rest for a day, so a start needs none.
    """

    def __init__(
        self, bot: Bot, request: BaseRequest, account: str, intake: Intake, patience: Patience, *, poll_s: int = POLL_S
    ) -> None:
        self._bot = bot
        self._request = request
        self._account = account
        self._intake = intake
        self._patience = patience
        self._poll_s = poll_s
        self._offset = self._next = 0

    async def run(self, hub: Hub) -> None:
        """Poll until cancelled. Every failure is told once, then tried again."""
        ready = False
        while True:
            try:
                if not ready:
                    await self._prepare()
                    ready = True
                await self._hand_over(hub, await self._fetch())
            except TelegramError as error:
                await self._patience.after(error)
            except NOT_OF_THE_BOT_API:
                await self._patience.wait(SOMETHING_ELSE)
            except NotTaken as error:
                await self._patience.wait(str(error))
            else:
                self._patience.recovered()

    async def _prepare(self) -> None:
        username = await self._intake.introduce()
        webhook = await self._bot.get_webhook_info()
        if webhook.url:
            _log.warning(
                "Telegram %s (@%s): a webhook is set, and none may be while messages are polled; "
                "it is removed, what waits behind it is kept.",
                self._account,
                username,
            )
            await self._bot.delete_webhook(drop_pending_updates=False)
        _log.info("Telegram %s: polling as @%s.", self._account, username)

    async def _fetch(self) -> list[Event]:
        """The next events; `_next` is then the offset that confirms them."""
        query: dict[str, str | int] = {"timeout": self._poll_s, "allowed_updates": _ALLOWED}
        if self._offset:
            query["offset"] = self._offset
        address = f"{self._bot.base_url}/getUpdates?{urlencode(query)}"
        payload = await self._request.retrieve(address, read_timeout=self._poll_s + _ANSWER_S)
        events: list[Event] = []
        self._next = self._offset
        for update in read(payload, self._offset):
            self._next = max(self._next, update.update_id + 1)
            if event := self._intake.event(update):
                events.append(event)
        return events

    async def _hand_over(self, hub: Hub, events: list[Event]) -> None:
        if events:
            await self._intake.hand_over(hub, events)
        self._offset = self._next
        if events:
            await asyncio.sleep(BEGIN_FIRST_S)


_ALLOWED = "[" + ",".join(f'"{kind}"' for kind in ALLOWED) + "]"
