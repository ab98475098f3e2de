"""One region of three dies under load, in each way that regions die: `python -m bench.region_dies`.

The hub's whole pipeline over real sockets and a SQLite store; people near each region write at a steady rate. Told are
the seconds until traffic is elsewhere, what people saw, and the seconds until traffic is back.
"""

import argparse
import asyncio
import itertools
import logging
import random
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import msgspec

from bench import machine
from bench.sick_backend import ANSWER, WAYS, SickBackend
from hub.agents.connect import connect, http_client
from hub.agents.port import AgentClient, Done, Request, Text, Timeouts, Usage
from hub.clock import Clock, SystemClock
from hub.config.settings import Deployment, Region
from hub.listening import Endpoint
from hub.messages import Hints, Target
from hub.routing import Fleet
from hub.slots import Slots
from hub.store import Database
from hub.store.open import open_database
from hub.watching import Watch
from hub.worker import Worker
from tests.pipeline.channel import ScriptedChannel, message
from tests.pipeline.hub import ScriptedHub, agent, changed
from tests.pipeline.model import ScriptedClient

TIMEOUTS = Timeouts(connect=1.0, first_token=3.0, between_tokens=3.0, whole=10.0)
ZONES = {"west": "America/Los_Angeles", "east": "America/New_York", "north": "Europe/London"}
NORTH = Region("north", "Europe/London", 51.5, -0.12, "eu")
SICK = "west"


class Seen(msgspec.Struct, frozen=True):
    """What came of one way of dying; seconds."""

    way: str
    messages: int
    failed: int
    unanswered: int
    until_elsewhere_s: float
    until_back_s: float | None
    p50_s: float
    p99_s: float
    longest_s: float
    calls: int
    """Of all backends' clients, for all messages."""


class Hearing:
    """Remembers when its deployment was called. Implements hub.agents.port.AgentClient."""

    def __init__(self, inner: AgentClient, times: list[float], clock: Clock) -> None:
        self._inner, self._times, self._clock = inner, times, clock

    def stream(self, request: Request) -> AsyncIterator[Text | Usage | Done]:
        self._times.append(self._clock.monotonic())
        return self._inner.stream(request)

    async def probe(self) -> str:
        return await self._inner.probe()

    async def close(self) -> None:
        await self._inner.close()


