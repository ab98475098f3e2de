"""Count margins grow with what providers bill, survive a restart, and never shrink."""

import pytest

from hub.money.margins import DEFAULT_PERMILLE, FRAMING_TOKENS, MOST_PERMILLE, CountMargins
from hub.store import Database
from tests.money.calls import rows

pytestmark = pytest.mark.unit


def test_an_unknown_model_is_counted_with_a_tenth_more() -> None:
    assert CountMargins().bound("m", 1_001) == 1_102 + FRAMING_TOKENS  # 1,101.1, rounded up


def test_a_bill_within_the_margin_teaches_nothing() -> None:
    assert CountMargins().learn("m", counted=1_000, billed=1_100 + FRAMING_TOKENS) is None


def test_what_was_learned_covers_the_bill_it_was_learned_from() -> None:
    margins = CountMargins()
    for counted, billed in [(7, 44), (100, 200), (333, 777), (1_000, 3_999)]:
        assert margins.learn("m", counted=counted, billed=billed) is None or margins.bound("m", counted) >= billed
        assert margins.bound("m", counted) >= billed


def test_framing_of_a_short_prompt_is_no_ratio() -> None:
    margins = CountMargins()
    assert margins.learn("m", counted=1, billed=30) is None
    assert margins.of("m") == DEFAULT_PERMILLE


def test_nonsense_does_not_widen_it_without_end() -> None:
    margins = CountMargins()
    assert margins.learn("m", counted=10, billed=10**9) is not None
    assert margins.of("m") == MOST_PERMILLE
    assert margins.learn("m", counted=0, billed=10**9) is None


async def test_kept_over_a_restart_and_only_ever_wider(database: Database) -> None:
    one, other = CountMargins(), CountMargins()
    wide = one.learn("m", counted=100, billed=FRAMING_TOKENS + 150)
    narrow = other.learn("m", counted=100, billed=FRAMING_TOKENS + 120)
    assert wide is not None
    assert narrow is not None
    await database.run(wide)
    await database.run(narrow)
    assert (await rows(database, "SELECT permille FROM count_margin"))[0]["permille"] == 1_500
    loaded = await CountMargins.load(database)
    assert (loaded.of("m"), loaded.of("n")) == (1_500, DEFAULT_PERMILLE)


async def test_given_until_it_was_stored(database: Database) -> None:
    margins = CountMargins()
    margins.learn("m", counted=100, billed=FRAMING_TOKENS + 150)  # and its transaction fails
    again = margins.learn("m", counted=100, billed=FRAMING_TOKENS + 100)
    assert again is not None
    await database.run(again)
    margins.kept([again])
    assert (await CountMargins.load(database)).of("m") == 1_500
    assert margins.learn("m", counted=100, billed=FRAMING_TOKENS + 150) is None
    wider = margins.learn("m", counted=100, billed=FRAMING_TOKENS + 160)
    assert wider is not None
    assert wider.values["permille"] == 1_600
