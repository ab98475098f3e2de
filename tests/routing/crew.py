"""A fleet at a time that the test sets, and calls of it."""

import random

from hub.config.settings import Agent, Deployment
from hub.routing import Fleet, Verdict
from tests.routing.places import agent_in


class Now:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.s = 1_000.0

    def __call__(self) -> float:
        return self.s


def fleet_of(*agents: Agent, seed: int = 1) -> tuple[Fleet, Now]:
    """The fleet of these agents."""
    now = Now()
    fleet = Fleet(now=now, random=random.Random(seed).random)
    fleet.renew(agents)
    return fleet, now


def pool(size: int, region: str = "eu-west", **changes: float) -> Agent:
    """An agent with so many deployments in one region: d0, d1 …"""
    from msgspec.structs import replace

    deployments = tuple(
        Deployment(f"d{n}", "support", region, "openai", **changes)  # type: ignore[arg-type]
        for n in range(size)
    )
    return replace(agent_in(region), deployments=deployments)


def call(fleet: Fleet, name: str, verdict: Verdict = Verdict.FINE, took_s: float = 0.3, **also: float) -> None:
    """One call from begin to end."""
    visit = fleet.enter(name)
    visit.begin()
    visit.end(verdict, took_s, "timed_out" if verdict is Verdict.FAULT else "", also.get("rests_s"))


def fail(fleet: Fleet, name: str, times: int = 5) -> None:
    """So many calls fail."""
    for _ in range(times):
        call(fleet, name, Verdict.FAULT)
