"""Breakers open and close as their table says; the docs show that table."""

from pathlib import Path

import pytest

from hub.routing import Verdict
from hub.routing import breaker as breakers
from hub.routing.breaker import Breaker
from tests.routing.crew import call, fail, fleet_of, pool

pytestmark = pytest.mark.unit


def middle() -> float:
    return 0.5


def test_the_docs_show_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "failover.md").read_text(encoding="utf-8")
    table = [line.strip() for line in (Breaker.__doc__ or "").splitlines() if line.strip().startswith("|")]
    assert len(table) > 5
    assert "\n".join(table) in page


def test_five_faults_in_a_row_open_it() -> None:
    breaker = Breaker(middle)
    for _ in range(4):
        breaker.fault(0.0, "cut")
    breaker.fine(0.0, trial=False)
    for _ in range(4):
        breaker.fault(0.0, "cut")
    assert breaker.passes(0.0)
    breaker.fault(0.0, "cut")
    assert not breaker.passes(0.0)
    assert breaker.why == "cut"


def test_half_of_the_last_twenty_open_it_from_ten_on() -> None:
    breaker = Breaker(middle)
    for _ in range(4):
        breaker.fault(0.0, "cut")
        breaker.fine(0.0, trial=False)
    breaker.fault(0.0, "cut")
    assert not breaker.open  # five of nine, none in a row
    breaker.fine(0.0, trial=False)
    breaker.fault(0.0, "cut")
    assert breaker.open


def test_a_third_of_them_does_not_open_it() -> None:
    breaker = Breaker(middle)
    for _ in range(50):
        breaker.fault(0.0, "cut")
        breaker.fine(0.0, trial=False)
        breaker.fine(0.0, trial=False)
    assert not breaker.open


def test_the_pause_doubles_up_to_a_minute_and_begins_anew_after_a_recovery() -> None:
    breaker = Breaker(middle)
    now, pauses = 0.0, []
    for _ in range(breakers.IN_A_ROW):
        breaker.fault(now, "cut")
    for _ in range(6):
        pauses.append(breaker.open_until - now)
        now = breaker.open_until
        breaker.fault(now, "cut", trial=True)
    assert pauses == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    now = breaker.open_until
    assert [breaker.fine(now, trial=True) for _ in range(3)] == [False, False, True]
    for _ in range(breakers.IN_A_ROW):
        breaker.fault(now, "cut")
    assert breaker.open_until - now == 5.0


@pytest.mark.parametrize(("chance", "pause_s"), [(0.0, 4.0), (1.0, 6.0)])
def test_the_pause_is_a_fifth_more_or_less_by_chance(chance: float, pause_s: float) -> None:
    breaker = Breaker(lambda: chance)
    for _ in range(5):
        breaker.fault(0.0, "cut")
    assert breaker.open_until == pytest.approx(pause_s)


def test_a_refused_key_opens_it_at_once_for_two_minutes() -> None:
    breaker = Breaker(middle)
    breaker.fault(0.0, "unauthorized", refused=True)
    assert breaker.open_until == 120.0


def test_one_call_at_a_time_is_the_trial() -> None:
    fleet, now = fleet_of(pool(1))
    fail(fleet, "d0")
    member = fleet.members["d0"]
    assert "tried again in" in member.obstacle(now())
    now.s = member.breaker.open_until
    assert member.obstacle(now()) == ""
    trial = fleet.enter("d0")
    assert "another message" in member.obstacle(now())
    trial.end(Verdict.FINE, 0.2)
    assert member.obstacle(now()) == ""


def test_a_trial_that_comes_to_nothing_makes_way_for_another() -> None:
    fleet, now = fleet_of(pool(1))
    fail(fleet, "d0")
    now.s = fleet.members["d0"].breaker.open_until
    fleet.enter("d0").leave()  # the person stopped
    assert fleet.members["d0"].obstacle(now()) == ""


def test_a_late_answer_from_before_it_opened_closes_nothing() -> None:
    fleet, now = fleet_of(pool(1))
    late = [fleet.enter("d0") for _ in range(4)]
    fail(fleet, "d0")
    now.s = fleet.members["d0"].breaker.open_until
    for visit in late:
        visit.end(Verdict.FINE, 0.2)
    assert fleet.members["d0"].breaker.open


def test_a_failed_probe_counts_and_keeps_a_half_open_one_open() -> None:
    fleet, now = fleet_of(pool(1))
    member = fleet.members["d0"]
    for _ in range(5):
        fleet.probed("d0", Verdict.FAULT, "unreachable")
    assert member.breaker.open
    now.s = member.breaker.open_until
    fleet.probed("d0", Verdict.FAULT, "unreachable")
    assert now() < member.breaker.open_until


def test_three_refusals_in_a_row_without_a_time_make_it_rest_ever_longer() -> None:
    fleet, now = fleet_of(pool(1))
    rests = []
    for _ in range(8):
        call(fleet, "d0", Verdict.FULL)
        rests.append(fleet.able_in_s(["d0"]))
        now.s += 60.0
    assert rests == pytest.approx([0.0, 0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 10.0])
    call(fleet, "d0")
    call(fleet, "d0", Verdict.FULL)
    assert fleet.able_in_s(["d0"]) == 0.0


@pytest.mark.parametrize("verdict", [Verdict.NOTHING, Verdict.FULL])
def test_what_says_nothing_of_the_deployment_opens_nothing(verdict: Verdict) -> None:
    fleet, _ = fleet_of(pool(1))
    for _ in range(30):
        call(fleet, "d0", verdict)
    assert not fleet.members["d0"].breaker.open
