"""Four processes ask as fast as they can: no window ever has more than is allowed, and nearly all of it is used."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from hub.config.settings import Rate
from hub.store import Database
from tests.fleet.asker import ask
from tests.limits.test_window import most_in_any_window

pytestmark = pytest.mark.fleet

PROCESSES = 4
SECONDS = 2.6
WHOLE_WINDOWS = 2
"""Of a second each, that surely lie within the time in which all four ask."""


async def asker(url: str, what: str, amount: int) -> list[int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fleet.asker", url, what, str(amount), "1", str(SECONDS),
        stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    told, _ = await process.communicate()
    assert process.returncode == 0
    times: list[int] = json.loads(told)
    return times


def judge(times: list[int], amount: int) -> None:
    """`times`: of all that was admitted, by the store's clock, in a limit of `amount` a second."""
    times = sorted(times)
    # Windows are half-open: what is admitted a second later to the millisecond is in the next.
    assert most_in_any_window(times, 999) <= amount
    used = sum(at < times[0] + WHOLE_WINDOWS * 1000 for at in times)
    assert WHOLE_WINDOWS * amount * 0.97 <= used <= WHOLE_WINDOWS * amount


@pytest.mark.parametrize(("what", "amount"), [("window", 40), ("window", 300), ("key", 150)])
async def test_four_processes_share_a_limit(postgresql_url: str, what: str, amount: int) -> None:
    told = await asyncio.gather(*(asker(postgresql_url, what, amount) for _ in range(PROCESSES)))
    assert all(told)
    judge([at for times in told for at in times], amount)


@pytest.mark.parametrize(("what", "amount"), [("window", 40), ("key", 150)])
async def test_one_process_on_sqlite(sqlite_database: Database, what: str, amount: int) -> None:
    judge(await ask(sqlite_database, what, Rate(amount, 1), SECONDS - 0.4), amount)
