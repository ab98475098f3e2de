"""Trying on while the platform does not answer: each trouble is told once, and the waits grow."""

import logging
import random
from collections.abc import Awaitable, Callable

from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError

from channels.telegram.sending import brief
from channels.telegram.transport import AskedToWait

_log = logging.getLogger(__name__)

LONGEST_WAIT_S = 60.0
_CONFLICT_WAIT_S = 10.0
"""At the least, where another process polls: each attempt of ours breaks off one of its polls."""


NOT_OF_THE_BOT_API = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
"""What the SDK and the reading of updates raise where something else answers than the Bot API."""
SOMETHING_ELSE = "Telegram's answer is not of the Bot API; is a proxy in between?"


class Patience:
    """The waits of one account's way in, or of its menu. `doing` says in the log what works again."""

    def __init__(
        self,
        account: str,
        doing: str,
        *,
        sleep: Callable[[float], Awaitable[None]],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._account = account
        self._doing = doing
        self._sleep = sleep
        self._chance = chance
        self._failures = 0
        self._trouble = ""

    async def after(self, error: TelegramError) -> None:
        """Tell what a refusal means, and wait as it asks."""
        await self.wait(_said(error), _least_wait(error))

    async def wait(self, trouble: str, least_s: float = 0.0) -> None:
        """Tell a trouble that was not told last, and wait, longer each time."""
        if trouble != self._trouble:
            _log.warning("Telegram %s: %s", self._account, trouble)
            self._trouble = trouble
        growing = min(LONGEST_WAIT_S, 0.5 * 2.0 ** min(self._failures, 10))
        self._failures += 1
        await self._sleep(max(least_s, growing) * (1 + self._chance() / 2))

    def recovered(self) -> None:
        """It works again."""
        if self._failures:
            _log.info("Telegram %s: %s again.", self._account, self._doing)
        self._failures = 0
        self._trouble = ""


def _said(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        if "webhook" in str(error).lower():
            return "a webhook was set on this bot again; remove it (deleteWebhook) or stop who sets it. Trying on."
        return "another process polls with the same token; stop it, or give each its own bot. Trying on."
    if isinstance(error, InvalidToken):
        return "Telegram does not know the token; take a fresh one from @BotFather. Trying on, slowly."
    if isinstance(error, AskedToWait):
        return f"Telegram asks to wait {error.seconds:g} s before the next request."
    if isinstance(error, BadRequest):
        return f"Telegram refuses what the hub asks for ({brief(error)}). Trying on."
    return f"Telegram gives no answer that is of use ({type(error).__name__}: {brief(error)}). Trying on."


def _least_wait(error: TelegramError) -> float:
    if isinstance(error, AskedToWait):
        return error.seconds
    if isinstance(error, InvalidToken):
        return LONGEST_WAIT_S
    return _CONFLICT_WAIT_S if isinstance(error, Conflict) else 0.0
