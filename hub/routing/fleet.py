"""The fleet: what this process knows of every deployment from its own calls and probes, and whom it would ask next.

Nothing here waits or sends anything. Time and chance are passed in.
"""

from collections.abc import Callable, Iterable, Sequence

from hub.config.settings import Agent, Deployment
from hub.routing.member import LACKS_S, Member, Verdict
from hub.routing.outliers import COMPARED_EVERY_S, eject, room_in

SLOW_SHARE = 0.95
LEAST_KNOWN = 20
"""Calls from which on a p95 means something."""
THROWS = 20
"""For one choice by weight; with a weight below a twentieth of the heaviest, the last throw counts."""


class Visit:
    """One call of a deployment, from the decision to make it until its end."""

    __slots__ = ("_began", "_fleet", "_member", "_trial", "_under_way")

    def __init__(self, fleet: "Fleet", member: Member | None, now: float) -> None:
        self._fleet = fleet
        self._member = member
        self._began = now
        self._under_way = True
        self._trial = False
        if member:
            member.under_way += 1
            self._trial = member.breaker.half_open(now) and not member.breaker.trial
            member.breaker.trial = member.breaker.trial or self._trial

    def begin(self) -> None:
        """The request goes out now."""
        if self._member:
            self._began = self._fleet.now()
            self._member.waiting[self] = self._began

    def first_word(self) -> None:
        """The answer has begun."""
        if self._member:
            self._member.waiting.pop(self, None)

    def end(
        self,
        verdict: Verdict,
        latency_s: float,
        why: str = "",
        rests_s: float | None = None,
        model: str = "",
        answered_as: str = "",
    ) -> None:
        """The call ended so.

        `latency_s` is that of its first word or of its failure, `why` the kind of the failure, `rests_s` how long the
        deployment asked to be left alone, `model` which one was asked, `answered_as` what the provider says answered.
        """
        if not self._member or not self._under_way:
            return
        now = self._fleet.now()
        if verdict is Verdict.FULL and rests_s is not None:
            self._member.rest(now + rests_s)
        if verdict is Verdict.LACKS:
            self._member.lacks_until[model] = now + LACKS_S
        if answered_as:
            self._member.answers_as[model] = answered_as
        self._member.heard(verdict, latency_s, self._began, now, why=why, trial=self._trial)
        self.leave()
        self._fleet.compare(now)

    def leave(self) -> None:
        """It is over, whether or not anything came of it."""
        if self._member and self._under_way:
            self._under_way = False
            self._member.under_way -= 1
            self._member.waiting.pop(self, None)
            if self._trial:
                self._member.breaker.trial = False


