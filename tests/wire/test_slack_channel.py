"""The Slack channel listening, with the real SDK, against a Slack of our own: both ways in."""

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
from starlette.applications import Starlette

from channels.slack.channel import BadSecret, SlackChannel
from hub import channel as port
from hub.errors import TrunklineError
from hub.messages import Conversation, Exchange, Target
from hub.web.server import serve
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import BOT_TOKEN, BOT_USER, TEAM, FakeSlack, ts_of
from tests.wire.fakes.slack_delivery import SIGNING_SECRET, signed
from tests.wire.memory_hub import MemoryHub, until
from tests.wire.slack_listener import ROOM, SOMEBODY, channel_on, ended, listening

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


BOTH_WAYS = pytest.mark.parametrize("way", [{}, {"signing_secret": SIGNING_SECRET}], ids=["socket", "http"])


class TestListening:
    @BOTH_WAYS
    async def test_messages_arrive_in_order_and_once(self, fake: FakeSlack, way: dict[str, str]) -> None:
        hub = MemoryHub()
        async with channel_on(fake, **way) as channel, listening(channel, hub, fake):
            for number in range(20):
                fake.say(SOMEBODY, f"#{number}")
                if way:  # over HTTP each is a request of its own: Slack itself waits for nothing
                    await until(lambda number=number: len(hub.texts) == number + 1)
            await until(lambda: len(hub.texts) == 20)
        assert hub.texts == [f"#{number}" for number in range(20)]
        assert len(hub.batches) == 20

    @BOTH_WAYS
    async def test_what_the_hub_did_not_take_is_not_acknowledged_and_comes_again(
        self, fake: FakeSlack, way: dict[str, str]
    ) -> None:
        hub = MemoryHub()
        hub.failures = [TrunklineError("The disk is full."), RuntimeError("a bug")]
        async with channel_on(fake, **way) as channel, listening(channel, hub, fake):
            fake.say(SOMEBODY, "one")
            await until(lambda: hub.texts)
        assert len(hub.batches) == 3
        if way:
            assert fake.response_codes == [500, 500, 200]

    @BOTH_WAYS
    async def test_the_acknowledgement_waits_for_the_hub(self, fake: FakeSlack, way: dict[str, str]) -> None:
        hub = MemoryHub()
        hub.takes.clear()
        async with channel_on(fake, **way) as channel, listening(channel, hub, fake):
            fake.say(SOMEBODY, "one")
            envelope = fake.event({"type": "app_mention", "channel": "C1", "ts": "1.000001", "user": "U1", "text": "x"})
            await until(lambda: len(hub.batches))
            assert (envelope.acked, hub.texts) == (0, [])
            hub.takes.set()
            await until(lambda: envelope.acked)
            assert "x" in hub.texts

    async def test_a_mention_comes_as_two_events_and_is_one_message(
        self, fake: FakeSlack, channel: SlackChannel
    ) -> None:
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            ts = fake.next_ts()
            fake.say(ROOM, f"<@{BOT_USER}> hello", kind="channel", ts=ts)
            fake.say(ROOM, f"<@{BOT_USER}> hello", kind="channel", ts=ts, type="app_mention")
            await until(lambda: len(hub.batches) == 2)
        (message,) = hub.messages.values()
        assert (message.text, message.addressed) == ("hello", True)
        assert message.conversation == Conversation("slack", "main", "C00000900", ts, TEAM, private=False)

    async def test_a_thread_that_the_bot_is_in_is_addressed(self, fake: FakeSlack, channel: SlackChannel) -> None:
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            root = ts_of(fake.say(ROOM, f"<@{BOT_USER}> hello", kind="channel"))
            await until(lambda: len(hub.texts) == 1)
            fake.say(ROOM, "and more", kind="channel", thread_ts=root)
            fake.say(ROOM, "elsewhere", kind="channel", thread_ts="1.000001")
            fake.say(ROOM, "to nobody", kind="channel")
            await until(lambda: len(hub.texts) == 4)
            hub.past = [Exchange("1", "hello", 0)]  # as after a restart: only the hub remembers
            fake.say(ROOM, "long ago", kind="channel", thread_ts="2.000001")
            await until(lambda: len(hub.texts) == 5)
        assert [m.addressed for m in hub.messages.values()] == [True, True, False, False, True]
        first, second, *_ = hub.messages.values()
        assert first.conversation == second.conversation

    async def test_a_button_a_command_and_a_reaction(self, fake: FakeSlack, channel: SlackChannel) -> None:
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            number = fake.say(ROOM, f"<@{BOT_USER}> hello", kind="channel")
            await until(lambda: hub.texts)
            (message,) = hub.messages.values()
            part = await channel.placeholder(Target(message.conversation, ts_of(number)))
            container = {"type": "message", "message_ts": part, "channel_id": "C00000900", "thread_ts": ts_of(number)}
            sent = [
                fake.press(
                    {
                        "type": "block_actions",
                        "team": {"id": TEAM},
                        "user": {"id": "U1", "team_id": TEAM},
                        "container": container,
                        "channel": {"id": "C00000900"},
                        "actions": [{"action_id": "hub_stop", "block_id": "b", "type": "button", "action_ts": "5.1"}],
                    }
                ),
                fake.event(
                    {
                        "type": "reaction_added",
                        "user": "U1",
                        "reaction": "+1::skin-tone-2",
                        "item_user": BOT_USER,
                        "item": {"type": "message", "channel": "C00000900", "ts": part},
                        "event_ts": "6.1",
                    }
                ),
                fake.command(
                    {
                        "command": "/hub",
                        "text": "usage",
                        "team_id": TEAM,
                        "user_id": "U1",
                        "channel_id": "D00000077",
                        "trigger_id": "1.2.abc",
                    }
                ),
            ]
            await until(lambda: all(envelope.acked for envelope in sent))
        assert {(p.action, p.part_id, p.conversation) for p in hub.presses} == {
            ("stop", part, message.conversation),
            ("good", part, message.conversation),
        }
        assert hub.texts == ["hello", "!hub usage"]

    async def test_profiles_are_fetched_once_and_hint_at_later_messages(
        self, fake: FakeSlack, channel: SlackChannel
    ) -> None:
        fake.profiles["U00000077"] = {"tz": "Europe/Rome", "locale": "it-IT", "profile": {"display_name": "First"}}
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            fake.say(SOMEBODY, "one")
            await until(lambda: fake.books.calls["users.info"] and hub.texts)
            await until(lambda: channel._people._known)
            fake.say(SOMEBODY, "two")
            await until(lambda: len(hub.texts) == 2)
        first, second = hub.messages.values()
        assert (first.hints.time_zone, first.sender.name) == ("", "")
        assert (second.hints.time_zone, second.hints.locale, second.sender.name) == ("Europe/Rome", "it-IT", "First")
        assert fake.books.calls["users.info"] == 1

    @pytest.mark.parametrize("how", ["refresh_requested", "warning", "cut"])
    async def test_a_lost_connection_is_made_anew_and_nothing_is_lost(
        self, fake: FakeSlack, channel: SlackChannel, how: str
    ) -> None:
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            for number in range(12):
                fake.say(SOMEBODY, f"#{number}")
                if number == 4:
                    if how == "cut":
                        fake.cut()
                    else:
                        await fake.disconnect(how)
                await asyncio.sleep(0.02)
            await until(lambda: len(hub.texts) == 12)
            assert fake.connections >= 2
        assert set(hub.texts) == {f"#{number}" for number in range(12)}

    async def test_a_slack_that_is_away_at_first_is_waited_for(
        self, fake: FakeSlack, caplog: pytest.LogCaptureFixture
    ) -> None:
        naps: list[float] = []

        async def nap(seconds: float) -> None:
            naps.append(seconds)
            await asyncio.sleep(0)

        fake.faults.script("auth.test", "500", "429", "refuse invalid_auth")
        hub = MemoryHub()
        async with channel_on(fake, sleep=nap) as channel, listening(channel, hub, fake):
            fake.say(SOMEBODY, "one")
            await until(lambda: hub.texts)
        assert naps[:3] == [1.0, 2.0, 4.0]
        assert len([r for r in caplog.records if "does not listen yet" in r.getMessage()]) == 1


