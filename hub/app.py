"""The only place where the parts are wired together: one process of the hub, from start to drained end."""

import asyncio
import logging
import random
import signal
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from hub.accounts import channels_of, read_by_one
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
from hub.ending import end
from hub.errors import TrunklineError
from hub.front import Front
from hub.hearsay import Hearsay
from hub.inbox import Inbox
from hub.leaving import drain
from hub.limits.keys import Keys
from hub.line import Line
from hub.money.budgets import CurrentBudgets
from hub.money.margins import CountMargins
from hub.money.prices import known
from hub.money.till import Till
from hub.outgoing import Outgoing
from hub.people import People
from hub.processes import Alone, Peers, Role
from hub.processes.joining import Part, check_address, joining
from hub.processes.wakes import DUE, STOP
from hub.reach import reached
from hub.routing import Fleet, place_of
from hub.set_back import SetBack
from hub.standing import pid_file, share_the_interpreter, spare_the_collector
from hub.steering import Steering
from hub.store import Database
from hub.store.open import open_database
from hub.turn import Turns
from hub.upkeep import back_up, follow, retain, sweep, tell
from hub.watch.watched import WatchedInbox, WatchedTill, WatchedTurns
from hub.watch.watching import Watching, watching
from hub.watching import Watch
from hub.web.server import Reachable, serve
from hub.worker import Worker

T = TypeVar("T")
log = logging.getLogger(__name__)

WAIT_FOR_PREDECESSOR_S = 30.0
IN_LINE_AT_MOST = 256
"""Conversations held beyond those being answered: they are told their place; the others wait in the store."""
BESIDE_OTHERS_AT_MOST = 32
"""The same where other processes answer, too: what a process holds waits for a while when it dies."""
CLAIMED_TOGETHER = 16
"""Conversations that one of several processes claims at once: a flood is shared."""
LOOK_FOR_WORK_S = 0.2
"""Between two looks where no word of other processes can be heard; else a second."""

ALL_OF_IT = Part()


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


