"""One timer for many waits: it gives up only on who is waited for, and only when the last deadline has passed."""

import asyncio

import pytest

from hub.agents.http import Patience

pytestmark = pytest.mark.unit


async def test_a_deadline_that_moves_on_needs_no_new_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()
    timers = 0
    call_at = loop.call_at

    def counted(*args: object, **kwargs: object) -> asyncio.TimerHandle:
        nonlocal timers
        timers += 1
        return call_at(*args, **kwargs)  # type: ignore[arg-type]  # handed on as it came

    patience = Patience(lambda: None)
    monkeypatch.setattr(loop, "call_at", counted)
    for step in range(1000):
        patience.begin(loop.time() + 60 + step)
    patience.end()
    assert timers == 1
    assert not patience.over


async def test_it_gives_up_when_the_last_deadline_has_passed() -> None:
    given_up = asyncio.Event()
    patience = Patience(given_up.set)
    now = asyncio.get_running_loop().time()
    patience.begin(now + 0.02)
    patience.begin(now + 0.06)
    await given_up.wait()
    assert patience.over
    assert asyncio.get_running_loop().time() >= now + 0.06


async def test_an_earlier_deadline_counts() -> None:
    given_up = asyncio.Event()
    patience = Patience(given_up.set)
    now = asyncio.get_running_loop().time()
    patience.begin(now + 3600)
    patience.begin(now + 0.02)
    await asyncio.wait_for(given_up.wait(), 60)


async def test_nobody_is_given_up_while_nobody_is_waited_for() -> None:
    patience = Patience(lambda: None)
    patience.begin(asyncio.get_running_loop().time() + 0.01)
    patience.rest()
    await asyncio.sleep(0.05)
    assert not patience.over
