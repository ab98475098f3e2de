"""The regions in which an agent stands, as one person sees them: how well each is, and who has room."""

from collections.abc import Sequence
from zlib import crc32

from hub.config.settings import Deployment
from hub.routing.chart import Stand
from hub.routing.fleet import Fleet
from hub.routing.member import Member
from hub.routing.spill import shares

LISTED = 8
"""Deployments that a decision names, with a fleet: twice as many as are ever asked for one message."""


class Locality:
    """What an agent has in one region. Made for one decision."""

    __slots__ = ("full", "others", "reluctant", "room", "stand", "trial", "usable", "weight")

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.room: list[Member] = []
        self.full: list[Member] = []
        self.reluctant: list[Member] = []
        """Better left alone, but to be asked before nobody is."""
        self.others: list[Member] = []
        """Of another API than the first that is written for the region: no equals, but asked when those fail."""
        self.trial: Member | None = None
        """It is due for a trial call."""
        self.weight = 0.0
        self.usable = 0.0
        """Of the weight, what is well; a deployment that is still warming counts with a part of its own."""

    @property
    def health(self) -> float:
        return self.usable / self.weight if self.weight else 0.0

    def add(self, deployment: Deployment, fleet: Fleet, now: float, model: str = "") -> str:
        """Count a deployment in; why it cannot take a call of the model now, empty where it can."""
        member = fleet.members.get(deployment.name) or fleet.member(deployment)
        if deployment.api != self.stand.deployments[0].api:
            if not member.shut(now):
                self.others.append(member)
            return member.obstacle(now, model)
        weight = member.weight
        self.weight += weight
        if member.untroubled(now):
            self.usable += weight
        elif obstacle := member.obstacle(now, model):
            if not member.shut(now):
                self.reluctant.append(member)
            return obstacle
        elif member.breaker.open:  # half-open, or there were an obstacle
            self.trial = member
            return ""
        else:
            self.usable += weight * member.warmth(now)
        (self.room if member.under_way < member.limit.whole else self.full).append(member)
        return ""


def lot_of(conversation: str) -> float:
    """A number from 0 to 1 that is the same for a conversation for ever, and evenly spread over all of them."""
    return crc32(conversation.encode()) / 2**32


def ordered(nearest: Sequence[Locality], fleet: Fleet, lot: float, now: float) -> tuple[list[Member], int]:
    """The members to ask, the best first, and which of the localities the conversation falls to."""
    begin = falls_to(nearest, lot)
    turn = [*nearest[begin : begin + 1], *nearest[:begin], *nearest[begin + 1 :]]
    trials = [place.trial for place in nearest[: begin + 1] if place.trial][:1]
    order = list(trials)
    for place in turn:
        order += fleet.arranged(place.room, now)
        if len(order) >= LISTED:
            return order[:LISTED], begin
    # The FAQ, which always answers fast and often does not know, comes after every model.
    order += sorted((each for place in turn for each in place.others), key=_is_faq)
    for place in turn:
        order += fleet.arranged(place.full, now)
    order += [place.trial for place in turn if place.trial and place.trial not in trials]
    for place in turn:
        order += fleet.arranged(place.reluctant, now)
    return order[:LISTED], begin


def _is_faq(member: Member) -> bool:
    return member.deployment.api == "faq"


def falls_to(nearest: Sequence[Locality], lot: float) -> int:
    """Which region a conversation of this lot is answered from, by the health of all."""
    if nearest and nearest[0].usable == nearest[0].weight:  # all is well, as nearly always
        return 0
    below = 0.0
    parts = shares([place.health for place in nearest])
    for index, part in enumerate(parts):
        below += part
        if lot < below:
            return index
    return max((index for index, part in enumerate(parts) if part), default=0)
