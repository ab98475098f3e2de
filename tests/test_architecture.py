"""What keeps the house in order and no linter looks at."""

import re
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parent.parent
CODE = [path for room in ("hub", "channels", "bench") for path in sorted((ROOT / room).rglob("*.py"))]
MOST_LINES = 400
VAGUE = re.compile(r"_?(utils?|helpers?|common|managers?|misc)")
OPEN_TO_CHANNELS = {"channel", "errors", "messages", "__init__", "__main__"}
"""Of the hub: what a channel may know, and what nobody imports."""
ADDRESS = re.compile(r"://|^\s*-|\b(?:\d{1,3}\.){3}\d{1,3}:\d|\b(?:[a-z0-9-]+\.)+(?:org|com|net|io|dev|local)\b", re.I)


def test_there_is_code_to_look_at() -> None:
    assert len(CODE) > 80


def test_no_file_of_code_is_too_long_to_be_read_at_once() -> None:
    lines = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    modules = [*CODE, *sorted((ROOT / "tests").rglob("*.py"))]
    named = {part for path in modules for part in path.relative_to(ROOT).with_suffix("").parts}
    assert {name for name in named if VAGUE.fullmatch(name)} == set()


def test_the_lock_names_no_place_to_download_from() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if "==" in line]
    assert len(pinned) > 30
    assert [line[:100] for line in lines if ADDRESS.search(line.partition(" --hash")[0])] == []
    assert all("--hash=sha256:" in line for line in pinned)


def test_the_wall_before_channels_has_no_gap() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wall = next(each for each in project["tool"]["importlinter"]["contracts"] if each["source_modules"] == ["channels"])
    rooms = {path.stem for path in (ROOT / "hub").glob("*.py")}
    rooms |= {path.parent.name for path in (ROOT / "hub").glob("*/__init__.py")}
    assert set(wall["forbidden_modules"]) == {f"hub.{room}" for room in rooms - OPEN_TO_CHANNELS}
