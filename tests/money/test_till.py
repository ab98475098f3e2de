"""The till on both engines: who waits, who is cancelled, who is served next."""

import asyncio

import pytest

from hub.money.budgets import Busy
from hub.money.holds import Held
from hub.store import Database, Rows, Statement, StoreUnavailable
from tests.money.calls import (
    allowance,
    audited,
    bill,
    held,
    open_till,
    request,
    rows,
    the_budget,
)
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit


async def test_cancelling_leaks_no_hold(database: Database) -> None:
    till = open_till(database)
    await till.release(await held(till, request(1, allowance(1_000))))
    for pause in range(60):
        task = asyncio.create_task(till.hold(request(10, allowance(1_000)), deadline_s=1))
        for _ in range(pause % 12):
            await asyncio.sleep(0.0003 * (pause % 5))
        task.cancel()
        (result,) = await asyncio.gather(task, return_exceptions=True)
        if isinstance(result, Held):
            await till.release(result)
    await till.close()
    assert (await the_budget(database))["held_amount"] == 0
    assert not await rows(database, "SELECT id FROM hold WHERE state = 'held'")
    await audited(database)


async def test_cancelling_in_line_lets_the_next_one_through(database: Database) -> None:
    till = open_till(database, polls=False)
    first = await held(till, request(100, allowance(100)))
    waiting = [asyncio.create_task(till.hold(request(100, allowance(100)), deadline_s=60)) for _ in range(3)]
    await until(lambda: till.crowded)
    await asyncio.sleep(0.05)
    waiting[0].cancel()
    waiting[1].cancel()
    await till.release(first)
    assert isinstance(await waiting[2], Held)
    await asyncio.gather(*waiting, return_exceptions=True)
    await till.close()
    assert (await the_budget(database))["held_amount"] == 100


async def test_a_cancelled_settlement_goes_through(database: Database) -> None:
    till = open_till(database)
    had = await held(till, request(60, allowance(100)))
    task = asyncio.create_task(till.settle(had, bill(45)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await till.close()
    budget = await the_budget(database)
    assert (budget["spent_amount"], budget["held_amount"]) == (45, 0)


# -- waiting ----------------------------------------------------------------------------------------------------------


async def test_those_who_wait_are_served_in_order_and_none_is_overtaken(sqlite_database: Database) -> None:
    till = open_till(sqlite_database, polls=False)
    current = await held(till, request(90, allowance(100)))
    order: list[int] = []

    async def wait(number: int, cost: int) -> None:
        had = await held(till, request(cost, allowance(100)), deadline_s=60)
        order.append(number)
        await till.release(had)

    # The small one would fit beside the first at once; it must not starve the large ones that came before it.
    tasks = [asyncio.create_task(wait(0, 100)), asyncio.create_task(wait(1, 95))]
    await until(lambda: till.crowded)
    await asyncio.sleep(0.03)
    tasks.append(asyncio.create_task(wait(2, 5)))
    await asyncio.sleep(0.03)
    assert order == []
    await till.release(current)
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2]


async def test_one_end_of_a_hold_lets_through_as_many_as_fit(sqlite_database: Database) -> None:
    till = open_till(sqlite_database, polls=False)
    current = await held(till, request(100, allowance(100)))
    waiting = [asyncio.create_task(till.hold(request(30, allowance(100)), deadline_s=60)) for _ in range(3)]
    await until(lambda: till.crowded)
    await asyncio.sleep(0.05)
    await till.settle(current, bill(10))
    async with asyncio.timeout(60):
        assert all(isinstance(answer, Held) for answer in await asyncio.gather(*waiting))


async def test_another_process_s_release_is_noticed(database: Database) -> None:
    here, there = open_till(database), open_till(database)
    theirs = await held(there, request(100, allowance(100)))
    waiting = asyncio.create_task(here.hold(request(100, allowance(100)), deadline_s=60))
    await asyncio.sleep(0.05)
    await there.release(theirs)
    async with asyncio.timeout(60):
        assert isinstance(await waiting, Held)


async def test_waiting_ends_with_its_deadline(database: Database) -> None:
    till = open_till(database)
    await held(till, request(100, allowance(100)))
    answers = await asyncio.gather(*(till.hold(request(100, allowance(100)), deadline_s=0.25) for _ in range(3)))
    assert all(isinstance(answer, Busy) for answer in answers)


async def test_one_budget_s_line_does_not_hold_up_another_s(sqlite_database: Database) -> None:
    till = open_till(sqlite_database)
    await held(till, request(100, allowance(100, "crowded")))
    waiting = asyncio.create_task(till.hold(request(100, allowance(100, "crowded")), deadline_s=0.5))
    await until(lambda: till.crowded)
    assert isinstance(await till.hold(request(100, allowance(100, "free")), deadline_s=0), Held)
    assert isinstance(await waiting, Busy)


# -- periods and limits -----------------------------------------------------------------------------------------------


async def test_what_a_bill_teaches_is_stored_with_the_try_that_succeeds(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = open_till(sqlite_database)
    had = await held(till, request(200, allowance(1_000), counted=100))

    async def away(*_: Statement) -> list[Rows]:
        raise StoreUnavailable("It is away.")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(sqlite_database, "run", away)
        with pytest.raises(StoreUnavailable):
            await till.settle(had, bill(200, input_tokens=182))
    await till.settle(had, bill(200, input_tokens=182))

    (margin,) = await rows(sqlite_database, "SELECT model, permille FROM count_margin")
    assert tuple(margin) == ("coin-1", 1_500)
    had = await held(till, request(200, allowance(1_000), counted=100))
    ended = await till.settle(had, bill(200, input_tokens=182))
    assert "money.widen_count_margin" not in {each.sql.name for each in ended.statements}
