"""Long polling: each batch is the hub's before the platform may forget it."""

import logging
import random
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from telegram import Bot
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.request import BaseRequest

from channels.telegram.sending import brief
from channels.telegram.transport import AskedToWait
from channels.telegram.updates import ALLOWED, Me, Unread, message_of, press_of, read
from hub.channel import Hub
from hub.errors import TrunklineError
from hub.messages import Message, Press

_log = logging.getLogger(__name__)

POLL_S = 30
"""How long the platform holds an empty answer back; it allows 50."""
_ANSWER_S = 10
"""How long after that an answer may take on its way."""
_LONGEST_WAIT_S = 60.0
_CONFLICT_WAIT_S = 10.0
"""At the least, where another process polls: each attempt of ours breaks off one of its polls."""


class NotTaken(TrunklineError):
    """The hub did not store a batch."""


class Poller:
    """One bot's long poll.

    The offset says what this process has handed over. The platform keeps the rest for a day, so a start needs none.
    """

    def __init__(
        self,
        bot: Bot,
        request: BaseRequest,
        account: str,
        *,
        poll_s: int = POLL_S,
        sleep: Callable[[float], Awaitable[None]],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._bot = bot
        self._request = request
        self._account = account
        self._poll_s = poll_s
        self._sleep = sleep
        self._chance = chance
        self._offset = self._next = 0
        self._failures = 0
        self._trouble = ""
        self._me = Me()

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
                await self._back_off(_said(error), _least_wait(error))
            except (ValueError, RecursionError):
                await self._back_off("Telegram's answer is not of the Bot API; is a proxy in between?")
            except NotTaken as error:
                await self._back_off(str(error))
            else:
                self._recovered()

    async def _prepare(self) -> None:
        me = await self._bot.get_me()
        self._me = Me(me.id, me.username or "")
        webhook = await self._bot.get_webhook_info()
        if webhook.url:
            _log.warning(
                "Telegram %s (@%s): a webhook is set, and none may be while messages are polled; "
                "it is removed, what waits behind it is kept.",
                self._account,
                me.username,
            )
            await self._bot.delete_webhook(drop_pending_updates=False)
        _log.info("Telegram %s: polling as @%s.", self._account, me.username)

    async def _fetch(self) -> list[Message | Press]:
        """The next messages and presses; `_next` is then the offset that confirms them."""
        query: dict[str, str | int] = {"timeout": self._poll_s, "allowed_updates": _ALLOWED}
        if self._offset:
            query["offset"] = self._offset
        address = f"{self._bot.base_url}/getUpdates?{urlencode(query)}"
        payload = await self._request.retrieve(address, read_timeout=self._poll_s + _ANSWER_S)
        events: list[Message | Press] = []
        self._next = self._offset
        for update in read(payload, self._offset):
            self._next = max(self._next, update.update_id + 1)
            if isinstance(update, Unread):
                _log.warning(
                    "Telegram %s: update %d cannot be read and is passed over: %s",
                    self._account,
                    update.update_id,
                    update.reason,
                )
            elif event := message_of(update, self._account, self._me) or press_of(update, self._account):
                events.append(event)
            else:
                _log.debug("Telegram %s: update %d is no message for the hub.", self._account, update.update_id)
        return events

    async def _hand_over(self, hub: Hub, events: list[Message | Press]) -> None:
        if events:
            try:
                messages = [each for each in events if isinstance(each, Message)]
                if messages:
                    await hub.accept(messages)
                for press in (each for each in events if isinstance(each, Press)):
                    await hub.pressed(press)
                    await self._confirm(press)
            except TrunklineError as error:
                raise NotTaken(f"the hub cannot take messages now: {error} Trying on; Telegram keeps them.") from error
            except Exception as error:
                _log.exception("Telegram %s: the hub failed to take messages.", self._account)
                raise NotTaken("the hub failed to take messages. Trying on; Telegram keeps them.") from error
        self._offset = self._next

    async def _confirm(self, press: Press) -> None:
        """Ends the button's spinning; of no consequence where it fails."""
        kind, _, query = press.event_id.partition("-")
        if kind == "callback":
            try:
                await self._bot.answer_callback_query(query)
            except TelegramError as error:
                _log.debug("Telegram %s: a button spins on: %s", self._account, brief(error))

    async def _back_off(self, trouble: str, least_s: float = 0.0) -> None:
        if trouble != self._trouble:
            _log.warning("Telegram %s: %s", self._account, trouble)
            self._trouble = trouble
        growing = min(_LONGEST_WAIT_S, 0.5 * 2.0 ** min(self._failures, 10))
        self._failures += 1
        await self._sleep(max(least_s, growing) * (1 + self._chance() / 2))

    def _recovered(self) -> None:
        if self._failures:
            _log.info("Telegram %s: polling again.", self._account)
        self._failures = 0
        self._trouble = ""


_ALLOWED = "[" + ",".join(f'"{kind}"' for kind in ALLOWED) + "]"


def _said(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        if "webhook" in str(error).lower():
            return "a webhook was set on this bot again; remove it (deleteWebhook) or stop who sets it. Trying on."
        return "another process polls with the same token; stop it, or give each its own bot. Trying on."
    if isinstance(error, InvalidToken):
        return "Telegram does not know the token; take a fresh one from @BotFather. Trying on, slowly."
    if isinstance(error, AskedToWait):
        return f"Telegram asks to wait {error.seconds:g} s before the next poll."
    return f"no updates from Telegram ({type(error).__name__}: {brief(error)}). Trying on."


def _least_wait(error: TelegramError) -> float:
    if isinstance(error, AskedToWait):
        return error.seconds
    if isinstance(error, InvalidToken):
        return _LONGEST_WAIT_S
    return _CONFLICT_WAIT_S if isinstance(error, Conflict) else 0.0
