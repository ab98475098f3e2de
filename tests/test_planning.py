"""The plan for a load: its arithmetic by hand, and what it says it does not know."""

from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from hub.cli import app
from hub.config.settings import Deployment, KeyRates, Limits, Rate, Secret, Settings
from hub.planning import Ledger, Measured, places, plan_text, read_ledger
from hub.store import Database
from tests.money.calls import bill, call, held, open_till, request
from tests.pipeline.hub import agent, settings

pytestmark = pytest.mark.unit

NEAR = Measured("support", "west", "openai", 600, 1_200_000, 300_000, 600_000_000, 0, 0)
"""2 s a call, 500 tokens and a tenth of a cent each."""


def served(*deployments: Deployment, **limits: KeyRates) -> Settings:
    found = settings(agent(deployments=deployments))
    return msgspec.structs.replace(found, limits=Limits(keys=limits))


def deployment(region: str = "west", **fields: object) -> Deployment:
    return msgspec.convert(
        {"name": f"support-{region}", "agent": "support", "region": region, "api": "openai", **fields}, Deployment
    )


def test_the_arithmetic_by_hand() -> None:
    (place,) = places(Ledger(7, 1_000, (NEAR,)), 1_000, served(deployment(max_concurrency=10)))
    assert place.calls_a_minute == 600
    assert (place.mean_s, place.at_once) == (2.0, 20.0)
    assert place.slots == pytest.approx(20 + 2 * 20**0.5)
    assert (place.needed, place.configured) == (3, 1)
    assert place.month_nusd == 600 * 1_000_000 * 43_830


def test_it_shows_how_it_came_to_that() -> None:
    text = plan_text(Ledger(7, 1_000, (NEAR,)), 1_000, served(deployment(max_concurrency=10)))
    assert "calls        0.6 a message, measured, so 600.0 a minute" in text
    assert "at once      600.0 / 60 s x 2 s a call = 20.0" in text
    assert "with chance  20.0 + 2 x sqrt(20.0) = 28.9 places" in text
    assert "deployments  28.9 / 10 (max_concurrency) = 3, 2 more than now" in text
    assert "cost         600.0 x $0.001 x 43,830 minutes = $26,298.00 a month" in text.replace("$0.0010 ", "$0.001 ")
    assert "Together: 3 deployments, $26,298.00 a month" in text


def test_it_says_what_it_does_not_know() -> None:
    key = Secret("k", "env:KEY")
    few = msgspec.structs.replace(NEAR, calls=6, unpriced=2, estimated=1)
    gone = msgspec.structs.replace(NEAR, region="north")
    rates = KeyRates(Rate(500, 60), Rate(10_000_000, 60))
    west = msgspec.structs.replace(deployment(), key=key)
    text = plan_text(Ledger(7, 1_000, (few, gone)), 1_000, served(west, deployment("east"), KEY=rates))
    enough = "500 requests are enough and 10,000,000 tokens are enough"
    for line in (
        "support in west: only 6 calls were measured",
        "support in west: 2 of 6 calls have no price and count as free",
        "support in west: the cost of 1 calls is an estimate",
        "support in north: no such deployment is configured now; 20 at once is assumed",
        "support in east: nothing was measured",
        f"whether KEY may have 6 requests and 300,000 tokens a minute; by [limits], {enough}",
    ):
        assert f"\n- {line}\n" in text


def test_a_ledger_without_calls_says_nothing() -> None:
    assert plan_text(Ledger(7, 0, ()), 1_000, served(deployment())).startswith("Nothing can be said of 1,000 messages")


async def test_what_the_ledger_says(database: Database) -> None:
    till = open_till(database)
    for number, took_ms in enumerate((1_000, 3_000)):
        once = await held(till, request(300, message=f"m{number}"))
        await till.settle(once, msgspec.structs.replace(bill(250), took_ms=took_ms))
    again = await held(till, request(300, message="m1"))
    await till.settle(again, msgspec.structs.replace(bill(250), took_ms=2_000))
    ledger = await read_ledger(database, 4_000_000_000_000, 40_000)
    assert ledger.messages == 2
    (found,) = ledger.measured
    assert (found.agent, found.region, found.api) == (call().agent, call().region, call().api)
    assert (found.calls, found.took_ms, found.cost_nusd) == (3, 6_000, 750)


def test_the_command_asks_for_a_load(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["plan", "--messages-per-minute", "-3", "--config", str(tmp_path / "none.toml")])
    assert shown.exit_code == 2
