"""/usage: a person's own figures, by day, week and month of the hub's zone."""

from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest

from hub import phrases
from hub.agents.port import Done, Usage
from hub.clock import Clock
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import ZONE, Hurried, ScriptedHub, agent

pytestmark = pytest.mark.unit


class Calendar(Hurried):
    """A clock whose days stand still where they are put, in the hub's zone."""

    def __init__(self, moment: str) -> None:
        super().__init__()
        self.put(moment)

    def put(self, moment: str) -> None:
        self.ms = int(datetime.fromisoformat(moment).replace(tzinfo=ZONE).timestamp() * 1000)

    def now_ms(self) -> int:
        return self.ms


Open = Callable[[Clock], Awaitable[Database]]


async def test_figures_are_the_persons_own_and_of_the_hubs_calendar(open_with_clock: Open) -> None:
    clock = Calendar("2026-10-31T23:59:59")  # a Saturday, the month before
    hub = ScriptedHub(await open_with_clock(clock), clock=clock)
    for number, moment in enumerate(
        ("2026-10-31T23:59:59", "2026-11-01T00:00:00", "2026-11-16T00:00:00", "2026-11-21T00:00:00", "2026-11-21T08:00")
    ):
        clock.put(moment)
        hub.near.will("Yes", Done("stop", Usage(input=1_000 * 10**number, output=0)))
        await hub.answered(message("Hello", number))
    hub.near.will("Yes", Done("stop", Usage(input=7, output=7)))
    await hub.answered(message("Somebody else", 1, chat="2"))

    said = (await hub.answered(message("/usage", 9)))[-1]

    assert said.splitlines() == [
        phrases.USAGE_ZONE.format(zone="Europe/Berlin"),
        "",
        "```",
        "            messages      tokens    cost",
        "today              2  11,000,000  $0.011",
        "this week          3  11,100,000  $0.011",
        "this month         4  11,110,000  $0.011",
        "```",
    ]


async def test_what_is_not_certain_is_marked(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.near.will("cut", Done("stop", Usage(input=1_000_000, output=0)))
    await hub.answered(message("Hello"))
    await hub.execute("UPDATE ledger SET mark = 'estimated', cost_nusd = 20000000")

    said = (await hub.answered(message("/usage", 2)))[-1]

    assert said.splitlines()[-1] == phrases.USAGE_UNCERTAIN.format(cost="$0.02")


async def test_calls_without_a_price_are_named(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(tiers={"simple": "nobody-knows"}))
    await hub.answered(message("Hello"))

    said = (await hub.answered(message("/usage", 2)))[-1]

    assert said.splitlines()[-1] == phrases.USAGE_UNPRICED.format(calls=1)


async def test_who_has_asked_nothing_is_shown_nothing(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(message("Somebody else", 1, chat="2"))

    said = (await hub.answered(message("/usage", 1)))[-1]

    assert [line.split()[-3:] for line in said.splitlines()[4:7]] == [["0", "0", "$0.00"]] * 3


async def test_figures_are_found_by_an_index(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    plan = await hub.rows("EXPLAIN QUERY PLAN SELECT SUM(cost_nusd) FROM ledger WHERE person = 1 AND at_ms >= 2")
    assert "ledger_person (person=? AND at_ms>?)" in plan[0]["detail"]
