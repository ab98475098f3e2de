"""Which topic a recent message of the bot stands in: Telegram says it of buttons, and not of reactions."""

from collections import OrderedDict

import msgspec

from hub.messages import Conversation, Press

REMEMBERED = 10_000
"""Messages in topics, the newest of this process; a reaction to an older one is not counted."""


class Topics:
    """The topics of one bot's own messages."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._of: OrderedDict[tuple[str, str], str] = OrderedDict()

    def note(self, conversation: Conversation, part_id: str) -> None:
        """A message of the bot stands in this conversation."""
        if conversation.thread:
            self._of[conversation.chat, part_id] = conversation.thread
            if len(self._of) > self._remembered:
                self._of.popitem(last=False)

    def placed(self, press: Press) -> Press:
        """The press, in the topic that its message stands in."""
        where = press.conversation
        thread = self._of.get((where.chat, press.part_id), "") if not where.thread else ""
        if not thread:
            return press
        return msgspec.structs.replace(press, conversation=msgspec.structs.replace(where, thread=thread))
