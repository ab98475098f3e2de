"""The bot that most people would write with python-telegram-bot: a placeholder, a streamed answer that grows by edits.

No store, no budgets, no retries: what it costs is what the SDK and the HTTP clients cost. `--transport httpx` is how
both come out of the box; `aiohttp` puts the faster transport under both.
"""

import httpx
from httpx_aiohttp import AiohttpTransport
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from bench.bare_answer import CONNECTIONS, options, parsed, question, read


class BareBot:
    """Answers every text with what the model says."""

    def __init__(self, model_url: str, transport: str, every_s: float) -> None:
        self._url = f"{model_url}/v1/chat/completions"
        self._every_s = every_s
        self._model = httpx.AsyncClient(transport=_fast() if transport == "aiohttp" else None, timeout=60)

    async def answer(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        chat = update.effective_chat
        message = update.effective_message
        assert chat is not None
        assert message is not None
        shown = await context.bot.send_message(chat.id, "…")

        async def show(text: str) -> None:
            await context.bot.edit_message_text(text, chat.id, shown.message_id)

        async with self._model.stream("POST", self._url, json=question(message.text or "")) as answer:
            answer.raise_for_status()
            text = await read(answer.aiter_lines(), show, self._every_s)
        await show(text)

    async def close(self, _: object) -> None:
        await self._model.aclose()


def _fast() -> AiohttpTransport:
    return AiohttpTransport(limits=httpx.Limits(max_connections=CONNECTIONS))


def _request(transport: str) -> HTTPXRequest:
    kwargs = {"transport": _fast()} if transport == "aiohttp" else {}
    return HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=30, httpx_kwargs=kwargs)


def main() -> None:
    parser = options("A bare python-telegram-bot bot, to compare with.", every_s=1.0)
    parser.add_argument("--transport", choices=["httpx", "aiohttp"], default="httpx")
    given = parsed(parser)
    bot = BareBot(given.model, given.transport, given.edit_every)
    application = (
        Application.builder()
        .token("4242:bare")
        .base_url(f"{given.platform}/bot")
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
