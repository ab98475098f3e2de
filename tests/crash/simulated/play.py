"""One run: a hub between a platform and three providers, killed where the seed says, until everybody is answered."""

import asyncio
import contextlib
import gc
import hashlib
import random
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import msgspec

import hub.app
from hub.config.settings import Serves, Settings
from hub.outgoing import queued
from hub.store import Database, StoreError
from hub.store.named import all_named
from tests.crash.simulated import disk
from tests.crash.simulated.hub import ENVIRONMENT, REGIONS, Defects, Given, in_place, seeded_ids, settings_of
from tests.crash.simulated.hub import warm as hub_warm
from tests.crash.simulated.loop import SimulatedClock, SimulatedLoop
from tests.crash.simulated.people import ADMINS_CHAT, Crowd, Telegram
from tests.crash.simulated.plan import DAY_S, Death, Plan, Trouble
from tests.crash.simulated.provider import Provider
from tests.crash.simulated.server import Elsewhere
from tests.crash.simulated.store import Killed, MortalDatabase
from tests.crash.simulated.verdict import judge

AN_ANSWER_NUSD = 75_000
"""More than an answer of the fake model costs."""
A_BROKEN_ONE_NUSD = 250_000
"""The same with its share of calls that break."""
A_HOLD_NUSD = 450_000
"""More than the worst case of one call."""
AT_LATEST_S = 8.0
"""A process dies so long after its start, should its moment not come."""
LOOK_EVERY_S = 0.25
ENDS_WITHIN_S = 900.0
"""Of virtual time, from the last start on."""
CLOCKS_END_WITHIN_S = 8_000.0
"""Where clocks jump: what rests until a moment that was put off by an hour."""
POSTS = 3
UNSYNCED = frozenset(name for name, sql in all_named().items() if sql.unsynced)
FLOODS = ("flood", "flood after all", "old updates")


class Outcome(msgspec.Struct, frozen=True):
    """How a run ended."""

    plan: Plan
    violations: list[str]
    ended_at: tuple[str, ...]
    """Of each process: the moment that the seed meant, or `late`."""
    virtual_s: float
    seconds: float
    rows: dict[str, int]
    """Of the ledger, by mark."""
    messages: int
    uncertain: int
    """Placeholders and posts of which nobody can know what became of them."""
    digest: str
    """Of everything that the platform and the providers saw: the same seed has the same."""

    @property
    def good(self) -> bool:
        return not self.violations


class Life:
    """One process."""

    def __init__(self, death: Death | None, ended: asyncio.Event) -> None:
        self.death = death
        self.left = death.count if death else 0
        self.dead = False
        self.why = ""
        self.ended = ended
        self.database: MortalDatabase | None = None
        self.safe = 0


