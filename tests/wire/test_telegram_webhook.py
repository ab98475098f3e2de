"""The webhook: what Telegram brings is stored before 200 is answered, in order, and nobody else brings anything."""

import asyncio
import contextlib
import io
import logging
from collections.abc import AsyncIterator, Sequence

import aiohttp
import pytest

from channels.telegram.channel import TelegramChannel
from channels.telegram.updates import ALLOWED
from channels.telegram.webhook import BODY_AT_MOST
from hub.errors import TrunklineError
from hub.messages import Message
from hub.web.server import serve
from tests.ports import free_port
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.process import serving
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.fakes.telegram_webhook import SECRET_HEADER
from tests.wire.memory_hub import MemoryHub, Naps, until
from tests.wire.test_telegram_channel import SOMEBODY, TOKEN

pytestmark = pytest.mark.wire

SECRET = "a-secret_TOKEN-0123456789"


@contextlib.asynccontextmanager
async def called(
    fake: FakeTelegram, desk: MemoryHub, *, port: int = 0, secret: str = SECRET, naps: Naps | None = None
) -> AsyncIterator[TelegramChannel]:
    """A hub's channel behind a real HTTP server, listening."""
    port = port or free_port()
    channel = TelegramChannel(
        TOKEN,
        api_url=fake.server.url,
        webhook_url=f"http://127.0.0.1:{port}",
        webhook_secret=secret,
        sleep=naps or asyncio.sleep,
    )
    started = asyncio.Event()
    server = asyncio.create_task(serve(channel.routes(), "127.0.0.1", port, started=lambda _: started.set()))
    await started.wait()
    listening = asyncio.create_task(channel.listen(desk))
    try:
        yield channel
    finally:
        for task in (listening, server):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await channel.close()


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with serving(FakeTelegram(token=TOKEN)) as fake:
        yield fake


async def test_what_waited_and_what_comes_is_brought_in_order(fake: FakeTelegram) -> None:
    desk = MemoryHub()
    fake.say(SOMEBODY, "while you were away")
    async with called(fake, desk):
        await until(lambda: desk.texts)
        for number in range(20):
            fake.say(SOMEBODY, f"#{number}")
        await until(lambda: len(desk.texts) == 21)
    assert desk.texts == ["while you were away", *(f"#{number}" for number in range(20))]
    assert fake.books.calls["getUpdates"] == 0
    assert set(fake.webhook_settings["allowed_updates"]) == set(ALLOWED)
    assert fake.webhook_settings["secret_token"] == SECRET


async def test_duplicates_change_nothing() -> None:
    plan = Plan(seed=3, chances={"duplicate": 0.5}, at_most=50)
    async with serving(FakeTelegram(token=TOKEN, faults=plan)) as fake:
        desk = MemoryHub()
        async with called(fake, desk):
            await until(lambda: fake.webhook)
            for number in range(40):
                fake.say(SOMEBODY, f"#{number}")
            await until(lambda: len(desk.texts) == 40 and fake.caller and not fake.caller.waiting)
        assert desk.texts == [f"#{number}" for number in range(40)]
        assert len(desk.batches) > 45


