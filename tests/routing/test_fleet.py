"""What a fleet learns of its deployments: limits, outliers, warmth, stalls."""

import random

import pytest
from msgspec.structs import replace

from hub.routing import Verdict
from hub.routing.limit import Limit
from hub.routing.member import COLDEST
from hub.routing.outliers import most_ejected
from hub.routing.retry_budget import RESERVE, RetryBudget
from tests.routing.crew import call, fail, fleet_of, pool
from tests.routing.places import agent_in

pytestmark = pytest.mark.unit


# -- the limit that nobody configured --------------------------------------------------------------------------------


def test_the_limit_finds_what_a_provider_takes() -> None:
    takes, limit, chance, refused = 7, Limit(100), random.Random(4), 0
    under_way: list[float] = []
    for step in range(20_000):
        now = step * 0.01
        under_way = [end for end in under_way if end > now]
        while len(under_way) < limit.whole:
            if len(under_way) >= takes:
                limit.too_much(len(under_way) + 1, now, now)
                refused += 1
                break
            under_way.append(now + chance.uniform(0.1, 0.5))
            limit.fine(len(under_way))
    assert 3 <= limit.whole <= takes + 1
    assert refused < 2_000


def test_refusals_of_one_moment_cut_it_once() -> None:
    limit = Limit(100)
    for _ in range(10):
        limit.too_much(40, 5.0, 6.0)
    assert limit.whole == 28


def test_it_grows_only_where_it_is_in_use_and_up_to_the_cap() -> None:
    limit = Limit(20)
    limit.too_much(10, 1.0, 1.0)
    assert limit.whole == 7
    for _ in range(100):
        limit.fine(1)
    assert limit.whole == 7
    for _ in range(1_000):
        limit.fine(20)
    assert limit.whole == 20


def test_it_never_falls_below_one() -> None:
    limit = Limit(2)
    for moment in range(20):
        limit.too_much(1, float(moment), float(moment))
    assert limit.whole == 1


def test_who_asked_to_be_left_alone_is() -> None:
    fleet, now = fleet_of(pool(1))
    call(fleet, "d0", Verdict.FULL, rests_s=3.0)
    assert "asked to be left alone for 3 s" in fleet.members["d0"].obstacle(now())
    assert fleet.able_first(["d0"]) == []
    assert fleet.able_in_s(["d0"]) == pytest.approx(3.0)
    now.s += 3.0
    assert fleet.able_first(["d0"]) == ["d0"]


def test_those_without_room_come_last() -> None:
    fleet, _ = fleet_of(pool(3, max_concurrency=1))
    fleet.enter("d0")
    assert fleet.able_first(["d0", "d1", "d2"]) == ["d1", "d2", "d0"]


# -- outliers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "most"), [(1, 0), (2, 1), (3, 1), (5, 1), (6, 2), (12, 4)])
def test_a_third_of_a_pool_may_be_ejected(size: int, most: int) -> None:
    assert most_ejected(size) == most


def busy(size: int, failing: dict[str, int], slow: dict[str, float]) -> set[str]:
    """Who is ejected after half a minute of calls; of those that fail, each third call or so does."""
    fleet, now = fleet_of(pool(size))
    for step in range(60):
        now.s += 0.5
        for name in fleet.members:
            verdict = Verdict.FAULT if name in failing and step % failing[name] == 0 else Verdict.FINE
            call(fleet, name, verdict, took_s=slow.get(name, 0.5))
    return {name for name, member in fleet.members.items() if now() < member.ejected_until}


def test_the_one_that_fails_more_than_its_like_is_ejected() -> None:
    assert busy(8, {"d5": 3}, {}) == {"d5"}


def test_the_one_of_two_that_fails_is_ejected() -> None:
    assert busy(2, {"d1": 3}, {}) == {"d1"}


def test_where_all_fail_alike_nobody_is_an_outlier() -> None:
    assert busy(8, {f"d{n}": 5 for n in range(8)}, {}) == set()


def test_the_slow_one_is_ejected() -> None:
    assert busy(8, {}, {"d2": 6.0}) == {"d2"}


def test_no_more_than_the_cap_are_ejected() -> None:
    assert len(busy(8, {}, {f"d{n}": 9.0 for n in range(3)})) == most_ejected(8) == 2


def test_what_differs_by_its_nature_is_not_compared() -> None:
    agent = pool(2)
    first, second = agent.deployments
    fleet, now = fleet_of(replace(agent, deployments=(first, replace(second, api="faq"))))
    for _ in range(60):
        now.s += 0.5
        call(fleet, "d0", took_s=5.0)
        call(fleet, "d1", took_s=0.001)
    assert not fleet.members["d0"].obstacle(now())


