"""Holds in any order: whatever is reserved, settled, released or lost, the sums agree with a model on paper."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from hub.clock import SystemClock
from hub.money.budgets import Busy, Spent
from hub.money.holds import Held
from hub.store import Undone
from hub.store.open import open_database
from tests.money.calls import allowance, audited, bill, open_till, request, rows

LIMIT = 1_000
SOON_MS, LATE_MS = 1_000, 1_000_000


class MovedClock(SystemClock):
    """Goes on only when told to."""

    def __init__(self) -> None:
        self.at_ms = 1_795_000_000_000

    def now_ms(self) -> int:
        return self.at_ms


class Holds(RuleBasedStateMachine):
    open_holds = Bundle("open_holds")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.clock = MovedClock()
        self.database = self.do(
            open_database("sqlite:hub.db", clock=self.clock, base=Path(self.folder.name), serve=True, wait_s=0)
        )
        self.tills = [open_till(self.database, self.clock) for _ in range(2)]
        self.held: dict[str, tuple[int, int]] = {}
        """Cost and expiry of the open holds."""
        self.spent = 0

    def do(self, work: Any) -> Any:
        return self.runner.run(work)

    @rule(
        target=open_holds, cost=st.integers(0, 600), till=st.integers(0, 1), lives=st.sampled_from([SOON_MS, LATE_MS])
    )
    def hold(self, cost: int, till: int, lives: int) -> Any:
        answer = self.do(self.tills[till].hold(request(cost, allowance(LIMIT), lives_ms=lives), deadline_s=0))
        reserved = sum(cost for cost, _ in self.held.values())
        if self.spent + reserved + cost <= LIMIT:
            assert isinstance(answer, Held)
            self.held[answer.id] = (cost, self.clock.at_ms + lives)
            return answer
        if self.spent + cost <= LIMIT:
            assert isinstance(answer, Busy)
        else:
            assert isinstance(answer, Spent)
            assert answer.left == max(0, LIMIT - self.spent)
            assert answer.free == max(0, LIMIT - self.spent - reserved)
        return multiple()

    @rule(had=consumes(open_holds), share=st.integers(0, 100), till=st.integers(0, 1))
    def settle(self, had: Held, share: int, till: int) -> None:
        cost = had.cost_nusd * share // 100
        lost = had.id not in self.held
        ending = self.do(self.tills[till].settle(had, bill(cost)))
        assert ending.mark == ("correction" if lost else "")
        self.spent += cost - had.cost_nusd if lost else cost
        self.held.pop(had.id, None)

    @rule(had=consumes(open_holds), over=st.integers(1, 300))
    def overrun(self, had: Held, over: int) -> None:
        lost = had.id not in self.held
        self.do(self.tills[0].settle(had, bill(had.cost_nusd + over)))
        self.spent += over if lost else had.cost_nusd + over
        self.held.pop(had.id, None)

    @rule(had=consumes(open_holds), till=st.integers(0, 1))
    def release(self, had: Held, till: int) -> None:
        if had.id in self.held:
            self.do(self.tills[till].release(had))
            del self.held[had.id]
        else:
            with pytest.raises(Undone):
                self.do(self.tills[till].release(had))

    @rule(forward_ms=st.sampled_from([0, SOON_MS, 2 * SOON_MS]))
    def expire(self, forward_ms: int) -> None:
        self.clock.at_ms += forward_ms
        found = self.do(self._expire_twice())
        due = {had for had, (_, expires) in self.held.items() if expires <= self.clock.at_ms}
        assert sorted(lost.id for lost in found) == sorted(due)
        for had in due:
            self.spent += self.held.pop(had)[0]

    async def _expire_twice(self) -> list[Any]:
        found = await asyncio.gather(*(till.presume_expired() for till in self.tills))
        return [lost for each in found for lost in each]

    @invariant()
    def the_sums_agree(self) -> None:
        for row in self.do(rows(self.database, "SELECT spent_amount, held_amount FROM budget")):
            assert row["spent_amount"] == self.spent
            assert row["held_amount"] == sum(cost for cost, _ in self.held.values())
        self.do(audited(self.database))

    def teardown(self) -> None:
        self.do(self.database.close())
        self.runner.close()
        self.folder.cleanup()


TestHolds = pytest.mark.property(Holds.TestCase)
TestHolds.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
