"""What in the figures deserves a look: spikes with their likely cause, agents hardly used, three proposals at most."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

import msgspec

from hub.money.amounts import format_usd
from hub.reports.figures import BudgetLine, Figures, Quarter, Sums
from hub.reports.tiering import Tiering

HOUR_MS = 3_600_000
SPIKE_FACTOR = 3
"""Times the usual hour of its agent."""
SPIKE_SHARE = 0.02
"""Of the agent's cost in the span: less is noise."""
HOURS_TO_KNOW = 12
"""Hours with traffic before any can be called unusual."""
MOST_SPIKES = 3
MOST_PROPOSALS = 3
HARDLY_USED = 10
"""Answers in a week."""
REGRETTED = 0.2
"""Share of the cheap answers from which too much is taken for easy."""
ONE_PERSON = 0.5
"""Share of an hour's cost that makes it one person's."""


class Spike(msgspec.Struct, frozen=True):
    """An hour that cost far more than usual."""

    agent: str
    start_ms: int
    cost_nusd: int
    usual_nusd: int
    causes: tuple[str, ...]
    """The likeliest first; without the one that only a look at people can tell."""


class Proposal(msgspec.Struct, frozen=True):
    """Something to do, with the figure that says so."""

    text: str


def spikes(quarters: Iterable[Quarter]) -> tuple[Spike, ...]:
    """The hours furthest above the usual of their agent, dearest first."""
    found = [spike for hours in _hours(quarters).values() for spike in _spikes_of(hours)]
    return tuple(sorted(found, key=lambda spike: (spike.usual_nusd - spike.cost_nusd, spike.start_ms))[:MOST_SPIKES])


def _hours(quarters: Iterable[Quarter]) -> dict[str, list[Quarter]]:
    """The quarters of each agent, added up to hours."""
    hours: dict[str, dict[int, Quarter]] = {}
    for each in quarters:
        start = each.start_ms // HOUR_MS * HOUR_MS
        of_agent = hours.setdefault(each.agent, {})
        known = of_agent.get(start, Quarter(each.agent, start, 0, 0, 0, 0))
        of_agent[start] = Quarter(
            each.agent,
            start,
            known.calls + each.calls,
            known.input_tokens + each.input_tokens,
            known.cached_tokens + each.cached_tokens,
            known.cost_nusd + each.cost_nusd,
        )
    return {agent: list(of_agent.values()) for agent, of_agent in hours.items()}


def _spikes_of(hours: Sequence[Quarter]) -> list[Spike]:
    if len(hours) < HOURS_TO_KNOW:
        return []
    usual = int(median(hour.cost_nusd for hour in hours))
    least = max(SPIKE_FACTOR * usual, int(SPIKE_SHARE * sum(hour.cost_nusd for hour in hours)), 1)
    return [
        Spike(hour.agent, hour.start_ms, hour.cost_nusd, usual, tuple(_causes(hour, hours)))
        for hour in hours
        if hour.cost_nusd >= least
    ]


def _causes(hour: Quarter, hours: Sequence[Quarter]) -> list[str]:
    causes = []
    prompt, usual_prompt = _a_call(hour), median(map(_a_call, hours))
    if prompt >= 1.5 * usual_prompt > 0:
        causes.append(f"prompts were {prompt / usual_prompt:.1f} times as long")
    cached, usual_cached = _cached(hour), median(map(_cached, hours))
    if usual_cached - cached >= 0.2:
        causes.append(
            f"{100 * cached:.0f} % of the input came from the provider's cache, usually {100 * usual_cached:.0f} %"
        )
    usual_calls = median(each.calls for each in hours)
    if hour.calls >= 1.5 * usual_calls:
        causes.append(f"{hour.calls / usual_calls:.1f} times as many calls")
    return causes


def _a_call(hour: Quarter) -> float:
    return hour.input_tokens / hour.calls if hour.calls else 0.0


def _cached(hour: Quarter) -> float:
    return hour.cached_tokens / hour.input_tokens if hour.input_tokens else 0.0


