"""Holds on both engines: reserve, settle, release, presume, correct."""

import asyncio

import pytest

from hub.clock import SystemClock
from hub.money.budgets import Busy, Spent, crossed, standing
from hub.money.holds import CORRECT, Held, correction, forget_statement, hold_statements, settlement
from hub.money.till import Till
from hub.store import Database, Sql, Statement, Undone
from tests.money.calls import (
    ZONE,
    allowance,
    audited,
    bill,
    held,
    open_till,
    request,
    rows,
    the_budget,
)

pytestmark = pytest.mark.unit

NOTE = Sql("test.note", "INSERT INTO meta_note (id) VALUES (:id)")


class SetClock:
    """The machine's clock, but the calendar can be moved."""

    def __init__(self, now_ms: int) -> None:
        self.at_ms = now_ms

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic(self) -> float:
        return SystemClock().monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def test_a_settled_hold_costs_what_it_came_to(database: Database) -> None:
    till = open_till(database)
    had = await held(till, request(60, allowance(100), counted=20))
    assert (await the_budget(database))["held_amount"] == 60

    ending = await till.settle(had, bill(45, input_tokens=20))

    assert (ending.cost_nusd, ending.mark) == (45, "")
    budget = await the_budget(database)
    assert (budget["spent_amount"], budget["held_amount"]) == (45, 0)
    (row,) = await rows(database, "SELECT * FROM ledger")
    told = {
        name: row[name] for name in ("id", "hold", "message", "person", "agent", "model", "kind", "mark", "outcome")
    }
    assert told == {
        "id": had.id,
        "hold": had.id,
        "message": "m1",
        "person": 7,
        "agent": "support-faq",
        "model": "coin-1",
        "kind": "answer",
        "mark": "",
        "outcome": "stop",
    }
    counted = [row[name] for name in ("input_tokens", "output_tokens", "cost_nusd", "held_nusd", "took_ms")]
    assert counted == [20, 25, 45, 60, 5]
    assert '"source":"regions.toml"' in row["price"]
    await audited(database)


async def test_a_hold_settles_once(database: Database) -> None:
    till = open_till(database)
    had = await held(till, request(60, allowance(100)))
    await till.settle(had, bill(45))
    with pytest.raises(Undone):
        await till.settle(had, bill(45))
    with pytest.raises(Undone) as undone:
        await till.release(had)
    assert undone.value.name == CORRECT
    budget = await the_budget(database)
    assert (budget["spent_amount"], budget["held_amount"]) == (45, 0)
    await audited(database)


async def test_a_released_hold_costs_nothing_and_leaves_no_row(database: Database) -> None:
    till = open_till(database)
    await till.release(await held(till, request(60, allowance(100))))
    budget = await the_budget(database)
    assert (budget["spent_amount"], budget["held_amount"]) == (0, 0)
    assert not await rows(database, "SELECT id FROM ledger")
    await audited(database)


async def test_without_a_budget_there_is_still_a_hold_and_a_row(database: Database) -> None:
    till = open_till(database)
    had = await held(till, request(60))
    await till.settle(had, bill(45))
    assert not await rows(database, "SELECT id FROM budget")
    (row,) = await rows(database, "SELECT cost_nusd FROM ledger")
    assert row["cost_nusd"] == 45


async def test_others_holds_in_the_way_are_not_a_spent_budget(database: Database) -> None:
    till = open_till(database)
    await held(till, request(60, allowance(100)))
    answer = await till.hold(request(60, allowance(100)), deadline_s=0)
    assert isinstance(answer, Busy)
    assert answer.budget == (await the_budget(database))["id"]


async def test_a_spent_budget_says_what_is_left_and_when_it_opens(database: Database) -> None:
    till = open_till(database)
    await till.settle(await held(till, request(60, allowance(100))), bill(60))
    await held(till, request(15, allowance(100)))
    answer = await till.hold(request(41, allowance(100)), deadline_s=5)
    assert isinstance(answer, Spent)
    assert (answer.left, answer.free) == (40, 25)
    assert answer.opens_ms == (await the_budget(database))["end_ms"]
    assert isinstance(await till.hold(request(25, allowance(100)), deadline_s=0), Held)


async def test_a_hold_on_several_budgets_is_all_or_nothing(database: Database) -> None:
    till = open_till(database)
    hub, agent = allowance(1_000, name="hub", scope="hub"), allowance(50)
    had = await held(till, request(40, hub, agent))
    refused = await till.hold(request(40, hub, agent), deadline_s=0)
    assert isinstance(refused, Busy)
    assert refused.budget.startswith("agent/support-faq/month/")
    found = await rows(database, "SELECT scope, held_amount FROM budget ORDER BY id")
    assert [(row["scope"], row["held_amount"]) for row in found] == [("agent", 40), ("hub", 40)]

    await till.settle(had, bill(30))
    found = await rows(database, "SELECT scope, spent_amount, held_amount FROM budget ORDER BY id")
    assert [(row["spent_amount"], row["held_amount"]) for row in found] == [(30, 0), (30, 0)]
    await audited(database)


