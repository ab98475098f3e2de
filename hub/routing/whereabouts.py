"""Where a sender is, as far as the platform and the person tell: the best hint wins, a bad hint is passed over."""

from collections.abc import Mapping

import msgspec

from hub.config.settings import Region
from hub.messages import Hints
from hub.routing.geography import country_name, on_the_globe, place_of_country, place_of_zone
from hub.routing.remembered import NOTHING, combined
from hub.routing.territory import likely_territory, named_territory


class Whereabouts(msgspec.Struct, frozen=True):
    """A place, and how it came to be known."""

    latitude: float
    longitude: float
    source: str
    """`choice`, `location`, `time zone`, `locale`, `workspace`, `language` or `default`."""
    detail: str = ""
    """The zone, country or region that was read; empty for a shared location, which is nobody else's business."""
    region: str = ""
    """The region that was chosen, or the default one; empty where the place is a guess."""
    zone: str = ""
    """The residency zone that the person chose with a region; empty without a choice: a guess never decides it."""
    earlier: bool = False
    """Whether the hint came with an earlier message, not with this one."""


def whereabouts(
    hints: Hints,
    remembered_region: str,
    regions: Mapping[str, Region],
    default_region: str,
    kept: Hints = NOTHING,
) -> Whereabouts:
    """The sender's place by the first hint that holds.

    `remembered_region` is the region that this person chose earlier (empty: none). A name that is no region any more
    counts as no choice. `kept` are the hints of earlier messages. Raises KeyError
    where `default_region` is no region, which checked settings exclude.
    """
    for name in (hints.region, remembered_region):
        if chosen := regions.get(name):
            return _at(chosen, "choice", zone=chosen.residency)
    known = combined(kept, hints)
    found = _shared(known) or _from_time_zone(known) or _from_tags(known) or _at(regions[default_region], "default")
    earlier = kept != NOTHING and not _told_now(found.source, hints)
    return msgspec.structs.replace(found, earlier=True) if earlier else found


def _at(region: Region, source: str, zone: str = "") -> Whereabouts:
    return Whereabouts(region.latitude, region.longitude, source, region.name, region.name, zone)


def _told_now(source: str, hints: Hints) -> bool:
    match source:
        case "location":
            return hints.location is not None
        case "time zone":
            return bool(hints.time_zone)
        case "locale":
            return bool(hints.locale or hints.language)
        case "language":
            return bool(hints.locale or hints.language or hints.workspace_locale)
        case _:  # a workspace's settings are never kept
            return True


def _shared(hints: Hints) -> Whereabouts | None:
    if hints.location and on_the_globe(*hints.location):
        return Whereabouts(*hints.location, "location")
    return None


def _from_time_zone(hints: Hints) -> Whereabouts | None:
    if hints.time_zone and (place := place_of_zone(hints.time_zone)):
        return Whereabouts(*place, "time zone", hints.time_zone.strip())
    return None


def _from_tags(hints: Hints) -> Whereabouts | None:
    """Tags are sorted by what they hold, not by the name of their hint: a `language` may come with a territory."""
    candidates = (
        ("locale", named_territory, hints.locale),
        ("locale", named_territory, hints.language),
        ("workspace", named_territory, hints.workspace_locale),
        ("language", likely_territory, hints.language),
        ("language", likely_territory, hints.locale),
        ("language", likely_territory, hints.workspace_locale),
    )
    for source, territory_of, tag in candidates:
        if tag and (territory := territory_of(tag)) and (place := place_of_country(territory)):
            return Whereabouts(*place, source, country_name(territory))
    return None
