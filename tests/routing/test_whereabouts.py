"""The order of hints, and hints that are worth nothing."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.messages import Hints
from hub.routing import whereabouts
from tests.routing.places import TWELVE

pytestmark = pytest.mark.unit

# From the strongest to the weakest: what is given, and what is then read.
LADDER = [
    ({"region": "sa-east"}, "choice", "sa-east"),
    ({"location": (59.9, 10.7)}, "location", ""),
    ({"time_zone": "Asia/Tokyo"}, "time zone", "Asia/Tokyo"),
    ({"locale": "pt-BR"}, "locale", "Brazil"),
    ({"workspace_locale": "en-AU"}, "workspace", "Australia"),
    ({"language": "de"}, "language", "Germany"),
    ({}, "default", "us-west"),
]


@pytest.mark.parametrize("step", range(len(LADDER)))
def test_the_strongest_hint_wins(step: int) -> None:
    given_hints = {key: value for hints, _, _ in LADDER[step:] for key, value in hints.items()}
    found = whereabouts(Hints(**given_hints), "", TWELVE, "us-west")
    assert (found.source, found.detail) == LADDER[step][1:]


def test_a_choice_of_now_is_stronger_than_one_of_before() -> None:
    found = whereabouts(Hints(region="eu-west"), "sa-east", TWELVE, "us-west")
    assert (found.region, found.zone) == ("eu-west", "eu")


def test_a_remembered_choice_is_stronger_than_a_shared_location() -> None:
    found = whereabouts(Hints(location=(1.0, 2.0)), "sa-east", TWELVE, "us-west")
    assert (found.source, found.region, found.zone) == ("choice", "sa-east", "br")


def test_a_region_that_is_no_more_is_no_choice() -> None:
    found = whereabouts(Hints(region="gone", time_zone="Asia/Tokyo"), "gone-too", TWELVE, "us-west")
    assert (found.source, found.region, found.zone) == ("time zone", "", "")


@pytest.mark.parametrize("step", range(1, len(LADDER)))
def test_a_guess_claims_no_zone(step: int) -> None:
    assert whereabouts(Hints(**LADDER[step][0]), "", TWELVE, "us-west").zone == ""


@pytest.mark.parametrize(
    ("hints", "source"),
    [
        (Hints(locale="fr"), "language"),  # Discord's locale often has no territory
        (Hints(language="pt-br"), "locale"),  # Telegram's language code often has one
        (Hints(language="zh-hant"), "language"),
        (Hints(workspace_locale="nl"), "language"),
        (Hints(locale="xx-DE"), "locale"),
        (Hints(locale="de-XX"), "language"),  # no such territory, but the language is known
        (Hints(locale="tlh-XX"), "default"),
    ],
)
def test_tags_are_read_for_what_they_hold(hints: Hints, source: str) -> None:
    assert whereabouts(hints, "", TWELVE, "us-west").source == source


@pytest.mark.parametrize(
    "location", [(math.nan, 0.0), (0.0, math.nan), (math.inf, 0.0), (91.0, 0.0), (0.0, -180.1), (1e308, 1e308)]
)
def test_a_location_off_the_globe_is_passed_over(location: tuple[float, float]) -> None:
    assert whereabouts(Hints(location=location, time_zone="Asia/Tokyo"), "", TWELVE, "us-west").source == "time zone"


@pytest.mark.parametrize("zone", ["UTC", "Etc/GMT+8", "Mars/Olympus", "../etc/passwd", "DE", "52.5,13.4", "\x00"])
def test_a_zone_without_a_place_is_passed_over(zone: str) -> None:
    assert whereabouts(Hints(time_zone=zone, locale="pt-BR"), "", TWELVE, "us-west").source == "locale"


@pytest.mark.property
@settings(deadline=None)
@given(
    st.builds(
        Hints,
        region=st.text(),
        location=st.none() | st.tuples(st.floats(), st.floats()),
        time_zone=st.text(),
        locale=st.text(),
        workspace_locale=st.text(),
        language=st.text(),
    ),
    st.text(),
)
def test_garbage_never_raises_and_ends_on_the_globe(hints: Hints, remembered: str) -> None:
    found = whereabouts(hints, remembered, TWELVE, "us-west")
    assert -90 <= found.latitude <= 90
    assert -180 <= found.longitude <= 180
