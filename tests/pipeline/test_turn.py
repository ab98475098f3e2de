"""One turn after another: what people see, what is stored, what it cost."""

import asyncio

import pytest

from hub import phrases
from hub.agents.port import Done
from hub.store import Database
from tests.pipeline.channel import ScriptedChannel, message
from tests.pipeline.hub import FAQ, ScriptedHub, agent, only
from tests.pipeline.model import SHORT
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit


async def test_an_answer_is_delivered_stored_and_paid(database: Database) -> None:
    hub = ScriptedHub(database)

    assert await hub.answered(message("Hello")) == ["You said: Hello"]

    assert await hub.outcomes() == ["answered"]
    reply = await hub.row("SELECT state, sending, text, agent FROM reply")
    assert tuple(reply) == ("delivered", 0, "You said: Hello", "support")
    assert await hub.ledger() == [("support-west", "answer", "stop", "")]
    assert await hub.open_holds() == 0
    assert len(hub.channel.of("placeholder")) == 1


async def test_messages_of_a_conversation_are_answered_in_order_with_what_was_said_before(database: Database) -> None:
    hub = ScriptedHub(database)

    await hub.say(*(message(f"m{number}", number) for number in range(5)))
    await hub.work()

    finals = [act.text for act in hub.channel.of("edit")]
    assert finals == [f"You said: m{number}" for number in range(5)]
    assert [turn.text for turn in hub.near.calls[2].turns] == ["m0", "You said: m0", "m1", "You said: m1", "m2"]


async def test_conversations_are_answered_side_by_side(database: Database) -> None:
    hub = ScriptedHub(database)
    hold_back = asyncio.Event()
    for _ in range(10):
        hub.near.will(hold_back, "done", Done("stop", SHORT))
    await hub.say(*(message("hi", 1, chat=str(chat)) for chat in range(10)))

    work = asyncio.create_task(hub.work())
    while hub.near.at_work < 10:
        await asyncio.sleep(0.001)
    hold_back.set()
    await work

    assert await hub.outcomes() == ["answered"] * 10


async def test_a_bot_is_not_answered(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)

    assert await hub.answered(message("I am a bot", bot=True)) == []
    assert await hub.outcomes() == []
    assert not hub.near.calls


async def test_a_chat_that_nobody_serves_is_told_so(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(serves=()))

    assert await hub.answered(message("Hello?")) == [phrases.NOT_SERVED]
    assert not hub.near.calls


@pytest.mark.parametrize("text", ["", "   \n "])
async def test_a_message_without_text_is_told_so(sqlite_database: Database, text: str) -> None:
    hub = ScriptedHub(sqlite_database)

    assert await hub.answered(message(text)) == [phrases.NO_TEXT]
    assert not hub.near.calls


async def test_an_edit_replaces_a_waiting_message(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)

    await hub.say(message("Wehn?", 1), message("When?", 1, revision=1))
    await hub.work()

    assert hub.channel.texts() == ["You said: When?"]
    assert await hub.outcomes() == ["replaced", "answered"]


async def test_an_edit_of_one_among_several_collected_messages_replaces_it(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(busy="collect"))

    await hub.say(message("one", 1), message("tow", 2), message("two", 2, revision=1))
    await hub.work()

    assert hub.channel.texts() == ["You said: one\n\ntwo"]
    assert await hub.outcomes() == ["answered", "joined", "joined"]


async def test_collect_answers_together_what_came_meanwhile(database: Database) -> None:
    hub = ScriptedHub(database, served=agent(busy="collect"))
    await hub.say(message("one", 1), message("two", 2), message("/help", 3), message("three", 4))

    await hub.work()

    assert next(act.text for act in hub.channel.of("edit")) == "You said: one\n\ntwo"
    assert hub.channel.texts()[-1] == "You said: three"
    assert await hub.outcomes() == ["answered", "joined", "answered", "answered"]


async def test_collected_messages_are_done_too_where_the_process_dies_after_settling(database: Database) -> None:
    hub = ScriptedHub(database, served=agent(busy="collect"))
    await hub.say(message("one", 1), message("two", 2))
    hub.channel.down = True
    await hub.work()
    assert await hub.outcomes() == ["", ""]

    later = ScriptedHub(database, served=agent(busy="collect"), channel=hub.channel)
    hub.channel.down = False
    await later.rested()
    await later.work()

    assert hub.channel.texts() == ["You said: one\n\ntwo"]
    assert await later.outcomes() == ["answered", "joined"]
    assert not later.near.calls


LONG = "x" * 100_000
MANY_SCRIPTS = "שלום \u202eabc\u202c a\u200bb\u200dc \x00 \ud83d x \udc00 👍🏽 日本"
CLEAN = "שלום \u202eabc\u202c a\u200bb\u200dc \ufffd \ufffd\ufffd\ufffd x \ufffd\ufffd\ufffd 👍🏽 日本"


