"""How costly one more call of a deployment would be: its latency, sensitive to peaks, times the calls under way."""

from math import exp

DECAY_S = 10.0
"""Mean lifetime of an observation; Finagle's default."""
UNKNOWN = 1e9
"""Cost of a deployment that nobody has heard from yet and that is being asked already."""


class PeakEwma:
    """A moving average of latency in seconds that jumps to any peak at once and comes down slowly.

    The formula is Finagle's (com.twitter.finagle.loadbalancer.PeakEwma): an observation above the average replaces it;
    one below it counts by the time since the last, `average * w + seen * (1 - w)` with `w = exp(-elapsed / decay)`;
    looking at the cost is an observation of zero; the cost is the average times one more than the calls under way.
    """

    __slots__ = ("_average", "_decay_s", "_stamp")

    def __init__(self, now: float, decay_s: float = DECAY_S) -> None:
        self._decay_s = decay_s
        self._average = 0.0
        self._stamp = now

    def observe(self, latency_s: float, now: float) -> None:
        """A call's latency became known, or what is known of it so far."""
        if latency_s > self._average:
            self._average = latency_s
        else:
            weight = exp((self._stamp - now) / self._decay_s) if now > self._stamp else 1.0
            self._average = self._average * weight + latency_s * (1.0 - weight)
        self._stamp = max(now, self._stamp)

    def average(self, now: float) -> float:
        """Seconds."""
        self.observe(0.0, now)
        return self._average

    def cost(self, under_way: int, now: float) -> float:
        """Of one more call beside those under way."""
        average = self.average(now)
        return UNKNOWN + under_way if average == 0.0 and under_way else average * (under_way + 1)
