"""Exports: every table of either engine, each row once, as values that a program reads back."""

import csv
import json
from pathlib import Path

import pytest

from hub.store import Database, StoreError, StoreUnavailable
from hub.store.export import Style, export
from hub.store.named import statement

pytestmark = pytest.mark.unit

AWKWARD = 'a "quoted", line\nwith = and ü'


@pytest.mark.parametrize("style", list(Style))
async def test_every_row_is_written_once(
    style: Style, database: Database, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = "sqlite:hub.db" if database.engine == "sqlite" else request.getfixturevalue("postgresql_url")
    for each in range(3):
        await database.run(statement("web.use_once", id=f"{each}{AWKWARD}"))
    counts = await export(url, tmp_path, tmp_path / "out", style)
    assert counts["used_once"] == 3
    assert counts["ledger"] == 0
    assert counts["schema_version"] >= 1
    assert {path.stem for path in (tmp_path / "out").iterdir()} == set(counts)
    written = tmp_path / "out" / f"used_once.{style}"
    assert written.stat().st_mode & 0o777 == 0o600
    with written.open(encoding="utf-8", newline="") as file:
        rows = [json.loads(line) for line in file] if style is Style.JSONL else list(csv.DictReader(file))
    assert sorted(row["id"] for row in rows) == [f"{each}{AWKWARD}" for each in range(3)]
    assert all(int(row["at_ms"]) > 0 for row in rows)


@pytest.mark.parametrize("style", list(Style))
async def test_what_strangers_wrote_runs_in_no_spreadsheet(
    style: Style, database: Database, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = "sqlite:hub.db" if database.engine == "sqlite" else request.getfixturevalue("postgresql_url")
    formula = "=1+1"
    await database.run(statement("web.use_once", id=formula))
    await export(url, tmp_path, tmp_path / "out", style)
    text = (tmp_path / "out" / f"used_once.{style}").read_text(encoding="utf-8")
    assert f"'{formula}" in text if style is Style.CSV else json.loads(text)["id"] == formula


async def test_a_database_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        await export("sqlite:hub.db", tmp_path, tmp_path / "out", Style.CSV)


@pytest.mark.parametrize("hosts", ["127.0.0.1:1", "127.0.0.1:1,127.0.0.1:2"])
async def test_a_server_that_is_not_there_is_said_so(tmp_path: Path, hosts: str) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        await export(f"postgresql://hub@{hosts}/hub", tmp_path, tmp_path / "out", Style.CSV)
