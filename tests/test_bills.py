"""What a call came to is charged once, however often the store does not take it."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from hub.bills import Bills
from hub.money.holds import Bill
from hub.money.prices import Tokens
from hub.store import StoreError, StoreUnavailable, Undone

pytestmark = pytest.mark.unit

BILL = Bill(Tokens(), "stop", took_ms=0)


class ScriptedTill:
    """Settles, unless it is told of a failure for the hold."""

    def __init__(self, failures: dict[str, BaseException]) -> None:
        self.failures = failures
        self.settled: list[str] = []

    async def settle(self, held: Any, _bill: Bill, *_: object) -> None:
        if failure := self.failures.get(held.id):
            raise failure
        self.settled.append(held.id)


def bills_of(till: ScriptedTill, *kept: str) -> Bills:
    keys: Any = SimpleNamespace(unused=lambda *_: [])
    bills = Bills(till, keys)  # type: ignore[arg-type]  # of a till, it needs what is scripted
    for hold in kept:
        bills.keep(held(hold), BILL)
    return bills


def held(hold: str) -> Any:
    return SimpleNamespace(id=hold, request=SimpleNamespace(tokens=0, call=SimpleNamespace(deployment="near")))


async def test_a_bill_that_the_store_refuses_is_kept_and_keeps_back_no_other() -> None:
    till = ScriptedTill({"b": StoreError("the budget is missing")})
    bills = bills_of(till, "a", "b", "c")
    await bills.charge_kept()
    assert sorted(till.settled) == ["a", "c"]
    till.failures.clear()
    await bills.charge_kept()
    await bills.charge_kept()
    assert sorted(till.settled) == ["a", "b", "c"]


@pytest.mark.parametrize("failure", [StoreUnavailable("away"), asyncio.CancelledError()])
async def test_what_is_not_known_to_be_charged_is_kept(failure: BaseException) -> None:
    till = ScriptedTill({"b": failure})
    bills = bills_of(till, "a", "b", "c")
    with pytest.raises(type(failure)):
        await bills.charge_kept()
    assert till.settled == ["c"]
    till.failures.clear()
    await bills.charge_kept()
    assert sorted(till.settled) == ["a", "b", "c"]


async def test_a_bill_that_was_settled_before_is_not_kept() -> None:
    till = ScriptedTill({"a": Undone("money.end_hold", 0, 0)})
    bills = bills_of(till, "a")
    await bills.charge_kept()
    till.failures.clear()
    await bills.charge_kept()
    assert till.settled == []


async def test_a_bill_that_the_store_refuses_at_first_is_charged_later() -> None:
    till = ScriptedTill({"a": StoreError("refused")})
    bills = bills_of(till)
    with pytest.raises(StoreError):
        await bills.charge(held("a"), BILL)
    till.failures.clear()
    await bills.charge_kept()
    assert till.settled == ["a"]
