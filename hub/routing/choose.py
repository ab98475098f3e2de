"""Which deployment answers: residency first and without exception, then health, distance and load."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from hub.config.settings import Agent, Region
from hub.errors import TrunklineError
from hub.routing.fleet import Fleet
from hub.routing.geography import distance_km
from hub.routing.localities import Locality, ordered
from hub.routing.whereabouts import Whereabouts


class NoRegionInZone(TrunklineError):
    """No region stands in a zone that a strict agent is bound to."""

    def __init__(self, agent: str, zone: str) -> None:
        super().__init__(
            f'No region has residency = "{zone}", which agent {agent} is bound to: add one, or change its default_zone.'
        )


class Route(msgspec.Struct, frozen=True):
    """A decision and its reasons; encodes to JSON as it is. Holds no coordinates of a person."""

    agent: str
    deployments: tuple[str, ...]
    """Names, the best first; empty where none may or can answer."""
    region: str
    """Of the best deployment; empty without one."""
    reasons: tuple[str, ...]
    """Sentences for people: where the sender is taken to be, what binds, who is nearest."""
    passed_over: tuple[tuple[str, str], ...] = ()
    """Name of a deployment, and why it was not taken."""
    resting: tuple[str, ...] = ()
    """Names of those that may answer but cannot now."""
    model: str = ""
    """That answered in the end; empty where none did."""


_decode = msgspec.json.Decoder(Route).decode


def anyone(_: str) -> bool:
    """Every deployment can take a call."""
    return True


def choose(
    agent: Agent,
    where: Whereabouts,
    regions: Mapping[str, Region],
    *,
    exclude: frozenset[str] = frozenset(),
    healthy: Callable[[str], bool] = anyone,
    fleet: Fleet | None = None,
    lot: float = 0.0,
) -> Route:
    """The agent's deployments that may answer, the best first.

    Nearest first, and a strict agent is answered from its zone or not at all, even where everything in the zone is
    down. With a `fleet`, those that cannot take a call now are passed over; a region that is partly unwell gives up
    conversations to the next ones by `spill.shares`, always the same ones by their `lot` (see `lot_of`), so that they
    stay where they are and come back; equals in a region share load by `Fleet.arranged`; those without room come last.
    A deployment that is due for a trial comes first where its region is no farther. Without a fleet, deployments at
    the same distance stand by name.

    `exclude` names the deployments that this turn has tried; `healthy` says which can take a call at all.
    """
    zone = zone_of(agent, where)
    passed_over: list[tuple[str, str]] = []
    resting: list[str] = []
    places: dict[str, Locality] = {}
    now = fleet.now() if fleet else 0.0
    for deployment in agent.deployments:
        place = places.get(deployment.region)
        if place is None:
            place = places[deployment.region] = _locality(deployment.region, agent, zone, where, regions)
        obstacle = place.closed
        if not obstacle and deployment.name in exclude:
            obstacle = "it was tried already"
        elif not obstacle and not healthy(deployment.name):
            obstacle = "it cannot take calls now"
        if not obstacle and (obstacle := place.add(deployment, fleet, now)):
            resting.append(deployment.name)
        if obstacle:
            passed_over.append((deployment.name, obstacle))
    nearest = sorted((place for place in places.values() if place.names), key=lambda place: (place.way, place.region))
    if fleet:
        names, begin = ordered(nearest, fleet, lot, now)
        passed_over += _nearer(nearest, begin, names)
    else:
        names = [name for *_, name in sorted((place.way, name) for place in nearest for name in place.names)]
    taken = next((place for place in nearest if names[0] in place.names), None)
    return Route(
        agent=agent.name,
        deployments=tuple(names),
        region=taken.region if taken else "",
        reasons=(_whence(where), *_bound(agent, where, zone), _outcome(taken, names, nearest)),
        passed_over=tuple(passed_over),
        resting=tuple(resting),
    )


def _nearer(nearest: Sequence[Locality], begin: int, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Why those are not taken that are nearer than the first and not unwell themselves."""
    for place in nearest[: begin + 1]:
        for member in (*place.room, *place.full):
            if member.name == names[0]:
                return
            if place is not nearest[begin] and member in place.room:
                yield (
                    member.name,
                    f"of its region {place.usable / place.weight:.0%} is well, so it has a part of the calls",
                )
            elif member in place.full:
                yield member.name, f"it has no room: {member.under_way} calls are under way"