def test_faults_that_opened_a_breaker_eject_nobody_afterwards() -> None:
    fleet, now = fleet_of(pool(3))
    fail(fleet, "d1")
    now.s = fleet.members["d1"].breaker.open_until
    for _ in range(40):
        now.s += 0.3
        for name in fleet.members:
            call(fleet, name)
    assert not any(now() < member.ejected_until for member in fleet.members.values())


def test_an_ejected_one_is_better_than_nobody_and_comes_back_cold() -> None:
    fleet, now = fleet_of(pool(2))
    member = fleet.members["d1"]
    member.eject(now() + 30.0)
    assert fleet.able_first(["d1", "d0"]) == ["d0", "d1"]
    assert fleet.able_first(["d1"]) == ["d1"]
    now.s += 30.0
    assert member.obstacle(now()) == ""
    assert member.warmth(now()) == COLDEST
    assert member.warmth(now() + 15.0) == pytest.approx(0.5)
    assert member.warmth(now() + 30.0) == 1.0


# -- warmth and stalls -----------------------------------------------------------------------------------------------


def test_a_new_deployment_beside_others_has_a_trickle_first() -> None:
    fleet, now = fleet_of(pool(2))
    assert all(member.warmth(now()) == 1.0 for member in fleet.members.values())
    fleet.renew([pool(3)])
    assert [member.warmth(now()) for member in fleet.members.values()] == [1.0, 1.0, COLDEST]
    for name in fleet.members:
        call(fleet, name)
    members = list(fleet.members.values())
    firsts = [fleet.arranged(members, now())[0].name for _ in range(2_000)]
    assert 0 < firsts.count("d2") < 300


def test_what_is_known_outlives_a_reload_unless_the_place_is_another() -> None:
    fleet, now = fleet_of(pool(2))
    fail(fleet, "d0")
    fail(fleet, "d1")
    agent = pool(2, max_concurrency=5)
    moved = replace(agent, deployments=(agent.deployments[0], replace(agent.deployments[1], url="https://other")))
    fleet.renew([moved])
    assert fleet.members["d0"].obstacle(now())
    assert not fleet.members["d1"].obstacle(now())
    assert fleet.places("d0") == 5


def test_calls_that_hang_send_new_ones_elsewhere_until_one_speaks() -> None:
    fleet, now = fleet_of(pool(2))
    hanging = [fleet.enter("d0") for _ in range(3)]
    for visit in hanging:
        visit.begin()
    now.s += 4.9
    assert fleet.able_first(["d0", "d1"]) == ["d0", "d1"]
    now.s += 0.2
    assert fleet.able_first(["d0", "d1"]) == ["d1", "d0"]
    hanging[0].first_word()
    assert fleet.able_first(["d0", "d1"]) == ["d0", "d1"]


def test_a_name_that_nobody_knows_is_counted_nowhere() -> None:
    fleet, _ = fleet_of(agent_in("eu-west"))
    visit = fleet.enter("support-faq")
    visit.begin()
    visit.first_word()
    visit.end(Verdict.FAULT, 1.0)
    assert fleet.able_first(["support-faq"]) == ["support-faq"]
    assert list(fleet.members) == ["support-eu-west"]


# -- the budget of repeats -------------------------------------------------------------------------------------------


def test_under_total_outage_repeats_are_a_fifth() -> None:
    budget, chance = RetryBudget(0.0), random.Random(6)
    now, repeats, messages = 0.0, 0, 20_000
    for _ in range(messages):
        now += chance.expovariate(200.0)
        budget.first(now)
        repeats += sum(budget.repeat(now) for _ in range(3))
    assert repeats <= 0.2 * messages + RESERVE + now / 10.0
    assert repeats >= 0.19 * messages
    assert (messages + repeats) / messages <= 1.201


def test_a_quiet_hub_may_borrow_three() -> None:
    budget = RetryBudget(0.0)
    assert [budget.repeat(0.0) for _ in range(4)] == [True, True, True, False]
    assert not budget.repeat(9.0)
    assert budget.repeat(10.1)


def test_calm_times_are_not_saved_for_a_storm() -> None:
    budget = RetryBudget(0.0)
    for _ in range(10_000):
        budget.first(0.0)
    assert sum(budget.repeat(60.0) for _ in range(100)) == 3
