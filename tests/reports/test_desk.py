"""Each period's report once, and each destination served once, whatever happens between."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hub.channel import Ambiguous, ChannelError, Forbidden, RetryAfter, Unreachable
from hub.clock import Clock
from hub.config.settings import ReportSettings, Serves
from hub.history import History
from hub.messages import Conversation
from hub.money.periods import PeriodKind
from hub.outgoing import queued
from hub.reports.schedule import due_ms, newest_ended
from hub.store import Database
from hub.store.open import open_database
from tests.money.calls import rows
from tests.reports.office import PLACE, Killed, MovedClock, Office, settings

pytestmark = pytest.mark.unit

BERLIN = ZoneInfo("Europe/Berlin")
WEEKLY = ReportSettings("week", 9, 0, (PLACE,), "reports")
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def at(text: str, zone: ZoneInfo = BERLIN) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


@pytest.fixture
async def office(open_with_clock: Callable[[Clock], Awaitable[Database]], tmp_path: Path) -> Office:
    clock = MovedClock(at("2026-11-18 12:00"))
    return Office(await open_with_clock(clock), clock, settings(BERLIN, WEEKLY, folder=tmp_path))


async def opened(folder: Path, clock: Clock) -> Database:
    return await open_database("sqlite:hub.db", clock=clock, base=folder, serve=True, wait_s=0)


async def states(office: Office) -> list[str]:
    return [row["state"] for row in await rows(office._database, "SELECT state FROM outgoing ORDER BY source")]


async def test_a_report_comes_at_its_hour_once(office: Office, tmp_path: Path) -> None:
    await office.look()
    office.clock.at_ms = at("2026-11-23 08:59")
    await office.look()
    assert office.board.posts == []
    office.clock.at_ms = at("2026-11-23 09:00")
    for _ in range(3):
        await office.look()
    (chat, text, no_files), (_, no_text, files) = office.board.posts
    assert chat == "c1"
    assert (no_files, no_text) == ((), "")
    assert text.startswith("# Acme: week 2026-W47 (Mon 16 Nov to Sun 22 Nov)")
    assert files == ("week-2026-11-16.csv",)
    assert "late" not in text
    assert (tmp_path / "reports" / "week-2026-11-16.md").read_text(encoding="utf-8") == text
    assert await states(office) == ["delivered"]


async def test_what_was_missed_comes_late_in_order_and_says_so(office: Office) -> None:
    await office.look()
    office.clock.at_ms = at("2026-12-08 10:30")
    await office.look()
    texts = office.board.texts()
    assert [text.split(" (")[0] for text in texts] == [f"# Acme: week 2026-W{week}" for week in (47, 48, 49)]
    assert ["This report is late" in text for text in texts] == [True, True, True]
    office.clock.at_ms -= 30 * DAY_MS  # a clock that was wrong
    await office.look()
    assert len(office.board.texts()) == 3


async def test_two_processes_make_and_send_one(office: Office) -> None:
    await office.look()
    other = Office(office._database, office.clock, office._settings)
    office.clock.at_ms = at("2026-11-23 09:00")
    await asyncio.gather(office.look(), other.look(), office.look(), other.look())
    assert len(office.board.texts()) + len(other.board.texts()) == 1


@pytest.mark.parametrize(
    ("failure", "waits_ms", "state", "posts"),
    [
        (RetryAfter(90), 90_000, "delivered", 1),
        (Unreachable("no way"), 60_000, "delivered", 1),
        (Ambiguous("no answer"), 60_000, "uncertain", 1),
        (Forbidden("thrown out"), 60_000, "failed", 0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ChannelError) else "",
)
async def test_a_failed_send(office: Office, failure: ChannelError, waits_ms: int, state: str, posts: int) -> None:
    await office.look()
    office.clock.at_ms = at("2026-11-23 09:00")
    office.board.failures.append(failure)
    await office.look()
    office.clock.at_ms += waits_ms - 1_000
    await office.look()
    before = len(office.board.texts())
    assert before == (1 if isinstance(failure, Ambiguous) else 0)
    office.clock.at_ms += 1_000
    await office.look()
    assert len(office.board.texts()) == posts
    assert await states(office) == [state]


async def test_where_files_are_refused_the_text_stands(office: Office) -> None:
    await office.look()
    office.clock.at_ms = at("2026-11-23 09:00")
    office.board.refuses_files = True
    await office.look()
    await office.look()
    assert len(office.board.posts) == len(office.board.texts()) == 1
    (row,) = await rows(office._database, "SELECT state, error FROM outgoing")
    assert dict(row) == {"state": "delivered", "error": "without week-2026-11-16.csv: no files here"}


async def test_files_whose_fate_is_unknown_are_not_sent_again(office: Office) -> None:
    await office.look()
    office.clock.at_ms = at("2026-11-23 09:00")
    office.board.failures = [None, Ambiguous("no answer")]
    await office.look()
    office.clock.at_ms += HOUR_MS
    await office.look()
    assert [bool(files) for _, _, files in office.board.posts] == [False, True]
    assert await states(office) == ["uncertain"]


async def test_what_was_being_sent_when_the_only_process_died_is_uncertain_at_once(office: Office) -> None:
    await office.look()
    office.clock.at_ms = at("2026-11-23 09:00")
    await office.desk.look()
    office.mortal.dies_in = 3  # just after the first part was claimed
    with pytest.raises(Killed):
        await office.send()
    assert await states(office) == ["sending"]
    office.start()
    await office.outgoing.take_over()
    assert await states(office) == ["uncertain"]


async def test_a_send_that_is_under_way_when_the_hub_drains_ends(office: Office) -> None:
    await office._database.run(*queued("one", [PLACE], "1"))
    office.board.lets_through.clear()
    (sending,) = await office.outgoing.begin_due()
    await office.board.begun.wait()
    closing = asyncio.create_task(office.outgoing.close())
    await asyncio.sleep(0.01)
    assert not closing.done()
    office.board.lets_through.set()
    await closing
    assert sending.done()
    assert await states(office) == ["delivered"]


async def test_posts_keep_to_the_pace_of_their_chat(office: Office) -> None:
    await office.look()
    await office._database.run(
        *queued("one", [PLACE], "1"), *queued("two", [PLACE], "2"), *queued("three", [PLACE], "3")
    )
    began_s = office.clock.monotonic()
    await office.send()
    assert sorted(office.board.texts()) == ["1", "2", "3"]
    assert office.clock.monotonic() - began_s < 0.5  # a quiet chat takes three at once
    await office._database.run(*queued("four", [PLACE], "4"), *queued("five", [PLACE], "5"))
    await office.send()
    assert office.clock.monotonic() - began_s >= 1.9  # one a second from there
    assert len(office.board.texts()) == 5


async def test_a_channel_that_is_off_fails_the_delivery_and_keeps_the_files(office: Office, tmp_path: Path) -> None:
    await office.look()
    office.outlets.clear()
    office.clock.at_ms = at("2026-11-23 09:00")
    await office.look()
    assert await states(office) == ["failed"]
    assert (tmp_path / "reports" / "week-2026-11-16.md").exists()


@pytest.mark.parametrize(
    ("zone", "reports"),
    [
        ("Europe/Berlin", ("week", "month")),
        ("America/New_York", ("week", "month")),
        ("Asia/Kathmandu", ("week", "month")),
        ("Australia/Lord_Howe", ("day", "week", "month")),
    ],
)
async def test_two_years_with_deaths_at_the_worst_moments(zone: str, reports: tuple[str, ...], tmp_path: Path) -> None:
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    chance, local = random.Random(seed), ZoneInfo(zone)
    wanted = [ReportSettings(kind, 2, 30, (PLACE,), "reports") for kind in reports]
    begin, end = at("2026-01-01 12:00", local), at("2028-01-01 12:00", local)
    clock = MovedClock(begin)
    office = Office(await opened(tmp_path, clock), clock, settings(local, *wanted, folder=tmp_path), seed)
    await office.look()
    while clock.at_ms < end:
        clock.at_ms += chance.choice([5 * 60_000, HOUR_MS, 7 * HOUR_MS, 31 * HOUR_MS, 60 * HOUR_MS])
        if chance.random() < 0.1:
            office.board.failures.append(chance.choice([RetryAfter(30), Unreachable("away"), Ambiguous("gone")]))
        if chance.random() < 0.02:
            clock.at_ms -= 2 * HOUR_MS
        await office.look(may_die=0.3)
    office.board.failures.clear()  # each ends a look, and there may be more of them left than looks
    for _ in range(3):
        clock.at_ms += HOUR_MS
        await office.look()

    made = await rows(office._database, "SELECT kind, label, state FROM report WHERE state <> 'skipped'")
    assert {row["state"] for row in made} == {"made"}
    for report in wanted:
        kind, moment, labels = PeriodKind(report.period), clock.at_ms, []
        while (span := newest_ended(kind, moment, local)).start_ms >= begin or span.end_ms > begin:
            if due_ms(report, span, local) <= clock.at_ms:
                labels.append(span.label)
            moment = span.start_ms
        assert sorted(labels) == sorted(row["label"] for row in made if row["kind"] == str(kind))
    heads = [text.splitlines()[0] for text in office.board.texts()]
    assert len(heads) == len(set(heads))
    ended = await rows(office._database, "SELECT state, COUNT(*) AS n FROM outgoing GROUP BY state")
    counted = {row["state"]: row["n"] for row in ended}
    assert set(counted) <= {"delivered", "uncertain"}
    assert sum(counted.values()) == len(made)
    assert counted["delivered"] <= len(heads)
    assert office.deaths > 20
    await office._database.close()


async def test_what_stands_on_the_page_of_the_admins_is_read_from_the_store(office: Office) -> None:
    page, admins = Serves("web", "main", chat="admin"), Conversation("web", "main", "admin", private=False)
    await office._database.run(*queued("alert/a", [page], "begun"), *queued("alert/b", [PLACE], "elsewhere"))
    history = History(office._database)
    assert await history.exchanges(admins, 10) == []
    office.outlets["web", "main"] = office.outlets["chat", "main"]
    await office.send()
    (shown,) = await history.exchanges(admins, 10)
    assert (shown.text, shown.answer, shown.state) == ("", "begun", "delivered")
