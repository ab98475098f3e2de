"""Strangers who write in private: a few messages a minute are stored and no more; this process alone remembers them."""

from collections import OrderedDict, deque
from collections.abc import Callable

MESSAGES = 6
WITHIN_S = 60.0
"""Beside the tries that an hour has for codes of invitations."""
REMEMBERED = 10_000


class Strangers:
    """Private chats of people who may not speak."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._chats: OrderedDict[str, deque[float]] = OrderedDict()

    def __contains__(self, chat: str) -> bool:
        return chat in self._chats

    def note(self, chat: str) -> None:
        """Somebody in this chat was found to be a stranger."""
        self._chats.setdefault(chat, deque(maxlen=MESSAGES))
        self._chats.move_to_end(chat)
        if len(self._chats) > REMEMBERED:
            self._chats.popitem(last=False)

    def forget(self, chat: str) -> None:
        """They are none any more."""
        self._chats.pop(chat, None)

    def may_write(self, chat: str) -> bool:
        """Whether one more message is worth storing; never more than MESSAGES in any minute."""
        self.note(chat)
        times = self._chats[chat]
        now = self._monotonic()
        if len(times) == MESSAGES and now - times[0] < WITHIN_S:
            return False
        times.append(now)
        return True
