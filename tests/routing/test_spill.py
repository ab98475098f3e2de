"""How conversations move to the next region as health falls, and come back."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.config.settings import Agent, Deployment
from hub.routing import Fleet, Route, Verdict, Whereabouts, choose, explain, lot_of
from hub.routing.spill import shares
from tests.routing.crew import Now, call, fail, fleet_of
from tests.routing.places import THREE, TWELVE, agent_in

pytestmark = pytest.mark.unit

DUBLIN = Whereabouts(53.3, -6.2, "time zone", "Europe/Dublin")
CONVERSATIONS = [f"chat/main/{n}" for n in range(400)]


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        ([1.0, 1.0], [1.0, 0.0]),
        ([0.72, 1.0], [1.0, 0.0]),
        ([0.5, 1.0], [0.7, 0.3]),
        ([0.25, 0.25, 1.0], [0.35, 0.35, 0.3]),
        ([0.0, 1.0], [0.0, 1.0]),
        ([0.25, 0.25], [0.5, 0.5]),
        ([0.0, 0.0], [0.0, 0.0]),
        ([], []),
    ],
)
def test_each_region_takes_what_it_can_of_what_is_left(health: list[float], expected: list[float]) -> None:
    assert shares(health) == pytest.approx(expected)


@pytest.mark.property
@settings(deadline=None)
@given(st.lists(st.just(0.0) | st.floats(0.001, 1), max_size=12))
def test_all_of_the_traffic_goes_somewhere_unless_all_is_down(health: list[float]) -> None:
    assert sum(shares(health)) == pytest.approx(1.0 if any(health) else 0.0)


def two_regions(each: int = 4) -> Agent:
    deployments = [
        Deployment(f"{region}-{n}", "support", region, "openai")
        for region in ("eu-west", "us-east")
        for n in range(each)
    ]
    return replace(agent_in("eu-west"), deployments=tuple(deployments))


def regions_of(agent: Agent, fleet: Fleet) -> dict[str, str]:
    """Where each conversation is answered from."""
    return {key: choose(agent, DUBLIN, TWELVE, fleet=fleet, lot=lot_of(key)).region for key in CONVERSATIONS}


def recover(fleet: Fleet, now: Now, name: str) -> None:
    now.s = max(now.s, fleet.members[name].breaker.open_until)
    for _ in range(3):
        call(fleet, name)


def test_conversations_stay_move_with_falling_health_and_come_back() -> None:
    agent = two_regions()
    fleet, now = fleet_of(agent)
    home = regions_of(agent, fleet)
    assert set(home.values()) == {"eu-west"}

    fail(fleet, "eu-west-0")
    assert regions_of(agent, fleet) == home  # three of four can carry it
    fail(fleet, "eu-west-1")
    half = regions_of(agent, fleet)
    assert list(half.values()).count("eu-west") == pytest.approx(280, abs=25)
    assert regions_of(agent, fleet) == half  # always the same ones
    fail(fleet, "eu-west-2")
    fail(fleet, "eu-west-3")
    assert set(regions_of(agent, fleet).values()) == {"us-east"}

    for n in range(4):
        recover(fleet, now, f"eu-west-{n}")
    back = regions_of(agent, fleet)
    assert 0 < list(back.values()).count("eu-west") < 100  # a trickle first
    now.s += 15.0
    more = regions_of(agent, fleet)
    assert list(back.values()).count("eu-west") < list(more.values()).count("eu-west")
    assert all(more[key] == "eu-west" for key in back if back[key] == "eu-west")
    now.s += 15.0
    assert regions_of(agent, fleet) == home


def test_a_region_without_room_gives_to_the_next_and_says_so() -> None:
    agent = replace(two_regions(), deployments=tuple(replace(d, max_concurrency=1) for d in two_regions(1).deployments))
    fleet, _ = fleet_of(agent)
    fleet.enter("eu-west-0")
    route = choose(agent, DUBLIN, TWELVE, fleet=fleet)
    assert route.deployments == ("us-east-0", "eu-west-0")
    assert "Passed over eu-west-0: it has no room: 1 calls are under way." in explain(route)


def test_what_is_due_for_a_trial_is_tried_first_and_once() -> None:
    agent = two_regions(1)
    fleet, now = fleet_of(agent)
    fail(fleet, "eu-west-0")
    now.s = fleet.members["eu-west-0"].breaker.open_until
    assert choose(agent, DUBLIN, TWELVE, fleet=fleet).deployments == ("eu-west-0", "us-east-0")
    fleet.enter("eu-west-0")
    assert choose(agent, DUBLIN, TWELVE, fleet=fleet).deployments == ("us-east-0",)


def test_only_the_same_api_is_an_equal_and_the_faq_comes_last() -> None:
    regions = ("eu-west", "us-east")
    written = [(api, name) for name in regions for api in ("openai", "faq", "openai", "gemini")]
    deployments = tuple(Deployment(f"{api}-{n}", "support", name, api) for n, (api, name) in enumerate(written))
    agent = replace(agent_in("eu-west"), deployments=deployments)
    fleet, _ = fleet_of(agent)
    for name in fleet.members:
        call(fleet, name, took_s=0.001 if "faq" in name else 0.3)
    for _ in range(50):
        order = choose(agent, DUBLIN, TWELVE, fleet=fleet).deployments
        assert set(order[:2]) == {"openai-0", "openai-2"}
        assert set(order[2:4]) == {"openai-4", "openai-6"}
        assert order[4:] == ("gemini-3", "gemini-7", "faq-1", "faq-5")


def explained(route: Route) -> str:
    return "\n".join(explain(route))


def test_a_route_says_what_was_passed_over_and_why() -> None:
    agent = agent_in(*THREE)
    fleet, _ = fleet_of(agent)
    fail(fleet, "support-eu-west")
    call(fleet, "support-us-west", Verdict.FULL, rests_s=7.0)
    route = choose(agent, DUBLIN, THREE, fleet=fleet)
    assert route.deployments == ("support-ap-south",)
    assert route.resting == ("support-eu-west", "support-us-west")
    assert "Passed over support-eu-west: it failed repeatedly (timed_out) and is tried again in" in explained(route)
    assert "Passed over support-us-west: it asked to be left alone for 7 s more." in explained(route)


@pytest.mark.property
@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["", *sorted(TWELVE)]),
    st.dictionaries(st.sampled_from(sorted(TWELVE)), st.sampled_from(["down", "full", "rests", "out"])),
    st.floats(0, 1, exclude_max=True),
)
def test_whatever_the_fleet_knows_a_strict_agent_never_leaves_its_zone(
    chosen: str, state: dict[str, str], lot: float
) -> None:
    agent = agent_in(*TWELVE, residency="strict", default_zone="eu")
    fleet, now = fleet_of(agent)
    for region, what in state.items():
        member = fleet.members[f"support-{region}"]
        match what:
            case "down":
                fail(fleet, member.name)
            case "full":
                member.under_way = 1_000
            case "rests":
                member.rest(now() + 5.0)
            case _:
                member.eject(now() + 5.0)
    where = Whereabouts(
        50.0, 8.0, "choice" if chosen else "default", chosen, chosen, TWELVE[chosen].residency if chosen else ""
    )
    zone = where.zone or "eu"
    route = choose(agent, where, TWELVE, fleet=fleet, lot=lot)
    names = {*route.deployments, *route.resting}
    assert {TWELVE[name.removeprefix("support-")].residency for name in names} <= {zone}
    usable = {n for n, r in TWELVE.items() if r.residency == zone and state.get(n) not in ("down", "rests")}
    assert {name.removeprefix("support-") for name in route.deployments} == usable


def test_no_message_of_a_strict_agent_leaves_its_zone_in_a_hundred_thousand() -> None:
    chance = random.Random(2026)
    agent = agent_in(*TWELVE, residency="strict", default_zone="eu")
    fleet, now = fleet_of(agent, seed=3)
    outside = answered = 0
    for _ in range(100_000):
        now.s += 0.01
        chosen = chance.choice(("", "", "", "us-west", "eu-west"))
        zone = TWELVE[chosen].residency if chosen else "eu"
        where = Whereabouts(
            chance.randint(-60, 60), chance.randint(-180, 180), "choice", chosen, chosen, zone if chosen else ""
        )
        route = choose(agent, where, TWELVE, fleet=fleet, lot=chance.random())
        outside += any(TWELVE[name.removeprefix("support-")].residency != zone for name in route.deployments)
        if route.deployments:
            answered += 1
            (verdict,) = chance.choices((Verdict.FINE, Verdict.FAULT, Verdict.FULL), (88, 10, 2))
            call(fleet, route.deployments[0], verdict, took_s=chance.random())
    assert outside == 0
    assert answered > 90_000
