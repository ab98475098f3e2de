"""The regions in which an agent stands, as one person sees them: how far, how well, with how much room."""

from collections.abc import Sequence
from zlib import crc32

from hub.config.settings import Deployment
from hub.routing.fleet import Fleet
from hub.routing.member import Member
from hub.routing.spill import shares


class Locality:
    """What an agent has in one region. Made for one decision."""

    __slots__ = ("closed", "full", "names", "region", "reluctant", "room", "trial", "usable", "way", "weight")

    def __init__(self, region: str, way: tuple[bool, float], closed: str) -> None:
        self.region = region
        self.way = way
        """Whether it was not chosen by name, then kilometres: the nearest first."""
        self.closed = closed
        """Why nothing here may answer; empty where it may."""
        self.names: list[str] = []
        """Of all that may answer, well or not, but for those that are left out of this decision."""
        self.room: list[Member] = []
        self.full: list[Member] = []
        self.reluctant: list[Member] = []
        """Better left alone, but to be asked before nobody is."""
        self.trial: Member | None = None
        """It is due for a trial call."""
        self.weight = 0.0
        self.usable = 0.0
        """Of the weight, what is well; a deployment that is still warming counts with a part of its own."""

    def add(self, deployment: Deployment, fleet: Fleet | None, now: float) -> str:
        """Count a deployment in; why it cannot take a call now, empty where it can."""
        member = fleet.member(deployment.name) if fleet else None
        if member is None:
            self.names.append(deployment.name)
            return ""
        self.weight += member.weight
        if obstacle := member.obstacle(now):
            if not member.shut(now):
                self.names.append(deployment.name)
                self.reluctant.append(member)
            return obstacle
        self.names.append(deployment.name)
        if member.breaker.open:  # half-open, or there were an obstacle
            self.trial = member
        else:
            self.usable += member.weight * member.warmth(now)
            (self.room if member.has_room() else self.full).append(member)
        return ""


def lot_of(conversation: str) -> float:
    """A number from 0 to 1 that is the same for a conversation for ever, and evenly spread over all of them."""
    return crc32(conversation.encode()) / 2**32


def ordered(nearest: Sequence[Locality], fleet: Fleet, lot: float, now: float) -> tuple[list[str], int]:
    """Names of deployments, the best first, and which of the localities the conversation falls to."""
    begin = _falls_to(nearest, lot)
    first = nearest[begin : begin + 1]
    turn = [*first, *nearest[:begin], *nearest[begin + 1 :]]
    trials = [place.trial.name for place in nearest[: begin + 1] if place.trial][:1]
    order = [member.name for place in turn for member in fleet.arranged(place.room, now)]
    order += [member.name for place in turn for member in fleet.arranged(place.full, now)]
    later = [place.trial.name for place in turn if place.trial and place.trial.name not in trials]
    last = [member.name for place in turn for member in fleet.arranged(place.reluctant, now)]
    return [*trials, *order, *later, *last], begin


def _falls_to(nearest: Sequence[Locality], lot: float) -> int:
    if nearest and nearest[0].usable == nearest[0].weight:  # all is well, as nearly always
        return 0
    below = 0.0
    parts = shares([place.usable / place.weight if place.weight else 0.0 for place in nearest])
    for index, part in enumerate(parts):
        below += part
        if lot < below:
            return index
    return max((index for index, part in enumerate(parts) if part), default=0)
