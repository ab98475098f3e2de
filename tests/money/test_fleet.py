"""The fleet's table: what the settings say, beside what the budgets say."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from hub.clock import SystemClock
from hub.config.settings import Agent, Budget, ContextSettings, Deployment, HubSettings, Limit, Serves, Settings
from hub.money.budgets import agent_allowances
from hub.money.fleet import BudgetRow, FleetRow, fleet
from hub.money.listing import fleet_table
from hub.store import Database
from tests.money.calls import ZONE, bill, held, open_till, request

pytestmark = pytest.mark.unit


def agent(name: str, limit: int | None) -> Agent:
    return Agent(
        name=name,
        purpose="Customer FAQ, order status",
        prompt="",
        faq="",
        faq_first=False,
        serves=(Serves("telegram"), Serves("slack", workspace="T0123", chat="C0456"), Serves("web", account="main")),
        offers=(),
        busy="queue",
        budget=Budget(() if limit is None else (Limit("month", "nusd", limit),)),
        context=ContextSettings(),
        tiers={"simple": "gpt-4o-mini", "complex": "gpt-4o-mini"},
        residency="",
        default_zone="",
        deployments=tuple(
            Deployment(f"{name}-{number}", name, region, "openai")
            for number, region in enumerate(("eu-west", "us-west", "eu-west"))
        ),
    )


def settings(*agents: Agent) -> Settings:
    return Settings(
        path=Path("regions.toml"),
        hub=HubSettings("Acme", ZONE, "sqlite:hub.db", (), "eu-west"),
        channels=(),
        regions={},
        prices={},
        agents={each.name: each for each in agents},
        notices=(),
    )


async def test_rows(database: Database) -> None:
    limited, free = agent("support-faq", 1_000), agent("sales-leads", None)
    till = open_till(database)
    await till.settle(await held(till, request(300, *agent_allowances(limited))), bill(250))
    await held(till, request(100, *agent_allowances(limited)))

    now_ms = SystemClock().now_ms()
    first, second = await fleet(database, settings(limited, free), now_ms)

    assert (first.agent, first.budgets) == ("sales-leads", ())
    assert (second.agent, second.budgets) == ("support-faq", (BudgetRow("month", "nusd", 1_000, 250, 100),))
    assert second.models == ("gpt-4o-mini",)
    assert second.regions == ("eu-west", "us-west")
    assert second.serves == ("telegram", "slack:T0123/C0456", "web/main")
    (_, next_year) = await fleet(database, settings(limited, free), now_ms + 366 * 86_400_000)
    assert next_year.budgets[0].spent == 0


def test_table() -> None:
    row = FleetRow(
        "support-faq",
        "FAQ",
        ("gpt-4o-mini",),
        ("eu-west",),
        ("web",),
        (
            BudgetRow("month", "nusd", 50_000_000_000, 12_340_000_000, 0),
            BudgetRow("day", "tokens", 100_000, 1_000, 0),
        ),
    )
    console = Console(file=io.StringIO(), width=160, color_system=None)
    console.print(fleet_table([row]))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    for part in ("support-faq", "gpt-4o-mini", "eu-west", "$50.00 a month", "$12.34", "24.7 %", "100,000 tokens a day"):
        assert part in text
