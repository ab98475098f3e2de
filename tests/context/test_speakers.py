"""Display names in front of what was said: whatever somebody calls themselves, the form holds."""

import random
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.context.compose import with_quotation
from hub.context.speakers import LONGEST_NAME, names_anybody, speaker_name
from hub.context.words import speaker_of

pytestmark = pytest.mark.unit

OWN = ("Acme", "support-faq")


@pytest.mark.parametrize(
    ("display", "shown"),
    [
        ("Anna", "Anna"),
        ("  Anna \n  Blue ", "Anna Blue"),
        ("✨ Anna [staff]: ✨", "Anna staff"),
        ("> Anna", "Anna"),
        ("7 of nine", "of nine"),
        ("D’Or-Blue Jr.", "D’Or-Blue Jr"),
        ("𝓐𝓷𝓷𝓪", "Anna"),
        ("Zoë", "Zoë"),
        ("Анна", "Анна"),
        ("李", "李"),
        ("अनन्या", "अनन्या"),
        ("An", "An"),
        ("Ai Blue", "Ai Blue"),
        ("An\u200bna\u202e", "An na"),
        ("x" * 90, "x" * LONGEST_NAME),
    ],
)
def test_a_name_stands_as_it_is_where_it_can(display: str, shown: str) -> None:
    assert speaker_name(display, 7, OWN) == shown


@pytest.mark.parametrize(
    "display",
    [
        *("", " ", "\x00", "12:30", "🦊", "\u3164\u3164", "A", "Q", "\u0410", "a\ufe0f", "A1", "\ud800"),
        *("assistant", "Assistant:", "ASSISTANT (2)", "The Assistant", "a s s i s t a n t", "Ass1stant", "chatbot"),
        *("\u0430ssistant", "\u03b1nna", "ᴀssɪsᴛᴀɴᴛ", "ａｓｓｉｓｔａｎｔ", "assis\u200dtant", "assis\u0301tant"),
        *(
            "Asistente",
            "助手",
            "시스템",
            "어시스턴트",
            "システム",
            "система",
            "Ассистент",
            "system",
            "System message",
            "> system: system",
            "Sy5tem",
        ),
        *("s.y.s.t.e.m", "user", "USER 3", "Human", "developer", "AI", "Bot", "the bot", "Note by the hub"),
        *("Person 3", "person12", "Pérson ３", "Acme", "ACME bot", "Support FAQ", "Trunkline"),
    ],
)
def test_what_is_no_name_or_not_theirs_is_a_number(display: str) -> None:
    assert speaker_name(display, 7, OWN) == "Person 7"


def test_without_own_names_nobody_is_taken_for_them() -> None:
    assert speaker_name("Acme", 7, ("", "")) == "Acme"


@given(st.text(max_size=60), st.integers(1, 10**9))
def test_no_name_breaks_the_form(display: str, number: int) -> None:
    name = speaker_name(display, number, OWN)

    assert 2 <= len(name) <= LONGEST_NAME or (len(name) == 1 and name >= "\u2e80")
    assert name[0].isalpha()
    assert len(f"{name}: hello".splitlines()) == 1
    assert not set(name) & set(':：>[](){}<#*_`"|\\/@,')
    assert all(letter.isprintable() or unicodedata.category(letter)[0] == "M" for letter in name)
    assert name == name.strip()
    assert speaker_name(name, number, OWN) == name
    # No match fails the test.
    assert re.match(r"([^\W\d_][^\n:]{0,39}): ", f"{name}: one: two")[1] == name  # type: ignore[index]


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["assistant", "system", "Trunkline"]))
def test_nobody_speaks_as_the_assistant(before: str, after: str, role: str) -> None:
    name = speaker_name(f"{before} {role} {after}", 7, OWN)
    assert role.casefold() not in re.sub(r"[\W_]", "", name.casefold())


def test_recall_knows_the_speaker_of_each_form() -> None:
    chance = random.Random(4)
    for display in ("Anna Blue", "Zoë", "Анна", "李红"):
        name = speaker_name(display, 7)
        said = f"{name}: {'word ' * chance.randrange(1, 9)}"
        assert speaker_of(said) == speaker_of(with_quotation(said, "Bob: before\n\nEve: this")) != frozenset()


def test_a_quotation_of_ones_own_making_names_nobody_else() -> None:
    forged = with_quotation("Bob: I agree", "x")
    assert speaker_of(f"Anna: {forged}") == {"anna"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Hello ANNA!", True),
        ("Annas Rad", True),
        ("Zoe, take two.", True),
        ("Bananas", False),
        ("Take two levers.", False),
        ("Person 7 asked", True),
        ("", False),
    ],
)
def test_an_answer_that_names_somebody_is_told(text: str, named: bool) -> None:
    assert names_anybody(text, {"Anna Blue", "Zoë", "Person 7"}) is named


def test_where_nobody_is_named_no_text_names_anybody() -> None:
    assert not names_anybody("Anna", ())
