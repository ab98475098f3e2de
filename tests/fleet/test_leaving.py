"""A process is told to end while PostgreSQL answers nothing: it does not wait until the orchestrator kills it."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from hub.store import Database
from tests.fleet.member import Member
from tests.fleet.test_members import CHAT, NOBODY, answers, database, members
from tests.fleet.town import Town
from tests.postgres import PostgresqlServer
from tests.store.scratch import sql

__all__ = ["database"]
pytestmark = [pytest.mark.fleet, pytest.mark.long]

KILLED_AFTER_S = 30.0
"""What orchestrators give a process to end; the manifests here say more."""


@contextmanager
def frozen(server: PostgresqlServer) -> Iterator[None]:
    """The server and all its connections stand still: whatever is sent is taken, and nothing is answered."""
    postmaster = psutil.Process(server.pid)
    postmaster.suspend()  # first, so that it has no more children
    stopped = [postmaster, *postmaster.children(recursive=True)]
    try:
        for each in stopped[1:]:
            each.suspend()
        yield
    finally:
        for each in reversed(stopped):
            each.resume()


async def ends(member: Member) -> None:
    """Told to, with its usual exit code, and by itself."""
    assert await member.ended(KILLED_AFTER_S) == 0, member.text()[-3000:]
    assert member.defects() == []


async def say(town: Town, text: str) -> None:
    town.rich.say(CHAT, text, **{"from": {"id": CHAT, "is_bot": False, "first_name": "P"}})


async def test_what_a_silent_server_kept_from_being_given_back_is_answered_once_by_the_next(
    postgresql_server: PostgresqlServer, postgresql_url: str, database: Database, tmp_path: Path
) -> None:
    town = Town(NOBODY, seed=1, spread_s=1, between_s=0.02, repeats=0)
    places = (("gateway", ""), ("worker", "us-west"), ("worker", "us-east"))
    async with town.open(), members(town, tmp_path, postgresql_url, *places) as (gateway, west, east):
        gateway.start()
        west.start()
        await say(town, "#a: first")
        await answers(town, 1)

        town.model.between_s = 1.0  # 20 s for an answer
        await say(town, "#b: second")
        async with asyncio.timeout(20):
            while len(town.model.calls) < 2:
                await asyncio.sleep(0.02)
        town.model.between_s = 0.02
        with frozen(postgresql_server):
            for member in (gateway, west):
                member.signal(signal.SIGTERM)
            await asyncio.gather(ends(gateway), ends(west))

        gateway.start()
        east.start()
        await answers(town, 2, within_s=60)
        await say(town, "#c: third")
        await answers(town, 3)
        with frozen(postgresql_server):
            for member in (gateway, east):
                member.signal(signal.SIGTERM)
            await asyncio.sleep(2)
        await asyncio.gather(ends(gateway), ends(east))

    assert town.rich.books.verdict().good
    assert await database.read(sql("SELECT id FROM process")) == []  # the server went on in time
    assert await database.read(sql("SELECT id FROM conversation WHERE waiting > 0 OR holder IS NOT NULL")) == []
    assert await database.read(sql("SELECT id FROM hold WHERE state = 'held'")) == []
