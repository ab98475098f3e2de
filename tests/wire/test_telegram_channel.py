"""The Telegram channel, with the real SDK, against a Bot API server of our own."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Sequence

import pytest

from channels.telegram.channel import TelegramChannel
from channels.telegram.payloads import Update
from channels.telegram.updates import Event, Me, event_of
from hub import channel as port
from hub.errors import TrunklineError
from hub.messages import Conversation, Message, Target
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.limits import Limits
from tests.wire.fakes.process import serving
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.memory_hub import MemoryHub, Naps, until

pytestmark = pytest.mark.wire

TOKEN = "4242:AAE-do-not-show-this-token"
SOMEBODY = 77


@contextlib.asynccontextmanager
async def channel_on(fake: FakeTelegram, naps: Naps | None = None) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(TOKEN, api_url=fake.server.url, poll_s=1, sleep=naps or Naps())
    try:
        yield channel
    finally:
        await channel.close()


@contextlib.asynccontextmanager
async def listening(channel: TelegramChannel, hub: MemoryHub) -> AsyncIterator[None]:
    task = asyncio.create_task(channel.listen(hub))
    try:
        yield
    finally:
        assert not task.done(), "listen ended by itself"
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def fake() -> AsyncIterator[FakeTelegram]:
    async with serving(FakeTelegram(token=TOKEN)) as fake:
        yield fake


@pytest.fixture
async def channel(fake: FakeTelegram) -> AsyncIterator[TelegramChannel]:
    async with channel_on(fake) as channel:
        yield channel


@pytest.fixture
def target(fake: FakeTelegram) -> Target:
    number = fake.say(SOMEBODY, "Hello")
    return Target(Conversation("telegram", "main", str(SOMEBODY)), str(number))


class TestListening:
    async def test_what_was_said_before_and_after_the_start_arrives_in_order(
        self, fake: FakeTelegram, channel: TelegramChannel
    ) -> None:
        hub = MemoryHub()
        fake.say(SOMEBODY, "while you were away")
        async with listening(channel, hub):
            await until(lambda: hub.texts)
            fake.say(SOMEBODY, "and now")
            await until(lambda: len(hub.texts) == 2)
        assert hub.texts == ["while you were away", "and now"]

    async def test_a_batch_that_the_hub_did_not_take_comes_again(self, fake: FakeTelegram) -> None:
        hub, naps = MemoryHub(), Naps()
        hub.failures = [TrunklineError("The disk is full."), RuntimeError("a bug")]
        fake.say(SOMEBODY, "one")
        async with channel_on(fake, naps) as channel, listening(channel, hub):
            await until(lambda: hub.texts)
        assert hub.batches == [["one"]] * 3
        assert len(naps.taken) == 2

    async def test_a_message_is_not_confirmed_before_the_hub_has_it(self, fake: FakeTelegram) -> None:
        taken = asyncio.Event()

        class SlowHub(MemoryHub):
            async def accept(self, messages: Sequence[Message]) -> None:
                await super().accept(messages)
                await taken.wait()

        first, second = SlowHub(), MemoryHub()
        fake.say(SOMEBODY, "one")
        async with channel_on(fake) as channel, listening(channel, first):
            await until(lambda: first.batches)
        # The process died within accept; the next one is given the message again.
        async with channel_on(fake) as channel, listening(channel, second):
            await until(lambda: second.texts)
        assert second.texts == ["one"]

    async def test_duplicates_and_cut_polls_change_nothing(self) -> None:
        plan = Plan(seed=5, chances={"duplicate": 0.5, "drop_before": 0.1, "500": 0.1, "html": 0.1}, at_most=60)
        async with serving(FakeTelegram(token=TOKEN, faults=plan)) as fake, channel_on(fake) as channel:
            hub = MemoryHub()
            async with listening(channel, hub):
                for number in range(40):
                    fake.say(SOMEBODY, f"#{number}")
                    if number % 4 == 0:
                        await asyncio.sleep(0.02)
                await until(lambda: len(hub.texts) == 40)
            assert hub.texts == [f"#{number}" for number in range(40)]
            struck = {kind for _, kind in fake.faults.struck}
            assert {"duplicate"} < struck

    @pytest.mark.parametrize(
        "garbage",
        [
            b'{"update_id":700000002,"message":{"text":"do not log me"}}',
            b'{"update_id":700000002,"message":{"message_id":1,"date":"x","text":"do not log me"}}',
            b'"do not log me"',
            b'{"update_id":700000002,"poll_answer":{"user":7}}',
        ],
    )
    async def test_garbage_in_a_batch_is_passed_over(
        self, fake: FakeTelegram, channel: TelegramChannel, garbage: bytes, caplog: pytest.LogCaptureFixture
    ) -> None:
        hub = MemoryHub()
        fake.say(SOMEBODY, "before")
        fake.raw_update(garbage)
        fake.say(SOMEBODY, "after")
        async with listening(channel, hub):
            await until(lambda: len(hub.texts) == 2)
            fake.say(SOMEBODY, "later")
            await until(lambda: len(hub.texts) == 3)
        assert hub.batches == [["before", "after"], ["later"]]
        assert "do not log me" not in caplog.text

    async def test_garbage_alone_does_not_stall(self, fake: FakeTelegram, channel: TelegramChannel) -> None:
        hub = MemoryHub()
        async with listening(channel, hub):
            fake.say(SOMEBODY, "before")
            await until(lambda: len(hub.texts) == 1)
            fake.raw_update(b"[]")
            await until(lambda: fake.books.calls["getUpdates"] >= 3)
            fake.say(SOMEBODY, "after")
            await until(lambda: len(hub.texts) == 2)
        assert hub.texts == ["before", "after"]

    async def test_another_poller_is_named_once_and_polling_goes_on(
        self, fake: FakeTelegram, caplog: pytest.LogCaptureFixture
    ) -> None:
        hub, naps = MemoryHub(), Naps()
        conflict = (
            "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        fake.faults.script("getUpdates", *[conflict] * 3)
        fake.say(SOMEBODY, "one")
        with caplog.at_level(logging.INFO):
            async with channel_on(fake, naps) as channel, listening(channel, hub):
                await until(lambda: hub.texts)
                await until(lambda: "polling again" in caplog.text)
        warnings = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
        assert len(warnings) == 1
        assert "another process polls with the same token" in warnings[0]
        assert all(nap >= 10 for nap in naps.taken)

    async def test_two_real_pollers_both_live(self, fake: FakeTelegram) -> None:
        hub = MemoryHub()
        async with channel_on(fake) as one, channel_on(fake) as two, listening(one, hub), listening(two, hub):
            await until(lambda: fake.conflicts >= 2)
            fake.say(SOMEBODY, "who takes it?")
            await until(lambda: hub.texts)
        assert hub.texts == ["who takes it?"]

    async def test_a_wrong_token_is_told_once_and_tried_slowly(
        self, fake: FakeTelegram, caplog: pytest.LogCaptureFixture
    ) -> None:
        fake.token = "1:another"
        hub, naps = MemoryHub(), Naps()
        async with channel_on(fake, naps) as channel, listening(channel, hub):
            await until(lambda: len(naps.taken) >= 3)
            fake.token = TOKEN
            fake.say(SOMEBODY, "one")
            await until(lambda: hub.texts)
        assert [r.getMessage() for r in caplog.records if "does not know the token" in r.getMessage()] != []
        assert len([r for r in caplog.records if r.levelno == logging.WARNING]) == 1
        assert min(naps.taken) >= 60

    async def test_the_platforms_wait_is_kept(self) -> None:
        naps, hub = Naps(), MemoryHub()
        async with serving(FakeTelegram(token=TOKEN, faults=Plan(retry_after_s=17))) as fake:
            fake.faults.script("getUpdates", "429")
            fake.say(SOMEBODY, "one")
            async with channel_on(fake, naps) as channel, listening(channel, hub):
                await until(lambda: hub.texts)
        assert 17 <= naps.taken[0] <= 17 * 1.5

    async def test_a_webhook_in_the_way_is_removed_and_told(
        self, fake: FakeTelegram, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
    ) -> None:
        fake.webhook_settings = {"url": "https://old.example.com/hook"}
        fake.say(SOMEBODY, "kept behind the webhook")
        hub = MemoryHub()
        async with listening(channel, hub):
            await until(lambda: hub.texts)
        assert "a webhook is set" in caplog.text
        assert fake.webhook == ""

    async def test_without_a_webhook_none_is_removed(self, fake: FakeTelegram, channel: TelegramChannel) -> None:
        async with listening(channel, MemoryHub()):
            await until(lambda: fake.books.calls["getUpdates"])
        assert fake.books.calls["deleteWebhook"] == 0

    async def test_an_update_that_the_channel_trips_over_holds_up_nothing(
        self,
        fake: FakeTelegram,
        channel: TelegramChannel,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def tripping(update: Update, account: str, me: Me) -> Event | None:
            if update.message and update.message.text == "do not log me":
                raise RuntimeError("scripted")
            return event_of(update, account, me)

        monkeypatch.setattr("channels.telegram.intake.event_of", tripping)
        hub = MemoryHub()
        for text in ("before", "do not log me", "after"):
            fake.say(SOMEBODY, text)
        async with listening(channel, hub):
            await until(lambda: len(hub.texts) == 2)
        assert hub.texts == ["before", "after"]
        assert "is passed over" in caplog.text
        assert "do not log me" not in caplog.text

    async def test_something_else_than_the_bot_api_ends_nothing(
        self, fake: FakeTelegram, caplog: pytest.LogCaptureFixture
    ) -> None:
        hub = MemoryHub()
        fake.faults.script("getMe", "empty", "html")
        fake.faults.script("getWebhookInfo", "empty")
        fake.faults.script("getUpdates", "empty", "html")
        fake.say(SOMEBODY, "one")
        async with channel_on(fake, Naps()) as channel, listening(channel, hub):
            await until(lambda: hub.texts)
        assert "is a proxy in between?" in caplog.text

    async def test_a_server_that_is_away_comes_back(self, fake: FakeTelegram) -> None:
        hub, naps = MemoryHub(), Naps()
        port_number = fake.server.port
        async with channel_on(fake, naps) as channel, listening(channel, hub):
            await until(lambda: fake.books.calls["getUpdates"])
            await fake.server.close()
            fake.say(SOMEBODY, "said in the dark")
            await until(lambda: len(naps.taken) >= 3)
            await fake.server.start(port_number)
            await until(lambda: hub.texts)
        assert hub.texts == ["said in the dark"]


class TestSending:
    async def test_a_placeholder_becomes_the_answer(
        self, fake: FakeTelegram, channel: TelegramChannel, target: Target
    ) -> None:
        part = await channel.placeholder(target)
        await channel.typing(target)
        await channel.edit(target, part, "The answer", final=False)
        await channel.edit(target, part, "The answer is 42 \ud83d\0", final=True)
        await channel.edit(target, part, "The answer is 42 \ud83d\0", final=True)
        (shown,) = fake.books.shown.values()
        assert shown.texts == ["…", "The answer", "The answer is 42 \ufffd"]
        assert fake.books.typing == {SOMEBODY: 1}

    async def test_a_split_answer_is_taken_whole(
        self, fake: FakeTelegram, channel: TelegramChannel, target: Target
    ) -> None:
        text = "😀 many words, line after line\n" * 800
        for part_text in channel.split(text):
            await channel.edit(target, await channel.placeholder(target), part_text, final=True)
        assert "".join("".join(fake.books.answers(SOMEBODY)).split()) == "".join(text.split())

    async def test_nothing_to_say_still_fits(
        self, fake: FakeTelegram, channel: TelegramChannel, target: Target
    ) -> None:
        part = await channel.placeholder(target)
        (text,) = channel.split(" \n")
        await channel.edit(target, part, text, final=True)
        assert fake.books.answers(SOMEBODY) == ["…"]

    async def test_a_message_is_removed_once(
        self, fake: FakeTelegram, channel: TelegramChannel, target: Target
    ) -> None:
        part = await channel.placeholder(target)
        await channel.remove(target, part)
        await channel.remove(target, part)
        assert fake.books.answers(SOMEBODY) == []

    async def test_a_topic_is_answered_in_the_topic(self, fake: FakeTelegram, channel: TelegramChannel) -> None:
        seen: list[object] = []
        fake.say(SOMEBODY, "in a topic")
        fake.on_call = lambda method, parameters: seen.append((method, parameters.get("message_thread_id")))
        await channel.placeholder(Target(Conversation("telegram", "main", str(SOMEBODY), "9"), "1"))
        await channel.typing(Target(Conversation("telegram", "main", str(SOMEBODY), "9"), "1"))
        assert seen == [("sendMessage", 9), ("sendChatAction", 9)]

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            ("429", port.RetryAfter),
            ("drop_before", port.Ambiguous),
            ("drop_after", port.Ambiguous),
            ("500", port.Ambiguous),
            ("html", port.Ambiguous),
            ("403 Forbidden: bot was blocked by the user", port.Forbidden),
            ("401 Unauthorized", port.Forbidden),
            ("400 Bad Request: chat not found", port.Gone),
            ("400 Bad Request: message to edit not found", port.Gone),
            ("400 Bad Request: message is too long", port.Refused),
        ],
    )
    async def test_each_failure_has_its_word(
        self, fake: FakeTelegram, channel: TelegramChannel, target: Target, fault: str, kind: type[port.ChannelError]
    ) -> None:
        part = await channel.placeholder(target)
        sends = {
            "sendMessage": lambda: channel.placeholder(target),
            "editMessageText": lambda: channel.edit(target, part, "x", final=True),
            "sendChatAction": lambda: channel.typing(target),
            "deleteMessage": lambda: channel.remove(target, part),
        }
        for method, send in sends.items():
            fake.faults.script(method, fault)
            with pytest.raises(port.ChannelError) as raised:
                await send()
            assert type(raised.value) is kind, method

    async def test_a_lost_answer_leaves_a_message_that_the_bot_cannot_know(
        self, fake: FakeTelegram, channel: TelegramChannel, target: Target
    ) -> None:
        fake.faults.script("sendMessage", "drop_after", "drop_before")
        for _ in range(2):
            with pytest.raises(port.Ambiguous):
                await channel.placeholder(target)
        assert [shown.told for shown in fake.books.shown.values()] == [False]
        assert len(fake.books.verdict().orphans) == 1

    async def test_an_answer_that_takes_too_long_is_ambiguous(self, fake: FakeTelegram, target: Target) -> None:
        fake.faults.set(Plan(slow_s=5.0))
        fake.faults.script("sendMessage", "slow")
        async with channel_on(fake) as channel:
            channel._request._timeout = channel._request._timeout_for(1.0)
            with pytest.raises(port.Ambiguous):
                await channel.placeholder(target)

    async def test_no_connection_means_that_nothing_left(self, fake: FakeTelegram, target: Target) -> None:
        async with channel_on(fake) as channel:
            await fake.server.close()
            with pytest.raises(port.Unreachable):
                await channel.placeholder(target)
            await fake.server.start()

    async def test_the_platforms_limits_are_told_as_they_are(self, target: Target) -> None:
        limits = Limits(overall=30, chat=0.01, burst_s=100)
        async with serving(FakeTelegram(strict=False, limits=limits)) as fake, channel_on(fake) as channel:
            await channel.placeholder(target)
            await channel.placeholder(target)
            with pytest.raises(port.RetryAfter) as raised:
                await channel.placeholder(target)
        assert 10 < raised.value.seconds <= 100
        assert limits.refused == 1


async def test_the_token_is_never_shown(fake: FakeTelegram, caplog: pytest.LogCaptureFixture, target: Target) -> None:
    errors: list[BaseException] = []
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="telegram"):
        hub = MemoryHub()
        hub.failures = [RuntimeError("a bug")]
        async with channel_on(fake) as channel:
            async with listening(channel, hub):
                await until(lambda: hub.texts)
                for fault in ("401 Unauthorized", "404 Not Found", "500", "429", "drop_before", "400 Bad Request: no"):
                    fake.faults.script("sendMessage", fault)
                    with pytest.raises(port.ChannelError) as raised:
                        await channel.placeholder(target)
                    errors.append(raised.value)
                    fake.faults.script("getUpdates", fault)
                    asked = fake.books.calls["getUpdates"]
                    fake.say(SOMEBODY, "next")
                    await until(lambda asked=asked: fake.books.calls["getUpdates"] > asked)
            await fake.server.close()
            # Over a connection that was just cut, then over none.
            for _ in range(2):
                with pytest.raises((port.Ambiguous, port.Unreachable)) as raised:
                    await channel.placeholder(target)
                errors.append(raised.value)
            await fake.server.start()
    assert "getMe" in caplog.text  # the SDK does log, down to its debug lines
    assert TOKEN not in caplog.text
    assert not any(TOKEN in str(seen) for error in errors for seen in (error, error.__cause__, error.__context__))
