"""Wordings that differ in little: which may be the same if they mean the same, and which never are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.minimal_pairs import pairs_of, templates
from hub.context import meaning
from hub.reuse import ask_the_same, asked_of, one_answer_serves
from hub.reuse.near import COLOURED, REPLACED

pytestmark = pytest.mark.property

with_model = pytest.mark.skipif(not meaning.installed(), reason="the extra `embeddings` is not installed")
NEAR = [
    ("How do I remove write protection?", "How do I remove a write protect?", COLOURED),
    ("How can I describe a rare bird?", "How do I describe an uncommon bird?", REPLACED),
    ("What is meant by dark matter?", "What is dark matter?", COLOURED),
    ("Where is the oldest library in the world?", "Oldest library in the world?", COLOURED),
]
APART = [
    ("How do I control my temper?", "How do I control my horse?"),
    ("Can goats climb trees?", "Should goats climb trees?"),
    ("Why do goats climb trees?", "When do goats climb trees?"),
    ("What was a common meal?", "What is a common meal?"),
    ("Who is the king of Spain?", "Who was the king of Spain?"),
    ("Does a goat chase a dog?", "Does a dog chase a goat?"),
    ("How do I reset a phone 13?", "How do I reset a phone 13 pro?"),
    ("How do I reset a macbook?", "How do I reset a macbook air?"),
    ("Is it possible to bake bread slowly?", "Is it impossible to bake bread slowly?"),
    ("Where can I hire skis?", "Where can I hire skis in Andorra?"),
    ("Where can I hire good skis?", "Where can I hire good Rossignol skis?"),
    ("How do I fill in a form?", "How do I fill on a form?"),
    ("What are the effects of green tea?", "What are the side effects of green tea?"),
    ("What is the difference between a lake and a pond?", "What is the difference between a lake, a tarn and a pond?"),
    ("How can I recover a deleted table?", "How do I restore a big deleted table?"),
    ("How can I treat warts on my hands?", "How can I avoid warts on my hands?"),
    ("What is a good employer?", "What is a good employee?"),
    ("How do I store vitamin tablets?", "How do I store vitamin c tablets?"),
    ("Wie oft muss man eine Kette ölen?", "Wie oft muss man eine rostige Kette ölen?"),
]


def surely(one: str, other: str) -> float:
    """As if all texts meant the same."""
    return 1.0


@pytest.mark.parametrize(("one", "other", "least"), NEAR)
def test_these_are_the_same_from_a_likeness_on(one: str, other: str, least: float) -> None:
    assert ask_the_same(one, other, lambda _one, _other: least)
    assert not ask_the_same(one, other, lambda _one, _other: least - 0.001)
    assert not ask_the_same(one, other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_these_never_are(one: str, other: str) -> None:
    assert not ask_the_same(one, other, surely)
    assert not one_answer_serves(one, other, surely)


@pytest.mark.parametrize(("one", "other", "least"), NEAR)
def test_they_share_a_key_by_which_one_finds_the_other(one: str, other: str, least: float) -> None:
    first, second = asked_of(one.replace(" my ", " a ")), asked_of(other.replace(" my ", " a "))
    assert first
    assert second
    assert first.needs(second) == second.needs(first) == least
    assert first.near[0] in second.near or second.near[0] in first.near


ASKING = ["how", "what", "why", "can", "do", "i", "is", "was", "a"]
CONTENT = ["best", "good", "repair", "chain", "bicycle", "wheel", "soon", "not", "2", "3", "in", "on", "Rome", "from"]
WORDS = st.sampled_from([*ASKING, *CONTENT])
TELLING = ["not", "never", "first", "worst", "new", "female", "north", "illegal", "mini", "monday", "daily", "pound"]
QUESTIONS = st.lists(WORDS, min_size=2, max_size=10).map(lambda words: " ".join(words) + "?")


@given(QUESTIONS, QUESTIONS)
def test_who_asks_first_makes_no_difference(one: str, other: str) -> None:
    assert ask_the_same(one, other, surely) == ask_the_same(other, one, surely)


@given(st.sampled_from(NEAR), st.integers(0, 99), st.integers(0, 99))
def test_another_number_is_another_question(near: tuple[str, str, float], one: int, other: int) -> None:
    first, second = (f"{text[:-1]} with {number} friends?" for text, number in zip(near, (one, other), strict=False))
    if one != other:
        assert not ask_the_same(first, second, surely)


@given(st.sampled_from(NEAR), st.sampled_from(TELLING))
def test_a_word_that_tells_is_another_question(near: tuple[str, str, float], word: str) -> None:
    one, _, _ = near
    first, *rest = one[:-1].split()
    assert not ask_the_same(one, " ".join([first, *rest[:-1], word, rest[-1]]) + "?", surely)


def test_no_minimal_pair_could_be_taken_for_the_same_whatever_the_meaning() -> None:
    apart = [pair for each in templates() if not each.held_out for pair in pairs_of(each) if not pair.same]
    assert [(each.one, each.other) for each in apart if ask_the_same(each.one, each.other, surely)] == []


@with_model
@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Why are onions so sharp?", "Why onions are so sharp?", True),
        ("Why do people enjoy long films?", "Why do people like long films?", True),
        ("Where do I view a bank?", "Where do I watch a bank?", False),
    ],
)
def test_the_model_tells_what_the_words_leave_open(one: str, other: str, *, same: bool) -> None:
    assert ask_the_same(one, other, surely)
    assert ask_the_same(one, other, meaning.alike) == same
