"""Which topic a recent message of the bot stands in: Telegram says it of buttons, and not of reactions."""

from collections import OrderedDict
from contextlib import suppress

import msgspec

from hub.channel import Notes
from hub.errors import TrunklineError
from hub.messages import Conversation, Press

REMEMBERED = 10_000
"""Messages in topics, the newest of this process; a reaction to an older one is not counted."""

NOTED_FOR_S = 2 * 24 * 3600.0


class Topics:
    """The topics of one bot's own messages."""

    def __init__(self, remembered: int = REMEMBERED, notes: Notes | None = None) -> None:
        """`notes`: of the bot's other processes, one of which hears of the reactions."""
        self._remembered = remembered
        self._notes = notes
        self._of: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def note(self, conversation: Conversation, part_id: str) -> None:
        """A message of the bot stands in this conversation. A reaction to one that cannot be noted is not counted."""
        if conversation.thread and self._notes:
            with suppress(TrunklineError):
                await self._notes.leave(_key(conversation, part_id), conversation.thread, NOTED_FOR_S)
        if conversation.thread:
            self._of[conversation.chat, part_id] = conversation.thread
            if len(self._of) > self._remembered:
                self._of.popitem(last=False)

    async def placed(self, press: Press) -> Press:
        """The press, in the topic that its message stands in. Raises TrunklineError."""
        where = press.conversation
        thread = self._of.get((where.chat, press.part_id), "") if not where.thread else ""
        if not (thread or where.thread or where.private) and self._notes:
            thread = await self._notes.find(_key(where, press.part_id))
        if not thread:
            return press
        return msgspec.structs.replace(press, conversation=msgspec.structs.replace(where, thread=thread))


def _key(where: Conversation, part_id: str) -> str:
    return f"topic/{where.chat}/{part_id}"
