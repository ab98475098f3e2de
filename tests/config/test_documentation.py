"""docs/configuration.md: its examples load, and it leaves out no key."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from hub.config import limits, model
from hub.config.backups import BackupTable
from hub.config.keeping import KeepTable
from hub.config.model import Table
from tests.config.house import FAQ, PROMPTS, SECRET, complaints, write

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
COMPLETE = re.findall(r"^```toml complete\n(.*?)^```", PAGE, re.M | re.S)
PARTS = re.findall(r"^```toml part\n(.*?)^```", PAGE, re.M | re.S)
REST = {
    "regions": '[regions.home]\nlocation = "DE"\nresidency = "eu"\n',
    "agents": '[agents.a]\nprompt = "support-faq.md"\nserves = ["web"]\n'
    '[[agents.a.deployments]]\nregion = "home"\napi = "local"\n',
}
"""What a part is completed with, where it does not say it itself."""


def environment(text: str) -> dict[str, str]:
    """Every variable that a text names, each with a value of its own."""
    return {name: f"{place}{SECRET}" for place, name in enumerate(re.findall(r'"env:(\w+)"', text))}


def test_there_are_examples_of_both_kinds() -> None:
    assert len(COMPLETE) == 1
    assert len(PARTS) == len(re.findall(r"^```toml", PAGE, re.M)) - 1 >= 6


@pytest.mark.parametrize("text", [*COMPLETE, *PARTS], ids=lambda text: text.split("\n")[0])
def test_an_example_loads(text: str, tmp_path: Path) -> None:
    written = tomllib.loads(text)
    rest = "".join(rest for section, rest in REST.items() if text in PARTS and section not in written)
    assert complaints(write(tmp_path, text + rest, PROMPTS | FAQ), environment(text)) == []


def documented() -> Iterator[str]:
    """Every key of every table of the file, as the page writes it: nested ones with a dot."""
    for table in (
        model.HubTable,
        model.WebTable,
        model.TelegramTable,
        model.DiscordTable,
        model.SlackTable,
        model.RegionTable,
        model.BudgetsTable,
        limits.RatesTable,
        model.RolesTable,
        model.AlertsTable,
        model.ModelTable,
        model.AgentTable,
        model.DeploymentTable,
    ):
        yield from keys(table)

    yield from (f"backup.{name}" for name in BackupTable.model_fields)
    yield from (f"keep.{name}" for name in KeepTable.model_fields)
    yield from model.ReportsTable.model_fields
    yield from (f"weekly.{name}" for name in model.ReportTable.model_fields)


def keys(table: type[Table]) -> Iterator[str]:
    for name, field in table.model_fields.items():
        yield name
        inner = next((a for a in get_args(field.annotation) if isinstance(a, type) and issubclass(a, Table)), None)
        if inner is not None and inner not in (model.PaceTable, model.LimitsTable):
            yield from (f"{name}.{below}" for below in inner.model_fields)


@pytest.mark.parametrize("key", sorted(set(documented())))
def test_every_key_has_its_row(key: str) -> None:
    assert f"\n| `{key}` |" in PAGE


@pytest.mark.parametrize("key", [*model.PaceTable.model_fields, *model.LimitsTable.model_fields])
def test_every_pace_and_limit_is_named(key: str) -> None:
    assert f"`{key}`" in PAGE


def test_no_row_names_a_key_that_is_none() -> None:
    rows = re.findall(r"^\| `([a-z0-9_.]+)` \|", PAGE, re.M)
    assert set(rows) == set(documented())
