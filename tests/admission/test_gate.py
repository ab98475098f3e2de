"""Every kind of event passes the same gate."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from hub import phrases
from hub.agents.port import Done
from hub.config.settings import Access
from hub.messages import Message, Press, Sender
from hub.store import Database
from tests.pipeline.channel import conversation, message
from tests.pipeline.hub import ScriptedHub, changed
from tests.pipeline.model import SHORT, asked
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

GROUP = changed(conversation("1"), private=False)
FRIEND, STRANGER = Sender("friend"), Sender("stranger")
BOT = Sender("robot", bot=True)
Event = Callable[[ScriptedHub, Sender], Awaitable[None]]


def said(text: str, number: int, sender: Sender, **changes: Any) -> Message:
    return changed(message(text, number), conversation=GROUP, sender=sender, **changes)


async def a_message(hub: ScriptedHub, sender: Sender) -> None:
    await hub.answered(said("And now?", 5, sender))


async def an_edit(hub: ScriptedHub, sender: Sender) -> None:
    await hub.answered(said("Changed", 1, sender, revision=9))


async def an_edit_into_a_command(hub: ScriptedHub, sender: Sender) -> None:
    await hub.answered(said("/new", 1, sender, revision=9))


async def a_command(hub: ScriptedHub, sender: Sender) -> None:
    await hub.answered(said("/new", 5, sender))


async def a_command_by_text(hub: ScriptedHub, sender: Sender) -> None:
    await hub.answered(said("!hub why", 5, sender))


def a_press(action: str) -> Event:
    async def press(hub: ScriptedHub, sender: Sender) -> None:
        part = next(iter(hub.channel.shown))
        await hub.front.pressed(Press(conversation=GROUP, part_id=part, sender=sender, action=action, event_id="e1"))
        await hub.work()

    return press


EVENTS = [
    pytest.param(a_message, id="message"),
    pytest.param(an_edit, id="edit"),
    pytest.param(an_edit_into_a_command, id="edit into a command"),
    pytest.param(a_command, id="slash command"),
    pytest.param(a_command_by_text, id="command by text"),
    pytest.param(a_press("again"), id="again"),
    pytest.param(a_press("good"), id="reaction"),
]


async def state(hub: ScriptedHub) -> list[object]:
    """All that an event could change."""
    counted = [
        tuple(await hub.row(f"SELECT COUNT(*), COALESCE(MAX({what}), 0) FROM {table}"))
        for table, what in (
            ("message", "position"),
            ("reply", "position"),
            ("feedback", "at_ms"),
            ("press", "at_ms"),
            ("conversation", "context_from"),
            ("conversation", "stop_position"),
            ("ledger", "at_ms"),
        )
    ]
    return [hub.channel.texts(), len(hub.near.calls), *counted]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("sender", [STRANGER, BOT], ids=lambda sender: sender.id)
async def test_one_who_may_not_speak_changes_nothing(sqlite_database: Database, event: Event, sender: Sender) -> None:
    hub = ScriptedHub(sqlite_database, access=Access(open=False, people=frozenset({"friend"})))
    await hub.answered(said("Hello", 1, FRIEND))
    before = await state(hub)

    await event(hub, sender)

    assert await state(hub) == before


@pytest.mark.parametrize("event", EVENTS)
async def test_one_who_may_speak_does(sqlite_database: Database, event: Event) -> None:
    hub = ScriptedHub(sqlite_database, access=Access(open=False, people=frozenset({"friend"})))
    await hub.answered(said("Hello", 1, FRIEND))
    before = await state(hub)

    await event(hub, FRIEND)

    assert await state(hub) != before


@pytest.mark.parametrize("invitations", [False, True])
@pytest.mark.parametrize(("sender", "ends"), [(STRANGER, False), (BOT, False), (FRIEND, True)])
@pytest.mark.parametrize("by", ["command", "button"])
async def test_who_may_not_speak_stops_nobody(
    sqlite_database: Database, sender: Sender, ends: bool, by: str, invitations: bool
) -> None:
    access = Access(open=False, people=frozenset({"friend"}), invitations=invitations)
    hub = ScriptedHub(sqlite_database, access=access)
    hub.near.will("It begins", go_on := asyncio.Event(), " and ends", Done("stop", SHORT))
    await hub.say(said("Tell me", 1, FRIEND))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work)
    while (await hub.row("SELECT parts FROM reply"))[0] == "[]":
        await asyncio.sleep(0.002)

    if by == "command":
        await hub.say(said("/stop", 2, sender))
    else:
        part = next(iter(hub.channel.shown))
        await hub.front.pressed(Press(conversation=GROUP, part_id=part, sender=sender, action="stop", event_id="e"))
    go_on.set()
    await asyncio.wait_for(work, 60)

    assert (hub.channel.texts()[0] == "It begins and ends") is not ends


async def test_what_the_settings_refuse_is_not_even_stored(database: Database) -> None:
    hub = ScriptedHub(database, access=Access(open=False, people=frozenset({"friend"})))

    await hub.answered(said("Hello", 1, STRANGER), said("/help", 2, BOT), message("Hello", 3, bot=True))

    assert await hub.outcomes() == []
    assert hub.channel.acts == []


async def test_a_stranger_is_told_once_an_hour_in_private(database: Database) -> None:
    hub = ScriptedHub(database, access=Access(open=False, people=frozenset({"friend"})))

    shown = await hub.answered(*(message("Hello", number) for number in range(5)))

    assert shown == [phrases.NOT_ON_THE_LIST]
    assert await hub.outcomes() == ["answered", *["refused"] * 4]
    await hub.execute("UPDATE stranger SET told_ms = told_ms - 3600001")
    assert await hub.answered(message("Hello?", 9), message("/why", 10)) == [phrases.NOT_ON_THE_LIST] * 2
    assert (await hub.ledger(), hub.near.calls) == ([], [])


async def test_a_kill_before_the_word_is_said_does_not_swallow_it(sqlite_database: Database) -> None:
    access = Access(open=False)
    killed = ScriptedHub(sqlite_database, access=access)
    killed.channel.down = True
    await killed.answered(message("Hello"))
    killed.channel.down = False

    later = ScriptedHub(sqlite_database, access=access, channel=killed.channel)
    await later.rested()
    await later.work()

    assert later.channel.texts() == [phrases.NOT_ON_THE_LIST]


async def test_settings_read_anew_decide_over_what_waits(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, access=Access())
    await hub.say(message("Hello"))
    hub.settings = changed(hub.settings, channels=(changed(hub.settings.channels[0], access=Access(open=False)),))

    await hub.work()

    assert hub.channel.texts() == [phrases.NOT_ON_THE_LIST]


async def test_an_owner_needs_no_entry(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, access=Access(open=False), admins=("chat:u1",))

    await hub.answered(message("Hello"))

    assert [asked(call) for call in hub.near.calls] == ["Hello"]


async def test_strangers_are_suggested_nothing(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, access=Access(open=False, people=frozenset({"friend"})))

    assert await hub.front.suggest(GROUP, FRIEND, "region", "") == ["east", "west", "clear"]
    assert await hub.front.suggest(GROUP, STRANGER, "region", "") == []
