"""A text made smaller says so."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.context.cut import cut_middle
from hub.context.tokens import count

pytestmark = pytest.mark.unit

NOTE = re.compile(r"\n\[… ([\d,]+) characters left out …\] ")


def test_what_fits_is_left_alone() -> None:
    assert cut_middle("one two three", 3, count) == "one two three"


def test_beginning_and_end_are_kept_around_an_exact_note() -> None:
    text = " ".join(str(number) for number in range(10_000))
    cut = cut_middle(text, 300, count)
    head, left_out, tail = NOTE.split(cut)
    assert text.startswith(head)
    assert text.endswith(tail)
    assert len(head) > len(tail) > 0
    assert len(head) + len(tail) + int(left_out.replace(",", "")) == len(text)
    assert 200 < count(cut) <= 300


@pytest.mark.property
@settings(deadline=None)
@given(
    st.text(min_size=1),
    st.integers(1, 3_000),
    st.text(alphabet="\n !🧠é字", min_size=1),
    st.integers(1, 3_000),
    st.integers(32, 200),
)
def test_any_text_gets_as_small_as_asked(one: str, times: int, other: str, further: int, most: int) -> None:
    text = one * times + other * further
    cut = cut_middle(text, most, count)
    assert count(cut) <= most
    assert cut == text or NOTE.search(cut)


def test_of_a_very_long_text_only_the_ends_are_measured() -> None:
    text = "".join(f"{number} " for number in range(100_000))
    measured: list[int] = []

    def measure(part: str) -> int:
        measured.append(len(part))
        return count(part)

    cut = cut_middle(text, 300, measure, longest=5_000)
    head, left_out, tail = NOTE.split(cut)
    assert len(head) + len(tail) + int(left_out.replace(",", "")) == len(text)
    assert 200 < count(cut) <= 300
    assert max(measured) < 5_100
    assert cut_middle("one two three", 3, count, longest=13) == "one two three"
