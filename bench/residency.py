"""What the servers of a strict agent really got: `python -m bench.residency`.

The hub's whole pipeline, over real sockets and a SQLite store. Each message bears the zone that its author is bound to;
each server looks through all that comes in for words of another zone. People of all zones write alone and in chats that
they share, which have a past; the servers fall ill in turn, whole zones too; slow answers are raced.
"""

import argparse
import asyncio
import logging
import random
import re
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec

from bench import machine
from bench.sick_backend import ANSWER, WAYS, SickBackend
from hub.agents.connect import connect, http_client
from hub.agents.port import Timeouts
from hub.clock import Clock, SystemClock
from hub.config.settings import Deployment, Region
from hub.listening import Endpoint
from hub.messages import Hints, Sender, Target
from hub.slots import Slots
from hub.store import Database
from hub.store.open import open_database
from hub.watching import Watch
from hub.worker import Worker
from tests.pipeline.channel import ScriptedChannel, conversation, message
from tests.pipeline.hub import ScriptedHub, agent, changed
from tests.pipeline.model import ScriptedClient

REGIONS = {
    "dublin": Region("dublin", "Europe/Dublin", 53.3, -6.3, "eu"),
    "frankfurt": Region("frankfurt", "Europe/Berlin", 50.1, 8.7, "eu"),
    "west": Region("west", "America/Los_Angeles", 34.1, -118.2, "us"),
    "east": Region("east", "America/New_York", 40.7, -74.0, "us"),
    "mumbai": Region("mumbai", "Asia/Kolkata", 19.1, 72.9, "in"),
    "chennai": Region("chennai", "Asia/Kolkata", 13.1, 80.3, "in"),
}
DEFAULT_ZONE = "eu"
CHOICES = {"eu": ("", "", "dublin", "frankfurt"), "us": ("west", "east"), "in": ("mumbai", "chennai")}
"""What people of a zone have chosen; who chose nothing is bound to the agent's own."""
TIMEOUTS = Timeouts(connect=0.5, first_token=1.0, between_tokens=1.0, whole=3.0)
ILL_S, WELL_S = 1.0, 3.0
"""About, in turn."""
AHEAD = 1_500
"""Messages that wait, at the most."""
_MARK = re.compile(rb"zone-(eu|us|in)-end")


class Got(msgspec.Struct):
    """What came in."""

    requests: Counter[str] = msgspec.field(default_factory=Counter)
    """Questions that a server got, by its zone."""
    marks: Counter[str] = msgspec.field(default_factory=Counter)
    """Messages in them, the past ones included."""
    outside: list[str] = []
    """Words of one zone in a server of another."""
    messages: int = 0
    answered: int = 0
    apologies: int = 0
    hedges: int = 0
    retries: int = 0


class Platform(ScriptedChannel):
    """Counts final texts and keeps none."""

    def __init__(self, got: Got) -> None:
        super().__init__()
        self._got = got

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        await super().edit(target, part_id, text, final=final, last=last)
        self.acts.clear()
        if final:
            self._got.answered += 1
            self._got.apologies += text != ANSWER


