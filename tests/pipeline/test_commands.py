"""Commands: how they are recognized, what they say, what they change."""

import pytest

from hub.commands import COMMANDS, is_stop, recognize
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "name", "arguments"),
    [
        ("/help", "help", ""),
        ("  /HELP  ", "help", ""),
        ("/start payload", "help", "payload"),  # what Telegram sends first
        ("/new@acme_bot", "new", ""),
        ("/reset", "new", ""),
        ("/cancel now", "stop", "now"),
        ("!hub stop", "stop", ""),  # where the platform keeps slashes for itself
        ("!hub   why\nplease", "why", "please"),
    ],
)
def test_commands_are_recognized(text: str, name: str, arguments: str) -> None:
    called = recognize(text)
    assert called is not None
    assert (called.name, called.arguments) == (name, arguments)


@pytest.mark.parametrize(
    "text",
    ["", "help", "/ help", "what does /stop do?", "//stop", "!hubstop", "/\x00stop", "/etc/passwd?", "/tmp is full"],
)
def test_other_texts_are_no_commands(text: str) -> None:
    assert recognize(text) is None


def test_a_very_long_text_is_decided_quickly() -> None:
    assert recognize("/stop" + " " * 1_000_000) is not None
    assert not is_stop("/" + "a" * 1_000_000)


async def test_help_names_every_command_without_asking_a_model(database: Database) -> None:
    hub = ScriptedHub(database)

    (said,) = await hub.answered(message("/help"))

    assert said.startswith("This is Acme.")
    assert said.splitlines()[2:] == [
        f"/{command.name} – {command.help}" for command in COMMANDS if command.role == "everyone"
    ]
    assert not hub.near.calls
    assert await hub.ledger() == []


async def test_new_cuts_the_context(database: Database) -> None:
    hub = ScriptedHub(database)

    await hub.answered(message("I am First", 1), message("/new", 2), message("Who am I?", 3))

    assert [turn.text for turn in hub.near.calls[1].turns] == ["Who am I?"]
    assert "no longer" in hub.channel.texts()[1]


async def test_why_tells_the_last_route(database: Database) -> None:
    hub = ScriptedHub(database)

    first, _, why = await hub.answered(message("/why", 1), message("Hello", 2), message("/why", 3))

    assert first == "Nothing was answered here yet."
    assert "support-west in west is the nearest that can answer" in why
    assert "next in line: support-east" in why
    assert (await hub.answered(message("/why", 4)))[-1] == why


async def test_an_unknown_command_is_answered_without_a_model(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)

    unknown, near = await hub.answered(message("/imagine a bicycle", 1), message("/regoin eu", 2))

    assert unknown == "There is no command /imagine; /help lists those that there are."
    assert near == "There is no command /regoin. Did you mean /region? /help lists all."
    assert not hub.near.calls


@pytest.mark.parametrize("text", ["/etc/passwd: who may read it?", "/tmp is full", "/ is the root, right?"])
async def test_a_path_is_a_question(sqlite_database: Database, text: str) -> None:
    hub = ScriptedHub(sqlite_database)

    assert await hub.answered(message(text)) == [f"You said: {text}"]
