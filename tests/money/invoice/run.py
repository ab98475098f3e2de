"""The hub's side: people ask, `Ask` holds, streams and settles; owners are killed, overtaken, stopped and cancelled."""

import asyncio
import itertools
import random
import time
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path
from typing import cast

import aiohttp
import msgspec

from hub.agents.connect import connect
from hub.agents.port import Done, File, Request, Text, Timeouts, Usage
from hub.ask import Ask
from hub.attachments import Sized
from hub.calling import Asking
from hub.config.settings import (
    Agent,
    Budget,
    Budgets,
    ContextSettings,
    Deployment,
    HubSettings,
    Limit,
    Price,
    Settings,
)
from hub.context.compose import Prompt
from hub.inbox import Claim, Waiting, guard
from hub.listening import Endpoint, Stopper
from hub.messages import Conversation
from hub.money.budgets import CurrentBudgets
from hub.money.margins import CountMargins
from hub.money.till import Till
from hub.question import Question
from hub.repeating import Resting
from hub.reserving import HOLD_LIVES_MS
from hub.routing import Fleet, Route
from hub.store import Database, Rows, Sql, Statement, StoreUnavailable, Undone
from hub.store.open import open_database
from tests.money.calls import ZONE
from tests.money.invoice.books import Books
from tests.money.invoice.plans import LONGEST, MODELS, MOST_OUTPUT, SEES, Model, fates, size
from tests.money.invoice.provider import Provider
from tests.money.invoice.wires import mark_of, text
from tests.pipeline.channel import message

AT_ONCE = 64
HOLDER = "here"
OWNERS = 4
"""Processes that share the database."""
QUICK = Timeouts(connect=60.0, first_token=2.0, between_tokens=2.0, whole=60.0)
PATIENT = Timeouts(connect=600.0, first_token=600.0, between_tokens=600.0, whole=600.0)
OMNI = Price(
    input=123_456_789,
    output=987_654_321,
    cached_input=12_500_000,
    audio_input=1_700_000_000,
    audio_output=3_400_000_000,
    image_input=250_000_000,
)
PICTURE = Sized(File("image", "image/png", b"PNG", "door.png"), (512, 512))

_ids = itertools.count(1)


class Later:
    """Real time, but nobody waits, and it can be put forward."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_ms

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


class Mortal:
    """A process's way to the database: when it dies, it writes nothing any more."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.engine = database.engine
        self.dead = False

    async def run(self, *statements: Statement) -> list[Rows]:
        if self.dead:
            raise StoreUnavailable("This process is dead.")
        return await self._database.run(*statements)

    async def read(self, statement: Statement) -> Rows:
        return await self._database.read(statement)

    async def close(self) -> None:
        pass


class Nowhere:
    """Nobody sees a placeholder. Implements hub.calling.Placeholder."""

    async def announcing(self) -> tuple[()]:
        return ()

    def start(self, *, announced: bool = False) -> None:
        pass


class Client:
    """Gives up soon only on a call that falls silent: a busy machine may hold up any other, too."""

    def __init__(self, api: str, provider: Provider) -> None:
        http = cast(aiohttp.ClientSession, provider)
        self._provider = provider
        self._quick, self._patient = (
            connect(api, "https://provider.example", "key", http, timeouts=each) for each in (QUICK, PATIENT)
        )

    def stream(self, request: Request) -> AsyncIterator[Text | Usage | Done]:
        silent = self._provider.next_fate(mark_of(request.turns[-1].text)).startswith("silent")
        return (self._quick if silent else self._patient).stream(request)

    async def probe(self) -> str:
        return await self._patient.probe()

    async def close(self) -> None:
        """Nothing is open."""


class Turn(msgspec.Struct):
    """A message that is being answered, by whom, and how it can be disturbed."""

    conversation: Conversation
    fence: int
    stopper: Stopper
    owner: "Owner"
    task: "asyncio.Task[None] | None" = None


class Owner:
    """One process of the hub."""

    def __init__(self, run: "Run", *, mortal: bool = False) -> None:
        self.database = Mortal(run.database) if mortal else run.database
        budgets = CurrentBudgets(self.database, ZONE)
        self.till = Till(self.database, budgets, run.margins, clock=run.clock, chance=lambda least, _: least)
        self.ask = Ask(
            settings=lambda: run.settings,
            endpoints=lambda: run.endpoints,
            faqs=dict,
            till=self.till,
            database=self.database,
            fleet=run.fleet,
            clock=run.clock,
            new_id=lambda: f"{next(_ids):026}",
            random=lambda: 0.5,
        )