async def overhear(messages: int, folder: Path, *, seed: int, within_s: float = float("inf")) -> Got:
    """Let people write so many messages, or as many as can be answered in time, and listen at every server."""
    chance, clock, got = random.Random(seed), SystemClock(), Got()
    async with AsyncExitStack() as stack:
        database = await open_database("sqlite:hub.db", clock=clock, base=folder, serve=True, wait_s=0)
        stack.push_async_callback(database.close)
        backends = {name: _server(region, got, chance) for name, region in REGIONS.items()}
        for backend in backends.values():
            await backend.start()
            stack.push_async_callback(backend.stop)
        hub = await _hub(database, backends, Platform(got), clock, stack)
        tasks = [
            asyncio.create_task(Worker(hub.inbox, hub.turns, clock, at_once=100).run()),
            asyncio.create_task(Watch(lambda: hub.endpoints, hub.fleet, clock, chance.random).run()),
            asyncio.create_task(_fall_ill(backends, chance)),
        ]
        await _write(hub, messages, got, chance, clock.monotonic() + within_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for kind, calls in await hub.rows("SELECT kind, COUNT(*) FROM ledger GROUP BY kind"):
            got.hedges += calls if kind == "hedge" else 0
            got.retries += calls if kind == "retry" else 0
    return got


def _server(region: Region, got: Got, chance: random.Random) -> SickBackend:
    def overhears(request: bytes) -> None:
        if request.startswith(b"GET"):
            return  # a probe carries nobody's words
        got.requests[region.residency] += 1
        for mark in _MARK.findall(request):
            got.marks[mark.decode()] += 1
            if mark.decode() != region.residency:
                got.outside.append(f"words of {mark.decode()} in {region.name}")

    return SickBackend(lambda: chance.uniform(0.002, 0.03), overhears)


async def _hub(
    database: Database, backends: dict[str, SickBackend], channel: Platform, clock: Clock, stack: AsyncExitStack
) -> ScriptedHub:
    http = await stack.enter_async_context(http_client(max_connections=1_000))
    deployments = tuple(
        Deployment(f"support-{name}", "support", name, "openai", backends[name].url, max_concurrency=100)
        for name in REGIONS
    )
    served = agent(
        deployments=deployments,
        residency="strict",
        default_zone=DEFAULT_ZONE,
        hedge=True,
        tiers={"simple": "coin", "complex": "dear"},
    )
    clients = {each.name: ScriptedClient() for each in deployments} | {"support-west": ScriptedClient()}
    hub = ScriptedHub(database, served=served, channel=channel, clients=clients, clock=clock)
    hub.settings = changed(hub.settings, regions=REGIONS)
    hub.endpoints = {
        each.name: Endpoint(
            each,
            connect("openai", each.url, None, http, timeouts=TIMEOUTS),
            # Mypy infers no lambda with a default.
            Slots(lambda name=each.name: hub.fleet.places(name)),  # type: ignore[misc]
        )
        for each in deployments
    }
    return hub


async def _fall_ill(backends: dict[str, SickBackend], chance: random.Random) -> None:
    """One server after the other, and now and then all of a zone."""
    while True:
        zone = chance.choice(sorted(CHOICES))
        ill = [name for name in backends if REGIONS[name].residency == zone]
        if chance.random() < 0.8:
            ill = [chance.choice(ill)]
        way = chance.choice(WAYS)
        for name in ill:
            await backends[name].fall_ill(way)
        await asyncio.sleep(ILL_S * chance.uniform(0.5, 1.5))
        for name in ill:
            await backends[name].recover()
        await asyncio.sleep(WELL_S * chance.uniform(0.5, 1.5))


async def _write(hub: ScriptedHub, messages: int, got: Got, chance: random.Random, until: float) -> None:
    """One in three to a chat that people of all zones share."""
    for number in range(messages):
        if hub.clock.monotonic() > until:
            break
        zone = chance.choice(sorted(CHOICES))
        chat = f"shared-{chance.randint(1, 40)}" if chance.random() < 1 / 3 else f"{zone}-{number % 4_000}"
        said = msgspec.structs.replace(
            message(f"zone-{zone}-end Question {number}", number, chat),
            conversation=conversation(chat),
            sender=Sender(f"person-{zone}-{number % 500}"),
            hints=Hints(region=chance.choice(CHOICES[zone])),
        )
        await hub.say(said)
        got.messages += 1
        while got.messages - got.answered > AHEAD:
            await asyncio.sleep(0.01)
    while got.answered < got.messages:
        await asyncio.sleep(0.01)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.residency", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--within-s", type=float, default=float("inf"), help="write no more after so long")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.getLogger("hub").setLevel(logging.CRITICAL)
    print(machine.measure())
    with tempfile.TemporaryDirectory() as folder:
        got = asyncio.run(overhear(given.messages, Path(folder), seed=given.seed, within_s=given.within_s))
    requests = ", ".join(f"{zone} {number:,}" for zone, number in sorted(got.requests.items()))
    print(
        f"seed {given.seed}; {got.messages:,} messages, {got.answered:,} answered, of them {got.apologies} apologies; "
        f"requests that servers got: {requests}; {got.retries:,} repeats, {got.hedges:,} races; "
        f"{sum(got.marks.values()):,} messages in them, of another zone: {len(got.outside)}"
    )


if __name__ == "__main__":
    main()
