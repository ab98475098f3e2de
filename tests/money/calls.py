"""Made-up calls and tills for the tests of money."""

import itertools
import random
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from hub.clock import Clock, SystemClock
from hub.money.budgets import Allowance, CurrentBudgets
from hub.money.holds import Bill, Call, Held, HoldRequest
from hub.money.margins import CountMargins
from hub.money.periods import PeriodKind
from hub.money.prices import PricedModel, Rates, Tokens
from hub.money.till import Till
from hub.store import Database, Row, Rows, Sql, Statement

ZONE = ZoneInfo("Europe/Berlin")
DOLLAR_A_TOKEN = PricedModel("coin-1", "regions.toml", (Rates(0, 1_000_000, 1_000_000, 1_000_000, 1_000_000),))
"""One nano-dollar for each token of any kind, so that costs can be counted on fingers."""
FREE_INPUT = PricedModel("coin-1", "regions.toml", (Rates(0, 0, 0, 0, 1_000_000),))

_ids = itertools.count(1)


def call(**changes: Any) -> Call:
    """A call of the support agent."""
    fields: dict[str, Any] = {
        "message": "m1",
        "conversation": "web/main/c1",
        "person": 7,
        "channel": "web",
        "agent": "support-faq",
        "deployment": "support-faq-eu-west",
        "region": "eu-west",
        "api": "openai",
        "model": "coin-1",
        "tier": "simple",
        "kind": "answer",
    }
    return Call(**(fields | changes))


def allowance(limit: int, name: str = "support-faq", scope: str = "agent") -> Allowance:
    """A monthly one."""
    return Allowance(scope, name, PeriodKind.MONTH, limit)


def request(
    cost_nusd: int,
    *allowances: Allowance,
    fence: int = 1,
    lives_ms: int = 60_000,
    counted: int = 0,
    free_input: int = 0,
    prefix: str = "",
    **changes: Any,
) -> HoldRequest:
    """Asks for exactly so much, all of it output; `counted` input tokens are told beside it.

    With `free_input` there are so many tokens of input, which cost nothing.
    """
    return HoldRequest(
        id=f"{prefix}{next(_ids):026}",
        call=call(**changes),
        fence=fence,
        price=FREE_INPUT if free_input else DOLLAR_A_TOKEN,
        counted_input=counted,
        input_tokens=free_input,
        output_cap=cost_nusd,
        allowances=allowances,
        lives_ms=lives_ms,
    )


def bill(cost_nusd: int, *, input_tokens: int = 0, estimated: bool = False) -> Bill:
    """Comes to exactly so much."""
    tokens = Tokens(input=input_tokens, output=cost_nusd - input_tokens)
    return Bill(tokens, "stop", took_ms=5, estimated=estimated)


def open_till(database: Database, clock: Clock | None = None, seed: int = 1, *, polls: bool = True) -> Till:
    """A till as another process would have its own; without polls, only what happens in this process wakes a waiter."""
    clock = clock or SystemClock()
    chance = random.Random(seed).uniform if polls else lambda _least, _most: 60.0
    return Till(database, CurrentBudgets(database, ZONE), CountMargins(), clock=clock, chance=chance)


async def rows(database: Database, sql: str, values: Mapping[str, Any] | None = None) -> Rows:
    """What a query of the test's own says."""
    return await database.read(Statement(Sql(f"test {sql}", sql), values or {}))


async def the_budget(database: Database) -> Row:
    """The only budget there is."""
    (row,) = await rows(database, "SELECT * FROM budget")
    return row


async def held(till: Till, asked: HoldRequest, deadline_s: float = 0) -> Held:
    """A hold that is expected to be had."""
    answer = await till.hold(asked, deadline_s=deadline_s)
    assert isinstance(answer, Held), answer
    return answer


async def audited(database: Database) -> None:
    """Budgets say what the holds and the ledger add up to, and every charged hold has its row, once."""
    budgets = await rows(database, "SELECT id, unit, limit_amount, spent_amount, held_amount FROM budget")
    for budget in budgets:
        like = {"budget": f'%"{budget["id"]}"%'}
        tokens = budget["unit"] == "tokens"
        held_amount = "input_tokens + output_tokens" if tokens else "cost_nusd"
        open_holds = await rows(
            database,
            f"SELECT COALESCE(SUM({held_amount}), 0) FROM hold WHERE state = 'held' AND budgets LIKE :budget",
            like,
        )
        charged_amount = "l.input_tokens + l.output_tokens" if tokens else "l.cost_nusd"
        charged = await rows(
            database,
            f"SELECT COALESCE(SUM({charged_amount}), 0) FROM ledger l JOIN hold h ON h.id = l.hold"
            " WHERE h.budgets LIKE :budget",
            like,
        )
        assert budget["held_amount"] == open_holds[0][0]
        assert budget["spent_amount"] == charged[0][0]
    unpaid = await rows(
        database,
        "SELECT h.id FROM hold h LEFT JOIN ledger l ON l.id = h.id"
        " WHERE (h.state IN ('settled', 'presumed', 'corrected')) <> (l.id IS NOT NULL)",
    )
    assert not unpaid
