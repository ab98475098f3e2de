"""Delivery: a platform that asks to wait, does not answer, refuses, forgets, or is down."""

import asyncio
from collections import Counter

import pytest

from hub.agents.port import Done
from hub.channel import Ambiguous, Forbidden, Gone, Refused, RetryAfter, Unreachable
from hub.messages import Target
from hub.store import Database
from hub.store.sqlite import SqliteDatabase
from tests.pipeline.channel import HappenedAfterAll, ScriptedChannel, message
from tests.pipeline.hub import ScriptedHub
from tests.pipeline.model import SHORT
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

DAY_S = 24 * 3600


async def orphans(hub: ScriptedHub) -> list[str]:
    return [row[0] for row in await hub.rows("SELECT reason FROM orphan")]


async def state(hub: ScriptedHub) -> str:
    return str((await hub.row("SELECT state FROM reply"))[0])


@pytest.mark.parametrize("what", ["placeholder", "final"])
async def test_a_wait_that_the_platform_asks_for_is_kept(sqlite_database: Database, what: str) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.channel.will(what, RetryAfter(30), RetryAfter(40))

    assert await hub.answered(message("Hello")) == ["You said: Hello"]

    assert hub.clock.skipped >= 69  # type: ignore[attr-defined]
    assert await orphans(hub) == []


async def test_an_answer_is_six_transactions(sqlite_database: SqliteDatabase) -> None:
    """Accepted; claimed; held, begun and about to be shown; the placeholder's id; settled; finished. Then a look."""
    hub = ScriptedHub(sqlite_database)
    await hub.answered(message("Hello"))  # makes the budgets
    before = sqlite_database.transactions
    await hub.answered(message("Hello again", 2))
    assert sqlite_database.transactions - before == 6 + 1
    assert await orphans(hub) == []


async def test_a_process_that_dies_with_the_placeholder_under_way_leaves_a_note_of_it(
    sqlite_database: SqliteDatabase,
) -> None:
    hub = ScriptedHub(sqlite_database)
    seen: list[int] = []

    async def looked(target: Target) -> str:
        seen.append((await hub.row("SELECT sending FROM reply"))[0])
        return await ScriptedChannel.placeholder(hub.channel, target)

    hub.channel.placeholder = looked  # type: ignore[method-assign]
    await hub.answered(message("Hello"))
    assert seen == [1]
    assert (await hub.row("SELECT sending FROM reply"))[0] == 0


@pytest.mark.parametrize("happened", [True, False])
async def test_a_placeholder_whose_fate_is_unknown_is_sent_again_and_its_orphan_recorded(
    database: Database, happened: bool
) -> None:
    hub = ScriptedHub(database)
    hub.channel.will("placeholder", HappenedAfterAll() if happened else Ambiguous())

    shown = await hub.answered(message("Hello"))

    assert shown == ["…"] * happened + ["You said: Hello"]
    assert await orphans(hub) == ["no answer came to its sending"]
    assert len(hub.near.calls) == 1


@pytest.mark.parametrize("failure", [HappenedAfterAll(), Ambiguous(), Unreachable()])
async def test_a_final_edit_whose_fate_is_unknown_is_repeated(sqlite_database: Database, failure: Exception) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.channel.will("final", failure)

    assert await hub.answered(message("Hello")) == ["You said: Hello"]
    assert await orphans(hub) == []


async def test_a_deleted_placeholder_is_replaced(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.near.will("Hi", held_up := asyncio.Event(), Done("stop", SHORT))
    await hub.say(message("Hello"))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.channel.shown)

    hub.channel.delete("out-0")
    held_up.set()
    await work

    assert hub.channel.texts() == ["Hi"]
    assert await state(hub) == "delivered"


