"""What comes late: bills after their hold was presumed, after its row was forgotten, after its budgets were."""

import logging
import re

import pytest

from hub.money.budgets import standing
from hub.money.costs import CostsBy, costs, total
from hub.money.holds import Bill, forget_budgets_statement, forget_statement
from hub.money.prices import Tokens, unpriced
from hub.store import Database, Row, Undone
from hub.store.named import all_named
from tests.money.calls import ZONE, allowance, audited, bill, held, open_till, request, rows, the_budget

pytestmark = pytest.mark.unit

FOREVER_MS = 2**44


async def forget(database: Database) -> None:
    """All that may be forgotten, as after years."""
    await database.run(forget_statement(FOREVER_MS, most=100), forget_budgets_statement(2**60, most=100))


async def ledger(database: Database) -> list[Row]:
    return list(await rows(database, "SELECT * FROM ledger ORDER BY id"))


async def test_a_late_bill_needs_no_hold_any_more(database: Database) -> None:
    till = open_till(database)
    had = await held(till, request(60, allowance(100), lives_ms=-1))
    await till.presume_expired()
    await database.run(forget_statement(FOREVER_MS, most=100))
    assert not await rows(database, "SELECT id FROM hold")

    ending = await till.settle(had, bill(45, input_tokens=20))

    assert (ending.mark, ending.cost_nusd) == ("correction", 45)
    assert [(row["mark"], row["cost_nusd"]) for row in await ledger(database)] == [
        ("presumed", 60),
        ("correction", -15),
    ]
    assert (await the_budget(database))["spent_amount"] == 45
    with pytest.raises(Undone):
        await till.settle(had, bill(45))
    assert len(await ledger(database)) == 2


async def test_a_late_bill_of_a_forgotten_period_is_in_the_ledger_alone(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    till = open_till(database)
    had = await held(till, request(60, allowance(100), allowance(500, "hub", "hub"), lives_ms=-1))
    await till.presume_expired()
    await forget(database)
    assert not await rows(database, "SELECT id FROM budget")

    with caplog.at_level(logging.WARNING, "hub.money.till"):
        ending = await till.settle(had, bill(75))

    assert (ending.mark, ending.cost_nusd) == ("correction", 75)
    assert "is in the ledger alone" in caplog.text
    assert all(budget in caplog.text for budget in had.budgets)
    assert total(await costs(database, CostsBy.AGENT, 0, 2**62, ZONE)).cost_nusd == 75
    assert await standing(database, had.budgets[0]) is None


async def test_what_holds_anything_is_not_forgotten(database: Database) -> None:
    till = open_till(database)
    had = await held(till, request(60, allowance(100)))
    await forget(database)
    await till.settle(had, bill(45))
    await audited(database)
    assert (await the_budget(database))["spent_amount"] == 45


async def test_a_hold_of_nothing_on_a_forgotten_budget_stops_no_other(database: Database) -> None:
    """It reserves nothing, so its budget's row may go; those that expire after it are presumed all the same."""
    till = open_till(database)
    free = await held(till, request(0, allowance(100, "free"), free_input=5, lives_ms=-2))
    await held(till, request(60, allowance(100), lives_ms=-1))
    await database.run(forget_budgets_statement(2**60, most=100))

    assert len(await till.presume_expired()) == 2
    assert await till.presume_expired() == []
    assert [row["cost_nusd"] for row in await ledger(database)] == [0, 60]
    await till.settle(free, bill(0))


async def test_a_call_that_was_presumed_and_never_sent_is_taken_back(database: Database) -> None:
    till = open_till(database)
    had = await held(till, request(60, allowance(100), lives_ms=-1))
    await till.presume_expired()

    await till.release(had)

    assert [row["cost_nusd"] for row in await ledger(database)] == [60, -60]
    assert sum(row["input_tokens"] + row["output_tokens"] for row in await ledger(database)) == 0
    assert (await the_budget(database))["spent_amount"] == 0
    with pytest.raises(Undone):
        await till.release(had)
    await audited(database)


async def test_a_lost_call_without_a_known_price_is_unpriced_and_not_presumed_to_be_free(database: Database) -> None:
    till = open_till(database)
    asked = request(60, lives_ms=-1)
    had = await held(
        till,
        type(asked)(**{name: getattr(asked, name) for name in asked.__struct_fields__} | {"price": unpriced("acme")}),
    )
    await till.presume_expired()
    assert [row["mark"] for row in await ledger(database)] == ["unpriced"]

    await till.settle(had, Bill(Tokens(input=5, output=7), "stop", 1))

    assert sum(row["output_tokens"] for row in await ledger(database)) == 7
    assert total(await costs(database, CostsBy.AGENT, 0, 2**62, ZONE)).unpriced == 1


def test_no_statement_changes_or_removes_a_ledger_row() -> None:
    """It grows, and nothing else: corrections are new rows, and no conflict replaces one.

    Forgetting a person alone takes the name of their private chat out of their rows, and leaves all else.
    """
    forgetting = "UPDATE ledger SET conversation = :nowhere WHERE person = :person AND conversation <> :nowhere"
    changing = re.compile(r"(update|delete\s+from|replace\s+into|truncate|drop|alter)\s+(table\s+)?ledger\b", re.I)
    inserting = re.compile(r"insert\s+into\s+ledger\b", re.I)
    inserts = []
    for name, sql in all_named().items():
        for text in (sql.text, sql.postgresql):
            if name == "forget.ledger":
                assert text in ("", forgetting)
                continue
            assert not changing.search(text), name
            if inserting.search(text):
                assert not re.search(r"do\s+update|insert\s+or\s+replace", text, re.I), name
                inserts.append(name)
    assert sorted(inserts) == ["money.correct", "money.presume", "money.record", "reuse.record"]
