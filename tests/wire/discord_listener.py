"""The real Discord channel, listening for a hub on a Discord of our own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from channels.discord.channel import DiscordChannel
from hub.channel import CommandSpec
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import BOT, TOKEN
from tests.wire.memory_hub import MemoryHub, Naps, until

SOMEBODY = "700000000000000001"
"""Somebody's private chat with the bot."""
COMMANDS = (CommandSpec("help", "What I can do"), CommandSpec("stop", "End the answer", "which one", "everyone"))
ME = f"<@{BOT['id']}>"


@contextlib.asynccontextmanager
async def channel_on(
    fake: FakeDiscord,
    naps: Naps | None = None,
    commands: Sequence[CommandSpec] = (),
    *,
    token: str = TOKEN,
    account: str = "main",
) -> AsyncIterator[DiscordChannel]:
    channel = DiscordChannel(
        token,
        account=account,
        api_url=fake.api_url,
        gateway_url=fake.gateway_url,
        sleep=naps or Naps(),
        commands=commands,
    )
    try:
        yield channel
    finally:
        await channel.close()


@contextlib.asynccontextmanager
async def listening(channel: DiscordChannel, hub: MemoryHub, fake: FakeDiscord) -> AsyncIterator[None]:
    task = asyncio.create_task(channel.listen(hub))
    try:
        await until(lambda: fake.gateway.identified)
        yield
    finally:
        assert not task.done(), "listen ended by itself"
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
