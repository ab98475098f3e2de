"""The ledger against a provider's own books: 20,000 mixed calls. The long form: `python -m tests.money.invoice`."""

import logging
import random
from pathlib import Path

import msgspec
import pytest

from hub.store import Database, Sql, Statement
from tests.money.invoice.books import Entry, Items, invoice_nusd
from tests.money.invoice.plans import FATES, REFUSED
from tests.money.invoice.run import asked
from tests.money.invoice.verdict import compared, report

pytestmark = [pytest.mark.wire, pytest.mark.long]

CALLS = 20_000


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of calls fail here, each with its line."""
    caplog.set_level(logging.ERROR)


MARKS = {"", "estimated", "overrun", "presumed", "presumed, corrected", "unpriced"}


async def test_the_ledger_agrees_with_the_provider(tmp_path: Path) -> None:
    """Unmarked rows to the nano-dollar; marked ones never below the provider's figure; nothing twice or unlogged."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    run, database = await asked(seed, CALLS, tmp_path)
    try:
        verdict = await compared(run, database)
        assert not verdict.problems, f"seed {seed}: {report(verdict)}"
        assert {line.marked for line in verdict.lines} == MARKS
        assert {line.fate for line in verdict.lines} >= FATES.keys() - REFUSED.keys() - {"no way"}
        assert len(verdict.lines) > CALLS * 0.9
    finally:
        await database.close()


async def test_a_cent_that_is_missing_is_seen(tmp_path: Path) -> None:
    """Each thing that may go wrong, done to the books or the ledger of a good run, is a problem of that call."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    run, database = await asked(seed, 300, tmp_path)
    try:
        verdict = await compared(run, database)
        assert not verdict.problems, report(verdict)
        whole = {entry.mark: entry for all_of in run.books.entries.values() for entry in all_of if entry.delivered}
        exact = next(line for line in verdict.lines if not line.marked)
        dear, lost = run.books.entries[exact.mark], whole[exact.mark].items

        whole[exact.mark].items = msgspec.structs.replace(lost, answer=lost.answer + 1)
        assert any(exact.mark in problem for problem in (await compared(run, database)).problems)
        whole[exact.mark].items = lost

        dear.append(Entry(exact.mark, exact.model, "unlogged", items=lost))
        assert any(exact.mark in problem for problem in (await compared(run, database)).problems)
        dear.pop()

        guessed = next(line for line in verdict.lines if line.marked == "estimated" and line.billed)
        await rows_changed(database, f"UPDATE ledger SET cost_nusd = 0 WHERE message = '{guessed.mark}'")
        with pytest.raises(AssertionError):  # the budgets' sums no longer agree
            await compared(run, database)
    finally:
        await database.close()


async def rows_changed(database: Database, sql: str) -> None:
    await database.run(Statement(Sql(f"test {sql}", sql), {}))


@pytest.mark.parametrize(
    ("model", "items", "nusd"),
    [
        # 700 x 3 + 300 x 0.30 + 100 x 3.75 + 50 x 6 + 40 x 15 = 2,100 + 90 + 375 + 300 + 600 millionths of a dollar
        ("claude-sonnet-4-5", Items(text=700, cached=300, written=100, written_1h=50, answer=40), 3_465_000),
        # 200,000 x 6 + 1 x 0.60: the cached one counts for the length, too
        ("claude-sonnet-4-5", Items(text=200_000, cached=1), 1_200_000_600),
        # 10 x 0.123456789 = 1.23456789 millionths: 1,234.56789 nano-dollars, rounded up
        ("acme-omni", Items(text=10), 1_235),
    ],
)
def test_the_provider_s_own_invoice(model: str, items: Items, nusd: int) -> None:
    assert invoice_nusd(model, items) == nusd
