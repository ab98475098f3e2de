"""Each alert once when it begins and once when it ends, whichever process looks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from hub.agents.port import AgentError, Kind
from hub.backups import Backups, made_in
from hub.clock import Clock, SystemClock
from hub.config.settings import AlertSettings, BackupSettings, Budget, Budgets, Limit
from hub.reports.alerts import QUIET_MS, Alerts
from hub.store import Database, StoreError
from hub.store.migrate import migrate
from hub.store.sqlite import SqliteDatabase
from tests.money.calls import rows
from tests.money.test_fleet import agent
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, only
from tests.pipeline.hub import agent as scripted
from tests.reports import office
from tests.reports.ledger import call, execute, write
from tests.reports.office import PLACE, MovedClock

pytestmark = pytest.mark.unit

NOW_MS = 1_795_000_000_000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000


class Watch:
    """Two processes that look at one store."""

    def __init__(self, database: Database, clock: MovedClock, folder: Path) -> None:
        self.database = database
        self.clock = clock
        limited = msgspec.structs.replace(
            agent("support-faq", None), budget=Budget((Limit("month", "nusd", 100),), alert_at=(0.5, 1.0))
        )
        self.settings = msgspec.structs.replace(
            office.settings(ZoneInfo("UTC"), folder=folder),
            agents={"support-faq": limited},
            alerts=AlertSettings(to=(PLACE,), queue=3),
        )
        self.backups = Backups(folder / "hub.db", folder, clock)
        self._processes = [
            Alerts(lambda: self.settings, database, clock, lambda: self.backups.overdue(self.settings.hub.backup)),
            Alerts(lambda: self.settings, database, clock),
        ]

    def back_up_into(self, folder: str) -> BackupSettings:
        """Every hour."""
        wanted = BackupSettings(every="hourly", keep=2, folder=folder)
        hub = msgspec.structs.replace(self.settings.hub, backup=wanted)
        self.settings = msgspec.structs.replace(self.settings, hub=hub)
        return wanted

    async def look(self, after_ms: int = 0) -> list[str]:
        """What is newly told after so much time."""
        before = len(await self.told())
        self.clock.at_ms += after_ms
        for process in self._processes:
            await process.look()
        return (await self.told())[before:]

    async def told(self) -> list[str]:
        found = await rows(self.database, "SELECT text FROM outgoing WHERE text <> '' ORDER BY due_ms, source")
        return [row["text"] for row in found]


@pytest.fixture
async def watch(open_with_clock: Callable[[Clock], Awaitable[Database]], tmp_path: Path) -> Watch:
    clock = MovedClock(NOW_MS)
    return Watch(await open_with_clock(clock), clock, tmp_path)


async def failing(watch: Watch, bad: int, good: int = 0, **changes: Any) -> None:
    now = watch.clock.at_ms
    await write(
        watch.database,
        *(call(now, outcome="throttled", **changes) for _ in range(bad)),
        *(call(now, **changes) for _ in range(good)),
    )


async def test_an_alert_begins_once_and_ends_once(watch: Watch) -> None:
    await failing(watch, bad=3, good=27)
    (begun,) = await watch.look()
    assert begun == (
        "⚠️ support-faq: 10 % of 30 calls failed in a quarter of an hour (throttled 3). /fleet shows its deployments."
    )
    assert await watch.look(60_000) == []
    assert await watch.look(13 * 60_000) == []
    (over,) = await watch.look(QUIET_MS)
    assert over.startswith("✅ Over after ")
    assert await watch.look(QUIET_MS) == []
    await failing(watch, bad=3, good=27)
    assert len(await watch.look()) == 1


async def test_a_few_calls_say_nothing_about_shares(watch: Watch) -> None:
    await failing(watch, bad=9, good=10)
    assert await watch.look() == []


async def told_of(database: Database, hub: ScriptedHub) -> list[str]:
    """By a look at a hub's books."""
    told = msgspec.structs.replace(hub.settings, alerts=AlertSettings(to=(PLACE,)))
    await Alerts(lambda: told, database, SystemClock()).look()
    return [row["text"] for row in await rows(database, "SELECT text FROM outgoing ORDER BY source")]


async def test_calls_that_cost_nothing_count_as_failed(database: Database) -> None:
    hub = ScriptedHub(database, served=scripted(deployments=only("support-west")))
    hub.near.usual = lambda _: (AgentError(Kind.UNREACHABLE, "no connection", sent=False),)

    await hub.answered(*(message("Hello", 1, str(chat)) for chat in range(25)))

    assert await hub.ledger() == []
    told = await told_of(database, hub)
    assert any(text.startswith("⚠️ support: 100 % of ") and "(unreachable " in text for text in told)
    assert any(text.startswith("⚠️ Region west is down: none of ") for text in told)