class TestHttp:
    async def test_only_slack_is_heard(self, fake: FakeSlack) -> None:
        hub = MemoryHub()
        body = b'{"type":"url_verification","challenge":"c42","token":"t"}'
        async with (
            channel_on(fake, signing_secret=SIGNING_SECRET) as channel,
            listening(channel, hub, fake),
            aiohttp.ClientSession() as session,
        ):

            async def post(body: bytes, headers: dict[str, str]) -> tuple[int, str]:
                kind = {"Content-Type": "application/json"}
                async with session.post(fake.events_url, data=body, headers=headers | kind) as answer:
                    return answer.status, await answer.text()

            assert (await post(body, {}))[0] == 401
            assert (await post(body, signed("another secret", body)))[0] == 401
            assert (await post(body + b" ", signed(SIGNING_SECRET, body)))[0] == 401
            assert (await post(body, signed(SIGNING_SECRET, body, at_s=1531420618)))[0] == 401
            status, text = await post(body, signed(SIGNING_SECRET, body))
            assert (status, "c42" in text) == (200, True)
            garbage = b"{"
            assert (await post(garbage, signed(SIGNING_SECRET, garbage)))[0] in (400, 503, 404)
        assert len(hub.batches) == 0

    async def test_before_the_hub_is_there_nothing_is_acknowledged(self, fake: FakeSlack) -> None:
        async with channel_on(fake, signing_secret=SIGNING_SECRET) as channel:
            base: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            task = asyncio.create_task(serve(channel.routes(), "127.0.0.1", 0, started=base.set_result))
            fake.events_url = f"{await base}/slack/events"
            fake.say(SOMEBODY, "too early")
            await until(lambda: fake.response_codes)
            await ended([task])
        assert fake.response_codes[0] == 503

    def test_each_account_has_an_address_of_its_own(self) -> None:
        channel = SlackChannel(BOT_TOKEN, signing_secret="s", account="sales")
        assert Starlette(routes=channel.routes()).url_path_for("take") == "/slack/sales/events"
        assert SlackChannel(BOT_TOKEN, app_token="xapp-1").routes() == []

    @pytest.mark.parametrize("secrets", [{}, {"signing_secret": " "}, {"app_token": "a", "signing_secret": "b"}])
    def test_a_blank_secret_does_not_start(self, secrets: dict[str, str]) -> None:
        with pytest.raises(BadSecret):
            SlackChannel(BOT_TOKEN, **secrets)


