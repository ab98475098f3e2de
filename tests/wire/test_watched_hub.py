"""The real hub as Prometheus and an orchestrator see it; what it counts is what its ledger says."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bench.hub_under_test import SECRETS, write_settings
from tests.ports import free_port
from tests.wire.crowd import Crowd
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.hub_process import HubProcess

pytestmark = pytest.mark.wire


def with_page(settings: Path, port: int) -> None:
    text = settings.read_text(encoding="utf-8")
    text = text.replace('serves = ["telegram"]', 'serves = ["telegram", "web"]')
    web = f'[channels.web]\nlisten = "127.0.0.1:{port}"\nmetrics_token = "env:METRICS_TOKEN"\n'
    text = text.replace("[hub]\n", '[hub]\nbackup = { every = "hourly", keep = 1 }\n')
    settings.write_text(f"{text}\n{web}", encoding="utf-8")


async def scraped(asking: httpx.AsyncClient) -> tuple[dict[str, float], set[str]]:
    """Sums over all labels, by name; and every label's value."""
    answer = await asking.get("/metrics", headers={"authorization": "Bearer a-token-that-is-long"})
    answer.raise_for_status()
    sums: dict[str, float] = {}
    labels: set[str] = set()
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            sums[sample.name] = sums.get(sample.name, 0) + sample.value
            labels |= {value for name, value in sample.labels.items() if name != "le"}
    return sums, labels


async def test_what_is_counted_is_what_the_ledger_says(tmp_path: Path) -> None:
    port = free_port()
    telegram, model = FakeTelegram(), FakeModel()
    crowd = Crowd(telegram, people=10, messages=2, patient=False, hurry_s=0.1, seed=5)
    async with serving(telegram), serving(model):
        settings = write_settings(tmp_path, telegram=telegram.server.url, model=f"{model.server.url}/v1")
        with_page(settings, port)
        hub = HubProcess(settings, SECRETS | {"METRICS_TOKEN": "a-token-that-is-long"})
        hub.start()
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as asking:
                crowd.start()
                counted, labels = await until_finished(asking, crowd.total)
                ready = await asking.get("/readyz")
                assert (await asking.get("/metrics")).status_code == 404
        finally:
            hub.terminate()
            assert await hub.ended() == 0
    assert hub.defects() == []
    # The fake model has no address that lists models, so it is the one part that is not ready.
    assert set(json.loads(ready.text)) == {"database", "disk", "memory", "model", "channels"}
    assert json.loads(ready.text)["database"] == "ready"
    with closing(sqlite3.connect(tmp_path / "var" / "hub.db")) as ledger:
        calls, tokens, cost = ledger.execute(
            "SELECT COUNT(*), SUM(input_tokens + output_tokens), SUM(cost_nusd) FROM ledger"
        ).fetchone()
    assert counted["trunkline_messages_accepted_total"] == crowd.total
    assert counted["trunkline_answer_duration_seconds_count"] == crowd.total
    assert counted["trunkline_model_calls_total"] == counted["trunkline_model_first_token_seconds_count"] == calls
    assert counted["trunkline_cost_usd_total"] == pytest.approx(cost * 1e-9)
    assert counted["trunkline_tokens_total"] >= tokens
    assert counted["trunkline_turns_in_progress"] == counted["trunkline_open_holds"] == 0
    assert not any(str(chat) in value for chat in crowd.chats for value in labels)
    assert len(list((tmp_path / "var" / "backups").glob("hub-*.db"))) == 1


async def until_finished(asking: httpx.AsyncClient, total: int) -> tuple[dict[str, float], set[str]]:
    async with asyncio.timeout(60):
        while True:
            await asyncio.sleep(0.1)
            try:
                counted, labels = await scraped(asking)
            except httpx.TransportError:
                continue
            if counted.get("trunkline_messages_finished_total") == total and not counted["trunkline_turns_in_progress"]:
                return counted, labels
