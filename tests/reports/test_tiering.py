"""Saving and regret, counted by hand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from hub.config.settings import Price
from hub.money.periods import PeriodKind, period
from hub.reports.advice import proposals
from hub.reports.figures import gather
from hub.reports.tiering import Tiering, gather_tiering, tiering_text
from hub.store import Database
from tests.money.test_fleet import agent
from tests.reports.ledger import call, execute, write

pytestmark = pytest.mark.unit

ZONE = ZoneInfo("Europe/Berlin")
MONDAY = int(datetime(2026, 11, 16, tzinfo=ZONE).timestamp() * 1000)
SPAN = period(PeriodKind.WEEK, MONDAY, ZONE)
TIERS = {"simple": "coin", "complex": "dear"}
AGENTS = {"support-faq": msgspec.structs.replace(agent("support-faq", None), tiers=TIERS)}
PRICES = {"coin": Price(input=1_000_000, output=1_000_000), "dear": Price(input=10_000_000, output=20_000_000)}
"""Nano-dollars a token: 1 and 1, 10 and 20."""
EASY = {"tier": "simple", "tier_why": "difficulty", "model": "coin", "input_tokens": 100, "output_tokens": 50}
CHEAP_NUSD, DEAR_NUSD = 150, 2_000


async def a_week(database: Database) -> None:
    """Twenty easy messages, two of them escalated, one asked again, one disliked; five hard ones."""
    easy = [call(MONDAY + place, **EASY, cost_nusd=CHEAP_NUSD) for place in range(20)]
    dear = EASY | {"tier": "complex", "model": "dear", "cost_nusd": DEAR_NUSD}
    escalated = [call(MONDAY + place, **dear | {"tier_why": "escalated", "kind": "escalation"}) for place in range(2)]
    again = [call(MONDAY + 30, **dear | {"tier_why": "again"})]
    hard = [call(MONDAY + 40 + place, **dear) for place in range(5)]
    others = [call(MONDAY + 50), call(MONDAY - 1, **EASY), call(MONDAY + 60, **EASY | {"tier_why": "spent"})]
    await write(database, *easy, *escalated, *again, *hard, *others)
    for number, (tier, why, votes) in enumerate(
        [("simple", "difficulty", 2), ("simple", "spent", 1), ("complex", "difficulty", 1)]
    ):
        route = f'{{"agent":"support-faq","model":"m","tier":"{tier}","tier_why":"{why}"}}'
        await execute(
            database,
            "INSERT INTO reply (id, message, conversation, position, agent, route, state, created_ms)"
            " VALUES (:id, :id, 'c', 1, 'support-faq', :route, 'delivered', :now)",
            id=f"r{number}",
            route=route,
        )
        for person in range(votes):
            await execute(
                database,
                "INSERT INTO feedback (reply, person, value, at_ms) VALUES (:id, :person, 'bad', :at)",
                id=f"r{number}",
                person=person,
                at=MONDAY,
            )


async def test_saving_and_regret(database: Database) -> None:
    await a_week(database)

    (found,) = await gather_tiering(database, AGENTS, PRICES, SPAN, SPAN.end_ms)

    assert found == Tiering(
        agent="support-faq",
        cheap=20,
        strong=6,
        escalated=2,
        again=1,
        disliked=1,
        cheap_nusd=20 * CHEAP_NUSD,
        regret_nusd=3 * DEAR_NUSD,
        saved_nusd=18 * DEAR_NUSD - 20 * CHEAP_NUSD,
    )
    assert found.regret == 4 / 20


async def test_it_is_told_and_where_much_is_regretted_proposed(sqlite_database: Database) -> None:
    await a_week(sqlite_database)
    (found,) = await gather_tiering(sqlite_database, AGENTS, PRICES, SPAN, SPAN.end_ms)

    text = tiering_text([found])

    assert "the cheap tier took 20 messages (76 %)" in text
    assert "Regret 20.0 %: 2 escalated, 1 asked again, 1 disliked" in text
    figures = await gather(sqlite_database, SPAN, SPAN, SPAN.end_ms)
    often = msgspec.structs.replace(found, cheap=50, escalated=20)
    assert any("tiering.threshold" in each.text for each in proposals(figures, (), {}, (often,)))
    assert not any("tiering.threshold" in each.text for each in proposals(figures, (), {}, (found,)))


async def test_without_a_price_nothing_is_made_up(sqlite_database: Database) -> None:
    await a_week(sqlite_database)

    (found,) = await gather_tiering(sqlite_database, AGENTS, {}, SPAN, SPAN.end_ms)

    assert found.saved_nusd is None
    assert "is not known" in tiering_text([found])


async def test_nobody_chose(sqlite_database: Database) -> None:
    await write(sqlite_database, call(MONDAY))

    assert await gather_tiering(sqlite_database, AGENTS, PRICES, SPAN, SPAN.end_ms) == ()
    assert tiering_text(()) == ""
