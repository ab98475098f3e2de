"""The event stream over a real socket: the state first, then growth; a reconnect loses nothing."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from channels.web import channel as channel_module
from channels.web.session import make_admin_link
from channels.web.stream import Pulse
from hub.clock import SystemClock
from hub.messages import Conversation, Target
from tests.channels.web.fake_hub import SECRET, FakeHub, listening, make_channel, served

pytestmark = pytest.mark.wire

PATH = "/api/conversations/conversation-1"
Event = tuple[str, dict[str, Any]]


@pytest.fixture
async def hub() -> AsyncIterator[FakeHub]:
    hub = FakeHub(make_channel(Pulse(ping=5.0, look=0.05)))
    async with listening(hub):
        yield hub


@pytest.fixture
async def browser(hub: FakeHub) -> AsyncIterator[httpx.AsyncClient]:
    async with served(hub.channel.routes()) as url, new_browser(url) as client:
        yield client
        await hub.channel.close()


@asynccontextmanager
async def new_browser(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, headers={"origin": url}, timeout=60) as client:
        await client.get("/")
        yield client


@asynccontextmanager
async def events(browser: httpx.AsyncClient, path: str = PATH) -> AsyncIterator[AsyncIterator[Event]]:
    async with browser.stream("GET", f"{path}/stream") as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _parsed(response)


async def _parsed(response: httpx.Response) -> AsyncIterator[Event]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


async def until(stream: AsyncIterator[Event], last: str) -> list[Event]:
    heard: list[Event] = []
    async with asyncio.timeout(60):
        async for event in stream:
            heard.append(event)
            if event[0] == last:
                break
    assert heard[-1][0] == last
    return heard


def shown(heard: list[Event]) -> str:
    """The text a page would show for the one answer in these events."""
    text = ""
    for name, data in heard:
        if name in ("growth", "final"):
            text = text + data["append"] if "append" in data else data["text"]
    return text


async def say(browser: httpx.AsyncClient, text: str, message_id: str = "message-0001", region: str = "") -> None:
    answer = await browser.post(f"{PATH}/messages", json={"id": message_id, "text": text, "region": region})
    assert answer.status_code == 202


async def test_an_answer_grows_and_ends_with_who_gave_it(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    hub.step_s = 0.02
    async with events(browser) as stream:
        assert (await until(stream, "state"))[0][1]["exchanges"] == []
        await say(browser, "hello", region="eu-west")
        heard = await until(stream, "final")
    names = [name for name, _ in heard if name != "ping"]
    assert names[0] in ("asked", "state")
    assert "placeholder" in names
    assert "typing" in names
    growth = [data for name, data in heard if name == "growth"]
    assert growth
    # Whole where events were told together with the state: a busy machine may come to it late.
    assert all(("append" in data) != ("text" in data) for data in growth)
    assert shown(heard) == "You said: hello"
    final = heard[-1][1]
    assert (final["reply_to"], final["agent"], final["region"]) == ("message-0001", "support-faq", "eu-west")


async def test_a_reconnect_in_mid_answer_loses_nothing(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    hub.script = lambda text: list("abcdefghij")
    hub.step_s = 0.01
    async with events(browser) as stream:
        await until(stream, "state")
        await say(browser, "alphabet")
        await until(stream, "growth")
        hub.hold.clear()
    await asyncio.sleep(0.1)
    async with events(browser) as stream:
        (state,) = await until(stream, "state")
        assert state[1]["exchanges"][0]["text"] == "alphabet"
        first = await until(stream, "growth")
        assert first[-1][1]["text"].startswith("a")  # whole, not what was added
        hub.hold.set()
        rest = await until(stream, "final")
    assert shown(first + rest) == "abcdefghij"


async def test_what_ended_while_nobody_looked_is_in_the_state(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    await say(browser, "hello")
    async with asyncio.timeout(60):
        while not (await browser.get(f"{PATH}/history")).json()["exchanges"][0].get("answer"):
            await asyncio.sleep(0.01)
    async with events(browser) as stream:
        (state,) = await until(stream, "state")
    assert state[1]["exchanges"][0]["answer"] == "You said: hello"


async def test_an_answer_that_another_process_delivers_is_found_in_the_store(
    hub: FakeHub, browser: httpx.AsyncClient
) -> None:
    hub.silent = True
    async with events(browser) as stream:
        await until(stream, "state")
        await say(browser, "hello")
        await until(stream, "asked")
        hub.remember(hub.messages[0], "from elsewhere", "delivered")
        while True:
            state = (await until(stream, "state"))[-1][1]
            if state["exchanges"][0]["answer"]:
                break
    assert state["exchanges"][0]["answer"] == "from elsewhere"


async def test_a_second_page_of_the_conversation_sees_the_question(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    async with events(browser) as one, events(browser) as two:
        await until(one, "state")
        await until(two, "state")
        await say(browser, "hello")
        for stream in (one, two):
            heard = await until(stream, "final")
            asked = next(data for name, data in heard if name == "asked")
            assert (asked["message_id"], asked["text"]) == ("message-0001", "hello")


async def test_stop_ends_the_answer(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    hub.script = lambda text: ["one "] * 1000
    hub.step_s = 0.01
    async with events(browser) as stream:
        await say(browser, "count")
        await until(stream, "growth")
        assert (await browser.post(f"{PATH}/stop", json={})).status_code == 202
        heard = await until(stream, "final")
    assert heard[-1][1]["text"].endswith("(stopped)")


async def test_a_restarted_answer_is_told_whole(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    hub.silent = True
    await say(browser, "hello")
    target = Target(hub.messages[0].conversation, "message-0001")
    async with events(browser) as stream:
        await until(stream, "state")
        part = await hub.channel.placeholder(target)
        for text in ("first try", "second"):
            await hub.channel.edit(target, part, text, final=False)
            heard = await until(stream, "growth")
            assert heard[-1][1].get("text", heard[-1][1].get("append")) == text
        await hub.channel.remove(target, part)
        assert (await until(stream, "removed"))[-1][1]["part"] == part


async def test_an_edit_after_a_restart_of_the_hub_reaches_the_page(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    hub.silent = True
    await say(browser, "hello")
    target = Target(hub.messages[0].conversation, "message-0001")
    async with events(browser) as stream:
        await until(stream, "state")
        await hub.channel.edit(target, "part-of-an-earlier-process", "the stored text", final=True)
        await hub.channel.edit(target, "part-of-an-earlier-process", "the stored text", final=True)
        assert (await until(stream, "final"))[-1][1]["text"] == "the stored text"


async def test_strangers_hear_nothing(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    async with new_browser(str(browser.base_url)) as stranger, events(stranger) as stream:
        await until(stream, "state")
        await say(browser, "my secret")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await anext(stream)


async def test_a_history_that_cannot_be_read_is_said(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    hub.broken = True
    async with events(browser) as stream:
        assert "cannot be read" in (await until(stream, "notice"))[-1][1]["text"]


async def test_a_history_that_comes_back_is_shown(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    hub.broken = True
    async with events(browser) as stream:
        await until(stream, "notice")
        hub.broken = False
        await until(stream, "state")


async def test_a_browser_has_a_limit_of_open_streams(
    hub: FakeHub, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_module, "STREAMS_AT_MOST", 1)
    async with events(browser) as stream:
        await until(stream, "state")
        refused = await browser.get(f"{PATH}/stream")
        assert refused.status_code == 429
        assert "Close some" in refused.json()["error"]


async def test_a_page_that_goes_is_forgotten(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    async with events(browser) as stream:
        await until(stream, "state")
    async with asyncio.timeout(60):
        while hub.channel._feed.size != (0, 0):
            await asyncio.sleep(0.01)


async def test_closing_the_channel_ends_streams(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    async with events(browser) as stream:
        await until(stream, "state")
        await hub.channel.close()
        async with asyncio.timeout(60):
            assert [event async for event in stream] == []


async def test_asking_only_for_the_head_does_not_hang(browser: httpx.AsyncClient) -> None:
    assert (await browser.head(f"{PATH}/stream", timeout=60)).status_code == 200


async def test_a_post_is_shown_live_to_every_signed_in_admin(hub: FakeHub, browser: httpx.AsyncClient) -> None:
    link = make_admin_link(SECRET, str(browser.base_url), now_ms=SystemClock().now_ms(), link_id="link-3")
    await browser.post("/api/admin", json={"token": link.partition("#admin=")[2]})
    async with events(browser, "/api/conversations/admin") as stream:
        name, state = await anext(stream)
        assert (name, state["exchanges"]) == ("state", [])
        await hub.channel.post(Conversation("web", "main", "admin"), "# The week")
        name, shown = await anext(stream)
        assert (name, shown["text"]) == ("final", "# The week")
        assert shown["part"] == shown["reply_to"]