class Run:
    """Everybody asks everything, once; what it cost stands in the ledger and in the provider's books."""

    def __init__(self, seed: int, database: Database, clock: Later) -> None:
        self.seed = seed
        self.database = database
        self.clock = clock
        self.books = Books()
        self.margins = CountMargins()
        self.settings = _settings()
        self.turns: dict[str, Turn] = {}
        provider = Provider(seed, self.books, self, lambda mark: int(mark[1:]) <= len(MODELS))
        self.fleet = Fleet(now=clock.monotonic, random=lambda: 0.5)
        """It knows no deployment, so it leaves none alone: what is broken here is broken on purpose."""
        self.endpoints = {
            each.name: Endpoint(each, Client(each.api, provider), asyncio.Semaphore(500))
            for agent in self.settings.agents.values()
            for each in agent.deployments
        }
        self._owners = [Owner(self) for _ in range(OWNERS)]
        self._marks = (f"#{number}" for number in itertools.count(1))

    async def ask(self, calls: int) -> None:
        """Messages until the provider has so many calls in its books; then whatever was left open is presumed."""
        chats = [Conversation("web", "main", f"c{number}") for number in range(AT_ONCE)]
        for chat in chats:
            await self._execute(
                "INSERT INTO conversation (id, channel, account, place, home_region, created_ms, holder)"
                f" VALUES ('{chat.key}', 'web', 'main', '', 'west', 0, '{HOLDER}')"
            )
        for model in MODELS:  # the longest first: what a model's tokens are to ours is learned from whole bills
            await self._message(chats[0], model, next(self._marks), LONGEST, 0)
        await asyncio.gather(*(self._talk(chat, calls) for chat in chats))
        self.clock.ahead_ms += HOLD_LIVES_MS * 2
        while await self._owners[0].till.presume_expired():
            pass
        for owner in self._owners:
            await owner.till.close()

    async def _talk(self, chat: Conversation, calls: int) -> None:
        while self.books.calls < calls:
            mark = next(self._marks)
            chance = random.Random(f"{self.seed}{mark}")
            model = chance.choice(MODELS)
            pictures = int(model.name in SEES and chance.random() < 0.1)
            await self._message(chat, model, mark, size(chance, model), pictures)

    async def _message(self, chat: Conversation, model: Model, mark: str, tokens: int, pictures: int) -> None:
        """Like a worker: takes the message up again where its owner lost it."""
        chance = random.Random(f"{self.seed}{mark}/owner")
        turn = self.turns[mark] = Turn(chat, 0, Stopper(), self._owners[0])
        while True:
            mortal = any(fate.startswith("killed") for fate in fates(self.seed, mark))
            turn.owner = Owner(self, mortal=True) if mortal else chance.choice(self._owners)
            turn.fence = await self._claimed(chat)
            turn.task = asyncio.create_task(self._turn(turn, self._question(turn, model, mark, tokens, pictures)))
            try:
                await turn.task
                break
            except (Undone, StoreUnavailable, asyncio.CancelledError):
                if chance.random() < 0.3:
                    break  # nobody takes it up: its holds expire
        del self.turns[mark]

    async def _turn(self, turn: Turn, question: Question) -> None:
        ask = turn.owner.ask
        await ask.presume(question.claim, question.message)
        answer = await ask.answer(Asking(question, StringIO(), turn.stopper, (), Nowhere()))
        assert not isinstance(answer, Resting)
        await ask.settle(answer, guard(question.claim))

    def _question(self, turn: Turn, model: Model, mark: str, tokens: int, pictures: int) -> Question:
        said = text(mark, tokens, pictures)
        counted = tokens * 1000 // model.permille
        agent = self.settings.agents[model.name]
        deployments = tuple(each.name for each in agent.deployments)
        person = int(mark[1:]) % 50
        waiting = (Waiting(mark, 1, person, message(said), self.clock.now_ms(), ""),)
        return Question(
            claim=Claim(turn.conversation, turn.conversation.key, turn.fence, HOLDER, 0, waiting, {}, ()),
            message=mark,
            position=1,
            person=person,
            joined=(),
            agent=agent,
            route=Route(agent.name, deployments, "west", ()),
            text=said,
            said=said,
            judged=said,
            prompt=Prompt("You answer.", (("user", said),), counted, False, said, counted),
            files=(PICTURE,) * pictures,
        )

    # -- what disturbs a call ----------------------------------------------------------------------------------------

    def stop(self, mark: str) -> None:
        self.turns[mark].stopper.stop()

    def cancel(self, mark: str) -> None:
        if task := self.turns[mark].task:
            task.cancel()

    def kill(self, mark: str) -> None:
        database = self.turns[mark].owner.database
        assert isinstance(database, Mortal)
        database.dead = True
        self.cancel(mark)

    async def take_over(self, mark: str) -> None:
        """Another process believes this one dead, and charges what it left; it is not, and will know its bill."""
        turn = self.turns[mark]
        fence = await self._claimed(turn.conversation)
        assert await self._owners[0].till.presume_orphaned(mark, fence)

    async def _claimed(self, chat: Conversation) -> int:
        rows = await self._execute(f"UPDATE conversation SET fence = fence + 1 WHERE id = '{chat.key}' RETURNING fence")
        return int(rows[0][0])

    async def _execute(self, sql: str) -> Rows:
        return (await self.database.run(Statement(Sql(f"test {sql}", sql), {})))[0]


async def asked(seed: int, calls: int, folder: Path) -> tuple[Run, Database]:
    """A run in a database of its own, which the caller closes."""
    clock = Later()
    database = await open_database("sqlite:invoice.db", clock=clock, base=folder, serve=True, wait_s=0)
    run = Run(seed, database, clock)
    await run.ask(calls)
    return run, database


def _settings() -> Settings:
    tokens = Budget((Limit("day", "tokens", 10**15),), when_spent=())
    money = Budget((*tokens.limits, Limit("month", "nusd", 10**18)), when_spent=())
    return Settings(
        path=Path("regions.toml"),
        hub=HubSettings("Acme", ZONE, "sqlite:invoice.db", (), "west"),
        channels=(),
        regions={},
        prices={"acme-omni": OMNI},
        agents={model.name: _agent(model, tokens if model.name == "mystery-1" else money) for model in MODELS},
        notices=(),
        budgets=Budgets(hub=tokens),
    )


def _agent(model: Model, budget: Budget) -> Agent:
    return Agent(
        name=model.name,
        purpose="",
        prompt="You answer.",
        faq="",
        faq_first=False,
        serves=(),
        offers=(),
        busy="queue",
        budget=budget,
        context=ContextSettings(tokens=LONGEST, max_output=MOST_OUTPUT),
        tiers={"simple": model.name},
        residency="",
        default_zone="",
        deployments=tuple(
            Deployment(f"{model.name}-{region}", model.name, region, model.api) for region in ("west", "east")
        ),
    )
