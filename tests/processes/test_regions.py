"""Whose conversations the workers of a region claim."""

import pytest

from hub.config.settings import Region
from hub.processes.regions import Claiming, claimed, served
from hub.processes.roster import DRAINING, LIFE_MS, SERVING, Peer, Role

pytestmark = pytest.mark.unit

REGIONS = {
    "us-west": Region("us-west", "America/Los_Angeles", 34.05, -118.24, "us"),
    "us-east": Region("us-east", "America/New_York", 40.71, -74.01, "us"),
    "us-south": Region("us-south", "America/Chicago", 32.78, -96.80, "us"),
    "eu-west": Region("eu-west", "Europe/Dublin", 53.33, -6.25, "eu"),
    "eu-east": Region("eu-east", "Europe/Warsaw", 52.25, 21.0, "eu"),
}
ALL = set(REGIONS)


def test_who_stands_nowhere_claims_everything() -> None:
    assert served("", ALL, REGIONS) is None
    assert claimed({"", "eu-west"}, REGIONS) is None


def test_each_claims_its_own_while_all_live() -> None:
    assert {name: served(name, ALL, REGIONS) for name in ALL} == {name: frozenset({name}) for name in ALL}


def test_the_nearest_of_the_zone_takes_over() -> None:
    working = ALL - {"us-south"}
    assert served("us-west", working, REGIONS) == {"us-west", "us-south"}  # 2,000 km; New York is 2,200 km away
    assert served("us-east", working, REGIONS) == {"us-east"}
    assert served("eu-west", working, REGIONS) == {"eu-west"}


def test_one_can_serve_a_whole_zone() -> None:
    assert served("eu-east", {"eu-east", "us-west"}, REGIONS) == {"eu-east", "eu-west"}


def test_nobody_of_another_zone_takes_over() -> None:
    working = {"us-west", "us-east", "us-south"}
    for name in working:
        assert not served(name, working, REGIONS) & {"eu-west", "eu-east"}
    assert claimed(working, REGIONS) == working


def test_every_region_is_claimed_by_exactly_one_while_its_zone_lives() -> None:
    for working in ({"us-west", "eu-west"}, {"us-south", "eu-east", "eu-west"}, ALL - {"us-east"}):
        owners = [name for mine in working for name in served(mine, working, REGIONS) or ()]
        assert sorted(owners) == sorted(ALL)
        assert claimed(working, REGIONS) == ALL


def peer(name: str, region: str, *, role: str = Role.WORKER, state: str = SERVING, silent_ms: int = 0) -> Peer:
    return Peer(name, role, region, state, "1", "here:1", 60_000, silent_ms)


def test_the_workers_of_a_region_are_those_that_claim_it() -> None:
    peers = (
        peer("one", "us-west"),
        peer("two", "us-west"),
        peer("three", "us-east"),
        peer("four", "eu-west", role=Role.ALL),
        peer("anywhere", ""),
        peer("gateway", "us-west", role=Role.GATEWAY),
        peer("draining", "us-west", state=DRAINING),
        peer("dead", "us-west", silent_ms=LIFE_MS),
    )
    claiming = Claiming(peers, REGIONS, "us-east")
    assert claiming.workers_of("us-west") == ("one", "two", "anywhere")
    assert claiming.workers_of("us-south") == ("one", "two", "anywhere")  # which nobody has, and they are near
    assert claiming.workers_of("eu-east") == ("four", "anywhere")
    assert claiming.here == {"us-east"}
    assert claiming.anywhere is None
    assert Claiming(peers[:3], REGIONS, "us-east").workers_of("eu-east") == ()
