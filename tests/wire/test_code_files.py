"""Long code as a file on the platforms' own terms: the whole hub's delivery, the real SDKs, platforms of our own."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from channels.discord.channel import DiscordChannel
from channels.telegram.channel import TelegramChannel
from hub import channel as port
from hub.agents.port import Done
from hub.config.settings import Serves
from hub.messages import Conversation, Message, Sender, Target
from hub.store import Database
from tests.pipeline.channel import ScriptedChannel
from tests.pipeline.hub import ScriptedHub, agent
from tests.pipeline.model import SHORT
from tests.wire import discord_listener
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import CHANNEL, GUILD
from tests.wire.fakes.process import serving
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.memory_hub import MemoryHub, Naps, until

pytestmark = pytest.mark.wire

TOKEN = "4242:AAE-do-not-show-this-token"
SOMEBODY = 77
CODE = "".join(f"line_{number} = {{'größe': {number}, 'who': '@everyone 👍'}}\n" for number in range(400))
FENCE = f"```python\n{CODE}```"
ANSWER = f"Here **it** is:\n\n{FENCE}\n\nRun it."
DISCORD, TELEGRAM = Conversation("discord", "main", CHANNEL, workspace=GUILD), Conversation("telegram", "main", "77")


@contextlib.asynccontextmanager
async def on_telegram() -> AsyncIterator[tuple[FakeTelegram, TelegramChannel]]:
    async with serving(FakeTelegram(token=TOKEN)) as fake, telegram_channel(fake) as channel:
        yield fake, channel
        assert fake.outside_the_spec == []


@contextlib.asynccontextmanager
async def telegram_channel(fake: FakeTelegram) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(TOKEN, api_url=fake.server.url, poll_s=1, sleep=Naps())
    try:
        yield channel
    finally:
        await channel.close()


@contextlib.asynccontextmanager
async def on_discord() -> AsyncIterator[tuple[FakeDiscord, DiscordChannel]]:
    async with serving(FakeDiscord()) as fake, discord_listener.channel_on(fake) as channel:
        yield fake, channel
        assert fake.complaints == []


def hub_of(database: Database, channel: TelegramChannel | DiscordChannel) -> ScriptedHub:
    hub = ScriptedHub(database, channel=cast(ScriptedChannel, channel), served=agent(serves=(Serves(channel.name),)))
    hub.near.will(ANSWER, Done("stop", SHORT))
    return hub


def asked(where: Conversation, number: int | str) -> Message:
    return Message(
        conversation=where, platform_id=str(number), sender=Sender("77"), text="Write it", sent_ms=1_700_000_000_000
    )


async def worked_off(hub: ScriptedHub, message: Message) -> None:
    await hub.say(message)
    await hub.work()


async def again_after_a_restart(database: Database, channel: TelegramChannel | DiscordChannel) -> None:
    later = hub_of(database, channel)
    await later.rested()
    await later.work()
    assert later.near.calls == []


class TestTelegram:
    async def test_the_code_is_a_file_on_the_answer_s_own_message(self, sqlite_database: Database) -> None:
        async with on_telegram() as (fake, channel):
            await worked_off(hub_of(sqlite_database, channel), asked(TELEGRAM, fake.say(SOMEBODY, "Write it")))
        (file,) = fake.sent_files.items()
        (chat, number), (kind, upload) = file
        assert (chat, kind, upload.name, upload.data.decode()) == (SOMEBODY, "document", "answer.py", CODE)
        before, shown, after = fake.books.answers(SOMEBODY)
        assert (before, shown, after) == ("Here it is:", "[document answer.py] answer.py", "Run it.")
        assert fake.entities[number] == [{"type": "code", "offset": 0, "length": 9}]
        assert fake.buttons[chat, number] == []
        assert fake.books.calls["editMessageMedia"] == 1

    async def test_buttons_stand_below_a_file_that_is_last(self, sqlite_database: Database) -> None:
        async with on_telegram() as (fake, channel):
            hub = ScriptedHub(
                sqlite_database, channel=cast(ScriptedChannel, channel), served=agent(serves=(Serves("telegram"),))
            )
            hub.near.will(FENCE, Done("stop", SHORT))
            await worked_off(hub, asked(TELEGRAM, fake.say(SOMEBODY, "Write it")))
        ((place, (_, upload)),) = fake.sent_files.items()
        assert upload.data.decode() == CODE
        assert fake.buttons[place] == ["again", "good", "bad"]

    async def test_the_same_edit_twice_is_one_file_and_what_grows_is_text(self) -> None:
        async with on_telegram() as (fake, channel):
            target = Target(TELEGRAM, str(fake.say(SOMEBODY, "Write it")))
            part = await channel.placeholder(target)
            await channel.edit(target, part, FENCE, final=False)
            assert fake.books.answers(SOMEBODY)[0].startswith("line_0 =")
            assert fake.buttons[SOMEBODY, int(part)] == ["stop"]
            await channel.edit(target, part, FENCE, final=True)
            await channel.edit(target, part, FENCE, final=True)
        assert list(fake.sent_files) == [(SOMEBODY, int(part))]
        assert fake.books.answers(SOMEBODY) == ["[document answer.py] answer.py"]

    @pytest.mark.parametrize(
        "refusal",
        [
            "400 Bad Request: not enough rights to send documents to the chat",
            "400 Bad Request: there is no media in the message to edit",
            "403 Forbidden: bot is not allowed to send documents",
        ],
    )
    async def test_where_no_file_is_taken_the_code_is_text_whole_and_once(
        self, sqlite_database: Database, refusal: str
    ) -> None:
        async with on_telegram() as (fake, channel):
            fake.faults.script("editMessageMedia", refusal)
            await worked_off(hub_of(sqlite_database, channel), asked(TELEGRAM, fake.say(SOMEBODY, "Write it")))
        assert fake.sent_files == {}
        before, *code, after = fake.books.answers(SOMEBODY)
        assert (before, after) == ("Here it is:", "Run it.")
        assert "\n".join(code) == CODE.rstrip()

    @pytest.mark.parametrize("fault", ["drop_after", "500"])
    async def test_a_lost_answer_is_asked_for_again(self, sqlite_database: Database, fault: str) -> None:
        async with on_telegram() as (fake, channel):
            fake.faults.script("editMessageMedia", fault)
            await worked_off(hub_of(sqlite_database, channel), asked(TELEGRAM, fake.say(SOMEBODY, "Write it")))
        assert fake.books.calls["editMessageMedia"] == 2
        assert [upload.data.decode() for _, upload in fake.sent_files.values()] == [CODE]
        assert len(fake.books.answers(SOMEBODY)) == 3

    @pytest.mark.parametrize("refused_then", [False, True])
    async def test_a_restart_between(self, sqlite_database: Database, refused_then: bool) -> None:
        """The file stands; the hub dies before it knows, and the next one may have lost the right to send it."""
        async with on_telegram() as (fake, channel):
            fake.faults.script("editMessageMedia", *["drop_after"] * 6)
            await worked_off(hub_of(sqlite_database, channel), asked(TELEGRAM, fake.say(SOMEBODY, "Write it")))
            assert len(fake.sent_files) == 1
            if refused_then:
                fake.faults.script("editMessageMedia", "400 Bad Request: not enough rights to send documents")
            async with telegram_channel(fake) as other:
                await again_after_a_restart(sqlite_database, other)
        before, *code, after = fake.books.answers(SOMEBODY)
        assert (before, after) == ("Here it is:", "Run it.")
        assert "\n".join(code) == (CODE.rstrip() if refused_then else "[document answer.py] answer.py")


class TestDiscord:
    async def test_the_code_is_a_file_on_the_answer_s_own_message(self, sqlite_database: Database) -> None:
        async with on_discord() as (fake, channel):
            await worked_off(hub_of(sqlite_database, channel), asked(DISCORD, fake.say(CHANNEL, "Write it")))
        before, shown, after = standing(fake)
        assert (before["content"], shown["content"], after["content"]) == (
            "Here **it** is:",
            "`answer.py`",
            "Run it.",
        )
        assert files_of(fake) == [("answer.py", CODE)]
        assert shown["components"] == []
        assert after["components"]

    async def test_the_same_edit_twice_is_one_file_and_what_grows_is_text(self) -> None:
        async with on_discord() as (fake, channel):
            target = Target(DISCORD, fake.say(CHANNEL, "Write it"))
            part = await channel.placeholder(target)
            await channel.edit(target, part, FENCE, final=False)
            assert fake.messages[part].data["content"].startswith("```python\nline_0 =")
            await channel.edit(target, part, FENCE, final=True)
            await channel.edit(target, part, FENCE, final=True)
            assert files_of(fake) == [("answer.py", CODE)]
            await channel.edit(target, part, "Withdrawn", final=True)
            assert files_of(fake) == []
            bodies = [body for kind, body in fake.requests if kind == "edit"]
            assert all(body["allowed_mentions"] == {"parse": []} for body in bodies)

    @pytest.mark.parametrize("refusal", ["403 50013 Missing Permissions", "413 40005 Request entity too large"])
    async def test_where_no_file_is_taken_the_code_is_text_whole_and_once(
        self, sqlite_database: Database, refusal: str
    ) -> None:
        async with on_discord() as (fake, channel):
            fake.faults.script("edit", *[""] * 1, refusal)
            await worked_off(hub_of(sqlite_database, channel), asked(DISCORD, fake.say(CHANNEL, "Write it")))
        assert files_of(fake) == []
        assert code_in(standing(fake)) == CODE.rstrip()

    async def test_a_restart_between(self, sqlite_database: Database) -> None:
        async with on_discord() as (fake, channel):
            fake.faults.script("edit", "", *["drop_after"] * 6)
            await worked_off(hub_of(sqlite_database, channel), asked(DISCORD, fake.say(CHANNEL, "Write it")))
            assert files_of(fake) == [("answer.py", CODE)]
            fake.faults.script("edit", "", "403 50013 Missing Permissions")
            async with discord_listener.channel_on(fake) as other:
                await again_after_a_restart(sqlite_database, other)
        assert files_of(fake) == []
        assert code_in(standing(fake)) == CODE.rstrip()

    async def test_a_command_s_answer_shows_a_file_to_who_asked(self) -> None:
        async with on_discord() as (fake, channel):
            hub = MemoryHub()
            async with discord_listener.listening(channel, hub, fake):
                interaction = fake.command(CHANNEL, "help")
                await until(lambda: hub.texts)
                target = Target(DISCORD, interaction)
                part = await channel.placeholder(target)
                await channel.edit(target, part, FENCE, final=True)
            assert fake.messages[part].data["flags"] & 64
            assert files_of(fake) == [("answer.py", CODE)]


def standing(fake: FakeDiscord) -> list[dict[str, Any]]:
    bot = fake.bot["id"]
    return [said.data for said in fake.messages.values() if said.data["author"]["id"] == bot and not said.deleted]


def files_of(fake: FakeDiscord) -> list[tuple[str, str]]:
    """Name and content of each that stands below a message of the bot's, as the file host has it."""
    found = [each for message in standing(fake) for each in message["attachments"]]
    return [(each["filename"], fake.files[each["url"].removeprefix(fake.server.url)].decode()) for each in found]


def code_in(messages: list[dict[str, Any]]) -> str:
    before, *code, after = (message["content"] for message in messages)
    assert (before, after) == ("Here **it** is:", "Run it.")
    bare = [each.removeprefix("```python\n").removesuffix("\n```") for each in code]
    return "\n".join(bare).replace("\u200b", "")


def test_both_say_that_they_show_files() -> None:
    assert issubclass(TelegramChannel, port.ShowsFiles)
    assert issubclass(DiscordChannel, port.ShowsFiles)
