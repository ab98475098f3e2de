"""Holds in any order on several budgets: whatever is reserved, settled, released or lost, whatever limits and periods
do meanwhile, the sums agree with a model on paper."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from hub.clock import Clock, SystemClock
from hub.money.budgets import Allowance, Busy, Spent, Unit, budget_id, change_budget, reset_budget
from hub.money.holds import Bill, Held
from hub.money.periods import PeriodKind, period
from hub.money.prices import Tokens
from hub.store import Database
from hub.store.open import open_database
from tests.money.calls import ZONE, audited, open_till, request, rows
from tests.postgres import PostgresqlServer

SOON_MS, LATE_MS, DAY_MS = 1_000, 400_000_000, 86_400_000
NAMES = ("agent", "person", "hub")


class MovedClock(SystemClock):
    """Goes on only when told to."""

    def __init__(self) -> None:
        self.at_ms = 1_795_000_000_000

    def now_ms(self) -> int:
        return self.at_ms


class Holds(RuleBasedStateMachine):
    open_holds = Bundle("open_holds")

    def __init__(self, opened: Callable[[Clock], Any]) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = MovedClock()
        self.database: Database = self.do(opened(self.clock))
        self.tills = [open_till(self.database, self.clock) for _ in range(2)]
        self.limits = {"agent": 1_000, "person": 1_500, "hub": 2_000}
        """By scope, in the settings."""
        self.changed: dict[str, int] = {}
        """By scope, by an admin."""
        self.rows: dict[str, list[int]] = {}
        """By budget: limit, spent, held."""
        self.held: dict[str, tuple[int, int, int]] = {}
        """Cost, tokens and expiry of the open holds."""

    def do(self, work: Any) -> Any:
        return self.runner.run(work)

    def allowance(self, scope: str) -> Allowance:
        unit, kind = ("tokens" if scope == "person" else "nusd"), ("month" if scope == "hub" else "day")
        return Allowance(scope, "x", PeriodKind(kind), self.limits[scope], Unit(unit))

    def touched(self, scopes: set[str]) -> list[str]:
        """The budgets' rows, in order; each has the limit that is in force now."""
        ids = []
        for scope in scopes:
            allowance = self.allowance(scope)
            row = budget_id(allowance, period(allowance.kind, self.clock.at_ms, ZONE))
            self.rows.setdefault(row, [0, 0, 0])[0] = self.changed.get(scope, allowance.limit)
            ids.append(row)
        return sorted(ids)

    def charge(self, had: Held, cost: int, tokens: int, *, held: bool) -> None:
        for row in had.budgets:
            in_tokens = row.endswith("/tokens")
            self.rows[row][1] += tokens if in_tokens else cost
            if held:
                self.rows[row][2] -= had.request.tokens if in_tokens else had.cost_nusd

    @rule(
        target=open_holds,
        cost=st.integers(0, 600),
        free=st.integers(1, 300),
        scopes=st.sets(st.sampled_from(NAMES)),
        till=st.integers(0, 1),
        lives=st.sampled_from([SOON_MS, LATE_MS]),
    )
    def hold(self, cost: int, free: int, scopes: set[str], till: int, lives: int) -> Any:
        asked = request(cost, *map(self.allowance, scopes), free_input=free, lives_ms=lives)
        answer = self.do(self.tills[till].hold(asked, deadline_s=0))
        wanted = {row: asked.tokens if row.endswith("/tokens") else cost for row in self.touched(scopes)}
        full = next(
            (row for row, amount in wanted.items() if sum(self.rows[row][1:]) + amount > self.rows[row][0]), None
        )
        if full is None:
            assert isinstance(answer, Held)
            for row, amount in wanted.items():
                self.rows[row][2] += amount
            self.held[answer.id] = (cost, asked.tokens, self.clock.at_ms + lives)
            return answer
        limit, spent, held = self.rows[full]
        if spent + wanted[full] <= limit:
            assert answer == Busy(full)
        else:
            assert isinstance(answer, Spent)
            assert (answer.budget, answer.left, answer.free) == (
                full,
                max(0, limit - spent),
                max(0, limit - spent - held),
            )
            assert answer.opens_ms > self.clock.at_ms
        return multiple()

    @rule(had=consumes(open_holds), share=st.integers(0, 100), over=st.integers(0, 50), till=st.integers(0, 1))
    def settle(self, had: Held, share: int, over: int, till: int) -> None:
        cost, spoken = had.cost_nusd * share // 100 + over, had.request.input_tokens * share // 100
        lost = had.id not in self.held
        ending = self.do(self.tills[till].settle(had, Bill(Tokens(input=spoken, output=cost), "stop", 5)))
        overrun = "overrun" if cost > had.cost_nusd else ""
        assert ending.mark == ("correction" if lost else overrun)
        if lost:
            self.charge(had, cost - had.cost_nusd, cost + spoken - had.request.tokens, held=False)
        else:
            self.charge(had, cost, cost + spoken, held=True)
            del self.held[had.id]

    @rule(had=consumes(open_holds), till=st.integers(0, 1))
    def release(self, had: Held, till: int) -> None:
        self.do(self.tills[till].release(had))
        if had.id in self.held:
            self.charge(had, 0, 0, held=True)
            del self.held[had.id]
        else:
            self.charge(had, -had.cost_nusd, -had.request.tokens, held=False)

    @rule(forward_ms=st.sampled_from([0, SOON_MS, DAY_MS]))
    def expire(self, forward_ms: int) -> None:
        """Time goes on, into other periods too; holds whose time is over are charged, by one of two processes."""
        self.clock.at_ms += forward_ms
        found = self.do(self._expire_twice())
        due = {had for had, (_, _, expires) in self.held.items() if expires <= self.clock.at_ms}
        assert sorted(lost.id for lost in found) == sorted(due)
        for lost in found:
            for row in lost.budgets:
                amount = lost.tokens if row.endswith("/tokens") else lost.cost_nusd
                self.rows[row][1] += amount
                self.rows[row][2] -= amount
            del self.held[lost.id]

    async def _expire_twice(self) -> list[Any]:
        found = await asyncio.gather(*(till.presume_expired() for till in self.tills))
        return [lost for each in found for lost in each]

    @rule(scope=st.sampled_from(NAMES), limit=st.integers(0, 3_000))
    def read_settings_anew(self, scope: str, limit: int) -> None:
        self.limits[scope] = limit
        for till in self.tills:
            till.renew_budgets()

    @rule(scope=st.sampled_from(NAMES), limit=st.one_of(st.none(), st.integers(0, 3_000)))
    def change(self, scope: str, limit: int | None) -> None:
        """An admin's own limit, or back to the settings."""
        allowance = self.allowance(scope)
        current = period(allowance.kind, self.clock.at_ms, ZONE)
        if limit is None:
            self.changed.pop(scope, None)
            self.do(self.database.run(*reset_budget(allowance, current)))
        else:
            self.changed[scope] = limit
            self.do(self.database.run(*change_budget(allowance, current, limit, "telegram/1")))
        self.touched({scope})

    @invariant()
    def the_sums_agree(self) -> None:
        for row in self.do(rows(self.database, "SELECT id, spent_amount, held_amount FROM budget")):
            assert [row["spent_amount"], row["held_amount"]] == self.rows[row["id"]][1:]
        self.do(audited(self.database))

    def teardown(self) -> None:
        self.do(self.database.close())
        self.runner.close()


def _settings(examples: int) -> settings:
    return settings(max_examples=examples, stateful_step_count=20)


@pytest.mark.property
def test_on_sqlite() -> None:
    with tempfile.TemporaryDirectory() as folder:
        count = iter(range(1_000_000))

        async def opened(clock: Clock) -> Database:
            place = f"sqlite:{next(count)}.db"
            return await open_database(place, clock=clock, base=Path(folder), serve=True, wait_s=0)

        run_state_machine_as_test(lambda: Holds(opened), settings=_settings(60))


@pytest.mark.property
def test_on_postgresql(postgresql_server: PostgresqlServer) -> None:
    from hub.store.postgresql import PostgresqlDatabase

    async def opened(clock: Clock) -> Database:
        return await PostgresqlDatabase.open(
            postgresql_server.url(await postgresql_server.create_migrated()), clock=clock
        )

    run_state_machine_as_test(lambda: Holds(opened), settings=_settings(15))
