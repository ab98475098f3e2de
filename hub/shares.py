"""Who has how many of a worker's places: a flood on one account leaves some to people of the others."""

from collections import Counter

from hub.messages import Conversation

Account = tuple[str, str]
"""Channel and account."""


def account_of(conversation: Conversation) -> Account:
    return conversation.channel, conversation.account


class Shares:
    """The places of one worker, by account.

    An account may hold twice as many as it leaves free. So one flood takes two thirds of all, two take two fifths each,
    and the last place is for one that holds next to none.
    """

    def __init__(self, places: int) -> None:
        self._held: Counter[Account] = Counter()
        self.free = places

    def take(self, account: Account) -> None:
        """One more conversation of the account is held."""
        self._held[account] += 1
        self.free -= 1

    def give_back(self, account: Account) -> None:
        """One is held no more."""
        self._held[account] -= 1
        self.free += 1

    def room(self, account: Account, among: int = 1) -> int:
        """How many more of it may be held, where so many accounts take as many at once. Never 0 by `among` alone."""
        return max(0, -((self._held[account] - 2 * self.free) // (2 * among + 1)))
