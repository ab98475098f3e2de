"""The webhook: the platform calls the hub's one HTTP server, and each update is the hub's before 200 is answered."""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from telegram import Bot, WebhookInfo
from telegram.error import TelegramError

from channels.bodies import Unread, body_of
from channels.telegram.intake import Intake, NotTaken
from channels.telegram.patience import NOT_OF_THE_BOT_API, SOMETHING_ELSE, Patience
from channels.telegram.payloads import read_one
from channels.telegram.updates import ALLOWED, Event
from hub.channel import Hub

_log = logging.getLogger(__name__)

BODY_AT_MOST = 1024 * 1024
"""Bytes; an update of the platform is far smaller."""
CONNECTIONS = 40
"""Calls at once, the platform's own default. It makes those of one chat one after the other."""
_LOOK_EVERY_S = 60.0
_HEADER = "x-telegram-bot-api-secret-token"


class _Line:
    """The updates of one chat that are being taken. `refused` counts those that the hub did not take."""

    __slots__ = ("lock", "refused", "waiting")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.refused = 0
        self.waiting = 0


class Webhook:
    """One bot's webhook at `url`, the address at which the platform reaches the hub's server from outside.

    A part of the path is made from the secret: where the secret changes, so does the address, which the platform shows
    (it never shows the secret), and it is told both anew.
    """

    def __init__(
        self,
        bot: Bot,
        account: str,
        intake: Intake,
        patience: Patience,
        *,
        url: str,
        secret: str,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._bot = bot
        self._account = account
        self._intake = intake
        self._patience = patience
        self._secret = secret
        self._sleep = sleep
        mark = hmac.new(secret.encode(), b"trunkline webhook path", hashlib.sha256).hexdigest()[:16]
        self.path = f"/telegram/{account}/{mark}"
        self.url = url.rstrip("/") + self.path
        self._hub: Hub | None = None
        self._lines: dict[str, _Line] = {}
        self._stranger_told = False
        self._trouble = ""
        self._failure_told: object = None

    async def run(self, hub: Hub) -> None:
        """Take what the platform brings until cancelled; look now and again whether it still knows where to."""
        registered = False
        try:
            while True:
                try:
                    if self._hub is None:
                        await self._intake.introduce()
                        self._hub = hub  # calls may come as soon as the address is told
                    await self._register(first=not registered)
                    registered = True
                except TelegramError as error:
                    await self._patience.after(error)
                except NOT_OF_THE_BOT_API:
                    await self._patience.wait(SOMETHING_ELSE)
                else:
                    self._patience.recovered()
                    await self._sleep(_LOOK_EVERY_S)
        finally:
            self._hub = None

    async def _register(self, *, first: bool) -> None:
        """Tell the platform the address where it has another. Raises TelegramError."""
        known = await self._bot.get_webhook_info()
        if self.stands(known):
            self._tell_failure(known)
            return
        if not first:
            _log.warning(
                "Telegram %s: another process changed or removed the webhook; stop it, or give each its own bot. "
                "It is set again.",
                self._account,
            )
        await self._bot.set_webhook(
            self.url, secret_token=self._secret, allowed_updates=list(ALLOWED), max_connections=CONNECTIONS
        )
        _log.info("Telegram %s: the webhook is set.", self._account)

    def stands(self, known: WebhookInfo) -> bool:
        """Whether the platform calls here, for everything that is wanted."""
        return (
            known.url == self.url
            and set(known.allowed_updates or ()) == set(ALLOWED)
            and known.max_connections in (None, CONNECTIONS)
        )

    def _tell_failure(self, known: WebhookInfo) -> None:
        """What hinders the platform from calling, once for each time that it happens."""
        if known.pending_update_count and known.last_error_date not in (None, self._failure_told):
            self._failure_told = known.last_error_date
            _log.warning(
                "Telegram %s: %d updates wait, because Telegram's last call failed: %s",
                self._account,
                known.pending_update_count,
                (known.last_error_message or "no reason given")[:200],
            )

    # -- what the platform calls -------------------------------------------------------------------------------------

    def routes(self) -> list[BaseRoute]:
        """For the HTTP server."""
        return [Route(self.path, self._called, methods=["POST"])]

    async def _called(self, request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(_HEADER, "").encode(), self._secret.encode()):
            self._tell_stranger()
            return Response("The secret token is not the one that was set.", status_code=401)
        try:
            body = await body_of(request, BODY_AT_MOST)
        except Unread as unread:
            return Response(status_code=unread.status)
        hub = self._hub
        if hub is None:
            return Response("Not listening yet, or no longer.", status_code=503)
        event = self._intake.event(read_one(body))
        if event is not None:
            try:
                await self._take(hub, event)
            except NotTaken as error:
                self._tell_trouble(str(error))
                return Response(status_code=503)
            self._trouble = ""
        return Response(status_code=200)

    async def _take(self, hub: Hub, event: Event) -> None:
        """Hand over, the updates of one chat in the order in which they came. Raises NotTaken.

        Where one is refused, those that came behind it are too, so that the platform brings them in order again.
        """
        chat = event.conversation.chat
        line = self._lines.setdefault(chat, _Line())
        line.waiting += 1
        refused = line.refused
        try:
            async with line.lock:
                if line.refused != refused:
                    raise NotTaken("what came before it was not taken. Telegram keeps both.")
                try:
                    await self._intake.hand_over(hub, [event])
                except NotTaken:
                    line.refused += 1
                    raise
        finally:
            line.waiting -= 1
            if not line.waiting:
                del self._lines[chat]

    def _tell_trouble(self, trouble: str) -> None:
        """Once, however many calls meet it."""
        if not self._trouble:
            _log.warning("Telegram %s: %s", self._account, trouble)
        self._trouble = trouble

    def _tell_stranger(self) -> None:
        if not self._stranger_told:
            self._stranger_told = True
            _log.warning("Telegram %s: the webhook was called without the secret token; refused.", self._account)
