"""[roles], [alerts] and [reports]: who may steer the hub, and who is told what, where and when."""

import re
from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from hub.config.addresses import check_person, check_serves
from hub.config.channels import MAIN
from hub.config.model import AlertsTable, DocumentTable, ReportsTable, ReportTable, RolesTable, read
from hub.config.problems import Findings, Key, quoted, suggestion
from hub.config.settings import AlertSettings, Grant, ReportSettings, Serves
from hub.messages import ADMINS

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)"
_AT = {
    "daily": (re.compile(_TIME), "09:00"),
    "weekly": (re.compile(rf"(?P<weekday>{'|'.join(WEEKDAYS)}) {_TIME}"), "mon 09:00"),
    "monthly": (re.compile(rf"(?P<day>[1-9]|1\d|2[0-8]) {_TIME}"), "1 09:00"),
}
"""How `at` is written, and where it is missing. No month lacks its 28th."""
_PERIODS = {"daily": "day", "weekly": "week", "monthly": "month"}
FOLDER = "var/reports"


class Around(msgspec.Struct, frozen=True):
    """What these sections may refer to."""

    agents: Collection[str]
    accounts: Mapping[str, Collection[str]] | None
    """Every account that is set up, by channel; None where [channels] is itself a problem."""


def roles_of(document: DocumentTable, admins: tuple[str, ...], around: Around, findings: Findings) -> tuple[Grant, ...]:
    """Every role that is given: hub.admins are owners of everything."""
    table = read(RolesTable, document.roles or {}, ("roles",), findings)
    grants = [Grant(person, "owner") for person in admins]
    for role in RolesTable.model_fields:
        grants += _granted(getattr(table, role), role, ("roles", role), around, findings)
    return tuple(dict.fromkeys(grants))


def _granted(written: Any, role: str, key: Key, around: Around, findings: Findings) -> list[Grant]:
    if written is None:
        return []
    if isinstance(written, list):
        return [Grant(each, role) for each in _people(written, key, findings)]
    if not isinstance(written, dict):
        remedy = 'write a list of people, or { "AGENT" = [people] }'
        findings.problem(key, "expected a list or a table", remedy)
        return []
    found = []
    for agent, people in written.items():
        if agent not in around.agents:
            findings.problem((*key, agent), f"no agent {quoted(agent)}", suggestion(agent, around.agents))
        elif not isinstance(people, list):
            findings.problem((*key, agent), "expected a list", "put it in [ ]")
        else:
            found += [Grant(each, role, agent) for each in _people(people, (*key, agent), findings)]
    return found


def _people(written: list[Any], key: Key, findings: Findings) -> list[str]:
    for place, person in enumerate(written):
        check_person(person if isinstance(person, str) else "", (*key, place), findings)
    return [person for person in written if isinstance(person, str)]


def alerts_of(document: DocumentTable, around: Around, findings: Findings) -> AlertSettings:
    """[alerts]; without it nobody is told anything."""
    table = read(AlertsTable, document.alerts or {}, ("alerts",), findings)
    if document.alerts is not None and not table.to and not table.broken("to"):
        findings.problem(("alerts", "to"), "nobody is told", 'add to = ["slack:T0123/C0789"], or remove [alerts]')
    told = _places(table.to, ("alerts", "to"), around, findings)
    humans = _places(table.humans, ("alerts", "humans"), around, findings)
    return AlertSettings(to=told, humans=humans, **table.model_dump(exclude={"to", "humans"}, exclude_none=True))


def reports_of(document: DocumentTable, around: Around, findings: Findings) -> tuple[ReportSettings, ...]:
    """[reports]; without it a weekly report to a folder."""
    table = read(ReportsTable, document.reports or {}, ("reports",), findings)
    found = [
        _report(name, each, around, findings)
        for name in ReportsTable.model_fields
        if (each := getattr(table, name)) is not None
    ]
    if document.reports is None and not document.broken("reports"):
        found.append(_report("weekly", ReportTable(), around, findings))
    return tuple(found)


def _report(name: str, table: ReportTable, around: Around, findings: Findings) -> ReportSettings:
    pattern, usual = _AT[name]
    key: Key = ("reports", name)
    at = pattern.fullmatch(table.at or usual)
    if at is None:
        findings.problem((*key, "at"), f"{quoted(table.at or '')} is no time for it", f'write it like "{usual}"')
        at = pattern.fullmatch(usual)
        assert at is not None  # the usual one fits its own pattern
    parts = at.groupdict()
    return ReportSettings(
        period=_PERIODS[name],
        weekday=WEEKDAYS.index(parts["weekday"]) if "weekday" in parts else 0,
        day=int(parts.get("day") or 1),
        hour=int(parts["hour"]),
        minute=int(parts["minute"]),
        to=_places(table.to, (*key, "to"), around, findings),
        folder=table.folder or FOLDER,
    )


def _places(written: list[str] | None, key: Key, around: Around, findings: Findings) -> tuple[Serves, ...]:
    found = []
    for number, entry in enumerate(written or ()):
        place = check_serves(entry, around.accounts, (*key, number), findings)
        if place is None:
            continue
        if not place.chat or place.always:
            findings.problem((*key, number), f"{quoted(entry)} is not one chat", 'name it, like "telegram:-1001234567"')
            continue
        if place.channel == "web" and place.chat != ADMINS:
            findings.problem((*key, number), f"the page has no chat {quoted(place.chat)}", f'write "web:{ADMINS}"')
            continue
        found.append(_of_one_account(place, (*key, number), around, findings))
    return tuple(dict.fromkeys(found))


def _of_one_account(place: Serves, key: Key, around: Around, findings: Findings) -> Serves:
    accounts = sorted((around.accounts or {}).get(place.channel, [MAIN]))
    if place.account or not accounts:
        return place
    if len(accounts) > 1 and MAIN not in accounts:
        remedy = "name it: " + " or ".join(f"{place.channel}/{account}" for account in accounts)
        findings.problem(key, f"{place.channel} has several accounts", remedy)
    return msgspec.structs.replace(place, account=MAIN if MAIN in accounts else accounts[0])
