"""A race that ends before anybody has won it."""

import asyncio
from io import StringIO

import pytest

from hub.hedging import Leg, race

pytestmark = pytest.mark.unit


def begun(breaks: asyncio.Event) -> Leg[str]:
    """A call that fails when the event comes."""

    async def call() -> str:
        await breaks.wait()
        return "broken"

    leg = Leg[str](lambda _: False)
    leg.start(call())
    return leg


async def test_a_race_that_is_broken_off_hands_over_what_each_leg_came_to() -> None:
    breaks = asyncio.Event()
    one, other = begun(breaks), begun(asyncio.Event())
    came_to: dict[Leg[str], str | None] = {}

    async def second() -> Leg[str]:
        breaks.set()
        return other

    async def abandon(leg: Leg[str]) -> None:
        came_to[leg] = await leg.end()

    async with asyncio.timeout(60):
        racing = asyncio.create_task(race(one, second, asyncio.sleep(0), StringIO(), abandon))
        assert not await one.decided
        racing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await racing
    assert came_to == {one: "broken", other: None}
