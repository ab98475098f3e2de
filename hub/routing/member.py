"""One deployment as the fleet knows it: what came of its calls, what is under way, and whether it can take another."""

from collections import deque
from collections.abc import Callable
from enum import StrEnum

from hub.config.settings import Deployment
from hub.routing.breaker import Breaker
from hub.routing.limit import Limit
from hub.routing.load import PeakEwma

FAULT_FACTOR = 3.0
"""A failed call counts as one so many times as slow as usual: a fast refusal must not draw traffic."""
MOST_LATENCY_S = 60.0
STALLED_S = 5.0
STALLED_FACTOR = 4.0
"""Calls that wait for their first word longer than both, three of them at least: new ones go elsewhere until one of
them ends. A hanging deployment is left within seconds, long before its first timeout."""
STALLED_CALLS = 3
WARMING_S = 30.0
COLDEST = 0.1
"""Share of its traffic that a deployment has at first when it is new beside others, or comes back; it grows to all of
it in half a minute."""


FULL_IN_A_ROW = 3
FULL_REST_S = 0.5
LONGEST_FULL_REST_S = 10.0
"""Turned away so often without a word on how long, it rests: half a second, doubled each time, ten at the most."""
LACKS_S = 120.0
"""So long a model counts as missing where it was; then somebody asks once more, since operators mend such things."""
RECENT = 128
"""Calls that percentiles are taken of."""


class Verdict(StrEnum):
    """What a call says of its deployment."""

    FINE = "fine"
    FAULT = "fault"
    """It counts towards opening the breaker."""
    REFUSED = "refused"
    """Its key is not accepted: the breaker opens at once."""
    FULL = "full"
    """It has more to do than it takes: the limit shrinks, and it rests as long as it asked to."""
    LACKS = "lacks"
    """It has no such model: for that model it is left alone."""
    NOTHING = "nothing"
    """The question was at fault, or the person stopped."""


