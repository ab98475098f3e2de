"""The figures of a report: what a span of time cost, for whom and for what, beside the span before it."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from hub.config.settings import Budget, Settings
from hub.money.budgets import Standing, Unit, period_end_amount, spent_at_ms
from hub.money.periods import Period
from hub.store import Database, Row, Rows, statement

QUARTER_MS = 900_000
"""Hours begin at whole quarters of an hour in every time zone."""
LATENCY_STEP_MS = 20
DIMENSIONS = ("agent", "model", "tier", "channel", "region", "kind")
DEAREST_PEOPLE = 5
REUSE = "reuse"
"""Kind of the rows that stand for an answer given again; no call was made."""
GOOD_ENDS = frozenset({"stop", "length", "stopped", "cancelled"})
"""Outcomes that are no error: a person's own stop is none, nor what the hub broke off, as the slower call of a race."""


class Sums(msgspec.Struct, frozen=True):
    """Sums of ledger rows."""

    calls: int = 0
    answers: int = 0
    """Messages that a model or the FAQ was asked to answer, and those that were given an earlier answer."""
    failed: int = 0
    """Calls that ended in an error."""
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost_nusd: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) + getattr(other, name) for name in self.__struct_fields__))


class Line(msgspec.Struct, frozen=True):
    """One agent, model, tier, channel, region or kind, beside its figures of the span before."""

    label: str
    now: Sums
    before: Sums


class Latency(msgspec.Struct, frozen=True):
    """Milliseconds, to the next 20."""

    p50_ms: int
    p95_ms: int
    p99_ms: int


class PersonLine(msgspec.Struct, frozen=True):
    """Somebody, by the opaque number."""

    person: int
    calls: int
    cost_nusd: int


class Quarter(msgspec.Struct, frozen=True):
    """A quarter of an hour of one agent."""

    agent: str
    start_ms: int
    calls: int
    input_tokens: int
    cached_tokens: int
    cost_nusd: int


class Votes(msgspec.Struct, frozen=True):
    """What people thought of answers."""

    good: int = 0
    bad: int = 0

    @property
    def percent_good(self) -> int | None:
        """Rounded down; None without any vote."""
        return 100 * self.good // (self.good + self.bad) if self.good + self.bad else None


class BudgetLine(msgspec.Struct, frozen=True):
    """A budget of the hub, an agent or a workspace at the end of the span."""

    id: str
    scope: str
    name: str
    period: str
    unit: str
    limit: int
    spent: int
    at_end: int
    """What will be spent when its period ends, at the pace until now."""
    spent_at_ms: int | None
    """When the limit will be reached at that pace; None: not before the period ends."""


class ByFaq(msgspec.Struct, frozen=True):
    """What the FAQ answered in place of a model."""

    answers: int = 0
    cost_nusd: int = 0
    """What so many answers cost by model: each at its agent's average, at that over all where it has none."""


class Reused(msgspec.Struct, frozen=True):
    """Answers that were given again."""

    answers: int = 0
    saved_nusd: int = 0
    """What they had cost when they were made."""


class Figures(msgspec.Struct, frozen=True):
    """Everything that a report says."""

    span: Period
    before: Period
    total: Line
    by: Mapping[str, tuple[Line, ...]]
    """By each of DIMENSIONS, dearest first."""
    errors: tuple[tuple[str, int], ...]
    """Kind of error and how often, most frequent first."""
    marked: Mapping[str, int]
    """Nano-dollars of rows marked estimated, presumed (with corrections) or overrun; calls of unpriced."""
    people: int
    dearest: tuple[PersonLine, ...]
    conversations: Mapping[str, int]
    """By agent."""
    latency: Mapping[str, Latency]
    """By agent; "" over all."""
    votes: Mapping[tuple[str, str], Votes]
    """By dimension (agent, model, region) and label."""
    quarters: tuple[Quarter, ...]
    budgets: tuple[BudgetLine, ...]
    by_faq: ByFaq = ByFaq()
    reused: Reused = Reused()

    def label(self, dimension: str, label: str) -> Line:
        """One line; zeros where there was nothing."""
        return next((line for line in self.by[dimension] if line.label == label), Line(label, Sums(), Sums()))


