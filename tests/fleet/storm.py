"""Two gateways and four workers in three regions over one PostgreSQL, killed at random while everybody writes."""

import asyncio
import contextlib
import random
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import asyncpg
import msgspec

from tests.fleet.member import Member
from tests.fleet.town import SECRETS, Town
from tests.fleet.verdict import Figures, judge

MEMBERS = (
    ("gateway", "us-west"),
    ("gateway", "eu-west"),
    ("worker", "us-west"),
    ("worker", "us-east"),
    ("worker", "eu-west"),
    ("worker", "eu-west"),
)
LISTENS_WITHIN_S = 180.0
LOOK_EVERY_S = 0.05
SILENT_MS = 3_000
STANDING = "SELECT COUNT(*) FROM process WHERE seen_ms > extract(epoch FROM now()) * 1000 - $1"


class Storm(msgspec.Struct, frozen=True):
    """What goes wrong, by a seed."""

    seed: int
    every_s: tuple[float, float]
    """Between two kills: from, to."""
    seconds: float
    """After that nobody is killed any more."""
    answered_within_s: float
    """After the last kill."""
    back_after_s: tuple[float, float] = (0.1, 2.0)
    most_kills: int = 1_000_000
    members: tuple[tuple[str, str], ...] = MEMBERS
    first: tuple[int, ...] = ()
    """These members are killed first, in this order; then chance decides."""


class Outcome(msgspec.Struct, frozen=True):
    """How a storm ended."""

    seconds: float
    kills: dict[str, int]
    samples: int
    """Looks at the budgets."""
    figures: Figures
    exits: dict[str, int]
    """Codes of those who were told to end."""
    cpu_s: dict[str, float]
    """Of the last process of each place."""


class Fleet:
    """The processes of one run."""

    def __init__(self, settings: Path, members: Sequence[tuple[str, str]]) -> None:
        self.members = [
            Member(settings, role, region, f"{role}-{region}-{number}", SECRETS)
            for number, (role, region) in enumerate(members)
        ]

    def start(self) -> None:
        for member in self.members:
            member.start()

    def end(self) -> None:
        for member in self.members:
            member.end()

    def cpu_s(self) -> dict[str, float]:
        """Seconds of CPU of each that runs now, its start included."""
        return {member.name: member.cpu_s() for member in self.members if member.running}

    async def drain(self, url: str) -> dict[str, int]:
        """Everyone is told to end, once all are there again; their exit codes."""
        connection = await asyncpg.connect(url)
        try:
            async with asyncio.timeout(LISTENS_WITHIN_S):
                while await connection.fetchval(STANDING, SILENT_MS) < len(self.members):
                    await asyncio.sleep(LOOK_EVERY_S)
        finally:
            connection.terminate()
        for member in self.members:
            if member.running:
                member.signal(signal.SIGTERM)
        return {member.name: await member.ended() for member in self.members}


class BudgetWatch:
    """Reads the budgets from outside, all the time: spent and held must never exceed the limit."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.samples = 0
        self.overruns: list[str] = []

    async def look(self) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            while True:
                for row in await connection.fetch("SELECT id, limit_amount, spent_amount, held_amount FROM budget"):
                    self.samples += 1
                    if row["spent_amount"] + row["held_amount"] > row["limit_amount"]:
                        self.overruns.append(f"overspent: {dict(row)}")
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            connection.terminate()


async def run(
    town: Town, storm: Storm, folder: Path, url: str, tell: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Play it; the folder keeps settings and logs."""
    began = time.monotonic()
    fleet = Fleet(town.settings(folder, url), storm.members)
    watch = BudgetWatch(url)
    watching = asyncio.create_task(watch.look())
    killing: asyncio.Task[None] | None = None
    try:
        fleet.start()
        await town.somebody_listens(LISTENS_WITHIN_S)
        town.start()
        killing = asyncio.create_task(_kill(fleet, storm, tell))
        await killing
        with contextlib.suppress(TimeoutError):  # the verdict tells what is missing
            await asyncio.wait_for(_all_answered(town, tell), storm.answered_within_s)
        await asyncio.sleep(0.3)  # the last delivery is written down
        cpu_s = fleet.cpu_s()
        exits = await fleet.drain(url)
    finally:
        for task in (watching, killing):
            if task:
                task.cancel()
        await asyncio.gather(watching, *([killing] if killing else []), return_exceptions=True)
        fleet.end()
    figures = await judge(town, url, watch.overruns)
    for member in fleet.members:
        figures.violations.extend(f"{member.name}: {line}" for line in member.defects()[:3])
    figures.violations.extend(f"{name} ended with {code}" for name, code in exits.items() if code)
    kills = {member.name: member.kills for member in fleet.members}
    return Outcome(round(time.monotonic() - began, 1), kills, watch.samples, figures, exits, cpu_s)


async def _kill(fleet: Fleet, storm: Storm, tell: Callable[[str], None]) -> None:
    chance = random.Random(storm.seed)
    until = time.monotonic() + storm.seconds
    first = list(storm.first)
    returning: set[asyncio.Task[None]] = set()
    kills = 0
    while time.monotonic() < until and kills < storm.most_kills:
        await asyncio.sleep(min(chance.uniform(*storm.every_s), until - time.monotonic()))
        if time.monotonic() >= until:
            break
        member = fleet.members[first.pop(0)] if first else chance.choice(fleet.members)
        if member.running:
            tell(f"kill -9 {member.name}")
            member.kill()
            kills += 1
            returning.add(asyncio.create_task(_comes_back(member, chance.uniform(*storm.back_after_s))))
    await asyncio.gather(*returning)


async def _comes_back(member: Member, after_s: float) -> None:
    await member.ended()
    await asyncio.sleep(after_s)
    member.start()


async def _all_answered(town: Town, tell: Callable[[str], None]) -> None:
    while not town.all_answered.is_set():
        tell(f"{len(town.open_marks)} open, {town.said} of {town.crowd.total} said")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(town.all_answered.wait(), 2.0)
