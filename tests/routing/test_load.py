"""Peak EWMA and the power of two choices."""

from collections import Counter
from math import exp

import pytest

from hub.config.settings import Deployment
from hub.routing import Fleet, Verdict
from hub.routing.load import UNKNOWN, PeakEwma
from tests.routing.crew import call, fleet_of, pool

pytestmark = pytest.mark.unit


def test_a_peak_counts_at_once_and_fades_by_the_formula() -> None:
    load = PeakEwma(0.0, decay_s=10.0)
    load.observe(0.1, 0.0)
    load.observe(2.0, 1.0)
    assert load.average(1.0) == 2.0
    load.observe(0.5, 6.0)
    weight = exp(-0.5)
    assert load.average(6.0) == pytest.approx(2.0 * weight + 0.5 * (1 - weight))


def test_a_look_at_the_cost_is_an_observation_of_nothing() -> None:
    load = PeakEwma(0.0, decay_s=10.0)
    load.observe(1.0, 0.0)
    assert load.cost(3, 10.0) == pytest.approx(4 * exp(-1.0))


def test_who_was_never_heard_from_and_is_being_asked_comes_last() -> None:
    load = PeakEwma(0.0)
    assert load.cost(0, 0.0) == 0.0
    assert load.cost(2, 0.0) == UNKNOWN + 2


def test_time_that_goes_back_changes_nothing() -> None:
    load = PeakEwma(10.0)
    load.observe(1.0, 10.0)
    load.observe(0.5, 5.0)
    assert load.average(10.0) == 1.0


def firsts(fleet: Fleet, times: int = 4_000) -> Counter[str]:
    members = list(fleet.members.values())
    return Counter(fleet.arranged(members, fleet.now())[0].name for _ in range(times))


def test_equals_share_the_load() -> None:
    fleet, _ = fleet_of(pool(8))
    for name in fleet.members:
        call(fleet, name, took_s=0.3)
    counts = firsts(fleet)
    assert len(counts) == 8
    # Costs are equal but for the last look, so each is the first of its pair about as often as not.
    assert max(counts.values()) < 3 * min(counts.values())


def test_the_slow_one_of_many_is_hardly_asked() -> None:
    fleet, _ = fleet_of(pool(8))
    for name in fleet.members:
        call(fleet, name, took_s=3.0 if name == "d3" else 0.3)
    assert firsts(fleet)["d3"] == 0


def test_a_herd_that_decides_at_one_moment_does_not_run_to_one() -> None:
    fleet, _ = fleet_of(pool(8))
    for name in fleet.members:
        call(fleet, name)
    members = list(fleet.members.values())
    for _ in range(400):
        fleet.enter(fleet.arranged(members, fleet.now())[0].name)
    under_way = [member.under_way for member in members]
    assert sum(under_way) == 400
    assert max(under_way) - min(under_way) <= 4


def test_weight_is_the_share_under_load() -> None:
    agent = pool(2)
    heavy = Deployment("d1", "support", "eu-west", "openai", weight=3.0)
    fleet, _ = fleet_of(agent_with(agent, heavy))
    for name in fleet.members:
        call(fleet, name)
    members = list(fleet.members.values())
    for _ in range(400):
        fleet.enter(fleet.arranged(members, fleet.now())[0].name)
    assert members[1].under_way == pytest.approx(300, abs=15)


def agent_with(agent: object, heavy: Deployment) -> object:
    from msgspec.structs import replace

    return replace(agent, deployments=(agent.deployments[0], heavy))  # type: ignore[type-var,attr-defined]


def test_a_fast_refusal_draws_no_traffic() -> None:
    fleet, _ = fleet_of(pool(2))
    call(fleet, "d0", took_s=0.5)
    call(fleet, "d1", took_s=0.4)
    call(fleet, "d1", Verdict.FAULT, took_s=0.001)
    assert firsts(fleet, 100)["d1"] == 0


def test_a_call_without_a_word_counts_with_its_age() -> None:
    fleet, now = fleet_of(pool(2))
    call(fleet, "d0", took_s=0.3)
    call(fleet, "d1", took_s=0.3)
    fleet.enter("d1").begin()
    now.s += 2.0
    assert fleet.members["d1"].cost(now()) == pytest.approx(4.0)  # two seconds so far, times two calls
