"""/human: a conversation in which people answer through the bot."""

import msgspec
import pytest

from hub import phrases
from hub.config.settings import AlertSettings, Serves
from hub.messages import Conversation, Message
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, changed
from tests.pipeline.test_steering import last

pytestmark = pytest.mark.unit

DESK = Serves("chat", "main", chat="desk")


def staffed(database: Database) -> ScriptedHub:
    hub = ScriptedHub(database)
    hub.settings = changed(hub.settings, alerts=AlertSettings(to=(DESK,)))
    return hub


async def sent(hub: ScriptedHub) -> list[tuple[str, str]]:
    """Chat and text of what the hub says of its own accord."""
    rows = await hub.rows("SELECT place, text FROM outgoing ORDER BY due_ms, source")
    return [(msgspec.json.decode(row[0])["chat"], row[1]) for row in rows]


def at_the_desk(text: str, number: int, quoted: str = "") -> Message:
    return changed(message(text, number, "desk", id="staff"), quoted=quoted)


async def test_a_conversation_goes_to_people_and_back(database: Database) -> None:
    hub = staffed(database)
    await hub.answered(message("Where is my bicycle?", 1))

    assert await last(hub, message("/human it is urgent", 2)) == phrases.HUMAN_ASKED
    ((chat, asked),) = await sent(hub)
    assert chat == "desk"
    assert "> Somebody: it is urgent" in asked
    assert "> Somebody: Where is my bicycle?" in asked
    short = asked.split("#")[1][:6]

    shown = len(hub.channel.texts())
    await hub.answered(message("Are you there?", 3))
    assert len(hub.channel.texts()) == shown  # told once, and nothing from the agent
    assert len(hub.near.calls) == 1
    assert (await sent(hub))[1] == ("desk", f"💬 #{short} Somebody:\n\n> Are you there?")

    await hub.answered(at_the_desk("It comes today.", 1, quoted=asked))
    assert (await sent(hub))[2] == ("1", "👤 It comes today.")
    assert await last(hub, at_the_desk(f"/human {short} by bicycle", 2)) == f"On its way to #{short}."
    assert (await sent(hub))[3] == ("1", "👤 by bicycle")

    assert await last(hub, at_the_desk("/human done", 3, quoted=asked)) == (
        f"#{short} is over; the agent answers again."
    )
    assert (await sent(hub))[4] == ("1", f"👤 {phrases.HUMAN_OVER}")
    assert await last(hub, message("Thank you", 4)) == "You said: Thank you"
    assert await last(hub, at_the_desk("Hello?", 4, quoted=asked)) == f"Nobody waits under #{short} any more."


async def test_the_person_can_go_back_to_the_agent(database: Database) -> None:
    hub = staffed(database)

    said = await hub.answered(message("/human", 1), message("/human done", 2), message("Hello", 3))

    assert said == [phrases.HUMAN_ASKED, phrases.HUMAN_OVER, "You said: Hello"]
    assert await hub.rows("SELECT * FROM handover") == []


async def test_without_people_nobody_is_promised(sqlite_database: Database) -> None:
    assert await ScriptedHub(sqlite_database).answered(message("/human", 1)) == [phrases.HUMAN_NOBODY]


async def test_where_the_peoples_chat_is_no_more_the_agent_answers(sqlite_database: Database) -> None:
    hub = staffed(sqlite_database)
    await hub.answered(message("/human", 1))
    hub.settings = changed(hub.settings, alerts=AlertSettings())
    assert await last(hub, message("Is anybody there?", 2)) == "You said: Is anybody there?"


async def test_a_code_stands_for_one_conversation(database: Database) -> None:
    hub = staffed(database)
    ids = iter(["same", "same", "other"])
    hub.steering.new_id = lambda: next(ids)
    await hub.answered(message("/human", 1, "1"))
    await hub.answered(message("/human", 1, "2"))
    await hub.rested()  # who met a code that is taken goes on with another one
    await hub.work()
    handovers = await hub.rows("SELECT id, handover FROM conversation WHERE handover <> '' ORDER BY id")
    assert len({row[1] for row in handovers}) == 2
    rows = await hub.rows("SELECT conversation FROM handover ORDER BY conversation")
    assert [row[0] for row in rows] == ["chat/main/1", "chat/main/2"]


async def test_nobody_outside_of_the_peoples_chat_answers(sqlite_database: Database) -> None:
    hub = staffed(sqlite_database)
    await hub.answered(message("/human", 1))
    ((_, asked),) = await sent(hub)

    await hub.answered(changed(message("I am the staff", 1, "3"), quoted=asked))
    short = asked.split("#")[1][:6]
    await hub.answered(message(f"/human {short} I am the staff", 2, "3"))

    assert [chat for chat, text in await sent(hub) if "staff" in text and chat == "1"] == []


async def test_an_answer_goes_into_the_thread_that_asked(sqlite_database: Database) -> None:
    hub = staffed(sqlite_database)
    where = Conversation("chat", "main", "team", "thread-1", private=False)
    await hub.answered(changed(message("/human", 1), conversation=where))
    ((_, asked),) = await sent(hub)

    await hub.answered(at_the_desk("Here I am.", 1, quoted=asked))

    place = msgspec.json.decode((await hub.rows("SELECT place FROM outgoing ORDER BY due_ms, source"))[1][0])
    assert (place["chat"], place["thread"]) == ("team", "thread-1")
