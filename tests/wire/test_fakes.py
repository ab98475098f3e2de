"""The fakes themselves: a test is worth what its fake is worth."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bench.throughput import bare_bot, measure
from tests.wire.fakes import spec
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.limits import Limits
from tests.wire.fakes.model import CHUNK_TOKENS, FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.memory_hub import until

pytestmark = pytest.mark.wire


class Client:
    """Plain requests."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def call(self, method: str, **parameters: Any) -> Any:
        async with self._session.post(f"{self._url}/bot1:x/{method}", json=parameters) as answer:
            body = await answer.json()
            return body["result"] if answer.status == 200 else (answer.status, body["description"])

    async def numbers(self, **parameters: Any) -> list[int]:
        return [update["update_id"] % 1000 for update in await self.call("getUpdates", **parameters)]

    async def ask(self, text: str, **more: Any) -> tuple[str, dict[str, Any] | None]:
        """The streamed text and the usage."""
        body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": text}], **more}
        words, usage = "", None
        async with self._session.post(f"{self._url}/v1/chat/completions", json=body) as answer:
            answer.raise_for_status()
            async for line in answer.content:
                if line.startswith(b"data: {"):
                    event = json.loads(line[6:])
                    usage = event.get("usage") or usage
                    words += "".join(choice["delta"].get("content", "") for choice in event["choices"])
        return words, usage


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class TestTelegram:
    async def test_an_update_stays_until_a_higher_offset_confirms_it(self, session: aiohttp.ClientSession) -> None:
        async with serving(FakeTelegram()) as fake:
            client = Client(session, fake.server.url)
            for text in "abc":
                fake.say(7, text)
            assert await client.numbers() == [1, 2, 3]
            assert await client.numbers(limit=2) == [1, 2]
            assert await client.numbers(offset=700_000_002) == [2, 3]
            assert await client.numbers() == [2, 3]
            assert await client.numbers(offset=-1) == [3]
            assert await client.numbers(offset=700_000_004) == []

    async def test_a_batch_has_a_hundred_at_the_most(self, session: aiohttp.ClientSession) -> None:
        async with serving(FakeTelegram()) as fake:
            for _ in range(130):
                fake.say(7, "x")
            assert len(await Client(session, fake.server.url).numbers()) == 100

    async def test_only_what_a_bot_asks_for_comes(self, session: aiohttp.ClientSession) -> None:
        async with serving(FakeTelegram()) as fake:
            client = Client(session, fake.server.url)
            fake.react(7, 5, "👍")
            fake.say(7, "a")
            assert await client.numbers() == [2]  # reactions come only to who names them
            fake.react(7, 5, "👍")
            assert await client.numbers(allowed_updates=["message_reaction"]) == [3]
            fake.react(7, 5, "👎")
            assert await client.numbers(offset=700_000_004) == [4]

    async def test_a_group_has_a_rate_of_its_own(self) -> None:
        limits = Limits(group=20 / 60)
        taken = [limits.take(-5, second) == 0 for second in range(60)]
        assert 20 <= sum(taken) <= 23
        private = Limits(group=20 / 60)
        assert all(private.take(5, second) == 0 for second in range(60))

    async def test_the_elder_of_two_polls_is_broken_off(self, session: aiohttp.ClientSession) -> None:
        async with serving(FakeTelegram()) as fake:
            client = Client(session, fake.server.url)
            elder = asyncio.create_task(client.call("getUpdates", timeout=5))
            await until(lambda: fake.books.calls["getUpdates"])
            younger = asyncio.create_task(client.call("getUpdates", timeout=5))
            status, description = await elder
            assert status == 409
            assert "make sure that only one bot instance is running" in description
            fake.say(7, "x")
            assert len(await younger) == 1

    @pytest.mark.parametrize(
        ("method", "parameters", "refusal"),
        [
            ("sendMessage", {"chat_id": 8, "text": "x"}, "chat not found"),
            ("sendMessage", {"chat_id": 7, "text": " \n"}, "text is empty"),
            ("editMessageText", {"chat_id": 7, "message_id": 99, "text": "x"}, "message to edit not found"),
            ("deleteMessage", {"chat_id": 7, "message_id": 99}, "message to delete not found"),
        ],
    )
    async def test_what_the_platform_refuses(
        self, session: aiohttp.ClientSession, method: str, parameters: dict[str, Any], refusal: str
    ) -> None:
        async with serving(FakeTelegram()) as fake:
            fake.say(7, "hello")
            status, description = await Client(session, fake.server.url).call(method, **parameters)
            assert status == 400
            assert refusal in description

    async def test_length_counts_in_utf16(self, session: aiohttp.ClientSession) -> None:
        async with serving(FakeTelegram()) as fake:
            fake.say(7, "hello")
            client = Client(session, fake.server.url)
            status, _ = await client.call("sendMessage", chat_id=7, text="😀" * 2049)
            assert status == 400
            assert (await client.call("sendMessage", chat_id=7, text="😀" * 2048))["message_id"] == 2

    @pytest.mark.skipif(not spec.methods(), reason="the platform's description does not lie beside the repository")
    def test_requests_are_held_to_the_platforms_description(self) -> None:
        assert spec.complaint("sendMessage", {"chat_id": 7, "text": "x"}) == ""
        assert "unknown parameter" in spec.complaint("sendMessage", {"chat_id": 7, "text": "x", "colour": 1})
        assert "required" in spec.complaint("sendMessage", {"chat_id": 7})
        assert "is no Integer" in spec.complaint("editMessageText", {"message_id": "x", "text": "x"})
        button = {"text": "Stop", "callback_data": "stop"}
        for keyboard, right in (([[button]], True), ([button], False), ([[{**button, "colour": 1}]], False)):
            sent = {"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": keyboard}}
            assert (spec.complaint("sendMessage", sent) == "") is right
        scoped = {"commands": '[{"command":"a","description":"b"}]', "scope": '{"type":"chat","chat_id":5}'}
        assert spec.complaint("setMyCommands", scoped) == ""
        assert "is no Array of BotCommand" in spec.complaint("setMyCommands", {"commands": '[{"command":"a"}]'})

    async def test_a_verdict_finds_what_is_wrong(self, session: aiohttp.ClientSession) -> None:
        async with serving(FakeTelegram()) as fake:
            client = Client(session, fake.server.url)
            for mark in ("#a", "#b", "#c"):
                fake.say(7, f"{mark}?")
            for text in ("echo #b: x", "echo #a: x", "echo #a: y", "…", "Sorry."):
                await client.call("sendMessage", chat_id=7, text=text)
            verdict = fake.books.verdict()
            assert verdict.unanswered == ["#c"]
            assert verdict.answered_twice == ["#a"]
            assert verdict.out_of_order == [7]
            assert verdict.orphans == [(7, 7)]
            assert verdict.other == ["Sorry."]
            assert not verdict.good

    def test_limits_hold_a_burst_then_the_rate(self) -> None:
        limits = Limits(overall=30, chat=1, burst_s=3)
        taken = [limits.take(1, 0.0) for _ in range(5)]
        assert taken == [0, 0, 0, 0, 1]
        assert limits.take(2, 0.0) == 0
        assert limits.take(1, 1.0) == 0

    def test_it_is_steered_from_another_process(self) -> None:
        command = [sys.executable, "-m", "tests.wire.fakes.telegram", "--options", '{"limits":{"scale":10}}']
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            asyncio.run(self._steer(url))
            process.terminate()
            assert process.wait(60) == 0

    async def _steer(self, url: str) -> None:
        async with aiohttp.ClientSession() as session:
            await session.post(f"{url}/_fake/say", json={"chat": 7, "text": "#a"})
            await session.post(f"{url}/_fake/script", json={"method": "getMe", "kinds": ["500"]})
            async with session.post(f"{url}/bot1:x/getMe") as answer:
                assert answer.status == 500
            async with session.get(f"{url}/_fake/books") as answer:
                books = await answer.json()
            assert books["verdict"]["unanswered"] == ["#a"]
            assert books["faults"] == [["getMe", "500"]]