async def run(path: Path, environment: Mapping[str, str], clock: Clock | None = None, part: Part = ALL_OF_IT) -> None:
    """Serve until SIGTERM or SIGINT, then drain. SIGHUP reads the settings anew. `part`: of the work.

    Raises ConfigError, StoreError, and TrunklineError where an address cannot be used.
    """
    share_the_interpreter()
    clock = clock or SystemClock()
    settings = read_settings(path, environment, clock)
    check_address(part, settings)
    for notice in settings.notices:
        log.warning("%s", notice)
    async with AsyncExitStack() as stack:
        database = await _database(settings, clock, stack)
        http = await stack.enter_async_context(http_client(max_connections=1_000))
        watch = stack.enter_context(watching(environment))
        fleet = Fleet(now=clock.monotonic, random=random.random)
        current = Current(settings, http, fleet, watch.client)
        stack.push_async_callback(current.close)
        await _Process(current, fleet, database, clock, path, environment, stack, watch, part).serve()


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
        part: Part,
    ) -> None:
        self._part = part
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
        process = new_id()
        company = self._company = joining(
            self._database,
            self._current.settings,
            self._clock,
            self._part,
            process=process,
            shared_by_one=read_by_one(settings),
        )
        if isinstance(company, Peers):
            await company.join()
            self._stack.push_async_callback(company.leave)
        channels = channels_of(settings, self._database, self._clock, company)
        for channel in channels.values():
            self._stack.push_async_callback(channel.close)
        self._margins = await CountMargins.load(self._database)
        till = WatchedTill(
            self._watch.meters,
            self._database,
            CurrentBudgets(self._database, self._current.settings().hub.timezone),
            self._margins,
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
            processes=company.table,
        )
        await steering.look()
        people = People(self._database)
        inbox = WatchedInbox(
            self._watch.meters,
            self._clock,
            self._database,
            process=process,
            new_id=new_id,
            home_region=lambda message: self._current.home_region(message, people.known(message)),
            lease_ms=int(steering.settings().hub.lease_s * 1000),
            heed=steering.heed,
            arrived=company.arrived,
            stored=company.stored,
            claims=company.claims,
            accounts=channels.keys,
        )
        admission = Admission(self._database, steering.settings, new_code=new_code, monotonic=self._clock.monotonic)
        outlets = {
            key: Outlet(
                channel, self._watch.gate(key, channel.capabilities.pace, self._clock, company.beside("/".join(key)))
            )
            for key, channel in channels.items()
        }
        turns = self._turns(inbox, till, outlets, admission)
        self._stack.push_async_callback(turns.memory.close)
        outgoing = Outgoing(
            self._database,
            lambda channel, account: outlets.get((channel, account)),
            files_elsewhere=isinstance(company, Peers),
        )
        self._stack.push_async_callback(outgoing.close)
        turns.running.elsewhere = company.stop_elsewhere
        worker = self._worker(inbox, turns)
        if self._database.engine == "sqlite":
            await outgoing.take_over()
            await _take_over(inbox)  # this process alone holds the file, so nobody else is at work on it
        front = Front(self._database, inbox, turns, admission, steering.settings, people)
        self._gates = {"/".join(key): outlet.gate for key, outlet in outlets.items()}
        spare_the_collector()
        with pid_file(self._path.parent, alone=isinstance(company, Alone) or self._part == ALL_OF_IT):
            await self._until_told(front, worker, till, channels, outgoing)

    def _worker(self, inbox: Inbox, turns: Turns) -> Worker:
        at_once = self._steering.settings().hub.max_turns
        a_third = at_once // 2  # of all places, for others than who floods: Shares leaves so many
        if isinstance(self._company, Alone):
            return Worker(inbox, turns, self._clock, at_once=at_once + max(IN_LINE_AT_MOST, a_third))
        look_s = 0.0 if self._company.hears else LOOK_FOR_WORK_S
        most = at_once + max(BESIDE_OTHERS_AT_MOST, a_third)
        return Worker(inbox, turns, self._clock, at_once=most, batch=CLAIMED_TOGETHER, look_s=look_s)

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
            looked=self._watch.meters.looked_up,
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
        listens, works = self._part.role != Role.WORKER, self._part.role != Role.GATEWAY
        listening: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._company.listen(channel, front)) for channel in channels.values() if listens
        ]
        serving: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._serve_http(each, channels if listens else {}))
            for each in self._served_addresses()
        ]
        working: list[asyncio.Task[Any]] = [
            asyncio.create_task(each) for each in self._work(worker, till, outgoing, works=works)
        ]
        stop: asyncio.Task[Any] = asyncio.create_task(told.wait())
        try:
            await asyncio.wait([stop, *listening, *serving, *working], return_when=asyncio.FIRST_COMPLETED)
            await drain(worker, self._company, listening, self._database)
        finally:
            await end([stop, *working, *serving])
        for task in (*listening, *serving, *working):
            if not task.cancelled() and (error := task.exception()):
                raise error

    def _work(self, worker: Worker, till: Till, outgoing: Outgoing, *, works: bool) -> list[Coroutine[Any, Any, None]]:
        """All that goes on beside listening."""
        clock, settings = self._clock, self._steering.settings
        work: list[Coroutine[Any, Any, None]] = [sweep(till, self._margins, self._database, self._company, clock)]
        if isinstance(self._company, Peers):
            work.append(self._company.run(self._gates))
        else:
            work.append(back_up(self._current.settings, self._backups, clock))
        if not works:
            return [*work, follow(clock, self._steering.look)]
        if isinstance(self._company, Peers):
            work.append(self._company.hear(partial(_heard, worker, self._company)))
        watch = Watch(self._current.endpoints, self._fleet, self._clock, random.random)
        hearsay = Hearsay(self._fleet, self._database, clock, self._current.settings, process=new_id())
        work += [worker.run(), watch.run(), hearsay.run()]
        work.append(tell(settings, self._database, clock, self._path.parent, self._backups))
        work.append(retain(settings, self._database, clock, self._path.parent))
        set_back = SetBack(self._database, clock, lease_ms=int(settings().hub.lease_s * 1000))
        return [*work, follow(clock, set_back.look, self._steering.look, outgoing.begin_due)]

    def _served_addresses(self) -> list[ChannelSettings]:
        """The HTTP servers of this process."""
        listen = self._part.listen
        served = [each for each in self._current.settings().channels if each.listen]
        if listen is None:
            return served
        return [msgspec.structs.replace(each, listen=listen) for each in served] if listen else []

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


async def _take_over(inbox: Inbox) -> None:
    taken = await inbox.take_over()
    if taken:
        log.info("going on with %d conversations that an earlier process left", taken)


def _heard(worker: Worker, company: Peers, word: str, about: str) -> None:
    """What another process tells."""
    if word == DUE:
        company.told_of_work(about)
    elif word == STOP:
        worker.look_soon(about)
