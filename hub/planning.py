"""`trunkline plan`: how many deployments a load needs, where, and at what cost, with the arithmetic shown.

Calls at once are what comes in times how long it stays (Little's law), and for chance twice the square root of that
beside it: with so much room about 3 calls of 100 wait at all (Halfin and Whitt).
"""

from collections.abc import Sequence
from math import ceil, sqrt

import msgspec

from hub.config.settings import Deployment, KeyRates, Settings
from hub.money.amounts import format_usd
from hub.store import Database, statement

MINUTES_A_MONTH = 43_830
"""A twelfth of 365.25 days."""
FEW = 100
"""Calls below which an average says little."""


class Measured(msgspec.Struct, frozen=True):
    """What the ledger has of one agent in one region."""

    agent: str
    region: str
    api: str
    calls: int
    """That took time: without corrections, and without those whose end nobody saw."""
    took_ms: int
    """All together."""
    tokens: int
    cost_nusd: int
    unpriced: int
    estimated: int


class Ledger(msgspec.Struct, frozen=True):
    """What was measured, over so many days."""

    days: int
    messages: int
    """That an agent was asked for."""
    measured: tuple[Measured, ...]


class Place(msgspec.Struct, frozen=True):
    """What one agent needs in one region."""

    measured: Measured
    calls_a_message: float
    calls_a_minute: float
    mean_s: float
    at_once: float
    slots: float
    """With room for chance."""
    max_concurrency: int
    needed: int
    """Deployments."""
    configured: int
    month_nusd: int


async def read_ledger(database: Database, now_ms: int, days: int) -> Ledger:
    """What the last days say. Raises StoreError."""
    since = now_ms - days * 86_400_000
    rows = await database.read(statement("limits.measured", since_ms=since))
    (asked,) = await database.read(statement("limits.messages", since_ms=since))
    found = [
        Measured(
            agent=row["agent"],
            region=row["region"],
            api=row["api"],
            calls=row["calls"],
            took_ms=int(row["took_ms"]),
            tokens=int(row["tokens"]),
            cost_nusd=int(row["cost_nusd"]),
            unpriced=row["unpriced"],
            estimated=row["estimated"],
        )
        for row in rows
    ]
    return Ledger(days, asked["messages"], tuple(found))


def places(ledger: Ledger, messages_a_minute: float, settings: Settings) -> list[Place]:
    """What each agent needs in each region where it was asked, if what comes is made up as what came."""
    found = (_place(each, ledger.messages, messages_a_minute, _deployments(each, settings)) for each in ledger.measured)
    return [place for place in found if place]


def _place(each: Measured, messages: int, messages_a_minute: float, there: Sequence[Deployment]) -> Place | None:
    if not each.calls or each.api in ("faq", "reuse"):
        return None
    calls_a_message = each.calls / messages
    calls_a_minute = messages_a_minute * calls_a_message
    mean_s = each.took_ms / each.calls / 1000
    at_once = calls_a_minute / 60 * mean_s
    slots = at_once + 2 * sqrt(at_once)
    # Where they differ, the smallest: one more of any kind is then enough.
    cap = min((deployment.max_concurrency for deployment in there), default=Deployment("", "", "", "").max_concurrency)
    return Place(
        measured=each,
        calls_a_message=calls_a_message,
        calls_a_minute=calls_a_minute,
        mean_s=mean_s,
        at_once=at_once,
        slots=slots,
        max_concurrency=cap,
        needed=max(1, ceil(slots / cap)),
        configured=len(there),
        month_nusd=round(each.cost_nusd / each.calls * calls_a_minute * MINUTES_A_MONTH),
    )


def _deployments(each: Measured, settings: Settings) -> list[Deployment]:
    agent = settings.agents.get(each.agent)
    found = agent.deployments if agent else ()
    return [deployment for deployment in found if deployment.region == each.region and deployment.api == each.api]


