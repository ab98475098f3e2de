"""A circuit breaker: a deployment that keeps failing is left alone, then tried with one call at a time."""

from collections import deque
from collections.abc import Callable

IN_A_ROW = 5
"""Faults one after the other that open it."""
LAST = 20
"""Of so many last calls, half must be faults to open it as well …"""
LEAST = 10
"""… from this number on: a share of fewer says little."""
OPEN_S = 5.0
LONGEST_OPEN_S = 60.0
"""The pause doubles from one to the other with each opening that no recovery came between."""
REFUSED_S = 120.0
"""After a refused key: an operator must act."""
TRIALS = 3
"""Fine ones in a row that close it."""


class Breaker:
    """Closed: calls pass. Open: none does. Half-open, when the pause is over: one at a time, as a trial.

    | from      | to        | when                                                                              |
    |-----------|-----------|-----------------------------------------------------------------------------------|
    | closed    | open      | 5 faults in a row; or half of the last 20 calls, 10 at least; or a refused key    |
    | open      | half-open | after 5 s, twice as long each time, 60 s at most, 2 minutes with a refused key;   |
    |           |           | a fifth more or less by chance; or as soon as a probe answers that failed before  |
    | half-open | open      | the trial is a fault                                                              |
    | half-open | closed    | 3 trials in a row are fine                                                        |
    """

    __slots__ = (
        "_faults",
        "_fine_trials",
        "_last",
        "_openings",
        "_probe_failed",
        "_random",
        "hearsay",
        "open",
        "open_until",
        "trial",
        "why",
    )

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._last: deque[bool] = deque(maxlen=LAST)
        """Whether each of the last calls was a fault."""
        self._faults = 0
        self._fine_trials = 0
        self._openings = 0
        self._probe_failed = False
        """The last probe since it opened failed: so probes can tell whether this fault is over."""
        self.open = False
        """Open or half-open."""
        self.open_until = 0.0
        self.trial = False
        """One is under way."""
        self.why = ""
        """The kind of the fault that opened it."""
        self.hearsay = False
        """Another process's faults opened it, none of this one's."""

    def passes(self, now: float) -> bool:
        """Whether a call may be made now."""
        return not self.open or (now >= self.open_until and not self.trial)

    def half_open(self, now: float) -> bool:
        return self.open and now >= self.open_until

    def fine(self, now: float, *, trial: bool) -> bool:
        """A call went well; whether that closed it. Calls from before it opened close nothing."""
        if not self.open:
            self._faults = 0
            self._last.append(False)
        elif trial and self.half_open(now):
            self._fine_trials += 1
            if self._fine_trials >= TRIALS:
                self.close()
                return True
        return False

    def close(self) -> None:
        """It is well again."""
        self.open = self.hearsay = False
        self._faults = self._openings = self._fine_trials = 0
        self._last.clear()

    def told(self, until: float, why: str) -> None:
        """Another process's is open until then. What this one saw of the deployment itself goes before."""
        if not self.open:
            self.open = self.hearsay = True
            self.open_until, self.why = until, why
            self._fine_trials = 0
            self._probe_failed = False
        elif self.hearsay and until > self.open_until:
            self.open_until, self.why = until, why

    def fault(self, now: float, why: str, *, trial: bool = False, refused: bool = False) -> None:
        """A call failed in a way that speaks of the deployment."""
        if self.open:
            if trial or refused:
                self._open(now, why, refused)
            return
        self._faults += 1
        self._last.append(True)
        half = len(self._last) >= LEAST and 2 * sum(self._last) >= len(self._last)
        if refused or self._faults >= IN_A_ROW or half:
            self._open(now, why, refused)

    def probed(self, now: float, *, fine: bool) -> None:
        """A probe ended so while it is open: one that goes well after one that failed ends the pause."""
        if fine and self._probe_failed:
            self.open_until = min(self.open_until, now)
        self._probe_failed = not fine

    def _open(self, now: float, why: str, refused: bool) -> None:
        pause_s = REFUSED_S if refused else min(LONGEST_OPEN_S, OPEN_S * 2.0**self._openings)
        self.open = True
        self.hearsay = False
        self.open_until = now + pause_s * (0.8 + 0.4 * self._random())
        self.why = why
        self._openings = min(self._openings + 1, 8)
        self._fine_trials = 0
