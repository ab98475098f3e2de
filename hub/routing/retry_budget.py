"""The retry budget: repeats of work that reached a provider are at most a fifth of that work."""

SHARE = 0.2
RESERVE = 3.0
"""Repeats that may be borrowed, so that a quiet hub's single message can be repeated at all …"""
FORGIVEN_EVERY_S = 10.0
"""… one of which is given back after so long."""
LIVES_S = 10.0
"""What was not used of calmer times is forgotten, so that it cannot be spent all at once in a storm."""


class RetryBudget:
    """A bucket: each first call puts a fifth into it, each repeat takes one out; it decays."""

    __slots__ = ("_left", "_stamp")

    def __init__(self, now: float) -> None:
        self._left = 0.0
        self._stamp = now

    def first(self, now: float) -> None:
        """A message's first call was made."""
        self._pass(now)
        self._left += SHARE

    def repeat(self, now: float) -> bool:
        """Take one out; whether there was one."""
        self._pass(now)
        if self._left < 1.0 - RESERVE:
            return False
        self._left -= 1.0
        return True

    def _pass(self, now: float) -> None:
        elapsed = max(0.0, now - self._stamp)
        self._stamp = now
        if self._left > 0.0:
            self._left *= max(0.0, 1.0 - elapsed / LIVES_S)
        else:
            self._left = min(0.0, self._left + elapsed / FORGIVEN_EVERY_S)
