"""Backups of a SQLite file: whole or not at all, checked, put back without mixing old and new."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub.backups import Backups, made_in, name_at
from hub.clock import SystemClock
from hub.config.settings import BackupSettings
from hub.store import Database, StoreError
from hub.store.backup import Damaged, SnapshotFile, backup, problems, restore
from hub.store.named import statement
from hub.store.open import open_database
from tests.pipeline.virtual import VirtualClock
from tests.store.scratch import sql

pytestmark = pytest.mark.unit

USE = "web.use_once"
HOUR = 3600.0


async def used(path: Path) -> int:
    copy = SnapshotFile(path)
    try:
        (row,) = await copy.read(sql("SELECT COUNT(*) AS used FROM used_once"))
    finally:
        copy.close()
    return int(row["used"])


async def test_a_copy_is_what_was_committed_and_one_plain_file(sqlite_database: Database, tmp_path: Path) -> None:
    for each in range(50):
        await sqlite_database.run(statement(USE, id=f"link-{each}"))
    copy = tmp_path / "new" / "copy.db"
    await backup(tmp_path / "hub.db", copy)
    await sqlite_database.run(statement(USE, id="later"))
    assert await used(copy) == 50
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert await problems(copy) == []


async def test_nothing_that_stands_there_is_overwritten(sqlite_database: Database, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    there.write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        await backup(tmp_path / "hub.db", there)
    assert there.read_text() == "mine"


async def test_a_source_that_is_no_database_leaves_no_copy(tmp_path: Path) -> None:
    (tmp_path / "poem.db").write_text("Tyger Tyger, burning bright" * 100)
    with pytest.raises(Damaged):
        await backup(tmp_path / "poem.db", tmp_path / "copy.db")
    with pytest.raises(StoreError, match="There is no file"):
        await backup(tmp_path / "nowhere.db", tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["poem.db"]


async def test_damage_is_found(sqlite_database: Database, tmp_path: Path) -> None:
    for each in range(2_000):
        await sqlite_database.run(statement(USE, id=f"{each}-{'x' * 50}"))
    copy = tmp_path / "copy.db"
    await backup(tmp_path / "hub.db", copy)
    with copy.open("r+b") as file:
        file.seek(copy.stat().st_size - 3 * 4096)
        file.write(b"\xff" * 2 * 4096)
    assert await problems(copy) != []
    with pytest.raises(Damaged):
        await restore(copy, tmp_path / "other.db", tmp_path / "aside.db")
    assert not (tmp_path / "other.db").exists()


async def test_a_newer_release_s_backup_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    await sqlite_database.run(sql("INSERT INTO schema_version VALUES (9999, 'later', 0, 9999)"))
    with pytest.raises(Damaged, match="schema version 9999"):
        await backup(tmp_path / "hub.db", tmp_path / "copy.db")


async def test_a_log_of_the_old_file_is_not_taken_for_one_of_the_new(tmp_path: Path) -> None:
    """A killed hub leaves its log beside the file."""
    database = await open_database("sqlite:hub.db", clock=SystemClock(), base=tmp_path, serve=True, wait_s=0)
    await database.run(statement(USE, id="first"))
    await backup(tmp_path / "hub.db", tmp_path / "copy.db")
    await database.run(statement(USE, id="second"))
    left = {ending: (tmp_path / f"hub.db{ending}").read_bytes() for ending in ("", "-wal")}
    await database.close()
    for ending, content in left.items():
        (tmp_path / f"hub.db{ending}").write_bytes(content)

    assert await restore(tmp_path / "copy.db", tmp_path / "hub.db", tmp_path / "aside.db")

    assert not (tmp_path / "hub.db-wal").exists()
    assert await used(tmp_path / "hub.db") == 1
    with closing(sqlite3.connect(tmp_path / "aside.db")) as old:
        assert old.execute("SELECT COUNT(*) FROM used_once").fetchone() == (2,)
    again = await open_database("sqlite:hub.db", clock=SystemClock(), base=tmp_path, serve=True, wait_s=0)
    await again.run(statement(USE, id="third"))
    await again.close()


async def test_a_damaged_database_gives_way_to_a_backup(sqlite_database: Database, tmp_path: Path) -> None:
    await sqlite_database.run(statement(USE, id="first"))
    await backup(tmp_path / "hub.db", tmp_path / "copy.db")
    (tmp_path / "broken.db").write_bytes(b"\x00" * 8192)
    assert await restore(tmp_path / "copy.db", tmp_path / "broken.db", tmp_path / "aside.db")
    assert await used(tmp_path / "broken.db") == 1
    assert (tmp_path / "aside.db").read_bytes() == b"\x00" * 8192


async def test_the_database_is_no_backup_of_itself(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="itself"):
        await restore(tmp_path / "hub.db", tmp_path / "hub.db", tmp_path / "aside.db")


async def test_backups_are_made_when_due_and_the_oldest_go(sqlite_database: Database, tmp_path: Path) -> None:
    clock = VirtualClock()
    backups = Backups(tmp_path / "hub.db", tmp_path, clock)
    settings = BackupSettings(every="hourly", keep=2, folder="kept")
    assert backups.newest_ms(settings) is None
    assert await backups.look(None) is None
    first = await backups.look(settings)
    assert first is not None
    (first.parent / "hub-mine.db").write_text("mine")
    assert await backups.look(settings) is None
    made = []
    for _ in range(3):
        clock.now += HOUR
        made.append(await backups.look(settings))
    assert [path for _, path in made_in(tmp_path / "kept")] == made[-2:]
    assert (first.parent / "hub-mine.db").read_text() == "mine"
    assert backups.newest_ms(settings) == clock.now_ms()


async def test_a_clock_that_was_ahead_puts_off_no_backup(sqlite_database: Database, tmp_path: Path) -> None:
    clock = VirtualClock()
    backups = Backups(tmp_path / "hub.db", tmp_path, clock)
    settings = BackupSettings(every="weekly", keep=1, folder="kept")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / name_at(int((clock.now + 1_000 * HOUR) * 1000))).write_text("from the future")
    made = await backups.look(settings)
    assert made is not None
    assert made.exists()
