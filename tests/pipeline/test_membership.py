"""Where the bot is, and what was seen last."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hub.agents.port import Done
from hub.channel import Forbidden, Gone
from hub.clock import Clock
from hub.messages import Membership, Sender
from hub.store import Database
from tests.pipeline.channel import ScriptedChannel, conversation, message
from tests.pipeline.hub import ScriptedHub, changed
from tests.pipeline.model import SHORT
from tests.pipeline.test_inbox import Still
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

OpenWithClock = Callable[[Clock], Awaitable[Database]]


def moved(joined: bool, event: str = "e1", chat: str = "1") -> Membership:
    return Membership(conversation=conversation(chat), joined=joined, by=Sender("u9"), event_id=event)


async def test_what_waits_where_the_bot_was_removed_costs_nothing(database: Database) -> None:
    hub = ScriptedHub(database)
    in_thread = changed(message("three", 3), conversation=conversation("1", thread="t/1"))
    await hub.say(message("one", 1), message("two", 2), in_thread, message("elsewhere", 1, chat="11"))

    await hub.front.membership(moved(joined=False))
    await hub.work()

    assert hub.channel.texts() == ["You said: elsewhere"]
    assert sorted(await hub.outcomes()) == ["answered", "undeliverable", "undeliverable", "undeliverable"]
    assert len(await hub.ledger()) == 1
    assert tuple(await hub.row("SELECT conversation, joined, by_person FROM membership")) == (
        "chat/main/1",
        0,
        "chat/u9",
    )


async def test_a_workspace_is_left_with_all_its_chats(database: Database) -> None:
    hub = ScriptedHub(database)
    inside, outside = (changed(conversation(chat), workspace=team) for chat, team in (("a", "T1"), ("b", "T12")))
    hub.near.will("It begins", asyncio.Event())
    await hub.say(changed(message("one", 1), conversation=inside))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work)
    hub.channel.will("final", Forbidden())
    await hub.say(changed(message("two", 2), conversation=inside), changed(message("x", 1), conversation=outside))

    where = changed(conversation("T1"), workspace="T1", private=False)
    await hub.front.membership(changed(moved(joined=False), conversation=where))
    await asyncio.wait_for(work, 60)
    await hub.work()

    assert hub.channel.texts()[-1] == "You said: x"
    assert await hub.outcomes() == ["undeliverable", "undeliverable", "answered"]


async def test_all_is_well_when_it_is_back(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.say(message("one", 1))
    await hub.front.membership(moved(joined=False, event="e1"))
    await hub.front.membership(moved(joined=True, event="e2"))
    await hub.front.membership(moved(joined=False, event="e1"))

    assert await hub.answered(message("two", 2)) == ["You said: one", "You said: two"]
    assert (await hub.row("SELECT joined FROM membership"))[0] == 1


async def test_a_message_means_that_it_is_back_even_where_nobody_said_so(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.say(message("one", 1))
    await hub.front.membership(moved(joined=False))

    assert await hub.answered(message("two", 2)) == ["You said: two"]
    assert await hub.outcomes() == ["undeliverable", "answered"]


async def test_an_answer_under_way_ends_when_the_bot_is_removed(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.near.will("It begins", asyncio.Event())
    await hub.say(message("one", 1))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work)
    hub.channel.will("final", Forbidden())

    await hub.front.membership(moved(joined=False))
    await asyncio.wait_for(work, 60)

    assert await hub.outcomes() == ["undeliverable"]
    assert [row[2:] for row in await hub.ledger()] == [("stopped", "estimated")]


async def test_an_answer_begun_before_a_kill_ends_where_the_bot_is_no_more(database: Database) -> None:
    killed = ScriptedHub(database)
    await killed.say(message("one", 1))
    killed.channel.will("final", ValueError("killed"))
    await killed.work()
    await killed.front.membership(moved(joined=False))

    later = ScriptedHub(database, channel=killed.channel)
    await later.rested()
    await later.work()

    assert await later.outcomes() == ["undeliverable"]
    assert tuple(await later.row("SELECT state, error FROM reply")) == ("failed", "the bot has left the chat")


@pytest.mark.parametrize("refused", [Forbidden(), Gone()])
async def test_an_answer_that_nobody_can_read_is_not_bought_to_its_end(database: Database, refused: Exception) -> None:
    hub = ScriptedHub(database)
    hub.near.will("It begins", never := asyncio.Event(), Done("stop", SHORT))
    hub.channel.will("placeholder", refused)

    await asyncio.wait_for(hub.answered(message("Hello")), 60)

    assert not never.is_set()
    assert hub.near.closed_early == 1
    assert await hub.outcomes() == ["undeliverable"]
    assert [row[2:] for row in await hub.ledger()] == [("stopped", "estimated")]
    assert await hub.open_holds() == 0


async def test_one_who_blocks_the_bot_meanwhile_ends_the_answer(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, channel=ScriptedChannel(edit_every_s=0.002))
    hub.near.will("It begins", asyncio.Event())
    hub.channel.will("growth", Forbidden())
    hub.channel.will("final", Forbidden())

    await asyncio.wait_for(hub.answered(message("Hello")), 60)

    assert await hub.outcomes() == ["undeliverable"]


async def test_the_newest_message_of_each_conversation_was_seen_last(open_with_clock: OpenWithClock) -> None:
    clock = Still()
    hub = ScriptedHub(await open_with_clock(clock))
    await hub.say(message("old", 1, chat="old"))
    clock.ms += 60_000
    began = clock.ms
    await hub.say(message("a", 1, chat="a"))
    clock.ms += 1
    await hub.say(message("b", 1, chat="b"), message("b", 2, chat="b"))
    await hub.say(changed(message("x", 5, chat="x"), conversation=changed(conversation("x"), account="other")))

    seen = await hub.front.last_seen("chat", "main", began)

    assert [(each.conversation.chat, each.platform_id) for each in seen] == [("b", "2"), ("a", "1")]
    assert [each.conversation.chat for each in await hub.front.last_seen("chat", "main", 0)] == ["b", "a", "old"]
    assert await hub.front.last_seen("chat", "main", clock.ms + 1) == []


async def test_what_was_asked_again_was_seen_under_its_own_id(sqlite_database: Database) -> None:
    from tests.pipeline.test_presses import press

    hub = ScriptedHub(sqlite_database)
    await hub.answered(message("Hello", 7))
    await hub.front.pressed(press("again", next(iter(hub.channel.shown))))

    (seen,) = await hub.front.last_seen("chat", "main", 0)

    assert seen.platform_id == "7"
