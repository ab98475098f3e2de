"""Everything that processes share works through a pooler of transactions, which keeps nothing of a session."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from hub.clock import SystemClock, new_id
from hub.processes import Role, Roster
from hub.processes.pace import SharedPace
from hub.processes.ration import StoredRation
from hub.store.migrate import migrate, migrations, version
from hub.store.postgresql import PostgresqlDatabase
from tests.fleet.pooler import Pooler, pooled
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub
from tests.postgres import PostgresqlServer

pytestmark = pytest.mark.fleet


@pytest.fixture
async def pooler(postgresql_server: PostgresqlServer) -> AsyncIterator[tuple[str, Pooler]]:
    """The URL of an empty database through a pooler with three connections."""
    name = await postgresql_server.create()
    folder = parse_qs(urlsplit(postgresql_server.url(name)).query)["host"][0]
    async with pooled(folder, name, servers=3) as found:
        yield found
    await postgresql_server.drop(name)


async def test_the_pooler_forgets_sessions(pooler: tuple[str, Pooler]) -> None:
    """Otherwise the other tests prove nothing."""
    url, behind = pooler
    connection = await asyncpg.connect(url, statement_cache_size=0)
    try:
        await connection.execute("PREPARE mine AS SELECT 1")
        with pytest.raises(asyncpg.InvalidSQLStatementNameError):
            await connection.execute("EXECUTE mine")
    finally:
        connection.terminate()
    assert behind.switches


async def test_the_hub_works_through_it(pooler: tuple[str, Pooler]) -> None:
    url, behind = pooler
    databases = [await PostgresqlDatabase.open(f"{url}&statement_cache_size=0&pool_size=3") for _ in range(2)]
    try:
        await asyncio.gather(*(migrate(each) for each in databases))
        assert await version(databases[0]) == len(migrations())
        assert not databases[0].hears  # so its workers look more often
        one, other = (ScriptedHub(each) for each in databases)
        await asyncio.gather(*(one.say(message("hello", chat=str(chat))) for chat in range(10)))
        await asyncio.gather(one.work(3), other.work(3))
        while len([outcome for outcome in await one.outcomes() if outcome == "answered"]) < 10:
            await asyncio.gather(one.work(3), other.work(3))
        assert len(one.channel.shown) + len(other.channel.shown) == 10

        roster = Roster(
            databases[0],
            SystemClock(),
            id=new_id(),
            role=Role.GATEWAY,
            region="",
            version="1",
            schema_number=1,
            host="h",
        )
        await roster.beat()
        await roster.take(["telegram/main"])
        assert roster.holds == {"telegram/main"}
        pace = SharedPace(databases[1], "telegram/main")
        assert (await pace.take("1", 0.01, 3, 0.01, 1)).none
        assert await StoredRation(databases[0], "slack/main").take("chat.update", 5, 60.0) == 0.0
    finally:
        for each in databases:
            await each.close()
    assert behind.switches > 20


async def test_words_are_heard_where_no_pooler_stands_between(postgresql_url: str) -> None:
    one, other = [await PostgresqlDatabase.open(postgresql_url) for _ in range(2)]
    heard: asyncio.Queue[str] = asyncio.Queue()
    hearing = asyncio.create_task(other.hear(heard.put_nowait))
    try:
        async with asyncio.timeout(60):
            while heard.empty():
                await one.tell(["due us-west", "stop a/b/c"])
                await asyncio.sleep(0.05)
        assert [heard.get_nowait(), heard.get_nowait()] == ["due us-west", "stop a/b/c"]
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        for each in (one, other):
            await each.close()
