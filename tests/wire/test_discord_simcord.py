"""The channel against simcord, a Discord that others made: its payloads are read, its API takes what the channel sends.

simcord has no sockets: the channel's requests go to its HTTP client, its gateway's events are given to the reader.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import msgspec
import pytest
import simcord

from channels.discord.channel import DiscordChannel
from channels.discord.events import Choosing, Deleted, Event, Reader
from channels.discord.menu import menu_of, same
from channels.discord.session import intents
from hub.channel import CommandSpec
from hub.messages import Message, Press, Target
from tests.wire.fakes.discord_shapes import TOKEN

pytestmark = pytest.mark.wire


class Simulated:
    """One bot in simcord's Discord, without a hub."""

    def __init__(self, env: simcord.Env, channel: DiscordChannel, bot: discord.Client) -> None:
        self.env = env
        self.channel = channel
        assert bot.user is not None
        self.me = bot.user
        self.events: list[Event] = []
        self._reader = Reader("main")
        self._heard("READY", {"session_id": "s", "user": {"id": str(bot.user.id), "bot": True}, "guilds": []})
        env.backend.subscribers.append(self._heard)

    def _heard(self, kind: str, payload: Any) -> None:
        frame = json.dumps({"op": 0, "t": kind, "s": len(self.events), "d": payload}, default=dict)
        self.events += self._reader.read(frame)

        for event in self.events[-1:]:
            if event.ticket is not None and not isinstance(event.what, Choosing):
                self.channel._interactions.acknowledge(event.ticket)

    async def past(self, room: str, guild: str) -> list[Message]:
        page = await self.channel._rest.request(
            "GET", "/channels/{channel_id}/messages", channel_id=room, query={"after": "1", "limit": "100"}
        )
        oldest_first = sorted(page, key=lambda each: int(each["id"]))
        return [event.what for each in oldest_first for event in self._reader.read_past(each, guild)]

    async def commands(self, method: str, **more: Any) -> Any:
        application = str(self.env.backend.application_id)
        path = "/applications/{application_id}/commands"
        return await self.channel._rest.request(method, path, application_id=application, **more)

    def newest(self) -> Any:
        return self.events[-1].what

    async def answered(self, message: Message, text: str) -> str:
        target = Target(message.conversation, message.platform_id)
        part = await self.channel.placeholder(target)
        await self.channel.typing(target)
        await self.channel.edit(target, part, text, final=True)
        return part


COMMANDS = (
    CommandSpec("region", "Where you are", "name", suggests=True),
    CommandSpec("report", "Figures", role="owner"),
)


@asynccontextmanager
async def simulated() -> AsyncIterator[Simulated]:
    bot = discord.Client(intents=intents())
    channel = DiscordChannel(TOKEN)
    async with simcord.run(bot) as env:
        channel._rest._http = bot.http
        try:
            yield Simulated(env, channel, bot)
        finally:
            channel._rest._http = None
            await channel.close()


async def test_a_mention_is_answered_edited_judged_and_deleted() -> None:
    async with simulated() as sim:
        guild = sim.env.create_guild()
        room = guild.create_text_channel("general")
        alice = guild.add_member(sim.env.create_user("alice"))
        await alice.send(room, "among us")
        assert not sim.newest().addressed
        said = await alice.send(room, f"<@{sim.me.id}> hello")
        message = sim.newest()
        assert (message.text, message.addressed, message.conversation.workspace) == ("hello", True, str(guild.id))
        part = await sim.answered(message, "Good day")
        assert room.last_message.content == "Good day"
        assert room.last_message.reference.message_id == said.id
        await alice.click(room.last_message, custom_id="hub:good")
        assert isinstance(sim.newest(), Press)
        assert (sim.newest().action, sim.newest().part_id) == ("good", part)
        await alice.react(room.last_message, "👎")
        assert sim.newest().action == "bad"
        await alice.unreact(room.last_message, "👎")
        assert sim.newest().action == "none"
        await alice.edit(said, "hello again")
        assert (sim.newest().text, sim.newest().revision > 0) == ("hello again", True)
        await alice.delete(said)
        assert sim.newest() == Deleted(message.conversation, message.platform_id)
        await sim.channel.remove(Target(message.conversation, message.platform_id), part)
        assert room.last_message.content == "among us"


async def test_a_command_is_answered_for_one_pair_of_eyes() -> None:
    async with simulated() as sim:
        guild = sim.env.create_guild()
        room = guild.create_text_channel("general")
        alice = guild.add_member(sim.env.create_user("alice"))
        wanted = menu_of(COMMANDS)
        await sim.commands("PUT", json=wanted)
        assert same(wanted, await sim.commands("GET", query={"with_localizations": "true"}))
        asked = await alice.slash(room, "region", name="eu west")
        message = sim.newest()
        assert (message.text, message.hints.locale) == ("/region eu west", "en-US")
        await sim.answered(message, "Noted")
        assert asked.ephemeral
        with pytest.raises(simcord.SetupError, match="default-member-permissions"):
            await alice.slash(room, "report")


async def test_the_past_of_a_channel_reads_like_its_present() -> None:
    async with simulated() as sim:
        guild = sim.env.create_guild()
        room = guild.create_text_channel("general")
        alice = guild.add_member(sim.env.create_user("alice"))
        first = await alice.send(room, f"<@{sim.me.id}> one")
        await alice.send(room, "two", reply_to=first, attachments=[("a.png", b"png")])
        await alice.forward(first, room)
        live = [event.what for event in sim.events if isinstance(event.what, Message)]
        past = await sim.past(str(room.id), str(guild.id))
        assert past == [msgspec.structs.replace(each, caught_up=True) for each in live]
