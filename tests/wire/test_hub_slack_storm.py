"""Everything at once on Slack: 200 conversations, streams and updates, faults, reconnects, a process that is killed."""

import asyncio
import random
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.limits import Limits
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import BOT_USER, FakeSlack, ts_of
from tests.wire.hub_process import HubProcess
from tests.wire.test_hub_slack import SECRETS, settings_for

pytestmark = [pytest.mark.wire, pytest.mark.long]

SCALE = 60
"""One minute of Slack's is a second here, for its tiers, its limit in a chat, and the hub's pace."""
UNCONFIRMED = 10
PACE = f"{{ overall = {5 * SCALE}, chat = {SCALE}, group = {SCALE}, unconfirmed = {UNCONFIRMED} }}"
FAULTS = Plan(
    seed=11,
    chances={"429": 0.02, "drop_before": 0.01, "drop_after": 0.01, "500": 0.01, "duplicate": 0.2},
    only=(
        "chat.startStream",
        "chat.appendStream",
        "chat.stopStream",
        "chat.postMessage",
        "chat.update",
        "users.info",
        "conversations.history",
        "conversations.replies",
        "event",
    ),
    retry_after_s=0.3,
)
PEOPLE, FIRST = 200, 2000


class People:
    """Half of them write privately, the others begin a thread in a channel; a few go on in it when answered."""

    def __init__(self, slack: FakeSlack, seed: int) -> None:
        self._slack = slack
        self._chance = random.Random(seed)
        self._threads: dict[int, str] = {}
        self._left = {chat: _times(chat) for chat in range(FIRST, FIRST + PEOPLE)}
        self._open = {f"#p{chat}-{number}" for chat, times in self._left.items() for number in range(1, times + 1)}
        self.total = len(self._open)
        self.all_answered = asyncio.Event()
        slack.on_shown = self._shown

    def start(self, within_s: float) -> None:
        for chat in self._left:
            asyncio.get_running_loop().call_later(self._chance.uniform(0, within_s), self._say, chat)

    @property
    def answered(self) -> int:
        return self.total - len(self._open)

    def _say(self, chat: int) -> None:
        number = 1 + _times(chat) - self._left[chat]
        self._left[chat] -= 1
        text = f"#p{chat}-{number}: how long does an order to my place take?"
        if chat % 2 == 0:
            self._slack.say(chat, text)
        elif thread := self._threads.get(chat):
            self._slack.say(chat, text, kind="channel", thread_ts=thread)
        else:
            self._threads[chat] = ts_of(self._slack.say(chat, f"<@{BOT_USER}> {text}", kind="channel"))

    def _shown(self, chat: int, _: int, text: str) -> None:
        _, end, mark = text.rpartition(" end ")
        if end and mark in self._open:
            self._open.remove(mark)
            if self._left[chat]:
                asyncio.get_running_loop().call_soon(self._say, chat)
            if not self._open:
                self.all_answered.set()


async def test_nothing_is_lost_or_said_twice_and_no_tier_is_exceeded(tmp_path: Path) -> None:
    slack = FakeSlack(faults=FAULTS, limits=Limits(scale=SCALE), tiers=SCALE, retries_s=(0.2, 0.5, 1.0), unacked_s=1.5)
    model = FakeModel(chunks=40, between_s=0.055)
    people = People(slack, seed=11)

    async with serving(slack), serving(model):
        way = 'app_token = "env:SLACK_APP_TOKEN"'
        hub = HubProcess(settings_for(tmp_path, slack, model, way=way, port=free_port(), pace=PACE), SECRETS)
        hub.start()
        try:
            async with asyncio.timeout(240):
                people.start(within_s=2)
                while people.answered < people.total // 6:
                    await asyncio.sleep(0.05)
                slack.cut()
                while people.answered < people.total // 3:
                    await asyncio.sleep(0.05)
                hub.kill()
                await hub.ended()
                slack.deaf = True  # what is written now, only the history tells
                await asyncio.sleep(0.5)
                hub.start()
                await asyncio.sleep(0.5)
                slack.deaf = False
                while people.answered < people.total * 2 // 3:
                    await asyncio.sleep(0.05)
                await slack.disconnect()
                await people.all_answered.wait()
            hub.terminate()
            assert await hub.ended() == 0
            assert hub.defects() == []
        finally:
            hub.end()

    print(f"{dict(slack.books.calls)}, {len(slack.faults.struck)} faults, {len(slack.streamed)} streams")
    verdict = slack.books.verdict()
    assert verdict.good, verdict
    assert verdict.other == []
    assert slack.complaints == []
    lost = sum(fault == "drop_after" and method in _PLACEHOLDERS for method, fault in slack.faults.struck)
    assert len(verdict.orphans) <= lost + UNCONFIRMED
    assert len(slack.streamed) > PEOPLE // 10
    assert slack.books.calls["chat.update"] > PEOPLE // 2
    assert {kind for _, kind in slack.faults.struck} == set(FAULTS.chances)


def _times(chat: int) -> int:
    return 2 if chat % 8 == 1 else 1


_PLACEHOLDERS = ("chat.postMessage", "chat.startStream")
