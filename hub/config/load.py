"""From regions.toml, its prompts and its secrets to settings: everything that is wrong is said at once."""

import zoneinfo
from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.config import steering
from hub.config.access import check_somebody
from hub.config.addresses import check_database, check_person
from hub.config.agents import Around, agents_of
from hub.config.backups import backup_of
from hub.config.budgets import budgets_of
from hub.config.channels import channels_of
from hub.config.files import CheckFaq, parse_toml, read_text
from hub.config.keeping import keep_of
from hub.config.limits import limits_of
from hub.config.model import DocumentTable, HubTable, ModelTable, PriceTable, RegionTable, named, read
from hub.config.problems import Findings, Key, quoted, suggestion
from hub.config.settings import HubSettings, Price, Region, Settings

PlaceOf = Callable[[str], tuple[float, float] | None]
"""Latitude and longitude in degrees of a time zone, a country code or `lat,lon`; None for anything else."""
PriceKnown = Callable[[str, str], bool]
"""Is the price of a model, by wire API and name, in the built-in table?"""


def load(
    path: Path,
    environment: Mapping[str, str],
    *,
    price_known: PriceKnown,
    place_of: PlaceOf,
    check_faq: CheckFaq = str,
    least_context: Callable[[str], int] = len,
) -> Settings:
    """The settings in the file at `path`, with the prompts beside it and secrets from `environment`.

    `check_faq` raises TrunklineError for a malformed FAQ; without it, a FAQ need only have a question. `least_context`
    counts the tokens that a prompt needs at least (without it, a token a character). Reads files and changes nothing,
    so it can be called again for a reload. Raises ConfigError with every problem.
    """
    findings = Findings(path.name)
    text = read_text(path, (), findings)
    raw = parse_toml(text, findings) if text is not None else None
    findings.settle()
    document = read(DocumentTable, raw or {}, (), findings)
    regions = _regions(document, place_of, findings)
    hub = _hub(document, regions, findings)
    channels = channels_of(document, environment, findings)
    prices = _prices(document, findings)
    budgets = budgets_of(document, findings)
    around = Around(
        folder=path.parent,
        environment=environment,
        zones={name: region.residency for name, region in regions.items()} or None,
        accounts=channels.accounts,
        prices=prices,
        budgets=budgets,
        price_known=price_known,
        check_faq=check_faq,
        least_context=least_context,
    )
    agents = agents_of(document, around, findings)
    asked = {model for agent in agents.values() for model in agent.tiers.values()}
    for model in sorted(set(prices) - asked):
        findings.notice(f"models.{quoted(model)}: no agent asks this model; its price is not used.")
    known = steering.Around(agents, channels.accounts)
    roles = steering.roles_of(document, hub.admins, known, findings)
    alerts = steering.alerts_of(document, known, findings)
    reports = steering.reports_of(document, known, findings)
    limits = limits_of(document, agents, findings)
    findings.settle()
    check_somebody(channels.on, hub.admins, findings)
    findings.settle()
    notices = tuple(findings.notices)
    return Settings(path, hub, channels.on, regions, prices, agents, notices, budgets, roles, alerts, reports, limits)


def _regions(document: DocumentTable, place_of: PlaceOf, findings: Findings) -> dict[str, Region]:
    """Every region that is written. One with a problem stands at 0, 0: the problem stops the load anyway."""
    if not document.regions and not document.broken("regions"):
        findings.problem(("regions",), "there is no region", 'add [regions.home] with location = "Europe/Berlin"')
    regions: dict[str, Region] = {}
    for name, of in (document.regions or {}).items():
        key: Key = ("regions", name)
        named(name, key, findings)
        table = read(RegionTable, of, key, findings)
        if table.lacks("location"):
            remedy = 'add a time zone, a country code, or "lat,lon", like location = "Europe/Dublin"'
            findings.problem((*key, "location"), "is missing", remedy)
        if table.residency:
            named(table.residency, (*key, "residency"), findings)
        latitude, longitude = _place(table.location, (*key, "location"), place_of, findings)
        regions[name] = Region(name, table.location or "", latitude, longitude, table.residency or "")
    return regions


def _place(location: str | None, key: Key, place_of: PlaceOf, findings: Findings) -> tuple[float, float]:
    if location is None:
        return 0.0, 0.0
    place = place_of(location)
    if place is None:
        other = 'write a time zone like "Europe/Dublin", a country code like "DE", or "lat,lon" like "37.77,-122.42"'
        remedy = suggestion(location, zoneinfo.available_timezones(), other) if "/" in location else other
        findings.problem(key, f"no place {quoted(location)}", remedy)
    return place or (0.0, 0.0)


def _hub(document: DocumentTable, regions: Mapping[str, Region], findings: Findings) -> HubSettings:
    table = read(HubTable, document.hub or {}, ("hub",), findings)
    database = table.database or "sqlite:var/hub.db"
    check_database(database, ("hub", "database"), findings)
    for place, person in enumerate(table.admins or ()):
        check_person(person, ("hub", "admins", place), findings)
    default = table.default_region or next(iter(regions), "")
    if regions and default not in regions:
        findings.problem(("hub", "default_region"), f"no region {quoted(default)}", suggestion(default, regions))
    return HubSettings(
        name=table.name or "Trunkline",
        timezone=_timezone(table.timezone or "UTC", findings),
        database=database,
        admins=tuple(table.admins or ()),
        default_region=default,
        backup=backup_of(table.backup, database, findings),
        keep=keep_of(table.keep, findings),
        **table.model_dump(include={"max_turns", "lease_s"}, exclude_none=True),
    )


def _timezone(name: str, findings: Findings) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        remedy = suggestion(name, zoneinfo.available_timezones(), 'write a name like "Europe/Berlin"')
        findings.problem(("hub", "timezone"), f"no time zone {quoted(name)}", remedy)
        return ZoneInfo("UTC")


def _prices(document: DocumentTable, findings: Findings) -> dict[str, Price]:
    prices: dict[str, Price] = {}
    for model, of in (document.models or {}).items():
        key: Key = ("models", model)
        table = read(ModelTable, of, key, findings)
        if table.lacks("price"):
            remedy = "add price = { input = …, output = … } in USD per million tokens"
            findings.problem((*key, "price"), "is missing", remedy)
        prices[model] = _price(table.price or PriceTable(), (*key, "price"), findings, written=table.price is not None)
    return prices


def _price(table: PriceTable, key: Key, findings: Findings, *, written: bool) -> Price:
    if written:
        for name in ("input", "output"):
            if table.lacks(name):
                findings.problem((*key, name), "is missing", "write USD per million tokens; 0 where it is free")
    return Price(**{"input": 0, "output": 0, **table.model_dump(exclude_none=True)})
