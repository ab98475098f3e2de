"""`check --live`: each deployment and each platform is asked, told with how it does, and drift is found."""

import asyncio

import pytest

from hub.agents.port import AgentError, Kind, Model
from hub.channel import Channel, Unreachable
from hub.fleet_state import Took
from hub.listening import Endpoint
from hub.probing import Known, found_drift, probe_all
from hub.routing import Fleet
from hub.routing.sight import Sight, sight
from tests.pipeline.channel import ScriptedChannel
from tests.pipeline.hub import FAR, NEAR, Hurried, agent, changed, settings
from tests.pipeline.model import ScriptedClient
from tests.routing.crew import call, fail

pytestmark = pytest.mark.unit

NOTHING_KNOWN = Known((), {})


class Silent(ScriptedClient):
    async def probe(self) -> str:
        raise AgentError(Kind.UNAUTHORIZED, "401", sent=False)


class Hanging(ScriptedClient):
    async def probe(self) -> str:
        await asyncio.Event().wait()
        return "never"


class Listed(ScriptedClient):
    def __init__(self, *models: Model, broken: bool = False) -> None:
        super().__init__()
        self._models, self._broken = models, broken

    async def models(self) -> tuple[Model, ...]:
        if self._broken:
            raise AgentError(Kind.GARBLED, "no list", sent=True)
        return self._models


def endpoint(client: ScriptedClient) -> Endpoint:
    return Endpoint(agent().deployments[0], client, asyncio.Semaphore(1))


async def told(
    clients: dict[str, ScriptedClient], channel: Channel | None = None, known: Known = NOTHING_KNOWN
) -> tuple[bool, list[str], dict[str, tuple[Model, ...]]]:
    lines: list[str] = []
    endpoints = {name: endpoint(client) for name, client in clients.items()}
    channels = {("chat", "main"): channel} if channel else {}
    fine, lists = await probe_all(endpoints, channels, known, lines.append, Hurried())
    return fine, lines, lists


def a_sight() -> Sight:
    """Of a process whose near deployment failed, and whose far one answers."""
    clock = Hurried()
    fleet = Fleet(now=clock.monotonic, random=lambda: 0.5)
    fleet.renew([agent()])
    fail(fleet, NEAR)
    call(fleet, FAR, took_s=0.4)
    return sight(fleet, settings(agent()))


async def test_all_answer() -> None:
    fine, lines, _ = await told({"west": ScriptedClient()}, ScriptedChannel())
    assert fine
    assert lines[0].startswith("ok    west: scripted, in ")
    assert "no process of the hub is running" in lines[1]
    assert lines[2:] == ["ok    chat/main: chat is there"]


async def test_one_that_does_not_answer_does_not_hide_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.probing.WITHIN_S", 0.05)
    channel = ScriptedChannel()
    channel.will("probe", Unreachable())
    fine, lines, _ = await told({"west": Silent(), "north": Hanging(), "east": ScriptedClient()}, channel)
    assert not fine
    assert [line[:4] for line in lines if line[:4].strip()] == ["FAIL", "FAIL", "ok  ", "FAIL"]
    assert "unauthorized" in lines[0]
    assert "no answer within" in lines[1]


async def test_what_the_running_processes_and_the_ledger_know_stands_beside_it() -> None:
    known = Known([a_sight()], {NEAR: Took(1_204, 12, 2.1, 6.3)})
    _, lines, _ = await told({NEAR: ScriptedClient(), FAR: ScriptedClient()}, known=known)
    assert lines[1].startswith("      open (it failed repeatedly (timed_out) and is tried again in ")
    assert lines[1].endswith("s); no calls yet; 0 of 2000 under way")
    assert lines[2] == "      last day: 1,204 calls, 12 failed, whole answers p50/p95 2.1/6.3 s"
    assert lines[4] == "      healthy; first word p50/p95 0.4/0.4 s of 1 calls; 0 of 2000 under way"
    assert not any("no process" in line for line in lines)


async def test_what_they_list_is_compared() -> None:
    model = Model("coin", 8_192)
    _, _, lists = await told({NEAR: Listed(model), FAR: Listed(Model("other"))})
    found = found_drift(settings(agent()), Sight((), ()), NOTHING_KNOWN, lists)
    assert found == ["support: support-west lists coin, support-east does not"]

    _, _, lists = await told({NEAR: Listed(model), FAR: Listed(Model("coin", 32_768))})
    (line,) = found_drift(settings(agent()), Sight((), ()), NOTHING_KNOWN, lists)
    assert "support-west takes 8,192 tokens" in line
    assert "support-east takes 32,768 tokens" in line


@pytest.mark.parametrize(
    "others", [Listed(Model("coin")), Listed(broken=True), Listed(), ScriptedClient(), Listed(Model("coin", 8_192))]
)
async def test_what_is_not_known_is_no_drift(others: ScriptedClient) -> None:
    fine, _, lists = await told({NEAR: Listed(Model("coin", 8_192)), FAR: others})
    assert fine
    assert found_drift(settings(agent()), Sight((), ()), NOTHING_KNOWN, lists) == []


async def test_a_running_process_with_other_settings_is_drift() -> None:
    clock = Hurried()
    edited = settings(changed(agent(), prompt="You answer briefly."))
    own = sight(Fleet(now=clock.monotonic, random=lambda: 0.5), edited)
    (line,) = found_drift(edited, own, Known([a_sight()], {}), {})
    assert line.startswith("support: not all processes have the same prompt (1 with ")
