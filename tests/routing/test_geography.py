"""Coordinates of zones, countries and `lat,lon`; distances."""

import math
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.routing.geography import (
    EARTH_RADIUS_KM,
    country_name,
    distance_km,
    end_of,
    place_of,
    place_of_country,
    place_of_zone,
)
from tests.routing.places import angle, links, point, zones_by_row

pytestmark = pytest.mark.unit

places = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [
        ("Europe/Berlin", 52.5, 13.367),  # a row without seconds
        ("America/New_York", 40.714, -74.006),  # a row with seconds
        ("Europe/Oslo", 59.917, 10.75),  # in tzdata.zi a link to Berlin, in zone.tab a row of its own
        ("US/Pacific", 34.052, -118.243),  # a link
        ("asia/calcutta", 22.533, 88.367),  # a link, in another case
        ("  Europe/Berlin ", 52.5, 13.367),
        ("DE", 52.5, 13.367),
        ("jp", 35.654, 139.745),
        ("AU", -33.867, 151.217),  # Sydney, not Lord Howe Island
        ("BR", -23.533, -46.617),  # São Paulo, not Fernando de Noronha
        ("CA", 43.65, -79.383),  # Toronto, not St. John's
        ("RU", 55.756, 37.618),  # Moscow, not Kaliningrad
        ("37.77,-122.42", 37.77, -122.42),
        (" -90 , +180 ", -90.0, 180.0),
    ],
)
def test_a_place_is_found(text: str, latitude: float, longitude: float) -> None:
    assert place_of(text) == (pytest.approx(latitude, abs=0.001), pytest.approx(longitude, abs=0.001))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Atlantis/Poseidonis",
        "UTC",  # a zone, but no place
        "Etc/GMT+5",
        "XX",
        "BV",  # a country code without people or zone
        "90.1,0",
        "0,180.5",
        "nan,0",
        "inf,0",
        "1e1,5",
        "1_0,5",
        "１０,２０",  # digits, but not those of coordinates
        "1,2,3",
        "52.5",
    ],
)
def test_what_is_no_place_is_none(text: str) -> None:
    assert place_of(text) is None


def test_every_row_of_zone_tab_is_found_where_it_stands() -> None:
    for zone, (_, there) in zones_by_row().items():
        place = place_of_zone(zone)
        assert place
        assert angle(point(*place), there) < 1e-9, zone


def test_every_link_leads_to_its_zone_unless_it_is_a_mere_offset() -> None:
    rows = zones_by_row()
    for name, target in links().items():
        end = name if name in rows else target
        while end in links() and end not in rows:
            end = links()[end]
        place = place_of_zone(name)
        if end in rows:
            assert place is not None, name
            assert angle(point(*place), rows[end][1]) < 1e-9, name
        else:
            assert place is None
            assert end.startswith(("Etc/", "GMT")), name


def test_a_link_to_a_link_is_followed_to_the_first_city() -> None:
    links = {"Old": "Older", "Older": "City", "City": "Capital", "Lost": "Offset"}
    assert end_of("Old", links, {"City", "Capital"}) == "City"  # a city with a row of its own stands for itself
    assert end_of("Lost", links, {"City", "Capital"}) == "Offset"


def test_every_country_with_a_zone_has_a_place_in_one_of_its_own_zones() -> None:
    rows = zones_by_row().values()
    countries = {country for country, _ in rows}
    assert len(countries) > 240
    for country in countries:
        place = place_of_country(country)
        assert place
        assert min(angle(point(*place), there) for owner, there in rows if owner == country) < 1e-9


def test_every_country_has_a_name() -> None:
    codes = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8").splitlines()
    assert all(country_name(line[:2]) == line[3:] for line in codes if not line.startswith("#"))
    assert country_name("XX") == "XX"


def test_known_distances() -> None:
    paris, london, sydney = (48.8566, 2.3522), (51.5074, -0.1278), (-33.8688, 151.2093)
    assert distance_km(paris, london) == pytest.approx(344, abs=1)
    assert distance_km(london, sydney) == pytest.approx(16_994, abs=20)
    assert distance_km((0, 0), (0, 180)) == pytest.approx(math.pi * EARTH_RADIUS_KM)
    assert distance_km((0, 179.9), (0, -179.9)) == pytest.approx(22.24, abs=0.01)  # over the date line


@pytest.mark.property
@settings(deadline=None)
@given(places, places)
def test_haversines_and_vectors_agree(one: tuple[float, float], other: tuple[float, float]) -> None:
    # Nearly opposite places are where a haversine loses digits: half a kilometre of 20,000.
    assert distance_km(one, other) == pytest.approx(angle(point(*one), point(*other)) * EARTH_RADIUS_KM, abs=0.5)
    assert distance_km(one, other) == pytest.approx(distance_km(other, one), abs=1e-6)
