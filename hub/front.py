"""The hub as channels see it: accept, history, stop, presses and deletions."""

from collections.abc import Callable, Sequence

from hub.admission import Admission
from hub.commands import is_stop, recognize, suggestions
from hub.config.settings import Settings
from hub.history import History
from hub.inbox import Inbox
from hub.messages import Conversation, Exchange, Membership, Message, Press, Seen, Sender
from hub.people import People
from hub.presses import Presses
from hub.revisions import Revisions
from hub.routing import directory_of
from hub.store import Database
from hub.turn import Turns


class Front:
    """Implements hub.channel.Hub over the inbox and the turns under way."""

    def __init__(
        self,
        database: Database,
        inbox: Inbox,
        turns: Turns,
        admission: Admission,
        settings: Callable[[], Settings],
        people: People,
    ) -> None:
        self._inbox = inbox
        self._admission = admission
        self._people = people
        self._presses = Presses(database, inbox)
        self._revisions = Revisions(database)
        self._history = History(database)
        self._turns = turns
        self._settings = settings

    async def accept(self, messages: Sequence[Message]) -> None:
        """Store the messages, durably, each once; what is not addressed to the bot only where an agent answers all.

        Raises StoreError: then the platform must not be told.
        """
        meant = [each for each in messages if self._admission.worth_storing(each) and await self._meant(each)]
        await self._people.recall(meant)
        stopping = {each.key for each in meant if is_stop(each.text) and await self._may_speak(each)}
        stored = await self._inbox.accept(meant, stops=lambda message: message.key in stopping, hurries=_is_command)
        for each in stored:
            if each.ends_before:
                self._turns.running.stop(each.message.conversation.key, before=each.ends_before)

    async def _meant(self, message: Message) -> bool:
        return message.addressed or await self._answered_unasked(message.conversation)

    async def _answered_unasked(self, conversation: Conversation) -> bool:
        directory = directory_of(self._settings().agents)
        if directory.answers_all(conversation):
            return True
        if not directory.choice_matters(conversation):
            return False
        return directory.answers_all(conversation, await self._people.chosen_agent(conversation.key))

    async def _may_speak(self, message: Message) -> bool:
        return await self._admission.admits(message.conversation, message.sender)

    async def history(self, conversation: Conversation, limit: int) -> list[Exchange]:
        """The newest `limit` exchanges, oldest first. Raises StoreError."""
        return await self._history.exchanges(conversation, limit)

    async def stop(self, conversation: Conversation) -> None:
        """End what was asked up to now. Raises StoreError."""
        await self._inbox.stop(conversation.key)
        self._turns.running.stop(conversation.key)

    async def pressed(self, press: Press) -> None:
        """Do what the button says, once. Bots press nothing, nor anyone where nobody is served. Raises StoreError."""
        if press.sender.bot or not directory_of(self._settings().agents).offered(press.conversation):
            return
        if not await self._admission.admits(press.conversation, press.sender):
            return
        before = await self._presses.pressed(press)
        if before is not None:
            self._turns.running.stop(press.conversation.key, before=before)

    async def deleted(self, conversation: Conversation, platform_id: str) -> None:
        """A message that waits is not answered; one being answered ends, is billed, and its placeholder goes.

        Raises StoreError.
        """
        position = await self._revisions.take_back(conversation, platform_id)
        if position is not None:
            self._turns.running.stop(conversation.key, before=position + 1)

    async def membership(self, membership: Membership) -> None:
        """Note where the bot is, once for each event. Raises StoreError."""
        if await self._history.membership(membership) and not membership.joined:
            self._turns.running.stop_in(membership.conversation)

    async def last_seen(self, channel: str, account: str, since_ms: int) -> list[Seen]:
        """The newest stored message of each conversation since then, newest first. Raises StoreError."""
        return await self._history.last_seen(channel, account, since_ms)

    async def suggest(self, conversation: Conversation, sender: Sender, command: str, typed: str) -> list[str]:
        """What the command's argument can be here, beginning with what was typed."""
        if not await self._admission.admits(conversation, sender):
            return []
        return suggestions(command, typed, conversation, sender, self._settings())


def _is_command(message: Message) -> bool:
    """A command does not wait until a pause is over, or nobody could end it."""
    return recognize(message.text) is not None
