"""A desk of reports with a moved clock, a channel that fails as told, and processes that die between two statements."""

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hub.channel import Ambiguous, Capabilities, ChannelError, Forbidden, Pace
from hub.clock import SystemClock
from hub.config.settings import HubSettings, ReportSettings, Serves, Settings
from hub.delivery import Outlet
from hub.gate import Gate
from hub.messages import Conversation, File
from hub.outgoing import Outgoing
from hub.reports.desk import Desk
from hub.store import Database, Rows, Statement

PLACE = Serves("chat", "main", chat="c1")


class Killed(BaseException):
    """The process died."""


class MovedClock(SystemClock):
    """Goes on only when told to."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms
        self._monotonic_s = 0.0

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic(self) -> float:
        self._monotonic_s = max(self._monotonic_s, self.at_ms / 1000)
        return self._monotonic_s

    async def sleep(self, seconds: float) -> None:
        self._monotonic_s = self.monotonic() + seconds


class Mortal:
    """A database whose process can die before or after any transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.engine = database.engine
        self.dies_in = -1
        """Moments that are left: each transaction has one before it and one after it."""

    def _moment(self) -> None:
        if self.dies_in == 0:
            raise Killed
        self.dies_in -= 1

    async def run(self, *statements: Statement) -> list[Rows]:
        self._moment()
        rows = await self._database.run(*statements)
        self._moment()
        return rows

    async def read(self, statement: Statement) -> Rows:
        return await self._database.read(statement)


class Board:
    """A channel on which reports are posted."""

    name, account = "chat", "main"
    capabilities = Capabilities(Pace(30, 1, 1 / 3))

    def __init__(self) -> None:
        self.posts: list[tuple[str, str, tuple[str, ...]]] = []
        """Chat, text, names of files: either text or files."""
        self.refuses_files = False
        self.begun = asyncio.Event()
        self.lets_through = asyncio.Event()
        self.lets_through.set()
        self.failures: list[ChannelError | None] = []
        """What the next posts come to; an ambiguous one stands there all the same."""

    def split(self, text: str) -> list[str]:
        return [text]

    async def post(self, conversation: Conversation, text: str, files: Sequence[File] = ()) -> str:
        failure = self.failures.pop(0) if self.failures else None
        assert bool(text) != bool(files)
        self.begun.set()
        await self.lets_through.wait()
        if files and self.refuses_files:
            raise Forbidden("no files here")
        if failure is None or isinstance(failure, Ambiguous):
            self.posts.append((conversation.chat, text, tuple(file.name for file in files)))
        if failure:
            raise failure
        return str(len(self.posts))

    def texts(self) -> list[str]:
        return [text for _, text, _ in self.posts if text]


def settings(zone: ZoneInfo, *reports: ReportSettings, folder: Path) -> Settings:
    return Settings(
        path=folder / "regions.toml",
        hub=HubSettings("Acme", zone, "sqlite:hub.db", (), "home"),
        channels=(),
        regions={},
        prices={},
        agents={},
        notices=(),
        reports=reports,
    )


class Office:
    """Processes one after the other over one database."""

    def __init__(self, database: Database, clock: MovedClock, of: Settings, seed: int = 1) -> None:
        self.clock = clock
        self.board = Board()
        self.deaths = 0
        self._database = database
        self._settings = of
        self._chance = random.Random(seed)
        self._processes = 0
        self.start()

    def start(self) -> None:
        """A new process."""
        self._processes += 1
        self.mortal = Mortal(self._database)
        channel: Any = self.board
        self.desk = Desk(
            settings=lambda: self._settings,
            database=self.mortal,  # type: ignore[arg-type]
            clock=self.clock,
            process=f"p{self._processes}",
            base=self._settings.path.parent,
        )
        outlet = Outlet(channel, Gate(channel.capabilities.pace, self.clock))
        self.outlets = {("chat", "main"): outlet}
        self.outgoing = Outgoing(self.mortal, lambda *key: self.outlets.get(key))  # type: ignore[arg-type]

    async def send(self) -> None:
        """What is due now; it ends when that is sent."""
        await asyncio.gather(*await self.outgoing.begin_due())

    async def look(self, *, may_die: float = 0.0) -> None:
        """One look; with a probability the process dies in the midst of it, and the next one starts."""
        if self._chance.random() < may_die:
            self.mortal.dies_in = self._chance.randrange(12)
        try:
            await self.desk.look()
            await self.send()
        except Killed:
            self.deaths += 1
            self.start()
        self.mortal.dies_in = -1
