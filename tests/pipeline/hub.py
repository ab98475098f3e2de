"""One process of the hub around a scripted channel and scripted deployments, on a real database."""

import asyncio
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from hub.admission import Admission
from hub.agents.faq import Faq
from hub.ask import Ask
from hub.channel import Channel
from hub.clock import Clock, new_id
from hub.config.settings import (
    Access,
    Agent,
    Budget,
    ChannelSettings,
    ContextSettings,
    Deployment,
    Grant,
    HubSettings,
    Limit,
    Price,
    Region,
    Serves,
    Settings,
)
from hub.current import home_of
from hub.delivery import Outlet
from hub.front import Front
from hub.gate import Gate
from hub.inbox import Inbox
from hub.line import Line
from hub.listening import Endpoint
from hub.messages import Message
from hub.money.budgets import CurrentBudgets
from hub.money.margins import CountMargins
from hub.money.till import Till
from hub.people import People
from hub.routing import Fleet
from hub.steering import Steering
from hub.store import Database, Row, Rows, Sql, Statement
from hub.turn import Turns
from hub.watch.meters import Meters
from tests.pipeline.channel import ScriptedChannel
from tests.pipeline.model import ScriptedClient

ZONE = ZoneInfo("Europe/Berlin")
FAQ = "## When are you open?\n\nFrom nine to six.\n"
REGIONS = {
    "west": Region("west", "America/Los_Angeles", 34.05, -118.24, "us"),
    "east": Region("east", "America/New_York", 40.7, -74.0, "us"),
}
NEAR, FAR = "support-west", "support-east"
COIN = Price(input=1_000_000, output=1_000_000)
"""One nano-dollar a token, so that costs can be counted on fingers."""

_processes = itertools.count(1)
_codes = itertools.count(1)


class Hurried:
    """Real time, but nobody waits: what is slept is skipped."""

    def __init__(self) -> None:
        self.skipped = 0.0

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + int(self.skipped * 1000)

    def monotonic(self) -> float:
        return time.monotonic() + self.skipped

    async def sleep(self, seconds: float) -> None:
        self.skipped += seconds
        await asyncio.sleep(0)


def agent(**changes: Any) -> Agent:
    """Answers everywhere, near or far."""
    fields: dict[str, Any] = {
        "name": "support",
        "purpose": "Answers",
        "prompt": "You answer.",
        "faq": "",
        "faq_first": False,
        "serves": (Serves("chat"),),
        "offers": (),
        "busy": "queue",
        "budget": Budget(),
        "context": ContextSettings(tokens=3000, max_output=600),
        "tiers": {"simple": "coin"},
        "residency": "",
        "default_zone": "",
        "deployments": (
            Deployment(NEAR, "support", "west", "openai", max_concurrency=2000),
            Deployment(FAR, "support", "east", "openai", max_concurrency=2000),
        ),
    }
    return Agent(**(fields | changes))


def settings(
    *agents: Agent,
    path: Path = Path("regions.toml"),
    max_turns: int = 64,
    access: Access | None = None,
    admins: tuple[str, ...] = (),
) -> Settings:
    return Settings(
        path=path,
        hub=HubSettings("Acme", ZONE, "sqlite:hub.db", admins, "west", max_turns=max_turns),
        channels=(ChannelSettings("chat", "main", {}, access=access),) if access else (),
        regions=REGIONS,
        prices={"coin": COIN, "dear": Price(input=10_000_000, output=10_000_000)},
        agents={each.name: each for each in agents},
        notices=(),
        roles=tuple(Grant(admin, "owner") for admin in admins),
    )


