"""The bot that most people would write with slack-bolt in Socket Mode: a post, a streamed answer that grows by updates.

Out of the box the SDK opens a connection for every request; with `--session` they share one pool.
"""

import asyncio
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bench.bare_answer import CONNECTIONS, Model, options, parsed
from tests.wire.fakes.slack import APP_TOKEN, BOT_TOKEN


async def serve(url: str, model_url: str, every_s: float, *, session: bool) -> None:
    """Answer every private message with what the model says."""
    model = Model(model_url, every_s)
    pool = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) if session else None
    app = AsyncApp(client=AsyncWebClient(BOT_TOKEN, base_url=url, session=pool))

    async def answer(event: dict[str, Any], client: AsyncWebClient) -> None:
        posted = await client.chat_postMessage(channel=event["channel"], text="…")

        async def show(text: str) -> None:
            await client.chat_update(channel=event["channel"], ts=posted["ts"], text=text)

        await show(await model.ask(event["text"], show))

    app.event("message")(answer)
    handler = AsyncSocketModeHandler(app, APP_TOKEN, web_client=app.client)
    await handler.connect_async()
    await asyncio.Event().wait()


def main() -> None:
    parser = options("A bare slack-bolt bot, to compare with.", every_s=2.0)
    parser.add_argument("--session", action="store_true", help="one pool of connections for all requests")
    given = parsed(parser)
    asyncio.run(serve(given.platform, given.model, given.edit_every, session=given.session))


if __name__ == "__main__":
    main()
