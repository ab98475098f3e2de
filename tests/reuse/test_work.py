"""Reading a question takes work that grows with its length, not with the square of it: a run of signs is tried once."""

import re

import pytest

from hub.reuse import canonical, courtesy, normal, papers
from hub.reuse.grammar.en import ENGLISH_GRAMMAR
from hub.reuse.normal import normalized
from hub.reuse.private import is_private
from hub.reuse.tongue import ENGLISH

pytestmark = pytest.mark.unit

_RUPEES = next(turn.pattern for turn in ENGLISH_GRAMMAR.phrases if str(turn.instead).startswith("₹"))


@pytest.mark.parametrize(
    ("pattern", "run"),
    [
        (courtesy._ENDS, "?!?!?!"),
        (normal._ENDS, "?!?!?!"),
        (courtesy._ENDS, "\n\n\n\n"),
        (courtesy._AFTER, "?\n\n\n\nthanks"),
        (canonical._SENTENCE, "?!?!?!"),
        (papers._CODE, "jane.doe-miller@example.org"),
        (papers._CODE, "ab-12-cd-34"),
        (_RUPEES, "1.1.1.1 rs"),
    ],
    ids=["ends", "ends of an exact form", "blank lines", "thanks", "sentence", "address", "order", "amount"],
)
def test_a_run_is_tried_from_one_place_alone(pattern: re.Pattern[str], run: str) -> None:
    text = f"x {run}"
    tried = [at for at in range(len(text)) if pattern.match(text, at)]

    assert len(tried) == 1


@pytest.mark.parametrize("blank", ["\n", " ", "\t\n", " . ", "?"])
def test_courtesies_are_found_behind_any_blank(blank: str) -> None:
    asked = f"How do I oil a chain?{blank * 40}"

    assert normalized(f"{asked}\nThanks") == normalized("How do I oil a chain?")


@pytest.mark.parametrize(
    ("text", "private_"),
    [
        ("What is the state of ab-12-cd-34?", True),
        ("What is the state of -ab1234-?", True),
        ("Who is behind jane.doe-miller@example.org?", True),
        ("What is a well-known brand of 2024?", False),
        ("What is a wi-fi-6 router?", False),
    ],
)
def test_what_tells_an_account_is_still_found(text: str, private_: bool) -> None:
    assert is_private(text, ENGLISH) is private_
