"""Four processes ask as fast as they can: no window ever has more than is allowed, and nearly all of it is used."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.config.settings import Rate
from hub.limits.bucket import request_bucket
from hub.store import Database
from tests.fleet.asker import ask
from tests.limits.test_window import most_in_any_window

pytestmark = pytest.mark.fleet

PROCESSES = 4
SECONDS = 2.6
MEASURED_MS = 2_000
"""From the first that was admitted: surely within the time in which somebody asks."""
WINDOW = Rate(40, 1)
GROUPED = Rate(270, 2)
"""More than there are times in a row, and not more than a busy machine asks for."""
KEY = Rate(1_200, 60)
"""Its burst covers what a busy machine does not ask for in time: 1.8 s."""
NOT_STARVED = 0.4
"""Of what may be admitted, at least so much is; on a machine with time for it, it is all."""


async def asker(url: str, what: str, rate: Rate) -> list[int]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fleet.asker", url, what, str(rate.amount), str(rate.per_s), str(SECONDS),
        stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    told, _ = await process.communicate()
    assert process.returncode == 0
    times: list[int] = json.loads(told)
    return times


def judge_window(times: list[int], rate: Rate) -> None:
    """`times`: of all that was admitted, by the store's clock."""
    # Windows are half-open: what is admitted a second later to the millisecond is in the next.
    assert most_in_any_window(times, rate.per_s * 1000 - 1) <= rate.amount
    assert used(times) >= NOT_STARVED * rate.amount * MEASURED_MS / (rate.per_s * 1000)


def judge_key(times: list[int], rate: Rate) -> None:
    bucket = request_bucket(rate)
    for span_ms in (10, 100, 500, 1_000, MEASURED_MS):
        assert most_in_any_window(times, span_ms - 1) <= (bucket.burst_us + span_ms * 1000) / bucket.unit_us + 1
    assert used(times) >= NOT_STARVED * (bucket.burst_us + MEASURED_MS * 1000) / bucket.unit_us
    assert (bucket.burst_us + rate.per_s * 1_000_000) / bucket.unit_us <= rate.amount + 1


def used(times: list[int]) -> int:
    return sum(at < times[0] + MEASURED_MS for at in times)


Judge = Callable[[list[int], Rate], None]


@pytest.mark.parametrize(
    ("what", "rate", "judge"),
    [("window", WINDOW, judge_window), ("window", GROUPED, judge_window), ("key", KEY, judge_key)],
)
async def test_four_processes_share_a_limit(postgresql_url: str, what: str, rate: Rate, judge: Judge) -> None:
    told = await asyncio.gather(*(asker(postgresql_url, what, rate) for _ in range(PROCESSES)))
    assert sum(map(bool, told)) > 1
    judge(sorted(at for times in told for at in times), rate)


@pytest.mark.parametrize(("what", "rate", "judge"), [("window", WINDOW, judge_window), ("key", KEY, judge_key)])
async def test_one_process_on_sqlite(sqlite_database: Database, what: str, rate: Rate, judge: Judge) -> None:
    judge(sorted(await ask(sqlite_database, what, rate, SECONDS - 0.4)), rate)
