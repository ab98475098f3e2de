"""Probes: all at first, then the idle and the ailing; what they find out, and what they warm."""

import asyncio
import logging
from collections.abc import Mapping

import pytest

from hub.agents.port import AgentError, Kind
from hub.listening import Endpoint
from hub.routing import Fleet, Verdict
from hub.watching import Watch
from tests.pipeline.hub import FAR, NEAR, agent
from tests.pipeline.model import ScriptedClient
from tests.pipeline.virtual import VirtualClock

pytestmark = pytest.mark.unit


class Probed(ScriptedClient):
    """Counts its probes, which fail as `error` says."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock
        self.at: list[float] = []
        self.error: Kind | None = None

    async def probe(self) -> str:
        self.at.append(self._clock.now)
        if self.error:
            raise AgentError(self.error, "scripted", sent=False)
        return "scripted"


class Loading(Probed):
    """Has something to load."""

    warmed = 0

    async def warm(self) -> None:
        self.warmed += 1


class Watched:
    """Two deployments and who watches them."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.fleet = Fleet(now=self.clock.monotonic, random=lambda: 0.5)
        self.fleet.renew([agent()])
        self.near, self.far = Loading(self.clock), Probed(self.clock)
        near, far = agent().deployments
        self.endpoints: dict[str, Endpoint] = {
            NEAR: Endpoint(near, self.near, asyncio.Semaphore(1)),
            FAR: Endpoint(far, self.far, asyncio.Semaphore(1)),
        }
        self._watch = Watch(self._endpoints, self.fleet, self.clock, lambda: 0.5)

    def _endpoints(self) -> Mapping[str, Endpoint]:
        return self.endpoints

    async def watch(self, seconds: int) -> None:
        for _ in range(seconds):
            await self._watch.look()
            self.clock.now += 1.0


async def test_all_are_probed_at_first_and_what_has_to_be_loaded_is() -> None:
    watched = Watched()
    await watched.watch(1)
    assert len(watched.near.at) == len(watched.far.at) == 1
    assert watched.near.warmed == 1
    await watched.watch(60)
    assert watched.near.warmed == 1


async def test_the_idle_are_probed_again_and_those_at_work_are_not() -> None:
    watched = Watched()
    for _ in range(60):
        await watched.watch(1)
        watched.fleet.enter(NEAR).end(Verdict.FINE, 0.2)
    assert len(watched.near.at) == 1
    assert watched.far.at == [1_000.0, 1_020.0, 1_040.0]


async def test_who_is_down_is_found_out_before_anybody_asks_and_let_in_when_it_answers() -> None:
    watched = Watched()
    watched.far.error = Kind.UNREACHABLE
    await watched.watch(10)
    member = watched.fleet.members[FAR]
    assert member.breaker.open
    assert len(watched.far.at) == 5
    await watched.watch(60)
    assert member.breaker.open
    pause_s = member.breaker.open_until - watched.clock.now
    watched.far.error = None
    await watched.watch(3)
    assert pause_s > 3.0
    assert member.breaker.half_open(watched.clock.now)
    assert member.obstacle(watched.clock.now) == ""


async def test_a_probe_that_always_answers_does_not_end_a_pause() -> None:
    watched = Watched()
    for _ in range(5):
        watched.fleet.enter(FAR).end(Verdict.FAULT, 3.0, "timed_out")
    until = watched.fleet.members[FAR].breaker.open_until
    await watched.watch(4)
    assert watched.fleet.members[FAR].breaker.open_until == until


@pytest.mark.parametrize("kind", [Kind.REJECTED, Kind.GARBLED, Kind.THROTTLED])
async def test_what_tells_nothing_of_health_opens_nothing(kind: Kind) -> None:
    watched = Watched()
    watched.far.error = kind
    await watched.watch(200)
    assert not watched.fleet.members[FAR].breaker.open


async def test_what_a_reload_brings_is_probed_at_once() -> None:
    watched = Watched()
    await watched.watch(1)
    watched.endpoints[FAR] = Endpoint(agent().deployments[1], watched.far, asyncio.Semaphore(1))
    await watched.watch(1)
    assert len(watched.far.at) == 2


async def test_an_outage_is_told_when_it_begins_and_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    """Somebody who is down is probed every two seconds: for a night that would be 15,000 lines."""
    caplog.set_level(logging.INFO)
    watched = Watched()
    for error, seconds in ((None, 1), (Kind.UNREACHABLE, 60), (None, 60)):
        watched.near.error = error
        await watched.watch(seconds)
    assert len(watched.near.at) > 10
    assert [line.getMessage() for line in caplog.records if line.name == "hub.watching"] == [
        f"{NEAR} did not answer its probe: unreachable: scripted",
        f"{NEAR} answers its probe again",
    ]
