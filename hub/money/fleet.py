"""The fleet: every agent with its purpose, models, places, chats, budget, and what it spent this period."""

from zoneinfo import ZoneInfo

import msgspec

from hub.config.settings import Agent, Serves, Settings
from hub.money.budgets import Allowance, agent_allowances, budget_id, standing
from hub.money.periods import period
from hub.store import Database


class BudgetRow(msgspec.Struct, frozen=True):
    """One budget in its current period. Amounts are nano-dollars or tokens, as `unit` says."""

    period: str
    """`day`, `week` or `month`."""
    unit: str
    """`nusd` or `tokens`."""
    limit: int
    spent: int
    held: int


class FleetRow(msgspec.Struct, frozen=True):
    """One agent of the fleet."""

    agent: str
    purpose: str
    models: tuple[str, ...]
    regions: tuple[str, ...]
    serves: tuple[str, ...]
    """As they are written in regions.toml."""
    budgets: tuple[BudgetRow, ...]
    """Its own, in their current periods; none: no limit."""


async def fleet(database: Database, settings: Settings, at_ms: int) -> list[FleetRow]:
    """The agents by name, with their budgets as they stand. One read for each budget. Raises StoreError."""
    return [await _row(database, settings, agent, at_ms) for _, agent in sorted(settings.agents.items())]


async def _row(database: Database, settings: Settings, agent: Agent, at_ms: int) -> FleetRow:
    zone = settings.hub.timezone
    return FleetRow(
        agent=agent.name,
        purpose=agent.purpose,
        models=tuple(dict.fromkeys(agent.tiers.values())),
        regions=tuple(dict.fromkeys(deployment.region for deployment in agent.deployments)),
        serves=tuple(map(_written, agent.serves)),
        budgets=tuple([await _budget(database, own, at_ms, zone) for own in agent_allowances(agent)]),
    )


async def _budget(database: Database, own: Allowance, at_ms: int, zone: ZoneInfo) -> BudgetRow:
    stands = await standing(database, budget_id(own, period(own.kind, at_ms, zone)))
    if stands is None:
        return BudgetRow(own.kind, own.unit, own.limit, 0, 0)
    return BudgetRow(own.kind, own.unit, stands.limit, stands.spent, stands.held)


def _written(place: Serves) -> str:
    """channel[/account][:workspace][/chat]; a chat of any account or workspace keeps its own slash."""
    parts = (("/", place.account), (":", place.workspace), ("/", place.chat))
    return place.channel + "".join(mark + part for mark, part in parts if part)
