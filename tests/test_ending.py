"""Tasks are done when `end` returns, those too that once took a cancellation for something else."""

import asyncio
from contextlib import suppress

import pytest

import hub.ending
from hub.ending import end

pytestmark = pytest.mark.unit


async def test_who_lost_a_cancellation_is_cancelled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.ending, "CANCEL_AGAIN_S", 0.01)
    lost = 0

    async def deaf() -> None:
        nonlocal lost
        while lost < 2:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                lost += 1
        await asyncio.sleep(3600)

    async def fails() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(3600)
        raise RuntimeError("at its end")

    tasks = [asyncio.create_task(work) for work in (deaf(), fails())]
    await asyncio.sleep(0)
    await end(tasks)
    assert tasks[0].cancelled()
    assert isinstance(tasks[1].exception(), RuntimeError)


async def test_who_ends_in_good_order_is_left_to_it() -> None:
    cut = False

    async def orderly() -> None:
        nonlocal cut
        try:
            await asyncio.sleep(3600)
        finally:
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                cut = True

    task = asyncio.create_task(orderly())
    await asyncio.sleep(0)
    await end([task])
    await end([])
    assert task.cancelled()
    assert not cut