async def test_what_the_hub_does_not_take_comes_again_and_is_told_of_once(
    fake: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    desk = MemoryHub()
    async with called(fake, desk):
        await until(lambda: fake.webhook)
        desk.failures = [TrunklineError("The disk is full."), RuntimeError("a bug")]
        fake.say(SOMEBODY, "one")
        fake.say(SOMEBODY, "two")
        await until(lambda: len(desk.texts) == 2)
        assert fake.caller
        assert fake.caller.statuses == [503, 503, 200, 200]
    assert desk.batches == [["one"]] * 3 + [["two"]]
    assert len([r for r in caplog.records if "Telegram keeps them" in r.getMessage()]) == 1


async def test_200_is_answered_only_when_the_hub_has_it(fake: FakeTelegram) -> None:
    stored = asyncio.Event()

    class SlowHub(MemoryHub):
        async def accept(self, messages: Sequence[Message]) -> None:
            await super().accept(messages)
            await stored.wait()

    desk = SlowHub()
    async with called(fake, desk):
        fake.say(SOMEBODY, "one")
        await until(lambda: desk.batches and fake.caller)
        assert fake.caller
        assert fake.caller.statuses == []
        stored.set()
        await until(lambda: fake.caller and fake.caller.statuses == [200])


def update(number: int, text: str) -> dict[str, object]:
    person = {"id": SOMEBODY, "is_bot": False, "first_name": "Person"}
    chat = {"id": SOMEBODY, "type": "private"}
    return {
        "update_id": number,
        "message": {"message_id": number, "date": 1, "chat": chat, "from": person, "text": text},
    }


async def test_calls_of_one_chat_at_once_keep_their_order_also_when_one_fails(fake: FakeTelegram) -> None:
    class HeldHub(MemoryHub):
        def __init__(self) -> None:
            super().__init__()
            self.let_go = asyncio.Event()

        async def accept(self, messages: Sequence[Message]) -> None:
            await self.let_go.wait()
            await super().accept(messages)

    desk = HeldHub()
    async with called(fake, desk) as channel, aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as session:
        await until(lambda: fake.webhook)
        assert channel._webhook
        lines = channel._webhook._lines

        async def bring(number: int) -> int:
            async with session.post(fake.webhook, json=update(number, f"#{number}")) as answer:
                return answer.status

        async def all_at_once() -> list[int]:
            desk.let_go.clear()
            calls = []
            for number in range(1, 7):
                calls.append(asyncio.create_task(bring(number)))
                await until(lambda number=number: lines and lines[str(SOMEBODY)].waiting == number)
            desk.let_go.set()
            return await asyncio.gather(*calls)

        desk.failures = [TrunklineError("The disk is full.")]
        # What came while the first waited is refused with it: none overtakes it.
        assert await all_at_once() == [503] * 6
        assert await all_at_once() == [200] * 6
        assert lines == {}
    assert desk.batches == [["#1"], *([f"#{number}"] for number in range(1, 7))]


@pytest.mark.parametrize("secret", [None, "", "another", SECRET + "x", "é"])
async def test_who_does_not_know_the_secret_brings_nothing(
    fake: FakeTelegram, caplog: pytest.LogCaptureFixture, secret: str | None
) -> None:
    desk = MemoryHub()
    async with called(fake, desk), aiohttp.ClientSession() as session:
        await until(lambda: fake.webhook)
        headers = {} if secret is None else {SECRET_HEADER: secret}
        for number in (1, 2):
            async with session.post(fake.webhook, json=update(number, "hello"), headers=headers) as answer:
                assert answer.status == 401
    assert desk.batches == []
    assert len([r for r in caplog.records if "without the secret token" in r.getMessage()]) == 1
    assert SECRET not in caplog.text


async def test_a_body_that_is_too_large_or_no_update_is_refused(fake: FakeTelegram) -> None:
    desk = MemoryHub()
    async with called(fake, desk), aiohttp.ClientSession(headers={SECRET_HEADER: SECRET}) as session:
        await until(lambda: fake.webhook)
        async with session.post(fake.webhook, data=io.BytesIO(b"x" * (BODY_AT_MOST + 1))) as answer:
            assert answer.status == 413
        # It would come again for ever: it is passed over.
        async with session.post(fake.webhook, data=b"no update") as answer:
            assert answer.status == 200
        async with session.get(fake.webhook) as answer:
            assert answer.status == 405
    assert desk.batches == []


async def test_a_webhook_that_stands_is_not_set_again_and_another_secret_sets_it_anew(fake: FakeTelegram) -> None:
    port = free_port()
    for secret, times in ((SECRET, 1), (SECRET, 1), ("another-secret", 2)):
        desk = MemoryHub()
        async with called(fake, desk, port=port, secret=secret):
            fake.say(SOMEBODY, "hello")
            await until(lambda desk=desk: desk.texts)
        assert fake.books.calls["setWebhook"] == times
    assert fake.webhook_settings["secret_token"] == "another-secret"
    assert "another-secret" not in fake.webhook


async def test_who_takes_the_webhook_away_is_told_of_and_it_is_set_again(
    fake: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    desk = MemoryHub()
    async with called(fake, desk, naps=Naps()):
        await until(lambda: fake.webhook)
        async with aiohttp.ClientSession() as session, session.post(f"{fake.server.url}/bot{TOKEN}/deleteWebhook"):
            pass
        fake.say(SOMEBODY, "hello")
        await until(lambda: desk.texts)
    assert len([r for r in caplog.records if "changed or removed the webhook" in r.getMessage()]) == 1


async def test_what_keeps_telegram_from_calling_is_told(fake: FakeTelegram, caplog: pytest.LogCaptureFixture) -> None:
    desk = MemoryHub()
    async with called(fake, desk, naps=Naps()):
        await until(lambda: fake.webhook)
        assert fake.caller
        fake.caller.url = "http://127.0.0.1:1/nowhere"
        fake.say(SOMEBODY, "hello")
        await until(lambda: "last call failed" in caplog.text)
    assert "Connection refused" in caplog.text


async def test_an_address_that_telegram_refuses_is_told_with_its_reason(
    fake: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    desk = MemoryHub()
    fake.faults.script("setWebhook", "400 Bad Request: bad webhook: Failed to resolve host")
    async with called(fake, desk, naps=Naps()):
        fake.say(SOMEBODY, "hello")
        await until(lambda: desk.texts)
    assert "failed to resolve host" in caplog.text


async def test_something_else_than_the_bot_api_ends_nothing(
    fake: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    desk = MemoryHub()
    fake.faults.script("getMe", "html", "empty")
    fake.faults.script("getWebhookInfo", "empty")
    async with called(fake, desk, naps=Naps()):
        fake.say(SOMEBODY, "hello")
        await until(lambda: desk.texts)
    assert "is a proxy in between?" in caplog.text


async def test_polling_takes_over_from_a_webhook_and_loses_nothing(fake: FakeTelegram) -> None:
    desk = MemoryHub()
    async with called(fake, desk):
        await until(lambda: fake.webhook)
    fake.say(SOMEBODY, "nobody is there")
    channel = TelegramChannel(TOKEN, api_url=fake.server.url, poll_s=1, sleep=Naps())
    task = asyncio.create_task(channel.listen(desk))
    await until(lambda: desk.texts == ["nobody is there"])
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await channel.close()
    assert fake.webhook == ""


async def test_secrets_are_in_no_log(fake: FakeTelegram, caplog: pytest.LogCaptureFixture) -> None:
    desk = MemoryHub()
    with caplog.at_level(logging.DEBUG):
        async with called(fake, desk):
            fake.say(SOMEBODY, "hello")
            await until(lambda: desk.texts)
    assert SECRET not in caplog.text
    assert TOKEN not in caplog.text
