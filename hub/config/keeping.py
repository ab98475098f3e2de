"""[hub] keep: for how long what was said is kept, and where it goes then."""

from typing import Annotated, Any

from pydantic import PlainValidator

from hub.config.model import Table, read
from hub.config.problems import Findings, Key
from hub.config.settings import KeepSettings
from hub.config.values import Text, whole

LEAST_DAYS, MOST_DAYS = 62, 36_500
"""The least: a monthly report that is made late still finds the votes of its month, and no platform delivers again what
is older than a day, so that no key is missed that would tell it from a new message."""


class KeepTable(Table):
    days: Annotated[int, PlainValidator(whole(LEAST_DAYS, MOST_DAYS))] | None = None
    archive: Text | None = None


def keep_of(raw: dict[str, Any] | None, findings: Findings) -> KeepSettings | None:
    """What the table comes to; None where everything is kept."""
    if raw is None:
        return None
    key: Key = ("hub", "keep")
    table = read(KeepTable, raw, key, findings)
    if table.lacks("days"):
        findings.problem((*key, "days"), "is missing", "write for how many days messages and answers are kept")
    return KeepSettings(days=table.days or MOST_DAYS, archive=table.archive or "")
