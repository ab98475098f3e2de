"""docs/commands.md names every command, under its role, with an example that is one."""

import re
from pathlib import Path

import pytest

from hub.commands import COMMANDS, recognize
from hub.commands.own_data import EXPORT, FORGET

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `/(?P<name>\w+)` \| (?P<line>.+) \| `(?P<example>/.+)` \|$", re.M)


@pytest.mark.parametrize("role", ["everyone", "viewer", "operator", "owner"])
def test_the_commands_of_a_role_are_those_of_the_registry(role: str) -> None:
    heading = "## For everyone" if role == "everyone" else f"## For {role}s"
    part = PAGE.partition(heading)[2].partition("\n## ")[0]
    for_others = {EXPORT.spec.name, FORGET.spec.name} if role == "owner" else set()
    named = {row["name"] for row in ROW.finditer(part)}
    assert named == {spec.name for spec in COMMANDS if spec.role == role} | for_others


def test_an_example_calls_its_command() -> None:
    for row in ROW.finditer(PAGE):
        called = recognize(row["example"])
        assert called
        assert called.name == row["name"]
