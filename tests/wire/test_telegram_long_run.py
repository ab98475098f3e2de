"""200 conversations with the real hub, through everything that goes wrong, a kill and a restart among it.

The hub polls until it is killed; the next one has a webhook, and is brought what the first had not confirmed. Telegram
and the hub's gate share one time scale: both are `SCALE` times as fast as the platform, in every limit.
"""

import asyncio
import random
import time
from pathlib import Path

import pytest

from bench.hub_under_test import SECRETS, write_settings
from tests.ports import free_port
from tests.wire.crowd import Crowd, RepeatingTelegram
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.limits import Limits
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.hub_process import HubProcess
from tests.wire.test_hub_telegram import Reader

pytestmark = [pytest.mark.wire, pytest.mark.long]

SCALE = 10
PACE = f"pace = {{ overall = {30 * SCALE}, chat = {SCALE}, group = {SCALE / 3:.3f} }}"
FAULTS = Plan(
    seed=11,
    chances={"429": 0.01, "drop_before": 0.01, "drop_after": 0.01, "500": 0.01, "duplicate": 0.1},
    retry_after_s=0.3,
)
GROUPS = range(-100_300, -100_280)


class MixedCrowd(Crowd):
    """Some of the conversations are groups, in which people mention the bot."""

    def __init__(self, telegram: RepeatingTelegram, *, people: int, messages: int, seed: int) -> None:
        super().__init__(telegram, people=people, messages=messages, patient=True, seed=seed)
        self._left |= dict.fromkeys(GROUPS, messages)
        self.chats = [*self.chats, *GROUPS]
        self.total += len(GROUPS) * messages

    def _say(self, chat: int) -> None:
        if chat not in GROUPS:
            super()._say(chat)
            return
        number = self._messages - self._left[chat] + 1
        self._left[chat] -= 1
        text = f"@fake_bot #g{-chat}-{number}: and to ours?"
        mention = {"type": "mention", "offset": 0, "length": 9}
        self._telegram.books.says(chat, self._telegram.say_in_group(chat, 5, text, entities=[mention]), text)


def settings_in(folder: Path, telegram: RepeatingTelegram, model: FakeModel) -> Path:
    settings = write_settings(folder, telegram=telegram.server.url, model=f"{model.server.url}/v1", unconfirmed=1)
    lines = settings.read_text(encoding="utf-8").splitlines()
    paced = [PACE if line.startswith("pace") else line for line in lines]
    settings.write_text("\n".join(paced), encoding="utf-8")
    return settings


def use_webhook(settings: Path) -> None:
    listen = f"127.0.0.1:{free_port()}"
    webhook = f'webhook = {{ url = "http://{listen}", secret = "env:HOOK_SECRET" }}'
    text = settings.read_text(encoding="utf-8").replace(PACE, f'{PACE}\n{webhook}\n[channels.web]\nlisten = "{listen}"')
    settings.write_text(text.replace('serves = ["telegram"]', 'serves = ["telegram", "web"]'), encoding="utf-8")


async def test_nothing_is_lost_or_said_twice_whatever_goes_wrong(tmp_path: Path) -> None:
    # Where the machine stands still for a tenth of a second, requests bunch as if for a whole one: so the bursts are
    # longer than the platform's own. Who is too fast for long is refused all the same.
    limits = Limits(group=20 / 60, scale=SCALE, burst_s=20.0)
    telegram = RepeatingTelegram(repeats=0.1, chance=random.Random(11), faults=FAULTS, limits=limits)
    model = FakeModel(first_s=0.1, between_s=0.12)
    crowd = MixedCrowd(telegram, people=200 - len(GROUPS), messages=2, seed=11)
    reader = Reader(telegram, crowd)
    kills = 0

    async with serving(telegram), serving(model):
        settings = settings_in(tmp_path, telegram, model)
        hub = HubProcess(settings, {**SECRETS, "HOOK_SECRET": "of-the-webhook"})
        hub.start()
        began = time.monotonic()
        try:
            crowd.start()
            async with asyncio.timeout(240):
                await _answered(reader, crowd.total // 4)
                hub.kill()
                await hub.ended()
                kills += 1
                use_webhook(settings)
                hub.start()
                await _answered(reader, crowd.total // 2)
                port = telegram.server.port
                await telegram.server.go_away()  # every connection is reset, and for a moment none can be made
                await asyncio.sleep(0.3)
                await telegram.server.start(port)
                await reader.all_answered.wait()
            took_s = time.monotonic() - began
            hub.terminate()
            assert await hub.ended() == 0
            assert hub.defects() == []
            assert telegram.caller
            assert len(telegram.caller.statuses) > crowd.total // 4
        finally:
            hub.end()

    faults, calls = len(telegram.faults.struck), dict(telegram.books.calls)
    print(f"{crowd.total} messages in {took_s:.1f} s, {faults} faults, {calls}")
    verdict = telegram.books.verdict()
    assert verdict.good, verdict
    assert verdict.other == []
    assert len(crowd.chats) == 200
    assert len(telegram.books.said) == crowd.total
    lost_answers = sum(fault == ("sendMessage", "drop_after") for fault in telegram.faults.struck)
    assert len(verdict.orphans) <= lost_answers + kills + 1  # the reset can cut off one more
    assert telegram.outside_the_spec == []
    assert limits.refused == 0
    assert {kind for _, kind in telegram.faults.struck} == set(FAULTS.chances)
    assert telegram.repeated > 20
    assert sum(len(shown.texts) > 2 for shown in telegram.books.shown.values()) > 10  # they grew


async def _answered(reader: Reader, count: int) -> None:
    while len(reader.answered) < count:
        await asyncio.sleep(0.02)
