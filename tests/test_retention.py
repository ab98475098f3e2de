"""What is older than it is kept goes with all that belongs to it, to the archive first; the ledger stays."""

import asyncio
import gzip
import stat
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from hub import retention
from hub.books import audit
from hub.config.settings import KeepSettings
from hub.retention import DAY_MS, Retention
from hub.store import Database, Statement, StoreError
from hub.store.named import all_named
from hub.upkeep import retain
from tests.store.scratch import sql

pytestmark = pytest.mark.unit

NOW = 1_800_000_000_000
KEEP = KeepSettings(days=100)
LONG_AGO, LATELY = NOW - 101 * DAY_MS, NOW - 99 * DAY_MS
TABLES = ("conversation", "message", "reply", "turn", "feedback", "pin", "summary", "recall", "recall_posting")


class Still:
    """A clock that stands still; its sleeps are counted."""

    def __init__(self) -> None:
        self.slept = 0

    def now_ms(self) -> int:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept += 1
        await asyncio.sleep(0)


async def talk(database: Database, chat: str, *moments: int, waiting: int = 0) -> None:
    """A conversation with a message at each moment, the last ones unfinished, and everything that can belong to it."""
    scope = abs(hash(chat)) % 1_000_000
    await database.run(
        sql(
            "INSERT INTO conversation (id, channel, account, place, home_region, created_ms, last_position, waiting)"
            " VALUES (:chat, 'web', 'main', '{}', 'home', 0, :last, :waiting)",
            chat=chat,
            last=len(moments),
            waiting=waiting,
        ),
        sql(
            "INSERT INTO pin (conversation, agent, id, person, text) VALUES (:chat, 'a', '1', 7, 'likes tea')",
            chat=chat,
        ),
        sql("INSERT INTO summary (conversation, agent) VALUES (:chat, 'a')", chat=chat),
        sql("INSERT INTO recall (scope, conversation) VALUES (:scope, :chat)", scope=scope, chat=chat),
        *(
            sql(
                "INSERT INTO recall_posting (scope, term, block, turns, data) VALUES (:scope, :term, 0, 1, 'x')",
                scope=scope,
                term=term,
            )
            for term in range(5)
        ),
        *(
            each
            for place, at_ms in enumerate(moments, 1)
            for each in message(chat, place, at_ms, waiting <= len(moments) - place)
        ),
    )


def message(chat: str, position: int, at_ms: int, done: bool) -> list[Statement]:
    key = f"{at_ms:012x}{chat}{position}"
    values: dict[str, Any] = {"id": key, "chat": chat, "position": position, "at": at_ms}
    stored = [
        sql(
            "INSERT INTO message (id, key, conversation, position, person, payload, accepted_ms, state, outcome)"
            " VALUES (:id, :id, :chat, :position, 7, '{}', :at, :state, :outcome)",
            state="done" if done else "waiting",
            outcome="answered" if done else "",
            **values,
        )
    ]
    if done:
        stored += [
            sql(
                "INSERT INTO reply (id, message, conversation, position, agent, route, state, text, created_ms)"
                " VALUES (:reply, :id, :chat, :position, 'a', '{}', 'delivered', 'Fine.', :at)",
                reply=f"r{key}",
                **values,
            ),
            *(
                sql(
                    "INSERT INTO turn (message, role, conversation, position, agent, text, tokens, at_ms)"
                    " VALUES (:id, :role, :chat, :position, 'a', 'How are you?', 4, :at)",
                    role=role,
                    **values,
                )
                for role in ("user", "assistant")
            ),
            sql("INSERT INTO feedback (reply, person, value, at_ms) VALUES (:reply, 7, 'good', 0)", reply=f"r{key}"),
        ]
    return stored


async def counted(database: Database) -> dict[str, int]:
    return {table: (await database.read(sql(f"SELECT COUNT(*) AS n FROM {table}")))[0]["n"] for table in TABLES}


def keeper(database: Database, base: Path = Path(), *, process: str = "p1") -> Retention:
    return Retention(database, base, Still(), process=process)


def archived(folder: Path) -> list[dict[str, Any]]:
    lines = [line for file in sorted(folder.iterdir()) for line in gzip.decompress(file.read_bytes()).splitlines()]
    return [msgspec.json.decode(line) for line in lines]


async def test_a_conversation_that_is_old_goes_whole(database: Database) -> None:
    await talk(database, "old", LONG_AGO, LONG_AGO + 1)

    assert await keeper(database).look(KEEP) == 2

    assert set((await counted(database)).values()) == {0}


async def test_of_one_that_goes_on_the_beginning_goes(database: Database) -> None:
    await talk(database, "mixed", LONG_AGO, LONG_AGO + 1, LATELY)

    await keeper(database).look(KEEP)

    left = await counted(database)
    assert (left["message"], left["reply"], left["turn"], left["feedback"]) == (1, 1, 2, 1)
    assert (left["conversation"], left["pin"], left["summary"], left["recall"], left["recall_posting"]) == (
        1,
        1,
        1,
        1,
        5,
    )
    assert (await audit(database)).problems == ()


async def test_without_the_setting_everything_is_kept(database: Database) -> None:
    await talk(database, "old", LONG_AGO)
    before = await counted(database)

    assert await keeper(database).look(None) == 0

    assert await counted(database) == before


