"""Four processes spend one budget of 37 worst cases in PostgreSQL: the limit holds between them, and they share it."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from hub.clock import SystemClock
from hub.store import Database
from hub.store.open import open_database
from tests.money.calls import audited, rows

pytestmark = [pytest.mark.fleet, pytest.mark.long]

WORST = 3_000
LIMIT = 37 * WORST
PROCESSES = 4
TURNS = 250


async def spender(url: str, number: int, turns: int, limit: int, cost: int) -> dict[str, int]:
    """What one process says of its turns."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fleet.spender", url, *map(str, (number, turns, limit, WORST, cost)),
        stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    told, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(told)


async def watch(database: Database, seen: list[int]) -> None:
    """Look at the budget as often as can be."""
    while True:
        seen.extend(row[0] for row in await rows(database, "SELECT spent_amount + held_amount FROM budget"))
        await asyncio.sleep(0.002)


async def test_the_limit_holds_between_processes(postgresql_url: str) -> None:
    database = await open_database(postgresql_url, clock=SystemClock(), base=Path(), serve=False, wait_s=0)
    seen: list[int] = []
    watching = asyncio.create_task(watch(database, seen))
    told = await asyncio.gather(
        *(spender(postgresql_url, number, TURNS, LIMIT, WORST // 3) for number in range(PROCESSES))
    )
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    assert len(seen) > 20
    assert LIMIT - WORST < max(seen) <= LIMIT
    await audited(database)
    (budget,) = await rows(database, "SELECT spent_amount, held_amount FROM budget")
    assert budget["held_amount"] == 0
    assert LIMIT * 0.95 <= budget["spent_amount"] <= LIMIT
    held = sum(each.get("Held", 0) for each in told)
    assert held * (WORST // 3) == budget["spent_amount"]
    assert sum(map(sum, (each.values() for each in told))) == PROCESSES * TURNS
    assert sum(each.get("Busy", 0) for each in told) == 0
    await database.close()


async def test_ten_thousand_calls_on_a_budget_of_two_hundred(postgresql_url: str) -> None:
    """Their cost is certain, so nothing of the budget stays unused and nothing is spent beyond it."""
    database = await open_database(postgresql_url, clock=SystemClock(), base=Path(), serve=False, wait_s=0)
    limit = 200 * WORST
    told = await asyncio.gather(*(spender(postgresql_url, each, 2_500, limit, WORST) for each in range(PROCESSES)))

    assert sum(each.get("Held", 0) for each in told) == 200
    assert sum(each.get("Spent", 0) for each in told) == 9_800
    (budget,) = await rows(database, "SELECT spent_amount, held_amount FROM budget")
    assert tuple(budget) == (limit, 0)
    charged = await rows(database, "SELECT COUNT(*), SUM(cost_nusd) FROM ledger")
    assert tuple(charged[0]) == (200, limit)
    await audited(database)
    await database.close()