class ScriptedHub:
    """The rooms as `hub.app` wires them; several over one database are several processes."""

    def __init__(
        self,
        database: Database,
        *,
        served: Agent | None = None,
        channel: ScriptedChannel | None = None,
        clients: Mapping[str, ScriptedClient] | None = None,
        clock: Clock | None = None,
        lease_ms: int = 60_000,
        at_once: int = 2000,
        chance: Callable[[float, float], float] = lambda least, _most: least,
        access: Access | None = None,
        admins: tuple[str, ...] = (),
    ) -> None:
        served = served or agent()
        self.settings = settings(served, max_turns=at_once, access=access, admins=admins)
        self.channel = channel or ScriptedChannel()
        self.clients = clients or {each.name: ScriptedClient() for each in served.deployments}
        self.near = self.clients[NEAR]
        self.far = self.clients.get(FAR, self.near)
        self.clock = clock or Hurried()
        self.database = database
        self.fleet = Fleet(now=self.clock.monotonic, random=lambda: 0.5)
        self.fleet.renew([served])
        self.endpoints = {
            each.name: Endpoint(each, self.clients[each.name], asyncio.Semaphore(each.max_concurrency))
            for each in served.deployments
        }
        self.outlets = {(self.channel.name, "main"): Outlet(self.channel, _gate(self.channel, self.clock))}
        self.people = People(database)
        self.reloads: list[str] = []
        """What the next reloads find wrong; they find nothing where this is empty."""
        self.steering = Steering(
            database,
            lambda: self.settings,
            new_id=new_id,
            reload=lambda: self.reloads.pop(0) if self.reloads else "",
            reach=self._reach,
        )
        self.inbox = Inbox(
            database,
            process=f"p{next(_processes)}",
            new_id=new_id,
            home_region=lambda message: home_of(message, self.settings, self.people.known(message)),
            lease_ms=lease_ms,
            heed=self.steering.heed,
            accounts=self.outlets.keys,
        )
        self.till = Till(database, CurrentBudgets(database, ZONE), CountMargins(), clock=self.clock, chance=chance)
        self.admission = Admission(database, self.steering.settings, new_code=lambda: f"code{next(_codes)}")
        self.meters = Meters()
        self.ask = Ask(
            settings=self.steering.settings,
            endpoints=lambda: self.endpoints,
            faqs=lambda: {each.name: Faq.parse(each.faq) for each in self.settings.agents.values() if each.faq},
            till=self.till,
            database=database,
            fleet=self.fleet,
            clock=self.clock,
            new_id=new_id,
            random=lambda: 0.5,
            looked=self.meters.looked_up,
        )
        self.turns = Turns(
            steering=self.steering,
            inbox=self.inbox,
            database=database,
            admission=self.admission,
            ask=self.ask,
            outlet=lambda channel, account: self.outlets.get((channel, account)),
            line=Line(at_once, told_after_s=0.005, told_again_after_s=0.005),
            fleet=self.fleet,
            clock=self.clock,
            new_id=new_id,
        )
        self.front = Front(database, self.inbox, self.turns, self.admission, self.steering.settings, self.people)

    async def _reach(self) -> dict[str, str]:
        return {"chat/main": await self.channel.probe()}

    async def say(self, *messages: Message) -> None:
        await self.front.accept(messages)

    async def work(self, most: int = 2000) -> None:
        """Take turns until nothing is due; older turns are indexed then."""
        while claims := await self.inbox.claim(most):
            await asyncio.gather(*(self.turns.take(claim) for claim in claims))
            await self.turns.memory.indexing.idle()

    async def answered(self, *messages: Message) -> list[str]:
        """Say it, work it off; what stands in the chats."""
        await self.say(*messages)
        await self.work()
        return self.channel.texts()

    async def rested(self) -> None:
        """Whatever rests is due."""
        await self.execute("UPDATE conversation SET due_ms = 0 WHERE due_ms IS NOT NULL")

    async def execute(self, sql: str) -> None:
        await self.database.run(Statement(Sql(f"test {sql}", sql), {}))

    async def rows(self, sql: str) -> Rows:
        return await self.database.read(Statement(Sql(f"test {sql}", sql), {}))

    async def row(self, sql: str) -> Row:
        (row,) = await self.rows(sql)
        return row

    async def outcomes(self) -> list[str]:
        """Of all messages, in order; empty while one waits."""
        return [row[0] for row in await self.rows("SELECT outcome FROM message ORDER BY conversation, position")]

    async def ledger(self) -> list[tuple[Any, ...]]:
        """Deployment, kind, outcome and mark of each row, oldest first."""
        rows = await self.rows("SELECT deployment, kind, outcome, mark FROM ledger ORDER BY id")
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    async def open_holds(self) -> int:
        return int((await self.row("SELECT COUNT(*) FROM hold WHERE state = 'held'"))[0])


def _gate(channel: Channel, clock: Clock) -> Gate:
    return Gate(channel.capabilities.pace, clock)


def only(*deployments: str) -> Sequence[Deployment]:
    """Some of the usual deployments."""
    return tuple(each for each in agent().deployments if each.name in deployments)


def with_budget(limit_nusd: int, *when_spent: str, **changes: Any) -> Agent:
    return agent(budget=Budget((Limit("month", "nusd", limit_nusd),), when_spent=when_spent), **changes)


def changed(value: Any, **changes: Any) -> Any:
    return msgspec.structs.replace(value, **changes)
