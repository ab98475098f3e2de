"""Budgets: what settings allow in a period, the rows that stand for it, and why a hold was refused."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from hub.config.settings import Agent, Budget, Budgets
from hub.messages import Conversation
from hub.money.periods import Period, PeriodKind, period
from hub.store import Database, Row, Statement, statement

MOST_REMEMBERED = 10_000
"""Budget rows that one process remembers to exist: a few MB; past this the older half is looked after again."""


class Unit(StrEnum):
    """What a budget counts."""

    MONEY = "nusd"
    """Nano-dollars."""
    TOKENS = "tokens"
    """Input and output, as they are billed."""


class Allowance(msgspec.Struct, frozen=True):
    """What the settings allow somebody in each period of a kind."""

    scope: str
    """`agent`, `person`, `chat`, `workspace` or `hub`."""
    name: str
    kind: PeriodKind
    limit: int
    unit: Unit = Unit.MONEY

    @property
    def key(self) -> str:
        """What a change by an admin is stored under: the same in every period, like `agent/support-faq/month/nusd`."""
        return f"{self.scope}/{self.name}/{self.kind}/{self.unit}"


class Standing(msgspec.Struct, frozen=True):
    """How a budget stands at one moment."""

    id: str
    unit: Unit
    limit: int
    spent: int
    held: int
    start_ms: int
    end_ms: int

    @property
    def left(self) -> int:
        """What is not spent, others' holds or not."""
        return self.limit - self.spent


class Busy(msgspec.Struct, frozen=True):
    """Refused, but only others' holds are in the way; they end with less than they hold."""

    budget: str


class Spent(msgspec.Struct, frozen=True):
    """Refused: so much is spent that the hold does not fit even when every other hold ends without cost."""

    budget: str
    unit: Unit
    left: int
    """Limit less what is spent; never below 0."""
    free: int
    """What a hold may have right now: `left` less others' holds."""
    opens_ms: int
    """When the next period begins, of this budget or of another one in which nothing is left."""


def allowances(agent: Agent, budgets: Budgets, conversation: Conversation, person: int) -> tuple[Allowance, ...]:
    """The budgets that a call of the agent for a person (the opaque number) touches; none where nothing is limited."""
    found = [*agent_allowances(agent), *hub_allowances(budgets), *person_allowances(budgets, person)]
    found += _of("chat", chat_name(conversation), budgets.chat)
    if conversation.workspace:
        workspace = Conversation(conversation.channel, conversation.account, conversation.workspace)
        found += _of("workspace", workspace.key, budgets.workspace)
    return tuple(found)


def agent_allowances(agent: Agent) -> list[Allowance]:
    """The agent's own."""
    return _of("agent", agent.name, agent.budget)


def hub_allowances(budgets: Budgets) -> list[Allowance]:
    """Those over everything."""
    return _of("hub", "hub", budgets.hub)


def person_allowances(budgets: Budgets, person: int) -> list[Allowance]:
    """Those of one person, by the opaque number."""
    return _of("person", str(person), budgets.person)


def chat_name(conversation: Conversation) -> str:
    """A chat with all its threads."""
    return msgspec.structs.replace(conversation, thread="").key if conversation.thread else conversation.key


def _of(scope: str, name: str, budget: Budget) -> list[Allowance]:
    return [Allowance(scope, name, PeriodKind(limit.period), limit.amount, Unit(limit.unit)) for limit in budget.limits]


def budget_id(allowance: Allowance, current: Period) -> str:
    """The key of a budget's row, like `agent/support-faq/month/2026-11-01`; one in tokens ends with `/tokens`."""
    row = f"{allowance.scope}/{allowance.name}/{allowance.kind}/{current.label}"
    return row if allowance.unit is Unit.MONEY else f"{row}/{allowance.unit}"


def ensure_budget(allowance: Allowance, current: Period) -> Statement:
    """Make the period's row, or bring its limit up to date. What an admin has changed goes before the settings."""
    return statement(
        "money.ensure_budget",
        id=budget_id(allowance, current),
        key=allowance.key,
        scope=allowance.scope,
        name=allowance.name,
        period=str(allowance.kind),
        unit=str(allowance.unit),
        start_ms=current.start_ms,
        end_ms=current.end_ms,
        limit=allowance.limit,
    )


def change_budget(allowance: Allowance, current: Period, limit: int, by: str) -> list[Statement]:
    """An admin's own limit, in force at once and in every later period, in every process. `by`: channel/platform id."""
    return [
        statement("money.change_budget", key=allowance.key, limit=limit, by=by),
        ensure_budget(allowance, current),
    ]


