"""The only place where the parts are wired together: one process of the hub, from start to drained end."""

import asyncio
import gc
import logging
import os
import random
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from hub.accounts import channels_of
from hub.admission import Admission, new_code
from hub.agents.connect import http_client
from hub.agents.faq import Faq
from hub.ask import Ask
from hub.backups import Backups, sqlite_file
from hub.channel import Channel, Hub
from hub.clock import Clock, SystemClock, new_id
from hub.config.load import load
from hub.config.settings import ChannelSettings, Settings
from hub.context.compose import minimum_tokens
from hub.current import Current
from hub.delivery import Outlet
from hub.erasing import finish_forgetting
from hub.errors import TrunklineError
from hub.front import Front
from hub.hearsay import Hearsay
from hub.inbox import Inbox
from hub.limits.keys import Keys
from hub.line import Line
from hub.money.budgets import CurrentBudgets
from hub.money.margins import CountMargins
from hub.money.prices import known
from hub.money.till import Till
from hub.outgoing import Outgoing
from hub.people import People
from hub.reach import reached
from hub.reports.alerts import Alerts
from hub.reports.desk import Desk
from hub.routing import Fleet, place_of
from hub.set_back import SetBack
from hub.steering import LOOK_EVERY_S, Steering
from hub.store import Database, StoreError
from hub.store.open import open_database
from hub.sweep import forgetting
from hub.turn import Turns
from hub.watch.watched import WatchedInbox, WatchedTill, WatchedTurns
from hub.watch.watching import Watching, watching
from hub.watching import Watch
from hub.web.server import Reachable, serve
from hub.worker import Worker

T = TypeVar("T")
log = logging.getLogger(__name__)

DRAIN_S = 12.0
"""Orchestrators kill after 20 or 30 s: what has not ended by then is left to the next start."""
WAIT_FOR_PREDECESSOR_S = 30.0
IN_LINE_AT_MOST = 256
"""Conversations held beyond those being answered: they are told their place; the others wait in the store."""
LOOK_FOR_LOST_HOLDS_S = 60.0
TELL_EVERY_S = 30.0
"""Between two looks at what reports and alerts have to say."""
BACK_UP_LOOK_S = 60.0
"""Between two looks at whether a backup is due."""
SWITCH_INTERVAL_S = 0.0005
"""The store's writer is a thread: at Python's usual 5 ms a busy event loop makes each commit wait for seconds (measured
6.6 s for ten tasks under a full loop, 24 ms so)."""


def read_settings(path: Path, environment: Mapping[str, str], clock: Clock) -> Settings:
    """regions.toml with its prompts. Raises ConfigError with every problem."""

    def price_known(api: str, model: str) -> bool:
        return known(api, model, {}, clock.now_ms())

    return load(
        path,
        environment,
        price_known=price_known,
        place_of=place_of,
        check_faq=Faq.parse,
        least_context=minimum_tokens,
    )


async def run(path: Path, environment: Mapping[str, str], clock: Clock | None = None) -> None:
    """Serve until SIGTERM or SIGINT, then drain. SIGHUP reads the settings anew.

    Raises ConfigError, StoreError, and TrunklineError where an address cannot be used.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    clock = clock or SystemClock()
    settings = read_settings(path, environment, clock)
    for notice in settings.notices:
        log.warning("%s", notice)
    async with AsyncExitStack() as stack:
        database = await _database(settings, clock, stack)
        http = await stack.enter_async_context(http_client(max_connections=1_000))
        watch = stack.enter_context(watching(environment))
        fleet = Fleet(now=clock.monotonic, random=random.random)
        current = Current(settings, http, fleet, watch.client)
        stack.push_async_callback(current.close)
        await _Process(current, fleet, database, clock, path, environment, stack, watch).serve()


async def look_in(settings: Settings, look: Callable[[Database], Awaitable[T]]) -> T:
    """Something read from the hub's database, beside a running hub. Raises StoreError."""
    clock = SystemClock()
    database = await open_database(settings.hub.database, clock=clock, base=settings.path.parent, serve=False, wait_s=0)
    try:
        return await look(database)
    finally:
        await database.close()


async def _database(settings: Settings, clock: Clock, stack: AsyncExitStack) -> Database:
    database = await open_database(
        settings.hub.database, clock=clock, base=settings.path.parent, serve=True, wait_s=WAIT_FOR_PREDECESSOR_S
    )
    stack.push_async_callback(database.close)
    return database


