"""How the deployments are by all processes together, and by the ledger."""

import random

import msgspec
import pytest

from hub.fleet_state import HOUR_MS, SHOWN_EVERY_S, SHOWN_FOR_MS, STEP_MS, read_sights, read_took, span, states
from hub.hearsay import Hearsay
from hub.routing import Fleet, Verdict
from hub.routing.sight import SICKEST, Seen, Sight, health, sight
from hub.store import Database, Sql, Statement
from tests.pipeline.hub import Hurried, settings
from tests.reports import ledger
from tests.routing.crew import Now, call, fail, fleet_of, pool

pytestmark = pytest.mark.unit

SEEN = Seen("d0", "support", "eu-west", "openai", "healthy", "", 3, 20, 20, 100, 0.4, 1.0, {})


def together(*seen: Seen) -> list[tuple[object, ...]]:
    found = states([Sight((each,), ()) for each in seen])
    return [(s.deployment, s.health, s.under_way, s.places, s.calls, s.p50_s, s.p95_s) for s in found]


def test_processes_add_up() -> None:
    other = msgspec.structs.replace(SEEN, under_way=1, places=10, calls=300, p50_s=0.8, p95_s=3.0)
    silent = msgspec.structs.replace(SEEN, under_way=0, calls=0, p50_s=None, p95_s=None)
    assert together(SEEN, other, silent) == [("d0", "healthy", 4, 50, 400, pytest.approx(0.7), 3.0)]
    assert together(silent) == [("d0", "healthy", 0, 20, 0, None, None)]


def test_the_sickest_come_first_and_where_it_is_so_is_told() -> None:
    opened = msgspec.structs.replace(SEEN, deployment="d9", health="open", why="it failed")
    found = states([Sight((SEEN, opened), ()), Sight((SEEN, msgspec.structs.replace(SEEN, deployment="d9")), ())])
    assert [(state.deployment, state.health, state.why) for state in found] == [
        ("d9", "open in 1 of 2", "it failed"),
        ("d0", "healthy", ""),
    ]


def states_of(fleet: Fleet, now: Now) -> list[str]:
    return [health(member, now()) for member in fleet.members.values()]


def test_each_state_has_its_word() -> None:
    served = msgspec.structs.replace(
        pool(8), deployments=tuple(msgspec.structs.replace(each, max_concurrency=4) for each in pool(8).deployments)
    )
    fleet, now = fleet_of(served)
    fail(fleet, "d0")
    now.s += 60.0
    fail(fleet, "d1")
    fleet.members["d2"].eject(now() + 30.0)
    for _ in range(3):
        fleet.enter("d3").begin()
    now.s += 6.0 - 3.0  # d1 is left alone for 4 s at the least
    call(fleet, "d4", Verdict.FULL, rests_s=20.0)
    visit = fleet.enter("d5")
    visit.end(Verdict.LACKS, 0.1, "missing", model="big")
    for _ in range(4):
        fleet.enter("d6")
    assert states_of(fleet, now)[:3] == ["half-open", "open", "ejected"]
    assert states_of(fleet, now)[4:] == ["resting", "lacks a model", "full", "healthy"]
    now.s += 2.5
    assert states_of(fleet, now)[3] == "stalled"
    fleet.renew([pool(9)])
    assert states_of(fleet, now)[8] == "warming up"
    assert {*states_of(fleet, now)} <= {*SICKEST}


async def test_what_a_process_shows_is_read_by_others(sqlite_database: Database) -> None:
    clock = Hurried()
    fleet = Fleet(now=clock.monotonic, random=random.Random(1).random)
    served = pool(2)
    fleet.renew([served])
    hearsay = Hearsay(fleet, sqlite_database, clock, lambda: settings(served), process="one")
    await hearsay.show()
    assert await read_sights(sqlite_database) == [sight(fleet, settings(served))]

    call(fleet, "d0", took_s=0.5)
    await hearsay.show()
    assert (await read_sights(sqlite_database))[0].seen[0].calls == 0  # not yet again
    clock.skipped += SHOWN_EVERY_S
    await hearsay.show()
    assert (await read_sights(sqlite_database))[0].seen[0].p95_s == 0.5
    fail(fleet, "d1")
    await hearsay.tell()  # what is new is shown at once
    await hearsay.show()
    assert (await read_sights(sqlite_database))[0].seen[1].health == "open"

    await hearsay.leave()
    assert await read_sights(sqlite_database) == []


async def test_a_process_that_shows_nothing_any_more_has_ended(database: Database) -> None:
    clock = Hurried()
    fleet = Fleet(now=clock.monotonic, random=lambda: 0.5)
    await Hearsay(fleet, database, clock, lambda: settings(), process="one").show()
    assert len(await read_sights(database)) == 1
    await database.run(Statement(Sql("test", f"UPDATE fleet_state SET at_ms = at_ms - {SHOWN_FOR_MS}"), {}))
    assert await read_sights(database) == []


async def test_what_the_ledger_has_of_each_deployment(database: Database) -> None:
    clock = Hurried()
    now_ms = clock.now_ms()
    await ledger.write(
        database,
        *(ledger.call(now_ms - 1_000, deployment="d0", took_ms=n * 100) for n in range(1, 101)),
        ledger.call(now_ms, deployment="d0", outcome="timed_out", mark="estimated", took_ms=30_000),
        ledger.call(now_ms, deployment="d0", outcome="stop", mark="correction"),
        ledger.call(now_ms, deployment="d1", outcome="cut"),
        ledger.call(now_ms - 2 * HOUR_MS, deployment="d2"),
    )
    took = await read_took(database, clock, HOUR_MS)
    assert sorted(took) == ["d0", "d1"]
    assert (took["d0"].calls, took["d0"].failed) == (101, 1)
    assert took["d0"].p50_s == pytest.approx(5.0, abs=1.01 * STEP_MS / 1000)
    assert took["d0"].p95_s == pytest.approx(9.5, abs=1.01 * STEP_MS / 1000)
    assert (took["d1"].failed, took["d1"].p50_s) == (1, None)
    assert span(took["d1"].p50_s, took["d1"].p95_s) == ""
