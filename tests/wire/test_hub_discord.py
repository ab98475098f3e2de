"""The real hub and the real discord.py, over sockets, between a Discord and a model of our own.

The time scale: everything that Discord's documentation allows in a second is allowed SCALE times here, and the hub's
pace is set by the same figure. The window of the overall limit stays one second long: a scaled one would be shorter
than what a busy machine holds a process up.
"""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bench.hub_under_test import SECRETS, write_settings
from channels.discord.channel import PACE
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import GUILD, TOKEN
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.hub_process import HubProcess

pytestmark = [pytest.mark.wire, pytest.mark.long]

SCALE = 10
OVERALL = 50 * SCALE
"""Requests of a bot in a second."""
BUCKET = (5, 5.0 / SCALE)
"""Sends, and edits, in one channel."""
FAULTS = Plan(
    seed=7,
    chances={"429": 0.02, "drop_before": 0.02, "drop_after": 0.02, "500": 0.01, "duplicate": 0.1, "gateway_drop": 0.02},
    retry_after_s=0.2,
)
FIRST_CHAT = 700_000_000_000_000_000
PRIVATE, THREADS = 160, 40
MESSAGES = {FIRST_CHAT + number: 2 if number % 8 else 3 for number in range(PRIVATE + THREADS)}
"""How much each person writes, by chat."""
TOTAL = sum(MESSAGES.values())
HURRIED = 30
"""People who write on while the hub is down."""


class People:
    """Each waits for an answer before they write on. A part of them sits in threads of a server."""

    def __init__(self, discord: FakeDiscord) -> None:
        self._discord = discord
        self._left = dict(MESSAGES)
        self._threads = set(list(self._left)[PRIVATE:])
        for thread in self._threads:
            discord.open_thread(str(thread))
        self.answered: set[str] = set()
        self._answered_chats: set[int] = set()
        self.all_met, self.all_answered = asyncio.Event(), asyncio.Event()
        discord.on_shown = self._shown

    def start(self) -> None:
        chance = random.Random(7)
        for chat in self._left:
            asyncio.get_running_loop().call_later(chance.uniform(0, 1), self._say, chat)

    def hurry(self) -> None:
        """Some write on before they were answered."""
        for chat in [chat for chat, left in self._left.items() if left][-HURRIED:]:
            self._say(chat)

    def _say(self, chat: int) -> None:
        if self._left[chat]:
            self._left[chat] -= 1
            number = MESSAGES[chat] - self._left[chat]
            guild = GUILD if chat in self._threads else None
            text = f"#p{chat}-{number}: how long does an order take?"
            self._discord.say(chat, text, person=str(chat + 5_000), guild=guild)

    def _shown(self, chat: int, _: int, text: str) -> None:
        _, end, mark = text.rpartition(" end ")
        if end and mark not in self.answered:
            self.answered.add(mark)
            self._answered_chats.add(chat)
            asyncio.get_running_loop().call_soon(self._say, chat)
            if self._answered_chats == self._left.keys():
                self.all_met.set()
            if len(self.answered) == TOTAL:
                self.all_answered.set()


def settings_for(folder: Path, discord: FakeDiscord, model: FakeModel) -> Path:
    path = write_settings(folder, telegram=discord.api_url, model=f"{model.server.url}/v1")
    text = path.read_text(encoding="utf-8").replace("[channels.telegram]", "[channels.discord]")
    text = text.replace("BENCH_TELEGRAM_TOKEN", "DISCORD_TOKEN").replace(
        'serves = ["telegram"]', 'serves = ["discord"]'
    )
    lines = [line for line in text.splitlines() if not line.startswith("pace")]
    at = lines.index("[channels.discord]") + 1
    lines[at:at] = [
        f'gateway_url = "{discord.gateway_url}"',
        f"pace = {{ overall = {PACE.overall * SCALE}, chat = {SCALE}, group = {SCALE} }}",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def under_way_at_the_kill(folder: Path) -> int:
    """Sendings of which the hub lists that their process ended meanwhile."""
    with closing(sqlite3.connect(folder / "var" / "hub.db")) as database:
        [(number,)] = database.execute("SELECT COUNT(*) FROM orphan WHERE reason LIKE 'its process ended%'")
    return int(number)


async def until(true: Callable[[], object]) -> None:
    while not true():
        await asyncio.sleep(0.02)


async def test_every_message_is_answered_once_and_in_order_whatever_goes_wrong(tmp_path: Path) -> None:
    discord, model = FakeDiscord(faults=FAULTS, bucket=BUCKET), FakeModel(first_s=0.3, between_s=0.055)
    people = People(discord)
    async with serving(discord), serving(model):
        hub = HubProcess(settings_for(tmp_path, discord, model), {**SECRETS, "DISCORD_TOKEN": TOKEN})
        hub.start()
        try:
            async with asyncio.timeout(240):
                await until(lambda: discord.gateway.identified)
                people.start()
                await people.all_met.wait()
                hub.kill()
                await hub.ended()
                not_told = len(discord.not_told)
                people.hurry()
                hub.start()
                await people.all_answered.wait()
            hub.terminate()
            assert await hub.ended() == 0
            assert hub.defects() == []
        finally:
            hub.end()
            print(hub.log.read_text(encoding="utf-8")[-3000:])

    verdict = discord.books.verdict()
    assert verdict.good, verdict
    assert verdict.other == []
    # Some placeholders were under way when the process was killed, and are listed; others had lost their answers and
    # were due again.
    assert len(verdict.orphans) <= under_way_at_the_kill(tmp_path) + not_told
    assert len(discord.books.said) == TOTAL
    assert discord.complaints == []
    assert discord.refused == 0
    assert _busiest_second(discord) <= OVERALL
    assert {kind for _, kind in discord.faults.struck} == set(FAULTS.chances)
    assert discord.gateway.resumed
    assert discord.books.calls["history"] >= HURRIED
    assert any(len(set(shown.texts)) > 2 for shown in discord.books.shown.values())  # placeholder, growth, answer
    assert {each["name"] for each in discord.commands} >= {"help", "new", "stop", "why"}


def _busiest_second(discord: FakeDiscord) -> int:
    """The most requests within any second."""
    last = most = 0
    for first, moment in enumerate(discord.arrivals):
        while last < len(discord.arrivals) and discord.arrivals[last] < moment + 1:
            last += 1
        most = max(most, last - first)
    return most
