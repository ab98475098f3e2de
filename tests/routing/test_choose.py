"""Nearest first, residency without exception, and reasons that people can read."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.config.settings import Region
from hub.messages import Hints
from hub.routing import NoRegionInZone, Route, Whereabouts, choose, explain, home_region, whereabouts
from hub.routing.localities import LISTED
from tests.routing.crew import fleet_of
from tests.routing.places import THREE, TWELVE, agent_in, links, nearest, point, zones_by_row

pytestmark = pytest.mark.unit

BERLIN = Whereabouts(52.5, 13.4, "time zone", "Europe/Berlin")
CHOSE_US = whereabouts(Hints(region="us-west"), "", TWELVE, "eu-west")


def fine(_: str) -> bool:
    return True


@pytest.mark.parametrize("regions", [THREE, TWELVE], ids=["three", "twelve"])
def test_every_zone_and_every_link_goes_to_its_nearest_region(regions: dict[str, Region]) -> None:
    agent = agent_in(*regions)
    fleet, _ = fleet_of(agent)
    rows = zones_by_row()
    ends = {name: name for name in rows} | {name: target for name, target in links().items() if name not in rows}
    routed = 0
    for name, end in ends.items():
        while end in links() and end not in rows:
            end = links()[end]
        if end not in rows:
            continue  # a mere offset from UTC
        where = whereabouts(Hints(time_zone=name), "", regions, "us-west")
        route = choose(agent, where, regions, healthy=fine)
        expected = nearest(rows[end][1], regions)
        assert route.deployments == tuple(f"support-{region}" for region in expected), name
        assert route.region == expected[0] == home_region(where, regions)
        by_fleet = choose(agent, where, regions, fleet=fleet, lot=0.999)
        assert by_fleet.deployments == tuple(f"support-{region}" for region in expected[:LISTED]), name
        routed += 1
    assert routed > 540


@pytest.mark.property
@settings(deadline=None)
@given(st.floats(-90, 90), st.floats(-180, 180), st.sets(st.sampled_from(sorted(TWELVE))))
def test_the_nearest_healthy_deployment_answers(latitude: float, longitude: float, down: set[str]) -> None:
    where = Whereabouts(latitude, longitude, "location")
    route = choose(agent_in(*TWELVE), where, TWELVE, healthy=lambda name: name.removeprefix("support-") not in down)
    expected = [name for name in nearest(point(latitude, longitude), TWELVE) if name not in down]
    assert route.deployments == tuple(f"support-{name}" for name in expected)
    assert {name.removeprefix("support-") for name, _ in route.passed_over} == down


def test_deployments_at_one_spot_stand_in_the_order_of_their_names() -> None:
    regions = {name: Region(name, "", 50.0, 8.0, "eu") for name in ("c", "a", "b")}
    route = choose(agent_in("c", "b", "a"), BERLIN, regions, healthy=fine)
    assert route.deployments == ("support-a", "support-b", "support-c")


def test_a_chosen_region_comes_before_another_at_the_same_spot() -> None:
    regions = {name: Region(name, "", 50.0, 8.0, "eu") for name in ("a", "b")}
    where = whereabouts(Hints(region="b"), "", regions, "a")
    assert choose(agent_in("a", "b"), where, regions, healthy=fine).deployments == ("support-b", "support-a")
    assert home_region(where, regions) == "b"


def test_a_deployment_in_an_unknown_region_is_passed_over() -> None:
    route = choose(agent_in("eu-west", "moon"), BERLIN, THREE, healthy=fine)
    assert route.deployments == ("support-eu-west",)
    assert route.passed_over == (("support-moon", "its region moon is not known"),)


# -- residency -------------------------------------------------------------------------------------------------------


def test_a_strict_agent_answers_a_guess_from_its_default_zone_however_far() -> None:
    route = choose(agent_in(*TWELVE, residency="strict", default_zone="us"), BERLIN, TWELVE, healthy=fine)
    assert route.deployments == ("support-us-east", "support-us-west")


def test_a_strict_agent_answers_from_the_zone_that_the_person_chose() -> None:
    agent = agent_in(*TWELVE, residency="strict", default_zone="eu")
    assert choose(agent, CHOSE_US, TWELVE, healthy=fine).deployments == ("support-us-west", "support-us-east")


def test_a_strict_agent_whose_zone_is_down_answers_from_nowhere() -> None:
    agent = agent_in(*TWELVE, residency="strict", default_zone="eu")
    route = choose(agent, BERLIN, TWELVE, healthy=lambda name: "-eu-" not in name)
    assert (route.deployments, route.region) == ((), "")
    assert dict(route.passed_over)["support-eu-west"] == "it cannot take calls now"
    assert dict(route.passed_over)["support-us-west"] == "it stands outside the zone eu"


def test_a_strict_agent_without_a_zone_answers_from_nowhere() -> None:
    # A region without a residency is no zone either: nothing may match the absence of one.
    regions = THREE | {"nowhere": Region("nowhere", "", 50.0, 8.0, "")}
    route = choose(agent_in(*regions, residency="strict"), BERLIN, regions, healthy=fine)
    assert route.deployments == ()
    assert any("default_zone" in reason for reason in route.reasons)


def test_an_agent_that_is_not_strict_serves_anyone_from_anywhere() -> None:
    agent = agent_in("eu-west", default_zone="eu")
    assert choose(agent, CHOSE_US, TWELVE, healthy=fine).deployments == ("support-eu-west",)


@pytest.mark.property
@settings(deadline=None)
@given(
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.sampled_from(["", *sorted(TWELVE)]),
    st.sets(st.sampled_from(sorted(TWELVE)), min_size=1),
    st.sampled_from(["", "eu", "us", "in", "atlantis"]),
    st.sets(st.sampled_from(sorted(TWELVE))),
)
def test_no_circumstance_leads_a_strict_agent_out_of_its_zone(
    latitude: float, longitude: float, chosen: str, standing: set[str], default_zone: str, down: set[str]
) -> None:
    agent = agent_in(*sorted(standing), residency="strict", default_zone=default_zone)
    where = whereabouts(Hints(region=chosen, location=(latitude, longitude)), "", TWELVE, "us-west")
    route = choose(agent, where, TWELVE, healthy=lambda name: name.removeprefix("support-") not in down)
    zone = TWELVE[chosen].residency if chosen else default_zone
    may = {name for name in standing - down if TWELVE[name].residency == zone}
    assert {name.removeprefix("support-") for name in route.deployments} == may


def test_the_home_of_a_message_to_a_strict_agent_is_in_its_zone() -> None:
    agent = agent_in("us-east", residency="strict", default_zone="us")
    assert home_region(BERLIN, TWELVE) == "eu-central"
    assert home_region(BERLIN, TWELVE, agent) == "us-east"
    assert home_region(BERLIN, TWELVE, agent_in("us-east")) == "eu-central"


def test_a_zone_without_a_region_is_an_error_with_its_remedy() -> None:
    with pytest.raises(NoRegionInZone, match="default_zone"):
        home_region(BERLIN, TWELVE, agent_in("us-east", residency="strict", default_zone="atlantis"))


# -- reasons ---------------------------------------------------------------------------------------------------------


def test_a_route_is_explained_in_sentences() -> None:
    agent = agent_in(*THREE, residency="", default_zone="")
    route = choose(agent, BERLIN, THREE, healthy=lambda name: name != "support-us-west")
    assert explain(route) == [
        "Your time zone is Europe/Berlin.",
        "support-eu-west in eu-west is the nearest that can answer, about 1,317 km away.",
        "If it fails, next in line: support-ap-south.",
        "Passed over support-us-west: it cannot take calls now.",
    ]


def test_a_strict_route_says_what_binds_it() -> None:
    route = choose(agent_in(*TWELVE, residency="strict", default_zone="eu"), CHOSE_US, TWELVE, healthy=fine)
    assert "Agent support answers only from the residency zone us (your choice of region)." in explain(route)


def test_a_route_is_stored_as_json_and_explained_from_it() -> None:
    route = choose(agent_in(*TWELVE), BERLIN, TWELVE, healthy=lambda name: name != "support-us-west")
    stored = msgspec.json.encode(route)
    assert msgspec.json.decode(stored, type=Route) == route
    assert explain(stored.decode()) == explain(route)
    assert explain("") == ["The hub answered by itself, without any agent."]


def test_a_shared_location_is_not_stored_with_the_route() -> None:
    where = whereabouts(Hints(location=(48.20849, 16.37208)), "", TWELVE, "us-west")
    stored = msgspec.json.encode(choose(agent_in(*TWELVE), where, TWELVE, healthy=fine)).decode()
    assert "48.2" not in stored
    assert "16.3" not in stored