async def die(way: str, folder: Path, *, rate: float, well_s: float, ill_s: float, after_s: float, seed: int) -> Seen:
    """One run with a store of its own."""
    chance, clock = random.Random(seed), SystemClock()
    async with AsyncExitStack() as stack:
        database: Database = await open_database("sqlite:hub.db", clock=clock, base=folder, serve=True, wait_s=0)
        stack.push_async_callback(database.close)
        http = await stack.enter_async_context(http_client(max_connections=1_000))
        backends = {name: SickBackend(lambda: chance.uniform(0.1, 0.4)) for name in ZONES}
        for backend in backends.values():
            await backend.start()
            stack.push_async_callback(backend.stop)
        deployments = tuple(
            Deployment(f"support-{name}", "support", name, "openai", backends[name].url, max_concurrency=100)
            for name in ZONES
        )
        served = agent(deployments=deployments)
        channel = Platform()
        clients = {each.name: ScriptedClient() for each in deployments}
        hub = ScriptedHub(database, served=served, channel=channel, clients=clients, clock=clock)
        hub.settings = changed(hub.settings, regions={**hub.settings.regions, "north": NORTH})
        calls: dict[str, list[float]] = {each.name: [] for each in deployments}
        hub.endpoints = {each.name: _endpoint(each, hub.fleet, http, calls[each.name], clock) for each in deployments}
        tasks = [
            asyncio.create_task(Worker(hub.inbox, hub.turns, clock, at_once=2_000).run()),
            asyncio.create_task(Watch(lambda: hub.endpoints, hub.fleet, clock, chance.random).run()),
        ]
        said = _Said(hub, channel, clock, chance)
        died = clock.monotonic() + well_s
        steering = asyncio.create_task(_steer(backends[SICK], way, well_s, ill_s))
        await said.talk(rate, until=died + ill_s + after_s)
        await steering
        await said.all_answered(within_s=15.0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        took = said.took() or [0.0]
        usual = rate / len(ZONES)
        return Seen(
            way=way,
            messages=len(said.at),
            failed=sum(text not in (ANSWER, "…") for text in said.texts.values()),
            unanswered=len(said.at) - len(said.took()),
            until_elsewhere_s=_until_elsewhere(calls[f"support-{SICK}"], died, ill_s, usual),
            until_back_s=_until_back(calls[f"support-{SICK}"], died + ill_s, after_s, usual),
            p50_s=_percentile(took, 0.50),
            p99_s=_percentile(took, 0.99),
            longest_s=max(took),
            calls=sum(map(len, calls.values())),
        )


def _endpoint(
    deployment: Deployment, fleet: Fleet, http: aiohttp.ClientSession, times: list[float], clock: Clock
) -> Endpoint:
    client = connect("openai", deployment.url, None, http, timeouts=TIMEOUTS)
    return Endpoint(deployment, Hearing(client, times, clock), Slots(lambda: fleet.places(deployment.name)))


async def _steer(backend: SickBackend, way: str, well_s: float, ill_s: float) -> None:
    await asyncio.sleep(well_s)
    await backend.fall_ill(way)
    await asyncio.sleep(ill_s)
    await backend.recover()


class Platform(ScriptedChannel):
    """Tells of each final text."""

    on_final: Callable[[str, str], None]

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        await super().edit(target, part_id, text, final=final, last=last)
        if final:
            self.on_final(target.conversation.chat, text)


class _Said:
    """Who wrote when, and when the final text stood there."""

    def __init__(self, hub: ScriptedHub, channel: "Platform", clock: Clock, chance: random.Random) -> None:
        self._hub, self._clock, self._chance = hub, clock, chance
        self.at: dict[str, float] = {}
        self.shown: dict[str, float] = {}
        self.texts: dict[str, str] = {}
        channel.on_final = self._final

    def _final(self, chat: str, text: str) -> None:
        self.shown[chat], self.texts[chat] = self._clock.monotonic(), text

    async def talk(self, rate: float, *, until: float) -> None:
        """Each message comes from somebody new, near each region in turn."""
        zones = itertools.cycle(ZONES.values())
        accepting = []
        for number in itertools.count():
            await self._clock.sleep(self._chance.expovariate(rate))
            if self._clock.monotonic() >= until:
                break
            said = msgspec.structs.replace(message("Hello", number, str(number)), hints=Hints(time_zone=next(zones)))
            self.at[str(number)] = self._clock.monotonic()
            accepting.append(asyncio.create_task(self._hub.say(said)))
        await asyncio.gather(*accepting)

    async def all_answered(self, *, within_s: float) -> None:
        end = self._clock.monotonic() + within_s
        while len(self.shown) < len(self.at) and self._clock.monotonic() < end:
            await self._clock.sleep(0.1)

    def took(self) -> list[float]:
        return [self.shown[chat] - at for chat, at in self.at.items() if chat in self.shown]


def _percentile(took: list[float], share: float) -> float:
    return sorted(took)[min(len(took) - 1, int(share * len(took)))]


def _until_elsewhere(calls: list[float], died: float, ill_s: float, usual: float) -> float:
    """After the last half second of the illness in which a quarter or more of the usual calls went there."""
    halves = int(ill_s * 2)
    busy = [n for n in range(halves) if _calls(calls, died + n / 2, 0.5) > max(1, 0.25 * usual * 0.5)]
    return (busy[-1] + 1) / 2 if busy else 0.0


def _until_back(calls: list[float], back: float, after_s: float, usual: float) -> float | None:
    """Until the first three seconds with eight tenths of the usual calls."""
    for n in range(int(after_s) - 2):
        if _calls(calls, back + n, 3.0) >= 0.8 * usual * 3:
            return float(n)
    return None


def _calls(calls: list[float], since: float, seconds: float) -> int:
    return sum(since <= at < since + seconds for at in calls)


async def measure(ways: list[str], *, rate: float, ill_s: float, after_s: float, seed: int) -> list[Seen]:
    """All ways side by side, each with a hub of its own in this process."""
    with tempfile.TemporaryDirectory() as name:
        folders = {way: Path(name) / way for way in ways}
        for folder in folders.values():
            folder.mkdir()
        runs = (
            die(way, folders[way], rate=rate, well_s=5.0, ill_s=ill_s, after_s=after_s, seed=seed + number)
            for number, way in enumerate(ways)
        )
        return await asyncio.gather(*runs)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.region_dies", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--rate", type=float, default=15.0, help="messages a second, in each way's hub")
    parser.add_argument("--ill-s", type=float, default=20.0)
    parser.add_argument("--after-s", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    logging.getLogger("hub").setLevel(logging.CRITICAL)
    print(machine.measure())
    print(f"seed {given.seed}; {given.rate:.0f} messages/s from three places; {TIMEOUTS}; ill for {given.ill_s:.0f} s")
    for seen in asyncio.run(
        measure(given.ways, rate=given.rate, ill_s=given.ill_s, after_s=given.after_s, seed=given.seed)
    ):
        back = f"{seen.until_back_s:.0f} s" if seen.until_back_s is not None else "not yet"
        print(
            f"{seen.way:9}  {seen.messages:5} messages, seen to fail {seen.failed}, unanswered {seen.unanswered}; "
            f"elsewhere after {seen.until_elsewhere_s:.1f} s, back after {back}; "
            f"answers p50 {seen.p50_s:.2f} p99 {seen.p99_s:.2f} longest {seen.longest_s:.2f} s; "
            f"{seen.calls / seen.messages:.3f} calls a message"
        )


if __name__ == "__main__":
    main()
