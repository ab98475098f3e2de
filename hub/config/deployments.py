"""[[agents.NAME.deployments]]: where an agent can be reached."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from hub.config.addresses import check_url
from hub.config.environment import Looked, look_up
from hub.config.model import DeploymentTable, read
from hub.config.problems import Findings, Key, quoted, suggestion, written
from hub.config.settings import Deployment

APIS_WITHOUT_WIRE = frozenset({"local", "faq"})
"""They run in this process: no address, no key, no price."""


class Deployments(msgspec.Struct, frozen=True):
    """What an agent's deployments come to."""

    on: tuple[Deployment, ...]
    unset: tuple[str, ...]
    """Variables whose absence switches one off."""
    apis: frozenset[str]
    """Of all that are written, on or off."""
    regions: frozenset[str]
    """Likewise."""


def deployments_of(
    raw: list[Any] | None,
    agent: str,
    zones: Collection[str] | None,
    environment: Mapping[str, str],
    taken: dict[str, str],
    findings: Findings,
) -> Deployments:
    """The deployments of one agent.

    `zones` has the names of all regions, or is None where [regions] is itself a problem. `taken` remembers the names of
    deployments over all agents.
    """
    on: list[Deployment] = []
    unset: list[str] = []
    tables: list[DeploymentTable] = []
    for place, of in enumerate(raw or ()):
        key: Key = ("agents", agent, "deployments", place)
        table = read(DeploymentTable, of, key, findings)
        tables.append(table)
        _check(table, key, zones, findings)
    for place, (table, name) in enumerate(zip(tables, _names(agent, tables), strict=True)):
        key = ("agents", agent, "deployments", place)
        _one_name(name, agent, key, taken, findings)
        looked = look_up(table.key, (*key, "key"), environment, findings) if table.key is not None else Looked()
        if looked.unset:
            unset.append(looked.unset)
            findings.notice(f"{written(key)} ({name}) is off: {looked.unset} is not set.")
        else:
            on.append(_deployment(table, name, agent, looked))
    return Deployments(
        on=tuple(on),
        unset=tuple(unset),
        apis=frozenset(table.api for table in tables if table.api),
        regions=frozenset(table.region for table in tables if table.region),
    )


def _deployment(table: DeploymentTable, name: str, agent: str, looked: Looked) -> Deployment:
    deployment = Deployment(
        name=name,
        agent=agent,
        region=table.region or "",
        api=table.api or "",
        url=(table.url or "").rstrip("/"),
        key=looked.secret,
    )
    return msgspec.structs.replace(
        deployment,
        max_concurrency=table.max_concurrency or deployment.max_concurrency,
        weight=table.weight or deployment.weight,
        first_token_s=table.first_token_s or deployment.first_token_s,
    )


def _check(table: DeploymentTable, key: Key, regions: Collection[str] | None, findings: Findings) -> None:
    if table.region is None:
        if table.lacks("region"):
            findings.problem((*key, "region"), "is missing", "say where it runs")
    elif regions is not None and table.region not in regions:
        remedy = suggestion(table.region, regions, f"add [regions.{table.region}]")
        findings.problem((*key, "region"), f"no region {quoted(table.region)}", remedy)
    if table.lacks("api"):
        findings.problem((*key, "api"), "is missing", "say what it speaks: openai, anthropic, gemini, local or faq")
    if table.api in APIS_WITHOUT_WIRE:
        for name in ("url", "key", *(("first_token_s",) if table.api == "faq" else ())):
            if getattr(table, name) is not None:
                findings.problem((*key, name), f"api {quoted(table.api or '')} has no use for it", "remove it")
        return
    if table.url:
        check_url(table.url, (*key, "url"), findings, secret=table.key is not None)
    elif table.api and table.lacks("key") and table.lacks("url"):
        text = f"is missing, and the provider of api {quoted(table.api)} asks for one"
        findings.problem((*key, "key"), text, 'add key = "env:NAME", or the url of a server that needs none')


def _names(agent: str, tables: list[DeploymentTable]) -> list[str]:
    """agent-region; the second in a region gets -2, or the next number that is no region's own name."""
    plain = [f"{agent}-{table.region}" for table in tables]
    names: list[str] = []
    for name in plain:
        number = 1
        candidate = name
        while candidate in names or (number > 1 and candidate in plain):
            number += 1
            candidate = f"{name}-{number}"
        names.append(candidate)
    return names


def _one_name(name: str, agent: str, key: Key, taken: dict[str, str], findings: Findings) -> None:
    other = taken.setdefault(name, agent)
    if other != agent:
        text = f"its name would be {quoted(name)}, as of one of agent {quoted(other)}"
        findings.problem(key, text, "rename one of the agents or regions")
