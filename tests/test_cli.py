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


def test_at_least_one_orphan_is_asked_for(tmp_path: Path) -> None:
    """PostgreSQL refuses to show fewer than none, and SQLite takes that for all."""
    settings = write_settings(tmp_path, model="http://127.0.0.1:9/v1", telegram="http://127.0.0.1:9")
    for most, code in (("-1", 2), ("1", 0)):
        said = CliRunner().invoke(app, ["orphans", "--most", most, "--config", str(settings)], env=SECRETS)
        assert said.exit_code == code