async def test_no_secret_is_ever_shown(fake: FakeSlack, caplog: pytest.LogCaptureFixture, target: Target) -> None:
    errors: list[BaseException] = []
    with caplog.at_level(logging.DEBUG):
        hub = MemoryHub()
        hub.failures = [RuntimeError("a bug")]
        async with channel_on(fake) as channel, listening(channel, hub, fake, caught_up=False):
            await until(lambda: hub.texts)
            fake.cut()
            for fault in ("refuse invalid_auth", "500", "429", "drop_before", "text"):
                fake.faults.script("chat.postMessage", fault)
                with pytest.raises(port.ChannelError) as raised:
                    await channel.placeholder(target)
                errors.append(raised.value)
            await until(lambda: fake.connections >= 2)
    shown = caplog.text + "".join(str(s) for e in errors for s in (e, e.__cause__, e.__context__))
    assert caplog.records
    assert "do-not-show" not in shown


async def test_duplicates_change_nothing() -> None:
    plan = Plan(seed=5, chances={"duplicate": 0.4})
    async with serving(FakeSlack(faults=plan)) as fake, channel_on(fake) as channel:
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            for number in range(40):
                fake.say(SOMEBODY, f"#{number}")
            await until(lambda: len(hub.batches) == 40 + fake.repeated)
        assert fake.repeated > 5
        assert hub.texts == [f"#{number}" for number in range(40)]
