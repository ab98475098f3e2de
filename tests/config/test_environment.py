"""Variables from `.env` and the process, and the secrets they hold."""

from pathlib import Path

import pytest

from hub.config.environment import environment_of
from hub.config.problems import ConfigError
from hub.config.settings import Secret

pytestmark = pytest.mark.unit


def read(folder: Path, text: str, process: dict[str, str] | None = None) -> dict[str, str]:
    (folder / ".env").write_text(text, encoding="utf-8")
    return environment_of(folder / "regions.toml", process or {})


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=value", "value"),
        ("  export  KEY = value  ", "value"),
        ("KEY=value # a remark", "value"),
        ("KEY=va#lue", "va#lue"),
        ("KEY=123456:AAF-x=y", "123456:AAF-x=y"),
        ("KEY=", ""),
        ("KEY=# a remark", ""),
        ("KEY='single # $quoted \\n'", "single # $quoted \\n"),
        ("KEY='single' # a remark", "single"),
        ('KEY="double \\"quoted\\" # \\n\\\\"', 'double "quoted" # \n\\'),
        ('KEY="" # a remark', ""),
        ("KEY=first\nKEY=last", "last"),
        ("# KEY=never\n\nKEY=value", "value"),
    ],
)
def test_each_way_to_write_a_value(tmp_path: Path, line: str, value: str) -> None:
    assert read(tmp_path, line) == {"KEY": value}


def test_the_process_wins_even_with_a_blank(tmp_path: Path) -> None:
    found = read(tmp_path, "KEY=file\nOTHER=file", {"KEY": "", "HOME": "/home"})
    assert found == {"KEY": "", "OTHER": "file", "HOME": "/home"}


def test_without_the_file_there_is_the_process(tmp_path: Path) -> None:
    assert environment_of(tmp_path / "regions.toml", {"KEY": "value"}) == {"KEY": "value"}


@pytest.mark.parametrize("line", ["hunter2", 'KEY="hunter2', "KEY='hunter2", "1KEY=hunter2", "KEY='hunter2' more"])
def test_a_line_that_is_none_is_named_by_its_number_only(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, f"GOOD=1\n{line}\n{line}\n")
    said = [
        f".env: line {number}: is not NAME=value; write NAME=value or NAME='value' on one line" for number in (2, 3)
    ]
    assert str(refused.value).split("\n") == said


def test_a_secret_shows_its_source_only() -> None:
    secret = Secret("hunter2", "env:KEY")
    assert (repr(secret), str(secret), f"{secret}") == ("Secret(env:KEY)",) * 3
    assert secret.reveal() == "hunter2"
