"""/status, /fleet, /costs, /report and /alerts: what a viewer sees, and of which agents."""

import pytest

from hub.agents.port import AgentError, Kind
from hub.commands import suggestions
from hub.commands.watching import DEPLOYMENTS_SHOWN
from hub.config.settings import Deployment, Grant, Serves
from hub.hearsay import Hearsay
from hub.messages import Sender
from hub.routing import Fleet
from hub.store import Database
from tests.pipeline.channel import conversation, message
from tests.pipeline.hub import ScriptedHub, agent, changed, settings, with_budget
from tests.pipeline.test_steering import admin, last, steered
from tests.reports.ledger import call, execute, write
from tests.routing.crew import fail

pytestmark = pytest.mark.unit

VIEWER = Sender("viewer")


def table(said: str) -> list[list[str]]:
    """The rows of the first fenced table, cut where two spaces are."""
    inside = said.split("```")[1].strip("\n").splitlines()
    return [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in inside]


async def test_how_the_hub_is(database: Database) -> None:
    hub = steered(database, served=with_budget(100))
    await hub.answered(message("Hello", 1))
    await execute(database, "UPDATE budget SET spent_amount = 90")
    await write(database, *(call(hub.clock.now_ms(), outcome="overloaded", agent="support") for _ in range(3)))
    await execute(database, "INSERT INTO alert (key, text, since_ms, seen_ms) VALUES ('queue', 'Much waits.', 1, 1)")

    said = await last(hub, admin("/status", 2))

    rows = dict(row[:2] for row in table(said))
    assert rows["chat/main"] == "chat is there"
    assert rows["alerts open"] == "1: /alerts shows them"
    assert rows["paused"] == "nobody"
    assert rows["answers under way"] == "1"  # this one
    assert "overloaded  3" in said
    assert "support  month" in said
    assert "Much waits." in await last(hub, admin("/alerts", 3))


async def test_how_the_deployments_are(database: Database) -> None:
    hub = steered(database)
    assert "No process has shown its deployments yet." in await last(hub, admin("/status", 1))
    hub.near.will(AgentError(Kind.UNAUTHORIZED, "401", sent=False))
    await hub.answered(message("Hello", 2, "2"))
    shown = Hearsay(hub.fleet, database, hub.clock, lambda: hub.settings, process="one")
    await shown.show()
    edited = changed(hub.settings.agents["support"], prompt="Be brief.", deployments=())
    await Hearsay(hub.fleet, database, hub.clock, lambda: settings(edited), process="other").show()

    said = await last(hub, admin("/status", 3))

    fences = said.split("```")
    assert [line.split()[:2] for line in fences[3].strip("\n").splitlines()] == [
        ["support-west", "open"],
        ["support-east", "healthy"],
    ]
    assert "0 of 4000" in fences[3]  # two processes
    assert "- support-west: it failed repeatedly (unauthorized) and is tried again in" in said
    assert "- support: not all processes have the same prompt (" in said


async def test_of_many_deployments_the_sickest_are_shown(sqlite_database: Database) -> None:
    hub = steered(sqlite_database)
    served = agent(deployments=tuple(Deployment(f"d{n:02}", "support", "west", "openai") for n in range(30)))
    fleet = Fleet(now=hub.clock.monotonic, random=lambda: 0.5)
    fleet.renew([served])
    fail(fleet, "d29")
    await Hearsay(fleet, sqlite_database, hub.clock, lambda: settings(served), process="one").show()

    said = await last(hub, admin("/status", 1))

    rows = said.split("```")[3].strip("\n").splitlines()
    assert len(rows) == DEPLOYMENTS_SHOWN
    assert rows[0].startswith("d29  open")
    assert "and 10 more, none of them unwell" in said


async def test_who_is_paused_is_named(sqlite_database: Database) -> None:
    hub = steered(sqlite_database)
    await hub.answered(admin("/pause hub queue", 2))
    assert dict(row[:2] for row in table(await last(hub, admin("/status", 3))))["paused"] == "support"


