"""What the command line prints, also where nobody's terminal says how wide it is."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench.hub_under_test import SECRETS, write_settings
from hub.cli import app
from hub.terminal import environment_for

pytestmark = pytest.mark.unit


def test_the_fleet_s_budgets_are_shown_in_a_narrow_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    settings = write_settings(tmp_path, model="http://127.0.0.1:9/v1", telegram="http://127.0.0.1:9")
    result = CliRunner().invoke(app, ["fleet", "--config", str(settings)], env=SECRETS)
    assert result.exit_code == 0, result.output
    head = result.output.splitlines()[1].split()
    assert head[-2:] == ["budget", "spent"]
    assert " a month " in result.output
    assert "$0.00" in result.output
    assert "0.0 %" in result.output


def test_a_password_in_the_env_file_reaches_postgresql_s_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads the process's variables and no file."""
    monkeypatch.setattr(os, "environ", {"PGUSER": "of-the-process"})
    (tmp_path / ".env").write_text("PGPASSWORD=from-the-file\nPGUSER=from-the-file\nOTHER=7\n")
    found = environment_for(tmp_path / "regions.toml")
    assert found["OTHER"] == "7"
    assert os.environ == {"PGPASSWORD": "from-the-file", "PGUSER": "of-the-process"}


def refused(folder: Path, *words: str) -> str:
    """What a command says that ends with code 2, and nothing else."""
    settings = write_settings(folder, model="http://127.0.0.1:9/v1", telegram="http://127.0.0.1:9")
    said = CliRunner().invoke(app, [*words, "--config", str(settings)], env=SECRETS)
    assert (said.exit_code, said.stdout) == (2, "")
    return said.stderr


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize("word", ["yesterday", "2026-13-40", "11/20/2026"])
def test_what_is_no_day_says_how_one_is_written(option: str, word: str, tmp_path: Path) -> None:
    assert refused(tmp_path, "costs", option, word) == (
        f"{option}: '{word}' is no day or time; write it like 2026-11-20 or 2026-11-20T09:30.\n"
    )


@pytest.mark.parametrize("words", [("--since", "2026-11-25", "--until", "2026-11-20"), ("--since", "2999-01-01")])
def test_costs_of_no_time_at_all_are_not_shown_as_nothing_spent(words: tuple[str, ...], tmp_path: Path) -> None:
    assert "--since must be before --until" in refused(tmp_path, "costs", *words)


def test_costs_are_summed_between_days_or_times(tmp_path: Path) -> None:
    settings = write_settings(tmp_path, model="http://127.0.0.1:9/v1", telegram="http://127.0.0.1:9")
    for until in ("2026-11-20", "2026-11-20T09:30", "2026-11-20T09:30+02:00"):
        words = ["costs", "--since", "2026-11-01", "--until", until, "--config", str(settings)]
        assert CliRunner().invoke(app, words, env=SECRETS).exit_code == 0


def test_a_report_on_what_has_not_begun_is_not_made(tmp_path: Path) -> None:
    assert refused(tmp_path, "report", "--week", "2098-W01") == "2098-W01 has not begun yet: name one that has.\n"


def test_at_least_one_orphan_is_asked_for(tmp_path: Path) -> None:
    """PostgreSQL refuses to show fewer than none, and SQLite takes that for all."""
    settings = write_settings(tmp_path, model="http://127.0.0.1:9/v1", telegram="http://127.0.0.1:9")
    for most, code in (("-1", 2), ("1", 0)):
        said = CliRunner().invoke(app, ["orphans", "--most", most, "--config", str(settings)], env=SECRETS)
        assert said.exit_code == code
