"""A whole report of a made-up fortnight, against its golden text; and what is in it, figure by figure."""

import csv
import io
import struct
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from hub.config.settings import Agent, Settings
from hub.money.periods import PeriodKind, period
from hub.reports.figures import ByFaq, gather
from hub.reports.making import Made, make
from hub.reports.schedule import NoPeriod, named_period
from hub.reports.text import _table
from hub.store import Database, Statement
from tests.money.test_fleet import agent
from tests.reports import office
from tests.reports.ledger import call, execute, write

pytestmark = pytest.mark.unit

BERLIN = ZoneInfo("Europe/Berlin")
GOLDEN = Path(__file__).parent / "golden" / "week.md"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MONDAY = int(datetime(2026, 11, 16, tzinfo=BERLIN).timestamp() * 1000)
SPAN = period(PeriodKind.WEEK, MONDAY, BERLIN)
MORNING_AFTER = SPAN.end_ms + 9 * HOUR_MS


def settings(folder: Path) -> Settings:
    agents: dict[str, Agent] = {name: agent(name, None) for name in ("support-faq", "sales-leads", "hr-desk")}
    agents["support-faq"] = agent("support-faq", 8_000_000_000)
    agents["sales-leads"] = msgspec.structs.replace(
        agents["sales-leads"], tiers={"simple": "gpt-4o-mini", "complex": "gpt-4o"}
    )
    return msgspec.structs.replace(office.settings(BERLIN, folder=folder), agents=agents)


def fortnight() -> list[Statement]:
    """Two weeks: sales on the dear tier, support with a flood on Wednesday, hr hardly at all; the second one busier."""
    calls = []
    for week, start in enumerate((MONDAY - 7 * DAY_MS, MONDAY)):
        for day in range(7):
            for hour in range(8, 20):
                at = start + day * DAY_MS + hour * HOUR_MS
                for each in range(2 + week):
                    person = 100 + (7 * day + hour + each) % 15
                    calls.append(
                        call(
                            at + each, person=person, conversation=f"web/main/{person}", took_ms=700 + 40 * hour + each
                        )
                    )
                calls.append(
                    call(
                        at + 5,
                        agent="sales-leads",
                        deployment="sales-leads-us-west",
                        region="us-west",
                        model="gpt-4o",
                        tier="complex" if hour % 3 else "simple",
                        channel="slack",
                        person=200 + hour,
                        conversation=f"slack/main/C{hour}",
                        cost_nusd=60_000_000 if hour % 3 else 4_000_000,
                        took_ms=1_900 + 100 * hour,
                    )
                )
    wednesday, tuesday = MONDAY + 62 * HOUR_MS, MONDAY + 30 * HOUR_MS
    flood = {"person": 42, "conversation": "web/main/42", "input_tokens": 9_000, "cost_nusd": 30_000_000}
    calls += [call(wednesday + each, **flood) for each in range(30)]
    calls += [call(tuesday, agent="hr-desk", deployment="hr-desk-eu-west", cost_nusd=1_000_000)]
    by_faq = {"api": "faq", "model": "", "deployment": "support-faq-faq", "cost_nusd": 0, "took_ms": 2}
    calls += [call(tuesday + each, conversation="web/main/101", person=101, **by_faq) for each in range(40)]
    calls += [call(tuesday + each, kind="retry", outcome="overloaded", mark="estimated") for each in range(7)]
    return calls


async def made(database: Database, folder: Path) -> Made:
    await write(database, *fortnight())
    await execute(
        database,
        "INSERT INTO budget (id, scope, name, period, unit, start_ms, end_ms, limit_amount, spent_amount)"
        " VALUES ('agent/support-faq/month/2026-11-01', 'agent', 'support-faq', 'month', 'nusd', :start, :end,"
        " 8000000000, 6300000000)",
        start=MONDAY - 15 * DAY_MS,
        end=MONDAY + 15 * DAY_MS,
    )
    await execute(
        database,
        "INSERT INTO person (id, number, name, created_ms) VALUES ('web/1', 42, '*Bold* | [x](y)', 0)",
    )
    for number, value in enumerate(["good"] * 9 + ["bad"]):
        await execute(
            database,
            "INSERT INTO reply (id, message, conversation, position, agent, route, state, created_ms) VALUES"
            " (:id, :id, 'c', :n, 'support-faq', '{\"region\":\"eu-west\",\"model\":\"gpt-4o-mini\"}', 'delivered', 0)",
            id=f"r{number}",
            n=number,
        )
        await execute(
            database,
            "INSERT INTO feedback (reply, person, value, at_ms) VALUES (:id, 1, :value, :at)",
            id=f"r{number}",
            value=value,
            at=MONDAY + DAY_MS,
        )
    return await make(database, settings(folder), SPAN, at_ms=MORNING_AFTER)


async def test_the_golden_report(database: Database, tmp_path: Path) -> None:
    report = await made(database, tmp_path)
    assert report.text == GOLDEN.read_text(encoding="utf-8")
    assert report.name == "week-2026-11-16"