class TestModel:
    async def test_the_answer_is_a_function_of_the_question(self, session: aiohttp.ClientSession) -> None:
        async with serving(FakeModel(chunks=6)) as fake:
            words, usage = await Client(session, fake.server.url).ask(
                "[quoted] #p1-2: how?", stream_options={"include_usage": True}
            )
            assert words == fake.answer("#p1-2") == "echo #p1-2: the quick brown fox jumps over a lazy dog end #p1-2"
            assert usage is not None
            assert (usage["prompt_tokens"], usage["completion_tokens"]) == fake.billed()

    async def test_output_is_capped(self, session: aiohttp.ClientSession) -> None:
        async with serving(FakeModel(chunks=20)) as fake:
            words, _ = await Client(session, fake.server.url).ask("#a", max_tokens=2 * CHUNK_TOKENS)
            assert words == "echo #a: the quick"
            assert fake.calls[0].finish == "length"

    async def test_who_leaves_midway_is_billed_for_what_was_made(self, session: aiohttp.ClientSession) -> None:
        async with serving(FakeModel(chunks=50, between_s=0.1)) as fake:
            asking = asyncio.create_task(Client(session, fake.server.url).ask("#a"))
            await until(lambda: fake.calls and fake.calls[0].completion_tokens)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            (call,) = fake.calls
            await until(lambda: call.gone)
            assert 0 < call.completion_tokens < 50 * CHUNK_TOKENS
            assert call.finish == ""

    async def test_each_fault_shows(self, session: aiohttp.ClientSession) -> None:
        async with serving(FakeModel()) as fake:
            client = Client(session, fake.server.url)
            fake.faults.script("completion", "429", "500", "cut", "drop", "no_usage")
            for error in (aiohttp.ClientResponseError,) * 2 + (aiohttp.ClientPayloadError, aiohttp.ClientError):
                with pytest.raises(error):
                    await client.ask("#a")
            assert (await client.ask("#a", stream_options={"include_usage": True}))[1] is None
            assert [call.completion_tokens for call in fake.calls] == [0, 0, 50, 0, 100]

    async def test_chance_is_seeded(self) -> None:
        plan = Plan(seed=3, chances={"429": 0.3, "500": 0.2})
        first, second = (FakeModel(faults=plan) for _ in range(2))
        draws = [[fake.faults.draw("completion") for _ in range(50)] for fake in (first, second)]
        assert draws[0] == draws[1]
        assert {"429", "500", ""} == set(draws[0])


def test_the_bench_measures_a_bare_bot() -> None:
    figures = measure(
        bare_bot("aiohttp"), people=3, messages=20, warmup=1, between_s=0.005, bot_cpu=None, world_cpu=None
    )
    assert (figures["messages"], figures["unanswered"], figures["answered_twice"]) == (60, 0, 0)
    assert figures["cpu_ms_a_message"] > 0
