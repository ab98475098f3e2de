"""A budget of 37 worst cases and a thousand turns at once: never over the limit, and hardly anything left unused."""

import asyncio
import random

import pytest

from hub.money.budgets import Busy, Spent
from hub.money.holds import Held
from hub.money.till import Till
from hub.store import Database
from tests.money.calls import allowance, audited, bill, open_till, request, rows

pytestmark = pytest.mark.unit

WORST = 3_000
LIMIT = allowance(37 * WORST)
TURNS = 1_000


async def turn(till: Till, number: int) -> Held | Busy | Spent:
    """One call: a hold of the worst case, some work, a bill of a third."""
    answer = await till.hold(request(WORST, LIMIT, message=f"m{number}"), deadline_s=600)
    if isinstance(answer, Held):
        await asyncio.sleep(random.Random(number).uniform(0, 0.01))
        await till.settle(answer, bill(WORST // 3))
    return answer


async def watch(database: Database, seen: list[int]) -> None:
    """Look at the budget as often as can be."""
    while True:
        seen.extend(row[0] for row in await rows(database, "SELECT spent_amount + held_amount FROM budget"))
        await asyncio.sleep(0.002)


async def test_a_thousand_turns_at_once(database: Database) -> None:
    till = open_till(database)
    seen: list[int] = []
    watching = asyncio.create_task(watch(database, seen))
    answers = await asyncio.gather(*(turn(till, number) for number in range(TURNS)))
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    assert len(seen) > 20
    assert max(seen) <= LIMIT.limit
    assert max(seen) > LIMIT.limit - WORST  # it was full, so the limit was what held them back
    await audited(database)
    (budget,) = await rows(database, "SELECT * FROM budget")
    assert budget["held_amount"] == 0
    assert LIMIT.limit * 0.95 <= budget["spent_amount"] <= LIMIT.limit
    charged = await rows(database, "SELECT COUNT(*), COUNT(DISTINCT message), SUM(cost_nusd) FROM ledger")
    had = [answer for answer in answers if isinstance(answer, Held)]
    assert tuple(charged[0]) == (len(had), len(had), budget["spent_amount"])
    refused = [answer for answer in answers if not isinstance(answer, Held)]
    assert all(isinstance(answer, Spent) and answer.left < WORST for answer in refused)


async def test_ten_thousand_calls_on_a_budget_of_two_hundred(sqlite_database: Database) -> None:
    """Their cost is certain, so nothing of the budget stays unused and nothing is spent beyond it."""
    till, limit = open_till(sqlite_database), allowance(200 * WORST)

    async def turn(number: int) -> str:
        answer = await till.hold(request(WORST, limit, message=f"m{number}"), deadline_s=600)
        if isinstance(answer, Held):
            await asyncio.sleep(random.Random(number).uniform(0, 0.01))
            await till.settle(answer, bill(WORST))
        return type(answer).__name__

    answers = await asyncio.gather(*(turn(number) for number in range(10_000)))

    assert (answers.count("Held"), answers.count("Spent")) == (200, 9_800)
    (budget,) = await rows(sqlite_database, "SELECT spent_amount, held_amount FROM budget")
    assert tuple(budget) == (200 * WORST, 0)
    await audited(sqlite_database)
