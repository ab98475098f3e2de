"""The inbox: each message once, in order, held by one at a time, however many processes there are."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hub.agents.port import AgentError, Done, Kind
from hub.clock import Clock, SystemClock, new_id
from hub.inbox import Claim, Inbox, guard
from hub.messages import Attachment, Hints, Message
from hub.store import Database, Rows, Statement, StoreUnavailable, Undone, statement
from hub.store.open import open_database
from tests.pipeline.channel import ACCOUNTS, ScriptedChannel, message
from tests.pipeline.hub import ScriptedHub, changed
from tests.pipeline.model import SHORT
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit


class Still:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.ms = 1_700_000_000_000

    def now_ms(self) -> int:
        return self.ms

    def monotonic(self) -> float:
        return self.ms / 1000

    async def sleep(self, seconds: float) -> None:
        self.ms += int(seconds * 1000)


def inbox(database: Database, process: str = "p", lease_ms: int = 10_000) -> Inbox:
    return Inbox(
        database,
        process=process,
        new_id=new_id,
        home_region=lambda _: "west",
        lease_ms=lease_ms,
        accounts=lambda: ACCOUNTS,
    )


async def put(where: Inbox, *messages: Message) -> list[Message]:
    return [each.message for each in await where.accept(messages, stops=lambda _: False)]


async def the_claim(where: Inbox) -> Claim:
    (claim,) = await where.claim(10)
    return claim


async def test_one_message_is_accepted_once_however_often_it_comes(database: Database) -> None:
    first, second = inbox(database, "p1"), inbox(database, "p2")

    stored = await asyncio.gather(*(put(each, message("Hi")) for each in (first, second) for _ in range(5)))

    assert sum(map(len, stored)) == 1
    claim = await the_claim(first)
    assert [waiting.position for waiting in claim.waiting] == [1]


async def test_a_batch_that_is_redelivered_in_part_stores_only_what_is_new(database: Database) -> None:
    where = inbox(database)
    await put(where, message("one", 1), message("two", 2))

    stored = await put(where, message("two", 2), message("three", 3), message("three", 3))

    assert [each.text for each in stored] == ["three"]
    claim = await the_claim(where)
    assert [(each.position, each.message.text) for each in claim.waiting] == [(1, "one"), (2, "two"), (3, "three")]


async def test_redelivery_after_an_answer_and_a_restart_meets_the_key(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(message("Hello"))

    restarted = ScriptedHub(database, channel=hub.channel)

    assert await restarted.answered(message("Hello")) == ["You said: Hello"]
    assert not restarted.near.calls


async def test_whatever_a_platform_sends_can_be_stored(database: Database) -> None:
    odd = "x\x00\ud83d"
    where = inbox(database)
    sent = changed(
        message("Hi", name=odd),
        attachments=(Attachment("document", odd, odd, 1, "f1"),),
        hints=Hints(time_zone=odd, locale=odd, language=odd),
    )

    assert len(await put(where, sent)) == 1

    (waiting,) = (await the_claim(where)).waiting
    assert waiting.message.attachments[0].fetch == "f1"


async def test_a_conversation_is_held_by_one_at_a_time(database: Database) -> None:
    where, other = inbox(database, "p1"), inbox(database, "p2")
    await put(where, *(message("Hi", 1, chat=str(chat)) for chat in range(40)))

    claims = await asyncio.gather(*(each.claim(7) for each in (where, other) * 5))

    keys = [claim.key for some in claims for claim in some]
    assert len(keys) == len(set(keys)) == 40


async def test_an_expired_lease_is_taken_over_and_the_old_owner_writes_nothing_more(
    open_with_clock: Callable[[Clock], Awaitable[Database]],
) -> None:
    clock = Still()
    database = await open_with_clock(clock)
    old, new = inbox(database, "old"), inbox(database, "new")
    await put(old, message("Hi"))
    lost = await the_claim(old)
    clock.ms += 9_999
    assert await new.claim(10) == []
    clock.ms += 1
    taken = await the_claim(new)

    assert taken.fence > lost.fence
    assert await old.renew([lost]) == {}
    with pytest.raises(Undone):
        await database.run(guard(lost), statement("inbox.begin_context", conversation=lost.key, fence=0, position=9))
    with pytest.raises(Undone):
        await old.finish(lost, {lost.waiting[0].id: "answered"})
    assert (await new.renew([taken])) == {taken.key: 0}
    await new.finish(taken, {taken.waiting[0].id: "answered"})
    with pytest.raises(Undone):  # it is free, and not the old owner's
        await old.finish(lost, {})


class Faulty:
    """A database of which one reading or one list of statements fails, though it was carried out."""

    def __init__(self, database: Database) -> None:
        self.engine = database.engine
        self.in_order = database.in_order
        self._database = database
        self.fails = ""
        """The statement whose list does."""

    async def run(self, *statements: Statement) -> list[Rows]:
        done = await self._database.run(*statements)
        if self.fails in {each.sql.name for each in statements}:
            self.fails = ""
            raise StoreUnavailable("The connection was lost.")
        return done

    async def read(self, statement: Statement) -> Rows:
        *_, rows = await self.run(statement)
        return rows

    async def close(self) -> None:
        raise AssertionError("whoever opened it closes it")


async def test_whoever_works_looks_also_after_what_seems_to_have_failed(database: Database) -> None:
    faulty = Faulty(database)
    where = inbox(faulty)
    faulty.fails = "inbox.store_message"

    with pytest.raises(StoreUnavailable):
        await put(where, message("Hi"))

    assert where.arrived.is_set()
    assert (await the_claim(where)).waiting


@pytest.mark.parametrize("fails", ["inbox.claim", "inbox.claimed_turns"])
async def test_what_a_failed_claim_holds_does_not_wait_for_its_lease(database: Database, fails: str) -> None:
    faulty = Faulty(database)
    where = inbox(faulty)
    await put(where, message("Hi", 1, chat="1"), message("Hi", 1, chat="2"))
    faulty.fails = fails
    with pytest.raises(StoreUnavailable):
        await where.claim(1)

    claims = await where.claim(10)

    assert sorted(claim.key for claim in claims) == ["chat/main/1", "chat/main/2"]
    assert all(claim.waiting for claim in claims)


async def test_what_a_failed_claim_held_stays_with_whoever_has_it_by_now(
    open_with_clock: Callable[[Clock], Awaitable[Database]],
) -> None:
    clock = Still()
    database = await open_with_clock(clock)
    faulty = Faulty(database)
    where, other = inbox(faulty, "p1"), inbox(database, "p2")
    await put(where, message("Hi"))
    faulty.fails = "inbox.claimed_turns"
    with pytest.raises(StoreUnavailable):
        await where.claim(1)
    clock.ms += 10_000
    claim = await the_claim(other)

    assert await where.claim(10) == []
    assert await other.renew([claim]) == {claim.key: 0}


@pytest.mark.parametrize("broken", ["message SET payload = '{}'", "conversation SET place = '?'"])
async def test_what_cannot_be_read_keeps_nobody_else_waiting(
    database: Database, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    hub = ScriptedHub(database)
    await hub.say(message("Hello", 1))
    await hub.execute(f"UPDATE {broken}")
    assert await hub.answered(message("Hello", 1, chat="2")) == ["You said: Hello"]
    assert "what waits in chat/main/1 cannot be read" in caplog.text


async def test_a_renewed_lease_is_not_taken(open_with_clock: Callable[[Clock], Awaitable[Database]]) -> None:
    clock = Still()
    database = await open_with_clock(clock)
    where, other = inbox(database, "p1"), inbox(database, "p2")
    await put(where, message("Hi"))
    claim = await the_claim(where)

    for _ in range(5):
        clock.ms += 9_000
        assert await where.renew([claim]) == {claim.key: 0}
        assert await other.claim(10) == []


async def test_a_finished_message_is_finished_once(database: Database) -> None:
    where = inbox(database)
    await put(where, message("one", 1), message("two", 2))
    claim = await the_claim(where)
    done = {claim.waiting[0].id: "answered"}

    ended = await asyncio.gather(*(where.finish(claim, done) for _ in range(4)), return_exceptions=True)

    assert sorted(map(type, ended), key=str) == sorted([type(None), Undone, Undone, Undone], key=str)
    assert [each.message.text for each in (await the_claim(where)).waiting] == ["two"]


async def test_what_a_dead_process_held_is_due_after_a_restart(sqlite_database: Database) -> None:
    where = inbox(sqlite_database)
    await put(where, message("Hi"))
    await where.claim(10)

    again = inbox(sqlite_database, "again")
    assert await again.claim(10) == []
    assert await again.take_over() == 1
    assert (await the_claim(again)).waiting[0].message.text == "Hi"


async def test_a_rest_is_kept_and_then_over(open_with_clock: Callable[[Clock], Awaitable[Database]]) -> None:
    clock = Still()
    where = inbox(await open_with_clock(clock))
    await put(where, message("Hi"))
    await where.finish(await the_claim(where), {}, pause_ms=5_000)

    assert await where.claim(10) == []
    clock.ms += 5_000
    assert await where.claim(10)


async def test_a_message_that_comes_as_another_finishes_is_not_stranded(postgresql_url: str) -> None:
    accepting = await open_database(postgresql_url, clock=SystemClock(), base=Path(), serve=True, wait_s=0)
    finishing = await open_database(postgresql_url, clock=SystemClock(), base=Path(), serve=True, wait_s=0)
    try:
        await _never_stranded(inbox(accepting, "a"), inbox(finishing, "f"), times=150)
    finally:
        await accepting.close()
        await finishing.close()


async def test_a_message_that_comes_as_another_finishes_is_not_stranded_in_a_file(sqlite_database: Database) -> None:
    await _never_stranded(inbox(sqlite_database, "a"), inbox(sqlite_database, "f"), times=100)


async def _never_stranded(accepting: Inbox, finishing: Inbox, times: int) -> None:
    await put(accepting, message("0", 0))
    for number in range(1, times):
        claim = await the_claim(finishing)
        done = {each.id: "answered" for each in claim.waiting}
        ending = finishing.finish(claim, done)
        coming = put(accepting, message(str(number), number))
        await asyncio.gather(*((coming, ending) if number % 2 else (ending, coming)))
    (left,) = (await the_claim(finishing)).waiting
    assert (left.message.text, left.position) == (str(times - 1), times)


# -- a turn whose conversation another process has taken ------------------------------------------------------------


async def taken_by_another(hub: ScriptedHub) -> ScriptedHub:
    """Another process that holds the conversation from now on."""
    other = ScriptedHub(hub.database, channel=hub.channel)
    await hub.rested()
    return other


async def test_an_old_owner_does_not_begin(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.say(message("Hi"))
    (lost,) = await hub.inbox.claim(1)
    other = await taken_by_another(hub)
    await other.work()

    await hub.turns.take(lost)

    assert hub.channel.texts() == ["You said: Hi"]
    assert not hub.near.calls
    assert await hub.open_holds() == 0


async def test_an_old_owner_that_comes_late_with_its_placeholder_takes_it_away(database: Database) -> None:
    hub = ScriptedHub(database, channel=ScriptedChannel())
    hub.channel.stall = stalled = asyncio.Event()
    await hub.say(message("Hi"))
    work = asyncio.create_task(hub.work())
    await until(hub.channel.reached.is_set)

    hub.channel.stall = None
    other = await taken_by_another(hub)
    async with asyncio.timeout(60):
        while await hub.outcomes() != ["answered"]:
            await other.work()  # again, for a claim skips a row that its old owner is writing at this moment
    stalled.set()
    await work

    assert hub.channel.texts() == ["You said: Hi"]
    reasons = {row[0] for row in await hub.rows("SELECT reason FROM orphan")}
    assert "sent by an owner that had lost the conversation" in reasons
    assert await hub.outcomes() == ["answered"]


async def test_an_old_owner_neither_settles_nor_finishes(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.near.will("late", late := asyncio.Event(), Done("stop", SHORT))
    await hub.say(message("Hi"))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work)
    await until(lambda: hub.channel.shown)

    other = await taken_by_another(hub)
    await other.work()
    late.set()
    await work

    assert hub.channel.texts() == ["You said: Hi"]
    marks = [row[2:] for row in await hub.ledger()]
    # What the old owner's call came to is known after all: its presumed charge is corrected.
    assert sorted(marks) == [("lost", "presumed"), ("stop", ""), ("stop", "correction")]
    assert await hub.open_holds() == 0


async def test_an_old_owner_whose_call_fails_makes_no_other(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.near.will("late", late := asyncio.Event(), AgentError(Kind.CUT, "scripted", sent=True))
    await hub.say(message("Hi"))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work and hub.channel.shown)

    other = await taken_by_another(hub)
    await other.work()
    late.set()
    await work

    assert len(hub.near.calls) == 1
    assert await hub.open_holds() == 0
