"""What choosing between an agent's two models saved, and how often people regretted it."""

from collections.abc import Iterable, Mapping

import msgspec

from hub.config.settings import Agent, Price
from hub.money.amounts import format_usd
from hub.money.periods import Period
from hub.money.prices import Tokens, cost_nusd, price_of
from hub.store import Database, Row, Rows, statement

CHEAP = '%"tier":"simple","tier_why":"difficulty"%'
"""Of the JSON of a route whose answer was the cheap tier's by its difficulty."""


class Tiering(msgspec.Struct, frozen=True):
    """One agent in a span. Money in nano-dollars."""

    agent: str
    cheap: int
    """Messages that were easy enough for the cheap tier."""
    strong: int
    """Other messages: hard ones, wishes, and what followed a dislike."""
    escalated: int
    """Of the cheap ones, those whose answer was weak."""
    again: int
    """Asked again."""
    disliked: int
    """Cheap answers that somebody voted bad."""
    cheap_nusd: int
    """What the cheap tier cost for them, weak answers included."""
    regret_nusd: int
    """What the strong tier cost in their stead: escalated, asked again."""
    saved_nusd: int | None
    """What the strong tier would have cost for those that stood, less `cheap_nusd`; None: its price is not known."""

    @property
    def regret(self) -> float:
        """Share of cheap answers that were escalated, asked again or disliked; one that was two of these is two."""
        return min(1.0, (self.escalated + self.again + self.disliked) / self.cheap) if self.cheap else 0.0


async def gather_tiering(
    database: Database, agents: Mapping[str, Agent], prices: Mapping[str, Price], span: Period, at_ms: int
) -> tuple[Tiering, ...]:
    """Every agent that chose in the span, most messages first. Raises StoreError."""
    bounds = {"since_ms": span.start_ms, "until_ms": span.end_ms}
    rows = await database.read(statement("reports.tiering", **bounds))
    if not rows:
        return ()
    disliked = await database.read(statement("reports.disliked_cheap", pattern=CHEAP, **bounds))
    bad = {row["agent"]: row["answers"] for row in disliked}
    names = sorted({row["agent"] for row in rows})
    found = (
        _tiering(name, [row for row in rows if row["agent"] == name], bad.get(name, 0), agents.get(name), prices, at_ms)
        for name in names
    )
    chosen = (each for each in found if each.cheap or each.strong)
    return tuple(sorted(chosen, key=lambda each: (-each.cheap - each.strong, each.agent)))


def _tiering(
    name: str, rows: Rows, disliked: int, agent: Agent | None, prices: Mapping[str, Price], at_ms: int
) -> Tiering:
    cheap = [row for row in rows if row["tier"] == "simple" and row["tier_why"] == "difficulty"]
    answers = _calls(row for row in cheap if row["kind"] == "answer")
    escalated = [row for row in rows if row["kind"] == "escalation"]
    again = [row for row in rows if row["tier_why"] == "again"]
    cheap_nusd = sum(row["cost_nusd"] for row in cheap)
    saved = _instead(cheap, agent, prices, at_ms)
    if saved is not None and answers:
        stood = max(0, answers - _calls(escalated))
        saved = saved * stood // answers - cheap_nusd
    return Tiering(
        agent=name,
        cheap=answers,
        strong=_calls(row for row in rows if row["kind"] == "answer") - answers,
        escalated=_calls(escalated),
        again=_calls(row for row in again if row["kind"] == "answer"),
        disliked=disliked,
        cheap_nusd=cheap_nusd,
        regret_nusd=sum(row["cost_nusd"] for row in (*escalated, *again)),
        saved_nusd=saved,
    )


def _calls(rows: Iterable[Row]) -> int:
    return sum(row["calls"] for row in rows)


def _instead(rows: Rows, agent: Agent | None, prices: Mapping[str, Price], at_ms: int) -> int | None:
    """What the strong tier would have cost for as many tokens, at its price of now; None where nobody knows it.

    By the average call, so that a price that rises with the length of the prompt is that of a usual one.
    """
    model = agent.tiers.get("complex") if agent else None
    total = 0
    for row in rows:
        price = price_of(row["api"], model, prices, at_ms) if model else None
        if price is None:
            return None
        if calls := row["calls"]:
            tokens = Tokens(
                input=row["input_tokens"] // calls,
                cached_input=min(row["cached_tokens"], row["input_tokens"]) // calls,
                output=row["output_tokens"] // calls,
            )
            total += cost_nusd(price, tokens) * calls
    return total


def tiering_text(found: Iterable[Tiering]) -> str:
    """The part of a report; empty where nobody chose."""
    lines = [line for each in found for line in _lines(each)]
    return "\n".join(["## Cheap or strong", "", *lines]) if lines else ""


def _lines(each: Tiering) -> list[str]:
    share = 100 * each.cheap // (each.cheap + each.strong)
    head = f"- {each.agent}: the cheap tier took {each.cheap:,} messages ({share} %) for {format_usd(each.cheap_nusd)}"
    if each.saved_nusd is None:
        head += "; what was saved is not known, since the strong model's price is not."
    elif each.saved_nusd >= 0:
        head += f" and saved about {format_usd(each.saved_nusd)}."
    else:
        head += f" and cost about {format_usd(-each.saved_nusd)} more than the strong one would have."
    if not each.cheap:
        return [head]
    regret = (
        f"  Regret {100 * each.regret:.1f} %: {each.escalated:,} escalated, {each.again:,} asked again, "
        f"{each.disliked:,} disliked; {format_usd(each.regret_nusd)} for the strong tier in their stead."
    )
    return [head, regret]
