"""How many calls at once a deployment takes, found by trying: additive increase, multiplicative decrease."""

SMALLER = 0.7
"""Times the limit, when the deployment says that it was too much."""
IN_USE = 0.5
"""The limit grows only while at least this share of it is in use: what is not tried out proves nothing."""


class Limit:
    """Between one and the configured cap. As TCP's congestion avoidance: about one more for each round of the limit."""

    __slots__ = ("_cap", "_cut_at", "_value", "whole")

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._value = float(cap)
        self.whole = cap
        """Calls at once, now."""
        self._cut_at = float("-inf")

    def fine(self, under_way: int) -> None:
        """A call was answered while so many were under way."""
        if self._value < self._cap and under_way >= self._value * IN_USE:
            self._value = min(float(self._cap), self._value + 1.0 / self._value)
            self.whole = int(self._value)

    def too_much(self, under_way: int, began: float, now: float) -> None:
        """A call that began then was turned away. Those begun before the last cut say nothing new."""
        if began < self._cut_at:
            return
        self._cut_at = now
        self._value = max(1.0, min(self._value, float(under_way)) * SMALLER)
        self.whole = int(self._value)
