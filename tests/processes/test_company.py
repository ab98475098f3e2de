"""What a process among others does by the clock, and with the connections that it holds."""

import asyncio
from typing import Any

import pytest

import hub.ending
from hub.clock import SystemClock, new_id
from hub.processes import Peers, Role, Roster, company
from hub.processes.notes import StoredNotes
from hub.processes.wakes import Wakes
from hub.store import Database, StoreUnavailable
from tests.pipeline.hub import Hurried
from tests.pipeline.waiting import until
from tests.processes.test_wakes import REGIONS, Line
from tests.store.scratch import sql

pytestmark = pytest.mark.unit

ACCOUNT = "chat/main"


def peers(database: Database) -> tuple[Roster, Peers]:
    clock = SystemClock()
    roster = Roster(
        database, clock, id=new_id(), role=Role.ALL, region="west", version="1", schema_number=1, host="here:1"
    )
    wakes = Wakes(Line(), clock)
    regions: Any = REGIONS
    return roster, Peers(
        roster, wakes, database, Hurried(), regions=lambda: regions, default_region=lambda: "west",
        shared_by_one=[ACCOUNT],
    )  # fmt: skip


class HardOfHearing:
    """A channel whose library takes the first cancellation for a failure of the line, and tries on."""

    name, account = ACCOUNT.split("/")

    def __init__(self) -> None:
        self.listening = False
        self.lost = 0

    async def listen(self, _: object) -> None:
        self.listening = True
        try:
            while True:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    self.lost += 1
                    if self.lost > 1:
                        raise
        finally:
            self.listening = False


async def test_who_reads_on_after_its_connection_was_given_up_is_ended_for_good(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub.ending, "CANCEL_AGAIN_S", 0.02)
    roster, mine = peers(database)
    await mine.join()
    await roster.take([ACCOUNT])
    channel: Any = HardOfHearing()
    listening = asyncio.create_task(mine.listen(channel, channel))
    await until(lambda: channel.listening)
    roster._returning = frozenset([ACCOUNT])  # another one has come, whose share it is
    await until(lambda: not channel.listening)
    async with asyncio.timeout(60):
        while (await database.read(sql("SELECT process FROM account_holder")))[0]["process"]:
            await asyncio.sleep(0.01)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


async def test_a_connection_that_could_not_be_let_go_of_is_let_go_of_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store was away just then; nobody else can have it before, and here nobody reads it any more."""
    roster, mine = peers(database)
    await mine.join()
    await roster.take([ACCOUNT])
    let_go, failed = roster.let_go, 0

    async def failing_once(account: str) -> None:
        nonlocal failed
        failed += 1
        if failed == 1:
            raise StoreUnavailable
        await let_go(account)

    monkeypatch.setattr(roster, "let_go", failing_once)
    channel: Any = HardOfHearing()
    channel.lost = 1
    listening = asyncio.create_task(mine.listen(channel, channel))
    await until(lambda: channel.listening)
    roster._returning = frozenset([ACCOUNT])
    try:
        async with asyncio.timeout(60):
            while (await database.read(sql("SELECT process FROM account_holder")))[0]["process"]:
                await asyncio.sleep(0.01)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    assert not channel.listening


async def test_all_notes_that_are_over_go_however_many_a_minute_has_left(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company, "NOTES_AT_ONCE", 5)
    _, mine = peers(database)
    notes = StoredNotes(database, ACCOUNT)
    for number in range(17):
        await notes.leave(str(number), "over", 0)
    await notes.leave("kept", "on", 60)
    await mine.sweep()
    assert [row["id"] for row in await database.read(sql("SELECT id FROM note"))] == [f"{ACCOUNT}/kept"]
