"""The Slack channel answering, with the real SDK, against a Slack of our own."""

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.slack.channel import SlackChannel
from hub import channel as port
from hub.messages import Conversation, Target
from tests.wire.fakes.limits import Limits
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import FakeSlack, ts_of
from tests.wire.slack_listener import SOMEBODY, channel_on

pytestmark = pytest.mark.wire


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    async with serving(FakeSlack(unacked_s=0.4)) as fake:
        yield fake
        assert fake.complaints == []
        assert fake.double_acks == 0


@pytest.fixture
async def channel(fake: FakeSlack) -> AsyncIterator[SlackChannel]:
    async with channel_on(fake) as channel:
        yield channel


@pytest.fixture
def target(fake: FakeSlack) -> Target:
    number = fake.say(SOMEBODY, "Hello")
    return Target(Conversation("slack", "main", "D00000077"), ts_of(number))


class TestSending:
    async def test_a_placeholder_becomes_the_answer_in_the_thread(
        self, fake: FakeSlack, channel: SlackChannel, target: Target
    ) -> None:
        seen: list[tuple[str, Any]] = []
        fake.on_call = lambda method, arguments: seen.append((method, arguments.get("thread_ts")))
        thread = Target(Conversation("slack", "main", "D00000077", "5.000001"), "5.000001")
        fake.faults.script("chat.startStream", "refuse channel_type_not_supported")
        part = await channel.placeholder(thread)
        await channel.typing(thread)
        await channel.typing(target)
        await channel.edit(thread, part, "The answer", final=False)
        await channel.edit(thread, part, "a < b & <!channel> <@U1> @here", final=True)
        (shown,) = fake.books.shown.values()
        assert shown.texts == [
            "…",
            "The answer",
            "a &lt; b &amp; &lt;!channel&gt; &lt;@U1&gt; @\N{WORD JOINER}here",
        ]
        assert seen[:2] == [("chat.postMessage", "5.000001"), ("assistant.threads.setStatus", "5.000001")]
        assert [status for *_, status in fake.statuses] == ["is writing…", ""]

    async def test_a_long_answer_is_taken_whole(self, fake: FakeSlack, channel: SlackChannel, target: Target) -> None:
        text = "<&> 😀 many words, line after line\n" * 900
        for part_text in channel.split(text):
            await channel.edit(target, await channel.placeholder(target), part_text, final=True)
        answers = "".join(fake.books.answers(SOMEBODY)).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        assert "".join(answers.split()) == "".join(text.split())
        assert channel.split(" \n") == ["…"]

    async def test_a_message_is_removed_once(self, fake: FakeSlack, channel: SlackChannel, target: Target) -> None:
        part = await channel.placeholder(target)
        await channel.remove(target, part)
        await channel.remove(target, part)
        assert fake.books.answers(SOMEBODY) == []

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            ("429", port.RetryAfter),
            ("drop_before", port.Ambiguous),
            ("drop_after", port.Ambiguous),
            ("500", port.Ambiguous),
            ("html", port.Ambiguous),
            ("text", port.Ambiguous),
            ("refuse internal_error", port.Ambiguous),
            ("refuse channel_not_found", port.Gone),
            ("refuse is_archived", port.Gone),
            ("refuse not_in_channel", port.Forbidden),
            ("refuse account_inactive", port.Forbidden),
            ("refuse token_revoked", port.Forbidden),
            ("refuse msg_too_long", port.Refused),
            ("refuse no_text", port.Refused),
        ],
    )
    async def test_each_failure_has_its_word_and_is_one_request(
        self, fake: FakeSlack, channel: SlackChannel, target: Target, fault: str, kind: type[port.ChannelError]
    ) -> None:
        part = await channel.placeholder(target)
        sends = {
            "chat.postMessage": lambda: channel.placeholder(target),
            "chat.update": lambda: channel.edit(target, part, "x", final=True),
            "chat.delete": lambda: channel.remove(target, part),
        }
        for method, send in sends.items():
            fake.faults.script(method, fault)
            before = fake.books.calls[method]
            with pytest.raises(port.ChannelError) as raised:
                await send()
            assert type(raised.value) is kind, method
            assert fake.books.calls[method] == before + 1
        assert "scope" not in str(raised.value)

    async def test_the_missing_scope_is_named(self, fake: FakeSlack, channel: SlackChannel, target: Target) -> None:
        fake.faults.script("chat.postMessage", "refuse missing_scope")
        with pytest.raises(port.Forbidden, match="lacks the scope users:read"):
            await channel.placeholder(target)

    async def test_slacks_own_wait_is_told(self, target: Target) -> None:
        limits = Limits(overall=30, chat=0.01, burst_s=100)
        async with serving(FakeSlack(strict=False, limits=limits)) as fake, channel_on(fake) as channel:
            for _ in range(2):
                await channel.placeholder(target)
            with pytest.raises(port.RetryAfter) as raised:
                await channel.placeholder(target)
        assert 10 < raised.value.seconds <= 100

    async def test_no_connection_means_that_nothing_left(self, fake: FakeSlack, target: Target) -> None:
        async with channel_on(fake) as channel:
            number = fake.server.port
            await fake.server.close()
            with pytest.raises(port.Unreachable):
                await channel.placeholder(target)
            await fake.server.start(number)

    async def test_updates_stay_within_their_tier(self) -> None:
        # 50 a minute at 60 times the speed: 300 growing edits within a second, of which the tier takes few.
        async with serving(FakeSlack(tiers=60, strict=False)) as fake:
            fake.say(SOMEBODY, "Hello")
            pace = port.Pace(overall=300, chat=1000, group=1000)
            async with channel_on(fake, pace=pace) as channel:
                target = Target(Conversation("slack", "main", "D00000077"), "1.1")
                part = await channel.placeholder(target)
                began_s = time.monotonic()
                for number in range(300):
                    await channel.edit(target, part, f"growing {number}", final=False)
                for number in range(30):
                    await channel.edit(target, part, f"final {number}", final=True)
            assert fake.complaints == []
            assert 30 < fake.books.calls["chat.update"] < 50 * (2 + time.monotonic() - began_s)
            assert fake.books.answers(SOMEBODY) == ["final 29"]


class TestProbe:
    async def test_who_answers(self, channel: SlackChannel) -> None:
        told = await channel.probe()
        assert told.startswith("@hub in Acme answers")
        assert "Event Subscriptions" in told  # no method of Slack's tells which events are subscribed

    async def test_missing_scopes_are_named_in_words(self, fake: FakeSlack, channel: SlackChannel) -> None:
        fake.scopes = fake.scopes.replace(",users:read", "")
        with pytest.raises(port.Forbidden, match=r"users:read \(to know a person's time zone\)"):
            await channel.probe()

    async def test_a_wrong_app_token_is_named(self, fake: FakeSlack) -> None:
        async with channel_on(fake, app_token="xapp-another") as channel:
            with pytest.raises(port.Forbidden, match="connections:write"):
                await channel.probe()
