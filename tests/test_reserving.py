"""Who waits for a key and who for a budget: neither stands in the other's way."""

import asyncio
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from hub.clock import SystemClock
from hub.limits.bucket import SPEND
from hub.money.budgets import Busy
from hub.reserving import KeyFull, Reserving
from hub.store import Statement, Undone
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

KEY: Any = SimpleNamespace(name="shared")


class OneKey:
    """Of all deployments; it is full at some moments."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()

    def spending(self, *_: object) -> Sequence[str]:
        return ("spend",)

    def line(self, *_: object) -> asyncio.Lock:
        return self.lock

    async def wait_s(self, _: object) -> float:
        return 0.001


class ScriptedTill:
    """What each who asks is told, one try after the other; then they have it."""

    def __init__(self, told: dict[str, list[Any]]) -> None:
        self.told = told
        self.waiting: dict[str, float] = {}
        """Who waits for a budget, and how long at the most."""
        self.has_room = asyncio.Event()

    async def hold(self, request: Any, *, deadline_s: float, extra: Sequence[Statement]) -> Any:
        answer = self.told[request.who].pop(0) if self.told.get(request.who) else "held"
        if answer == "full":
            raise Undone(SPEND, 0, 0)
        if isinstance(answer, Busy) and deadline_s > 0:
            self.waiting[request.who] = deadline_s
            await self.has_room.wait()
            del self.waiting[request.who]
            return "held"
        return answer


def asking(till: ScriptedTill, keys: OneKey) -> Callable[[str], "asyncio.Task[Any]"]:
    parts: Any = {"settings": None, "till": till, "keys": keys}
    reserving = Reserving(**parts, clock=SystemClock(), new_id=str)

    def ask(who: str) -> "asyncio.Task[Any]":
        request: Any = SimpleNamespace(who=who, tokens=1)
        return asyncio.create_task(reserving._hold(request, KEY, "free", ()))

    return ask


async def test_who_waits_for_a_budget_leaves_the_line_of_the_key() -> None:
    till, keys = ScriptedTill({"poor": ["full", Busy("agent/poor"), Busy("agent/poor")]}), OneKey()
    ask = asking(till, keys)
    poor = ask("poor")
    await until(lambda: till.waiting)
    assert 0 < till.waiting["poor"] <= 60
    async with asyncio.timeout(60):
        assert await ask("rich") == "held"
    assert not poor.done()
    till.has_room.set()
    assert await poor == "held"
    assert not keys.lock.locked()


async def test_who_comes_back_from_a_budget_to_a_full_key_stands_in_line_again() -> None:
    till, keys = ScriptedTill({"poor": ["full", Busy("agent/poor"), "full", "full", "full"]}), OneKey()
    async with asyncio.timeout(60):
        assert await asking(till, keys)("poor") == "held"
    assert till.told == {"poor": []}
    assert not keys.lock.locked()


async def test_nobody_stands_in_line_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.reserving.KEY_WITHIN_S", 0.02)
    till, keys = ScriptedTill({}), OneKey()
    async with keys.lock, asyncio.timeout(60):
        assert isinstance(await asking(till, keys)("late"), KeyFull)
    assert await asking(till, keys)("later") == "held"
