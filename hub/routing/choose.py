"""Which deployment answers: residency first and without exception, then distance, health and what was tried before."""

from collections.abc import Callable, Mapping

import msgspec

from hub.config.settings import Agent, Deployment, Region
from hub.errors import TrunklineError
from hub.routing.geography import distance_km
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
    model: str = ""
    """That answered in the end; empty where none did."""


_decode = msgspec.json.Decoder(Route).decode


def choose(
    agent: Agent,
    where: Whereabouts,
    regions: Mapping[str, Region],
    *,
    exclude: frozenset[str] = frozenset(),
    healthy: Callable[[str], bool],
) -> Route:
    """The agent's deployments that may answer, nearest first; those at the same distance by name.

    `exclude` names the deployments that this turn has tried; `healthy` says which can take a call now. A strict agent
    is answered from its zone or not at all, even where everything in the zone is down.
    """
    zone = zone_of(agent, where)
    passed_over = []
    standing = []
    for deployment in agent.deployments:
        if obstacle := _obstacle(deployment, agent, zone, regions, exclude, healthy):
            passed_over.append((deployment.name, obstacle))
        else:
            standing.append((*_rank(where, regions[deployment.region]), deployment.name, deployment.region))
    standing.sort()
    return Route(
        agent=agent.name,
        deployments=tuple(name for *_, name, _ in standing),
        region=standing[0][-1] if standing else "",
        reasons=(_whence(where), *_bound(agent, where, zone), *_outcome(standing)),
        passed_over=tuple(passed_over),
    )


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


def _obstacle(
    deployment: Deployment,
    agent: Agent,
    zone: str,
    regions: Mapping[str, Region],
    exclude: frozenset[str],
    healthy: Callable[[str], bool],
) -> str:
    """Why a deployment cannot answer; empty where it can."""
    region = regions.get(deployment.region)
    if region is None:
        return f"its region {deployment.region} is not known"
    if agent.residency == "strict" and (not zone or region.residency != zone):
        return f"it stands outside the zone {zone}" if zone else "no residency zone is set"
    if deployment.name in exclude:
        return "it was tried already"
    if not healthy(deployment.name):
        return "it cannot take calls now"
    return ""


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


def _outcome(standing: list[tuple[bool, float, str, str]]) -> tuple[str, ...]:
    if not standing:
        return ("No deployment may or can answer now.",)
    _, distance, name, region = standing[0]
    return (f"{name} in {region} is the nearest that can answer, about {distance:,.0f} km away.",)
