"""One process of several that spend the same budget: `python -m tests.fleet.spender URL NUMBER TURNS LIMIT WORST COST`.

Writes one line of JSON: how many turns had their hold, and how many were refused for which reason.
"""

import asyncio
import collections
import json
import random
import sys
from pathlib import Path

from hub.clock import SystemClock
from hub.money.budgets import Allowance
from hub.money.holds import Held
from hub.money.periods import PeriodKind
from hub.money.till import Till
from hub.store.open import open_database
from tests.money.calls import bill, open_till, request


async def spend(url: str, number: int, turns: int, limit: Allowance, worst: int, cost: int) -> None:
    """So many turns at once, each with a bill of `cost`."""
    database = await open_database(url, clock=SystemClock(), base=Path(), serve=False, wait_s=0)
    till = open_till(database, seed=number)
    chance = random.Random(number)

    async def turn(till: Till, place: int) -> str:
        asked = request(worst, limit, message=f"p{number}-m{place}", prefix=f"p{number}-")
        answer = await till.hold(asked, deadline_s=600)
        if isinstance(answer, Held):
            await asyncio.sleep(chance.uniform(0, 0.02))
            await till.settle(answer, bill(cost))
        return type(answer).__name__

    answers = await asyncio.gather(*(turn(till, place) for place in range(turns)))
    await database.close()
    print(json.dumps(collections.Counter(answers)))


if __name__ == "__main__":
    _, place, number, turns, limit, worst, cost = sys.argv
    allowed = Allowance("agent", "support-faq", PeriodKind.MONTH, int(limit))
    asyncio.run(spend(place, int(number), int(turns), allowed, int(worst), int(cost)))
