"""One process of several over the same limits: `python -m tests.fleet.asker URL WHAT AMOUNT PER_S SECONDS`.

`WHAT` is `window` or `key`. Asks without rest for so many seconds; writes the store's times (ms) of what was admitted.
"""

import asyncio
import json
import sys
from pathlib import Path

from hub.clock import SystemClock
from hub.config.settings import KeyRates, Rate
from hub.limits.bucket import spend
from hub.limits.window import admit, window
from hub.store import Database, Sql, Statement, Undone
from hub.store.open import open_database

AT_ONCE = 4
SPENT_AT = Sql("test.spent_at", "SELECT used_ms FROM provider_key WHERE id = 'key'")


async def ask(database: Database, what: str, rate: Rate, seconds: float) -> list[int]:
    """The times of what was admitted."""
    asking = (
        admit("agent/a", window(rate))
        if what == "window"
        else spend("key", KeyRates(rate), 0, largest=0, tier="enterprise")
    )
    admitted: list[int] = []
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds

    async def keep_asking() -> None:
        while loop.time() < until:
            try:
                rows = await database.run(asking, *([] if what == "window" else [Statement(SPENT_AT, {})]))
            except Undone:
                await asyncio.sleep(0.002)
            else:
                admitted.append(rows[-1][0][0])

    await asyncio.gather(*(keep_asking() for _ in range(AT_ONCE)))
    return admitted


async def main(url: str, what: str, rate: Rate, seconds: float) -> None:
    database = await open_database(url, clock=SystemClock(), base=Path(), serve=False, wait_s=0)
    try:
        print(json.dumps(await ask(database, what, rate, seconds)))
    finally:
        await database.close()


if __name__ == "__main__":
    _, place, what, amount, per_s, seconds = sys.argv
    asyncio.run(main(place, what, Rate(int(amount), int(per_s)), float(seconds)))
