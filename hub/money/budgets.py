"""Budgets: what settings allow in a period, the rows that stand for it, and why a hold was refused."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from hub.config.settings import Agent
from hub.money.periods import Period, PeriodKind, period
from hub.store import Database, Row, Statement, statement

MOST_REMEMBERED = 10_000
"""Budget rows that one process remembers to exist: a few MB; past this the older half is looked after again."""


class Allowance(msgspec.Struct, frozen=True):
    """What the settings allow somebody in each period of a kind."""

    scope: str
    """`agent`."""
    name: str
    kind: PeriodKind
    limit_nusd: int


class Standing(msgspec.Struct, frozen=True):
    """How a budget stands at one moment."""

    id: str
    limit_nusd: int
    spent_nusd: int
    held_nusd: int
    start_ms: int
    end_ms: int

    @property
    def left_nusd(self) -> int:
        """What is not spent, others' holds or not."""
        return self.limit_nusd - self.spent_nusd


class Busy(msgspec.Struct, frozen=True):
    """Refused, but only others' holds are in the way; they end with less than they hold."""

    budget: str


class Spent(msgspec.Struct, frozen=True):
    """Refused: so much is spent that the hold does not fit even when every other hold ends without cost."""

    budget: str
    left_nusd: int
    """Limit less what is spent; never below 0."""
    free_nusd: int
    """What a hold may have right now: `left_nusd` less others' holds."""
    opens_ms: int
    """When the next period begins."""


def allowances(agent: Agent) -> tuple[Allowance, ...]:
    """The budgets that a call of the agent touches; none where it has no limit."""
    limit = agent.budget.monthly_nusd
    return () if limit is None else (Allowance("agent", agent.name, PeriodKind.MONTH, limit),)


def budget_id(allowance: Allowance, current: Period) -> str:
    """The key of a budget's row, like `agent/support-faq/month/2026-11-01`."""
    return f"{allowance.scope}/{allowance.name}/{allowance.kind}/{current.label}"


def ensure_budget(allowance: Allowance, current: Period) -> Statement:
    """Make the period's row, or bring its limit up to date."""
    return statement(
        "money.ensure_budget",
        id=budget_id(allowance, current),
        scope=allowance.scope,
        name=allowance.name,
        period=str(allowance.kind),
        start_ms=current.start_ms,
        end_ms=current.end_ms,
        limit_nusd=allowance.limit_nusd,
    )


async def standing(database: Database, budget: str) -> Standing | None:
    """How a budget stands; None where it has no row (nothing was asked of it in its period). Raises StoreError."""
    rows = await database.read(statement("money.budget", id=budget))
    if not rows:
        return None
    row = rows[0]
    return Standing(
        row["id"],
        row["limit_nusd"],
        row["spent_nusd"],
        row["held_nusd"],
        start_ms=row["start_ms"],
        end_ms=row["end_ms"],
    )


def why_refused(stands: Standing, cost_nusd: int) -> Busy | Spent:
    """Whether to wait for others' holds, or that the money is spent."""
    if cost_nusd <= stands.left_nusd:
        return Busy(stands.id)
    free = stands.left_nusd - stands.held_nusd
    return Spent(stands.id, max(0, stands.left_nusd), max(0, free), stands.end_ms)


def crossed(alert_at: Iterable[float], charged: Row, cost_nusd: int) -> list[float]:
    """The shares of the limit that this charge passed, lowest first.

    `charged` is the row that a settlement's `charge` returned. Charges of one budget come one after another, so each
    share is passed by exactly one of them, in whichever process.
    """
    after, limit = charged["spent_nusd"], charged["limit_nusd"]
    before = after - cost_nusd
    return [share for share in sorted(alert_at) if before < _part(limit, share) <= after]


class CurrentBudgets:
    """Knows the rows of the current periods, and makes sure of each once: not with every message."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database = database
        self._zone = zone
        self._periods: dict[PeriodKind, Period] = {}
        self._sure: dict[tuple[str, int], None] = {}

    async def ids(self, wanted: Iterable[Allowance], at_ms: int) -> tuple[str, ...]:
        """The rows to hold on at a moment, in the order of their ids. Raises StoreError."""
        rows = {
            budget_id(allowance, current := self._period(allowance.kind, at_ms)): (allowance, current)
            for allowance in wanted
        }
        ordered = tuple(sorted(rows))
        missing = [row for row in ordered if (row, rows[row][0].limit_nusd) not in self._sure]
        if missing:
            await self._database.run(*(ensure_budget(*rows[row]) for row in missing))
            self._remember((row, rows[row][0].limit_nusd) for row in missing)
        return ordered

    def forget(self, budget: str) -> None:
        """Look after this row again: it was not there."""
        for key in [key for key in self._sure if key[0] == budget]:
            del self._sure[key]

    def _period(self, kind: PeriodKind, at_ms: int) -> Period:
        current = self._periods.get(kind)
        if current is None or not current.start_ms <= at_ms < current.end_ms:
            current = self._periods[kind] = period(kind, at_ms, self._zone)
        return current

    def _remember(self, rows: Iterable[tuple[str, int]]) -> None:
        if len(self._sure) >= MOST_REMEMBERED:
            for key in list(self._sure)[: MOST_REMEMBERED // 2]:
                del self._sure[key]
        self._sure.update(dict.fromkeys(rows))


def _part(limit_nusd: int, share: float) -> int:
    """A share of a limit, rounded up; the share is exact to a thousandth of a percent."""
    return -(-limit_nusd * round(share * 100_000) // 100_000)
