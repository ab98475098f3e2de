"""Territories that language tags name or hint at."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.routing.geography import place_of_country
from hub.routing.territory import _LIKELY, _LIKELY_BY_SCRIPT, likely_territory, named_territory

pytestmark = pytest.mark.unit

# Every locale that Discord's documentation lists.
DISCORD = (
    "id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja "
    "zh-TW ko"
)


@pytest.mark.parametrize(
    ("tag", "territory"),
    [
        ("pt-BR", "BR"),
        ("pt_BR", "BR"),
        ("pt-br", "BR"),  # as Telegram writes it
        ("zh-Hant-TW", "TW"),
        ("zh_Hans_SG", "SG"),
        ("de_AT.UTF-8", "AT"),  # as POSIX writes it
        ("ca_ES@valencia", "ES"),
        ("es-419", "MX"),  # Latin America, as Discord writes it
        ("en-UK", "GB"),
        ("sl-rozaj-IT", "IT"),
        ("en-u-rg-gbzzzz", ""),  # an extension is no territory
        ("en-x-US", ""),
        ("zh-Hant", ""),
        ("de", ""),
        ("DE", ""),
        ("", ""),
        ("-", ""),
        ("e" * 10_000 + "-US", ""),
        ("en-ÜS", ""),
    ],
)
def test_named_territory(tag: str, territory: str) -> None:
    assert named_territory(tag) == territory


@pytest.mark.parametrize(
    ("tag", "territory"),
    [
        ("pt", "BR"),
        ("de", "DE"),
        ("DE", "DE"),
        ("sv", "SE"),
        ("uk", "UA"),  # Ukrainian, not the United Kingdom
        ("ja", "JP"),
        ("zh", "CN"),
        ("zh-Hans", "CN"),
        ("zh-Hant", "TW"),
        ("fil", "PH"),
        ("iw", "IL"),  # the old code of Hebrew
        ("tlh", ""),
        ("", ""),
    ],
)
def test_likely_territory(tag: str, territory: str) -> None:
    assert likely_territory(tag) == territory


def test_every_likely_territory_has_a_place() -> None:
    assert len(_LIKELY) >= 60
    territories = {*_LIKELY.values(), *_LIKELY_BY_SCRIPT.values()}
    assert {territory for territory in territories if not place_of_country(territory)} == set()


def test_every_locale_of_discord_leads_somewhere() -> None:
    nowhere = [tag for tag in DISCORD.split() if not place_of_country(named_territory(tag) or likely_territory(tag))]
    assert nowhere == []


@pytest.mark.property
@settings(deadline=None)
@given(st.text())
def test_no_tag_breaks_it(tag: str) -> None:
    assert len(named_territory(tag)) in (0, 2, 3)
    assert len(likely_territory(tag)) in (0, 2)