class _Process:
    """The parts of one running hub."""

    def __init__(
        self,
        current: Current,
        fleet: Fleet,
        database: Database,
        clock: Clock,
        path: Path,
        environment: Mapping[str, str],
        stack: AsyncExitStack,
        watch: Watching,
    ) -> None:
        self._current = current
        self._fleet = fleet
        self._database = database
        self._clock = clock
        self._path = path
        self._environment = environment
        self._stack = stack
        self._watch = watch
        self._backups = Backups(sqlite_file(current.settings()), path.parent, clock)

    async def serve(self) -> None:
        settings = self._current.settings()
        channels = channels_of(settings, self._database, self._clock)
        for channel in channels.values():
            self._stack.push_async_callback(channel.close)
        till = WatchedTill(
            self._watch.meters,
            self._database,
            CurrentBudgets(self._database, self._current.settings().hub.timezone),
            await CountMargins.load(self._database),
            clock=self._clock,
            chance=random.uniform,
        )
        self._stack.push_async_callback(till.close)
        self._steering = steering = Steering(
            self._database,
            self._current.settings,
            new_id=new_id,
            reload=lambda: self.reload(till),
            reach=lambda: reached(channels),
        )
        await steering.look()
        people = People(self._database)
        inbox = WatchedInbox(
            self._watch.meters,
            self._clock,
            self._database,
            process=new_id(),
            new_id=new_id,
            home_region=lambda message: self._current.home_region(message, people.known(message)),
            lease_ms=int(steering.settings().hub.lease_s * 1000),
            heed=steering.heed,
        )
        admission = Admission(self._database, steering.settings, new_code=new_code, monotonic=self._clock.monotonic)
        outlets = {
            key: Outlet(channel, self._watch.gate(key, channel.capabilities.pace, self._clock))
            for key, channel in channels.items()
        }
        turns = self._turns(inbox, till, outlets, admission)
        self._stack.push_async_callback(turns.memory.summaries.close)
        outgoing = Outgoing(self._database, lambda channel, account: outlets.get((channel, account)))
        at_once = steering.settings().hub.max_turns
        worker = Worker(inbox, turns, self._clock, at_once=at_once + IN_LINE_AT_MOST)
        if self._database.engine == "sqlite":
            await outgoing.take_over()
            await _take_over(inbox)  # this process alone holds the file, so nobody else is at work on it
        front = Front(self._database, inbox, turns, admission, steering.settings, people)
        _spare_the_collector()
        with _pid_file(self._path.parent):
            await self._until_told(front, worker, till, channels, outgoing)

    def _turns(
        self, inbox: Inbox, till: Till, outlets: Mapping[tuple[str, str], Outlet], admission: Admission
    ) -> Turns:
        keys = Keys(self._current.settings, self._database, self._clock)
        self._current.heard = keys.hear
        self._stack.push_async_callback(keys.close)
        ask = Ask(
            settings=self._steering.settings,
            keys=keys,
            endpoints=self._current.endpoints,
            faqs=self._current.faqs,
            till=till,
            database=self._database,
            fleet=self._fleet,
            clock=self._clock,
            new_id=new_id,
            random=random.random,
        )
        return WatchedTurns(
            self._watch.meters,
            self._watch.tracer,
            steering=self._steering,
            inbox=inbox,
            database=self._database,
            admission=admission,
            ask=ask,
            outlet=lambda channel, account: outlets.get((channel, account)),
            line=Line(self._current.settings().hub.max_turns),
            fleet=self._fleet,
            clock=self._clock,
            new_id=new_id,
        )

    async def _until_told(
        self,
        front: Hub,
        worker: Worker,
        till: Till,
        channels: Mapping[tuple[str, str], Channel],
        outgoing: Outgoing,
    ) -> None:
        loop = asyncio.get_running_loop()
        told = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, told.set)
        loop.add_signal_handler(signal.SIGHUP, self.reload, till)
        listening: list[asyncio.Task[Any]] = [
            asyncio.create_task(channel.listen(front)) for channel in channels.values()
        ]
        serving: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._serve_http(c, channels)) for c in self._current.settings().channels if c.listen
        ]
        hearsay = Hearsay(self._fleet, self._database, self._clock, self._current.settings, process=new_id())
        working: list[asyncio.Task[Any]] = [
            asyncio.create_task(worker.run()),
            asyncio.create_task(self._sweep(till)),
            asyncio.create_task(Watch(self._current.endpoints, self._fleet, self._clock, random.random).run()),
            asyncio.create_task(hearsay.run()),
            asyncio.create_task(self._tell()),
            asyncio.create_task(self._follow(outgoing)),
        ]
        if self._database.engine == "sqlite":
            working.append(asyncio.create_task(self._back_up()))
        stop: asyncio.Task[Any] = asyncio.create_task(told.wait())
        try:
            await asyncio.wait([stop, *listening, *serving, *working], return_when=asyncio.FIRST_COMPLETED)
            await _end(listening)
            log.info("no new messages are taken; finishing what was begun")
            await worker.drain(DRAIN_S)
        finally:
            await _end([stop, *working, *serving])
        for task in (*listening, *serving, *working):
            if not task.cancelled() and (error := task.exception()):
                raise error

    async def _serve_http(self, settings: ChannelSettings, channels: Mapping[tuple[str, str], Channel]) -> None:
        host, _, port = settings.listen.rpartition(":")
        routes = self._watch.routes(
            settings.secrets.get("metrics_token"),
            database=self._database,
            folder=self._folder(),
            endpoints=self._current.endpoints,
            channels=channels.values(),
            newest_backup_ms=lambda: self._backups.newest_ms(self._current.settings().hub.backup),
            clock=self._clock,
        )
        routes += [route for each in channels.values() if isinstance(each, Reachable) for route in each.routes()]
        await serve(routes, host.strip("[]"), int(port), started=lambda url: log.info("the chat page is at %s/", url))

    def _folder(self) -> Path:
        """What the disk must have room for."""
        sqlite = self._database.engine == "sqlite"
        return sqlite_file(self._current.settings()).parent if sqlite else self._path.parent

    def reload(self, till: Till) -> str:
        """Put the settings as they now stand into force, whole, or refuse them whole and say why."""
        try:
            self._current.replace(read_settings(self._path, self._environment, self._clock))
        except TrunklineError as error:
            log.error("the settings were not changed:\n%s", error)
            return str(error)
        till.renew_budgets()
        log.info("the settings were read anew and are in force")
        return ""

    async def _tell(self) -> None:
        """Reports when they are due, alerts when something begins or ends; a failure of theirs stops no answer."""
        desk = Desk(
            settings=self._steering.settings,
            database=self._database,
            clock=self._clock,
            process=new_id(),
            base=self._path.parent,
        )
        alerts = Alerts(self._steering.settings, self._database, self._clock)
        while True:
            for look in (desk.look, alerts.look):
                try:
                    await look()
                except (StoreError, OSError) as error:
                    log.error("reports and alerts could not be looked after: %s", error)
                except Exception:
                    log.exception("reports and alerts could not be looked after")
            await self._clock.sleep(TELL_EVERY_S)

    async def _follow(self, outgoing: Outgoing) -> None:
        """What admins changed is in force here too, and what the hub has to say of its own accord is sent."""
        set_back = SetBack(self._database, self._clock, lease_ms=int(self._current.settings().hub.lease_s * 1000))
        while True:
            for look in (set_back.look, self._steering.look, outgoing.send_due):
                try:
                    await look()
                except (StoreError, OSError) as error:
                    log.error("what admins changed could not be followed: %s", error)
            await self._clock.sleep(LOOK_EVERY_S)

    async def _back_up(self) -> None:
        """Backups when they are due; a failure of theirs stops no answer."""
        while True:
            try:
                if made := await self._backups.look(self._current.settings().hub.backup):
                    log.info("the database was backed up to %s", made)
            except (StoreError, OSError) as error:
                log.error("the database was not backed up: %s", error)
            await self._clock.sleep(BACK_UP_LOOK_S)

    async def _sweep(self, till: Till) -> None:
        """Charge calls whose owner is gone and whose message nobody takes up again; forget what need not be kept."""
        while True:
            try:
                while await till.presume_expired():
                    pass
                await self._database.run(*forgetting(self._clock.now_ms()))
                await finish_forgetting(self._database)
            except StoreError as error:
                log.error("lost holds could not be looked for: %s", error)
            await self._clock.sleep(LOOK_FOR_LOST_HOLDS_S)


async def _take_over(inbox: Inbox) -> None:
    taken = await inbox.take_over()
    if taken:
        log.info("going on with %d conversations that an earlier process left", taken)


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _spare_the_collector() -> None:
    """What stands now stays until the end: 130,000 objects that no collection need look through again.

    Of what a message makes, nearly all goes by counting; it is looked through after 10,000 objects instead of 700.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


@contextmanager
def _pid_file(folder: Path) -> Iterator[None]:
    """Where `trunkline reload` finds the process."""
    file = folder / "var" / "hub.pid"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(f"{os.getpid()}\n", encoding="ascii")
    try:
        yield
    finally:
        if file.exists() and file.read_text(encoding="ascii").strip() == str(os.getpid()):
            file.unlink()
