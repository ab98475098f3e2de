"""May an answer be tried once more? Attempts and money of one message are capped, and repeats of all have a budget.

What the budget denies, and what nobody can answer just now, rests: the conversation is due again in a moment.
"""

from collections.abc import Callable

import msgspec

from hub.agents.port import AgentError, Kind
from hub.clock import Clock
from hub.money.holds import Held
from hub.routing import RetryBudget

PATIENCE_MS = 120_000
"""So long after it was accepted a message may rest; then the person is told that there is no answer."""
LONGEST_WORTH_S = 30.0
"""Where nobody is asked again sooner, the person is told at once."""
REST_S = 1.0
"""The shortest rest; chance adds up to as much again, so that not all come back together."""
LONGEST_REST_S = 10.0
MONEY_TIMES = 4
"""All calls for one message cost at most so many times what the first could have cost."""
REMEMBERED = 10_000


class Resting(msgspec.Struct, frozen=True):
    """There is no answer yet; the message is due again after the pause."""

    pause_ms: int


class Effort(msgspec.Struct):
    """What one message has cost so far, over its rests in this process."""

    attempts: int = 0
    first_nusd: int = 0
    """The worst case of the first call."""
    spent_nusd: int = 0
    """The worst case of the calls that failed."""
    owes: bool = False
    """The last call reached a provider, so the next is a repeat that the budget must grant."""
    counted: bool = False
    """The budget of repeats knows of the message's first call."""

    def failed(self, held: Held, error: AgentError) -> None:
        """A call came to nothing."""
        self.owes = error.kind is not Kind.UNREACHABLE
        if error.sent:
            self.spent_nusd += held.cost_nusd

    def called(self, held: Held) -> None:
        self.attempts += 1
        self.first_nusd = self.first_nusd or held.cost_nusd

    def money_left(self, held_nusd: int) -> bool:
        """Whether one more call of this worst case is within the message's cap."""
        return self.attempts == 0 or self.spent_nusd + held_nusd <= MONEY_TIMES * max(self.first_nusd, held_nusd)


class Repeating:
    """One for the process."""

    def __init__(self, clock: Clock, random: Callable[[], float]) -> None:
        self._clock = clock
        self._random = random
        self._budget = RetryBudget(clock.monotonic())
        self._resting: dict[str, Effort] = {}

    def effort(self, message: str) -> Effort:
        """What was done for the message before it rested."""
        return self._resting.pop(message, None) or Effort()

    def granted(self, effort: Effort) -> bool:
        """Whether the next call may be made as far as the budget of repeats goes; it is taken from it, once.

        A grant stays where the call was not made after all, since a key was full: the next deployment needs no other.
        """
        if not effort.counted:
            self._budget.first(self._clock.monotonic())
            effort.counted = True
        effort.owes = effort.owes and not self._budget.repeat(self._clock.monotonic())
        return not effort.owes

    def hedge_granted(self, effort: Effort) -> bool:
        """Whether a second call may race the first: it is work that is done twice, like a repeat, and as costly."""
        return effort.money_left(effort.first_nusd) and self._budget.repeat(self._clock.monotonic())

    def rest(self, message: str, effort: Effort, accepted_ms: int, able_in_s: float = 0.0) -> Resting | None:
        """The message's rest; None where it has waited long enough."""
        pause_ms = int(1000 * (min(max(able_in_s, REST_S), LONGEST_REST_S) + REST_S * self._random()))
        if able_in_s > LONGEST_WORTH_S or self._clock.now_ms() + pause_ms > accepted_ms + PATIENCE_MS:
            return None
        while len(self._resting) >= REMEMBERED:
            del self._resting[next(iter(self._resting))]
        self._resting[message] = effort
        return Resting(pause_ms)
