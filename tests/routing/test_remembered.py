"""What is kept of the hints of earlier messages, and how it goes together with those of now."""

import math

import pytest

from hub.messages import Hints
from hub.routing import NOTHING, choose, combined, to_keep, whereabouts
from tests.routing.places import TWELVE, agent_in

pytestmark = pytest.mark.unit

KEPT = Hints(location=(59.9, 10.7), time_zone="Europe/Oslo", locale="nb-NO")


@pytest.mark.parametrize(
    ("heard", "together"),
    [
        (NOTHING, KEPT),
        (Hints(time_zone="Asia/Tokyo"), Hints(location=(59.9, 10.7), time_zone="Asia/Tokyo", locale="nb-NO")),
        (Hints(location=(1.0, 2.0)), Hints(location=(1.0, 2.0), time_zone="Europe/Oslo", locale="nb-NO")),
        (Hints(language="de"), Hints(location=(59.9, 10.7), time_zone="Europe/Oslo", language="de")),
        (
            Hints(region="eu-west", workspace_locale="fr-FR"),
            Hints("eu-west", (59.9, 10.7), "Europe/Oslo", "nb-NO", "fr-FR"),
        ),
    ],
)
def test_what_is_told_now_comes_before_what_was_told(heard: Hints, together: Hints) -> None:
    assert combined(KEPT, heard) == together


def test_what_a_message_chooses_or_a_workspace_is_set_to_is_not_kept() -> None:
    assert to_keep(Hints(region="eu-west", workspace_locale="fr-FR", language="de")) == Hints(language="de")


@pytest.mark.parametrize(
    ("place", "kept"),
    [((52.5163, 13.3777), (52.5, 13.4)), ((math.nan, 0.0), None), ((91.0, 0.0), None)],
)
def test_a_place_is_kept_to_about_ten_kilometres(place: tuple[float, float], kept: tuple[float, float] | None) -> None:
    assert to_keep(Hints(location=place)).location == kept


@pytest.mark.parametrize(
    ("heard", "kept", "source", "earlier"),
    [
        (NOTHING, KEPT, "location", True),
        (Hints(location=(1.0, 2.0)), KEPT, "location", False),
        (Hints(time_zone="Asia/Tokyo"), Hints(language="de"), "time zone", False),
        (Hints(language="de"), Hints(time_zone="Asia/Tokyo"), "time zone", True),
        (NOTHING, Hints(locale="pt-BR"), "locale", True),
        (Hints(language="pt-br"), Hints(time_zone="UTC"), "locale", False),
        (Hints(workspace_locale="en-AU"), Hints(language="de"), "workspace", False),
        (NOTHING, Hints(language="de"), "language", True),
        (Hints(language="fr"), Hints(language="de"), "language", False),
        (NOTHING, Hints(time_zone="UTC"), "default", False),
        (Hints(region="sa-east"), KEPT, "choice", False),
    ],
)
def test_a_place_says_whether_it_was_told_before(heard: Hints, kept: Hints, source: str, earlier: bool) -> None:
    found = whereabouts(heard, "", TWELVE, "us-west", kept)
    assert (found.source, found.earlier) == (source, earlier)


def test_a_choice_is_stronger_than_anything_kept() -> None:
    assert whereabouts(NOTHING, "sa-east", TWELVE, "us-west", KEPT).source == "choice"


def test_a_route_tells_what_an_earlier_message_told() -> None:
    where = whereabouts(NOTHING, "", TWELVE, "us-west", KEPT)
    route = choose(agent_in("eu-west"), where, TWELVE, healthy=lambda _: True)
    assert route.reasons[0] == "You shared a location. (An earlier message told; /region clear forgets it.)"