async def test_any_text_comes_through_the_whole_turn(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.near.will(MANY_SCRIPTS, Done("stop", SHORT))

    shown = await hub.answered(message(MANY_SCRIPTS))

    assert shown == [CLEAN]
    assert hub.near.calls[0].turns[-1].text == CLEAN
    assert [row[0] for row in await hub.rows("SELECT text FROM turn ORDER BY role DESC")] == [CLEAN, CLEAN]
    (exchange,) = await hub.front.history(message("").conversation, 5)
    assert (exchange.text, exchange.answer) == (CLEAN, CLEAN)


async def test_half_characters_of_a_stream_do_not_keep_it_from_growing(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, channel=ScriptedChannel(edit_every_s=0.005))
    more = asyncio.Event()
    hub.near.will("half \ud83d", more, " whole", Done("stop", SHORT))
    await hub.say(message("Hello"))
    work = asyncio.create_task(hub.work())

    await until(lambda: any(not act.final and "half" in act.text for act in hub.channel.of("edit")))
    more.set()
    await work

    assert hub.channel.texts() == ["half \ufffd\ufffd\ufffd whole"]


async def test_a_very_long_message_is_answered_within_the_budget_of_tokens(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.near.will("I read it.", Done("stop", SHORT))

    assert await hub.answered(message(" ".join(f"word{n}" for n in range(12_000)))) == ["I read it."]

    assert await hub.row("SELECT input_tokens FROM hold")
    assert int((await hub.row("SELECT input_tokens FROM hold"))[0]) <= 3000 * 1.1 + 33
    assert await hub.answered(message("And now?", 2))


async def test_one_who_waits_in_line_is_told_and_the_answer_does_not_follow_those_words(
    sqlite_database: Database,
) -> None:
    hub = ScriptedHub(sqlite_database, channel=ScriptedChannel(edit_every_s=0.002), at_once=1)
    first, second = asyncio.Event(), asyncio.Event()
    hub.near.will("one", first, Done("stop", SHORT))
    hub.near.will("two", second, Done("stop", SHORT))
    await hub.say(message("a", 1, chat="a"))
    await hub.say(message("b", 1, chat="b"))
    work = asyncio.create_task(hub.work())

    await until(lambda: any("number 1 in line" in text for text in hub.channel.texts()))
    first.set()
    await until(lambda: "two" in hub.channel.texts())
    second.set()
    await work

    assert sorted(hub.channel.texts()) == ["one", "two"]
    assert len(hub.channel.of("placeholder")) == 2


async def test_a_chat_whose_channel_is_off_rests_and_is_answered_when_it_is_on(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    outlet = hub.outlets.pop(("chat", "main"))
    assert await hub.answered(message("Hello")) == []
    assert await hub.outcomes() == [""]

    hub.outlets["chat", "main"] = outlet
    await hub.rested()
    await hub.work()

    assert hub.channel.texts() == ["You said: Hello"]


async def test_a_defect_of_a_client_is_told_and_charged(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.near.will("some", RuntimeError("defect"))

    assert await hub.answered(message("Hello")) == [phrases.WENT_WRONG]

    assert await hub.ledger() == [("support-west", "answer", "cancelled", "estimated")]
    assert await hub.open_holds() == 0


async def test_a_defect_of_a_channel_neither_loses_the_answer_nor_asks_again(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.channel.will("final", ValueError("defect"))

    await hub.answered(message("Hello"))
    assert await hub.outcomes() == [""]
    await hub.rested()
    await hub.work()

    assert hub.channel.texts() == ["You said: Hello"]
    assert await hub.outcomes() == ["answered"]
    assert len(hub.near.calls) == 1


async def test_the_faq_answers_first_where_it_is_sure_and_the_agent_says_so(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(faq=FAQ, faq_first=True))

    assert await hub.answered(message("When are you open?")) == ["From nine to six."]
    assert not hub.near.calls
    assert await hub.ledger() == [("support-faq", "answer", "stop", "")]


async def test_the_faq_reads_the_question_and_not_what_it_quotes(sqlite_database: Database) -> None:
    from tests.pipeline.hub import changed

    hub = ScriptedHub(sqlite_database, served=agent(faq=FAQ, faq_first=True))
    quoting = changed(message("When are you open?"), quoted="Our bicycles come from Portugal, mostly by ship.")

    assert await hub.answered(quoting) == ["From nine to six."]


async def test_an_answer_of_nothing_but_blanks_is_an_honest_sentence(sqlite_database: Database) -> None:
    from hub.agents.port import Kind

    hub = ScriptedHub(sqlite_database, served=agent(deployments=only("support-west")))
    hub.near.will(" \n ", Done("stop", SHORT))

    assert await hub.answered(message("Hello")) == [phrases.failed(Kind.GARBLED)]
