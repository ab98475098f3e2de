"""Presses, deletions, and what is not addressed to the bot."""

import asyncio

import pytest

from hub.channel import Unreachable
from hub.config.settings import Serves
from hub.messages import Press, Sender, Target
from hub.store import Database
from tests.pipeline.channel import ScriptedChannel, conversation, message
from tests.pipeline.hub import ScriptedHub, agent, changed
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit


def press(action: str, part: str, event: str = "e1", **sender: object) -> Press:
    who = changed(Sender("u1", "Somebody"), **sender)
    return Press(conversation=conversation(), part_id=part, sender=who, action=action, event_id=event)


async def one_in_the_making(hub: ScriptedHub) -> tuple["asyncio.Task[None]", str]:
    hub.near.will("It begins", asyncio.Event())
    await hub.say(message("Tell me", 1))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work)
    while (await hub.row("SELECT parts FROM reply"))[0] == "[]":
        await asyncio.sleep(0.005)
    return work, next(iter(hub.channel.shown))


async def test_what_is_not_addressed_is_not_stored(database: Database) -> None:
    hub = ScriptedHub(database)

    assert await hub.answered(changed(message("among us"), addressed=False)) == []
    assert await hub.rows("SELECT id FROM message") == []


async def test_always_answers_what_is_not_addressed(database: Database) -> None:
    hub = ScriptedHub(database, served=agent(serves=(Serves("chat", chat="1", always=True), Serves("chat"))))

    shown = await hub.answered(
        changed(message("here", chat="1"), addressed=False), changed(message("there", chat="2"), addressed=False)
    )

    assert shown == ["You said: here"]


async def test_stop_ends_the_answer_it_stands_below(database: Database) -> None:
    hub = ScriptedHub(database)
    work, part = await one_in_the_making(hub)

    await hub.front.pressed(press("stop", part))
    await asyncio.wait_for(work, 60)

    assert "topped" in hub.channel.shown[part]
    assert await hub.open_holds() == 0


async def test_stop_below_a_placeholder_whose_id_is_not_stored_yet_ends_its_answer(database: Database) -> None:
    hub = ScriptedHub(database)
    pressed: list[str] = []

    async def pressed_at_once(target: Target) -> str:
        part = await ScriptedChannel.placeholder(hub.channel, target)
        await hub.front.pressed(press("stop", part))
        pressed.append(part)
        return part

    hub.channel.placeholder = pressed_at_once  # type: ignore[method-assign]  # at a moment that a script cannot name
    hub.near.will("It begins", asyncio.Event())
    await hub.say(message("Tell me", 1))
    await asyncio.wait_for(hub.work(), 60)

    assert "topped" in hub.channel.shown[pressed[0]]
    assert await hub.open_holds() == 0


