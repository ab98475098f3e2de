"""The bot that most people would write with discord.py: a reply as placeholder, a streamed answer, growing edits."""

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bench.bare_answer import Model, options, parsed
from tests.wire.fakes.discord_shapes import TOKEN


class BareBot(discord.Client):
    """Answers every private message with what the model says. `cache`: keep messages and members, as by default."""

    def __init__(self, model_url: str, every_s: float, *, cache: bool) -> None:
        kept = {} if cache else {"max_messages": None, "member_cache_flags": discord.MemberCacheFlags.none()}
        intents = discord.Intents(guilds=True, messages=True, message_content=True)
        super().__init__(intents=intents, chunk_guilds_at_startup=False, **kept)
        self._model_url = model_url
        self._every_s = every_s

    async def setup_hook(self) -> None:
        self._model = Model(self._model_url, self._every_s)

    async def on_message(self, message: discord.Message) -> None:
        if message.author == self.user:
            return
        shown = await message.reply("…", mention_author=False)

        async def show(text: str) -> None:
            await shown.edit(content=text)

        await show(await self._model.ask(message.content, show))


def main() -> None:
    parser = options("A bare discord.py bot, to compare with.", every_s=1.25)
    parser.add_argument("--gateway", required=True, help="address of the gateway")
    parser.add_argument("--no-cache", action="store_true", help="keep neither messages nor members")
    given = parsed(parser)
    Route.BASE = given.platform
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(given.gateway)
    BareBot(given.model, given.edit_every, cache=not given.no_cache).run(TOKEN, log_handler=None)


if __name__ == "__main__":
    main()
