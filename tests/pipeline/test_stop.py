"""Stop: what was being answered ends at once, is kept and paid; what comes later goes on."""

import asyncio

import pytest

from hub import phrases
from hub.agents.port import AgentError, Done, Kind
from hub.store import Database
from tests.pipeline.channel import conversation, message
from tests.pipeline.hub import ScriptedHub, agent, only
from tests.pipeline.model import SHORT
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit


class Patient:
    """A clock whose sleeps last until they are cancelled."""

    def now_ms(self) -> int:
        return 1_700_000_000_000

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()


async def test_what_was_said_so_far_is_kept_and_paid(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.near.will("It begins", never := asyncio.Event())
    await hub.say(message("Tell me", 1))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work)
    await asyncio.sleep(0.005)

    await hub.say(message("/stop", 2), message("And now?", 3))
    await work

    assert not never.is_set()
    assert hub.channel.texts() == [f"It begins{phrases.STOPPED_HERE}", phrases.STOPPED, "You said: And now?"]
    assert (await hub.ledger())[0] == ("support-west", "answer", "stopped", "estimated")
    assert [turn.text for turn in hub.near.calls[1].turns] == ["Tell me", "It begins", "And now?"]
    assert hub.near.closed_early == 1
    assert await hub.open_holds() == 0
    cost, cap = await hub.row("SELECT output_tokens, cost_nusd FROM ledger ORDER BY id LIMIT 1")
    assert (cost, cap > 600) == (600, True)


async def test_nothing_to_stop(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)

    assert await hub.answered(message("/stop")) == [phrases.STOPPED]
    assert await hub.answered(message("Hello", 2)) == [phrases.STOPPED, "You said: Hello"]


async def test_queued_messages_are_stopped_as_well(database: Database) -> None:
    hub = ScriptedHub(database)

    await hub.say(message("one", 1), message("two", 2), message("/stop", 3), message("three", 4))
    await hub.work()

    assert hub.channel.texts() == [phrases.STOPPED, "You said: three"]
    assert await hub.outcomes() == ["stopped", "stopped", "answered", "answered"]


async def test_a_page_stops_without_a_message(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.near.will("It begins", asyncio.Event())
    await hub.say(message("one", 1), message("two", 2))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work)

    await hub.front.stop(conversation())
    await work

    assert hub.channel.texts() == [f"It begins{phrases.STOPPED_HERE}"] or hub.channel.texts() == [phrases.STOPPED]
    assert await hub.outcomes() == ["answered", "stopped"]
    assert (await hub.answered(message("three", 3)))[-1] == "You said: three"


async def test_another_conversation_is_not_stopped(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    go_on = asyncio.Event()
    hub.near.will("mine", go_on, Done("stop", SHORT))
    await hub.say(message("one", 1, chat="a"))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work)

    await hub.say(message("/stop", 1, chat="b"))
    go_on.set()
    await work
    await hub.work()

    assert sorted(hub.channel.texts()) == [phrases.STOPPED, "mine"]


async def test_stop_in_line_asks_nobody_and_costs_nothing(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, at_once=1)
    hub.near.will("first", held_up := asyncio.Event(), Done("stop", SHORT))
    await hub.say(message("a", 1, chat="a"))
    await hub.say(message("b", 1, chat="b"))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work and len(hub.turns.running) == 2)
    (waits,) = hub.turns.running.keys() - {f"chat/main/{hub.near.calls[0].turns[-1].text}"}

    await hub.say(message("/stop", 2, chat=waits.rpartition("/")[2]))
    await until(lambda: phrases.STOPPED in hub.channel.texts())
    held_up.set()
    await work

    assert len(hub.near.calls) == 1
    assert len(await hub.ledger()) == 1


async def test_stop_while_a_failed_call_waits_to_be_repeated_makes_no_other(sqlite_database: Database) -> None:
    served = agent(deployments=only("support-west"))
    hub = ScriptedHub(sqlite_database, served=served, clock=Patient())
    hub.near.will(AgentError(Kind.OVERLOADED, "503", sent=False))
    await hub.say(message("one", 1))
    work = asyncio.create_task(hub.work())
    await until(lambda: len(hub.near.calls) == 1 and not hub.near.at_work)
    await asyncio.sleep(0.02)

    await hub.front.stop(conversation())
    await work

    assert hub.channel.texts() == [phrases.STOPPED]
    assert len(hub.near.calls) == 1
    assert await hub.ledger() == []


async def test_stop_while_the_deployment_has_no_room_asks_nobody(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    slots = hub.endpoints["support-west"].slots
    while not slots.locked():
        await slots.acquire()
    await hub.say(message("one", 1))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.turns.running)
    await asyncio.sleep(0.01)

    await hub.front.stop(conversation())
    await work

    assert hub.channel.texts() == [phrases.STOPPED]
    assert not hub.near.calls
    assert await hub.open_holds() == 0