async def test_what_was_spent(database: Database) -> None:
    hub = steered(database)
    now_ms = hub.clock.now_ms()
    await write(
        database,
        *(call(now_ms, agent="support", model="coin", cost_nusd=2 * 10**9) for _ in range(3)),
        call(now_ms, agent="sales", model="dear", cost_nusd=10**9),
        call(now_ms - 40 * 24 * 3_600_000, agent="sales", model="old", cost_nusd=10**9),
    )

    assert table(await last(hub, admin("/costs", 1))) == [
        ["calls", "tokens", "cost"],
        ["support", "3", "3,600", "$6.00"],
        ["sales", "1", "1,200", "$1.00"],
        ["together", "4", "4,800", "$7.00"],
    ]
    by_model = table(await last(hub, admin("/costs by model since 90d", 2)))
    assert [row[0] for row in by_model[1:]] == ["coin", "dear", "old", "together"]
    assert table(await last(hub, admin("/costs support by model", 3)))[1:] == [["coin", "3", "3,600", "$6.00"]]
    assert "7 (forgotten)" in await last(hub, admin("/costs by person", 4))
    assert (await last(hub, admin("/costs by moon", 5))).startswith("Write /costs, by agent")
    assert (await last(hub, admin("/costs since 9999-12-31", 6))).startswith("Write /costs, by agent")


async def test_who_may_see_one_agent_sees_no_other(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    sales = agent(name="sales", serves=(Serves("elsewhere"),), deployments=())
    grants = (Grant("chat:viewer", "viewer", "sales"),)
    hub.settings = changed(hub.settings, roles=grants, agents={**hub.settings.agents, "sales": sales})
    now_ms = hub.clock.now_ms()
    await write(sqlite_database, *(call(now_ms, agent=name, model=name) for name in ("support", "sales")))

    for number, command in enumerate(("/costs", "/costs by model", "/costs support", "/fleet", "/fleet support"), 1):
        said = await last(hub, message(command, number, id="viewer"))
        assert "support" not in said, command
    said = await last(hub, message("/fleet nobody", 7, id="viewer"))
    assert said == "There is no such agent. Name one of sales."
    assert table(await last(hub, message("/costs", 8, id="viewer")))[1][0] == "sales"
    assert "for viewers of the whole hub" in await last(hub, message("/costs by person", 9, id="viewer"))


async def test_the_fleet(sqlite_database: Database) -> None:
    hub = steered(sqlite_database, served=with_budget(10**9))
    await hub.answered(admin("/pause support", 1))

    assert (await last(hub, admin("/fleet", 2))).splitlines() == [
        "**support**",
        "- Answers",
        "- paused: yes",
        "- models: simple coin",
        "- deployments: support-west, support-east",
        "- serves: chat",
        "- budget: $0.00 of $1.00 this month",
    ]


async def test_a_report_is_the_one_that_was_sent_or_is_made_now(database: Database) -> None:
    hub = steered(database)
    await execute(
        database,
        "INSERT INTO report (id, kind, label, state, holder, lease_ms, text)"
        " VALUES ('week/2026-11-16', 'week', '2026-11-16', 'made', '', 0, 'As it was sent.')",
    )

    assert await last(hub, admin("/report 2026-W47", 1)) == "As it was sent."
    assert "2026" in await last(hub, admin("/report 2026-10", 2))
    assert await last(hub, admin("/report 2098-W01", 5)) == "2098-W01 has not begun yet: name one that has."
    assert (await last(hub, admin("/report yesterday", 3))).startswith("Write /report day, week or month")
    assert (await last(hub, admin("/report 0001-01-01", 4))).startswith("Write /report day, week or month")


@pytest.mark.parametrize(
    ("role", "command", "typed", "values"),
    [
        ("viewer", "report", "", ["day", "week", "month"]),
        ("viewer", "fleet", "s", ["support"]),
        ("viewer", "pause", "", []),
        ("operator", "pause", "", ["support", "hub"]),
        ("operator", "model", "", ["support simple"]),
        ("operator", "budget", "", []),
        ("owner", "budget", "hub", ["hub", "hub daily", "hub weekly", "hub monthly"]),
        ("everyone", "forget", "", ["me"]),
        ("everyone", "costs", "", []),
    ],
)
def test_values_are_shown_to_those_who_may_use_them(role: str, command: str, typed: str, values: list[str]) -> None:
    grants = () if role == "everyone" else (Grant("chat:viewer", role),)
    served = changed(settings(agent()), roles=grants)
    assert suggestions(command, typed, conversation(), VIEWER, served) == values