async def gather(database: Database, span: Period, before: Period, at_ms: int) -> Figures:
    """The figures of `span`, compared with those of `before`; budgets as they stand at `at_ms`. Raises StoreError."""

    def read(name: str, of: Period = span) -> Any:
        return database.read(statement(f"reports.{name}", since_ms=of.start_ms, until_ms=of.end_ms))

    now_rows, before_rows, quarters, people, conversations, latency, votes, budgets = await asyncio.gather(
        read("spend"),
        read("spend", before),
        read("quarters"),
        read("people"),
        read("conversations"),
        read("latency"),
        read("satisfaction"),
        database.read(statement("reports.budgets", at_ms=at_ms)),
    )
    return Figures(
        span=span,
        before=before,
        total=Line("total", _sum(map(_sums, now_rows)), _sum(map(_sums, before_rows))),
        by={name: _lines(name, now_rows, before_rows) for name in DIMENSIONS},
        errors=_errors(now_rows),
        marked=_marked(now_rows),
        people=sum(row["calls"] > 0 for row in people),
        dearest=_dearest(people),
        conversations={row["agent"]: row["conversations"] for row in conversations},
        latency=latencies(latency),
        votes=_votes(votes),
        quarters=tuple(map(_quarter, quarters)),
        budgets=tuple(budget_line(row, at_ms) for row in budgets),
        by_faq=_by_faq(now_rows),
        reused=_reused(now_rows),
    )


def _sums(row: Row) -> Sums:
    return Sums(
        calls=row["calls"],
        answers=row["calls"] if row["kind"] in ("answer", REUSE) else 0,
        failed=0 if row["outcome"] in GOOD_ENDS else row["calls"],
        input_tokens=row["input_tokens"],
        cached_tokens=row["cached_tokens"],
        output_tokens=row["output_tokens"],
        cost_nusd=row["cost_nusd"],
    )


def _sum(parts: Iterable[Sums]) -> Sums:
    return sum(parts, start=Sums())


def _lines(dimension: str, now: Rows, before: Rows) -> tuple[Line, ...]:
    present, past = _grouped(dimension, now), _grouped(dimension, before)
    labels = sorted({*present, *past}, key=lambda label: (-present.get(label, Sums()).cost_nusd, label))
    return tuple(Line(label, present.get(label, Sums()), past.get(label, Sums())) for label in labels)


def _grouped(dimension: str, rows: Rows) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for row in rows:
        found[row[dimension]] = found.get(row[dimension], Sums()) + _sums(row)
    return found


def _by_faq(rows: Rows) -> ByFaq:
    """Models' cost is that of all their calls for the agent, divided among the messages that they answered."""
    faq: dict[str, int] = {}
    asked: dict[str, int] = {}
    cost: dict[str, int] = {}
    for row in rows:
        agent, answers = row["agent"], row["calls"] if row["kind"] == "answer" else 0
        faq[agent] = faq.get(agent, 0) + min(answers, row["faq"])
        asked[agent] = asked.get(agent, 0) + max(0, answers - row["faq"])
        cost[agent] = cost.get(agent, 0) + row["cost_nusd"]
    all_asked, all_cost = sum(asked.values()), sum(cost.values())
    saved = 0
    for agent, answers in faq.items():
        if asked[agent]:
            saved += answers * cost[agent] // asked[agent]
        elif all_asked:
            saved += answers * all_cost // all_asked
    return ByFaq(sum(faq.values()), saved)


def _reused(rows: Rows) -> Reused:
    again = [row for row in rows if row["kind"] == REUSE]
    return Reused(sum(row["calls"] for row in again), sum(row["saved_nusd"] for row in again))


