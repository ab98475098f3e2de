"""A flood on one account, and people who write through another meanwhile."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.config.settings import Serves
from hub.delivery import Outlet
from hub.gate import Gate
from hub.inbox import Claim
from hub.messages import Attachment, Message
from hub.shares import Account, Shares
from hub.store import Database
from hub.worker import Worker
from tests.pipeline.channel import FAST, ScriptedChannel, message
from tests.pipeline.hub import ScriptedHub, agent, changed
from tests.pipeline.test_worker import Brisk
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

PLACES = 12
FLOOD = 600


class Standing:
    """Time that only the test moves; who sleeps wakes when it has passed."""

    def __init__(self) -> None:
        self.s = 1_790_000_000.0
        self._moved = asyncio.Event()

    def now_ms(self) -> int:
        return int(self.s * 1000)

    def monotonic(self) -> float:
        return self.s

    async def sleep(self, seconds: float) -> None:
        until_s = self.s + seconds
        while self.s < until_s:
            await self._moved.wait()

    def pass_by(self, seconds: float) -> None:
        self.s += seconds
        self._moved.set()
        self._moved = asyncio.Event()


class TwoChannels:
    """A hub with a channel that is flooded, and the web page beside it."""

    def __init__(self, database: Database, **options: Any) -> None:
        self.clock = Standing()
        served = agent(serves=(Serves("chat"), Serves("web")))
        self.hub = ScriptedHub(database, served=served, clock=self.clock, **options)
        self.flooded = self.hub.channel
        self.web = ScriptedChannel("web")
        self.gate = self.hub.outlets["chat", "main"].gate
        self.hub.outlets["web", "main"] = Outlet(self.web, Gate(FAST, self.clock))
        self.claims = 0

    async def flood(self, count: int = FLOOD) -> None:
        await self.hub.say(*(message("Hi", 1, chat=str(chat)) for chat in range(count)))

    async def ask_on_the_page(self, number: int = 1) -> None:
        await self.hub.say(on_the_page(number))

    @property
    def answered_on_the_page(self) -> int:
        return len([act for act in self.web.of("edit") if act.final])

    @property
    def answered_in_the_flood(self) -> int:
        return len([act for act in self.flooded.of("edit") if act.final])

    @asynccontextmanager
    async def at_work(self, batch: int = PLACES, look_s: float = 3600.0) -> AsyncIterator[None]:
        """Only what happens wakes the worker, unless `look_s` says otherwise."""
        worker = Worker(self.hub.inbox, self.hub.turns, Brisk(), at_once=PLACES, batch=batch, look_s=look_s)
        running = asyncio.create_task(worker.run())
        try:
            yield
        finally:
            await worker.drain(0)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    def count_claims(self) -> None:
        claim = self.hub.inbox.claim

        async def counted(most: int, accounts: Iterable[Account] = (), *, of_one: int = 0) -> list[Claim]:
            self.claims += 1
            return await claim(most, accounts, of_one=of_one)

        self.hub.inbox.claim = counted  # type: ignore[method-assign]  # the same, counted


def on_the_page(number: int = 1) -> Message:
    asked = message("Hello", number, chat=f"page{number}")
    return changed(asked, conversation=changed(asked.conversation, channel="web"))


@pytest.fixture
def both(database: Database) -> TwoChannels:
    return TwoChannels(database)


async def test_who_waits_for_a_gate_leaves_places_to_others(both: TwoChannels) -> None:
    both.gate.refused("a", 15.0, private=True)
    both.gate.refused("b", 15.0, private=True)  # so all chats are closed, and not for so long that they rest
    await both.flood()
    await both.ask_on_the_page()
    async with both.at_work():
        await until(lambda: both.answered_on_the_page == 1)
        assert both.answered_in_the_flood == 0
        await both.ask_on_the_page(2)
        await until(lambda: both.answered_on_the_page == 2)

        both.clock.pass_by(16.0)
        await until(lambda: both.answered_in_the_flood == FLOOD, within_s=120)
        await until(lambda: not both.hub.turns.running)
    assert set(await both.hub.outcomes()) == {"answered"}


async def test_who_waits_for_a_platform_that_hangs_leaves_places_to_others_also_in_batches(both: TwoChannels) -> None:
    both.flooded.stall = asyncio.Event()
    await both.flood(60)
    await both.ask_on_the_page()
    async with both.at_work(batch=4):
        await until(lambda: both.answered_on_the_page == 1)
        both.flooded.stall.set()
        await until(lambda: both.answered_in_the_flood == 60, within_s=30)


async def test_however_many_are_flooded_the_next_finds_a_place(both: TwoChannels) -> None:
    both.flooded.stall = asyncio.Event()
    for account in ("one", "two", "three"):
        both.hub.outlets["chat", account] = Outlet(both.flooded, Gate(FAST, both.clock))
        for chat in range(20):
            said = message("Hi", 1, chat=f"{account}{chat}")
            await both.hub.say(changed(said, conversation=changed(said.conversation, account=account)))
    await both.ask_on_the_page()
    async with both.at_work():
        await until(lambda: both.answered_on_the_page == 1)
        both.flooded.stall.set()
        await until(lambda: both.answered_in_the_flood == 60, within_s=30)


async def test_a_flood_that_waits_is_not_looked_at_again_and_again(both: TwoChannels) -> None:
    both.flooded.stall = asyncio.Event()
    both.count_claims()
    await both.flood(60)
    async with both.at_work():
        for number in range(5):
            await both.ask_on_the_page(number)
            await until(lambda number=number: both.answered_on_the_page == number + 1)  # type: ignore[misc]  # a default gives the lambda no type
        await until(lambda: len(both.hub.turns.running) == 8)
        await asyncio.sleep(0.05)
        # Two to find that it is a flood; one for each question, and one that finds no further one.
        assert both.claims <= 2 + 5 * 2
        both.flooded.stall.set()


async def test_an_account_that_is_closed_for_long_is_left_in_the_store_until_it_opens(both: TwoChannels) -> None:
    both.gate.refused("a", 60.0, private=True)
    both.gate.refused("b", 60.0, private=True)
    await both.flood(60)
    await both.ask_on_the_page()
    async with both.at_work(look_s=0.01):
        await until(lambda: both.answered_on_the_page == 1)
        assert await both.hub.rows("SELECT id FROM conversation WHERE channel = 'chat' AND fence > 0") == []

        both.clock.pass_by(61.0)
        await until(lambda: both.answered_in_the_flood == 60, within_s=30)


async def test_who_needs_no_model_gives_up_the_place_before_waiting_for_the_platform(
    sqlite_database: Database,
) -> None:
    both = TwoChannels(sqlite_database, at_once=2)
    both.flooded.stall = asyncio.Event()
    voice = Attachment("voice", "", "audio/ogg", 900, "voice")
    async with both.at_work():
        for chat in range(4):
            await both.hub.say(message("", 1, chat=str(chat), attachments=(voice,)))
        await until(lambda: len(both.hub.turns.running) == 4)
        await both.ask_on_the_page()
        await until(lambda: both.answered_on_the_page == 1)
        both.flooded.stall.set()
        await until(lambda: both.answered_in_the_flood == 4)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 5)), max_size=60), st.integers(1, 40))
def test_who_has_two_places_never_takes_the_last(wishes: list[tuple[int, int]], places: int) -> None:
    """Five accounts flood; each takes what it may, alone or among others that take as much."""
    shares, held = Shares(places), Counter[int]()
    for wish, among in wishes:
        account = ("chat", str(wish))
        room = shares.room(account, among)
        assert among * room <= shares.free + among - 1
        assert bool(room) == (held[wish] < 2 * shares.free)
        for _ in range(room):
            shares.take(account)
        held[wish] += room
        assert shares.free or held[wish] <= 2 or among > 1 or not room
    assert shares.free == places - held.total()


def test_a_flood_leaves_as_many_places_as_there_are_beyond_those_who_are_answered() -> None:
    shares = Shares(64 + 32)
    assert shares.room(("chat", "main")) == 64
