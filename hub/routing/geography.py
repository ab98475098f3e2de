"""Where a time zone, a country or a pair of coordinates lies on the globe, and how far apart two places are.

All facts come from the tzdata package: `zone.tab` (coordinates of each zone's main city), the links in `tzdata.zi`
(other names of a zone) and `iso3166.tab` (country codes). They are read once, when first asked for.
"""

import math
import re
from collections.abc import Container, Mapping
from functools import cache, lru_cache
from importlib import resources

import msgspec

Place = tuple[float, float]
"""Latitude and longitude in degrees."""

EARTH_RADIUS_KM = 6371.0088
"""Mean radius, as the IUGG gives it."""

# zone.tab lists a country's zones by geography, not by weight. Where its first row is not where most people live,
# this names the zone that is.
_MAIN_ZONE = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}

_POSITION = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")
_COORDINATES = re.compile(r"([+-]?\d{1,2}(?:\.\d{1,15})?)\s*,\s*([+-]?\d{1,3}(?:\.\d{1,15})?)", re.ASCII)


class _Gazetteer(msgspec.Struct, frozen=True):
    zones: dict[str, Place]
    """By zone name in lower case, links included."""
    countries: dict[str, Place]
    """By ISO 3166 code in upper case."""
    names: dict[str, str]
    """English name by the same code."""


def place_of(text: str) -> Place | None:
    """What an operator wrote as a location: a time zone, a country code or `lat,lon`. None where it is none of them."""
    return place_of_zone(text) or place_of_country(text) or _coordinates(text)


def place_of_zone(name: str) -> Place | None:
    """The main city of an IANA time zone, by any of its names. None for unknown ones and those of a mere offset."""
    return _gazetteer().zones.get(name.strip().lower())


def place_of_country(code: str) -> Place | None:
    """The main city of the time zone in which most of a country's people live, by ISO 3166 two-letter code.

    None for unknown codes and for the two uninhabited territories without a zone (BV, HM).
    """
    return _gazetteer().countries.get(code.strip().upper())


def country_name(code: str) -> str:
    """The English name of a country by ISO 3166 two-letter code; the code itself where it is unknown."""
    return _gazetteer().names.get(code, code)


def on_the_globe(latitude: float, longitude: float) -> bool:
    """Whether both are numbers in range; NaN and infinities are not."""
    return -90.0 <= latitude <= 90.0 and -180.0 <= longitude <= 180.0


@lru_cache(maxsize=16_384)
def distance_km(one: Place, other: Place) -> float:
    """Length of the great circle between two places, by the haversine formula."""
    latitude, other_latitude = math.radians(one[0]), math.radians(other[0])
    half_north = (other_latitude - latitude) / 2
    half_east = math.radians(other[1] - one[1]) / 2
    haversine = math.sin(half_north) ** 2 + math.cos(latitude) * math.cos(other_latitude) * math.sin(half_east) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, haversine)))


def _coordinates(text: str) -> Place | None:
    found = _COORDINATES.fullmatch(text.strip())
    if not found:
        return None
    latitude, longitude = float(found[1]), float(found[2])
    return (latitude, longitude) if on_the_globe(latitude, longitude) else None


@cache
def _gazetteer() -> _Gazetteer:
    """Read the tables; about 5 ms, once in a process."""
    rows = _rows("zone.tab")
    cities = {zone: _position(position) for _, position, zone, *_ in rows}
    zones = dict(cities)
    links = _links()
    for name in links:
        if city := cities.get(end_of(name, links, cities)):
            zones[name] = city
    countries: dict[str, Place] = {}
    for country, _, zone, *_ in rows:
        countries.setdefault(country, cities[_MAIN_ZONE.get(country, zone)])
    names = {country: name for country, name, *_ in _rows("iso3166.tab")}
    return _Gazetteer({name.lower(): city for name, city in zones.items()}, countries, names)


def end_of(name: str, links: Mapping[str, str], cities: Container[str]) -> str:
    """The first city on the way from link to link, which has no circles; else where the way ends."""
    while name not in cities and name in links:
        name = links[name]
    return name


def _links() -> dict[str, str]:
    """Zone name to the zone it stands for."""
    lines = (line.split() for line in _text("tzdata.zi").splitlines() if line.startswith("L "))
    return {name: target for _, target, name in lines}


def _rows(table: str) -> list[list[str]]:
    return [line.split("\t") for line in _text(table).splitlines() if line and not line.startswith("#")]


def _text(file: str) -> str:
    return resources.files("tzdata.zoneinfo").joinpath(file).read_text(encoding="utf-8")


def _position(iso6709: str) -> Place:
    """`+404251-0740023` or `+4042-07400`: degrees, minutes and sometimes seconds."""
    found = _POSITION.fullmatch(iso6709)
    if not found:
        raise ValueError(f"{iso6709} in zone.tab is not a position")
    north, degrees, minutes, seconds, east, degrees_east, minutes_east, seconds_east = found.groups()
    latitude = int(degrees) + int(minutes) / 60 + int(seconds or 0) / 3600
    longitude = int(degrees_east) + int(minutes_east) / 60 + int(seconds_east or 0) / 3600
    return (-latitude if north == "-" else latitude, -longitude if east == "-" else longitude)