class World:
    """Everything that outlives a hub."""

    def __init__(
        self, plan: Plan, folder: Path, loop: SimulatedLoop, given: Given, elsewhere: Elsewhere | None
    ) -> None:
        self.plan = plan
        self.loop = loop
        self.folder = folder
        self._starts = 0
        self.clock = SimulatedClock(loop, plan.start_ms)
        self.telegram = Telegram(plan, self.happens)
        self.providers = [
            Provider(
                self.happens,
                goes_on=plan.goes_on,
                late_s=plan.late_s,
                between_s=plan.between_s,
                first_s=0.01,
                faults=msgspec.structs.replace(plan.model, seed=plan.model.seed + number),
            )
            for number in range(len(REGIONS))
        ]
        self.crowd = Crowd(plan, self.telegram, lambda: self.clock.now_ms() // 1000)
        self.life = Life(None, asyncio.Event())
        self.file = folder / "hub-0" / "hub.db"
        self.elsewhere = elsewhere
        """A database server in the place of files."""
        if elsewhere:
            disk.elsewhere[self.file] = elsewhere.ask
            given.open = lambda: elsewhere.open(self.clock)
        self.overspent: list[str] = []
        self.least_limit_nusd = 2**62
        self.open_at_death: set[str] = set()
        """Holds that a death left open."""
        self.held_on: dict[str, tuple[str, ...]] = {}
        """Ids of the budgets of every hold that was ever made: the hub forgets its holds."""
        self.defects = Defects()
        self.ended_at: list[str] = []
        self.troubles_left = len(plan.troubles)
        self.posts_left = POSTS
        self.helpers: set[asyncio.Task[Any] | None] = set()
        chance = random.Random(f"{plan.scenario}/{plan.seed}/store")
        given.threads = loop.threads_at_work
        given.settings = self._settings
        given.new_id = seeded_ids(random.Random(f"{plan.seed}/ids"), self.clock.now_ms)
        given.opened = lambda inner: self._opened(inner, chance)
        loop.network.chance = random.Random(f"{plan.seed}/network")
        loop.network.on_bytes = self._on_bytes

    # -- what happens ------------------------------------------------------------------------------------------------

    def happens(self, event: str, count: int = 1) -> bool:
        """Whether the process lives on."""
        life = self.life
        if life.dead:
            return False
        if life.death and life.death.at == event:
            life.left -= count
            if life.left <= 0:
                self.strike(event)
                return False
        return True

    def _on_bytes(self, port: int, data: bytes) -> int | None:
        if port != self.telegram.server.port:
            self.happens("bytes", len(data))
        return None

    def strike(self, why: str) -> None:
        """The process runs not one more instruction that matters."""
        life = self.life
        if not life.dead:
            life.dead, life.why = True, why
            self.defects.lives = False
            self.loop.network.client_died()
            life.ended.set()

    # -- lives -------------------------------------------------------------------------------------------------------

    def _opened(self, inner: Database, chance: random.Random) -> MortalDatabase:
        life = self.life
        database = MortalDatabase(
            inner, self.loop, chance, happens=lambda event: life is self.life and self._stored(life, event),
            changed=self._look_at_budgets,
        )  # fmt: skip
        life.database = database
        return database

    def _stored(self, life: Life, event: str) -> bool:
        lives = self.happens(event)
        kind, _, name = event.partition(" ")
        if lives and kind == "after" and life.death and life.death.torn and name not in UNSYNCED:
            life.safe = disk.valid_frames(self.file)
        return lives

    def _look_at_budgets(self) -> None:
        self.overspent += disk.overspent(self.file)
        self.held_on |= disk.holds(self.file)

    def _settings(self) -> Settings:
        floods = sum(trouble.amount for trouble in self.plan.troubles if trouble.kind in FLOODS)
        done = sum(disk.done_by_chat(self.file).values())
        left = max(1, self.plan.people * self.plan.messages + int(floods) - done)
        each = A_BROKEN_ONE_NUSD if self.models_fail else AN_ANSWER_NUSD
        limit = disk.gone(self.file) + left * each + self.plan.room * A_HOLD_NUSD
        self.least_limit_nusd = min(self.least_limit_nusd, limit)
        return settings_of(self.file.parent / "regions.toml", limit_nusd=limit, unconfirmed=self.plan.unconfirmed)

    async def live(self, death: Death | None) -> None:
        """Start a hub; until it dies, or until all is done and it was told to end."""
        life = self.life = Life(death, asyncio.Event())
        if death and death.at == "told":
            self.loop.call_later(0.3 * death.count, self._tell_to_end, life)
        elif death:
            self.loop.call_later(AT_LATEST_S, lambda: self.strike("late") if life is self.life else None)
        self.defects.lives = True
        self._starts += 1
        running = self.loop.create_task(hub.app.run(self.file.parent / "regions.toml", ENVIRONMENT, self.clock))
        dying = self.loop.create_task(life.ended.wait())
        done = self.loop.create_task(self._all_done()) if death is None else None
        waiting = {running, dying, *([done] if done else [])}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if done and done.done() and not running.done():
            self.loop.terminate()
            await running
        self.ended_at.append(life.why or ("told" if death else "end"))
        failed = running.exception() if running.done() and not running.cancelled() and not life.dead else None
        await self._bury(life, {running, dying, *([done] if done else [])})
        if failed:
            self._crashed(failed)
            await asyncio.sleep(1.0)
            await self.live(death)

    def _crashed(self, error: BaseException) -> None:
        """A start that failed is tried again by whoever runs it, as long as its database is in the way."""
        if not disk.expected(error) or self._starts > 30:
            raise error

    def _tell_to_end(self, life: Life) -> None:
        if life is self.life and self.loop.signals:
            self.loop.terminate()

    async def _bury(self, life: Life, own: set[asyncio.Task[Any]]) -> None:
        """Nothing is left of a process but its files, as they stood when it died."""
        life.dead = True
        self.loop.network.client_died()
        database = life.database
        if database:
            with self.loop.threads_at_work():
                await database.at_rest()
        with contextlib.suppress(sqlite3.OperationalError):
            self.open_at_death |= disk.open_holds(self.file)
        successor = self.file if self.elsewhere else self._successor(life)
        own_world = {asyncio.current_task(), *self.helpers}
        while tasks := {task for task in asyncio.all_tasks(self.loop) - own_world if not task.done()}:
            for task in sorted(tasks, key=_age):
                task.cancel()
            await asyncio.wait(tasks, timeout=60.0)
        for task in own:
            if not task.cancelled():
                task.exception()
        self.loop.signals.clear()
        if database:
            with self.loop.threads_at_work(), contextlib.suppress(StoreError):
                await database.inner.close()
        if successor != self.file:
            shutil.rmtree(self.file.parent)
            self.file = successor

    def _successor(self, life: Life) -> Path:
        """The file of the next hub, as the death left it."""
        disk.close(self.file)
        successor = self.folder / f"hub-{self._starts}" / "hub.db"
        torn = random.Random(f"{self.plan.seed}/torn") if life.death and life.death.torn else None
        disk.copy(self.file, successor, life.safe if torn else None, torn)
        return successor

    # -- the end -----------------------------------------------------------------------------------------------------

    async def _all_done(self) -> None:
        until = self.loop.time() + (CLOCKS_END_WITHIN_S if self.plan.scenario == 11 else ENDS_WITHIN_S)
        while self.loop.time() < until:
            await asyncio.sleep(LOOK_EVERY_S)
            if (
                not (self.troubles_left or self.posts_left)
                and self.crowd.silent
                and disk.at_rest(self.file, self.expected())
            ):
                return

    @property
    def models_fail(self) -> bool:
        """Whether people may be told that no model could answer."""
        return bool(self.plan.model.chances) or self.plan.scenario == 10

    def expected(self) -> int:
        """Messages that somebody has said."""
        return len(self.telegram.books.said)

    async def read(self) -> None:
        """People see that they were answered, and write on."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.crowd.done(disk.done_by_chat(self.file))

    # -- troubles ----------------------------------------------------------------------------------------------------

    def trouble(self, trouble: Trouble) -> None:  # noqa: C901 - one line for each kind
        self.troubles_left -= 1
        amount, network, crowd = trouble.amount, self.loop.network, self.crowd
        ports = [provider.server.port for provider in self.providers]
        match trouble.kind:
            case "a day later":
                self.clock.jump(DAY_S)
                self.telegram.come_again()
            case "old updates":
                crowd.old(int(amount))
            case "clock":
                self.clock.jump(amount)
            case "full":
                disk.fill(self.file, int(amount))
            case "no longer full":
                disk.make_room()
            case "locked":
                disk.lock(self.file)
            case "no longer locked":
                disk.unlock()
            case "server gone" if self.elsewhere:
                self.elsewhere.goes()
            case "server back" if self.elsewhere:
                self.elsewhere.comes()
            case "regions away":
                for port in ports:
                    network.go_away(port)
            case "regions silent":
                network.silent.update(ports)
            case "regions failing":
                for provider in self.providers:
                    provider.faults.set(msgspec.structs.replace(self.plan.model, chances={"500": 1.0}, at_most=10**9))
            case "regions back":
                network.away.clear()
                network.silent.clear()
                for provider in self.providers:
                    provider.faults.set(msgspec.structs.replace(self.plan.model, chances={}))
            case "flood":
                crowd.flood(int(amount))
            case "flood after all":
                crowd.flood(int(amount), must=True)
            case "stop":
                crowd.stop(amount)
            case "press":
                crowd.press(amount)
            case "edit":
                crowd.edit(amount)
            case "block":
                crowd.block(amount)
            case other:
                raise ValueError(other)


def _age(task: asyncio.Task[Any]) -> tuple[int, str]:
    """By the number in its name."""
    return len(task.get_name()), task.get_name()


async def _post(world: World, number: int) -> None:
    """The hub has something to say of its own accord, as its alerts and reports do."""
    place = Serves("telegram", "main", chat=str(ADMINS_CHAT))
    while True:
        database = world.life.database
        if database and not world.life.dead:
            with contextlib.suppress(Killed, StoreError, TimeoutError):
                async with asyncio.timeout(1.0):  # who asks a process that dies is not answered
                    await database.run(*queued(f"test/{number}", [place], f"Post number {number}."))
                world.posts_left -= 1
                return
        await asyncio.sleep(0.5)


@contextlib.asynccontextmanager
async def _served(world: World) -> AsyncIterator[None]:
    servers = [world.telegram.server, *(provider.server for provider in world.providers)]
    for server in servers:
        await server.start()
    try:
        yield
    finally:
        for server in servers:
            await server.close()


async def _play(world: World) -> Outcome:
    plan, loop = world.plan, world.loop
    began_s, began = loop.time(), time.perf_counter()
    if world.elsewhere:
        world.file.parent.mkdir(parents=True)
    else:
        disk.template(world.file)
    async with _served(world):
        world.crowd.start()
        for trouble in plan.troubles:
            loop.call_later(trouble.at_s, world.trouble, trouble)
        helpers = [loop.create_task(world.read()), *(loop.create_task(_post(world, n)) for n in range(POSTS))]
        world.helpers.update(helpers)
        for death in plan.deaths:
            await world.live(death)
        await world.live(None)
        for helper in helpers:
            helper.cancel()
        await asyncio.gather(*helpers, return_exceptions=True)
    found = judge(world)
    disk.close(world.file)
    return Outcome(
        plan=plan,
        violations=found.violations,
        ended_at=tuple(world.ended_at),
        virtual_s=round(loop.time() - began_s, 1),
        seconds=round(time.perf_counter() - began, 3),
        rows=found.rows,
        messages=len(world.telegram.books.said),
        uncertain=found.uncertain,
        digest=_digest(world),
    )


def _digest(world: World) -> str:
    shown = [(each.chat, each.message_id, each.texts) for each in world.telegram.books.shown.values()]
    calls = [
        [(call.mark, call.prompt_tokens, call.completion_tokens) for call in provider.calls]
        for provider in world.providers
    ]
    told = msgspec.json.encode((shown, calls, world.telegram.books.calls, round(world.loop.time(), 6)))
    return hashlib.blake2b(told, digest_size=8).hexdigest()


@contextlib.contextmanager
def _new_loop() -> Iterator[SimulatedLoop]:
    loop = SimulatedLoop()
    asyncio.set_event_loop(loop)
    try:
        yield loop
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()


def warm() -> None:
    """Whatever all runs share."""
    disk.migrated()
    hub_warm()


def play(plan: Plan, folder: Path, elsewhere: Elsewhere | None = None) -> Outcome:
    """The run of a plan, in an empty folder. `elsewhere`: on a database server."""
    warm()
    before, collected = random.getstate(), gc.isenabled()
    random.seed(f"{plan.scenario}/{plan.seed}")
    gc.disable()  # what is collected closes its connection: at a moment that no seed knows
    try:
        with in_place() as given, _new_loop() as loop, disk.kept_apart():
            world = World(plan, folder, loop, given, elsewhere)
            loop.set_exception_handler(world.defects.unhandled)
            with world.defects.listening():
                return loop.run_until_complete(_play(world))
    finally:
        random.setstate(before)
        if collected:
            gc.enable()