def zone_of(agent: Agent, where: Whereabouts) -> str:
    """The residency zone that binds this sender with this agent; empty where the agent is not strict."""
    return (where.zone or agent.default_zone) if agent.residency == "strict" else ""


def home_region(where: Whereabouts, regions: Mapping[str, Region], agent: Agent | None = None) -> str:
    """The nearest region, whose workers take the message; with a strict agent the nearest in its zone.

    Raises NoRegionInZone where a strict agent's zone has no region, which checked settings exclude.
    """
    candidates = list(regions.values())
    if agent and agent.residency == "strict":
        zone = zone_of(agent, where)
        candidates = [region for region in candidates if zone and region.residency == zone]
        if not candidates:
            raise NoRegionInZone(agent.name, zone)
    return min(candidates, key=lambda region: (*_rank(where, region), region.name)).name


def explain(route: Route | str) -> list[str]:
    """The decision in sentences, for `/why` and the command line; also from the JSON in which it was stored.

    Raises msgspec.DecodeError for text that is no stored route; empty text is a word of the hub's own, without a route.
    """
    if isinstance(route, str):
        if not route:
            return ["The hub answered by itself, without any agent."]
        route = _decode(route)
    lines = list(route.reasons)
    if len(route.deployments) > 1:
        lines.append(f"If it fails, next in line: {', '.join(route.deployments[1:])}.")
    lines += [f"Passed over {name}: {why}." for name, why in route.passed_over]
    return lines


def _rank(where: Whereabouts, region: Region) -> tuple[bool, float]:
    """A region that was chosen by name comes before another at the same spot."""
    distance = distance_km((where.latitude, where.longitude), (region.latitude, region.longitude))
    return region.name != where.region, distance


def _locality(name: str, agent: Agent, zone: str, where: Whereabouts, regions: Mapping[str, Region]) -> Locality:
    region = regions.get(name)
    if region is None:
        return Locality(name, _NOWHERE, f"its region {name} is not known")
    if agent.residency == "strict" and (not zone or region.residency != zone):
        return Locality(name, _NOWHERE, f"it stands outside the zone {zone}" if zone else "no residency zone is set")
    return Locality(name, _rank(where, region), "")


_NOWHERE = (True, float("inf"))


SOURCES = {
    "choice": "You chose the region {}.",
    "location": "You shared a location.",
    "time zone": "Your time zone is {}.",
    "locale": "Your language settings name {}.",
    "workspace": "Your workspace's settings name {}.",
    "language": "Your language is most likely read in {}.",
    "default": "Nothing tells where you are, so the default region {} counts.",
}
"""A sentence for each source of a place; its detail stands in the braces."""


def _whence(where: Whereabouts) -> str:
    sentence = SOURCES[where.source].format(where.detail)
    return f"{sentence} (An earlier message told; /region clear forgets it.)" if where.earlier else sentence


def _bound(agent: Agent, where: Whereabouts, zone: str) -> tuple[str, ...]:
    if agent.residency != "strict":
        return ()
    if not zone:
        return (
            f"Agent {agent.name} is bound to a residency zone, but none is set: choose a region, or set default_zone.",
        )
    whose = "your choice of region" if where.zone else "its default"
    return (f"Agent {agent.name} answers only from the residency zone {zone} ({whose}).",)


def _outcome(taken: Locality | None, names: Sequence[str], nearest: Sequence[Locality]) -> str:
    if taken is None:
        return "No deployment may or can answer now."
    words = "is the nearest that can answer" if taken is nearest[0] else "answers"
    return f"{names[0]} in {taken.region} {words}, about {taken.way[1]:,.0f} km away."
