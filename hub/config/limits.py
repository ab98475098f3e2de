"""[limits]: how much people, agents and provider keys may have, as rates like "20/hour"."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from hub.config.model import DocumentTable, Table, read
from hub.config.problems import Findings, Key, quoted, suggestion
from hub.config.settings import KeyRates, Limits, Rate
from hub.config.values import Section, kind

TIERS = ("free", "paid", "enterprise")
"""Of people; who has none is free."""
UNLIMITED = "unlimited"
MOST = 1_000_000_000
SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}
_RATE = re.compile(r"(?P<amount>[1-9][0-9_,]{0,14}) ?/ ?(?P<per>minute|hour|day)")


class RatesTable(Table):
    """The keys of [limits]. Below them stand names of the operator's, so each is read by hand."""

    person: Section | None = None
    tokens: Section | None = None
    agents: Section | None = None
    keys: Section | None = None


class KeyTable(Table):
    """What a provider takes of one key."""

    requests: Any = None
    tokens: Any = None


def limits_of(document: DocumentTable, agents: Collection[str], findings: Findings) -> Limits:
    """Every limit that is written; what is "unlimited" is left out."""
    table = read(RatesTable, document.limits or {}, ("limits",), findings)
    tokens = _named(table.tokens, "tokens", TIERS, "tier", ("day",), findings)
    return Limits(
        person=_named(table.person, "person", TIERS, "tier", tuple(SECONDS), findings),
        tokens={tier: rate.amount for tier, rate in tokens.items()},
        agents=_named(table.agents, "agents", agents, "agent", tuple(SECONDS), findings),
        keys=_keys(table.keys or {}, _variables(document), findings),
    )


def _named(
    written: Mapping[str, Any] | None,
    name: str,
    known: Collection[str],
    what: str,
    periods: tuple[str, ...],
    findings: Findings,
) -> dict[str, Rate]:
    found = {}
    for each, value in (written or {}).items():
        if each not in known:
            findings.problem(("limits", name, each), f"no {what} {quoted(each)}", suggestion(each, known))
        elif rate := _rate(value, ("limits", name, each), periods, findings):
            found[each] = rate
    return found


def _keys(written: Mapping[str, Any], known: Collection[str], findings: Findings) -> dict[str, KeyRates]:
    found = {}
    for name, value in written.items():
        key: Key = ("limits", "keys", name)
        if name not in known:
            text = f"no deployment has key = {quoted(f'env:{name}')}"
            findings.problem(key, text, suggestion(name, known, "name the variable of a deployment's key"))
            continue
        table = read(KeyTable, value, key, findings)
        found[name] = KeyRates(
            requests=_rate(table.requests, (*key, "requests"), ("minute",), findings),
            tokens=_rate(table.tokens, (*key, "tokens"), ("minute",), findings),
        )
    return found


def _rate(value: Any, key: Key, periods: tuple[str, ...], findings: Findings) -> Rate | None:
    """The rate that is written; None where it is unlimited, missing, or a problem."""
    if value is None or value == UNLIMITED:
        return None
    example = f'write it like "200/{periods[-1] if len(periods) == 1 else "hour"}", or "unlimited"'
    if not isinstance(value, str):
        findings.problem(key, f"expected a rate, found {kind(value)}", example)
        return None
    rate = _RATE.fullmatch(value)
    amount = int(re.sub("[_,]", "", rate["amount"])) if rate else 0
    if rate is None or not 1 <= amount <= MOST:
        findings.problem(key, f"{quoted(value)} is no rate", example)
        return None
    if rate["per"] not in periods:
        findings.problem(key, f"is counted by the {periods[0]}, not by the {rate['per']}", example)
        return None
    return Rate(amount, SECONDS[rate["per"]])


def _variables(document: DocumentTable) -> list[str]:
    """The variables that keys of deployments stand in, be they set or not."""
    return sorted({name for each in _each_deployment(document) if (name := _variable(each))})


def _each_deployment(document: DocumentTable) -> list[Any]:
    lists = [of.get("deployments") for of in (document.agents or {}).values() if isinstance(of, dict)]
    return [each for some in lists if isinstance(some, list) for each in some]


def _variable(deployment: Any) -> str:
    key = deployment.get("key") if isinstance(deployment, dict) else None
    return key.removeprefix("env:") if isinstance(key, str) and key.startswith("env:") else ""
