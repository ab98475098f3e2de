"""`trunkline db …` where it cannot do what is asked: one sentence with the remedy, and an exit code that says so."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.hub_under_test import SECRETS, write_settings
from hub import database_cli
from hub.books import Books
from hub.cli import app

pytestmark = pytest.mark.unit


def write(folder: Path, database: str = "sqlite:var/hub.db") -> Path:
    return write_settings(folder, model="http://127.0.0.1:9/v1", telegram="http://127.0.0.1:9", database=database)


def said(folder: Path, *words: str, database: str = "sqlite:var/hub.db") -> tuple[int, str]:
    settings = write(folder, database)
    result = CliRunner().invoke(app, ["db", *words, "--config", str(settings)], env=SECRETS)
    return result.exit_code, result.output


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_on_postgresql_its_own_tools_are_named(command: str, tmp_path: Path) -> None:
    code, told = said(tmp_path, command, str(tmp_path / "copy.db"), database="postgresql://hub@127.0.0.1:9/hub")
    assert code == 2
    assert "pg_dump" in told
    assert "runbook.md" in told


def test_without_a_database_there_is_nothing_to_back_up(tmp_path: Path) -> None:
    assert said(tmp_path, "backup", str(tmp_path / "copy.db"))[0] == 2
    assert not (tmp_path / "copy.db").exists()


def test_a_file_is_no_folder_to_export_into(tmp_path: Path) -> None:
    code, told = said(tmp_path, "export", str(tmp_path / "regions.toml"))
    assert (code, told) == (2, f"{tmp_path / 'regions.toml'} is a file: name a folder for the export.\n")


def test_what_ends_in_a_slash_is_a_folder(tmp_path: Path) -> None:
    settings = write(tmp_path)
    assert CliRunner().invoke(app, ["orphans", "--config", str(settings)], env=SECRETS).exit_code == 0
    assert said(tmp_path, "backup", f"{tmp_path}/copies/")[0] == 0
    (copy,) = (tmp_path / "copies").iterdir()
    assert copy.name.startswith("hub-")


def test_what_is_no_backup_is_not_put_back_and_not_right(tmp_path: Path) -> None:
    poem = tmp_path / "poem.db"
    poem.write_text("Row, row, row your boat")
    code, told = said(tmp_path, "restore", str(poem))
    assert (code, "Nothing was changed" in told) == (2, True)
    assert said(tmp_path, "verify", str(poem))[0] == 1


def test_a_new_database_is_right_and_can_be_copied_into_a_folder(tmp_path: Path) -> None:
    assert said(tmp_path, "export", str(tmp_path / "out"))[0] == 2
    (tmp_path / "var").mkdir()
    assert CliRunner().invoke(app, ["orphans", "--config", str(tmp_path / "regions.toml")], env=SECRETS).exit_code == 0
    (tmp_path / "copies").mkdir()
    code, told = said(tmp_path, "backup", str(tmp_path / "copies"))
    assert code == 0, told
    (copy,) = (tmp_path / "copies").iterdir()
    assert said(tmp_path, "verify", str(copy))[0] == said(tmp_path, "verify")[0] == 0
    assert said(tmp_path, "export", str(tmp_path / "out"), "--format", "csv")[0] == 0
    assert (tmp_path / "out" / "ledger.csv").read_text().startswith("id,at_ms,")


def test_what_was_done_is_told_whatever_the_books_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who restores must learn that it has happened, and where the old database is."""
    (tmp_path / "var").mkdir()
    assert said(tmp_path, "verify")[0] == 2
    assert CliRunner().invoke(app, ["orphans", "--config", str(tmp_path / "regions.toml")], env=SECRETS).exit_code == 0
    books = Books(messages=1, conversations=1, calls=0, budgets=0, open_holds=0, problems=("Hold 7 has no row.",))

    async def audited(_: object) -> Books:
        return books

    monkeypatch.setattr(database_cli, "audit", audited)
    code, told = said(tmp_path, "backup", str(tmp_path / "copy.db"))
    assert (code, "is a backup of" in told, "Hold 7" in told) == (1, True, True)
    code, told = said(tmp_path, "restore", str(tmp_path / "copy.db"))
    assert (code, "What stood there is hub-before-" in told, "Hold 7" in told) == (1, True, True)


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    assert CliRunner().invoke(app, ["orphans", "--config", str(write(tmp_path))], env=SECRETS).exit_code == 0
    assert said(tmp_path, "backup", str(tmp_path / "copy.db"))[0] == 0
    (tmp_path / "file").write_text("mine")
    code, told = said(tmp_path, "restore", str(tmp_path / "copy.db"), database="sqlite:file/hub.db")
    assert (code, "cannot be replaced" in told) == (2, True)
    code, told = said(tmp_path, "backup", str(tmp_path / ("x" * 300)))
    assert (code, "cannot be written" in told) == (2, True)
    assert said(tmp_path, "verify", str(tmp_path / ("x" * 300)))[0] == 2
