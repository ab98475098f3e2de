"""Whose conversations the workers of a region claim."""

from collections.abc import Collection, Mapping

from hub.config.settings import Region
from hub.routing.geography import distance_km


def served(mine: str, working: Collection[str], regions: Mapping[str, Region]) -> frozenset[str] | None:
    """The home regions that workers of `mine` claim now; None: all there are.

    `working`: the regions of all living workers. A region without any is served by the nearest living one of its
    residency zone; where its whole zone is silent, what it is asked waits.
    """
    if not mine:
        return None
    return frozenset(
        {mine} | {name for name in regions if name not in working and _nearest(name, working, regions) == mine}
    )


def claimed(working: Collection[str], regions: Mapping[str, Region]) -> frozenset[str] | None:
    """The home regions that somebody claims now; None: all there are."""
    if "" in working:
        return None
    return frozenset(name for name in regions if name in working or _nearest(name, working, regions))


def _nearest(name: str, working: Collection[str], regions: Mapping[str, Region]) -> str:
    """Empty where nobody in the zone lives."""
    home = regions[name]
    here = (home.latitude, home.longitude)
    near = [
        (distance_km(here, (other.latitude, other.longitude)), other.name)
        for other in regions.values()
        if other.name in working and other.residency == home.residency
    ]
    return min(near)[1] if near else ""
