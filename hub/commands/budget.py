"""/budget: how budgets stand, when they will be spent at this pace, and what an admin sets instead of the settings."""

from contextlib import suppress

from hub.commands.caller import WHOLE_HUB, Caller
from hub.commands.command import HUB, Call, Needed, Told, agents_and_hub, command, for_any_agent, subject_of
from hub.commands.model import unpriced_at
from hub.commands.people import HOW_TO_NAME, Known, person_named
from hub.commands.tables import fenced, moment
from hub.config.settings import Settings
from hub.money.amounts import AmountError, format_tokens, format_usd, parse_usd
from hub.money.budgets import (
    Allowance,
    Unit,
    agent_allowances,
    budget_id,
    change_budget,
    hub_allowances,
    period_end_amount,
    person_allowances,
    reset_budget,
    spent_at_ms,
    standing,
)
from hub.money.periods import PeriodKind, period
from hub.store import Statement, statement

RESET = "reset"
PERIODS = {"daily": PeriodKind.DAY, "weekly": PeriodKind.WEEK, "monthly": PeriodKind.MONTH}
MOST = {Unit.MONEY: 1_000_000_000 * 1_000_000_000, Unit.TOKENS: 1_000_000_000_000}
"""What regions.toml takes at the most, too."""
_HOW = (
    "Write /budget AGENT daily, weekly or monthly, and an amount: 60 (US dollars), 100000 tokens, or reset. "
    "Instead of an agent: hub, or a person like telegram:123456789."
)


def _needs(call: Call, role: str) -> Needed:
    if not call.given:
        return for_any_agent(call, role)
    return Needed(role, (WHOLE_HUB if _is_person(call) else subject_of(call),))


def _is_person(call: Call) -> bool:
    word = call.given[0]
    return ":" in word or word.isdigit()


async def _budget(call: Call) -> Told:
    if not call.given:
        return Told(await _shown(call, _all(call)))
    person = await person_named(call, call.given[0]) if _is_person(call) else None
    if _is_person(call) and person is None:
        return Told(f"Nobody with this id has written to the hub. {HOW_TO_NAME}", audited="")
    owner = ("person", str(person.number)) if person else _owner(call)
    if owner is None:
        return Told(f"There is no such agent. {_HOW}")
    if len(call.given) == 1:
        return Told(await _shown(call, _of(owner, call.settings)), audited=_kept(call, person))
    told = _changed(call, owner)
    return Told(told.text, told.changes, audited=_kept(call, person))


def _kept(call: Call, person: Known | None) -> str:
    return " ".join([str(person.number), *call.given[1:]]) if person else call.arguments


def _owner(call: Call) -> tuple[str, str] | None:
    name = subject_of(call)
    if name == WHOLE_HUB:
        return (HUB, HUB)
    return ("agent", name) if name in call.settings.agents else None


def _of(owner: tuple[str, str], settings: Settings) -> list[Allowance]:
    scope, name = owner
    if scope == "agent":
        return agent_allowances(settings.agents[name])
    return hub_allowances(settings.budgets) if scope == HUB else person_allowances(settings.budgets, int(name))


def _all(call: Call) -> list[Allowance]:
    mine = call.caller.those("owner", sorted(call.settings.agents))
    found = [each for name in mine for each in agent_allowances(call.settings.agents[name])]
    return [*(hub_allowances(call.settings.budgets) if call.caller.may("owner", WHOLE_HUB) else ()), *found]


async def _shown(call: Call, allowances: list[Allowance]) -> str:
    if not allowances:
        return f"There is no limit. {_HOW}"
    table = [["", "", "spent", "limit", "at its end", "gone on"]]
    table += [await _line(call, each) for each in allowances]
    return "\n".join([*fenced(table, figures=4), f"At this pace; days begin in {call.settings.hub.timezone.key}."])