def _errors(rows: Rows) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for row in rows:
        if row["outcome"] not in GOOD_ENDS and row["calls"]:
            found[row["outcome"]] = found.get(row["outcome"], 0) + row["calls"]
    return tuple(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _marked(rows: Rows) -> dict[str, int]:
    """Presumed costs count with what was taken off them later."""
    under = {"estimated": "estimated", "presumed": "presumed", "correction": "presumed", "overrun": "overrun"}
    found = dict.fromkeys(("estimated", "presumed", "overrun", "unpriced"), 0)
    for row in rows:
        if row["mark"] == "unpriced":
            found["unpriced"] += row["calls"]
        elif name := under.get(row["mark"]):
            found[name] += row["cost_nusd"]
    return found


def _dearest(rows: Rows) -> tuple[PersonLine, ...]:
    dearest = sorted(rows, key=lambda row: (-row["cost_nusd"], row["person"]))[:DEAREST_PEOPLE]
    return tuple(PersonLine(row["person"], row["calls"], row["cost_nusd"]) for row in dearest)


def latencies(rows: Rows) -> dict[str, Latency]:
    """Rows of `reports.latency` by agent; "" over all."""
    steps: dict[str, dict[int, int]] = {}
    for row in rows:
        for agent in ("", row["agent"]):
            counts = steps.setdefault(agent, {})
            counts[row["step"]] = counts.get(row["step"], 0) + row["calls"]
    return {agent: Latency(*(_percentile(counts, share) for share in (50, 95, 99))) for agent, counts in steps.items()}


def _percentile(counts: Mapping[int, int], percent: int) -> int:
    """The least time that so many of a hundred did not exceed (nearest rank)."""
    rank = -(-sum(counts.values()) * percent // 100)
    reached = 0
    for step in sorted(counts):
        reached += counts[step]
        if reached >= rank:
            break
    return (step + 1) * LATENCY_STEP_MS


class _Routed(msgspec.Struct, frozen=True):
    region: str = ""
    model: str = ""


def _votes(rows: Rows) -> dict[tuple[str, str], Votes]:
    found: dict[tuple[str, str], Votes] = {}
    for row in rows:
        routed = msgspec.json.decode(row["route"], type=_Routed) if row["route"] else _Routed()
        for key in (("agent", row["agent"]), ("region", routed.region), ("model", routed.model)):
            votes = found.get(key, Votes())
            good, bad = (row["votes"], 0) if row["value"] == "good" else (0, row["votes"])
            found[key] = Votes(votes.good + good, votes.bad + bad)
    return {key: votes for key, votes in found.items() if key[1]}


def _quarter(row: Row) -> Quarter:
    return Quarter(
        row["agent"],
        row["quarter"] * QUARTER_MS,
        row["calls"],
        row["input_tokens"],
        row["cached_tokens"],
        row["cost_nusd"],
    )


def budget_over(line: BudgetLine, settings: Settings) -> Budget | None:
    """What the settings in force have for this line; None where they limit nothing of the kind any more.

    Its row stays until its period ends, and stands for nothing then.
    """
    if line.scope == "agent":
        agent = settings.agents.get(line.name)
        budget = agent.budget if agent else Budget()
    else:
        budget = settings.budgets.hub if line.scope == "hub" else settings.budgets.workspace
    limited = any((each.period, each.unit) == (line.period, line.unit) for each in budget.limits)
    return budget if limited else None


def budget_line(row: Row, at_ms: int) -> BudgetLine:
    """A row of `reports.budgets`."""
    stands = Standing(
        row["id"],
        Unit(row["unit"]),
        row["limit_amount"],
        row["spent_amount"],
        row["held_amount"],
        start_ms=row["start_ms"],
        end_ms=row["end_ms"],
    )
    return BudgetLine(
        id=row["id"],
        scope=row["scope"],
        name=row["name"],
        period=row["period"],
        unit=row["unit"],
        limit=stands.limit,
        spent=stands.spent,
        at_end=period_end_amount(stands, at_ms),
        spent_at_ms=spent_at_ms(stands, at_ms),
    )
