"""Which deployment answers: residency first and without exception, then health, distance and load."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from hub.config.settings import Agent, Region
from hub.errors import TrunklineError
from hub.routing.chart import Stand, chart_of
from hub.routing.fleet import Fleet
from hub.routing.geography import distance_km
from hub.routing.localities import LISTED, Locality, ordered
from hub.routing.member import Member
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
    tier: str = ""
    """Of the agent's models; empty where none answered."""
    tier_why: str = ""
    """As in the ledger."""
    zone: str = ""
    """The residency zone that bound it; empty where the agent is not strict."""

    @property
    def memory(self) -> str:
        """Under which name the turns are remembered: what was said in one zone is read by nobody in another."""
        return memory_of(self.agent, self.zone)


def memory_of(agent: str, zone: str) -> str:
    """Under which name turns with an agent are remembered in a residency zone; empty where none binds it."""
    return f"{agent}@{zone}" if zone else agent


_decode = msgspec.json.Decoder(Route).decode


def anyone(_: str) -> bool:
    """Every deployment can take a call."""
    return True


def choose(
    agent: Agent,
    where: Whereabouts,
    regions: Mapping[str, Region],
    *,
    healthy: Callable[[str], bool] = anyone,
    fleet: Fleet | None = None,
    lot: float = 0.0,
    model: str = "",
) -> Route:
    """The agent's deployments that may answer, the best first.

    Nearest first, and a strict agent is answered from its zone or not at all, even where everything in the zone is
    down. With a `fleet`, those that cannot take a call now are passed over; a region that is partly unwell gives up
    conversations to the next ones by `spill.shares`, always the same ones by their `lot` (see `lot_of`), so that they
    stay where they are and come back; equals in a region share load by `Fleet.arranged`; those without room come last.
    A deployment that is due for a trial comes first where its region is no farther. No more are looked at than are
    needed. Without a fleet, all that may answer stand in the order of distance.

    `healthy` says which can take a call at all. Who is known not to have the `model` that would be asked comes last.
    """
    zone = zone_of(agent, where)
    chart = chart_of(agent, regions)
    passed_over = [(each.name, f"its region {each.region} is not known") for each in chart.lost]
    open_stands = []
    for stand in chart.nearest(where):
        if agent.residency == "strict" and (not zone or stand.region.residency != zone):
            why = f"it stands outside the zone {zone}" if zone else "no residency zone is set"
            passed_over += [(each.name, why) for each in stand.deployments]
        else:
            open_stands.append(stand)
    out = _out(open_stands, healthy)
    passed_over += out.items()
    if fleet:
        names, resting, obstacles = _by_fleet(open_stands, out, fleet, lot, model)
        passed_over += obstacles
    else:
        resting = ()
        names = [each.name for stand in open_stands for each in stand.deployments if each.name not in out]
        names = _by_name(names, where, open_stands)
    taken = next((stand for stand in open_stands if names and names[0] in _names(stand)), None)
    return Route(
        agent=agent.name,
        deployments=tuple(names),
        region=taken.region.name if taken else "",
        reasons=(_whence(where), *_bound(agent, where, zone), _outcome(where, taken, names, open_stands)),
        passed_over=tuple(passed_over),
        resting=resting,
        zone=zone,
    )


def _out(stands: Sequence[Stand], healthy: Callable[[str], bool]) -> dict[str, str]:
    """Why some are out of the question, whatever the fleet knows of them."""
    if healthy is anyone:
        return {}
    return {
        each.name: "it cannot take calls now"
        for stand in stands
        for each in stand.deployments
        if not healthy(each.name)
    }


def _by_fleet(
    stands: Sequence[Stand], out: Mapping[str, str], fleet: Fleet, lot: float, model: str
) -> tuple[list[str], tuple[str, ...], list[tuple[str, str]]]:
    """Names in the order to ask them, those that may answer but cannot now, and why each was passed over."""
    now = fleet.now()
    places: list[Locality] = []
    obstacles: list[tuple[str, str]] = []
    able = 0.0
    for stand in stands:
        place = Locality(stand)
        obstacles += [
            (each.name, obstacle)
            for each in stand.deployments
            if each.name not in out and (obstacle := place.add(each, fleet, now, model))
        ]
        places.append(place)
        able += len(place.room)
        if able >= LISTED and (places[0].usable == places[0].weight or place.usable == place.weight):
            break
    members, begin = ordered(places, fleet, lot, now)
    if members:
        obstacles += _nearer(places, begin, members[0])
    resting = tuple(name for name, _ in obstacles)
    return [member.name for member in members], resting, obstacles


def _nearer(places: Sequence[Locality], begin: int, first: Member) -> Iterator[tuple[str, str]]:
    """Why those are not taken that are nearer than the first and not unwell themselves."""
    for place in places[: begin + 1]:
        if any(member is first for member in (*place.room, *place.full, *place.others, place.trial)):
            return
        for member in place.full:
            yield member.name, f"it has no room: {member.under_way} calls are under way"
        for member in place.room:
            yield member.name, f"{place.health:.0%} of its region is well, so it has only a part of the conversations"


def _by_name(names: list[str], where: Whereabouts, stands: Sequence[Stand]) -> list[str]:
    """Those at the same distance by name."""
    way = {each.name: _rank(where, stand.region) for stand in stands for each in stand.deployments}
    return sorted(names, key=lambda name: (way[name], name))


def _names(stand: Stand) -> Iterator[str]:
    return (each.name for each in stand.deployments)


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


def bound_region(route: str) -> str | None:
    """The region of a stored route that a residency zone bound; empty where none did, None where it had no region.

    Who asks once more what somebody else wrote is answered from there: their own choice binds only their own words.
    """
    stored = _decode(route) if route else None
    if stored is None or not stored.zone:
        return ""
    return stored.region or None


def _rank(where: Whereabouts, region: Region) -> tuple[bool, float]:
    """A region that was chosen by name comes before another at the same spot."""
    distance = distance_km((where.latitude, where.longitude), (region.latitude, region.longitude))
    return region.name != where.region, distance


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


def _outcome(where: Whereabouts, taken: Stand | None, names: Sequence[str], stands: Sequence[Stand]) -> str:
    if taken is None:
        return "No deployment may or can answer now."
    words = "is the nearest that can answer" if taken is stands[0] else "is the nearest that can answer now"
    return f"{names[0]} in {taken.region.name} {words}, about {_rank(where, taken.region)[1]:,.0f} km away."