def reset_budget(allowance: Allowance, current: Period) -> list[Statement]:
    """The limit of the settings is in force again."""
    return [statement("money.reset_budget", key=allowance.key), ensure_budget(allowance, current)]


async def standing(database: Database, budget: str) -> Standing | None:
    """How a budget stands; None where it has no row (nothing was asked of it in its period). Raises StoreError."""
    rows = await database.read(statement("money.budget", id=budget))
    if not rows:
        return None
    row = rows[0]
    return Standing(
        row["id"],
        Unit(row["unit"]),
        row["limit_amount"],
        row["spent_amount"],
        row["held_amount"],
        start_ms=row["start_ms"],
        end_ms=row["end_ms"],
    )


def why_refused(stands: Standing, *, cost_nusd: int, tokens: int) -> Busy | Spent:
    """Whether to wait for others' holds, or that the budget is spent."""
    if (tokens if stands.unit is Unit.TOKENS else cost_nusd) <= stands.left:
        return Busy(stands.id)
    free = stands.left - stands.held
    return Spent(stands.id, stands.unit, max(0, stands.left), max(0, free), stands.end_ms)


def spent_at_ms(stands: Standing, now_ms: int) -> int | None:
    """When the budget will be spent if it goes on as it did in this period; None: not before its end.

    Nothing is foretold from the first hundredth of a period: an hour would decide over a month.
    """
    gone_ms, whole_ms = now_ms - stands.start_ms, stands.end_ms - stands.start_ms
    if stands.left <= 0:
        return now_ms
    if stands.spent <= 0 or gone_ms * 100 < whole_ms:
        return None
    at_ms = now_ms + stands.left * gone_ms // stands.spent
    return at_ms if at_ms < stands.end_ms else None


def period_end_amount(stands: Standing, now_ms: int) -> int:
    """What will be spent at the period's end if it goes on as it did until now."""
    gone_ms = max(1, now_ms - stands.start_ms)
    return max(stands.spent, stands.spent * (stands.end_ms - stands.start_ms) // gone_ms)


def crossed(alert_at: Iterable[float], charged: Row, *, cost_nusd: int, tokens: int) -> list[float]:
    """The shares of the limit that this charge passed, lowest first.

    `charged` is the row that a settlement's `charge` returned. Charges of one budget come one after another, so each
    share is passed by exactly one of them, in whichever process.
    """
    after, limit = charged["spent_amount"], charged["limit_amount"]
    before = after - (tokens if charged["unit"] == Unit.TOKENS else cost_nusd)
    return [share for share in sorted(alert_at) if before < _part(limit, share) <= after]


class CurrentBudgets:
    """Knows the rows of the current periods, and makes sure of each once: not with every message."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database = database
        self._zone = zone
        self._periods: dict[PeriodKind, Period] = {}
        self._sure: dict[str, int] = {}
        """The limit that each row was last given from here."""

    async def ids(self, wanted: Iterable[Allowance], at_ms: int) -> tuple[str, ...]:
        """The rows to hold on at a moment, in the order of their ids. Raises StoreError."""
        rows = {
            budget_id(allowance, current := self._period(allowance.kind, at_ms)): (allowance, current)
            for allowance in wanted
        }
        ordered = tuple(sorted(rows))
        missing = [row for row in ordered if self._sure.get(row) != rows[row][0].limit]
        if missing:
            await self._database.run(*(ensure_budget(*rows[row]) for row in missing))
            self._remember({row: rows[row][0].limit for row in missing})
        return ordered

    def forget(self, budget: str) -> None:
        """Look after this row again: it was not there."""
        self._sure.pop(budget, None)

    def renew(self) -> None:
        """The settings were read anew: every row gets its limit again, whatever another process gave it meanwhile."""
        self._sure.clear()

    def _period(self, kind: PeriodKind, at_ms: int) -> Period:
        current = self._periods.get(kind)
        if current is None or not current.start_ms <= at_ms < current.end_ms:
            current = self._periods[kind] = period(kind, at_ms, self._zone)
        return current

    def _remember(self, limits: Mapping[str, int]) -> None:
        if len(self._sure) >= MOST_REMEMBERED:
            for row in list(self._sure)[: MOST_REMEMBERED // 2]:
                del self._sure[row]
        self._sure.update(limits)


def _part(limit: int, share: float) -> int:
    """A share of a limit, rounded up; the share is exact to a thousandth of a percent."""
    return -(-limit * round(share * 100_000) // 100_000)
