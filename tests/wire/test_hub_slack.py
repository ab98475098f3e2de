"""The real hub and the real slack-bolt, over sockets, between a Slack and a model of our own."""

import asyncio
from pathlib import Path

import pytest

from bench.hub_under_test import write_settings
from tests.ports import free_port
from tests.wire.crowd import Crowd
from tests.wire.fakes.faults import Plan
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import APP_TOKEN, BOT_TOKEN, FakeSlack
from tests.wire.fakes.slack_delivery import SIGNING_SECRET
from tests.wire.hub_process import HubProcess
from tests.wire.test_hub_telegram import Reader

pytestmark = pytest.mark.wire

FAULTS = Plan(
    seed=7,
    chances={"429": 0.02, "drop_before": 0.02, "drop_after": 0.02, "500": 0.02, "duplicate": 0.2},
    only=("chat.postMessage", "chat.update", "users.info", "event"),
    retry_after_s=0.3,
)
SECRETS = {
    "SLACK_BOT_TOKEN": BOT_TOKEN,
    "SLACK_APP_TOKEN": APP_TOKEN,
    "SLACK_SIGNING_SECRET": SIGNING_SECRET,
    "BENCH_MODEL_KEY": "bench",
}


UNHINDERED = "{ overall = 30000, chat = 1000, group = 1000, unconfirmed = 500 }"


def settings_for(
    folder: Path, slack: FakeSlack, model: FakeModel, *, way: str, port: int, pace: str = UNHINDERED
) -> Path:
    path = write_settings(folder, telegram="http://127.0.0.1:1", model=f"{model.server.url}/v1")
    before, rest = path.read_text(encoding="utf-8").split("[channels.telegram]")
    _, after = rest.split("[regions.here]")
    channels = f"""[channels.slack]
bot_token = "env:SLACK_BOT_TOKEN"
{way}
api_url = "{slack.api_url}"
pace = {pace}

[channels.web]
listen = "127.0.0.1:{port}"

[regions.here]"""
    path.write_text((before + channels + after).replace('serves = ["telegram"]', 'serves = ["slack:T00000001", "web"]'))
    return path


@pytest.mark.parametrize(
    "way",
    ['app_token = "env:SLACK_APP_TOKEN"', 'signing_secret = "env:SLACK_SIGNING_SECRET"'],
    ids=["socket", "http"],
)
async def test_every_message_is_answered_once_and_in_order_whatever_goes_wrong(tmp_path: Path, way: str) -> None:
    slack, model = FakeSlack(faults=FAULTS, retries_s=(0.5, 1.0, 2.0)), FakeModel()
    crowd = Crowd(slack, people=50, messages=3, patient=True, seed=7)
    reader = Reader(slack, crowd)
    port = free_port()

    async with serving(slack), serving(model):
        hub = HubProcess(settings_for(tmp_path, slack, model, way=way, port=port), SECRETS)
        hub.start()
        try:
            if "signing" in way:
                slack.events_url = f"http://127.0.0.1:{port}/slack/events"
                await _listens(port)
            crowd.start()
            cutting = asyncio.create_task(_cut_now_and_then(slack))
            await asyncio.wait_for(reader.all_answered.wait(), 240)
            cutting.cancel()
            hub.terminate()
            assert await hub.ended() == 0
            assert hub.defects() == []
        finally:
            hub.end()

    verdict = slack.books.verdict()
    assert verdict.good, verdict
    assert verdict.other == []
    assert len(slack.books.said) == crowd.total
    lost_answers = sum(fault == ("chat.postMessage", "drop_after") for fault in slack.faults.struck)
    assert len(verdict.orphans) == lost_answers
    assert {kind for _, kind in slack.faults.struck} == set(FAULTS.chances)
    assert slack.complaints == []
    assert slack.given_up == []
    assert "do-not-show" not in hub.log.read_text(encoding="utf-8")


async def _cut_now_and_then(slack: FakeSlack) -> None:
    """Socket Mode's connections are refreshed, and once they break."""
    for number in range(100):
        await asyncio.sleep(1)
        if number == 1:
            slack.cut()
        elif number % 2 == 0:
            await slack.disconnect()


async def _listens(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
