"""Which database opens, for whom, and who has to wait."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hub.clock import SystemClock
from hub.store import Database, StoreError
from hub.store.open import open_database
from tests.store.scratch import sql

pytestmark = pytest.mark.unit

Open = Callable[..., Awaitable[Database]]


@pytest.fixture
def opens(tmp_path: Path) -> Open:
    async def open_it(url: str = "sqlite:var/hub.db", *, serve: bool = True, wait_s: float = 0) -> Database:
        return await open_database(url, clock=SystemClock(), base=tmp_path, serve=serve, wait_s=wait_s)

    return open_it


async def test_the_folder_is_made_for_this_user_alone(opens: Open, tmp_path: Path) -> None:
    await (await opens()).close()
    assert (tmp_path / "var" / "hub.db").exists()
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


async def test_the_file_is_this_user_s_alone_wherever_it_stands(opens: Open, tmp_path: Path) -> None:
    """It holds what people wrote, and so do the files that SQLite makes beside it."""
    tmp_path.chmod(0o755)
    database = await opens("sqlite:hub.db")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("hub.db*")}
    await database.close()
    assert modes == dict.fromkeys(("hub.db", "hub.db-shm", "hub.db-wal", "hub.db.lock"), 0o600)


async def test_the_rights_that_an_operator_gave_stay(opens: Open, tmp_path: Path) -> None:
    await (await opens()).close()
    (tmp_path / "var" / "hub.db").chmod(0o640)
    await (await opens()).close()
    assert stat.S_IMODE((tmp_path / "var" / "hub.db").stat().st_mode) == 0o640


async def test_an_absolute_path_stays_where_it_is(opens: Open, tmp_path: Path) -> None:
    await (await opens(f"sqlite:{tmp_path}/elsewhere/hub.db")).close()
    assert (tmp_path / "elsewhere" / "hub.db").exists()


@pytest.mark.parametrize("url", ["", "sqlite:", "hub.db", "mysql://hub@host/hub", "postgresql:hub"])
async def test_another_kind_of_database_is_refused(opens: Open, url: str) -> None:
    with pytest.raises(StoreError, match=r"sqlite:var/hub\.db"):
        await opens(url)


async def test_a_folder_that_cannot_be_made_says_so(opens: Open, tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    with pytest.raises(StoreError, match="cannot be used"):
        await opens()


async def test_a_second_hub_is_told_who_serves(opens: Open) -> None:
    first = await opens()
    with pytest.raises(StoreError, match=rf"served by another hub \(pid {os.getpid()}\): stop it first"):
        await opens()
    await first.close()
    await (await opens()).close()


async def test_a_second_hub_waits_for_the_first_to_finish(opens: Open) -> None:
    first = await opens()
    second = asyncio.create_task(opens(wait_s=10))
    await asyncio.sleep(0.1)
    assert not second.done()
    await first.close()
    await (await second).close()


async def test_others_look_in_beside_the_hub(opens: Open) -> None:
    hub = await opens()
    other = await opens(serve=False)
    await hub.run(sql("INSERT INTO count_margin (model, permille) VALUES ('m', 1100)"))
    [row] = await other.read(sql("SELECT permille FROM count_margin"))
    assert row["permille"] == 1100
    await other.close()
    with pytest.raises(StoreError, match="served by another hub"):
        await opens()
    await hub.close()


async def test_a_database_that_fails_to_open_lets_go_of_its_lock(opens: Open, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "hub.db").write_bytes(b"no database " * 1000)
    with pytest.raises(StoreError, match="cannot be opened"):
        await opens()
    (tmp_path / "var" / "hub.db").unlink()
    await (await opens()).close()


SERVES = """
import asyncio, sys
from pathlib import Path
from hub.clock import SystemClock
from hub.store.open import open_database

async def main():
    await open_database("sqlite:var/hub.db", clock=SystemClock(), base=Path(sys.argv[1]), serve=True, wait_s=0)
    print("serving", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_a_killed_hub_leaves_no_lock(opens: Open, tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVES, str(tmp_path), stdout=subprocess.PIPE)
    assert process.stdout
    await process.stdout.readline()
    with pytest.raises(StoreError, match=rf"pid {process.pid}\)"):
        await opens()
    process.send_signal(signal.SIGKILL)
    await process.wait()
    await (await opens(wait_s=5)).close()


async def test_a_missing_driver_names_the_remedy(opens: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    monkeypatch.delitem(sys.modules, "hub.store.postgresql", raising=False)
    with pytest.raises(StoreError, match=r"pip install 'trunkline\[postgresql\]'"):
        await opens("postgresql://hub@127.0.0.1/hub")


def test_no_driver_of_postgresql_is_loaded_for_sqlite() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import sys, hub.store.open; print('asyncpg' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "False"
