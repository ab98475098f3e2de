"""Processes with roles: one joins, one drains, one is of an older release."""

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from hub.clock import SystemClock
from hub.store import Database, StoreError
from hub.store.migrate import Migration, migrate, migrations
from hub.store.open import open_database
from tests.fleet.member import Member
from tests.fleet.town import SECRETS, Town, crowd
from tests.store.scratch import sql

pytestmark = pytest.mark.fleet

CHAT = 1000
NOBODY = crowd(0, 0)


@asynccontextmanager
async def members(town: Town, folder: Path, url: str, *places: tuple[str, str]) -> AsyncIterator[list[Member]]:
    settings = town.settings(folder, url)
    found = [
        Member(settings, role, region, f"{role}-{region}-{number}", SECRETS)
        for number, (role, region) in enumerate(places)
    ]
    try:
        yield found
    finally:
        for member in found:
            member.end()


async def answers(town: Town, count: int, within_s: float = 60.0) -> list[str]:
    """What stands in the chat, once so many whole answers do."""
    async with asyncio.timeout(within_s):
        while len(whole := [text for text in town.rich.books.answers(CHAT) if " end #" in text]) < count:
            await asyncio.sleep(0.05)
    return whole


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[Database]:
    database = await open_database(postgresql_url, clock=SystemClock(), base=Path(), serve=False, wait_s=0)
    yield database
    await database.close()


async def test_who_drains_hands_over_and_leaves_nothing_behind(
    postgresql_url: str, database: Database, tmp_path: Path
) -> None:
    """An answer of 20 s is under way when its worker is told to end: another goes on with it at once."""
    town = Town(NOBODY, seed=1, spread_s=1, between_s=0.02, repeats=0)
    places = (("gateway", ""), ("gateway", ""), ("worker", "us-west"), ("worker", "us-east"))
    async with town.open(), members(town, tmp_path, postgresql_url, *places) as (one, two, west, east):
        for member in (one, west):
            member.start()
        town.rich.say(CHAT, "#a: first", **{"from": {"id": CHAT, "is_bot": False, "first_name": "P"}})
        await answers(town, 1)
        two.start()
        east.start()
        await _joined(database, 4)

        town.model.between_s = 1.0
        town.rich.say(CHAT, "#b: second", **{"from": {"id": CHAT, "is_bot": False, "first_name": "P"}})
        async with asyncio.timeout(60):
            while len(town.model.calls) < 2:
                await asyncio.sleep(0.02)
        town.model.between_s = 0.02
        west.signal(signal.SIGTERM)
        one.signal(signal.SIGTERM)
        assert await one.ended() == 0
        town.rich.say(CHAT, "#c: third", **{"from": {"id": CHAT, "is_bot": False, "first_name": "P"}})
        assert await west.ended() == 0
        await answers(town, 3)
        rows = await database.read(sql("SELECT role FROM process"))
        assert sorted(row["role"] for row in rows) == ["gateway", "worker"]
        for member in (two, east):
            member.signal(signal.SIGTERM)
            assert await member.ended() == 0
        assert [defect for member in (one, two, west, east) for defect in member.defects()] == []

    assert town.rich.books.verdict().good
    assert await database.read(sql("SELECT id FROM process")) == []
    assert await database.read(sql("SELECT id FROM conversation WHERE waiting > 0 OR holder IS NOT NULL")) == []
    assert await database.read(sql("SELECT id FROM orphan")) == []
    assert await database.read(sql("SELECT id FROM hold WHERE state = 'held'")) == []
    assert [row["process"] for row in await database.read(sql("SELECT process FROM account_holder"))] == [""] * 4


async def _joined(database: Database, count: int) -> None:
    async with asyncio.timeout(60):
        while len(await database.read(sql("SELECT id FROM process"))) < count:
            await asyncio.sleep(0.05)


async def _status(town: Town, *lines: tuple[str, ...]) -> None:
    """Until /status shows lines with these words: who has just come is seen with a heartbeat, a connection later."""
    async with asyncio.timeout(60):
        for asked in itertools.count(1):
            town.rich.say(CHAT, "/status", **{"from": {"id": CHAT, "is_bot": False, "first_name": "P"}})
            while len(told := [text for text in town.rich.books.answers(CHAT) if "Processes:" in text]) < asked:
                await asyncio.sleep(0.05)
            shown = told[-1].partition("Processes:")[2].splitlines()
            if all(any(all(word in line for word in words) for line in shown) for words in lines):
                return


async def test_an_older_release_goes_on_over_a_newer_schema_that_is_marked_for_it(
    postgresql_url: str, database: Database, tmp_path: Path
) -> None:
    town = Town(NOBODY, seed=1, spread_s=1, between_s=0.0, repeats=0)
    newest = migrations()[-1].number
    shelf = Migration(newest + 1, "shelf", ("CREATE TABLE shelf (id TEXT PRIMARY KEY)",), runs_with=newest)
    wall = Migration(newest + 2, "wall", ("ALTER TABLE message DROP COLUMN payload",))
    async with town.open(), members(town, tmp_path, postgresql_url, ("all", ""), ("worker", "us-west")) as (old, late):
        old.start()
        town.rich.say(CHAT, "#a: before", **{"from": {"id": CHAT, "is_bot": False, "first_name": "P"}})
        await answers(town, 1)

        await migrate(database, (*migrations(), shelf))  # what the first process of the newer release does
        with pytest.raises(StoreError, match="stop all of them"):
            await migrate(database, (*migrations(), shelf, wall))
        late.start()
        await late.said(f"the database has schema version {newest + 1}, which also runs with this older program")
        town.rich.say(CHAT, "#b: after", **{"from": {"id": CHAT, "is_bot": False, "first_name": "P"}})
        await answers(town, 2)
        # /status shows the fleet to the owner.
        await _status(town, ("all", "telegram/rich", "discord/main"), ("worker", "us-west", "serving"))
        assert old.defects() + late.defects() == []
