"""Answers that are not given again: what is somebody's own, what is so only now, and what was said before."""

from typing import Any

import pytest

from hub.agents.port import Done, Usage
from hub.config.settings import ReuseSettings
from hub.messages import Message
from hub.store import Database
from tests.pipeline.channel import conversation, message
from tests.pipeline.hub import ScriptedHub, agent, changed
from tests.pipeline.test_reuse import calls, kept

pytestmark = pytest.mark.unit


def reusing(database: Database, **changes: Any) -> ScriptedHub:
    hub = ScriptedHub(database, served=agent(reuse=ReuseSettings(hours=24, **changes)))
    hub.near.will("Meant for the first who asked.", Done("stop", Usage(input=20, output=30)))
    return hub


@pytest.mark.parametrize("similar", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "How much do I owe?",
        "What is the status of order 8841?",
        "Has the parcel arrived?",
        "Wo ist die Bestellung 8841?",
        "Is the shop open?",
        "Is it raining in Berlin?",
        "When is the next bus?",
        "¿Cuánto debo?",
    ],
)
async def test_a_second_person_gets_a_fresh_answer(sqlite_database: Database, text: str, *, similar: bool) -> None:
    hub = reusing(sqlite_database, similar=similar)

    await hub.answered(message(text, chat="1"))
    await hub.answered(message(text, chat="2"))

    assert (calls(hub), await kept(hub)) == (2, 0)


@pytest.mark.parametrize("text", ["How do I reset a password?", "Can I use olive oil for frying?"])
async def test_what_is_everybody_s_is_given_again(sqlite_database: Database, text: str) -> None:
    hub = reusing(sqlite_database)

    await hub.answered(message(text, chat="1"))
    both = await hub.answered(message(text, chat="2"))

    assert both == ["Meant for the first who asked."] * 2
    assert calls(hub) == 1


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        ("I am allergic to peanuts.", "Can I eat pad thai noodles?"),
        ("I am a citizen of India.", "Do I need a visa for Brazil?"),
        ("Please answer only in French from now on.", "How long do batteries last in winter?"),
        ("Bitte antworte nur auf Englisch.", "Wie kann ich eine rostige Kette reinigen?"),
    ],
)
async def test_after_what_bears_on_it_a_question_is_asked(sqlite_database: Database, told: str, asked: str) -> None:
    hub = reusing(sqlite_database)
    await hub.answered(message(asked, chat="1"))

    await hub.answered(message(told, 1, chat="2"))
    await hub.answered(message(asked, 2, chat="2"))

    assert calls(hub) == 3


async def test_after_other_questions_it_is_given_again(sqlite_database: Database) -> None:
    hub = reusing(sqlite_database)
    await hub.answered(message("Can I eat pad thai noodles?", chat="1"))

    await hub.answered(message("What is the capital of India?", 1, chat="2"))
    await hub.answered(message("Can I eat pad thai noodles?", 2, chat="2"))

    assert calls(hub) == 2


@pytest.mark.parametrize(("told", "most"), [("What is the capital of India?", 2), ("Peanut allergy, sadly.", 3)])
async def test_in_a_group_what_anybody_told_counts(sqlite_database: Database, told: str, most: int) -> None:
    def in_group(text: str, number: int, chat: str) -> Message:
        return changed(message(text, number, chat=chat), conversation=changed(conversation(chat), private=False))

    hub = reusing(sqlite_database)
    await hub.answered(in_group("How do I cook pad thai noodles?", 1, "9"))

    await hub.answered(in_group(told, 1, "10"))
    await hub.answered(in_group("How do I cook pad thai noodles?", 2, "10"))

    assert calls(hub) == most
