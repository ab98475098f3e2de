"""The real hub, started in a simulated loop: `hub.app.run`, with a world in the place of what it is given."""

import asyncio
import contextlib
import functools
import logging
import random
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiohttp
import msgspec

import channels.telegram.channel  # noqa: F401 - imported before anything is drawn by chance: imports draw, too
import hub.app
from hub.clock import SystemClock
from hub.config.settings import Budget, Limit, Settings
from hub.store import Database
from tests.crash.simulated.store import Killed

SETTINGS = """
[hub]
name = "Crash"
timezone = "Europe/Berlin"
database = "sqlite:hub.db"
default_region = "west"

[channels.telegram]
token = "env:CRASH_TOKEN"
api_url = "http://127.0.0.1:20000"
pace = { overall = 100000, chat = 1000, group = 1000 }

[alerts]
to = ["telegram:999"]

[regions.west]
location = "America/Los_Angeles"
residency = "none"
[regions.east]
location = "America/New_York"
residency = "none"
[regions.europe]
location = "Europe/Dublin"
residency = "none"

[models."gpt-4o-mini"]
price = { input = 0.15, cached_input = 0.075, output = 0.60 }

[budgets]
hub = { daily = 1000.0 }
person = { daily_tokens = 1_000_000_000 }

[agents.support]
purpose = "Answers"
prompt = "support.md"
serves = ["telegram"]
budget = { monthly = 1000.0, when_spent = [] }
context = { tokens = 3000, max_output = 600 }
tiers = { simple = "gpt-4o-mini" }
"""
DEPLOYMENT = """
[[agents.support.deployments]]
region = "{region}"
api = "openai"
url = "http://127.0.0.1:{port}/v1"
key = "env:CRASH_KEY"
max_concurrency = 50
"""
ENVIRONMENT = {"CRASH_TOKEN": "123456:crash-crash-crash-crash-crash-crash", "CRASH_KEY": "crash"}
REGIONS = ("west", "east", "europe")
TELEGRAM_PORT = 20_000
"""The first server of a world is the platform, the next ones are the regions' providers."""


@functools.cache
def _settings() -> Settings:
    """As read from a file; to be asked for before `in_place`."""
    deployments = [
        DEPLOYMENT.format(region=region, port=TELEGRAM_PORT + 1 + number) for number, region in enumerate(REGIONS)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "regions.toml"
        (path.parent / "prompts").mkdir()
        (path.parent / "prompts" / "support.md").write_text("You answer in a few sentences.\n", encoding="utf-8")
        path.write_text(SETTINGS + "".join(deployments), encoding="utf-8")
        return hub.app.read_settings(path, ENVIRONMENT, SystemClock())


def warm() -> None:
    """Whatever all runs share."""
    _settings()
    _trusting()


def settings_of(path: Path, *, limit_nusd: int, unconfirmed: int, database: str = "") -> Settings:
    """Those of one start. `limit_nusd`: of the agent's month."""
    settings = _settings()
    agent = settings.agents["support"]
    agent = msgspec.structs.replace(agent, budget=Budget((Limit("month", "nusd", limit_nusd),), when_spent=()))
    (channel,) = settings.channels
    channel = msgspec.structs.replace(channel, pace=msgspec.structs.replace(channel.pace, unconfirmed=unconfirmed))
    own = msgspec.structs.replace(settings.hub, database=database or settings.hub.database)
    return msgspec.structs.replace(settings, path=path, agents={"support": agent}, channels=(channel,), hub=own)


class Given:
    """What the next hub is given."""

    def __init__(self) -> None:
        self.settings: Callable[[], Settings]
        self.opened: Callable[[Database], Database]
        self.threads: Callable[[], contextlib.AbstractContextManager[None]]
        self.new_id: Callable[[], str]
        self.open: Callable[[], Awaitable[Database]] | None = None
        """Opens another database than the settings name."""


@contextlib.contextmanager
def in_place() -> Iterator[Given]:
    """Hubs that start in here are given a world: settings, a mortal database, ids and chance of the seed's own.

    The HTTP client is the same without its trust in certificates, which nothing here asks for; and what the collector
    is spared in one hub for life would be kept for ever by hundreds of them.
    """
    given = Given()
    really_open = hub.app.open_database

    async def open_database(url: str, **options: Any) -> Database:
        with given.threads():
            inner = await (given.open() if given.open else really_open(url, **options))
        return given.opened(inner)

    def http_client(max_connections: int) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=max_connections, ssl=_trusting(), keepalive_timeout=30.0)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)

    with contextlib.ExitStack() as stack:
        for name, value in {
            "read_settings": lambda *_: given.settings(),
            "open_database": open_database,
            "http_client": http_client,
            "new_id": lambda: given.new_id(),
            "spare_the_collector": lambda: None,
        }.items():
            stack.enter_context(patch.object(hub.app, name, value))
        yield given


@functools.cache
def _trusting() -> ssl.SSLContext:
    return ssl.create_default_context()


class Defects(logging.Handler):
    """What a living hub logs with a traceback: nothing of that is expected."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []
        self.lives = True

    @contextlib.contextmanager
    def listening(self) -> Iterator[None]:
        root = logging.getLogger()
        root.addHandler(self)
        try:
            yield
        finally:
            root.removeHandler(self)

    def unhandled(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """The loop's own complaints: results that nobody looked at, tasks that were left."""
        error = context.get("exception")
        if self.lives and not isinstance(error, Killed):
            self.found.append(f"unhandled: {context['message']} ({error!r})")

    def emit(self, record: logging.LogRecord) -> None:
        own = record.name.startswith(("hub.", "channels."))
        if self.lives and own and record.exc_info and record.exc_info[0] is not None:
            error = record.exc_info[1]
            self.found.append(f"logged: {record.getMessage()} ({type(error).__name__}: {error})")


def seeded_ids(chance: random.Random, now_ms: Callable[[], int]) -> Callable[[], str]:
    """Like `hub.clock.new_id`, of this clock and this chance."""
    return lambda: f"{now_ms():012x}{chance.randbytes(7).hex()}"