class Member:
    """All times are seconds of one monotonic clock."""

    __slots__ = (
        "_full_in_a_row",
        "_quiet_until",
        "_warm_from",
        "answers_as",
        "breaker",
        "deployment",
        "ejected_until",
        "ejections",
        "faults",
        "fine",
        "fine_at",
        "heard_at",
        "lacks_until",
        "latency",
        "limit",
        "name",
        "recent",
        "rests_until",
        "told_until",
        "took_s",
        "under_way",
        "usual_s",
        "waiting",
        "weight",
    )

    def __init__(self, deployment: Deployment, now: float, random: Callable[[], float], *, cold: bool) -> None:
        self.deployment = deployment
        self.name = deployment.name
        self.weight = deployment.weight
        self.latency = PeakEwma(now)
        self.limit = Limit(deployment.max_concurrency)
        self.breaker = Breaker(random)
        self.under_way = 0
        """Calls, those included that wait for their place."""
        self.waiting: dict[object, float] = {}
        """When each call began that has no word of an answer yet; the oldest first."""
        self.usual_s = 0.0
        """Seconds to the first word, an average over many calls."""
        self.recent: deque[float] = deque(maxlen=RECENT)
        """Seconds to the first word of the last fine calls."""
        self.heard_at = float("-inf")
        """When a call ended last."""
        self.fine_at = float("-inf")
        """When a call went well last."""
        self.answers_as: dict[str, str] = {}
        """How the provider named what answered last, by the model that was asked."""
        self.lacks_until: dict[str, float] = {}
        """Models that it did not have when it was asked, and until when they count as missing."""
        self.rests_until = 0.0
        self.ejected_until = 0.0
        self.told_until = 0.0
        """`ejected_until`, where it is left out on another process's word."""
        self.ejections = 0
        self.fine = 0
        self.faults = 0
        self.took_s = 0.0
        """To the first word, of all fine calls together. These three since it was last compared with its pool."""
        self._full_in_a_row = 0
        self._warm_from = float("-inf")
        self._quiet_until = float("-inf")
        """When it is warm, and neither rests nor is ejected."""
        if cold:
            self.warm_up(now)

    def adopt(self, deployment: Deployment) -> None:
        """Its settings changed, but it is the same place: what is known of it stays."""
        if deployment.max_concurrency != self.deployment.max_concurrency:
            self.limit = Limit(deployment.max_concurrency)
        self.deployment = deployment
        self.weight = deployment.weight

    def untroubled(self, now: float) -> bool:
        """Whether nothing at all is the matter, as nearly always: then no more needs to be asked."""
        return (
            now >= self._quiet_until
            and not self.breaker.open
            and len(self.waiting) < STALLED_CALLS
            and not self.lacks_until
        )

    def obstacle(self, now: float, model: str = "") -> str:
        """Why it cannot take a call now, of this model if one is named; empty where it can, if perhaps not at once."""
        breaker = self.breaker
        if breaker.open:
            if now < breaker.open_until:
                left = breaker.open_until - now
                return f"it failed repeatedly ({breaker.why}) and is tried again in {left:.0f} s"
            if breaker.trial:
                return f"it failed repeatedly ({breaker.why}) and is being tried with another message"
        if now < self.ejected_until:
            return f"it does worse than its like and is left alone for {self.ejected_until - now:.0f} s"
        if now < self.rests_until:
            return f"it asked to be left alone for {self.rests_until - now:.0f} s more"
        if self.waiting and self.stalled(now):
            return f"{len(self.waiting)} calls wait for its first word"
        return f"it has no model {model}" if self.lacks(model, now) else ""

    def lacks(self, model: str, now: float) -> bool:
        """Whether it said a while ago that it has no such model."""
        until = self.lacks_until.get(model)
        if until is not None and now >= until:
            del self.lacks_until[model]
        return until is not None and now < until

    def shut(self, now: float) -> bool:
        """Whether a call would be no use; else it may still be a last resort, whatever the obstacle."""
        return now < self.rests_until or not self.breaker.passes(now)

    def able_in_s(self, now: float, model: str = "") -> float:
        """Seconds until it is worth a call of the model again; 0 where it is now."""
        opens_s = self.breaker.open_until - now if self.breaker.open else 0.0
        return max(0.0, self.rests_until - now, opens_s, self.lacks_until.get(model, now) - now)

    def has_room(self) -> bool:
        return self.under_way < self.limit.whole

    def stalled(self, now: float) -> bool:
        """Whether what it was asked lately just hangs."""
        if len(self.waiting) < STALLED_CALLS:
            return False
        longest_s = now - next(iter(self.waiting.values()))
        return longest_s > max(STALLED_S, STALLED_FACTOR * self.usual_s)

    def percentile_s(self, share: float) -> float | None:
        """Seconds to the first word that this share of the last calls did not exceed; None without calls."""
        took = sorted(self.recent)
        return took[min(len(took) - 1, int(share * len(took)))] if took else None

    def warmth(self, now: float) -> float:
        """The share of its traffic that it may have yet, 0.1 to 1."""
        return min(1.0, max(COLDEST, (now - self._warm_from) / WARMING_S))

    def cost(self, now: float) -> float:
        """Of one more call: peak EWMA over its weight. The oldest call without a word counts with its age."""
        if self.waiting:
            waited_s = now - next(iter(self.waiting.values()))
            if waited_s > self.usual_s:
                self.latency.observe(waited_s, now)
        return self.latency.cost(self.under_way, now) / self.weight

    def heard(self, verdict: Verdict, latency_s: float, began: float, now: float, *, why: str, trial: bool) -> None:
        """A call ended so; `latency_s` is that of its first word, or of its failure."""
        self.heard_at = now
        if verdict is Verdict.FINE:
            self.fine += 1
            self.fine_at = now
            self.took_s += latency_s
            self.recent.append(latency_s)
            self.latency.observe(latency_s, now)
            self.usual_s = self.usual_s + 0.05 * (latency_s - self.usual_s) if self.usual_s else latency_s
            self.limit.fine(self.under_way)
            if self.breaker.fine(now, trial=trial):
                self.come_back(now)
            self._full_in_a_row = 0
        elif verdict is Verdict.FULL:
            self.limit.too_much(self.under_way, began, now)
            self._full_in_a_row += 1
            if self._full_in_a_row >= FULL_IN_A_ROW:
                self.rest(now + min(FULL_REST_S * 2.0 ** (self._full_in_a_row - FULL_IN_A_ROW), LONGEST_FULL_REST_S))
        elif verdict in (Verdict.FAULT, Verdict.REFUSED):
            self.faults += 1
            worse_s = max(latency_s, FAULT_FACTOR * self.latency.average(now))
            self.latency.observe(min(worse_s, MOST_LATENCY_S), now)
            self.breaker.fault(now, why, trial=trial, refused=verdict is Verdict.REFUSED)

    def come_back(self, now: float) -> None:
        """Its breaker has closed."""
        self.forget_calls()  # it has been left alone for its faults; they do not count twice
        self.warm_up(now)

    def forget_calls(self) -> None:
        """It is compared with its pool by what comes from now on."""
        self.fine = self.faults = 0
        self.took_s = 0.0

    def warm_up(self, start: float) -> None:
        """From then on it has its traffic back little by little."""
        self._warm_from = start
        self._quiet_until = max(self._quiet_until, start + WARMING_S)

    def rest(self, until: float) -> None:
        """It asked to be left alone until then."""
        self.rests_until = max(self.rests_until, until)
        self._quiet_until = max(self._quiet_until, until)

    def eject(self, until: float) -> None:
        """It is left out until then, and comes back cold."""
        self.ejections += 1
        self.ejected_until = until
        self.warm_up(until)

    def leave_out(self, until: float) -> None:
        """Another process has ejected it until then."""
        self.ejected_until = self.told_until = until
        self.warm_up(until)
