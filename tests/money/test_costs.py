"""Sums of the ledger, and how they are shown."""

import csv
import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from rich.console import Console
from rich.table import Table

from hub.money.costs import Costs, CostsBy, costs, total
from hub.money.listing import costs_csv, costs_json, costs_table
from hub.store import Database, Sql, Statement
from tests.money.calls import ZONE, bill, held, open_till, request

pytestmark = pytest.mark.unit

FOREVER = (0, 2**62)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


async def charge(database: Database, cost: int, at_ms: int | None = None, **call: object) -> None:
    """A settled call, written into the ledger as if at that time."""
    till = open_till(database)
    had = await held(till, request(cost, **call))  # type: ignore[arg-type]
    await till.settle(had, bill(cost))
    if at_ms is not None:
        moved = Sql("test.move", "UPDATE ledger SET at_ms = :at WHERE id = :id", expects=1)
        await database.run(Statement(moved, {"at": at_ms, "id": had.id}))


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (CostsBy.AGENT, [("sales-leads", 1, 50), ("support-faq", 2, 30)]),
        (CostsBy.MODEL, [("coin-2", 2, 70), ("coin-1", 1, 10)]),
        (CostsBy.USER, [("8", 1, 50), ("7", 2, 30)]),
        (CostsBy.REGION, [("eu-west", 2, 60), ("us-west", 1, 20)]),
        (CostsBy.KIND, [("answer", 2, 60), ("summary", 1, 20)]),
        (CostsBy.CHANNEL, [("slack", 1, 50), ("web", 2, 30)]),
    ],
)
async def test_split_by(database: Database, by: CostsBy, expected: list[tuple[str, int, int]]) -> None:
    await charge(database, 10)
    await charge(database, 20, model="coin-2", region="us-west", kind="summary")
    await charge(database, 50, model="coin-2", agent="sales-leads", person=8, channel="slack")
    found = await costs(database, by, *FOREVER, ZONE)
    assert [(row.label, row.calls, row.cost_nusd) for row in found] == expected
    assert total(found).output_tokens == 80


async def test_days_are_those_of_the_zone_across_a_clock_change(database: Database) -> None:
    await charge(database, 1, at("2026-10-24T21:59:59"))  # 23:59:59 in Berlin, summer time
    await charge(database, 2, at("2026-10-24T22:00:00"))
    await charge(database, 4, at("2026-10-25T22:59:59"))  # 23:59:59, winter time: a day of 25 hours
    await charge(database, 8, at("2026-10-25T23:00:00"))
    found = await costs(database, CostsBy.DAY, *FOREVER, ZONE)
    assert [(row.label, row.cost_nusd) for row in found] == [
        ("2026-10-24", 1),
        ("2026-10-25", 6),
        ("2026-10-26", 8),
    ]
    nepal = await costs(database, CostsBy.DAY, *FOREVER, ZoneInfo("Asia/Kathmandu"))
    assert [row.label for row in nepal] == ["2026-10-25", "2026-10-26"]


async def test_from_until(database: Database) -> None:
    await charge(database, 1, at("2026-11-01T00:00"))
    await charge(database, 2, at("2026-12-01T00:00"))
    found = await costs(database, CostsBy.AGENT, at("2026-11-01T00:00"), at("2026-12-01T00:00"), ZONE)
    assert [row.cost_nusd for row in found] == [1]
    assert await costs(database, CostsBy.AGENT, 0, 1, ZONE) == []


async def test_estimated_presumed_and_corrected_shares(database: Database) -> None:
    till = open_till(database)
    await till.settle(await held(till, request(50)), bill(40, estimated=True))
    await held(till, request(30, lives_ms=-1))
    late = await held(till, request(20, lives_ms=-1))
    await till.presume_expired()
    await till.settle(late, bill(15))
    (row,) = await costs(database, CostsBy.AGENT, *FOREVER, ZONE)
    assert (row.calls, row.cost_nusd, row.estimated_nusd, row.presumed_nusd) == (3, 85, 40, 45)


ROWS = [
    Costs("support-faq", 12, 34_000, 1_000, 560, 0, 12_340_000_000, 1_234_000_000, 0, 0),
    Costs("[bold]odd, name", 3, 100, 0, 9, 0, 1_200_000, 0, 0, 3),
]


def shown(table: Table) -> str:
    console = Console(file=io.StringIO(), width=140, color_system=None)
    console.print(table)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_a_table_for_people() -> None:
    text = shown(costs_table(ROWS, "agent"))
    assert "34,000" in text
    assert "$12.34" in text
    assert "10.0 %" in text
    assert "[bold]odd, name" in text
    assert "$0.0012 + 3 unpriced" in text
    (summed,) = [line for line in text.splitlines() if "total" in line]
    assert "34,100" in summed


def test_exact_json_for_programs() -> None:
    first, second = json.loads(costs_json(ROWS, "agent"))
    assert first["agent"] == "support-faq"
    assert (first["calls"], first["cost_usd"], first["estimated_usd"]) == (12, "12.34", "1.234")
    assert (second["cost_usd"], second["unpriced_calls"]) == ("0.0012", 3)
    assert json.loads(costs_json([], "agent")) == []


def test_csv_for_spreadsheets() -> None:
    lines = list(csv.DictReader(io.StringIO(costs_csv(ROWS, "day"))))
    assert [line["day"] for line in lines] == ["support-faq", "[bold]odd, name"]
    assert lines[1]["cost_usd"] == "0.0012"
    assert costs_csv([], "day").startswith("day,calls,input_tokens,")


def test_a_person_named_like_a_formula_runs_in_no_spreadsheet() -> None:
    row = msgspec.structs.replace(ROWS[0], label="=1+1", cost_nusd=-5_000_000)
    (line,) = csv.DictReader(io.StringIO(costs_csv([row], "user")))
    assert (line["user"], line["cost_usd"]) == ("'=1+1", "-0.005")
