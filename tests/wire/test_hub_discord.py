"""The real hub and the real discord.py, over sockets, between a Discord and a model of our own."""

import asyncio
import random
from pathlib import Path

import pytest

from bench.hub_under_test import SECRETS, write_settings
from tests.wire.fakes.discord import FakeDiscord
from tests.wire.fakes.discord_shapes import TOKEN
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.hub_process import HubProcess

pytestmark = pytest.mark.wire

FAULTS = Plan(
    seed=7,
    chances={"429": 0.03, "drop_before": 0.02, "drop_after": 0.02, "duplicate": 0.1, "gateway_drop": 0.03},
    retry_after_s=0.2,
)
FIRST_CHAT = 700_000_000_000_000_000
PEOPLE, MESSAGES = 50, 3


class People:
    """Each waits for an answer before they write on."""

    def __init__(self, discord: FakeDiscord) -> None:
        self._discord = discord
        self._left = dict.fromkeys(range(FIRST_CHAT, FIRST_CHAT + PEOPLE), MESSAGES)
        self._answered: set[str] = set()
        self.all_answered = asyncio.Event()
        discord.on_shown = self._shown

    def start(self) -> None:
        chance = random.Random(7)
        for chat in self._left:
            asyncio.get_running_loop().call_later(chance.uniform(0, 1), self._say, chat)

    def _say(self, chat: int) -> None:
        if self._left[chat]:
            self._left[chat] -= 1
            number = MESSAGES - self._left[chat]
            self._discord.say(chat, f"#p{chat}-{number}: how long does an order take?", person=str(chat + 5_000))

    def _shown(self, chat: int, _: int, text: str) -> None:
        _, end, mark = text.rpartition(" end ")
        if end and mark not in self._answered:
            self._answered.add(mark)
            asyncio.get_running_loop().call_soon(self._say, chat)
            if len(self._answered) == PEOPLE * MESSAGES:
                self.all_answered.set()


def settings_for(folder: Path, discord: FakeDiscord, model: FakeModel) -> Path:
    path = write_settings(folder, telegram=discord.api_url, model=f"{model.server.url}/v1")
    text = path.read_text(encoding="utf-8").replace("[channels.telegram]", "[channels.discord]")
    text = text.replace("BENCH_TELEGRAM_TOKEN", "DISCORD_TOKEN").replace(
        'serves = ["telegram"]', 'serves = ["discord"]'
    )
    path.write_text(text.replace("\npace", f'\ngateway_url = "{discord.gateway_url}"\npace', 1), encoding="utf-8")
    return path


async def test_every_message_is_answered_once_and_in_order_whatever_goes_wrong(tmp_path: Path) -> None:
    discord, model = FakeDiscord(faults=FAULTS), FakeModel()
    people = People(discord)
    async with serving(discord), serving(model):
        hub = HubProcess(settings_for(tmp_path, discord, model), {**SECRETS, "DISCORD_TOKEN": TOKEN})
        hub.start()
        try:
            async with asyncio.timeout(60):
                while not discord.gateway.identified:
                    await asyncio.sleep(0.02)
                people.start()
                await people.all_answered.wait()
            hub.terminate()
            assert await hub.ended() == 0
            assert hub.defects() == []
        finally:
            hub.end()
            print(hub.log.read_text(encoding="utf-8")[-3000:])

    verdict = discord.books.verdict()
    assert verdict.good, verdict
    assert (verdict.other, verdict.orphans) == ([], [])
    assert len(discord.books.said) == PEOPLE * MESSAGES
    assert discord.complaints == []
    assert {kind for _, kind in discord.faults.struck} == set(FAULTS.chances)
    assert discord.gateway.resumed
    assert {each["name"] for each in discord.commands} >= {"help", "new", "stop", "why"}
