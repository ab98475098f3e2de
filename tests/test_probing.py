"""`check --live`: each deployment and each platform is asked once, and told in a line."""

import asyncio

import pytest

from hub.agents.port import AgentError, Kind
from hub.channel import Unreachable
from hub.listening import Endpoint
from hub.probing import probe_all
from tests.pipeline.channel import ScriptedChannel
from tests.pipeline.hub import agent
from tests.pipeline.model import ScriptedClient

pytestmark = pytest.mark.unit


class Silent(ScriptedClient):
    async def probe(self) -> str:
        raise AgentError(Kind.UNAUTHORIZED, "401", sent=False)


def endpoint(client: ScriptedClient) -> Endpoint:
    return Endpoint(agent().deployments[0], client, asyncio.Semaphore(1))


async def test_all_answer() -> None:
    told: list[str] = []
    fine = await probe_all({"west": endpoint(ScriptedClient())}, {("chat", "main"): ScriptedChannel()}, told.append)
    assert fine
    assert told == ["ok    west: scripted", "ok    chat/main: chat is there"]


async def test_one_that_does_not_answer_does_not_hide_the_others() -> None:
    told: list[str] = []
    channel = ScriptedChannel()
    channel.will("probe", Unreachable())
    endpoints = {"west": endpoint(Silent()), "east": endpoint(ScriptedClient())}

    assert not await probe_all(endpoints, {("chat", "main"): channel}, told.append)

    assert [line[:4] for line in told] == ["FAIL", "ok  ", "FAIL"]
    assert "unauthorized" in told[0]