async def test_the_charts_are_pictures_of_a_phones_width(database: Database, tmp_path: Path) -> None:
    days, agents, table = (await made(database, tmp_path)).files
    assert (days.name, agents.name, table.name) == (
        "week-2026-11-16-days.png",
        "week-2026-11-16-agents.png",
        "week-2026-11-16.csv",
    )
    for picture in (days, agents):
        assert picture.data.startswith(b"\x89PNG\r\n")
        assert struct.unpack(">II", picture.data[16:24]) == (1080, 810)


async def test_the_table_sums_up(database: Database, tmp_path: Path) -> None:
    table = (await made(database, tmp_path)).files[-1]
    lines = list(csv.DictReader(io.StringIO(table.data.decode())))
    (total,) = [line for line in lines if line["dimension"] == "total"]
    for dimension in ("agent", "model", "tier", "channel", "region", "kind"):
        for column in ("calls", "answers", "before_calls", "input_tokens"):
            assert sum(int(line[column]) for line in lines if line["dimension"] == dimension) == int(total[column])


async def test_figures_of_an_empty_week(database: Database, tmp_path: Path) -> None:
    report = await make(database, settings(tmp_path), SPAN, at_ms=MORNING_AFTER)
    assert report.text == "# Acme: week 2026-W47 (Mon 16 Nov to Sun 22 Nov)\n\nNobody asked anything.\n"
    assert [file.name for file in report.files] == ["week-2026-11-16.csv"]


async def test_latency_is_that_of_answers_that_came(database: Database) -> None:
    times = [call(MONDAY + each, took_ms=each * 20) for each in range(100)]
    late = [call(MONDAY, took_ms=60_000, outcome="timed_out", mark="estimated"), call(MONDAY, took_ms=9_999, api="faq")]
    await write(database, *times, *late)
    figures = await gather(database, SPAN, SPAN, MORNING_AFTER)
    assert figures.latency["support-faq"] == figures.latency[""]
    assert (figures.latency[""].p50_ms, figures.latency[""].p95_ms, figures.latency[""].p99_ms) == (1_000, 1_900, 1_980)


async def test_what_the_faq_saved_is_counted_at_its_agents_average(database: Database) -> None:
    answers = [call(MONDAY, cost_nusd=10), call(MONDAY, cost_nusd=30), call(MONDAY, kind="summary", cost_nusd=20)]
    by_faq = [call(MONDAY, api="faq", cost_nusd=0), call(MONDAY, api="faq", cost_nusd=0, agent="hr-desk")]
    await write(database, *answers, *by_faq)
    figures = await gather(database, SPAN, SPAN, MORNING_AFTER)
    assert figures.by_faq == ByFaq(2, 30 + 30)  # (10 + 30 + 20) / 2 for each; hr-desk has no other answers


async def test_a_late_bill_is_money_and_neither_a_call_nor_a_person(database: Database) -> None:
    lost = {"mark": "presumed", "outcome": "lost"}
    late = {"mark": "correction", "cost_nusd": -4_000_000, "input_tokens": -500}
    await write(
        database,
        call(MONDAY, **lost),
        call(MONDAY + 1, **late),
        call(MONDAY + 2, **late | {"person": 8, "conversation": "web/main/c8"}),  # of a call of the week before
    )

    figures = await gather(database, SPAN, SPAN, MORNING_AFTER)

    assert figures.total.now.calls == sum(each.calls for each in figures.quarters) == 1
    assert figures.total.now.cost_nusd == sum(each.cost_nusd for each in figures.quarters) == 2_000_000
    assert (figures.people, dict(figures.conversations)) == (1, {"support-faq": 1})
    assert [(each.person, each.calls, each.cost_nusd) for each in figures.dearest] == [
        (7, 1, 6_000_000),
        (8, 0, -4_000_000),
    ]


def test_a_table_fits_a_phone_or_comes_as_near_as_its_figures_allow() -> None:
    long = [["customer-support-claude-sonnet-20250929", "$12.50", "+108 %", "100 %"], ["desk", "$1.00", "new", "0 %"]]
    lines = _table("Models", ["model", "cost", "change", "share"], long).splitlines()
    assert lines[-2] == "| customer-supp…250929 | $12.50 | +108 % |"
    assert len("customer-supp…250929  $12.50  +108 %") == 36
    assert lines[-1] == "| desk | $1.00 | new |"
    short = _table("Tiers", ["tier", "cost", "change", "share"], [["simple", "$3.60", "+101 %", "52 %"]])
    assert short.splitlines()[-1] == "| simple | $3.60 | +101 % | 52 % |"


@pytest.mark.parametrize(
    ("text", "label", "kind"),
    [("2026-11-20", "2026-11-20", "day"), ("2026-W47", "2026-11-16", "week"), ("2026-11", "2026-11-01", "month")],
)
def test_a_period_by_its_name(text: str, label: str, kind: str) -> None:
    found = named_period(text, BERLIN)
    assert (found.label, str(found.kind)) == (label, kind)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-W60", "2026-13", "last week", "0001-01-01", "9999-12-31", "9999-W52", "9999-12"]
)
def test_what_names_no_period(text: str) -> None:
    with pytest.raises(NoPeriod):
        named_period(text, BERLIN)