def plan_text(ledger: Ledger, messages_a_minute: float, settings: Settings) -> str:
    """The plan in words, with its arithmetic, and what it does not know."""
    wanted = f"{messages_a_minute:,g} messages a minute"
    if not ledger.messages:
        return (
            f"Nothing can be said of {wanted}: the ledger has no call of the last {ledger.days} days. "
            "Serve some messages first, or name more --days.\n"
        )
    needs = places(ledger, messages_a_minute, settings)
    cost = format_usd(sum(place.month_nusd for place in needs))
    lines = [
        f"For {wanted}, if they are made up as the {ledger.messages:,} of the last {ledger.days} days were:",
        *(line for place in needs for line in ("", *_lines(place))),
        "",
        f"Together: {sum(place.needed for place in needs)} deployments, {cost} a month at this rate day and night.",
        "",
        "Not known:",
        *(f"- {each}" for each in _unknown(ledger, needs, settings)),
    ]
    return "\n".join(lines) + "\n"


def _lines(place: Place) -> list[str]:
    each = place.measured
    more = place.needed - place.configured
    told = f"{more} more than now" if more > 0 else "as many as now" if more == 0 else f"{-more} fewer than now"
    month = f"{format_usd(place.month_nusd)} a month"
    call_nusd = round(each.cost_nusd / each.calls)
    return [
        f"{each.agent} in {each.region} ({each.api})",
        f"  calls        {place.calls_a_message:.3g} a message, measured, so {place.calls_a_minute:,.1f} a minute",
        f"  at once      {place.calls_a_minute:,.1f} / 60 s x {place.mean_s:.3g} s a call = {place.at_once:,.1f}",
        f"  with chance  {place.at_once:,.1f} + 2 x sqrt({place.at_once:,.1f}) = {place.slots:,.1f} places",
        f"  deployments  {place.slots:,.1f} / {place.max_concurrency} (max_concurrency) = {place.needed}, {told}",
        f"  cost         {place.calls_a_minute:,.1f} x {format_usd(call_nusd)} x {MINUTES_A_MONTH:,} minutes = {month}",
    ]


def _unknown(ledger: Ledger, needs: Sequence[Place], settings: Settings) -> list[str]:
    found = [
        "how the load is spread over a day: the cost is that of this rate at every minute",
        "whether a call takes as long where many more run at once",
        "how many processes answer: each may have max_concurrency calls at once, and one is assumed",
    ]
    for place in needs:
        each, name = place.measured, f"{place.measured.agent} in {place.measured.region}"
        if each.calls < FEW:
            found.append(f"{name}: only {each.calls} calls were measured")
        if each.unpriced:
            found.append(f"{name}: {each.unpriced:,} of {each.calls:,} calls have no price and count as free")
        if each.estimated:
            found.append(f"{name}: the cost of {each.estimated:,} calls is an estimate")
        if not place.configured:
            found.append(f"{name}: no such deployment is configured now; {place.max_concurrency} at once is assumed")
        elif each.api == "local":
            found.append(f"{name}: what the machines of a local model cost")
    found += _never_asked(ledger, settings)
    return found + _keys(needs, settings)


def _never_asked(ledger: Ledger, settings: Settings) -> list[str]:
    asked = {(each.agent, each.region) for each in ledger.measured}
    configured = {(each.agent, each.region): None for agent in settings.agents.values() for each in agent.deployments}
    return [
        f"{agent} in {region}: nothing was measured" for agent, region in configured if (agent, region) not in asked
    ]


def _keys(needs: Sequence[Place], settings: Settings) -> list[str]:
    """What each key would have to take, beside what it may."""
    wanted: dict[str, tuple[float, float]] = {}
    for place in needs:
        variables = {
            each.key.source.removeprefix("env:") for each in _deployments(place.measured, settings) if each.key
        }
        for name in variables:
            requests, tokens = wanted.get(name, (0.0, 0.0))
            each = place.measured
            share = place.calls_a_minute / len(variables)
            wanted[name] = (requests + share, tokens + share * each.tokens / each.calls)
    return [
        _key(name, *figures, settings.limits.keys.get(name, KeyRates())) for name, figures in sorted(wanted.items())
    ]


def _key(name: str, requests: float, tokens: float, rates: KeyRates) -> str:
    told = f"whether {name} may have {requests:,.0f} requests and {tokens:,.0f} tokens a minute"
    limits = ((requests, rates.requests, "requests"), (tokens, rates.tokens, "tokens"))
    known = [
        f"{rate.amount:,} {what} are " + ("enough" if amount <= rate.amount else "too few")
        for amount, rate, what in limits
        if rate
    ]
    return f"{told}; by [limits], " + " and ".join(known) if known else told
