"""Faults by seeded chance, or in a script."""

import random
from collections import defaultdict, deque
from collections.abc import Mapping

import msgspec


class Plan(msgspec.Struct, frozen=True):
    """What may go wrong by chance."""

    seed: int = 0
    chances: Mapping[str, float] = {}
    """Kind of fault -> probability for one request (for `duplicate`: for one update)."""
    only: tuple[str, ...] = ()
    """Methods that are struck; empty: every one."""
    at_most: int = 1_000_000_000
    """So many faults, then none."""
    retry_after_s: float = 1
    slow_s: float = 0.5


class Faults:
    """Draws a fault for each request. A script comes before chance."""

    def __init__(self, plan: Plan | None = None) -> None:
        self.set(plan or Plan())
        self._script: dict[str, deque[str]] = defaultdict(deque)
        self.struck: list[tuple[str, str]] = []
        """(where, kind), in order."""

    def set(self, plan: Plan) -> None:
        self.plan = plan
        self._chance = random.Random(plan.seed)
        self._left = plan.at_most

    def script(self, where: str, *kinds: str) -> None:
        """The next requests of this method meet these faults, one each; an empty kind lets one pass."""
        self._script[where].extend(kinds)

    def draw(self, where: str, *, among: tuple[str, ...] = ()) -> str:
        """The kind of fault for this request, or nothing. `among`: only these kinds are drawn by chance."""
        if self._script and (script := self._script.get(where)):
            return self._strike(where, script.popleft())
        if not self.plan.chances or self._left <= 0 or (self.plan.only and where not in self.plan.only):
            return ""
        for kind, chance in self.plan.chances.items():
            if (not among or kind in among) and self._chance.random() < chance:
                self._left -= 1
                return self._strike(where, kind)
        return ""

    def _strike(self, where: str, kind: str) -> str:
        if kind:
            self.struck.append((where, kind))
        return kind
