"""The difficulty of any message: finite, bounded in work, sensible for chats."""

import struct
from math import isfinite

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.tiering import difficulty, shipped
from hub.tiering.difficulty import _CODE, WeightsError, decoded, encoded
from hub.tiering.features import HEAD, TAIL, Topics, features, key_of, seen, shape

pytestmark = pytest.mark.unit
shipped()  # reading the file is no part of a decision

EASY = [
    "Hi",
    "Thanks!",
    "ok",
    "Guten Morgen",
    "¡Gracias!",
    "Merci",
    "Спасибо",
    "谢谢",
    "👍",
]
HARD = [
    "Prove that the square root of two is irrational.",
    "Beweise, dass es unendlich viele Primzahlen gibt.",
    "Explain step by step how you would migrate a sharded PostgreSQL cluster without downtime.",
    "请一步一步地证明勾股定理。逐步推导。",
    "Why is this slow?\n```python\nfor a in rows:\n    for b in rows:\n        match(a, b)\n```",
    "Traceback (most recent call last):\n  File x.py, line 3\nKeyError: 'name'",
    "What does this contract say about notice? " + "The parties agree on the following terms. " * 120,
]


@pytest.mark.parametrize("text", EASY)
def test_small_talk_is_easy(text: str) -> None:
    assert difficulty(text) <= 0.2


@pytest.mark.parametrize("text", HARD)
def test_work_is_hard(text: str) -> None:
    assert difficulty(text) >= 0.75


def test_a_question_of_arithmetic_is_harder_than_one_of_opening_hours() -> None:
    sum_ = (
        "A baker sells 14 loaves at 3 dollars each and twice as many rolls at 50 cents. He pays a quarter of what he "
        "takes as rent, and then saves half of the rest. How much more does he save than she does?"
    )
    assert difficulty(sum_) > 0.5 > difficulty("When are you open on Sundays?")


@given(st.text(max_size=400))
def test_any_text_has_a_finite_difficulty(text: str) -> None:
    assert 0 <= difficulty(text) <= 1
    assert all(map(isfinite, features(text, shipped().topics)))
    assert difficulty(text) == difficulty(text)


@given(st.text(alphabet=st.sampled_from("aB1 .,?!\n$%_-+`\ud800é中\x00"), max_size=300), st.integers(1, 60))
def test_work_does_not_grow_with_the_text(text: str, times: int) -> None:
    long = text * times

    assert len(seen(long)) <= HEAD + TAIL + 1
    assert 0 <= difficulty(long) <= 1
    if len(long) <= HEAD + TAIL:
        assert seen(long) == long


def test_a_long_text_is_told_by_its_head_its_tail_and_its_length() -> None:
    one, other = ("a" * HEAD + filling * 10_000 + "z" * TAIL for filling in "bc")

    assert shape(one) == shape(other)
    assert shape(one) != shape("a" * HEAD + "z" * TAIL)


def test_endings_of_words_do_not_matter() -> None:
    assert key_of("plaintiffs") == key_of("plaintiff")
    assert key_of("is") != key_of("i")
    assert key_of("\ud800") != key_of("x")


def test_unknown_words_point_nowhere() -> None:
    topics = Topics({key_of("law"): (1.0, 2.0)}, 2)

    assert topics.of({1: 3}) == [0.0, 0.0]
    assert topics.of({1: 3, key_of("law"): 9}) == pytest.approx([1 / 5**0.5, 2 / 5**0.5])


def test_the_file_keeps_the_weights() -> None:
    again = decoded(encoded(shipped(), {"prompts": 1}))

    for text in (*EASY, *HARD, "How old is the moon?\nA. 1\nB. 2\nC. 3\nD. all of these"):
        assert again.gain(text) == pytest.approx(shipped().gain(text), abs=0.02)


@pytest.mark.parametrize("damage", [b"", b"{}", b"[", b'{"directions": 1}'])
def test_a_damaged_file_is_refused(damage: bytes) -> None:
    with pytest.raises(WeightsError, match=r"bench\.train_tiering"):
        decoded(damage)


def test_weights_that_are_no_numbers_are_refused() -> None:
    weights = shipped()
    broken = msgspec.structs.replace(weights, trees=(((255, float("nan"), 0),),))

    with pytest.raises(WeightsError):
        decoded(encoded(broken, {}))
    assert struct.calcsize("<e") == 2


@pytest.mark.parametrize("line", ["def f(x):", "\tSELECT name", "  from os import path"])
def test_code_is_looked_for_line_by_line(line: str) -> None:
    """Blank lines before it are not read again from each of them."""
    text = "\n" * 40 + line
    found = _CODE.search(text)

    assert found is not None
    assert found.start() == 40
    assert difficulty(text) >= 0.75
