"""The books are right after any play of holds, and say what is wrong where something is."""

import pytest

from hub.books import audit
from hub.money.holds import correction
from hub.store import Database
from tests.money.calls import allowance, bill, held, open_till, request
from tests.store.scratch import sql

pytestmark = pytest.mark.unit


async def play(database: Database) -> None:
    """Every way in which a hold can end, on three budgets, one of them in tokens."""
    till = open_till(database)
    on = (allowance(10_000), allowance(10_000, name="hub", scope="hub"))
    await till.settle(await held(till, request(100, *on)), bill(60))
    await till.settle(await held(till, request(100, *on)), bill(160))  # an overrun
    await till.release(await held(till, request(100, *on)))
    lost = await held(till, request(100, *on, message="m2"))
    await till.presume_orphaned("m2", fence=2)
    await database.run(*correction(lost, bill(30)))
    await held(till, request(70, *on, message="m3"))
    await till.presume_orphaned("m3", fence=2)
    await held(till, request(500, *on, message="m4"))
    await till.close()


async def test_whatever_became_of_holds_the_books_are_right(database: Database) -> None:
    await play(database)
    books = await audit(database)
    assert books.problems == ()
    assert (books.calls, books.budgets, books.open_holds) == (5, 2, 1)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("UPDATE budget SET spent_amount = spent_amount + 1 WHERE scope = 'hub'", "spent; the ledger says"),
        ("UPDATE budget SET spent_amount = spent_amount - 1 WHERE scope = 'agent'", "spent; the ledger says"),
        ("UPDATE budget SET held_amount = 0 WHERE scope = 'agent'", "its open holds are 500"),
        ("DELETE FROM ledger WHERE mark = 'overrun'", "has no ledger row"),
        ("UPDATE hold SET state = 'released' WHERE state = 'presumed'", "is released and was charged"),
        ("DELETE FROM ledger WHERE mark = 'correction'", "is corrected and has no ledger row"),
    ],
)
async def test_a_cent_too_many_or_too_few_is_found(database: Database, wrong: str, told: str) -> None:
    await play(database)
    await database.run(sql(wrong))
    assert any(told in problem for problem in (await audit(database)).problems)


async def test_forgotten_holds_are_no_fault_and_still_bound_what_was_spent(database: Database) -> None:
    await play(database)
    # As if a week had passed: ids of holds begin with their time, so rows of theirs fall into the budget's month.
    await database.run(
        sql("DELETE FROM hold WHERE state = 'settled'"),
        sql("UPDATE budget SET start_ms = 0"),
    )
    assert (await audit(database)).problems == ()
    await database.run(sql("UPDATE budget SET spent_amount = spent_amount + 1000000"))
    problems = (await audit(database)).problems
    assert len(problems) == 2
    assert "220 at the most beside it" in problems[0]


async def test_a_gap_in_a_conversation_is_found(database: Database) -> None:
    await database.run(
        sql(
            "INSERT INTO conversation (id, channel, account, place, home_region, created_ms, last_position, waiting)"
            " VALUES ('web/main/c', 'web', 'main', '{}', 'west', 0, 3, 1)"
        ),
        *(
            sql(
                "INSERT INTO message (id, key, conversation, position, person, payload, accepted_ms, state)"
                " VALUES (:id, :id, 'web/main/c', :position, 1, '{}', 0, :state)",
                id=f"m{position}",
                position=position,
                state="waiting" if position == 3 else "done",
            )
            for position in (1, 2, 3)
        ),
    )
    assert (await audit(database)).problems == ()
    await database.run(sql("DELETE FROM message WHERE id = 'm2'"))
    (problem,) = (await audit(database)).problems
    assert "2 messages from 1 to 3" in problem
