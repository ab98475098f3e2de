"""Workers of a region claim what has its home there, on both engines."""

import pytest

from hub.clock import new_id
from hub.inbox import Inbox
from hub.store import Database, statement
from tests.pipeline.channel import ACCOUNTS, message
from tests.store.scratch import sql

pytestmark = pytest.mark.fleet


def inbox(database: Database, claims: str, home: str = "west") -> Inbox:
    return Inbox(
        database,
        process=new_id(),
        new_id=new_id,
        home_region=lambda _: home,
        lease_ms=60_000,
        claims=lambda: claims,
        accounts=lambda: ACCOUNTS,
    )


async def said(database: Database, home: str, *chats: str) -> None:
    await inbox(database, "", home).accept([message("hello", chat=chat) for chat in chats], stops=lambda _: False)


async def test_a_region_s_own_and_no_other(database: Database) -> None:
    await said(database, "west", "w1", "w2")
    await said(database, "east", "e1")
    await said(database, "far", "f1")
    of_east = await inbox(database, ",east,far,").claim(10)
    assert {claim.conversation.chat for claim in of_east} == {"e1", "f1"}
    assert await inbox(database, ",east,").claim(10) == []
    of_all = await inbox(database, "").claim(10)
    assert {claim.conversation.chat for claim in of_all} == {"w1", "w2"}


async def test_the_longest_waiting_of_all_its_regions_come_first(database: Database) -> None:
    for number, home in enumerate(("west", "east", "west", "east")):
        await said(database, home, f"c{number}")
        await database.run(sql(f"UPDATE conversation SET due_ms = {1000 + number} WHERE id = 'chat/main/c{number}'"))
    of_both = inbox(database, ",east,west,")
    assert {claim.conversation.chat for claim in await of_both.claim(3)} == {"c0", "c1", "c2"}
    assert {claim.conversation.chat for claim in await of_both.claim(3)} == {"c3"}


@pytest.mark.parametrize("regions", ["", ",east,west,"])
async def test_of_each_account_no_more_than_was_said_and_of_none_that_was_not_asked_for(
    database: Database, regions: str
) -> None:
    await said(database, "west", *(f"c{number}" for number in range(5)))
    await database.run(sql("UPDATE conversation SET account = 'other' WHERE id IN ('chat/main/c1', 'chat/main/c3')"))
    where = inbox(database, regions)
    assert await where.claim(10, [("chat", "third"), ("web", "main")]) == []
    assert len(await where.claim(10, [("chat", "main"), ("chat", "other")], of_one=1)) == 2
    assert len(await where.claim(10, [("chat", "other")])) == 1
    assert len(await where.claim(1, [("chat", "main"), ("chat", "other")], of_one=5)) == 1
    assert len(await where.claim(10)) == 1


async def test_what_is_given_back_is_due_at_once_and_no_sooner_than_it_is_lost(database: Database) -> None:
    await said(database, "west", "1")
    one, other = inbox(database, ",west,"), inbox(database, ",west,")
    (claim,) = await one.claim(1)
    assert await other.claim(1) == []
    await one.give_back([claim])
    (again,) = await other.claim(1)
    assert again.fence == claim.fence + 1
    await one.give_back([claim])  # it is another's by now
    assert await one.claim(1) == []


async def test_what_waits_for_a_region_that_is_no_more_comes_home(database: Database) -> None:
    await said(database, "gone", "1")
    await said(database, "west", "2")
    await database.run(statement("processes.rehome", region="east", regions=",east,west,"))
    rows = await database.read(sql("SELECT id, home_region FROM conversation ORDER BY id"))
    assert [row["home_region"] for row in rows] == ["east", "west"]