class Fleet:
    """All deployments, by name."""

    def __init__(self, *, now: Callable[[], float], random: Callable[[], float]) -> None:
        self.now = now
        self._random = random
        self.members: dict[str, Member] = {}
        """By name of the deployment."""
        self._pools: list[list[Member]] = []
        self._compare_at = now() + COMPARED_EVERY_S

    def renew(self, agents: Iterable[Agent]) -> None:
        """These are the deployments from now on. What is known of those that stay is kept.

        A deployment that is new beside others is cold; those of the first call are not.
        """
        now, cold = self.now(), bool(self.members)
        before, self._pools = self.members, []
        members: dict[str, Member] = {}
        for agent in agents:
            pools: dict[str, list[Member]] = {}
            for deployment in agent.deployments:
                member = before.get(deployment.name)
                if member is None or not _same_place(member.deployment, deployment):
                    member = Member(deployment, now, self._random, cold=cold)
                member.adopt(deployment)
                pools.setdefault(deployment.api, []).append(member)  # what differs by its nature is not compared
                members[deployment.name] = member
            self._pools += pools.values()
        self.members = members

    def member(self, deployment: Deployment) -> Member:
        """What is known of a deployment; one that is met before the fleet was renewed is new."""
        member = self.members.get(deployment.name)
        if member is None:
            member = self.members[deployment.name] = Member(deployment, self.now(), self._random, cold=False)
        return member

    def places(self, name: str) -> int:
        """How many calls at once it takes now; a name that nobody knows takes one."""
        member = self.members.get(name)
        return member.limit.whole if member else 1

    def enter(self, name: str) -> Visit:
        """A call of this deployment is decided; a name that nobody knows is counted nowhere."""
        return Visit(self, self.members.get(name), self.now())

    def probed(self, name: str, verdict: Verdict, why: str = "") -> None:
        """A probe ended. One that failed counts as a call does; one that went well proves less."""
        if member := self.members.get(name):
            now = self.now()
            if verdict is not Verdict.FINE:
                half_open = member.breaker.half_open(now)
                member.breaker.fault(now, why, trial=half_open, refused=verdict is Verdict.REFUSED)
            if member.breaker.open:
                member.breaker.probed(now, fine=verdict is Verdict.FINE)

    def has_room(self, name: str) -> bool:
        """Whether it can take a call at once; a name that nobody knows can."""
        member = self.members.get(name)
        return member is None or member.has_room()

    def slow_s(self, name: str) -> float | None:
        """Seconds to the first word above which a call of it is slow: its p95; None while too little is known."""
        member = self.members.get(name)
        return member.percentile_s(SLOW_SHARE) if member and len(member.recent) >= LEAST_KNOWN else None

    def lacks(self, name: str, model: str) -> bool:
        """Whether this deployment said a while ago that it has no such model."""
        member = self.members.get(name)
        return member is not None and member.lacks(model, self.now())

    def able_first(self, names: Sequence[str], model: str = "") -> list[str]:
        """Those that are worth a call of the model now, in their order; without room, or better left alone, last."""
        now = self.now()
        able: tuple[list[str], list[str], list[str]] = ([], [], [])
        for name in names:
            member = self.members.get(name)
            if member is None or not member.obstacle(now, model):
                able[0 if member is None or member.has_room() else 1].append(name)
            elif not member.shut(now):
                able[2].append(name)
        return [*able[0], *able[1], *able[2]]

    def able_in_s(self, names: Iterable[str], model: str = "") -> float | None:
        """Seconds until one of them is worth a call of the model again; None where there are none."""
        now = self.now()
        return min((m.able_in_s(now, model) for name in names if (m := self.members.get(name))), default=None)

    def arranged(self, members: Sequence[Member], now: float) -> Sequence[Member]:
        """Of equals, first the cheaper of two taken by chance, each as likely as its weight and warmth say.

        The power of two choices (Mitzenmacher): nearly as good as looking at all, and a herd of callers that decide at
        the same moment does not run to the same one. The others follow in any order.
        """
        if len(members) < 2:
            return members
        one = self._drawn(members, now)
        other = self._drawn(members, now)
        if other == one:
            other = (one + 1 + int(self._random() * (len(members) - 1))) % len(members)
        if members[other].cost(now) < members[one].cost(now):
            one, other = other, one
        rest = [member for index, member in enumerate(members) if index not in (one, other)]
        return [members[one], members[other], *rest]

    def may_eject(self, member: Member, now: float) -> bool:
        """Whether its pool still has room for one that is left out."""
        return any(room_in(pool, now) > 0 for pool in self._pools if member in pool)

    def compare(self, now: float) -> None:
        """Look for outliers, when it is time again."""
        if now < self._compare_at:
            return
        self._compare_at = now + COMPARED_EVERY_S * (0.9 + 0.2 * self._random())
        for pool in self._pools:
            eject(pool, now)

    def _drawn(self, members: Sequence[Member], now: float) -> int:
        """The index of one of them, by chance. Weights are few and near each other, so few throws are in vain."""
        heaviest = max(member.weight for member in members)
        index = 0
        for _ in range(THROWS):
            index = int(self._random() * len(members))
            share = members[index].weight * members[index].warmth(now) / heaviest
            if share >= 1.0 or self._random() < share:
                break
        return index


def _same_place(one: Deployment, other: Deployment) -> bool:
    return (one.region, one.api, one.url, one.key) == (other.region, other.api, other.url, other.key)
