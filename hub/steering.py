"""What admins changed with commands: stored, laid over the settings, in force in every process at once.

Every claim carries the version of what is stored, so no message is answered by what was in force before; a process that
claims nothing looks every few seconds.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from hub.config.settings import Agent, Budget, Limit, Settings
from hub.store import Database, Statement, statement

log = logging.getLogger(__name__)

LOOK_EVERY_S = 3.0
"""How stale a process that answers nobody can be."""
WHOLE_HUB = ""
PAUSE, MODEL, RELOAD = "pause", "model", "reload"
TELL, QUEUE = "tell", "queue"


class Overrides(msgspec.Struct, frozen=True):
    """What is stored."""

    paused: Mapping[str, str] = {}
    """`tell` or `queue` by agent; WHOLE_HUB for all."""
    models: Mapping[str, Mapping[str, str]] = {}
    """Model by agent and tier."""
    limits: Mapping[str, int] = {}
    """Amount by `scope/name/period/unit`, of agents and of the hub."""


NOTHING = Overrides()


async def nobody_beside() -> list[list[str]]:
    """For a process that is alone with its database."""
    return []


class Steering:
    """The settings in force in one process."""

    def __init__(
        self,
        database: Database,
        written: Callable[[], Settings],
        *,
        new_id: Callable[[], str],
        reload: Callable[[], str],
        reach: Callable[[], Awaitable[Mapping[str, str]]],
        processes: Callable[[], Awaitable[list[list[str]]]] = nobody_beside,
    ) -> None:
        self._database = database
        self.written = written
        """As regions.toml has them."""
        self.new_id = new_id
        self._reload = reload
        self.reach = reach
        """What each channel of this process answers to a probe, by name."""
        self.processes = processes
        """A row for each process beside this one, and itself; none where it is alone."""
        self._version = 0
        self._overrides = NOTHING
        self._reloaded: str | None = None
        self._laid: tuple[Settings, Overrides, Settings] | None = None

    def settings(self) -> Settings:
        """Those of regions.toml under what admins changed."""
        written = self.written()
        if self._laid is None or self._laid[0] is not written or self._laid[1] is not self._overrides:
            self._laid = (written, self._overrides, laid_over(written, self._overrides))
        return self._laid[2]

    async def heed(self, version: int) -> None:
        """Read what is stored if this is not the version in force here. Raises StoreError."""
        if version != self._version:
            await self.look()

    async def look(self) -> None:
        """Put into force what is stored now. Raises StoreError."""
        rows = await self._database.read(statement("steering.version"))
        version = rows[0]["version"] if rows else 0
        first = self._reloaded is None
        if version == self._version and not first:
            return
        stored = {row["key"]: row["value"] for row in await self._database.read(statement("steering.in_force"))}
        limits = {row[0]: row[1] for row in await self._database.read(statement("steering.limits"))}
        self._overrides, self._version = _read(stored, limits), version
        reload, before = stored.get(f"{RELOAD}/", ""), self._reloaded
        self._reloaded = reload
        if not first and reload != before and (problem := self._reload()):
            log.error("the settings were not read anew: %s", problem)

    def reload_everywhere(self, by: str) -> tuple[str, list[Statement]]:
        """Read regions.toml anew here; what is wrong with it, or how the other processes are told to do the same."""
        if problem := self._reload():
            return problem, []
        self._reloaded = self.new_id()
        return "", self.set(f"{RELOAD}/", self._reloaded, by)

    @staticmethod
    def set(key: str, value: str, by: str) -> list[Statement]:
        """Part of the command's transaction. `by`: channel:platform id."""
        return [statement("steering.set", key=key, value=value, by=by), statement("steering.changed")]

    @staticmethod
    def clear(key: str) -> list[Statement]:
        """What the settings say counts again."""
        return [statement("steering.clear", key=key), statement("steering.changed")]


def _read(stored: Mapping[str, str], limits: Mapping[str, int]) -> Overrides:
    models: dict[str, dict[str, str]] = {}
    paused: dict[str, str] = {}
    for key, value in stored.items():
        what, _, rest = key.partition("/")
        if what == PAUSE:
            paused[rest] = value
        elif what == MODEL:
            agent, _, tier = rest.partition("/")
            models.setdefault(agent, {})[tier] = value
    return Overrides(paused, models, limits) if paused or models or limits else NOTHING


def laid_over(settings: Settings, overrides: Overrides) -> Settings:
    """The settings as they are in force; the same value where nothing is changed."""
    if overrides == NOTHING:
        return settings
    agents = {name: _agent(agent, overrides) for name, agent in settings.agents.items()}
    hub = _limited(settings.budgets.hub, "hub/hub", overrides.limits)
    budgets = msgspec.structs.replace(settings.budgets, hub=hub)
    return msgspec.structs.replace(settings, agents=agents, budgets=budgets)


def _agent(agent: Agent, overrides: Overrides) -> Agent:
    models = {tier: model for tier, model in overrides.models.get(agent.name, {}).items() if tier in agent.tiers}
    return msgspec.structs.replace(
        agent,
        paused=overrides.paused.get(WHOLE_HUB) or overrides.paused.get(agent.name, ""),
        tiers={**agent.tiers, **models},
        budget=_limited(agent.budget, f"agent/{agent.name}", overrides.limits),
    )


def _limited(budget: Budget, owner: str, limits: Mapping[str, int]) -> Budget:
    """The budget with the limits that an admin set, those included that regions.toml does not have."""
    own = {key.removeprefix(f"{owner}/"): amount for key, amount in limits.items() if key.startswith(f"{owner}/")}
    if not own:
        return budget
    found = {f"{each.period}/{each.unit}": each for each in budget.limits}
    for rest, amount in own.items():
        period, _, unit = rest.partition("/")
        found[rest] = Limit(period, unit, amount)
    return msgspec.structs.replace(budget, limits=tuple(found.values()))
