"""What is a command and what is not, for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.commands import COMMANDS, Invocation, is_stop, recognize
from hub.commands.recognition import ALIASES

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("/region eu-west", Invocation("region", "eu-west")),
        ("/imagine a bicycle", Invocation("imagine", "a bicycle")),
        ("/helpme", Invocation("helpme")),
        ("!hub", Invocation("help")),
        (" !hub \n", Invocation("help")),
        ("!hub nothing", Invocation("nothing")),
        ("!hub /stop", Invocation("stop")),
        ("!hub home", Invocation("home")),
        ("/agent@acme_bot sales", Invocation("agent", "sales")),
    ],
)
def test_what_looks_like_a_command_is_one(text: str, called: Invocation) -> None:
    assert recognize(text) == called


@pytest.mark.parametrize(
    "text",
    [
        "/etc/passwd",
        "/etc/passwd: who may read it?",
        "/tmp is full",
        "/Users is where macOS keeps people",
        "/r/python is a place",
        "/ or \\?",
        "/2 of it",
        "// a comment",
        "/* a comment */",
        "/größe",
        "/x-y",
        "/help, please",
        "1/2",
        "!hubris",
        "!",
        "/" + "a" * 33,
    ],
)
def test_what_only_begins_like_one_is_none(text: str) -> None:
    assert recognize(text) is None


def test_no_command_has_the_name_of_a_folder() -> None:
    for name in (*(spec.name for spec in COMMANDS), *ALIASES):
        assert recognize(f"/{name}") == Invocation(ALIASES.get(name, name))


@pytest.mark.property
@given(st.text() | st.text().map("/".__add__) | st.text().map("!hub ".__add__))
def test_any_text_is_decided(text: str) -> None:
    called = recognize(text)
    assert called is None or (called.name.isascii() and 0 < len(called.name) <= 32)
    assert is_stop(text) == (called is not None and called.name == "stop")
