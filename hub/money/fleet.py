"""The fleet: every agent with its purpose, models, places, chats, budget, and what it spent this period."""

import msgspec

from hub.config.settings import Agent, Serves, Settings
from hub.money.budgets import Standing, allowances, budget_id, standing
from hub.money.periods import period
from hub.store import Database


class FleetRow(msgspec.Struct, frozen=True):
    """One agent of the fleet."""

    agent: str
    purpose: str
    models: tuple[str, ...]
    regions: tuple[str, ...]
    serves: tuple[str, ...]
    """As they are written in regions.toml."""
    limit_nusd: int | None
    """For the current period; None: no limit."""
    spent_nusd: int
    held_nusd: int


async def fleet(database: Database, settings: Settings, at_ms: int) -> list[FleetRow]:
    """The agents by name, with their budgets as they stand. One read for each budgeted agent. Raises StoreError."""
    return [await _row(database, settings, agent, at_ms) for _, agent in sorted(settings.agents.items())]


async def _row(database: Database, settings: Settings, agent: Agent, at_ms: int) -> FleetRow:
    stands: Standing | None = None
    own = next(iter(allowances(agent)), None)
    if own is not None:
        stands = await standing(database, budget_id(own, period(own.kind, at_ms, settings.hub.timezone)))
    return FleetRow(
        agent=agent.name,
        purpose=agent.purpose,
        models=tuple(dict.fromkeys(agent.tiers.values())),
        regions=tuple(dict.fromkeys(deployment.region for deployment in agent.deployments)),
        serves=tuple(map(_written, agent.serves)),
        limit_nusd=own.limit_nusd if own else None,
        spent_nusd=stands.spent_nusd if stands else 0,
        held_nusd=stands.held_nusd if stands else 0,
    )


def _written(place: Serves) -> str:
    """channel[/account][:workspace][/chat]; a chat of any account or workspace keeps its own slash."""
    parts = (("/", place.account), (":", place.workspace), ("/", place.chat))
    return place.channel + "".join(mark + part for mark, part in parts if part)
