"""The experiment of `bench.routing` over real sockets, shorter and at a rate this machine can carry.

`python -m bench.routing_sockets`: eleven servers, the hub's own OpenAI client and routing, a limit of one second; one
server answers after two seconds for half of the time; no retries, no hedges.
"""

import argparse
import asyncio
import random
from contextlib import AsyncExitStack, suppress
from math import exp

from bench import machine
from bench.routing import (
    BACKENDS,
    LIMIT_S,
    REGIONS,
    SIGMA,
    SLOW,
    SOMEBODY,
    USUAL_S,
    FormulaAlone,
    LeastLoaded,
    Outcome,
    Policy,
    RoundRobin,
    bench_agent,
)
from bench.sick_backend import SickBackend
from hub.agents.connect import connect, http_client
from hub.agents.port import AgentClient, AgentError, Request, Said, Timeouts
from hub.config.settings import Deployment
from hub.routing import Fleet, Verdict, choose

BALANCERS = ("round robin", "least loaded", "peak EWMA alone", "the hub")
QUESTION = Request("bench", "You are brief.", (Said("user", "Hello"),), 50)
LIMITS = Timeouts(connect=LIMIT_S, first_token=LIMIT_S, between_tokens=LIMIT_S, whole=LIMIT_S)


async def ask(client: AgentClient) -> bool:
    """Whether it answered in time."""
    with suppress(AgentError):
        async for _ in client.stream(QUESTION):
            pass
        return True
    return False


async def by_policy(policy: Policy, clients: list[AgentClient]) -> bool:
    """One request as a balancer of `bench.routing` sends it."""
    clock = asyncio.get_running_loop().time
    began = clock()
    backend = policy.begin(began)
    fine = await ask(clients[backend])
    policy.end(backend, began, clock(), fine=fine)
    return fine


async def run(name: str, *, rate: float, seconds: float, seed: int) -> Outcome:
    """The outcome of one balancer; half of the time, from a quarter on, one server is slow."""
    chance, loop = random.Random(seed), asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(http_client(max_connections=2_000))
        backends = [SickBackend(lambda: USUAL_S * exp(chance.gauss(0.0, SIGMA))) for _ in range(BACKENDS)]
        for backend in backends:
            await backend.start()
            stack.push_async_callback(backend.stop)
        clients: list[AgentClient] = [connect("openai", each.url, None, http, timeouts=LIMITS) for each in backends]
        agent = bench_agent(
            *(Deployment(f"d{n}", "bench", "here", "openai", max_concurrency=1_000) for n in range(BACKENDS))
        )
        fleet = Fleet(now=loop.time, random=chance.random)
        fleet.renew([agent])
        policies = {"round robin": RoundRobin, "least loaded": LeastLoaded, "peak EWMA alone": FormulaAlone}
        policy = policies[name](chance) if name in policies else None

        async def by_hub() -> bool:
            first = choose(agent, SOMEBODY, REGIONS, fleet=fleet).deployments[0]
            visit = fleet.enter(first)
            began = loop.time()
            visit.begin()
            fine = await ask(clients[int(first[1:])])
            visit.end(Verdict.FINE if fine else Verdict.FAULT, loop.time() - began, "timed_out")
            return fine

        loop.call_later(seconds / 4, setattr, backends[SLOW], "way", "slow")
        loop.call_later(seconds * 3 / 4, setattr, backends[SLOW], "way", "")
        asked, end, due = [], loop.time() + seconds, loop.time()
        while (due := due + chance.expovariate(rate)) < end:
            await asyncio.sleep(max(0.0, due - loop.time()))
            asked.append(asyncio.create_task(by_policy(policy, clients) if policy else by_hub()))
        answered = await asyncio.gather(*asked)
        return Outcome(len(answered), answered.count(False))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.routing_sockets", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--rate", type=float, default=200.0, help="requests a second")
    parser.add_argument("--seconds", type=float, default=20.0, help="for each balancer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--balancers", nargs="+", choices=BALANCERS, default=list(BALANCERS))
    given = parser.parse_args()
    print(machine.measure())
    print(f"seed {given.seed}; {BACKENDS} servers, {given.rate:.0f} requests/s for {given.seconds:.0f} s each")
    for name in given.balancers:
        outcome = asyncio.run(run(name, rate=given.rate, seconds=given.seconds, seed=given.seed))
        print(f"{name:16}  {outcome.share:8.3%} successful, failed {outcome.failed} of {outcome.requests}", flush=True)


if __name__ == "__main__":
    main()
