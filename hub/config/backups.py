"""[hub] backup: when the database is copied, how many copies are kept, and where."""

from typing import Any

from hub.config.model import Table, read
from hub.config.problems import Findings, Key, quoted, suggestion
from hub.config.settings import BackupSettings
from hub.config.values import Text, TokenLimit

EVERY = ("hourly", "daily", "weekly")
_MOST_KEPT = 1_000


class BackupTable(Table):
    every: Text | None = None
    keep: TokenLimit | None = None
    folder: Text | None = None


def backup_of(raw: dict[str, Any] | None, database: str, findings: Findings) -> BackupSettings | None:
    """What the table comes to; None where nobody wants backups."""
    if raw is None:
        return None
    key: Key = ("hub", "backup")
    table = read(BackupTable, raw, key, findings)
    if table.every is not None and table.every not in EVERY:
        findings.problem((*key, "every"), f"no such choice: {quoted(table.every)}", suggestion(table.every, EVERY))
    if table.keep is not None and not 1 <= table.keep <= _MOST_KEPT:
        findings.problem((*key, "keep"), f"must be from 1 to {_MOST_KEPT:,}", "choose a number in between")
    if not database.startswith("sqlite:"):
        findings.problem(key, "PostgreSQL has its own tools for this", "remove it, and see docs/runbook.md")
    return BackupSettings(**table.model_dump(exclude_none=True))
