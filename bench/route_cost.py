"""What deciding a route costs: `python -m bench.route_cost`. Fifty deployments, places seen before and new ones."""

import argparse
import random
import time
from collections.abc import Callable

from bench import machine
from hub.config.settings import Agent, Budget, ContextSettings, Deployment, Region
from hub.routing import Fleet, Verdict, Whereabouts, choose

DECISIONS = 20_000
REPORTS = 100_000


def world(regions: int, each: int) -> tuple[Agent, dict[str, Region]]:
    """An agent with `each` deployments in each of so many regions, anywhere on the globe."""
    chance = random.Random(7)
    found = {
        f"r{n}": Region(f"r{n}", "", chance.uniform(-60, 60), chance.uniform(-180, 180), "eu") for n in range(regions)
    }
    deployments = tuple(Deployment(f"bench-{name}-{n}", "bench", name, "openai") for name in found for n in range(each))
    return (
        Agent("bench", "", "", "", False, (), (), "queue", Budget(), ContextSettings(), {}, "", "", deployments),
        found,
    )


def microseconds(work: Callable[[int], object], times: int) -> float:
    """CPU of one."""
    begun = time.process_time()
    for number in range(times):
        work(number)
    return (time.process_time() - begun) / times * 1e6


def measure(regions: int, each: int, *, people: int, unwell: bool) -> float:
    """Microseconds for one decision, with so many people, each at a place of their own."""
    agent, known = world(regions, each)
    chance = random.Random(11)
    fleet = Fleet(now=time.monotonic, random=chance.random)
    fleet.renew([agent])
    if unwell:
        for name in list(fleet.members)[::7]:
            for _ in range(5):
                fleet.enter(name).end(Verdict.FAULT, 1.0, "timed_out")
    places = [Whereabouts(chance.uniform(-60, 60), chance.uniform(-180, 180), "location") for _ in range(people)]
    return microseconds(
        lambda number: choose(agent, places[number % people], known, fleet=fleet, lot=(number % 997) / 997), DECISIONS
    )


def reporting() -> float:
    """Microseconds for all that one call tells the fleet."""
    agent, _ = world(10, 5)
    fleet = Fleet(now=time.monotonic, random=random.Random(3).random)
    fleet.renew([agent])
    names = list(fleet.members)

    def call(number: int) -> None:
        visit = fleet.enter(names[number % len(names)])
        visit.begin()
        visit.first_word()
        visit.end(Verdict.FINE, 0.3)
        visit.leave()

    return microseconds(call, REPORTS)


def main() -> None:
    argparse.ArgumentParser(prog="python -m bench.route_cost", description=__doc__).parse_args()
    print(machine.measure())
    for regions, each in ((50, 1), (10, 5), (1, 50)):
        for people in (10, 1_000, DECISIONS):
            for unwell in (False, True):
                cost = measure(regions, each, people=people, unwell=unwell)
                state = "a seventh of it unwell" if unwell else "all well"
                print(f"{regions:3} regions of {each:2}  {people:6,} people  {state:22}  {cost:6.1f} µs CPU a decision")
    print(f"reporting one call to the fleet: {reporting():.1f} µs CPU")


if __name__ == "__main__":
    main()