async def _line(call: Call, each: Allowance) -> list[str]:
    zone = call.settings.hub.timezone
    shown = format_usd if each.unit is Unit.MONEY else format_tokens
    stands = await standing(call.database, budget_id(each, period(each.kind, call.now_ms, zone)))
    if stands is None:
        return [each.name, each.kind, shown(0), shown(each.limit), "", ""]
    gone_ms = spent_at_ms(stands, call.now_ms)
    gone = moment(gone_ms, zone) if gone_ms is not None else ""
    end = shown(period_end_amount(stands, call.now_ms)) if stands.spent else ""
    return [each.name, each.kind, shown(stands.spent), shown(stands.limit), end, gone]


def _changed(call: Call, owner: tuple[str, str]) -> Told:
    words = [word.casefold() for word in call.given[1:]]
    kind, unit = PERIODS.get(words[0]), Unit.TOKENS if "tokens" in words else Unit.MONEY
    amounts = [word for word in words[1:] if word != "tokens"]
    if kind is None or len(amounts) != 1:
        return Told(_HOW)
    current = period(kind, call.now_ms, call.settings.hub.timezone)
    written = _written(call, owner, kind, unit)
    if owner[0] == "person" and written is None:
        return Told(f"No person has a {words[0]} limit in this unit; set `person` under [budgets] in regions.toml.")
    name, shown = owner[1], format_usd if unit is Unit.MONEY else format_tokens
    if amounts[0] == RESET:
        reset = _reset(Allowance(*owner, kind, 0, unit), written, call)
        says = shown(written.limit) if written else "no limit"
        return Told(f"{name}: {says} {words[0]} again, as in regions.toml.", (*reset, statement("steering.changed")))
    amount = _amount(amounts[0], unit)
    if amount is None:
        return Told(_HOW)
    if unit is Unit.MONEY and (unpriced := _unpriced(call, owner)):
        return Told(
            f"The price of {unpriced} is not known, so its calls could not be held to a budget in money. "
            "Give it one under [models] in regions.toml and /reload, or set a limit in tokens."
        )
    changes = change_budget(Allowance(*owner, kind, amount, unit), current, amount, call.caller.id)
    text = f"{name}: {shown(amount)} {words[0]} from now on. /budget {call.given[0]} {words[0]} {RESET} goes back."
    return Told(text, (*changes, statement("steering.changed")))


def _written(call: Call, owner: tuple[str, str], kind: PeriodKind, unit: Unit) -> Allowance | None:
    """What regions.toml says; None where it says nothing."""
    found = _of(owner, call.steering.written())
    return next((each for each in found if (each.kind, each.unit) == (kind, unit)), None)


def _unpriced(call: Call, owner: tuple[str, str]) -> str:
    """A model whose calls such a budget would count and cannot; empty: there is none."""
    agents = call.settings.agents
    those = [agents[owner[1]]] if owner[0] == "agent" else agents.values()
    asked = ((each, model) for each in those for model in each.tiers.values())
    return next((f"{model}, which {each.name} asks," for each, model in asked if unpriced_at(call, each, model)), "")


def _reset(own: Allowance, written: Allowance | None, call: Call) -> list[Statement]:
    if written is None:
        return [statement("money.reset_budget", key=own.key)]
    return reset_budget(written, period(own.kind, call.now_ms, call.settings.hub.timezone))


def _amount(word: str, unit: Unit) -> int | None:
    """Nano-dollars or tokens; None where the word is no amount."""
    plain = word.replace(",", "").replace("_", "")
    amount: int | None = None
    if unit is Unit.TOKENS:
        amount = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 19 else None
    else:
        with suppress(AmountError):
            amount = parse_usd(word)
    return amount if amount is not None and amount <= MOST[unit] else None


def _values(caller: Caller, settings: Settings) -> list[str]:
    return [f"{name} {each}" for name in agents_and_hub("owner")(caller, settings) for each in ("", *PERIODS)]


BUDGET = command(
    "budget",
    "How budgets stand, and setting them: support-faq monthly 60",
    _budget,
    arguments="whose, period and amount",
    role="owner",
    needs=_needs,
    values=lambda caller, settings: [value.strip() for value in _values(caller, settings)],
)