@pytest.mark.parametrize(
    ("kind", "words"), [(Kind.UNAUTHORIZED, "refuses the key"), (Kind.MISSING, "has no such model")]
)
async def test_one_refusal_that_an_operator_must_mend_is_told(
    sqlite_database: Database, kind: Kind, words: str
) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.near.will(AgentError(kind, "status", sent=False))

    assert await hub.answered(message("Hello")) == ["You said: Hello"]

    (text,) = await told_of(sqlite_database, hub)
    assert text.startswith(f"⚠️ A deployment of support in west {words}")


async def test_the_slower_call_of_a_race_has_not_failed(watch: Watch) -> None:
    await write(watch.database, *(call(NOW_MS, kind="hedge", outcome="cancelled", mark="estimated") for _ in range(5)))
    await failing(watch, bad=0, good=40)
    assert await watch.look() == []


async def test_slow_answers(watch: Watch) -> None:
    await write(watch.database, *(call(NOW_MS, took_ms=31_000) for _ in range(20)))
    (text,) = await watch.look()
    assert "five of a hundred answers take longer than 31 s" in text


async def test_a_region_without_any_answer_is_down(watch: Watch) -> None:
    await write(watch.database, *(call(NOW_MS, outcome="unreachable", region="us-west") for _ in range(5)))
    (text,) = await watch.look()
    assert "Region us-west is down: none of 5 calls came to an answer." in text


@pytest.mark.parametrize(("mark", "words"), [("unpriced", "no known price"), ("overrun", "above what was held")])
async def test_what_money_must_not_do(watch: Watch, mark: str, words: str) -> None:
    await write(watch.database, call(NOW_MS, mark=mark, model="new-model"))
    (text,) = await watch.look()
    assert text.startswith("⚠️ The model new-model")
    assert words in text


async def test_a_queue_that_grows(watch: Watch) -> None:
    await execute(
        watch.database,
        "INSERT INTO conversation (id, channel, account, place, home_region, created_ms, waiting, due_ms)"
        " VALUES ('c', 'chat', 'main', '{}', '', 0, 4, 5)",
    )
    assert await watch.look() == ["⚠️ 4 messages wait for an answer. /status shows what they wait for."]


async def test_budgets_at_each_share(watch: Watch) -> None:
    await execute(
        watch.database,
        "INSERT INTO budget (id, scope, name, period, unit, start_ms, end_ms, limit_amount, spent_amount)"
        " VALUES ('b', 'agent', 'support-faq', 'month', 'nusd', :start, :end, 10000000000, 6000000000)",
        start=NOW_MS - 10 * DAY_MS,
        end=NOW_MS + 20 * DAY_MS,
    )
    (half,) = await watch.look()
    assert half == (
        "⚠️ support-faq: 50 % of the budget for the month is spent ($6.00 of $10.00, gone on 2026-11-25 at this pace)."
        " /budget support-faq changes it."
    )
    await execute(watch.database, "UPDATE budget SET spent_amount = 10000000000")
    (all_of_it,) = await watch.look()
    assert "100 % of the budget for the month is spent ($10.00 of $10.00)" in all_of_it
    over = await watch.look(25 * DAY_MS)
    assert len(over) == 2
    assert all(text.startswith("✅ Over after ") for text in over)


async def spent_whole(database: Database, scope: str, name: str) -> None:
    await execute(
        database,
        "INSERT INTO budget (id, scope, name, period, unit, start_ms, end_ms, limit_amount, spent_amount)"
        " VALUES (:id, :scope, :name, 'month', 'nusd', :start, :end, 100, 100)",
        id=f"{scope}/{name}/month",
        scope=scope,
        name=name,
        start=NOW_MS - DAY_MS,
        end=NOW_MS + 20 * DAY_MS,
    )


async def test_a_limit_that_is_no_more_is_no_alert(watch: Watch) -> None:
    await spent_whole(watch.database, "agent", "support-faq")
    await spent_whole(watch.database, "hub", "hub")
    watch.settings = msgspec.structs.replace(watch.settings, agents={"support-faq": agent("support-faq", None)})
    assert await watch.look() == []


async def test_a_workspaces_budget_is_changed_where_it_can_be(watch: Watch) -> None:
    limited = Budget((Limit("month", "nusd", 100),), alert_at=(1.0,))
    watch.settings = msgspec.structs.replace(watch.settings, budgets=Budgets(workspace=limited))
    await spent_whole(watch.database, "workspace", "slack/main/T0123")
    (told,) = await watch.look()
    assert told.endswith("`workspace` under [budgets] in regions.toml changes it, with /reload.")


async def test_a_day_that_costs_twice_the_usual(watch: Watch) -> None:
    await write(watch.database, *(call(NOW_MS - day * DAY_MS, cost_nusd=1_000_000_000) for day in range(1, 8)))
    await write(watch.database, call(NOW_MS, cost_nusd=2_500_000_000))
    (text,) = await watch.look()
    assert text.startswith("⚠️ Today has cost $2.50 so far; a day of the week before cost $1.00.")