async def test_a_bill_above_its_hold_is_recorded_whole_and_widens_the_count_margin(database: Database) -> None:
    till = open_till(database)
    had = await held(till, request(60, allowance(100), counted=100))
    ending = await till.settle(had, bill(180, input_tokens=172))
    assert ending.mark == "overrun"
    (row,) = await rows(database, "SELECT mark, cost_nusd, held_nusd FROM ledger")
    assert (row["mark"], row["cost_nusd"], row["held_nusd"]) == ("overrun", 180, 60)
    budget = await the_budget(database)
    assert (budget["spent_amount"], budget["held_amount"]) == (180, 0)
    (margin,) = await rows(database, "SELECT model, permille FROM count_margin")
    assert (margin["model"], margin["permille"]) == ("coin-1", 1_400)  # (172 - 32) / 100
    answer = await till.hold(request(1, allowance(100)), deadline_s=5)
    assert isinstance(answer, Spent)
    assert answer.left == 0


async def test_an_estimate_is_marked_and_teaches_nothing(database: Database) -> None:
    till = open_till(database)
    had = await held(till, request(900, allowance(1_000), counted=100))
    ending = await till.settle(had, bill(800, input_tokens=500, estimated=True))
    assert ending.mark == "estimated"
    assert not await rows(database, "SELECT model FROM count_margin")


async def test_further_statements_share_the_hold_s_transaction(database: Database) -> None:
    till = open_till(database)
    await held(till, request(60, allowance(100)))
    note = Statement(
        Sql("test.note", "INSERT INTO count_margin (model, permille) VALUES (:model, 1)", expects=1), {"model": "note"}
    )
    assert isinstance(await till.hold(request(60, allowance(100)), deadline_s=0, extra=[note]), Busy)
    assert not await rows(database, "SELECT model FROM count_margin")
    assert isinstance(await till.hold(request(40, allowance(100)), deadline_s=0, extra=[note]), Held)
    assert len(await rows(database, "SELECT model FROM count_margin")) == 1


async def test_a_further_statement_that_fails_is_told_from_a_full_budget(database: Database) -> None:
    till = open_till(database)
    guard = Statement(Sql("inbox.guard", "UPDATE person SET name = name WHERE id = 'nobody'", expects=1), {})
    with pytest.raises(Undone) as undone:
        await till.hold(request(60, allowance(100)), deadline_s=5, extra=[guard])
    assert undone.value.name == "inbox.guard"
    assert (await the_budget(database))["held_amount"] == 0
    assert not await rows(database, "SELECT id FROM hold")


# -- lost and late owners ---------------------------------------------------------------------------------------------


async def test_a_new_owner_charges_what_the_old_one_left_open(database: Database) -> None:
    old, new = open_till(database), open_till(database)
    await held(old, request(60, allowance(200), fence=1))
    own = await held(new, request(30, allowance(200), fence=2))
    other = await held(new, request(10, allowance(200), fence=1, message="m2"))

    (lost,) = await new.presume_orphaned("m1", 2)

    assert (lost.cost_nusd, lost.message) == (60, "m1")
    (row,) = await rows(database, "SELECT * FROM ledger")
    assert (row["mark"], row["outcome"], row["cost_nusd"], row["output_tokens"]) == ("presumed", "lost", 60, 60)
    assert 0 <= row["took_ms"] < 60_000
    budget = await the_budget(database)
    assert (budget["spent_amount"], budget["held_amount"]) == (60, 40)
    await new.settle(own, bill(3))
    await new.release(other)
    await audited(database)


async def test_expired_holds_are_charged_and_others_are_not(database: Database) -> None:
    till = open_till(database)
    gone = await held(till, request(60, allowance(100), lives_ms=-1))
    await held(till, request(20, allowance(100)))
    assert [lost.id for lost in await till.presume_expired()] == [gone.id]
    assert await till.presume_expired() == []
    budget = await the_budget(database)
    assert (budget["spent_amount"], budget["held_amount"]) == (60, 20)
    await audited(database)


async def test_many_processes_charge_a_lost_hold_once(database: Database) -> None:
    tills = [open_till(database) for _ in range(4)]
    for _ in range(25):
        await held(tills[0], request(4, allowance(100), lives_ms=-1))
    found = await asyncio.gather(*(till.presume_expired() for till in tills))
    assert sum(map(len, found)) == 25
    budget = await the_budget(database)
    assert (budget["spent_amount"], budget["held_amount"]) == (100, 0)
    await audited(database)


