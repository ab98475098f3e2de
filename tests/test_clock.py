"""Clock and ids."""

import time

import pytest

from hub.clock import SystemClock, new_id

pytestmark = pytest.mark.unit


def test_ids_are_unique_and_sort_by_age() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert len(set(ids)) == len(ids)
    assert {len(each) for each in ids} == {26}
    assert [each[:12] for each in ids] == sorted(each[:12] for each in ids)


def test_an_id_begins_with_its_time() -> None:
    before = SystemClock().now_ms()
    assert before <= int(new_id()[:12], 16) <= SystemClock().now_ms()


async def test_the_systems_clock_goes_on() -> None:
    clock = SystemClock()
    began = clock.monotonic()
    await clock.sleep(0.01)
    assert clock.monotonic() - began >= 0.009
    assert abs(clock.now_ms() - time.time() * 1000) < 1_000
