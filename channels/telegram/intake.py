"""What comes in, whichever way: read, handed to the hub, and only then confirmed."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from telegram import Bot
from telegram.error import TelegramError

from channels.telegram.payloads import Unread, Update
from channels.telegram.sending import brief
from channels.telegram.topics import Topics
from channels.telegram.updates import Event, Me, event_of, migration_of
from hub.channel import Hub
from hub.errors import TrunklineError
from hub.messages import Membership, Message, Press

_log = logging.getLogger(__name__)


class NotTaken(TrunklineError):
    """The hub did not store what it was given: the platform must keep it."""


class Intake:
    """One bot's way into the hub. `moved` is told old and new id of a group that became a supergroup."""

    def __init__(self, bot: Bot, account: str, topics: Topics, moved: Callable[[int, int], None]) -> None:
        self._bot = bot
        self._account = account
        self._topics = topics
        self._moved = moved
        self._me = Me()
        self.introduced = asyncio.Event()
        """Set once the platform has said who the bot is."""
        self._confirming: set[asyncio.Task[None]] = set()

    async def introduce(self) -> str:
        """Learn who the bot is; its user name. Raises TelegramError."""
        me = await self._bot.get_me()
        self._me = Me(me.id, me.username or "")
        self.introduced.set()
        return self._me.username

    def event(self, update: Update | Unread) -> Event | None:
        """What an update is to the hub; None where it is nothing, which the log says."""
        if isinstance(update, Unread):
            _log.warning(
                "Telegram %s: update %d cannot be read and is passed over: %s",
                self._account,
                update.update_id,
                update.reason,
            )
            return None
        if migration := migration_of(update):
            self._moved(*migration)
        try:
            event = event_of(update, self._account, self._me)
        except Exception:  # noqa: BLE001 - it would come again for ever, and nothing behind it
            _log.exception("Telegram %s: update %d is passed over.", self._account, update.update_id)
            return None
        if event is None:
            _log.debug("Telegram %s: update %d is nothing for the hub.", self._account, update.update_id)
        return event

    async def hand_over(self, hub: Hub, events: Sequence[Event]) -> None:
        """All of it is the hub's when this returns. Raises NotTaken."""
        try:
            messages = [each for each in events if isinstance(each, Message)]
            if messages:
                await hub.accept(messages)
            for event in events:
                if isinstance(event, Press):
                    await hub.pressed(await self._topics.placed(event))
                    self._confirm(event)
                elif isinstance(event, Membership):
                    await hub.membership(event)
        except TrunklineError as error:
            raise NotTaken(f"the hub cannot take messages now: {error} Trying on; Telegram keeps them.") from error
        except Exception as error:
            _log.exception("Telegram %s: the hub failed to take messages.", self._account)
            raise NotTaken("the hub failed to take messages. Trying on; Telegram keeps them.") from error

    async def close(self) -> None:
        """Leave buttons that still spin to themselves."""
        for task in self._confirming:
            task.cancel()
        await asyncio.gather(*self._confirming, return_exceptions=True)

    def _confirm(self, press: Press) -> None:
        """Ends the button's spinning; nothing waits for it, and it is of no consequence where it fails."""
        kind, _, query = press.event_id.partition("-")
        if kind == "callback":
            task = asyncio.create_task(self._end_spinning(query))
            self._confirming.add(task)
            task.add_done_callback(self._confirming.discard)

    async def _end_spinning(self, query: str) -> None:
        try:
            await self._bot.answer_callback_query(query)
        except TelegramError as error:
            _log.debug("Telegram %s: a button spins on: %s", self._account, brief(error))
