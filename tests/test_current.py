"""Settings in force: exchanged whole, or refused whole."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest

from hub.agents.connect import AgentSettingsError
from hub.agents.faq import FaqError
from hub.agents.port import AgentError, Kind
from hub.config.settings import Access, ChannelSettings, Deployment, Settings
from hub.current import Current, NeedsRestart
from hub.routing import Fleet
from tests.agents.server import REQUEST, server
from tests.pipeline.channel import message
from tests.pipeline.hub import FAQ, agent, changed, settings

pytestmark = pytest.mark.unit


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


def acme(**changes: Any) -> Settings:
    deployments = (
        Deployment("support-west", "support", "west", "openai", "http://127.0.0.1:1/v1"),
        Deployment("support-east", "support", "east", "openai", "http://127.0.0.1:2/v1"),
    )
    return settings(agent(**({"deployments": deployments} | changes)), path=Path("regions.toml"))


async def test_other_settings_are_in_force_whole(http: aiohttp.ClientSession) -> None:
    current = Current(acme(), http, Fleet(now=time.monotonic, random=random.random))
    before = current.endpoints()
    busier = tuple(changed(each, max_concurrency=3) for each in acme().agents["support"].deployments[:1])

    current.replace(acme(deployments=(*busier, acme().agents["support"].deployments[1]), faq=FAQ))

    assert current.settings().agents["support"].faq == FAQ
    assert current.faqs()["support"].entries
    assert current.endpoints()["support-east"] is before["support-east"]  # with the calls that are under way
    assert current.endpoints()["support-west"] is not before["support-west"]
    assert current.endpoints()["support-west"].deployment.max_concurrency == 3
    assert before["support-west"].deployment.max_concurrency == 20
    await current.close()


@pytest.mark.parametrize(
    "hub",
    [
        {"database": "sqlite:other.db"},
        {"timezone": ZoneInfo("UTC")},
        {"max_turns": 3},
        {"lease_s": 3.0},
    ],
)
async def test_what_needs_a_restart_is_refused_whole(http: aiohttp.ClientSession, hub: dict[str, Any]) -> None:
    current = Current(acme(), http, Fleet(now=time.monotonic, random=random.random))
    new = acme(faq=FAQ)

    with pytest.raises(NeedsRestart, match=rf"hub\.{next(iter(hub))} .*Nothing was applied"):
        current.replace(changed(new, hub=changed(new.hub, **hub)))

    assert current.settings() == acme()
    assert current.faqs() == {}


async def test_another_channel_needs_a_restart(http: aiohttp.ClientSession) -> None:
    current = Current(acme(), http, Fleet(now=time.monotonic, random=random.random))
    with pytest.raises(NeedsRestart, match=r"\[channels\]"):
        current.replace(changed(acme(), channels=(ChannelSettings("web", "main", {}),)))


async def test_who_may_speak_needs_none(http: aiohttp.ClientSession) -> None:
    (web,) = channels = (ChannelSettings("web", "main", {}),)
    current = Current(changed(acme(), channels=channels), http, Fleet(now=time.monotonic, random=random.random))

    current.replace(changed(acme(), channels=(changed(web, access=Access(open=False, people=frozenset({"1"}))),)))

    assert current.settings().channels[0].access.people == {"1"}


@pytest.mark.parametrize(
    ("spoilt", "error"),
    [
        ({"faq": "no question"}, FaqError),
        ({"deployments": (Deployment("support-west", "support", "west", "openai", "ftp://x"),)}, AgentSettingsError),
    ],
)
async def test_settings_that_cannot_be_used_change_nothing(
    http: aiohttp.ClientSession, spoilt: dict[str, Any], error: type[Exception]
) -> None:
    current = Current(acme(), http, Fleet(now=time.monotonic, random=random.random))
    before = current.endpoints()

    with pytest.raises(error):
        current.replace(acme(**spoilt))

    assert current.endpoints() is before
    assert current.settings() == acme()


async def test_a_first_word_is_waited_for_as_long_as_the_deployment_says(http: aiohttp.ClientSession) -> None:
    """Everything else, the default of half a minute among it, would outlast the test."""
    async with server(never) as seen:
        deployment = Deployment("support-west", "support", "west", "openai", f"{seen.url}/v1", first_token_s=0.2)
        current = Current(acme(deployments=(deployment,)), http, Fleet(now=time.monotonic, random=random.random))
        async with asyncio.timeout(20):
            with pytest.raises(AgentError) as raised:
                await anext(aiter(current.endpoints()["support-west"].client.stream(REQUEST)))
        await current.close()
    assert raised.value.kind is Kind.TIMED_OUT


async def never(_: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def test_the_home_region_is_the_nearest_to_what_is_known(http: aiohttp.ClientSession) -> None:
    current = Current(acme(), http, Fleet(now=time.monotonic, random=random.random))
    new_york = changed(message("Hi"), hints=changed(message("Hi").hints, time_zone="America/New_York"))

    assert current.home_region(message("Hi")) == "west"
    assert current.home_region(new_york) == "east"