@pytest.mark.parametrize("busy", ["waiting = 1", "holder = 'p:1'", "handover = 'abc'"])
async def test_what_is_under_way_keeps_its_newest_message(database: Database, busy: str) -> None:
    await talk(database, "busy", LONG_AGO, LONG_AGO + 1, waiting=int("waiting" in busy))
    await database.run(sql(f"UPDATE conversation SET {busy}"))

    for _ in range(2):
        await keeper(database).look(KEEP)

    left = await counted(database)
    assert (left["conversation"], left["message"], left["pin"]) == (1, 1, 1)
    assert (await audit(database)).problems == ()


async def test_nothing_goes_from_behind_a_message_that_stays(database: Database) -> None:
    """A clock that ran ahead for a while gave the first message the younger id."""
    await talk(database, "odd", LATELY, LONG_AGO, LATELY + 1)

    assert await keeper(database).look(KEEP) == 0

    assert (await counted(database))["message"] == 3


async def test_the_ledger_and_the_budgets_stay() -> None:
    changed = [s for name, s in all_named().items() if name.startswith("retention.") and "DELETE" in s.text]
    assert len(changed) == 11
    for each in changed:
        assert not {"ledger", "hold", "budget", "person", "audit"} & set(each.text.split())


async def test_what_goes_is_in_the_archive_by_month(database: Database, tmp_path: Path) -> None:
    await talk(database, "old", LONG_AGO - 40 * DAY_MS, LONG_AGO)

    await keeper(database, tmp_path).look(KeepSettings(days=100, archive="var/archive"))

    folder = tmp_path / "var" / "archive"
    assert [file.name[:8] for file in sorted(folder.iterdir())] == ["2026-08-", "2026-10-"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    first, second = archived(folder)
    assert (first["message"]["position"], second["message"]["position"]) == (1, 2)
    assert first["reply"]["text"] == "Fine."
    assert [turn["role"] for turn in first["turns"]] == ["user", "assistant"]
    assert first["feedback"][0]["value"] == "good"


async def test_where_the_archive_cannot_be_written_nothing_is_removed(database: Database, tmp_path: Path) -> None:
    await talk(database, "old", LONG_AGO)
    (tmp_path / "archive").write_text("a file in the folder's place")
    keep = KeepSettings(days=100, archive="archive")

    with pytest.raises(OSError, match="archive"):
        await keeper(database, tmp_path).look(keep)

    assert (await counted(database))["message"] == 1


async def test_killed_between_archive_and_removal_a_line_stands_twice(database: Database, tmp_path: Path) -> None:
    await talk(database, "old", LONG_AGO)
    keep = KeepSettings(days=100, archive="archive")
    with pytest.raises(StoreError):
        await keeper(Dying(database), tmp_path).look(keep)

    await keeper(database, tmp_path).look(keep)

    assert [line["message"]["position"] for line in archived(tmp_path / "archive")] == [1, 1]
    assert (await counted(database))["message"] == 0


class Dying:
    """A database that is gone when something is to be removed."""

    def __init__(self, database: Database) -> None:
        self.engine = database.engine
        self.read = database.read
        self._database = database

    async def run(self, *statements: Statement) -> Any:
        if any(each.sql.name == "retention.remove_messages" for each in statements):
            raise StoreError("gone")
        return await self._database.run(*statements)

    async def close(self) -> None: ...


async def test_one_of_several_processes_does_it(database: Database) -> None:
    await talk(database, "old", LONG_AGO)
    assert await keeper(database, process="p1").look(KEEP) == 1
    await talk(database, "older", LONG_AGO)

    assert await keeper(database, process="p2").look(KEEP) == 0
    assert await keeper(database, process="p1").look(KEEP) == 1


async def test_many_go_in_bounded_steps_with_pauses(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    monkeypatch.setattr(retention, "INDEX_ROWS_AT_ONCE", 2)
    await talk(sqlite_database, "long", *(LONG_AGO + n for n in range(10)))
    clock = Still()

    assert await Retention(sqlite_database, Path(), clock, process="p1").look(KEEP) == 10

    assert clock.slept == 3
    assert set((await counted(sqlite_database)).values()) == {0}


async def test_the_process_does_it_by_the_clock_and_outlives_a_full_disk(
    sqlite_database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await talk(sqlite_database, "old", LONG_AGO)
    (tmp_path / "archive").write_text("a file in the folder's place")
    clock = Rounds(lambda: (tmp_path / "archive").unlink())

    with pytest.raises(asyncio.CancelledError):
        await retain(lambda: house(KeepSettings(days=100, archive="archive")), sqlite_database, clock, tmp_path)

    assert "old messages could not be removed" in caplog.text
    assert [line["message"]["position"] for line in archived(tmp_path / "archive")] == [1]
    assert (await counted(sqlite_database))["message"] == 0


class Rounds(Still):
    """After the first round something is put right, after the second the process ends."""

    def __init__(self, mend: Callable[[], object]) -> None:
        super().__init__()
        self._mend = mend

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.slept == 2:
            raise asyncio.CancelledError
        self._mend()


def house(keep: KeepSettings) -> Any:
    """As much of the settings as is asked for."""
    return SimpleNamespace(hub=SimpleNamespace(keep=keep))
