"""The Discord channel, with the real SDK, against an HTTP API and a gateway of our own."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest

from channels.discord.channel import DiscordChannel
from hub import channel as port
from hub.channel import CommandSpec
from hub.messages import Conversation, Target
from tests.wire.discord_listener import COMMANDS, SOMEBODY, channel_on, listening
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import BOT, CHANNEL, GUILD, THREAD, TOKEN
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.process import serving
from tests.wire.memory_hub import MemoryHub, until

pytestmark = pytest.mark.wire


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with serving(FakeDiscord()) as fake:
        yield fake
        assert fake.complaints == []


@pytest.fixture
async def channel(fake: FakeDiscord) -> AsyncIterator[DiscordChannel]:
    async with channel_on(fake) as channel:
        yield channel


@pytest.fixture
def hub() -> MemoryHub:
    return MemoryHub()


@pytest.fixture
def target(fake: FakeDiscord) -> Target:
    return Target(Conversation("discord", "main", SOMEBODY), fake.say(SOMEBODY, "Hello"))


class TestCommands:
    async def test_a_command_is_acknowledged_and_answered_in_its_place(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            number = fake.command(SOMEBODY, "help")
            await until(lambda: hub.texts)
            (message,) = hub.messages.values()
            target = Target(message.conversation, message.platform_id)
            part = await channel.placeholder(target)
            await channel.typing(target)
            await channel.edit(target, part, "Ask me anything", final=True)
        assert (message.text, message.platform_id, message.hints.locale) == ("/help", number, "pt-BR")
        assert fake.books.answers(int(SOMEBODY)) == ["Ask me anything"]
        assert fake.messages[part].data["flags"] == 64
        assert fake.books.calls["create"] == 0

    async def test_further_parts_of_its_answer_are_for_the_same_eyes(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            number = fake.command(SOMEBODY, "help")
            await until(lambda: hub.texts)
            target = Target(Conversation("discord", "main", SOMEBODY), number)
            parts = [await channel.placeholder(target) for _ in range(3)]
            for part in parts:
                await channel.edit(target, part, f"part {parts.index(part)}", final=True)
            await channel.remove(target, parts[2])
            await channel.remove(target, parts[2])
        assert fake.books.answers(int(SOMEBODY)) == ["part 0", "part 1"]
        assert {fake.messages[part].data["flags"] for part in parts} == {64}
        assert fake.books.calls["create"] == 0

    async def test_a_token_that_discord_no_longer_takes(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            number = fake.command(SOMEBODY, "help")
            await until(lambda: hub.texts)
            await until(lambda: all(each["acked"] for each in fake.interactions.values()))
            fake.expire(number)
            target = Target(Conversation("discord", "main", SOMEBODY), number)
            await channel.edit(target, await channel.placeholder(target), "late", final=True)
        assert fake.books.answers(int(SOMEBODY)) == ["late"]
        assert fake.books.calls["create"] == 1

    async def test_after_its_token_a_command_is_answered_in_the_channel(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        async with listening(channel, hub, fake):
            number = fake.command(SOMEBODY, "help")
            await until(lambda: hub.texts)
            await until(lambda: all(each["acked"] for each in fake.interactions.values()))
            fake.interactions.clear()
            target = Target(Conversation("discord", "main", SOMEBODY), number)
            await channel.edit(target, await channel.placeholder(target), "late", final=True)
        assert fake.books.answers(int(SOMEBODY)) == ["late"]
        assert fake.books.calls["create"] == 1

    async def test_the_menu_is_overwritten_only_where_it_differs(self, fake: FakeDiscord, hub: MemoryHub) -> None:
        for _ in range(2):
            asked = fake.books.calls["commands"]
            async with channel_on(fake, commands=COMMANDS) as channel, listening(channel, hub, fake):
                await until(lambda asked=asked: fake.commands and fake.books.calls["commands"] > asked)
                await asyncio.sleep(0.05)
        assert [each["name"] for each in fake.commands] == ["help", "stop"]
        assert fake.books.calls["overwrite"] == 1
        assert fake.books.calls["commands"] == 2

    async def test_what_an_argument_can_be_is_offered_while_it_is_typed(
        self, fake: FakeDiscord, channel: DiscordChannel, hub: MemoryHub
    ) -> None:
        hub.suggestions = [f"eu-{number}" for number in range(30)] + ["us-west"]
        async with listening(channel, hub, fake):
            fake.type_argument(SOMEBODY, "region", "name", "eu")
            await until(lambda: fake.choices)
        assert fake.choices == [f"eu-{number}" for number in range(25)]
        assert hub.messages == {}

    async def test_translations_and_roles_reach_the_menu_and_are_known_again(
        self, fake: FakeDiscord, hub: MemoryHub
    ) -> None:
        commands = (
            CommandSpec("help", "What I can do", translations={"de": "Was ich kann"}),
            CommandSpec("region", "Where you are", "name", suggests=True),
            CommandSpec("report", "Figures", role="operator"),
        )
        for _ in range(2):
            asked = fake.books.calls["commands"]
            async with channel_on(fake, commands=commands) as channel, listening(channel, hub, fake):
                await until(lambda asked=asked: fake.commands and fake.books.calls["commands"] > asked)
                await asyncio.sleep(0.05)
        assert fake.commands[0]["description_localizations"] == {"de": "Was ich kann"}
        assert fake.commands[1]["options"][0]["autocomplete"] is True
        assert fake.commands[2]["default_member_permissions"] == "0"
        assert fake.books.calls["overwrite"] == 1


class TestSending:
    async def test_a_placeholder_becomes_the_answer(
        self, fake: FakeDiscord, channel: DiscordChannel, target: Target
    ) -> None:
        part = await channel.placeholder(target)
        await channel.typing(target)
        await channel.edit(target, part, "The answer", final=False)
        await channel.edit(target, part, "The answer is 42 \ud83d\0", final=True)
        await channel.edit(target, part, "The answer is 42 \ud83d\0", final=True)
        (shown,) = fake.books.shown.values()
        assert shown.texts == ["…", "The answer", *["The answer is 42 \ufffd"] * 2]
        assert fake.books.typing == {int(SOMEBODY): 1}
        kinds = dict(fake.requests)
        assert kinds["create"]["message_reference"] == {"message_id": target.reply_to, "fail_if_not_exists": False}
        assert kinds["create"]["allowed_mentions"] == kinds["edit"]["allowed_mentions"] == {"parse": []}
        assert [each["custom_id"] for each in kinds["edit"]["components"][0]["components"]] == [
            "hub:again",
            "hub:good",
            "hub:bad",
        ]

    async def test_buttons_stand_below_the_last_part_only(
        self, fake: FakeDiscord, channel: DiscordChannel, target: Target
    ) -> None:
        first, second = await channel.placeholder(target), await channel.placeholder(target)
        assert buttons(fake, first) == ["hub:stop"]
        await channel.edit(target, first, "one", final=False)
        assert buttons(fake, first) == ["hub:stop"]
        await channel.edit(target, first, "one", final=True, last=False)
        await channel.edit(target, second, "two", final=True, last=True)
        assert (buttons(fake, first), buttons(fake, second)) == ([], ["hub:again", "hub:good", "hub:bad"])

    async def test_a_lost_answer_to_a_send_is_not_sent_twice(
        self, fake: FakeDiscord, channel: DiscordChannel, target: Target
    ) -> None:
        fake.faults.script("create", "drop_after", "drop_before")
        for _ in range(2):
            with pytest.raises(port.Ambiguous):
                await channel.placeholder(target)
        first = await channel.placeholder(target)
        assert len(fake.books.shown) == 1
        second = await channel.placeholder(target)
        assert second != first
        assert len(fake.books.shown) == 2

    async def test_a_split_answer_is_taken_whole(
        self, fake: FakeDiscord, channel: DiscordChannel, target: Target
    ) -> None:
        text = "😀 many words, line after line\n" * 400
        for part_text in channel.split(text):
            await channel.edit(target, await channel.placeholder(target), part_text, final=True)
        assert "".join("".join(fake.books.answers(int(SOMEBODY))).split()) == "".join(text.split())

    async def test_a_message_is_removed_once(self, fake: FakeDiscord, channel: DiscordChannel, target: Target) -> None:
        part = await channel.placeholder(target)
        await channel.remove(target, part)
        await channel.remove(target, part)
        assert fake.books.answers(int(SOMEBODY)) == []

    async def test_a_thread_is_answered_in_the_thread(self, fake: FakeDiscord, channel: DiscordChannel) -> None:
        target = Target(Conversation("discord", "main", CHANNEL, THREAD, GUILD, private=False), "1")
        await channel.edit(target, await channel.placeholder(target), "here", final=True)
        assert fake.books.answers(int(THREAD)) == ["here"]

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            ("429", port.RetryAfter),
            ("drop_before", port.Ambiguous),
            ("drop_after", port.Ambiguous),
            ("500", port.Ambiguous),
            ("403 50007 Cannot send messages to this user", port.Forbidden),
            ("401 0 401: Unauthorized", port.Forbidden),
            ("404 10003 Unknown Channel", port.Gone),
            ("400 50035 Invalid Form Body", port.Refused),
        ],
    )
    async def test_each_failure_has_its_word(
        self, fake: FakeDiscord, channel: DiscordChannel, target: Target, fault: str, kind: type[port.ChannelError]
    ) -> None:
        part = await channel.placeholder(target)
        for name, send in {
            "create": lambda: channel.placeholder(target),
            "edit": lambda: channel.edit(target, part, "x", final=True),
            "typing": lambda: channel.typing(target),
        }.items():
            fake.faults.script(name, fault)
            with pytest.raises(port.ChannelError) as raised:
                await send()
            assert type(raised.value) is kind, name

    async def test_the_platforms_own_wait_is_told(self, target: Target, fake: FakeDiscord) -> None:
        fake.faults.set(Plan(retry_after_s=1.75))
        fake.faults.script("create", "429")
        async with channel_on(fake) as channel:
            with pytest.raises(port.RetryAfter) as raised:
                await channel.placeholder(target)
        assert raised.value.seconds == 1.75

    async def test_a_buckets_headers_are_kept_without_a_refusal(self) -> None:
        async with serving(FakeDiscord(bucket=(3, 0.3))) as fake, channel_on(fake) as channel:
            target = Target(Conversation("discord", "main", SOMEBODY), fake.say(SOMEBODY, "Hello"))
            for _ in range(8):
                await channel.placeholder(target)
            assert (fake.refused, len(fake.books.shown)) == (0, 8)

    async def test_a_server_that_is_away_is_unreachable(self, fake: FakeDiscord, target: Target) -> None:
        async with channel_on(fake) as channel:
            await fake.server.close()
            with pytest.raises(port.Unreachable):
                await channel.placeholder(target)
            await fake.server.start()


class TestProbe:
    async def test_it_says_who_answers(self, channel: DiscordChannel) -> None:
        assert await channel.probe() == "@fake answers, in 1 server"

    async def test_it_names_rights_that_are_missing_everywhere(
        self, fake: FakeDiscord, channel: DiscordChannel
    ) -> None:
        fake.permissions = 1 << 10
        with pytest.raises(port.Forbidden, match="Guild the bot lacks: Send Messages, Read Message History, Send"):
            await channel.probe()
        fake.permissions = 1 << 3
        assert await channel.probe() == "@fake answers, in 1 server"

    async def test_it_names_channels_that_are_shut(self, fake: FakeDiscord, channel: DiscordChannel) -> None:
        shut = [{"id": GUILD, "type": 0, "allow": "0", "deny": str((1 << 10) | (1 << 11))}]
        opened = [{"id": BOT["id"], "type": 1, "allow": str(1 << 10), "deny": "0"}]
        fake.gateway.guilds[0]["channels"] += [
            {"id": "5", "type": 0, "name": "secret", "permission_overwrites": [*shut, *opened]},
            {"id": "6", "type": 2, "name": "spoken", "permission_overwrites": shut},
        ]
        expected = "@fake answers, in 1 server; in Guild it lacks rights in #secret (Send Messages)"
        assert await channel.probe() == expected

    async def test_it_names_the_missing_intent(self, fake: FakeDiscord, channel: DiscordChannel) -> None:
        fake.content_allowed = False
        with pytest.raises(port.Forbidden, match="Message Content Intent is off"):
            await channel.probe()

    async def test_it_names_a_wrong_token(self, fake: FakeDiscord, channel: DiscordChannel) -> None:
        fake.token = "another"
        with pytest.raises(port.Forbidden, match="does not know the bot's token"):
            await channel.probe()


def buttons(fake: FakeDiscord, part: str) -> list[str]:
    return [each["custom_id"] for row in fake.messages[part].data["components"] for each in row["components"]]


async def test_no_token_is_ever_logged(fake: FakeDiscord, hub: MemoryHub, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        async with channel_on(fake) as channel, listening(channel, hub, fake):
            number = fake.command(SOMEBODY, "help")
            await until(lambda: hub.texts)
            target = Target(Conversation("discord", "main", SOMEBODY), number)
            for fault in ("drop_after", "429", "401 0 no", "400 50035 no"):
                fake.faults.script("original", fault)
                with contextlib.suppress(port.ChannelError):
                    await channel.placeholder(target)
            fake.gateway.drop()
            await until(lambda: fake.gateway.resumed)
    told = "\n".join(caplog.handler.format(each) for each in caplog.records if each.name != "aiohttp.access")
    assert "discord" in told
    assert TOKEN not in told
    assert [line for line in told.splitlines() if "secret-interaction-token" in line] == []
