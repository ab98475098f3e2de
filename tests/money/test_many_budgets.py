"""One hold on budgets of every scope and unit: all or none, and each counts in its own unit."""

import pytest

from hub.clock import SystemClock
from hub.config.settings import Budget, Budgets, Limit
from hub.messages import Conversation
from hub.money.budgets import (
    Allowance,
    Spent,
    Standing,
    Unit,
    allowances,
    budget_id,
    change_budget,
    period_end_amount,
    reset_budget,
    spent_at_ms,
    standing,
)
from hub.money.holds import forget_budgets_statement
from hub.money.periods import PeriodKind, period
from hub.store import Database
from tests.money.calls import ZONE, audited, bill, held, open_till, request, rows
from tests.money.test_fleet import agent

pytestmark = pytest.mark.unit

DAY = PeriodKind.DAY
MONEY = Allowance("agent", "support-faq", DAY, 100)
TOKENS = Allowance("person", "7", DAY, 500, Unit.TOKENS)


async def stands(database: Database, allowance: Allowance) -> Standing | None:
    return await standing(database, budget_id(allowance, period(allowance.kind, SystemClock().now_ms(), ZONE)))


async def amounts(database: Database, allowance: Allowance) -> tuple[int, int]:
    found = await stands(database, allowance)
    assert found is not None
    return found.spent, found.held


async def test_each_budget_counts_in_its_own_unit(database: Database) -> None:
    till = open_till(database)
    had = await held(till, request(60, MONEY, TOKENS, free_input=300))
    assert await amounts(database, MONEY) == (0, 60)
    assert await amounts(database, TOKENS) == (0, 360)
    await till.settle(had, bill(50, input_tokens=20))
    assert await amounts(database, TOKENS) == (50, 0)
    assert await amounts(database, MONEY) == (30, 0)  # its input costs nothing


async def test_one_budget_without_room_leaves_all_untouched(database: Database) -> None:
    till = open_till(database)
    answer = await till.hold(request(60, MONEY, TOKENS, free_input=480), deadline_s=0)
    assert answer == Spent(answer.budget, Unit.TOKENS, 500, 500, answer.opens_ms)  # type: ignore[union-attr]
    assert await amounts(database, MONEY) == (0, 0)
    assert await amounts(database, TOKENS) == (0, 0)
    assert (await rows(database, "SELECT COUNT(*) FROM hold"))[0][0] == 0


async def test_a_lost_hold_is_charged_in_every_unit(database: Database) -> None:
    till = open_till(database)
    late = await held(till, request(60, MONEY, TOKENS, free_input=300))
    assert len(await open_till(database).presume_orphaned("m1", fence=2)) == 1
    assert await amounts(database, MONEY) == (60, 0)
    assert await amounts(database, TOKENS) == (360, 0)
    await till.settle(late, bill(10, input_tokens=5))
    assert await amounts(database, MONEY) == (5, 0)
    assert await amounts(database, TOKENS) == (10, 0)


async def test_an_admins_limit_holds_at_once_and_in_later_periods_for_every_process(database: Database) -> None:
    till, other = open_till(database), open_till(database)
    await till.settle(await held(till, request(60, MONEY)), bill(60))
    assert isinstance(await other.hold(request(60, MONEY), deadline_s=0), Spent)
    now = period(DAY, SystemClock().now_ms(), ZONE)
    await database.run(*change_budget(MONEY, now, 130, "telegram/1"))
    await held(other, request(60, MONEY))
    tomorrow = period(DAY, now.end_ms, ZONE)
    await database.run(*reset_budget(Allowance("hub", "hub", DAY, 5), tomorrow))  # another one's change is not undone
    fresh = open_till(database)
    await fresh._current.ids([MONEY], now.end_ms)
    later = await standing(database, budget_id(MONEY, tomorrow))
    assert later is not None
    assert later.limit == 130
    await database.run(*reset_budget(MONEY, now))
    found = await stands(database, MONEY)
    assert found is not None
    assert found.limit == 100
    await audited(database)


async def test_budgets_of_long_ago_are_forgotten_unless_something_is_held(database: Database) -> None:
    till = open_till(database)
    await held(till, request(60, MONEY))
    other = Allowance("person", "9", DAY, 100)
    await till.settle(await held(till, request(60, other)), bill(60))
    await database.run(forget_budgets_statement(SystemClock().now_ms() + 40 * 86_400_000, most=10))
    assert [row["scope"] for row in await rows(database, "SELECT scope FROM budget")] == ["agent"]


def test_what_a_call_touches() -> None:
    day, tokens_a_week = Limit("day", "nusd", 5), Limit("week", "tokens", 7)
    budgets = Budgets(
        hub=Budget((day,)), person=Budget((tokens_a_week, day)), chat=Budget((day,)), workspace=Budget((day,))
    )
    topic = Conversation("telegram", "main", "-100", thread="4", private=False)
    found = {
        (each.scope, each.name, str(each.kind), str(each.unit)) for each in allowances(agent("a", 9), budgets, topic, 3)
    }
    assert found == {
        ("agent", "a", "month", "nusd"),
        ("hub", "hub", "day", "nusd"),
        ("person", "3", "week", "tokens"),
        ("person", "3", "day", "nusd"),
        ("chat", "telegram/main/-100", "day", "nusd"),
    }
    slack = Conversation("slack", "main", "C1", workspace="T1", private=False)
    names = [each.name for each in allowances(agent("a", None), budgets, slack, 3) if each.scope == "workspace"]
    assert names == ["slack/main/T1"]


@pytest.mark.parametrize(
    ("spent", "gone", "at", "end"),
    [
        (0, 50, None, 0),
        (50, 50, None, 100),
        (50, 25, 50, 200),
        (100, 70, 70, 142),
        (99, 0, None, 9_900),
        (1, 99, None, 1),
    ],
)
def test_the_forecast(spent: int, gone: int, at: int | None, end: int) -> None:
    budget = Standing("b", Unit.MONEY, 100, spent, 0, start_ms=0, end_ms=100)
    assert spent_at_ms(budget, gone) == at
    assert period_end_amount(budget, gone) == end
