"""Splitting at 2,000 characters: at good places, fences closed and opened again, nothing lost."""

import pytest
from channels.discord.splitting import LIMIT, pieces
from hypothesis import given
from hypothesis import strategies as st

WORDS = st.sampled_from(["a", "word ", "\n", "\n\n", "é", "😀", "- ", "    ", "x" * 90])


@pytest.mark.property
@given(st.lists(WORDS, max_size=300).map("".join))
def test_any_text_fits_and_nothing_visible_is_lost(text: str) -> None:
    parts = pieces(text, 200)
    assert all(0 < len(part) <= 200 and part.strip() for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.property
@given(st.lists(st.sampled_from(["```py\n", "```\n", "~~~\n", "code\n", "text ", "x" * 70]), max_size=200).map("".join))
def test_fences_never_break_the_limit(text: str) -> None:
    assert all(0 < len(part) <= 200 for part in pieces(text, 200))


class TestWhereItCuts:
    pytestmark = pytest.mark.unit

    def test_a_short_text_stays(self) -> None:
        assert pieces("short") == ["short"]
        assert pieces(" \n") == []

    def test_a_paragraph_comes_before_a_line_before_a_word(self) -> None:
        first, second = pieces("a" * 1200 + "\n\n" + "b" * 300 + "\n" + "c c " * 300)
        assert (first, second[:3]) == ("a" * 1200, "bbb")

    def test_code_is_closed_and_opened_again_with_its_language(self) -> None:
        parts = pieces("Look:\n```python\n" + "print(1)\n" * 500 + "```\nDone.")
        assert len(parts) == 3
        assert all(part.count("```") == 2 for part in parts)
        assert all(part.startswith("```python\n") for part in parts[1:])
        assert parts[-1].endswith("Done.")

    @pytest.mark.timeout(60)  # a quadratic walk takes minutes
    @pytest.mark.parametrize("text", ["a", "a ", "```\n", "word\n\n"])
    def test_time_grows_with_length_only(self, text: str) -> None:
        assert all(len(part) <= LIMIT for part in pieces(text * (200_000 // len(text))))