async def test_a_chat_that_is_gone_ends_the_reply(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.channel.will("placeholder", Gone())

    assert await hub.answered(message("Hello")) == []
    assert (await state(hub), await hub.outcomes()) == ("failed", ["undeliverable"])
    assert await hub.open_holds() == 0


@pytest.mark.parametrize("what", ["placeholder", "final"])
@pytest.mark.parametrize("refusal", [Forbidden(), Refused()])
async def test_a_refused_reply_is_failed_and_the_next_message_goes_on(
    sqlite_database: Database, what: str, refusal: Exception
) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.channel.will(what, refusal)

    await hub.answered(message("one", 1), message("two", 2))

    assert await hub.outcomes() == ["undeliverable", "answered"]
    assert [row[0] for row in await hub.rows("SELECT state FROM reply ORDER BY position")] == ["failed", "delivered"]
    assert hub.channel.texts()[-1] == "You said: two"


async def test_while_the_platform_is_down_the_answer_waits_and_nobody_is_asked_again(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.channel.down = True

    await hub.answered(message("one", 1), message("two", 2))
    assert await hub.outcomes() == ["", ""]
    assert await hub.inbox.claim(10) == []  # it rests
    await hub.rested()
    await hub.work()
    hub.channel.down = False
    await hub.rested()
    await hub.work()

    assert hub.channel.texts() == ["You said: one", "You said: two"]
    assert len(hub.near.calls) == 2
    assert await orphans(hub) == []  # nothing ever left


async def test_an_answer_that_cannot_be_delivered_for_a_day_is_failed(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.channel.down = True
    await hub.answered(message("one", 1))

    await hub.clock.sleep(DAY_S)
    await hub.rested()
    await hub.work()

    assert (await state(hub), await hub.outcomes()) == ("failed", ["undeliverable"])


async def test_a_long_answer_comes_in_parts_each_with_its_own_placeholder(database: Database) -> None:
    hub = ScriptedHub(database, channel=ScriptedChannel(part_size=10))
    hub.near.will("0123456789abcdefghijKLMNO", Done("stop", SHORT))

    assert await hub.answered(message("Hello")) == ["0123456789", "abcdefghij", "KLMNO"]

    assert [act.what for act in hub.channel.acts] == ["placeholder", "edit"] * 3
    assert (await hub.row("SELECT parts FROM reply"))[0] == '["out-0","out-2","out-4"]'


async def test_a_crash_between_two_parts_loses_and_repeats_nothing(database: Database) -> None:
    hub = ScriptedHub(database, channel=ScriptedChannel(part_size=10))
    hub.near.will("0123456789abcdefghijKLMNO", Done("stop", SHORT))
    hub.channel.will("final", None, *[Unreachable()] * 6)
    await hub.answered(message("Hello"))
    assert hub.channel.texts() == ["0123456789", "…"]

    later = ScriptedHub(database, channel=hub.channel)
    await later.rested()
    await later.work()

    assert hub.channel.texts() == ["0123456789", "abcdefghij", "KLMNO"]
    assert not later.near.calls


async def test_a_part_deleted_before_a_crash_does_not_double_the_parts_after_it(database: Database) -> None:
    hub = ScriptedHub(database, channel=ScriptedChannel(part_size=10))
    hub.near.will("0123456789abcdefghij", Done("stop", SHORT))
    hub.channel.will("final", None, HappenedAfterAll(), *[Unreachable()] * 5)
    await hub.answered(message("Hello"))
    assert hub.channel.texts() == ["0123456789", "abcdefghij"]

    hub.channel.delete("out-0")
    hub.channel.will("final", None, None, *[Unreachable()] * 6)  # gone, repeated; then down again
    await hub.rested()
    await hub.work()
    await hub.rested()
    await hub.work()

    assert sorted(hub.channel.texts()) == ["0123456789", "abcdefghij"]


async def test_growth_is_coalesced_and_the_final_text_comes_last(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, channel=ScriptedChannel(edit_every_s=0.02))
    pieces = [f"{number} " for number in range(2_000)]
    middle, end = asyncio.Event(), asyncio.Event()
    hub.near.will(*pieces[:1_000], middle, *pieces[1_000:], end, Done("stop", SHORT))
    await hub.say(message("Count"))
    work = asyncio.create_task(hub.work())

    await until(lambda: hub.channel.of("edit"))
    middle.set()
    await until(lambda: hub.channel.texts() == ["".join(pieces)])
    end.set()
    await work

    edits = hub.channel.of("edit")
    assert 2 <= len(edits) <= len(pieces) / 4
    assert [edit.final for edit in edits] == [False] * (len(edits) - 1) + [True]
    assert edits[-1].text == "".join(pieces).strip()
    assert all(edits[at].text.startswith(edits[at - 1].text) for at in range(1, len(edits) - 1))


async def test_typing_is_shown_until_the_first_words_come(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, channel=ScriptedChannel(edit_every_s=0.002))
    hub.channel.will("typing", Forbidden())
    hub.near.will(first := asyncio.Event(), "Hi", Done("stop", SHORT))
    await hub.say(message("Hello"))
    work = asyncio.create_task(hub.work())

    await until(lambda: hub.channel.of("typing"))
    first.set()
    await work

    assert hub.channel.texts() == ["Hi"]


async def test_growth_that_is_refused_closes_the_gate_and_is_left_out(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, channel=ScriptedChannel(edit_every_s=0.002))
    hub.channel.will("growth", RetryAfter(60))
    hub.near.will("Hi", first := asyncio.Event(), Done("stop", SHORT))
    await hub.say(message("Hello"))
    work = asyncio.create_task(hub.work())

    await until(lambda: not hub.channel._script["growth"] and hub.near.at_work)
    await asyncio.sleep(0.02)
    assert hub.channel.of("edit") == []
    first.set()
    await work

    assert hub.channel.texts() == ["Hi"]
    assert hub.clock.skipped >= 50  # type: ignore[attr-defined]


async def test_a_chat_that_is_closed_for_long_rests_and_nobody_is_asked_meanwhile(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.outlets[hub.channel.name, "main"].gate.refused(message("").conversation.chat, 3600, private=True)
    await hub.say(message("Hello"))
    await hub.work()
    assert hub.near.calls == []
    assert await hub.rows("SELECT id FROM reply") == []

    await hub.clock.sleep(3600)
    await hub.rested()
    await hub.work()
    assert hub.channel.texts() == ["You said: Hello"]


class Counted(ScriptedChannel):
    """Counts what is tried, by chat."""

    def __init__(self) -> None:
        super().__init__()
        self.tried: Counter[str] = Counter()

    async def placeholder(self, target: Target) -> str:
        self.tried[target.conversation.chat] += 1
        return await super().placeholder(target)

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        self.tried[target.conversation.chat] += 1
        await super().edit(target, part_id, text, final=final, last=last)


async def test_one_turn_after_the_other_tries_a_platform_that_nobody_reaches(database: Database) -> None:
    """All of them at once would fill every place and silence the other channels."""
    channel = Counted()
    hub = ScriptedHub(database, channel=channel)
    channel.down = True
    await hub.answered(*(message("Hello", chat=str(chat)) for chat in range(30)))
    assert len(channel.tried) == 30

    for _ in range(3):
        channel.tried.clear()
        hub.clock.skipped += 60  # type: ignore[attr-defined]  # a Hurried one
        await hub.rested()
        await hub.work()
        assert len(channel.tried) == 1
        assert len(hub.near.calls) == 30

    channel.down = False
    for _ in range(2):
        hub.clock.skipped += 60  # type: ignore[attr-defined]  # a Hurried one
        await hub.rested()
        await hub.work()
    assert channel.texts() == ["You said: Hello"] * 30
    assert set(await hub.outcomes()) == {"answered"}


async def test_two_chats_in_which_nothing_arrives_say_nothing_of_the_others(sqlite_database: Database) -> None:
    channel = Counted()
    hub = ScriptedHub(sqlite_database, channel=channel)
    channel.down = True
    await hub.answered(message("Hello", chat="1"), message("Hello", chat="2"))
    channel.tried.clear()
    await hub.answered(message("Hello", chat="3"))
    assert list(channel.tried) == ["3"]
    channel.down = False
    for _ in range(2):
        await hub.rested()
        await hub.work()
    assert channel.texts() == ["You said: Hello"] * 3


async def test_what_rests_with_its_platform_is_given_up_after_a_day(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.channel.down = True
    await hub.answered(*(message("Hello", chat=str(chat)) for chat in range(5)))
    hub.clock.skipped += DAY_S  # type: ignore[attr-defined]  # a Hurried one
    await hub.rested()
    await hub.work()
    assert set(await hub.outcomes()) == {"undeliverable"}
