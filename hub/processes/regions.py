"""Whose conversations the workers of a region claim."""

from collections.abc import Collection, Mapping

from hub.config.settings import Region
from hub.processes.roster import Peer
from hub.routing.geography import distance_km


class Claiming:
    """Who claims what, as long as nobody comes or goes."""

    def __init__(self, peers: Collection[Peer], regions: Mapping[str, Region], mine: str) -> None:
        """`mine`: the region of this process, empty: any."""
        self.peers = peers
        self.regions = regions
        self._working = {peer.region for peer in peers if peer.works}
        self._workers: dict[str, tuple[str, ...]] = {}
        self.here = served(mine, self._working | {mine}, regions)
        """The home regions that are claimed here; None: all there are."""

    @property
    def anywhere(self) -> frozenset[str] | None:
        """Those that somebody claims; None: all there are."""
        return claimed(self._working, self.regions)

    def workers_of(self, region: str) -> tuple[str, ...]:
        """The processes that claim what comes for the region."""
        if region not in self._workers:
            theirs = {name: served(name, self._working, self.regions) for name in self._working}
            self._workers[region] = tuple(
                peer.id for peer in self.peers if peer.works and _is_among(region, theirs[peer.region])
            )
        return self._workers[region]


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


def _is_among(region: str, some: frozenset[str] | None) -> bool:
    return some is None or region in some
