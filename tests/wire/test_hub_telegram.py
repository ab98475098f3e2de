"""The real hub and the real python-telegram-bot, over sockets, between a Telegram and a model of our own."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bench.hub_under_test import write_settings
from tests.wire.crowd import Crowd, RepeatingTelegram
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.limits import Limits
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.hub_process import HubProcess

pytestmark = [pytest.mark.wire, pytest.mark.long]

FAULTS = Plan(
    seed=7,
    chances={"429": 0.02, "drop_before": 0.02, "drop_after": 0.02, "500": 0.02, "duplicate": 0.2},
    retry_after_s=0.3,
)


class Reader:
    """Reads all chats as they change; sees when a person's message is answered, and when all are."""

    def __init__(self, telegram: FakeTelegram, crowd: Crowd) -> None:
        self._crowd = crowd
        self.answered: set[str] = set()
        self.all_answered = asyncio.Event()
        telegram.on_shown = self._shown

    def _shown(self, chat: int, _: int, text: str) -> None:
        _, end, mark = text.rpartition(" end ")
        if end and mark not in self.answered:
            self.answered.add(mark)
            asyncio.get_running_loop().call_soon(self._crowd.answered, chat)
            if len(self.answered) == self._crowd.total:
                self.all_answered.set()


@asynccontextmanager
async def hub_between(telegram: FakeTelegram, model: FakeModel, folder: Path, *, own_pace: bool) -> AsyncIterator[None]:
    """The hub with both at work; drained at the end, without a defect in its log."""
    async with serving(telegram), serving(model):
        settings = write_settings(folder, telegram=telegram.server.url, model=f"{model.server.url}/v1")
        if own_pace:
            lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
            settings.write_text("".join(line for line in lines if not line.startswith("pace")), encoding="utf-8")
        hub = HubProcess(settings)
        hub.start()
        try:
            yield
            hub.terminate()
            assert await hub.ended() == 0
            assert hub.defects() == []
        finally:
            hub.end()


async def test_every_message_is_answered_once_and_in_order_whatever_goes_wrong(tmp_path: Path) -> None:
    telegram = RepeatingTelegram(repeats=0.1, chance=random.Random(7), faults=FAULTS)
    crowd = Crowd(telegram, people=500, messages=5, patient=True, seed=7)
    reader = Reader(telegram, crowd)

    async with hub_between(telegram, FakeModel(), tmp_path, own_pace=False):
        began = time.monotonic()
        crowd.start()
        await asyncio.wait_for(reader.all_answered.wait(), 240)
        print(f"{crowd.total} messages in {time.monotonic() - began:.1f} s, {len(telegram.faults.struck)} faults")

    verdict = telegram.books.verdict()
    assert verdict.good, verdict
    assert verdict.other == []
    assert len(telegram.books.said) == crowd.total
    lost_answers = sum(fault == ("sendMessage", "drop_after") for fault in telegram.faults.struck)
    assert len(verdict.orphans) == lost_answers
    assert {kind for _, kind in telegram.faults.struck} == set(FAULTS.chances)
    assert telegram.repeated > 100


async def test_the_platforms_own_limits_are_never_touched(tmp_path: Path) -> None:
    limits = Limits()
    telegram = FakeTelegram(limits=limits)
    crowd = Crowd(telegram, people=40, messages=2, patient=True, hurry_s=0.2, seed=1)
    reader = Reader(telegram, crowd)

    async with hub_between(telegram, FakeModel(first_s=0.3, between_s=0.05), tmp_path, own_pace=True):
        crowd.start()
        await asyncio.wait_for(reader.all_answered.wait(), 240)

    assert limits.refused == 0
    # Sends leave at their pace; a machine that stands still lets those of two seconds arrive together.
    assert _busiest_second(telegram) <= 30 * 2
    assert telegram.books.verdict().good


def _busiest_second(telegram: FakeTelegram) -> int:
    """The most sends and edits within any second."""
    times = sorted(moment for shown in telegram.books.shown.values() for moment in shown.times_s)
    last, most = 0, 0
    for first, moment in enumerate(times):
        while last < len(times) and times[last] < moment + 1:
            last += 1
        most = max(most, last - first)
    return most
