"""Backups of a SQLite file: whole or not at all, checked, put back without mixing old and new."""

import asyncio
import itertools
import os
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from hub.backups import Backups, made_in, name_at
from hub.clock import SystemClock
from hub.config.settings import BackupSettings
from hub.store import Database, StoreError
from hub.store import backup as backup_file
from hub.store.backup import Damaged, SnapshotFile, backup, problems, restore
from hub.store.lock import take
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


async def test_a_day_that_there_is_not_is_no_backup_of_ours(sqlite_database: Database, tmp_path: Path) -> None:
    """One such name must not end the backups, nor what tells their age."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "hub-20261399T256199Z.db").write_text("mine")
    backups = Backups(tmp_path / "hub.db", tmp_path, VirtualClock())
    made = await backups.look(BackupSettings(every="hourly", keep=1, folder="kept"))
    assert made is not None
    assert (made.parent / "hub-20261399T256199Z.db").read_text() == "mine"


async def test_what_a_killed_backup_left_goes_with_the_next(sqlite_database: Database, tmp_path: Path) -> None:
    clock = VirtualClock()
    (tmp_path / "kept").mkdir()
    left, beside = (tmp_path / "kept" / f"{name_at(each)}.unfinished" for each in (0, 60_000))
    journal = left.with_name(f"{left.name}-journal")
    for path, age in ((left, 2 * HOUR), (journal, 2 * HOUR), (beside, 60.0)):
        path.write_text("half")
        os.utime(path, (clock.now_ms() / 1000 - age,) * 2)
    await Backups(tmp_path / "hub.db", tmp_path, clock).look(BackupSettings(every="hourly", keep=1, folder="kept"))
    assert not left.exists()
    assert not journal.exists()
    assert beside.exists(), "somebody may be writing it now"


async def test_a_copy_that_does_not_fit_is_not_begun(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it gave up, the hub could not write."""
    size = (tmp_path / "hub.db").stat().st_size + (tmp_path / "hub.db-wal").stat().st_size
    usage = backup_file.shutil.disk_usage(tmp_path)
    free = size + backup_file.LOG_SIZE_LIMIT_BYTES
    monkeypatch.setattr(backup_file.shutil, "disk_usage", lambda _: usage._replace(free=free - 1))
    with pytest.raises(StoreError, match=r"needs [\d,]+ bytes free"):
        await backup(tmp_path / "hub.db", tmp_path / "copy.db")
    assert not list(tmp_path.glob("copy*"))
    assert await restore(tmp_path / "hub.db", tmp_path / "new.db", tmp_path / "aside.db") is False
    monkeypatch.setattr(backup_file.shutil, "disk_usage", lambda _: usage._replace(free=free))
    await backup(tmp_path / "hub.db", tmp_path / "copy.db")


async def test_an_empty_database_takes_nobody_s_place(sqlite_database: Database, tmp_path: Path) -> None:
    """A process that was killed in its first moment leaves one."""
    with closing(sqlite3.connect(tmp_path / "empty.db")) as empty:
        empty.execute("CREATE TABLE schema_version (number BIGINT PRIMARY KEY)")
    with pytest.raises(Damaged, match="no hub has written"):
        await restore(tmp_path / "empty.db", tmp_path / "hub.db", tmp_path / "aside.db")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
async def test_what_root_puts_back_is_the_hub_s(sqlite_database: Database, tmp_path: Path) -> None:
    place = tmp_path / "var"
    place.mkdir()
    os.chown(place, 10001, 10002)
    await restore(tmp_path / "hub.db", place / "hub.db", place / "aside.db")
    await backup(tmp_path / "hub.db", place / "backups" / "copy.db")
    (await take(place / "hub.db", clock=SystemClock(), wait_s=0))()
    owners = {path.name: (path.stat().st_uid, path.stat().st_gid) for path in place.rglob("*")}
    assert owners == dict.fromkeys(("hub.db", "hub.db.lock", "backups", "copy.db"), (10001, 10002))


async def test_a_process_that_ends_waits_for_no_copy(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, steps = threading.Event(), []
    real = backup_file._go_on

    def slow(stop: threading.Event, source: Path) -> None:
        steps.append(source)
        begun.set()
        stop.wait(20)
        real(stop, source)

    monkeypatch.setattr(backup_file, "PAGES_AT_ONCE", 1)
    monkeypatch.setattr(backup_file, "_go_on", slow)
    making = asyncio.create_task(backup(tmp_path / "hub.db", tmp_path / "copy.db"))
    await asyncio.to_thread(begun.wait)
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    async with asyncio.timeout(60):
        while list(tmp_path.glob("copy*")):
            await asyncio.sleep(0.01)
    assert len(steps) == 1


async def test_a_copy_in_steps_is_one_commit_s_state(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in range(500):
        await sqlite_database.run(statement(USE, id=f"{each:04d}-{'x' * 50}"))
    loop, real = asyncio.get_running_loop(), backup_file._go_on

    def between(stop: threading.Event, source: Path) -> None:
        writing = sqlite_database.run(statement(USE, id=f"late-{next(late)}-{'x' * 50}"))
        asyncio.run_coroutine_threadsafe(writing, loop).result(20)
        real(stop, source)

    late = itertools.count()
    monkeypatch.setattr(backup_file, "PAGES_AT_ONCE", 5)
    monkeypatch.setattr(backup_file, "_go_on", between)
    await backup(tmp_path / "hub.db", tmp_path / "copy.db")
    assert next(late) > 10
    assert await used(tmp_path / "copy.db") == 500


async def test_the_file_of_a_disk_that_can_only_be_read_is_put_back(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sqlite_database.run(statement(USE, id="first"))
    await sqlite_database.close()
    assert not list(tmp_path.glob("hub.db-*"))
    real = backup_file.os.access
    monkeypatch.setattr(backup_file.os, "access", lambda path, mode: path != tmp_path and real(path, mode))
    (tmp_path / "new").mkdir()
    await restore(tmp_path / "hub.db", tmp_path / "new" / "hub.db", tmp_path / "new" / "aside.db")
    assert not list(tmp_path.glob("hub.db-*")), "nothing was made beside it"
    assert await used(tmp_path / "new" / "hub.db") == 1
