"""A hub that only remembers, and the real Slack channel listening for it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from channels.slack.channel import SlackChannel
from hub import channel as port
from hub.web.server import serve
from tests.wire.fakes.slack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.wire.memory_hub import MemoryHub, until

SOMEBODY, ROOM = 77, 900
FAST = port.Pace(overall=3000, chat=1000, group=1000)


@contextlib.asynccontextmanager
async def channel_on(fake: FakeSlack, **more: Any) -> AsyncIterator[SlackChannel]:
    if "signing_secret" not in more:
        more.setdefault("app_token", APP_TOKEN)
    channel = SlackChannel(BOT_TOKEN, api_url=fake.api_url, **{"pace": FAST, "ping_s": 0.3, **more})
    try:
        yield channel
    finally:
        await channel.close()


@contextlib.asynccontextmanager
async def listening(
    channel: SlackChannel, hub: MemoryHub, fake: FakeSlack, *, caught_up: bool = True
) -> AsyncIterator[None]:
    """Listening by Socket Mode, or by HTTP where the channel has routes. `caught_up`: history is read by then."""
    async with contextlib.AsyncExitStack() as stack:
        tasks = [asyncio.create_task(channel.listen(hub))]
        if routes := channel.routes():
            base: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            tasks.append(asyncio.create_task(serve(routes, "127.0.0.1", 0, started=base.set_result)))
            fake.events_url = f"{await base}/slack/events"
            await until(lambda: channel._receiver().hub)
        else:
            await until(lambda: fake.connections)
        stack.push_async_callback(ended, tasks)
        if caught_up:
            await until(lambda: channel._backlog and channel._backlog._search is None)
        yield


async def ended(tasks: list[asyncio.Task[None]]) -> None:
    assert not any(task.done() for task in tasks), "listen ended by itself"
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
