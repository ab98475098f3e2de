"""The watched parts count what they do, and are otherwise the parts themselves."""

import random

import pytest

from hub.agents.port import AgentError, Done, Kind, Request, Text, Usage
from hub.channel import Pace
from hub.clock import SystemClock
from hub.config.settings import Deployment
from hub.money.budgets import CurrentBudgets, Spent
from hub.money.margins import CountMargins
from hub.store import Database
from hub.watch.meters import Meters
from hub.watch.traces import Tracer
from hub.watch.watched import WatchedClient, WatchedGate, WatchedTill
from tests.money.calls import ZONE, allowance, audited, bill, held, request
from tests.pipeline.model import ScriptedClient

pytestmark = pytest.mark.unit

WEST = Deployment("support-west", "support", "west", "openai")


def till_of(database: Database, meters: Meters) -> WatchedTill:
    budgets = CurrentBudgets(database, ZONE)
    return WatchedTill(meters, database, budgets, CountMargins(), clock=SystemClock(), chance=random.Random(1).uniform)


async def test_money_is_counted_as_the_ledger_has_it(sqlite_database: Database) -> None:
    meters = Meters()
    till = till_of(sqlite_database, meters)
    had = await held(till, request(100, allowance(1_000)))
    await till.settle(had, bill(60, input_tokens=20))
    await till.release(await held(till, request(100, allowance(1_000))))
    assert isinstance(await till.hold(request(10_000, allowance(1_000)), deadline_s=0), Spent)
    await held(till, request(50, allowance(1_000), fence=1, message="m9"))
    (lost,) = await till.presume_orphaned("m9", fence=2)

    def value(name: str, **labels: str) -> float | None:
        return meters.registry.get_sample_value(name, labels)

    agent = {"agent": "support-faq"}
    assert value("trunkline_holds_total", **agent, outcome="held") == 3
    assert value("trunkline_holds_total", **agent, outcome="spent") == 1
    assert value("trunkline_holds_total", **agent, outcome="released") == 1
    assert value("trunkline_tokens_total", **agent, model="coin-1", type="input") == 20
    assert value("trunkline_tokens_total", **agent, model="coin-1", type="output") == 40
    assert value("trunkline_cost_usd_total", **agent, model="coin-1", mark="exact") == pytest.approx(60e-9)
    assert value("trunkline_presumed_usd_total") == pytest.approx(lost.cost_nusd * 1e-9) == pytest.approx(50e-9)
    counted = {"deployment": "support-faq-eu-west", "model": "coin-1"}
    assert value("trunkline_model_calls_total", **agent, **counted, kind="answer", outcome="stop") == 1
    assert value("trunkline_model_call_duration_seconds_count", **counted) == 1
    await audited(sqlite_database)


class Answering(ScriptedClient):
    async def stream(self, request: Request):  # type: ignore[no-untyped-def]
        yield Text("Hello")
        yield Text(" there")
        yield Done("stop", Usage(input=10, output=2))


class Refusing(ScriptedClient):
    async def stream(self, request: Request):  # type: ignore[no-untyped-def]
        raise AgentError(Kind.THROTTLED, "429", sent=False)
        yield


ASKED = Request(model="m", system="", turns=(), max_output=5)


async def test_a_watched_client_hands_everything_on() -> None:
    meters = Meters()
    client = WatchedClient(WEST, Answering(), meters, Tracer())
    assert [piece async for piece in client.stream(ASKED)] == [
        Text("Hello"),
        Text(" there"),
        Done("stop", Usage(input=10, output=2)),
    ]
    first = meters.registry.get_sample_value(
        "trunkline_model_first_token_seconds_count", {"deployment": "support-west"}
    )
    assert first == 1
    assert await client.probe() == "scripted"


async def test_an_error_is_counted_by_its_kind_and_raised() -> None:
    meters = Meters()
    client = WatchedClient(WEST, Refusing(), meters, Tracer())
    with pytest.raises(AgentError):
        _ = [piece async for piece in client.stream(ASKED)]
    labels = {"deployment": "support-west", "kind": "throttled"}
    assert meters.registry.get_sample_value("trunkline_model_errors_total", labels) == 1


def test_a_platform_that_asks_to_wait_is_counted_and_waited_for() -> None:
    meters = Meters()
    gate = WatchedGate(Pace(overall=30, chat=1, group=1, unconfirmed=1), SystemClock(), meters, "telegram", "main")
    gate.refused("7", 5.0, private=True)
    assert gate.closed_for_s("7", private=True) > 4
    labels = {"channel": "telegram", "account": "main"}
    assert meters.registry.get_sample_value("trunkline_rate_limited_total", labels) == 1


def test_no_label_can_hold_a_person_or_words() -> None:
    bounded = {"channel", "account", "agent", "deployment", "model", "kind", "outcome", "type", "mark"}
    bounded |= {"level", "logger", "part", "scope", "name", "period", "le", "region"}
    labels = set()
    for metric in vars(Meters()).values():
        labels |= set(getattr(metric, "_labelnames", ()))
    assert labels
    assert labels <= bounded
