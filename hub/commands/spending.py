"""/costs and /fleet: where the money goes, and who there is to spend it."""

from contextlib import suppress

from hub import phrases
from hub.commands.caller import WHOLE_HUB
from hub.commands.command import Call, Told, command, for_any_agent
from hub.commands.tables import fenced
from hub.money.amounts import format_tokens, format_usd
from hub.money.cached import cached, together
from hub.money.costs import Costs, CostsBy, costs, total
from hub.money.fleet import BudgetRow, FleetRow, fleet
from hub.money.periods import PeriodKind, period
from hub.reports.schedule import NoPeriod, named_period
from hub.store import statement

DAY_MS = 24 * 3_600_000
SHOWN = 15
_PERIODS = {"today": PeriodKind.DAY, "week": PeriodKind.WEEK, "month": PeriodKind.MONTH}
_BY = {**{str(each): each for each in CostsBy}, "person": CostsBy.USER}
_HOW = (
    "Write /costs, by agent, model, person, region, kind, channel or day, and since when: today, week, month, 7d, or a "
    "date like 2026-11-01."
)


async def _costs(call: Call) -> Told:
    words = [word.casefold() for word in call.given if word.casefold() not in ("by", "since")]
    by, since_ms, agent = CostsBy.AGENT, period(PeriodKind.MONTH, call.now_ms, call.settings.hub.timezone).start_ms, ""
    for word in words:
        if word in _BY:
            by = _BY[word]
        elif word in call.settings.agents:
            agent = word
        elif (moment := _since_ms(word, call)) is not None:
            since_ms = moment
        else:
            return Told(_HOW)
    if by is CostsBy.USER and not call.caller.may("viewer", WHOLE_HUB):
        return Told("What each person costs is for viewers of the whole hub.")
    rows = await _summed(call, by, since_ms, agent)
    if not rows:
        return Told("Nothing was spent in that time.")
    labels = [await _person(call, row.label) if by is CostsBy.USER else row.label for row in rows[:SHOWN]]
    table = [["", "calls", "tokens", "cost"]]
    table += [_line(label, row) for label, row in zip(labels, rows, strict=False)]
    if len(rows) > SHOWN:
        table.append(_line(f"{len(rows) - SHOWN} more", total(rows[SHOWN:])))
    if len(rows) > 1:
        table.append(_line("together", total(rows)))
    from_cache = await _from_cache(call, since_ms, agent) if total(rows).cached_tokens else []
    return Told("\n".join([*fenced(table, figures=3), *from_cache, *_unsure(total(rows))]))


async def _from_cache(call: Call, since_ms: int, agent: str) -> list[str]:
    """What the providers' caches gave, of the agents that the caller may see."""
    names = [agent] if agent or call.caller.may("viewer", WHOLE_HUB) else list(call.settings.agents)
    seen = names if call.caller.may("viewer", WHOLE_HUB) else call.caller.those("viewer", names)
    found = [await cached(call.database, since_ms, agent=name) for name in seen]
    return [phrases.CACHED.format(**together(found).values)]


async def _summed(call: Call, by: CostsBy, since_ms: int, agent: str) -> list[Costs]:
    """Of the agents that the caller may see: all at once where they may see the hub."""
    zone, until_ms = call.settings.hub.timezone, call.now_ms + 1
    if call.caller.may("viewer", WHOLE_HUB):
        return await costs(call.database, by, since_ms, until_ms, zone, agent)
    seen: dict[str, Costs] = {}
    for name in call.caller.those("viewer", [agent] if agent else call.settings.agents):
        for row in await costs(call.database, by, since_ms, until_ms, zone, name):
            seen[row.label] = total((row, seen[row.label]), row.label) if row.label in seen else row
    if by is CostsBy.DAY:
        return [seen[label] for label in sorted(seen)]
    return sorted(seen.values(), key=lambda row: (-row.cost_nusd, row.label))


def _since_ms(word: str, call: Call) -> int | None:
    """The first moment that counts; None where the word names none."""
    zone = call.settings.hub.timezone
    if word in _PERIODS:
        return period(_PERIODS[word], call.now_ms, zone).start_ms
    if word.endswith("d") and word[:-1].isascii() and word[:-1].isdigit() and 0 < len(word) < 6:
        return call.now_ms - int(word[:-1]) * DAY_MS
    with suppress(NoPeriod):
        return named_period(word.upper(), zone).start_ms
    return None


async def _person(call: Call, number: str) -> str:
    rows = await call.database.read(statement("people.find", person="", number=int(number)))
    return f"{number} {rows[0]['id'].replace('/', ':', 1)}" if rows else f"{number} (forgotten)"


def _line(label: str, row: Costs) -> list[str]:
    return [label, f"{row.calls:,}", f"{row.input_tokens + row.output_tokens:,}", format_usd(row.cost_nusd)]


def _unsure(sums: Costs) -> list[str]:
    unsure = sums.estimated_nusd + sums.presumed_nusd
    lines = [f"{format_usd(unsure)} of it is an estimate: /audit bills."] if unsure > 0 else []
    if sums.unpriced:
        lines.append(f"{sums.unpriced:,} calls have no known price and count nothing.")
    return lines


async def _fleet(call: Call) -> Told:
    mine = set(call.caller.those("viewer", call.settings.agents))
    rows = [row for row in await fleet(call.database, call.settings, call.now_ms) if row.agent in mine]
    named = [row for row in rows if row.agent == call.arguments.casefold()]
    if call.arguments and not named:
        return Told(f"There is no such agent. Name one of {', '.join(sorted(mine))}.")
    return Told("\n\n".join(_agent(row, call) for row in named or rows) or "There is no agent.")


def _agent(row: FleetRow, call: Call) -> str:
    agent = call.settings.agents[row.agent]
    tiers = [f"{tier} {model}" for tier, model in agent.tiers.items()]
    budgets = [_budget(each) for each in row.budgets]
    facts = (
        ("", row.purpose),
        ("paused", {"tell": "yes", "queue": "yes, messages wait"}.get(agent.paused, "")),
        ("models", ", ".join(tiers)),
        ("deployments", ", ".join(each.name for each in agent.deployments)),
        ("serves", ", ".join(row.serves)),
        ("budget", "; ".join(budgets) or "none"),
    )
    lines = [f"{name}: {fact}" if name else fact for name, fact in facts if fact]
    return "\n".join([f"**{row.agent}**", *(f"- {line}" for line in lines)])


def _budget(row: BudgetRow) -> str:
    shown = format_usd if row.unit == "nusd" else format_tokens
    return f"{shown(row.spent)} of {shown(row.limit)} this {row.period}"


COSTS = command(
    "costs",
    "What was spent, by agent, model, person, region, kind, channel or day",
    _costs,
    arguments="by what, and since when",
    role="viewer",
    needs=for_any_agent,
    values=lambda _caller, _settings: [
        f"by {by} since {since}" for by in ("agent", "model", "person", "day") for since in ("today", "week", "month")
    ],
)
FLEET = command(
    "fleet",
    "Every agent with its models, places and budget",
    _fleet,
    arguments="agent",
    role="viewer",
    needs=for_any_agent,
    values=lambda caller, settings: caller.those("viewer", settings.agents),
)
