"""An edited message: it replaces what waits, ends what is being answered, and asks anew what was answered just now."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hub import phrases
from hub.agents.port import Done
from hub.channel import Forbidden
from hub.clock import Clock
from hub.messages import Attachment
from hub.revisions import ASKED_ANEW_WITHIN_MS, MESSAGES_IN_REACH, Revisions
from hub.store import Database
from tests.pipeline.channel import conversation, message
from tests.pipeline.hub import ScriptedHub, agent, changed
from tests.pipeline.model import SHORT, asked
from tests.pipeline.test_inbox import Still
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

OpenWithClock = Callable[[Clock], Awaitable[Database]]


async def being_answered(hub: ScriptedHub, *more: str) -> "asyncio.Task[None]":
    """`Wehn?` is being answered: its placeholder stands, and the model has said something."""
    hub.near.will("It begins", asyncio.Event())
    await hub.say(message("Wehn?", 1), *(message(text, number) for number, text in enumerate(more, 2)))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work)
    while (await hub.row("SELECT parts FROM reply"))[0] == "[]":
        await asyncio.sleep(0.002)
    return work


async def test_one_being_answered_ends_and_its_edit_is_answered_instead(database: Database) -> None:
    hub = ScriptedHub(database)
    work = await being_answered(hub, "And you?")

    await hub.say(message("When?", 1, revision=7))
    await asyncio.wait_for(work, 60)

    assert hub.channel.texts() == ["You said: And you?", "You said: When?"]
    assert await hub.outcomes() == ["replaced", "answered", "answered"]
    assert [row[2:] for row in await hub.ledger()] == [("stopped", "estimated"), ("stop", ""), ("stop", "")]
    assert [turn.text for turn in hub.near.calls[-1].turns] == ["And you?", "You said: And you?", "When?"]
    assert await hub.open_holds() == 0


async def test_what_may_not_be_removed_is_emptied(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    work = await being_answered(hub)
    hub.channel.will("remove", Forbidden())

    await hub.say(message("When?", 1, revision=1))
    await asyncio.wait_for(work, 60)

    assert hub.channel.texts() == [phrases.WITHDRAWN, "You said: When?"]


async def test_what_cannot_be_removed_now_holds_the_new_answer_back(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    work = await being_answered(hub)
    hub.channel.down = True

    await hub.say(message("When?", 1, revision=1))
    await asyncio.wait_for(work, 60)
    assert await hub.outcomes() == ["", ""]

    hub.channel.down = False
    await hub.rested()
    await hub.work()
    assert hub.channel.texts() == ["You said: When?"]
    assert len(hub.near.calls) == 2


async def test_one_answered_just_now_is_asked_anew_once_for_each_revision(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(message("Before", 1))
    await hub.answered(message("Wehn?", 2))

    edits = [message("When?", 2, revision=5), message("When, please?", 2, revision=6)]
    for edit in edits:
        await asyncio.gather(*(hub.say(edit) for _ in range(3)))
        await hub.work()
    await hub.answered(*edits, message("Wehn?", 2))
    await hub.answered(message("Thanks", 3))

    assert [asked(call) for call in hub.near.calls] == ["Before", "Wehn?", "When?", "When, please?", "Thanks"]
    assert [turn.text for turn in hub.near.calls[-1].turns] == [
        *("Before", "You said: Before"),
        *("When, please?", "You said: When, please?"),
        "Thanks",
    ]
    assert [turn.text for turn in hub.near.calls[2].turns] == ["Before", "You said: Before", "When?"]


@pytest.mark.parametrize(("minutes", "asks"), [(9, True), (11, False)])
async def test_only_what_was_answered_within_ten_minutes_is_asked_anew(
    open_with_clock: OpenWithClock, minutes: int, asks: bool
) -> None:
    assert ASKED_ANEW_WITHIN_MS == 10 * 60_000
    clock = Still()
    hub = ScriptedHub(await open_with_clock(clock))
    await hub.answered(message("Wehn?"))

    clock.ms += minutes * 60_000
    await hub.answered(message("When?", revision=1))

    assert len(hub.near.calls) == 1 + asks
    assert await hub.outcomes() == ["answered"] * (1 + asks)


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(message("When?", 99, revision=1), id="never seen"),
        pytest.param(message("Wehn? ", 1, revision=1), id="no word changed"),
        pytest.param(message("When?", 1, revision=1, chat="2"), id="of another chat"),
        pytest.param(changed(message("When?", 1, revision=1), addressed=False), id="not addressed"),
    ],
)
async def test_edits_that_ask_nothing_are_not_stored(database: Database, edit: object) -> None:
    hub = ScriptedHub(database)
    await hub.answered(message("Wehn?", 1))

    assert await hub.answered(edit) == ["You said: Wehn?"]
    assert len(await hub.outcomes()) == 1


async def test_an_edit_made_while_the_hub_was_away_is_answered(database: Database) -> None:
    hub = ScriptedHub(database)
    found = changed(message("When?", 1, revision=3), caught_up=True)

    assert await hub.answered(found) == ["You said: When?"]
    assert await hub.answered(found, message("When?", 1)) == ["You said: When?"]
    assert (await hub.answered(message("When, please?", 1, revision=4)))[-1] == "You said: When, please?"


async def test_what_was_answered_long_ago_is_found_again_for_nothing(open_with_clock: OpenWithClock) -> None:
    clock = Still()
    hub = ScriptedHub(await open_with_clock(clock))
    await hub.answered(message("Wehn?", 1))
    await hub.say(*(message("/help", number) for number in range(10, 10 + MESSAGES_IN_REACH)))
    await hub.work()
    clock.ms += ASKED_ANEW_WITHIN_MS + 1

    await hub.answered(changed(message("When?", 1, revision=3), caught_up=True))

    assert len(hub.near.calls) == 1


async def test_another_file_is_a_change(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    with_file = changed(message("What is it?"), attachments=(Attachment("image", "a.png", fetch="f1"),))
    await hub.answered(with_file)

    await hub.answered(changed(with_file, revision=1, attachments=(Attachment("image", "a.png", fetch="f2"),)))
    assert len(hub.near.calls) == 1
    await hub.answered(changed(with_file, revision=2, attachments=(Attachment("image", "b.png", fetch="f3"),)))
    assert len(hub.near.calls) == 2


async def test_older_revisions_that_come_late_ask_nothing(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.say(message("one", 1), message("three", 1, revision=3), message("two", 1, revision=2))
    await hub.work()

    assert hub.channel.texts() == ["You said: three"]
    assert await hub.answered(message("one and a half", 1, revision=1)) == ["You said: three"]


async def test_revisions_accepted_side_by_side_are_answered_once(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.say(message("0", 1), message("before", 2))
    await asyncio.gather(*(hub.say(message(str(number), 1, revision=number)) for number in range(1, 6)))

    await hub.work()

    assert hub.channel.texts() == ["You said: before", "You said: 5"]


async def test_an_edit_of_what_was_deleted_asks_nothing(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.say(message("Wehn?", 1))
    await hub.front.deleted(conversation(), "1")

    assert await hub.answered(message("When?", 1, revision=1)) == []
    assert await hub.outcomes() == ["deleted"]


async def test_an_edit_ends_an_answer_that_another_process_makes(database: Database) -> None:
    one, two = ScriptedHub(database), ScriptedHub(database)
    work = await being_answered(one)
    await two.say(message("When?", 1, revision=1))

    (claim, _) = one.turns.running[conversation().key]
    held = await one.inbox.renew([claim])
    one.turns.running.stop(claim.key, before=held[claim.key])
    await asyncio.wait_for(work, 60)

    assert one.channel.texts() == ["You said: When?"]
    assert await one.outcomes() == ["replaced", "answered"]


async def test_an_answer_that_got_through_all_the_same_is_taken_away(database: Database) -> None:
    one, two = ScriptedHub(database), ScriptedHub(database)
    one.near.will("It begins", go_on := asyncio.Event(), Done("stop", SHORT))
    await one.say(message("Wehn?", 1))
    work = asyncio.create_task(one.work())
    await until(lambda: one.near.at_work)

    await two.say(message("When?", 1, revision=1))
    go_on.set()
    await asyncio.wait_for(work, 60)

    assert one.channel.texts() == ["You said: When?"]
    assert [turn.text for turn in one.near.calls[1].turns] == ["When?"]


async def test_one_that_cannot_be_taken_away_now_holds_the_new_answer_back(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    await hub.answered(message("Wehn?", 1))
    await hub.execute("UPDATE message SET replaced_ms = 1")
    hub.channel.down = True
    await hub.answered(message("When?", 1, revision=1))
    assert len(hub.near.calls) == 1

    hub.channel.down = False
    await hub.rested()
    await hub.work()

    assert hub.channel.texts() == ["You said: When?"]


@pytest.mark.parametrize("settled", [False, True])
async def test_a_process_that_is_killed_leaves_one_answer(database: Database, settled: bool) -> None:
    killed = ScriptedHub(database)
    killed.near.will("It begins", *([Done("stop", SHORT)] if settled else [asyncio.Event()]))
    killed.channel.stall = None
    await killed.say(message("Wehn?", 1))
    (claim,) = await killed.inbox.claim(1)
    killed.channel.will("final", *([ValueError("killed")] if settled else []))
    turn = killed.turns.take(claim)
    if settled:
        await turn
    else:
        await until(lambda: killed.channel.of("placeholder") and killed.near.at_work)
        await asyncio.sleep(0.02)
        turn.cancel()
        await asyncio.gather(turn, return_exceptions=True)
    await killed.say(message("When?", 1, revision=1))

    later = ScriptedHub(database, channel=killed.channel)
    await later.inbox.take_over()
    await later.rested()
    await later.work()

    assert later.channel.texts() == ["You said: When?"]
    assert await later.outcomes() == ["replaced", "answered"]
    assert await later.open_holds() == 0


async def test_others_of_a_collected_answer_are_answered_without_the_edited_one(database: Database) -> None:
    hub = ScriptedHub(database, served=agent(busy="collect"))
    work = await being_answered(hub, "two")

    await hub.say(message("one", 1, revision=1))
    await asyncio.wait_for(work, 60)

    assert hub.channel.texts() == ["You said: two\n\none"]
    assert await hub.outcomes() == ["replaced", "answered", "joined"]


async def test_an_edit_into_a_command_is_one(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    await hub.answered(message("new", 1))
    await hub.answered(message("/new", 1, revision=1))

    await hub.answered(message("Hello", 2))

    assert [turn.text for turn in hub.near.calls[-1].turns] == ["Hello"]


async def test_what_was_asked_again_by_its_button_is_no_edit(sqlite_database: Database) -> None:
    from tests.pipeline.test_presses import press

    hub = ScriptedHub(sqlite_database)
    await hub.say(message("Wehn?", 1), message("When?", 1, revision=1))
    await hub.work()

    await hub.front.pressed(press("again", next(iter(hub.channel.shown))))
    await hub.work()

    assert hub.channel.texts() == ["You said: When?"] * 2


async def test_one_deleted_between_its_claim_and_its_turn_asks_nobody(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.say(message("Hello"))
    (claim,) = await hub.inbox.claim(1)

    position = await Revisions(database).take_back(conversation(), "1")
    turn = hub.turns.take(claim)
    hub.turns.running.stop(conversation().key, before=position + 1)
    await turn

    assert (hub.near.calls, hub.channel.acts) == ([], [])
    assert await hub.outcomes() == ["deleted"]
    assert not hub.turns.running


async def test_one_deleted_in_line_shows_nothing_and_asks_nobody(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, at_once=1)
    hub.near.will("first", held_up := asyncio.Event(), Done("stop", SHORT))
    await hub.say(message("a", 1, chat="a"))
    first = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work)
    await hub.say(message("b", 1, chat="b"))
    second = asyncio.create_task(hub.work())
    await until(lambda: len(hub.turns.running) == 2)

    await hub.front.deleted(conversation("b"), "1")
    await asyncio.wait_for(second, 60)
    held_up.set()
    await first

    assert hub.channel.texts() == ["first"]
    assert len(hub.near.calls) == 1


async def test_what_was_deleted_is_no_context(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    work = await being_answered(hub)
    await hub.front.deleted(conversation(), "1")
    await asyncio.wait_for(work, 60)

    await hub.answered(message("Hello", 2))

    assert [turn.text for turn in hub.near.calls[-1].turns] == ["Hello"]


@pytest.mark.parametrize("how_often", [1, 5])
async def test_a_defect_in_taking_away_what_was_begun_keeps_nobody_waiting_for_ever(
    sqlite_database: Database, caplog: pytest.LogCaptureFixture, how_often: int
) -> None:
    dead = ScriptedHub(sqlite_database)
    dead.near.will("It begins", asyncio.Event())
    await dead.say(message("Hello"))
    (claim,) = await dead.inbox.claim(1)
    turn = dead.turns.take(claim)
    await until(lambda: dead.near.at_work and dead.channel.shown)
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)

    hub = ScriptedHub(sqlite_database, channel=dead.channel)
    await hub.front.deleted(conversation(), "1")
    await hub.say(message("And now?", 2))
    hub.channel.will("remove", *[RuntimeError("defect")] * how_often)
    for _ in range(3):
        await hub.rested()
        await hub.work()
    if how_often > 3:
        assert await hub.outcomes() == ["", ""]
        hub.clock.skipped += 24 * 3600  # type: ignore[attr-defined]  # a Hurried one
        await hub.rested()
        await hub.work()
    assert await hub.outcomes() == ["deleted", "answered"]
    assert "could not be taken away" in caplog.text
