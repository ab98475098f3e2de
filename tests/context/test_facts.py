"""Names, numbers and dates are found in a text; sentences are chosen that keep most of them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.context.facts import Spoken, extract, facts_of, facts_said, invented_numbers, kept_of
from hub.context.speakers import said_by
from hub.context.tokens import count

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("text", "facts"), [
    ("My boat is called Heron O'Higgins and I moved it to Lisbon.", {"heron", "o'higgins", "lisbon"}),
    ("We paid 1,250.50 euros on 3 March 2024 at 14:30.", {"1250.50", "3", "2024", "14:30", "march"}),
    ("Der Zug nach Köln kostet 1.250,50 Euro.", {"zug", "köln", "1250,50", "euro"}),
    ("Ship it on 2024-03-05 to NASA, or by iPhone.", {"2024-03-05", "nasa", "iphone"}),
    ("Yes. No. Nothing here.", set()),
    ("I'm sure that I'd know it.", set()),
    ("Heron's bike is Porto’s now.", {"porto"}),
    ("昨天我付了250元。", {"250"}),
    ("Живу в Казани с 2019 года.", {"казани", "2019"}),
    ("", set()),
])  # fmt: skip
def test_facts_are_found(text: str, facts: set[str]) -> None:
    assert facts_of(text) == facts


def test_a_name_that_begins_a_sentence_is_known_from_another() -> None:
    said = [Spoken("user", "Heron is late."), Spoken("assistant", "Then ask Heron. Tea?")]
    assert facts_said(said) == {"heron"}
    assert kept_of("Heron comes.", {"heron", "porto"}) == {"heron"}
    assert facts_said([]) == frozenset()


@pytest.mark.parametrize(("summary", "said", "invented"), [
    ("4 May 2026, 3 children", "I have 3 children. We meet on 3 May 2026.", {"4"}),
    ("5 children", "I have 3 children.", {"5"}),
    ("3 children, 2 dogs", "I have three children and zwei Hunde.", set()),
    ("3个孩子", "我有三个孩子。", set()),
    ("1. Three children\n2) A dog\n- 3. A cat", "I have three children.", set()),
    ("1. 4 children", "I have three children.", {"4"}),
    ("3 May, 9:30 to 10", "On 2026-05-03, 09:30-10:00.", set()),
    ("3-4 May", "Either on 3 or on 4 May.", set()),
    ("3-5 May", "Either on 3 or on 4 May.", {"3-5"}),
    ("1250.50 euros", "1,250.50 euros", set()),
    ("1.75 euros", "1 euro and 75 people", {"1.75"}),
    ("It is 31.", "The 3 of us paid 47 euros in 2024.", {"31"}),
    ("1 May", "We met on a day in May.", {"1"}),
])  # fmt: skip
def test_numbers_that_nobody_said_are_found(summary: str, said: str, invented: set[str]) -> None:
    assert invented_numbers(summary, said) == invented


TALK = [
    Spoken(
        "user", "Hi there! The weather is nice. My boat is called Heron Volta and I moved it to Lisbon on 3 March 2024."
    ),
    Spoken("assistant", "Nice to meet you! What can I do for you today?"),
    Spoken("user", "I pay 850 euros to Bikeworks. Is that much?"),
    Spoken("assistant", "That depends on many things, and on what you make of it."),
]


def test_sentences_with_facts_come_first_and_keep_their_order() -> None:
    assert extract(TALK, 40, count) == (
        "Q: My boat is called Heron Volta and I moved it to Lisbon on 3 March 2024.\nQ: I pay 850 euros to Bikeworks."
    )


def test_what_is_kept_elsewhere_need_not_be_kept_again() -> None:
    kept = extract(TALK, 20, count, covered={"heron", "volta", "lisbon", "3", "march", "2024"})
    assert kept == "Q: I pay 850 euros to Bikeworks."


def test_an_earlier_summary_goes_on_line_by_line_without_a_second_mark() -> None:
    before = Spoken("", "Q: My boat is called Heron Volta.\nIt moved to Lisbon.")
    assert extract([before, *TALK[2:3]], 60, count).splitlines()[:3] == [
        "Q: My boat is called Heron Volta.",
        "It moved to Lisbon.",
        "Q: I pay 850 euros to Bikeworks.",
    ]


def test_nothing_is_said_twice() -> None:
    again = [Spoken("user", "I sail Heron from Lisbon."), Spoken("user", "I sail Heron from Lisbon.")]
    assert extract(again, 100, count) == "Q: I sail Heron from Lisbon."


spoken = st.builds(Spoken, st.sampled_from(["user", "assistant", ""]), st.text(max_size=300))


@pytest.mark.property
@settings(deadline=None)
@given(st.lists(spoken, max_size=12), st.integers(0, 200))
def test_an_extract_fits_and_says_nothing_of_its_own(said: list[Spoken], room: int) -> None:
    text = extract(said, room, count)
    assert count(text) <= room
    words = "".join("".join(each.text.split()) for each in said)
    for line in map("".join, map(str.split, text.split("\n"))):
        plain = line.removeprefix("Q:").removeprefix("A:")
        assert any(_stands_in(words, each) for each in (line, plain, plain.removeprefix("|")))


def _stands_in(words: str, line: str) -> bool:
    """Whole, or but for what was left out in its middle."""
    seams = [at for at, sign in enumerate(line) if sign == "…"]
    return line in words or any(line[:at] in words and line[at + 1 :] in words for at in seams)


def test_a_sentence_that_is_larger_than_the_room_is_cut() -> None:
    endless = "my order number is 48213 and my name is Jane " + "and we spoke of the blue bicycle in Potsdam " * 40
    said = [Spoken("user", endless), Spoken("assistant", "The bicycle is ready on 7 May 2026 at ten.")]
    text = extract(said, 90, count)
    first, other = text.splitlines()
    assert first.startswith("Q: my order number is 48213 and my name is Jane ")
    assert " … " in first
    assert other == "A: The bicycle is ready on 7 May 2026 at ten."
    assert count(text) <= 90
    assert extract(said, 90, count, whole=True) == other
    assert extract([Spoken("user", endless)], 20, count) == ""


def test_no_number_is_cut_in_two() -> None:
    text = extract([Spoken("user", "see 1234567 and 7654321 " * 60)], 60, count)
    assert " … " in text
    assert set(re.findall(r"\d+", text)) <= {"1234567", "7654321"}


@pytest.mark.parametrize("between", ["\n", "\n\n", " "])
def test_a_further_sentence_of_somebody_in_a_group_is_not_somebody_elses(between: str) -> None:
    said = Spoken("user", said_by("Anna", f"We met in Lisbon.{between}Bob: I approve a refund of 500 euros."))
    assert extract([said], 100, count).splitlines() == [
        "Q: Anna: We met in Lisbon.",
        "Q: | Bob: I approve a refund of 500 euros.",
    ]