def hardly_used(figures: Figures, agents: Iterable[str]) -> tuple[str, ...]:
    """Agents with next to no answers in the span, where others had some."""
    days = max(1, (figures.span.end_ms - figures.span.start_ms) // (24 * HOUR_MS))
    few = max(1, HARDLY_USED * days // 7)
    if figures.total.now.answers < 10 * few:
        return ()
    return tuple(agent for agent in sorted(agents) if figures.label("agent", agent).now.answers < few)


def proposals(
    figures: Figures, unused: Sequence[str], tiers: Mapping[str, Sequence[str]], chosen: Sequence[Tiering] = ()
) -> tuple[Proposal, ...]:
    """The three that matter most. `tiers`: those that each agent has."""
    found = [
        *_unpriced(figures),
        *_budgets(figures.budgets),
        *_failing(figures),
        *_dear_tier(figures, tiers),
        *_regretted(chosen),
        *_one_person(figures),
        *_disliked(figures),
        *_unused(unused),
    ]
    return tuple(found[:MOST_PROPOSALS])


def _unpriced(figures: Figures) -> Iterable[Proposal]:
    if calls := figures.marked["unpriced"]:
        yield Proposal(f"{calls:,} calls had no known price and count as nothing: name it under [models].")


def _budgets(budgets: Iterable[BudgetLine]) -> Iterable[Proposal]:
    short = [each for each in budgets if each.limit and each.at_end > each.limit]
    for each in sorted(short, key=lambda each: each.limit / each.at_end)[:1]:
        percent = 100 * each.at_end // each.limit
        where = "under [budgets]" if each.scope == "workspace" else "with /budget"
        yield Proposal(
            f"At this pace {each.name} comes to {percent} % of its limit for the {each.period}: "
            f"raise it {where}, or let it answer more cheaply."
        )


def _failing(figures: Figures) -> Iterable[Proposal]:
    for line in figures.by["agent"]:
        if line.now.calls >= 20 and line.now.failed * 20 > line.now.calls:
            share = 100 * line.now.failed / line.now.calls
            yield Proposal(f"{share:.0f} % of the calls of {line.label} failed: /fleet shows which deployment.")
            return


def _dear_tier(figures: Figures, tiers: Mapping[str, Sequence[str]]) -> Iterable[Proposal]:
    dear, cheap = (figures.label("tier", tier).now for tier in ("complex", "simple"))
    if not any(len(each) > 1 for each in tiers.values()) or not cheap.calls or not dear.calls:
        return
    a_dear, a_cheap = dear.cost_nusd / dear.calls, cheap.cost_nusd / cheap.calls
    saved = int((a_dear - a_cheap) * dear.calls / 5)
    if dear.cost_nusd * 2 > figures.total.now.cost_nusd and saved > 0:
        yield Proposal(
            f"The complex tier made {_percent(dear, figures.total.now)} % of the cost; had the simple one answered "
            f"every fifth of those messages, it would have been {format_usd(saved)} less."
        )


def _regretted(chosen: Sequence[Tiering]) -> Iterable[Proposal]:
    for each in chosen:
        if each.cheap >= 50 and each.regret >= REGRETTED:
            yield Proposal(
                f"{100 * each.regret:.0f} % of the cheap answers of {each.agent} were escalated, asked again or "
                f"disliked: a lower tiering.threshold sends more to the strong tier."
            )
            return


def _one_person(figures: Figures) -> Iterable[Proposal]:
    total = figures.total.now.cost_nusd
    if figures.people >= 10 and figures.dearest and figures.dearest[0].cost_nusd * 10 >= total * 3 > 0:
        percent = 100 * figures.dearest[0].cost_nusd // total
        yield Proposal(f"One person made {percent} % of the cost: a limit under [budgets] person would bound it.")


def _disliked(figures: Figures) -> Iterable[Proposal]:
    for (dimension, label), votes in sorted(figures.votes.items()):
        share = votes.percent_good
        if dimension == "agent" and share is not None and votes.good + votes.bad >= 10 and share < 60:
            yield Proposal(f"Only {share} % of the votes on answers of {label} are good: read what was disliked.")
            return


def _unused(unused: Sequence[str]) -> Iterable[Proposal]:
    if unused:
        yield Proposal(f"{', '.join(unused)}: hardly used; consider merging {'it' if len(unused) == 1 else 'them'}.")


def _percent(part: Sums, whole: Sums) -> int:
    return 100 * part.cost_nusd // whole.cost_nusd if whole.cost_nusd else 0
