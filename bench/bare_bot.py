"""The bot that most people would write with python-telegram-bot: a placeholder, a streamed answer, one edit.

No store, no budgets, no retries: what it costs is what the SDK and the HTTP clients cost. `--transport httpx` is how
both come out of the box; `aiohttp` puts the faster transport under both.
"""

import argparse
import json
import os

import httpx
from httpx_aiohttp import AiohttpTransport
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

CONNECTIONS = 256


class BareBot:
    """Answers every text with what the model says."""

    def __init__(self, model_url: str, transport: str) -> None:
        self._url = f"{model_url}/v1/chat/completions"
        self._model = httpx.AsyncClient(transport=_fast() if transport == "aiohttp" else None, timeout=60)

    async def answer(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        chat = update.effective_chat
        message = update.effective_message
        assert chat is not None
        assert message is not None
        shown = await context.bot.send_message(chat.id, "…")
        text = await self._ask(message.text or "")
        await context.bot.edit_message_text(text, chat.id, shown.message_id)

    async def _ask(self, question: str) -> str:
        body = {
            "model": "fake-model",
            "stream": True,
            "stream_options": {"include_usage": True},
            "messages": [
                {"role": "system", "content": "You are a helpful assistant."},
                {"role": "user", "content": question},
            ],
        }
        text = ""
        async with self._model.stream("POST", self._url, json=body) as answer:
            answer.raise_for_status()
            async for line in answer.aiter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    for choice in json.loads(line[6:])["choices"]:
                        text += choice["delta"].get("content") or ""
        return text

    async def close(self, _: object) -> None:
        await self._model.aclose()


def _fast() -> AiohttpTransport:
    return AiohttpTransport(limits=httpx.Limits(max_connections=CONNECTIONS))


def _request(transport: str) -> HTTPXRequest:
    kwargs = {"transport": _fast()} if transport == "aiohttp" else {}
    return HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=30, httpx_kwargs=kwargs)


def main() -> None:
    parser = argparse.ArgumentParser(description="A bare python-telegram-bot bot, to compare with.")
    parser.add_argument("--transport", choices=["httpx", "aiohttp"], default="httpx")
    parser.add_argument("--telegram", required=True, help="address of the Bot API server")
    parser.add_argument("--model", required=True, help="address of the model provider, without /v1")
    parser.add_argument("--cpu", type=int, help="the core to stay on")
    given = parser.parse_args()
    if given.cpu is not None:
        os.sched_setaffinity(0, {given.cpu})
    bot = BareBot(given.model, given.transport)
    application = (
        Application.builder()
        .token("4242:bare")
        .base_url(f"{given.telegram}/bot")
        .request(_request(given.transport))
        .get_updates_request(_request(given.transport))
        .concurrent_updates(True)
        .post_shutdown(bot.close)
        .build()
    )
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, bot.answer))
    application.run_polling()


if __name__ == "__main__":
    main()
