"""A backup taken under load: it is the state of one commit, and a hub runs on it."""

import asyncio
import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.hub_under_test import SECRETS, write_settings
from hub.cli import app
from tests.crash.watched import open_read_only
from tests.wire.crowd import Crowd
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.telegram import FakeTelegram
from tests.wire.hub_process import HubProcess

pytestmark = pytest.mark.crash

SEED = 11


async def trunkline(*words: str, settings: Path) -> tuple[int, str]:
    """Exit code and everything it said, as the command line does it: in a thread, on a loop of its own."""
    result = await asyncio.to_thread(CliRunner().invoke, app, [*words, "--config", str(settings)], env=SECRETS)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def counted(database: Path, sql: str) -> int:
    with closing(open_read_only(database)) as reader:
        return int(reader.execute(sql).fetchone()[0])


async def until(database: Path, sql: str, least: int, within_s: float = 60.0) -> None:
    async with asyncio.timeout(within_s):
        while True:
            try:
                if counted(database, sql) >= least:
                    return
            except sqlite3.OperationalError:
                pass  # no file or no table yet
            await asyncio.sleep(0.02)


DONE = "SELECT COUNT(*) FROM message WHERE state = 'done'"
UNDER_WAY = "SELECT COUNT(*) FROM message WHERE state <> 'done'"


async def test_a_hub_runs_on_a_backup_that_was_taken_under_load(tmp_path: Path) -> None:
    database, copy = tmp_path / "var" / "hub.db", tmp_path / "copy.db"
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    telegram, model = FakeTelegram(), FakeModel(between_s=0.01)
    crowd = Crowd(telegram, people=40, messages=4, patient=False, hurry_s=1.0, seed=SEED)
    async with serving(telegram), serving(model):
        settings = write_settings(tmp_path, telegram=telegram.server.url, model=f"{model.server.url}/v1")
        hub = HubProcess(settings)
        hub.start()
        try:
            crowd.start()
            await until(database, DONE, chance.randint(10, 60))
            model.between_s = 1.0  # however slow the machine is, they are not all answered before the copy is there
            code, said = await trunkline("db", "backup", str(copy), settings=settings)
            assert code == 0, said
            assert "The books are right" in said
            model.between_s = 0.01
            code, said = await trunkline("db", "restore", str(copy), settings=settings)
            assert (code, "served by another hub" in said) == (2, True), said
            await until(database, DONE, crowd.total)
            hub.kill()
            await hub.ended()

            code, said = await trunkline("db", "restore", str(copy), settings=settings)
            assert code == 0, said
            assert counted(database, UNDER_WAY) > 0, "the backup was not taken under load"
            assert counted(database, DONE) < crowd.total
            accepted = counted(database, "SELECT COUNT(*) FROM message")
            hub.start()
            await until(database, DONE, accepted)
            code, said = await trunkline("db", "verify", settings=settings)
            assert code == 0, said
            hub.terminate()
            assert await hub.ended() == 0
        finally:
            hub.end()
        assert hub.defects() == []
    assert counted(database, "SELECT COUNT(*) FROM message") == accepted
    assert counted(database, "SELECT COUNT(*) FROM hold WHERE state = 'held'") == 0
    spent = "SELECT SUM(spent_amount) FROM budget WHERE unit = 'nusd'"
    assert counted(database, spent) == counted(database, "SELECT SUM(cost_nusd) FROM ledger")
    (aside,) = database.parent.glob("hub-before-*.db")
    assert counted(aside, DONE) == crowd.total
