"""Which answers are weak."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.tiering.weak import weakness

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "weak"),
    [
        ("", "was empty"),
        (" \n", "was empty"),
        ("I don't know.", "said that it does not know"),
        ("I'm not sure, but it may be Tuesday.", "said that it does not know"),
        ("Das weiß ich leider nicht. Ich kann diese Frage nicht beantworten.", "said that it does not know"),
        ("Ich weiß es nicht.", "said that it does not know"),
        ("No lo sé.", "said that it does not know"),
        ("Je ne sais pas.", "said that it does not know"),
        ("Não sei.", "said that it does not know"),
        ("Я не знаю.", "said that it does not know"),
        ("我不知道。", "said that it does not know"),
        ("I'm sorry, but I can't help with that.", "declined"),
        ("As an AI language model, I have no opinion.", "declined"),
        ("Here it is:\n```python\nprint(1)", "broke off"),
        ("Take the first one, and then,", "broke off"),
    ],
)
def test_a_weak_answer(text: str, weak: str) -> None:
    assert weakness(text, "stop") == weak


@pytest.mark.parametrize(
    "text",
    [
        "Tuesday.",
        "42",
        "Yes",
        "You can't return it after 30 days, I'm sorry to say.",
        "If you don't know your number, it stands on the invoice.",
        "I can't help but recommend the red one: it is lighter, and its brakes are the better ones.",
        "```python\nprint(1)\n```",
        "The shop opens at nine. " * 30 + "I don't know more than that.",
        "I don't know of a better way than this one: " + "first loosen the bolt, then turn the wheel. " * 12,
    ],
)
def test_a_good_answer(text: str) -> None:
    assert weakness(text, "stop") == ""


def test_how_it_ended() -> None:
    assert weakness("Half of an ans", "filter") == "was cut by the model's provider"
    assert weakness("Half of an ans", "length") == ""
    assert weakness("Half of an ans", "stopped") == ""
    assert weakness("", "length") == "was empty"


@given(st.text(max_size=600), st.sampled_from(["stop", "length", "filter", "stopped"]))
def test_any_answer(text: str, finish: str) -> None:
    assert isinstance(weakness(text, finish), str)
