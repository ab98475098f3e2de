"""The cell rate algorithm, against a bucket on paper that leaks without end."""

import random
from collections.abc import Awaitable, Callable
from fractions import Fraction

import pytest

from hub.clock import Clock
from hub.config.settings import KeyRates, Rate
from hub.limits.bucket import block, give_back, request_bucket, spend, token_bucket, wait_for
from hub.store import Database, Undone
from tests.limits.test_window import HandClock, most_in_any_window

pytestmark = pytest.mark.property

Open = Callable[[Clock], Awaitable[Database]]
BOTH = KeyRates(Rate(120, 60), Rate(30_000, 60))


class Paper:
    """A bucket of so many units that leaks one each `unit_us`."""

    def __init__(self, size: Fraction, unit_us: Fraction) -> None:
        self.size, self.unit_us = size, unit_us
        self.level, self.at_us = Fraction(0), 0

    def takes(self, amount: int, at_us: int) -> bool:
        self.level = max(Fraction(0), self.level - (at_us - self.at_us) / self.unit_us)
        self.at_us = at_us
        if self.level and self.level + amount > self.size:
            return False
        self.level += amount
        return True


async def taken(database: Database, rates: KeyRates, tokens: int = 1, tier: str = "enterprise") -> bool:
    try:
        await database.run(spend("key", rates, tokens, largest=0, tier=tier))
    except Undone:
        return False
    return True


async def waits_us(database: Database, rates: KeyRates, tokens: int = 1) -> int:
    rows = await database.read(wait_for(spend("key", rates, tokens, largest=0, tier="enterprise")))
    return int(rows[0]["wait_us"])


@pytest.mark.parametrize("amount", [1, 7, 60, 500, 5_000])
async def test_requests_are_what_the_paper_takes(open_with_clock: Open, amount: int) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance, clock = random.Random(seed), HandClock()
    database = await open_with_clock(clock)
    rates, bucket = KeyRates(Rate(amount, 60)), request_bucket(Rate(amount, 60))
    unit = Fraction(bucket.cost_us(1))
    paper, times = Paper(bucket.burst_us / unit, unit), list[int]()
    for _ in range(400):
        clock.ms += chance.choice([0, 0, 1, chance.randrange(1 + 90_000 // amount)])
        if took := await taken(database, rates):
            times.append(clock.ms)
        assert took == paper.takes(1, clock.ms * 1000)
        if not took:
            clock.ms += -(-await waits_us(database, rates) // 1000)
            assert await taken(database, rates)
            assert paper.takes(1, clock.ms * 1000)
            times.append(clock.ms)
    # Half-open windows: the one that ends a minute later to the millisecond is the next.
    assert most_in_any_window(times, 60_000 - 1) <= amount


@pytest.mark.parametrize("amount", [50, 500, 5_000])
async def test_nearly_all_requests_of_a_minute_can_be_used(open_with_clock: Open, amount: int) -> None:
    clock = HandClock()
    database = await open_with_clock(clock)
    rates, count, began = KeyRates(Rate(amount, 60)), 0, clock.ms
    while clock.ms < began + min(60_000, 60_000 * 500 // amount):
        if await taken(database, rates):
            count += 1
        else:
            clock.ms += max(1, await waits_us(database, rates) // 1000)
    assert count * 60_000 / (clock.ms - began) >= 0.97 * amount


async def test_tokens_never_exceed_a_minute(open_with_clock: Open) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)
    chance, clock = random.Random(seed), HandClock()
    database = await open_with_clock(clock)
    rates, spent, began = KeyRates(tokens=Rate(30_000, 60)), list[tuple[int, int]](), clock.ms
    while clock.ms < began + 180_000:
        clock.ms += chance.randrange(400)
        if await taken(database, rates, tokens := chance.randrange(1, 900)):
            spent.append((clock.ms, tokens))
    for first, _ in spent:
        assert sum(tokens for at, tokens in spent if first <= at <= first + 60_000) <= 30_000
    assert sum(tokens for _, tokens in spent) >= 0.9 * 3 * 30_000


async def test_both_are_taken_or_neither(open_with_clock: Open) -> None:
    database = await open_with_clock(HandClock())
    assert await taken(database, BOTH, 900)
    assert not await taken(database, BOTH, 900)
    assert await taken(database, KeyRates(Rate(120, 60)))
    assert await taken(database, KeyRates(Rate(120, 60)))
    assert not await taken(database, KeyRates(Rate(120, 60)))


async def test_what_was_not_used_is_given_back(open_with_clock: Open) -> None:
    database = await open_with_clock(HandClock())
    assert await taken(database, BOTH, 900)
    await database.run(give_back("key", BOTH, 800, largest=0))
    assert not await taken(database, BOTH, 801)
    assert await taken(database, BOTH, 799)


async def test_a_blocked_key_takes_nothing(open_with_clock: Open) -> None:
    clock = HandClock()
    database = await open_with_clock(clock)
    await database.run(block("key", 5_000))
    await database.run(block("key", 1_000))
    assert not await taken(database, KeyRates())
    assert await waits_us(database, KeyRates()) == 5_000_000
    clock.ms += 5_000
    assert await taken(database, KeyRates())


async def test_at_a_full_key_ordinary_traffic_is_slowed_first(open_with_clock: Open) -> None:
    database = await open_with_clock(HandClock())
    rates = KeyRates(Rate(1_000, 60))
    took = {tier: sum([await taken(database, rates, tier=tier) for _ in range(40)]) for tier in ("free", "paid")}
    assert took == {"free": 24, "paid": 3}
    assert await taken(database, rates, tier="enterprise")


def test_a_call_as_large_as_any_fits_at_once() -> None:
    bucket = token_bucket(Rate(20_000, 60), 3_600)
    assert bucket.cost_us(3_600) <= bucket.burst_us + 1
    assert 3_600 + 60_000_000 / bucket.unit_us <= 20_001
