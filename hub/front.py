"""The hub as channels see it: accept, history, stop, presses and deletions."""

from collections.abc import Callable, Sequence

from hub.commands import is_stop, suggestions
from hub.config.settings import Settings
from hub.inbox import Inbox
from hub.messages import Conversation, Exchange, Membership, Message, Press, Seen, Sender
from hub.people import People
from hub.routing import directory_of
from hub.turn import Turns


class Front:
    """Implements hub.channel.Hub over the inbox and the turns under way."""

    def __init__(self, inbox: Inbox, turns: Turns, settings: Callable[[], Settings], people: People) -> None:
        self._inbox = inbox
        self._people = people
        self._turns = turns
        self._settings = settings

    async def accept(self, messages: Sequence[Message]) -> None:
        """Store the messages, durably, each once; what is not addressed to the bot only where an agent answers all.

        Raises StoreError: then the platform must not be told.
        """
        meant = [each for each in messages if each.addressed or await self._answered_unasked(each.conversation)]
        await self._people.recall(meant)
        stored = await self._inbox.accept(meant, stops=_stops)
        for message in stored:
            if _stops(message):
                self._turns.stop(message.conversation.key)

    async def _answered_unasked(self, conversation: Conversation) -> bool:
        directory = directory_of(self._settings().agents)
        if directory.answers_all(conversation):
            return True
        if not directory.choice_matters(conversation):
            return False
        return directory.answers_all(conversation, await self._people.chosen_agent(conversation.key))

    async def history(self, conversation: Conversation, limit: int) -> list[Exchange]:
        """The newest `limit` exchanges, oldest first. Raises StoreError."""
        return await self._inbox.history(conversation.key, limit)

    async def stop(self, conversation: Conversation) -> None:
        """End what was asked up to now. Raises StoreError."""
        await self._inbox.stop(conversation.key)
        self._turns.stop(conversation.key)

    async def pressed(self, press: Press) -> None:
        """Do what the button says, once. Bots press nothing, nor anyone where nobody is served. Raises StoreError."""
        if press.sender.bot or not directory_of(self._settings().agents).offered(press.conversation):
            return
        before = await self._inbox.pressed(press)
        if before is not None:
            self._turns.stop(press.conversation.key, before=before)

    async def deleted(self, conversation: Conversation, platform_id: str) -> None:
        """A message that waits is not answered; one being answered ends, is billed, and its placeholder goes.

        Raises StoreError.
        """
        position = await self._inbox.take_back(conversation, platform_id)
        if position is not None:
            self._turns.stop(conversation.key, before=position + 1)

    async def membership(self, membership: Membership) -> None:
        """Note where the bot is, once for each event. Raises StoreError."""
        await self._inbox.membership(membership)

    async def last_seen(self, channel: str, account: str, since_ms: int) -> list[Seen]:
        """The newest stored message of each conversation since then, newest first. Raises StoreError."""
        return await self._inbox.last_seen(channel, account, since_ms)

    async def suggest(self, conversation: Conversation, sender: Sender, command: str, typed: str) -> list[str]:
        """What the command's argument can be here, beginning with what was typed."""
        return suggestions(command, typed, conversation, self._settings())


def _stops(message: Message) -> bool:
    return is_stop(message.text)
