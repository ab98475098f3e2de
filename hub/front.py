"""The hub as channels see it: accept, history, stop, presses and deletions."""

import logging
from collections.abc import Sequence

from hub.commands import is_stop
from hub.inbox import Inbox
from hub.messages import Conversation, Exchange, Message, Press
from hub.turn import Turns

log = logging.getLogger(__name__)


class Front:
    """Implements hub.channel.Hub over the inbox and the turns under way."""

    def __init__(self, inbox: Inbox, turns: Turns) -> None:
        self._inbox = inbox
        self._turns = turns

    async def accept(self, messages: Sequence[Message]) -> None:
        """Store the messages, durably, each once. Raises StoreError: then the platform must not be told."""
        addressed = [message for message in messages if message.addressed]
        stored = await self._inbox.accept(addressed, stops=_stops)
        for message in stored:
            if _stops(message):
                self._turns.stop(message.conversation.key)

    async def history(self, conversation: Conversation, limit: int) -> list[Exchange]:
        """The newest `limit` exchanges, oldest first. Raises StoreError."""
        return await self._inbox.history(conversation.key, limit)

    async def stop(self, conversation: Conversation) -> None:
        """End what was asked up to now. Raises StoreError."""
        await self._inbox.stop(conversation.key)
        self._turns.stop(conversation.key)

    async def pressed(self, press: Press) -> None:
        """End the answer where the button says so. Raises StoreError."""
        if press.action == "stop":
            await self.stop(press.conversation)

    async def deleted(self, conversation: Conversation, platform_id: str) -> None:
        """Somebody deleted a message."""
        log.debug("a message was deleted in %s", conversation.channel)


def _stops(message: Message) -> bool:
    return is_stop(message.text)