async def test_a_report_that_could_not_be_sent(watch: Watch) -> None:
    await execute(
        watch.database,
        "INSERT INTO outgoing (source, place, text, files, state, due_ms, error)"
        " VALUES ('report/week/2026-11-16', :place, '', '', 'failed', :now, 'thrown out.')",
        place='{"channel":"telegram","chat":"-1"}',
        now=NOW_MS,
    )
    told = await watch.look()
    assert told == ["⚠️ The report week 2026-11-16 could not be sent to telegram -1 (thrown out). /report shows it."]


async def test_words_to_people_that_could_not_be_sent_are_one_alert(watch: Watch) -> None:
    for number in range(3):
        await execute(
            watch.database,
            "INSERT INTO outgoing (source, place, text, files, state, due_ms, error)"
            " VALUES (:source, :place, '', '', 'failed', :now, 'thrown out.')",
            source=f"human/7/ab12/m{number}",
            place='{"channel":"telegram","chat":"-1"}',
            now=NOW_MS,
        )
    (told,) = await watch.look()
    assert told.startswith("⚠️ What was written in #ab12 could not be sent to telegram -1 (thrown out). /human, ")


@pytest.fixture
async def watch_of_a_file(tmp_path: Path) -> AsyncIterator[Watch]:
    clock = MovedClock(NOW_MS)
    database = await SqliteDatabase.open(tmp_path / "hub.db", clock=clock)
    await migrate(database)
    yield Watch(database, clock, tmp_path)
    await database.close()


async def test_backups_that_fail_are_told_until_one_is_made(watch_of_a_file: Watch, tmp_path: Path) -> None:
    watch, clock = watch_of_a_file, watch_of_a_file.clock
    wanted = watch.back_up_into("kept")
    await watch.backups.look(wanted)
    assert await watch.look() == []
    (tmp_path / "kept").rename(tmp_path / "away")
    (tmp_path / "kept").write_text("no folder")
    clock.at_ms += HOUR_MS
    with pytest.raises(StoreError):
        await watch.backups.look(wanted)

    (told,) = await watch.look()

    assert told.startswith("⚠️ Backups of the database fail: ")
    assert "/kept/hub-20261118T120640Z.db cannot be written: " in told
    assert told.endswith(
        " There is no backup yet. It is tried again every minute; "
        "`trunkline db backup PATH` makes one elsewhere meanwhile."
    )
    for _ in range(3):  # a failed attempt every minute is still one alert
        clock.at_ms += 60_000
        with pytest.raises(StoreError):
            await watch.backups.look(wanted)
        assert await watch.look() == []
    (tmp_path / "kept").unlink()
    (tmp_path / "away").rename(tmp_path / "kept")
    assert await watch.backups.look(wanted) is not None
    (over,) = await watch.look(QUIET_MS)
    assert over.startswith("✅ Over after 3 min: Backups of the database fail: ")
    assert await watch.look(QUIET_MS) == []


async def test_a_backup_that_does_not_end_is_told(
    watch_of_a_file: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that answers no more raises nothing."""
    watch, clock = watch_of_a_file, watch_of_a_file.clock
    wanted = watch.back_up_into("kept")
    await watch.backups.look(wanted)
    stands_still = asyncio.Event()

    async def backup(*_: Path) -> None:
        await stands_still.wait()

    monkeypatch.setattr("hub.backups.backup", backup)
    clock.at_ms += HOUR_MS
    making = asyncio.create_task(watch.backups.look(wanted))
    await asyncio.sleep(0)

    assert await watch.look(HOUR_MS - 1) == []
    (told,) = await watch.look(1)

    assert told.startswith(
        "⚠️ A backup of the database was begun on 2026-11-18 12:06 and has not ended. "
        "There is no backup since 2026-11-18 11:06."
    )
    stands_still.set()
    await making
    assert len(await watch.look(QUIET_MS)) == 1


async def test_a_hub_that_was_away_for_long_has_no_late_backup(watch_of_a_file: Watch, tmp_path: Path) -> None:
    watch, clock = watch_of_a_file, watch_of_a_file.clock
    wanted = watch.back_up_into("kept")
    await watch.backups.look(wanted)
    clock.at_ms += 30 * DAY_MS
    started_again = watch.backups = Backups(tmp_path / "hub.db", tmp_path, clock)

    assert await watch.look() == []
    await started_again.look(wanted)
    assert await watch.look() == []
    assert len(made_in(tmp_path / "kept")) == 2


async def test_backups_that_nobody_wants_any_more_are_no_alert(watch_of_a_file: Watch, tmp_path: Path) -> None:
    watch = watch_of_a_file
    (tmp_path / "kept").write_text("no folder")
    with pytest.raises(StoreError):
        await watch.backups.look(watch.back_up_into("kept"))
    watch.settings = msgspec.structs.replace(
        watch.settings, hub=msgspec.structs.replace(watch.settings.hub, backup=None)
    )
    assert await watch.look() == []


async def test_without_a_place_nobody_looks(watch: Watch) -> None:
    await failing(watch, bad=30)
    watch.settings = msgspec.structs.replace(watch.settings, alerts=AlertSettings())
    assert await watch.look() == []
