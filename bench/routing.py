"""Eleven backends, one of which becomes slow: who is asked, in virtual time: `python -m bench.routing`.

The published experiment (Finagle's and Linkerd's comparison of balancers): 1,000 requests a second for a minute, a time
limit of one second, one backend answers after two seconds for half of that minute; no retries, no hedges. Published:
round robin 95 %, least loaded 99 %, peak EWMA 99.9 % successful. The hub's own choice is the code that routes messages.
"""

import argparse
import heapq
import itertools
import random
from collections.abc import Callable, Sequence
from math import exp
from statistics import mean
from typing import Protocol

import msgspec

from hub.config.settings import Agent, Budget, ContextSettings, Deployment, Region
from hub.routing import Fleet, Verdict, Visit, Whereabouts, choose
from hub.routing.load import PeakEwma

BACKENDS, PER_S, SECONDS, LIMIT_S = 11, 1_000.0, 60.0, 1.0
SLOW, SLOW_FROM, SLOW_UNTIL, SLOW_S = 3, 15.0, 45.0, 2.0
USUAL_S = 0.1
"""Median of a well backend's latency; log-normal, a tenth of them takes twice as long or more."""
SIGMA = 0.54
HERE = Region("here", "", 50.0, 8.0, "eu")
SOMEBODY = Whereabouts(50.0, 8.0, "location")


class Policy(Protocol):
    """Who is asked next."""

    def begin(self, now: float) -> int:
        """The backend that is asked now."""
        ...

    def end(self, backend: int, began: float, now: float, *, fine: bool) -> None:
        """It answered, or the time limit ran out."""
        ...


class RoundRobin:
    def __init__(self, _: random.Random) -> None:
        self._turn = itertools.cycle(range(BACKENDS))

    def begin(self, now: float) -> int:
        return next(self._turn)

    def end(self, backend: int, began: float, now: float, *, fine: bool) -> None:
        pass


class LeastLoaded:
    """Of two taken by chance, the one with fewer requests under way."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._under_way = [0] * BACKENDS

    def begin(self, now: float) -> int:
        one, other = self._chance.sample(range(BACKENDS), 2)
        taken = min((one, other), key=lambda backend: self._under_way[backend])
        self._under_way[taken] += 1
        return taken

    def end(self, backend: int, began: float, now: float, *, fine: bool) -> None:
        self._under_way[backend] -= 1


class FormulaAlone:
    """Of two taken by chance, the one of the lower peak EWMA; nothing else that the hub knows."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._loads = [PeakEwma(0.0) for _ in range(BACKENDS)]
        self._under_way = [0] * BACKENDS

    def begin(self, now: float) -> int:
        pair = self._chance.sample(range(BACKENDS), 2)
        taken = min(pair, key=lambda backend: self._loads[backend].cost(self._under_way[backend], now))
        self._under_way[taken] += 1
        return taken

    def end(self, backend: int, began: float, now: float, *, fine: bool) -> None:
        self._under_way[backend] -= 1
        self._loads[backend].observe(now - began, now)


class Hub:
    """The hub's routing: fleet and choice as they are."""

    def __init__(self, chance: random.Random) -> None:
        self._now = 0.0
        self.agent = bench_agent(
            *(Deployment(f"d{n}", "bench", "here", "openai", max_concurrency=1000) for n in range(BACKENDS))
        )
        self._fleet = Fleet(now=lambda: self._now, random=chance.random)
        self._fleet.renew([self.agent])
        self._visits: dict[tuple[int, float], list[Visit]] = {}

    def begin(self, now: float) -> int:
        self._now = now
        route = choose(self.agent, SOMEBODY, REGIONS, fleet=self._fleet)
        visit = self._fleet.enter(route.deployments[0])
        visit.begin()
        backend = int(route.deployments[0][1:])
        self._visits.setdefault((backend, now), []).append(visit)
        return backend

    def end(self, backend: int, began: float, now: float, *, fine: bool) -> None:
        self._now = now
        visit = self._visits[backend, began].pop()
        visit.end(Verdict.FINE if fine else Verdict.FAULT, now - began, "timed_out")


REGIONS = {"here": HERE}


def bench_agent(*deployments: Deployment, residency: str = "", default_zone: str = "") -> Agent:
    """An agent of these deployments and nothing else."""
    return Agent(
        "bench",
        "",
        "",
        "",
        False,
        (),
        (),
        "queue",
        Budget(),
        ContextSettings(),
        {},
        residency,
        default_zone,
        deployments,
    )


class Outcome(msgspec.Struct, frozen=True):
    """What came of one run."""

    requests: int
    failed: int

    @property
    def share(self) -> float:
        return 1.0 - self.failed / self.requests


def run(make: Callable[[random.Random], Policy], seed: int) -> Outcome:
    """One minute. The same seed brings the same requests and the same latencies to every policy."""
    arrivals, latencies, policy = random.Random(seed), random.Random(seed + 1), make(random.Random(seed + 2))
    ends: list[tuple[float, int, int, float, bool]] = []
    now, requests, failed = 0.0, 0, 0
    while True:
        now += arrivals.expovariate(PER_S)
        while ends and (ends[0][0] <= now or now >= SECONDS):
            ended, _, backend, began, fine = heapq.heappop(ends)
            failed += not fine
            policy.end(backend, began, ended, fine=fine)
        if now >= SECONDS:
            return Outcome(requests, failed)
        backend = policy.begin(now)
        usual = USUAL_S * exp(latencies.gauss(0.0, SIGMA))
        takes = SLOW_S if backend == SLOW and SLOW_FROM <= now < SLOW_UNTIL else usual
        requests += 1
        heapq.heappush(ends, (now + min(takes, LIMIT_S), requests, backend, now, takes <= LIMIT_S))


POLICIES: dict[str, Callable[[random.Random], Policy]] = {
    "round robin": RoundRobin,
    "least loaded": LeastLoaded,
    "peak EWMA alone": FormulaAlone,
    "the hub": Hub,
}


def measure(seeds: Sequence[int]) -> dict[str, list[Outcome]]:
    """By policy, an outcome for each seed."""
    return {name: [run(make, seed) for seed in seeds] for name, make in POLICIES.items()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.routing", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    seeds = parser.parse_args().seeds
    print(
        f"seeds {seeds}; {BACKENDS} backends, median {USUAL_S * 1000:.0f} ms, {PER_S:,.0f} requests/s, {SECONDS:.0f} s;"
    )
    print(f"one at {SLOW_S:.0f} s from second {SLOW_FROM:.0f} to {SLOW_UNTIL:.0f}; limit {LIMIT_S:.0f} s; no repeats")
    for name, outcomes in measure(seeds).items():
        shares = [outcome.share for outcome in outcomes]
        failed = [outcome.failed for outcome in outcomes]
        print(f"{name:16}  {mean(shares):8.3%} successful (worst {min(shares):.3%}), failed {failed}")


if __name__ == "__main__":
    main()
