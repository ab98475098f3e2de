"""What people do with an answer on Discord, through the real hub: stop, ask again, react, take back, talk in groups."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench.hub_under_test import SECRETS
from tests.wire.discord_listener import ME, SOMEBODY
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import BOT, CHANNEL, GUILD, OTHER_THREAD, THREAD, TOKEN
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.hub_process import HubProcess
from tests.wire.memory_hub import until
from tests.wire.test_hub_discord import settings_for

pytestmark = pytest.mark.wire

SLOWLY_S = 1.0
"""Between two pieces of an answer that is to be stopped: no machine is so busy that it is whole before."""


class Talk:
    """A Discord with a hub behind it."""

    def __init__(self, discord: FakeDiscord, model: FakeModel, folder: Path) -> None:
        self.discord = discord
        self.model = model
        self._folder = folder

    def texts(self, chat: str) -> list[str]:
        return self.discord.books.answers(int(chat))

    async def ends(self, chat: str, mark: str) -> str:
        """The message with the whole answer to it."""

        def found() -> list[str]:
            shown = self.discord.books.shown.values()
            return [str(m.message_id) for m in shown if m.chat == int(chat) and m.texts[-1].endswith(f"end {mark}")]

        await until(found)
        return found()[-1]

    def stored(self, question: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self._folder / "var" / "hub.db") as database:
            return database.execute(question).fetchall()


@asynccontextmanager
async def talk(folder: Path) -> AsyncIterator[Talk]:
    discord, model = FakeDiscord(), FakeModel(first_s=0.1, between_s=0.02)
    async with serving(discord), serving(model):
        hub = HubProcess(settings_for(folder, discord, model), {**SECRETS, "DISCORD_TOKEN": TOKEN})
        hub.start()
        try:
            await until(lambda: discord.gateway.identified)
            yield Talk(discord, model, folder)
            hub.terminate()
            assert await hub.ended() == 0
            assert hub.defects() == []
        finally:
            hub.end()
            print(hub.log.read_text(encoding="utf-8")[-3000:])
    assert discord.complaints == []


def shown(talk: Talk, chat: str) -> Callable[[], object]:
    return lambda: talk.texts(chat)


async def test_in_private(tmp_path: Path) -> None:
    async with talk(tmp_path) as here:
        discord = here.discord
        # Stopped while it is made: the button below the placeholder, then the command.
        usual_s, here.model.between_s = here.model.between_s, SLOWLY_S
        for number, chat in enumerate(("700000000000000031", "700000000000000032")):
            discord.say(chat, f"#s{number}: tell me a long story")
            await until(shown(here, chat))
            (part,) = [str(m.message_id) for m in discord.books.shown.values() if m.chat == int(chat)]
            if number:
                discord.command(chat, "stop")
            else:
                discord.press(part, "hub:stop")
        await until(lambda: len(here.stored("SELECT id FROM reply WHERE state = 'delivered'")) == 2)
        # Taken back before its answer is there: nothing stays.
        erased = "700000000000000033"
        message = discord.say(erased, "#e: never mind")
        await until(shown(here, erased))
        discord.erase(message)
        await until(lambda: not here.texts(erased))
        here.model.between_s = usual_s
        # Rewritten after its answer; with a file.
        rewritten, with_file = "700000000000000034", "700000000000000035"
        first = discord.say(rewritten, "#b: a qestion")
        file = discord.attach("notes.txt", "text/plain", b"Painted in May.")
        discord.say(with_file, "#f: what does it say?", attachments=[file])
        await here.ends(rewritten, "#b")
        discord.rewrite(first, "#c: a question")
        # Answered, judged, asked again.
        discord.say(SOMEBODY, "#a: a question")
        answer = await here.ends(SOMEBODY, "#a")
        discord.react(answer, "👍")
        discord.press(answer, "hub:again")
        await until(lambda: here.discord.books.answers(int(SOMEBODY))[1:] and await_end(here))
        await until(lambda: here.stored("SELECT * FROM feedback"))
        await here.ends(rewritten, "#c")
        await here.ends(with_file, "#f")
        await until(lambda: not here.texts(erased))
        await asyncio.sleep(0.3)
        for number, chat in enumerate(("700000000000000031", "700000000000000032")):
            assert not any(text.endswith(f"end #s{number}") for text in here.texts(chat))
        assert all(each["acked"] for each in discord.interactions.values())


def await_end(here: Talk) -> bool:
    """Both answers stand there, whole."""
    return all(text.endswith("end #a") for text in here.texts(SOMEBODY))


async def test_among_others(tmp_path: Path) -> None:
    async with talk(tmp_path) as here:
        discord = here.discord
        discord.say(CHANNEL, "#n1: among ourselves", guild=GUILD)
        discord.say(OTHER_THREAD, "#n2: not for you", guild=GUILD)
        discord.say(CHANNEL, f"{ME} #m: for you", guild=GUILD, mentions=[BOT])
        discord.say(THREAD, "#t: in the thread", guild=GUILD)
        post = discord.post("#p: where is it?", f"{ME} please", mentions=[BOT])
        await here.ends(CHANNEL, "#m")
        await here.ends(THREAD, "#t")
        await here.ends(post, "#p")
        discord.say(post, "#q: and after that?", guild=GUILD)
        await here.ends(post, "#q")
        assert len(here.texts(CHANNEL)) == 1
        assert here.texts(OTHER_THREAD) == []
        kinds = [body for kind, body in discord.requests if kind == "create"]
        assert all(body["allowed_mentions"] == {"parse": []} for body in kinds)
