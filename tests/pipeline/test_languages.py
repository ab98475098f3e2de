"""The hub's own words come in the person's language; a model's words stay as they are."""

import asyncio

import pytest

from hub import phrases
from hub.agents.port import AgentError, Done, Kind, Usage
from hub.languages import translated
from hub.messages import Hints, Message
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, agent, changed, only, with_budget
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit


def german(text: str, number: int = 1) -> Message:
    return changed(message(text, number), hints=Hints(language="de"))


async def test_what_the_hub_says_is_translated(database: Database) -> None:
    hub = ScriptedHub(database)

    said = await hub.answered(german("/stop", 1), german("", 2), german("/nichts", 3), german("Stopped.", 4))

    assert said == [
        "Angehalten.",
        translated(phrases.NO_TEXT, "de"),
        translated(phrases.UNKNOWN_COMMAND, "de").format(name="nichts"),
        "You said: Stopped.",
    ]


async def test_a_language_told_once_is_spoken_from_then_on(database: Database) -> None:
    hub = ScriptedHub(database)

    await hub.answered(german("/new", 1))

    assert await hub.answered(message("/stop", 2)) == [translated(phrases.FRESH_START, "de"), "Angehalten."]


async def test_apologies_are_translated(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(deployments=only("support-west")))
    hub.near.will(AgentError(Kind.FILTERED, "no", sent=True))

    assert await hub.answered(german("Hallo")) == [translated(phrases.failed(Kind.FILTERED), "de")]


async def test_the_end_of_a_cut_answer_is_translated(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(deployments=only("support-west")))
    hub.near.will("So", Done("length", Usage(input=1, output=1)))

    assert await hub.answered(german("Hallo")) == ["So" + translated(phrases.CUT_AT_LENGTH, "de")]


async def test_a_spent_budget_is_told_in_the_persons_language(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=with_budget(1))

    (said,) = await hub.answered(german("Hallo"))

    assert said.startswith("Das Budget für Antworten ist hier aufgebraucht.")
    assert said.endswith("(Europe/Berlin).")


async def test_the_place_in_line_is_told_in_the_persons_language(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, at_once=1)
    hold_back = asyncio.Event()
    hub.near.will(hold_back, "done", Done("stop", Usage(input=1, output=1)))
    await hub.say(message("Hello", 1, chat="2"))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work)
    await hub.say(german("Hallo"))
    more = asyncio.create_task(hub.work())

    await until(lambda: any("Du bist Nummer 1 in der Reihe" in text for text in hub.channel.texts()))

    hold_back.set()
    await asyncio.gather(work, more)