async def test_stop_below_an_old_answer_leaves_the_next_one_alone(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(message("first", 1))
    old = next(iter(hub.channel.shown))
    await hub.say(message("second", 2))

    await hub.front.pressed(press("stop", old))
    await hub.work()

    assert hub.channel.texts() == ["You said: first", "You said: second"]


async def test_again_asks_once_however_often_it_is_delivered(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(message("Hello"))
    part = next(iter(hub.channel.shown))

    await asyncio.gather(*(hub.front.pressed(press("again", part)) for _ in range(4)))
    await hub.work()

    assert hub.channel.texts() == ["You said: Hello"] * 2
    await hub.front.pressed(press("again", part, "e2"))
    await hub.work()
    assert hub.channel.texts() == ["You said: Hello"] * 3


async def test_the_newest_judgement_of_a_person_counts(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(message("Hello"))
    part = next(iter(hub.channel.shown))

    await hub.front.pressed(press("good", part, "e1"))
    await hub.front.pressed(press("bad", part, "e2"))
    await hub.front.pressed(press("good", part, "e1"))
    await hub.front.pressed(press("good", part, "e3", id="u2"))

    assert sorted(row[0] for row in await hub.rows("SELECT value FROM feedback")) == ["bad", "good"]


@pytest.mark.parametrize(("part", "sender"), [("out-0", {"bot": True}), ("unknown", {})])
async def test_presses_that_count_for_nothing(sqlite_database: Database, part: str, sender: dict[str, object]) -> None:
    hub = ScriptedHub(sqlite_database)
    await hub.answered(message("Hello"))
    assert "out-0" in hub.channel.shown

    await hub.front.pressed(press("good", part, **sender))

    assert await hub.rows("SELECT value FROM feedback") == []


async def test_a_deleted_message_that_waits_is_not_answered(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.say(message("one", 1), message("two", 2), message("three", 3))

    await hub.front.deleted(conversation(), "2")
    await hub.work()

    assert hub.channel.texts() == ["You said: one", "You said: three"]
    assert await hub.outcomes() == ["answered", "deleted", "answered"]


async def test_a_message_deleted_while_it_is_answered_leaves_nothing_but_its_bill(database: Database) -> None:
    hub = ScriptedHub(database)
    work, _ = await one_in_the_making(hub)

    await hub.front.deleted(conversation(), "1")
    await asyncio.wait_for(work, 60)

    assert hub.channel.texts() == []
    assert await hub.outcomes() == ["deleted"]
    assert [row[2:] for row in await hub.ledger()] == [("stopped", "estimated")]
    assert await hub.open_holds() == 0


async def test_a_message_deleted_after_its_answer_changes_nothing(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(message("Hello"))

    await hub.front.deleted(conversation(), "1")

    assert await hub.answered(message("And?", 2)) == ["You said: Hello", "You said: And?"]


async def test_what_was_deleted_after_its_answer_is_no_context(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(message("My secret is blue", 1), message("Hello", 2))
    part = next(iter(hub.channel.shown))
    await hub.front.pressed(press("again", part))
    await hub.work()
    assert "secret" in "".join(turn.text for turn in hub.near.calls[-1].turns)

    await hub.front.deleted(conversation(), "1")
    await hub.answered(message("What was it?", 3))

    assert [turn.text for turn in hub.near.calls[-1].turns] == ["Hello", "You said: Hello", "What was it?"]


async def test_what_was_deleted_while_it_is_asked_again_is_no_context_either_time(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(message("My secret is blue", 1))
    await hub.front.pressed(press("again", next(iter(hub.channel.shown))))

    await hub.front.deleted(conversation(), "1")
    await hub.answered(message("What was it?", 3))

    assert [turn.text for turn in hub.near.calls[-1].turns] == ["What was it?"]
    assert await hub.outcomes() == ["answered", "deleted", "answered"]


async def test_what_was_deleted_of_several_that_were_answered_together_is_no_context(database: Database) -> None:
    hub = ScriptedHub(database, served=agent(busy="collect"))
    await hub.answered(message("Hello", 1))
    await hub.answered(message("Good day", 2), message("My secret is blue", 3), message("Is it?", 4))
    assert len(hub.near.calls) == 2
    await hub.execute(
        "INSERT INTO summary (conversation, agent, text, upto_position) VALUES ('chat/main/1', 'support', 'blue', 2)"
    )

    await hub.front.deleted(conversation(), "3")
    await hub.answered(message("What was it?", 5))

    assert [turn.text for turn in hub.near.calls[-1].turns] == ["Hello", "You said: Hello", "What was it?"]
    assert await hub.rows("SELECT * FROM summary") == []


async def test_what_was_deleted_while_its_answer_is_delivered_is_no_context(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.channel.will("final", Unreachable(), Unreachable(), Unreachable(), Unreachable(), Unreachable())
    await hub.answered(message("My secret is blue", 1))
    assert len(await hub.rows("SELECT * FROM turn")) == 2

    await hub.front.deleted(conversation(), "1")
    await hub.rested()
    await hub.answered(message("What was it?", 2))

    assert [turn.text for turn in hub.near.calls[-1].turns] == ["What was it?"]