async def test_settling_and_presuming_race_and_one_of_them_charges(database: Database) -> None:
    till, sweeper = open_till(database), open_till(database)
    for _ in range(20):
        had = await held(till, request(10, allowance(200), lives_ms=-1))
        ending, _ = await asyncio.gather(till.settle(had, bill(7)), sweeper.presume_expired())
        assert ending.mark in {"", "correction"}
    budget = await the_budget(database)
    assert (budget["spent_amount"], budget["held_amount"]) == (140, 0)
    await audited(database)


async def test_a_late_owner_s_bill_corrects_the_presumed_charge_once(database: Database) -> None:
    till, sweeper = open_till(database), open_till(database)
    had = await held(till, request(60, allowance(100), lives_ms=-1))
    await sweeper.presume_expired()

    ending = await till.settle(had, bill(45, input_tokens=20))

    assert (ending.mark, ending.cost_nusd) == ("correction", 45)
    first, second = await rows(database, "SELECT * FROM ledger ORDER BY id")
    assert (first["mark"], first["cost_nusd"]) == ("presumed", 60)
    assert (second["mark"], second["cost_nusd"], second["hold"]) == ("correction", -15, had.id)
    assert first["output_tokens"] + second["output_tokens"] == 25
    assert first["input_tokens"] + second["input_tokens"] == 20
    with pytest.raises(Undone):
        await database.run(*correction(had, bill(1)))
    with pytest.raises(Undone):
        await till.settle(had, bill(45))
    await audited(database)


# -- cancelling -------------------------------------------------------------------------------------------------------


async def test_a_new_period_opens_a_new_budget_and_old_holds_settle_in_theirs(database: Database) -> None:
    clock = SetClock(1_793_487_599_000)  # 2026-10-31T22:59:59Z, a second before November in Berlin
    till = open_till(database, clock)
    had = await held(till, request(100, allowance(100)))
    clock.at_ms += 1_000
    fresh = await held(till, request(100, allowance(100)))
    assert had.budgets == ("agent/support-faq/month/2026-10-01",)
    assert fresh.budgets == ("agent/support-faq/month/2026-11-01",)
    await till.settle(had, bill(70))
    october = await standing(database, had.budgets[0])
    november = await standing(database, fresh.budgets[0])
    assert october is not None
    assert november is not None
    assert (october.spent, october.held) == (70, 0)
    assert (november.spent, november.held) == (0, 100)
    assert october.end_ms == november.start_ms == 1_793_487_600_000
    assert ZONE.key == "Europe/Berlin"


async def test_a_changed_limit_holds_for_every_process_at_once(database: Database) -> None:
    running, restarted = open_till(database), open_till(database)
    await held(running, request(60, allowance(100)))
    assert isinstance(await restarted.hold(request(60, allowance(150)), deadline_s=0), Held)
    assert isinstance(await running.hold(request(30, allowance(100)), deadline_s=0), Held)
    lowered = await restarted.hold(request(1, allowance(10)), deadline_s=0)
    assert isinstance(lowered, Busy)
    assert isinstance(await running.hold(request(1, allowance(100)), deadline_s=0), Busy)


async def test_the_budget_is_looked_after_once_and_not_with_every_hold(sqlite_database: Database) -> None:
    till = open_till(sqlite_database)
    await held(till, request(1, allowance(100)))
    before = sqlite_database.transactions  # type: ignore[attr-defined]
    had = await held(till, request(1, allowance(100)))
    await till.settle(had, bill(1))
    assert sqlite_database.transactions - before == 2  # type: ignore[attr-defined]


async def test_each_alert_is_crossed_by_exactly_one_charge(database: Database) -> None:
    till = open_till(database)
    passed = []
    for _ in range(10):
        had = await held(till, request(10, allowance(100)))
        ending = settlement(had, bill(10))
        results = await database.run(*ending.statements)
        passed.append(crossed((1.0, 0.5, 0.55), results[-1][0], cost_nusd=ending.cost_nusd, tokens=ending.tokens))
    assert passed == [[], [], [], [], [0.5], [0.55], [], [], [], [1.0]]


async def test_old_ended_holds_can_be_forgotten_and_open_ones_stay(database: Database) -> None:
    till = open_till(database)
    await till.settle(await held(till, request(5, allowance(100))), bill(5))
    await held(till, request(5, allowance(100)))
    (forgotten,) = await database.run(forget_statement(1, 100))
    assert len(forgotten) == 1
    assert [row["state"] for row in await rows(database, "SELECT state FROM hold")] == ["held"]
    assert len(await rows(database, "SELECT id FROM ledger")) == 1


async def test_a_hold_is_not_opened_twice_under_one_id(database: Database) -> None:
    till: Till = open_till(database)
    asked = request(10, allowance(100))
    had = await held(till, asked)
    with pytest.raises(Exception, match=r"open_hold"):
        await database.run(*hold_statements(asked, had.budgets))
    assert (await the_budget(database))["held_amount"] == 10
