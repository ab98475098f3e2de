"""Splitting: by UTF-16 units, at good places, on any input."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.rendering.cutting import sanitized, visible
from channels.rendering.cutting import split as split_at
from channels.rendering.telegram import LIMIT


def split(text: str, limit: int = LIMIT) -> list[str]:
    return split_at(text, limit)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def unblank(text: str) -> str:
    """Without what a cut may lose."""
    return "".join(char for char in text if not char.isspace() and visible(char))


PIECES = st.sampled_from(
    [
        "a",
        "word ",
        "\n",
        "\n\n",
        "    ",
        "é",
        "e\u0301",
        "👩\u200d👩\u200d👧",
        "🇩🇪",
        "👍🏽",
        "\ud83d",
        "\0",
        "\u200b",
        "𝔘",
        "한",
    ]
)


@pytest.mark.property
@given(st.one_of(st.text(), st.lists(PIECES, max_size=80).map("".join)), st.integers(2, 40))
def test_any_text_fits_and_nothing_visible_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < units(part) <= limit and visible(part) for part in parts)
    assert unblank("".join(parts)) == unblank(sanitized(text))


@pytest.mark.property
@given(st.text(st.characters(codec="utf-16"), min_size=1, max_size=200), st.integers(1, 60))
def test_long_text_of_any_kind_fits_the_platform(text: str, times: int) -> None:
    parts = split(text * times * 20)
    assert all(0 < units(part) <= LIMIT for part in parts)


@pytest.mark.property
@given(
    st.lists(st.sampled_from(["a", "e\u0301", "👩\u200d👩\u200d👧", "🇩🇪", "👍🏽", "ก\u0e33"]), min_size=1, max_size=40)
)
def test_no_part_begins_within_what_shows_as_one(pieces: list[str]) -> None:
    for part in split("".join(pieces), 16):
        assert not unicodedata.category(part[0]).startswith("M")
        assert part[0] != "\u200d"
        assert part[-1] != "\u200d"
        assert part[0] not in "🏽"


class TestWhereItCuts:
    pytestmark = pytest.mark.unit

    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("short", ["short"]),
            ("  ends ends  ", ["  ends ends"]),
            # A paragraph before a line before a word.
            ("one two\n\nthree\nfour five", ["one two", "three\nfour", "five"]),
            ("one two three four", ["one two", "three four"]),
            # A long word goes to the next part whole, if it fits there.
            ("ab cdefghijklm", ["ab", "cdefghijklm"]),
            ("abcdefghijklmnop", ["abcdefghijkl", "mnop"]),
            # The next line keeps its indent.
            ("def f(x):\n    pass", ["def f(x):", "    pass"]),
            ("", []),
            (" \n\t ", []),
            ("\u200b\u200b", []),
        ],
    )
    def test_at_the_best_place(self, text: str, parts: list[str]) -> None:
        assert split(text, 12) == parts

    def test_units_not_characters_are_counted(self) -> None:
        assert [len(part) for part in split("😀" * 3000)] == [2048, 952]

    def test_flags_stay_whole(self) -> None:
        assert split("🇩🇪🇫🇷🇮🇹", 10) == ["🇩🇪🇫🇷", "🇮🇹"]

    def test_an_endless_chain_of_marks_is_cut_all_the_same(self) -> None:
        assert all(units(part) <= LIMIT for part in split("e" + "\u0301" * 20_000))

    def test_what_no_platform_can_carry_is_replaced(self) -> None:
        assert sanitized("a\0b\ud83dc") == "ab\ufffdc"

    @pytest.mark.timeout(60)  # a quadratic walk takes minutes; this one takes some tenths of a second
    @pytest.mark.parametrize("text", ["a", "a ", "a\n\n" + "b" * 4100, "😀", "\u0301", " ", "🇩", "\u200d"])
    def test_time_grows_with_length_only(self, text: str) -> None:
        text *= 600_000 // len(text)
        assert all(units(part) <= LIMIT for part in split(text))
