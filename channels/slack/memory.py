"""What the bot itself did and was asked, as far back as is useful: its threads, its answers, who asked."""

from collections import OrderedDict
from typing import Any

import msgspec

from hub.channel import Notes
from hub.messages import Conversation, Message, Press

REMEMBERED = 20_000
"""Threads that the bot is known to be in, answers whose thread is known, and messages whose author is."""

TOLD_FOR_S = 3600.0
"""What waits longer for its answer is posted, not streamed."""


class Asker(msgspec.Struct, frozen=True):
    """Who wrote a message; in a shared channel their team is not the bot's."""

    user: str
    team: str


class Memory:
    """Bounded; what it no longer knows costs an answer its streaming, and a reaction one more question to Slack."""

    def __init__(self, notes: Notes | None = None) -> None:
        """`notes`: of the app's other processes."""
        self._notes = notes
        self._threads: OrderedDict[str, None] = OrderedDict()
        self._answers: OrderedDict[tuple[str, str], Conversation] = OrderedDict()
        self._askers: OrderedDict[tuple[str, str], Asker] = OrderedDict()

    def take_part(self, conversation: Conversation) -> None:
        self._threads[conversation.key] = None
        _bound(self._threads)

    def is_in(self, conversation: Conversation) -> bool:
        return conversation.key in self._threads

    def asked(self, chat: str, message: str, asker: Asker) -> None:
        self._askers[chat, message] = asker
        _bound(self._askers)

    async def tell_others(self, message: Message) -> None:
        """Whoever answers in a channel names the person for whom it streams. Raises TrunklineError."""
        where = message.conversation
        asker = self._askers.get((where.chat, message.platform_id))
        if self._notes and asker and message.addressed and not where.private:
            told = msgspec.json.encode(asker).decode()
            await self._notes.leave(f"asker/{where.chat}/{message.platform_id}", told, TOLD_FOR_S)

    async def who_asked(self, where: Conversation, message: str) -> Asker | None:
        """Raises TrunklineError."""
        known = self._askers.get((where.chat, message))
        if known or not self._notes or where.private or not where.thread:
            return known
        told = await self._notes.find(f"asker/{where.chat}/{message}")
        return msgspec.json.decode(told, type=Asker) if told else None

    def answered(self, conversation: Conversation, part_id: str) -> None:
        self.take_part(conversation)
        self._answers[conversation.chat, part_id] = conversation
        _bound(self._answers)

    def where(self, press: Press) -> Conversation | None:
        """A reaction names no thread: it belongs where the answer stands, if that is remembered."""
        return self._answers.get((press.conversation.chat, press.part_id))


def _bound(table: OrderedDict[Any, Any]) -> None:
    while len(table) > REMEMBERED:
        table.popitem(last=False)
