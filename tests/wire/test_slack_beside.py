"""Files, answers to one person alone, joins and removals, and several apps side by side."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from channels.slack.channel import SlackChannel
from hub import channel as port
from hub.commands import COMMANDS
from hub.messages import Attachment, Conversation, Target
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import BOT_USER, TEAM, FakeSlack
from tests.wire.memory_hub import MemoryHub, until
from tests.wire.slack_listener import ROOM, SOMEBODY, channel_on, listening

pytestmark = pytest.mark.wire

PICTURE = Attachment("image", "cat.png", "image/png", 9, "F1")


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlack]:
    async with serving(FakeSlack()) as fake:
        yield fake
        assert fake.complaints == []
        assert fake.double_acks == 0


@pytest.fixture
async def channel(fake: FakeSlack) -> AsyncIterator[SlackChannel]:
    async with channel_on(fake, commands=COMMANDS) as channel:
        yield channel


class TestFiles:
    async def test_a_file_beside_a_message_is_fetched_from_slack(self, fake: FakeSlack, channel: SlackChannel) -> None:
        fake.files.add("F1", b"meow", f"{fake.server.url}/files/F1")
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            file = {"id": "F1", "name": "cat.png", "mimetype": "image/png", "size": 4, "url_private": "http://evil/"}
            fake.say(SOMEBODY, "what is this?", subtype="file_share", files=[file])
            await until(lambda: hub.texts)
        (message,) = hub.messages.values()
        (attachment,) = message.attachments
        assert isinstance(channel, port.Fetches)
        assert await channel.fetch(attachment, 4) == b"meow"
        with pytest.raises(port.Refused, match="more than 3 bytes"):
            await channel.fetch(attachment, 3)

    async def test_a_file_that_is_larger_than_it_says_is_cut_off(self, fake: FakeSlack, channel: SlackChannel) -> None:
        fake.files.add("F1", b"x" * 500_000, f"{fake.server.url}/files/F1", size=3)
        with pytest.raises(port.Refused, match="more than 1000 bytes"):
            await channel.fetch(PICTURE, 1000)

    @pytest.mark.parametrize(
        ("more", "kind"),
        [
            ({"url_private": "https://files.example/F1"}, port.Refused),
            ({"url_private": "http://files.slack.com/F1"}, port.Refused),
            ({"url_private": "https://a:b@files.slack.com/F1"}, port.Refused),
            ({"url_private": "https://files.slack.com.example/F1"}, port.Refused),
            ({"url_private": "/files/F1"}, port.Refused),
            ({"url_private": ""}, port.Refused),
            ({"is_external": True}, port.Refused),
            ({"mode": "external"}, port.Refused),
            ({"mode": "tombstone"}, port.Gone),
        ],
    )
    async def test_what_is_not_on_slacks_file_host_is_not_asked_for(
        self, fake: FakeSlack, channel: SlackChannel, more: dict[str, Any], kind: type[port.ChannelError]
    ) -> None:
        fake.files.add("F1", b"meow", f"{fake.server.url}/files/F1", **more)
        with pytest.raises(kind):
            await channel.fetch(PICTURE, 100)

    async def test_where_the_host_leads_elsewhere_nobody_follows(self, fake: FakeSlack, channel: SlackChannel) -> None:
        fake.files.add("F1", b"meow", f"{fake.server.url}/moved/F1")
        with pytest.raises(port.Refused, match="302"):
            await channel.fetch(PICTURE, 100)

    async def test_a_sign_in_page_is_no_file(self, fake: FakeSlack, channel: SlackChannel) -> None:
        fake.files.add("F1", b"meow", f"{fake.server.url}/files/F1")
        fake.files._token = "another"
        with pytest.raises(port.Forbidden, match="files:read"):
            await channel.fetch(PICTURE, 100)

    async def test_an_unknown_file_is_refused(self, channel: SlackChannel) -> None:
        with pytest.raises(port.ChannelError):
            await channel.fetch(PICTURE, 100)


class TestForOnePersonAlone:
    def command(self, fake: FakeSlack, text: str, **more: str) -> Target:
        """A person gives it in a channel; where its answer goes."""
        fake.command(
            {
                "command": "/hub",
                "text": text,
                "team_id": TEAM,
                "user_id": "U1",
                "channel_id": f"C{ROOM:08d}",
                "trigger_id": "1.2.abc",
                "response_url": f"{fake.server.url}/commands/w1",
            }
            | more
        )
        where = Conversation("slack", "main", f"C{ROOM:08d}", workspace=TEAM, private=False)
        return Target(where, "1.2.abc@U1")

    async def answer(self, channel: SlackChannel, target: Target, *texts: str) -> None:
        for text in texts:
            part = await channel.placeholder(target)
            await channel.typing(target)
            await channel.edit(target, part, text[:3], final=False)
            await channel.edit(target, part, text, final=True)

    async def test_a_command_in_a_channel(self, fake: FakeSlack, channel: SlackChannel) -> None:
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            target = self.command(fake, "why")
            await until(lambda: hub.texts)
            await self.answer(channel, target, "Because <here>.")
            await channel.remove(target, target.reply_to)
        (message,) = hub.messages.values()
        assert (message.text, message.platform_id) == ("!hub why", target.reply_to)
        assert fake.responses.shown == [("w1", "Because &lt;here&gt;.")]
        assert fake.books.shown == {}

    async def test_a_shortcut(self, fake: FakeSlack, channel: SlackChannel) -> None:
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            sent = fake.press(
                {
                    "type": "message_action",
                    "callback_id": "hub_ask",
                    "trigger_id": "1.2.abc",
                    "action_ts": "5.1",
                    "team": {"id": TEAM},
                    "user": {"id": "U1", "team_id": TEAM},
                    "channel": {"id": f"C{ROOM:08d}"},
                    "message": {"type": "message", "user": "U2", "ts": "4.000001", "text": "How long?"},
                    "response_url": f"{fake.server.url}/commands/w2",
                }
            )
            await until(lambda: sent.acked)
            (message,) = hub.messages.values()
            await self.answer(channel, Target(message.conversation, message.platform_id), "Two days.")
        assert (message.quoted, message.conversation.thread) == ("How long?", "U1")
        assert fake.responses.shown == [("w2", "Two days.")]

    async def test_beyond_five_parts_another_way_is_taken(self, fake: FakeSlack, channel: SlackChannel) -> None:
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            target = self.command(fake, "how long?")
            await until(lambda: hub.texts)
            await self.answer(channel, target, *"abcdefg")
        assert fake.responses.shown == [*(("w1", part) for part in "abcde"), ("U1", "f"), ("U1", "g")]

    async def test_after_a_restart_the_person_is_still_known(self, fake: FakeSlack, channel: SlackChannel) -> None:
        target = Target(Conversation("slack", "main", f"C{ROOM:08d}", private=False), "1.2.abc@U1")
        await self.answer(channel, target, "Late.")
        assert fake.responses.shown == [("U1", "Late.")]

    async def test_an_address_elsewhere_is_not_used(self, fake: FakeSlack, channel: SlackChannel) -> None:
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            target = self.command(fake, "why", response_url="https://hooks.example/commands/w1")
            await until(lambda: hub.texts)
            await self.answer(channel, target, "x")
        assert fake.responses.shown == [("U1", "x")]

    async def test_what_slack_says_to_a_response(
        self, fake: FakeSlack, channel: SlackChannel, caplog: pytest.LogCaptureFixture
    ) -> None:
        hub = MemoryHub()
        async with listening(channel, hub, fake):
            target = self.command(fake, "why")
            await until(lambda: hub.texts)
            fake.responses.failing = [429]
            with pytest.raises(port.RetryAfter) as raised:
                await channel.edit(target, target.reply_to, "x", final=True)
            assert raised.value.seconds == 2
            fake.responses.failing = [500]
            with caplog.at_level(logging.WARNING):
                await channel.edit(target, target.reply_to, "x", final=True)  # it may be there: not sent again
            assert "may not have been shown" in caplog.text
            fake.responses.failing = [404]
            await channel.edit(target, target.reply_to, "y", final=True)
        assert fake.responses.shown == [("U1", "y")]


async def test_joins_and_removals_are_told_once_each(fake: FakeSlack, channel: SlackChannel) -> None:
    hub = MemoryHub()
    async with listening(channel, hub, fake):
        joined = {"type": "member_joined_channel", "user": BOT_USER, "channel": "C1", "inviter": "U1"}
        sent = [fake.event(joined), fake.event({"type": "channel_left", "channel": "C1", "actor_id": "U1"})]
        await until(lambda: all(envelope.acked for envelope in sent))
    assert [(m.conversation.chat, m.joined, m.by.id) for m in hub.memberships] == [
        ("C1", True, "U1"),
        ("C1", False, "U1"),
    ]
    assert len({m.event_id for m in hub.memberships}) == 2


async def test_two_apps_side_by_side() -> None:
    async with serving(FakeSlack()) as one, serving(FakeSlack()) as two:
        hub = MemoryHub()
        async with (
            channel_on(one, account="support") as support,
            channel_on(two, account="sales") as sales,
            listening(support, hub, one),
            listening(sales, hub, two),
        ):
            ts = one.next_ts()
            one.say(SOMEBODY, "to support", ts=ts)
            two.say(SOMEBODY, "to sales", ts=ts)  # the same chat and time in another workspace
            await until(lambda: len(hub.messages) == 2)
            for account, channel in (("support", support), ("sales", sales)):
                target = Target(Conversation("slack", account, "D00000077"), ts)
                await channel.edit(target, await channel.placeholder(target), f"from {account}", final=True)
        assert one.books.answers(SOMEBODY) == ["from support"]
        assert two.books.answers(SOMEBODY) == ["from sales"]
    assert {m.conversation.account: m.text for m in hub.messages.values()} == {
        "support": "to support",
        "sales": "to sales",
    }
