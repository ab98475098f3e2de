"""A person may say stop more than once, also while what was stopped is still about to end."""

import asyncio

import pytest

from hub.listening import Stopper

pytestmark = pytest.mark.unit


async def test_stop_is_said_again_while_what_was_stopped_cleans_up() -> None:
    stopper, cleaning, go_on = Stopper(), asyncio.Event(), asyncio.Event()

    async def answer() -> bool:
        async with stopper.stoppable():
            try:
                await asyncio.Event().wait()
            finally:
                cleaning.set()
                await go_on.wait()
        return stopper.stopped

    answering = asyncio.create_task(answer())
    await asyncio.sleep(0)
    stopper.stop()
    await cleaning.wait()
    stopper.stop()
    go_on.set()
    assert await answering


async def test_what_begins_after_the_stop_ends_at_once() -> None:
    stopper = Stopper()
    stopper.stop()
    async with asyncio.timeout(60), stopper.stoppable():
        await asyncio.Event().wait()
    assert stopper.stopped
