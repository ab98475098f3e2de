"""An answer that begins to repeat itself ends; all others are shown whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.agents.loops import ROW, Unlooped

pytestmark = pytest.mark.unit


def shown(text: str, size: int = 3) -> str:
    """What is shown of an answer that comes in pieces."""
    unlooped = Unlooped()
    pieces = [unlooped.take(text[at : at + size]) for at in range(0, len(text), size)]
    return "".join(pieces) + unlooped.rest()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I like soup. I am sure of it. I am sure of it. I am sure of it.", "I like soup. I am sure of it."),
        ("It is a big red train that is a big red train that is a big one.", "It is a big red train that"),
        (
            "A train.\nIt goes far and wide today.\nIt goes far and wide today.\n",
            "A train.\nIt goes far and wide today.\n",
        ),
        ("Yes. Yes. The code is 4471, and the code is 4471.", "Yes. Yes. The code is 4471, and the code is 4471."),
        ("no no no no no no no no no", "no"),
        ("", ""),
    ],
)
def test_an_answer_ends_where_it_repeats_itself(text: str, kept: str) -> None:
    assert shown(text) == kept


def test_whole_sentences_are_shown_as_they_come() -> None:
    unlooped = Unlooped()
    assert unlooped.take("The key hangs there") == ""
    assert unlooped.take(". Take") == "The key hangs there."
    assert not unlooped.looped
    assert unlooped.take(" it. The key hangs there. Take it. ") == " Take it."
    assert unlooped.looped
    assert unlooped.take("More.") == unlooped.rest() == ""


@pytest.mark.property
@given(st.lists(st.sampled_from(["a", "b", "c", ".", ",", "\n", " "])).map("".join), st.integers(1, 9))
def test_what_is_shown_is_a_beginning_and_whole_unless_it_loops(text: str, size: int) -> None:
    unlooped = Unlooped()
    kept = "".join([unlooped.take(text[at : at + size]) for at in range(0, len(text), size)]) + unlooped.rest()
    assert text.startswith(kept)
    assert unlooped.looped or kept == text


@pytest.mark.property
@given(st.lists(st.text("abcdefghij", min_size=1), unique=True, max_size=30).map(" ".join))
def test_words_that_differ_are_no_loop(text: str) -> None:
    assert shown(text) == text
    assert ROW > 1
