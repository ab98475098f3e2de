"""Backups by the clock: made when one is due, the oldest removed beyond the number that is kept."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from hub.clock import Clock
from hub.config.settings import BackupSettings, Settings
from hub.store import StoreError
from hub.store.backup import UNFINISHED, backup

EVERY_MS = {"hourly": 3600 * 1000, "daily": 24 * 3600 * 1000, "weekly": 7 * 24 * 3600 * 1000}
LEFT_AFTER_S = 3600.0
"""A copy in the making on which nobody has written for so long is one that a killed process left."""
_MADE = re.compile(r"hub-(?P<at>\d{8}T\d{6})Z\.db")
_AT = "%Y%m%dT%H%M%S"


def sqlite_file(settings: Settings) -> Path:
    """Where the settings' database stands, if it is SQLite's."""
    return settings.path.parent / settings.hub.database.removeprefix("sqlite:")


def name_at(at_ms: int) -> str:
    """A backup's file name says when it was made, in UTC."""
    return f"hub-{datetime.fromtimestamp(at_ms / 1000, UTC):{_AT}}Z.db"


def made_in(folder: Path) -> list[tuple[int, Path]]:
    """The backups in a folder with the moments they were made, oldest first. Other files are none of ours."""
    found = []
    for path in folder.glob("hub-*.db"):
        if match := _MADE.fullmatch(path.name):
            with suppress(ValueError):  # like a file of ours, but of no day that there is
                at = datetime.strptime(match["at"], _AT).replace(tzinfo=UTC)
                found.append((int(at.timestamp() * 1000), path))
    return sorted(found)


class Overdue(msgspec.Struct, frozen=True):
    """A backup that is due and not made."""

    newest_ms: int | None
    """When the newest one was made; None: there is none."""
    since_ms: int
    """When this process first set about it."""
    error: str = ""
    """Why the last attempt came to nothing; empty: the first one has not ended."""


class Backups:
    """Those of one hub's SQLite file."""

    def __init__(self, database: Path, base: Path, clock: Clock) -> None:
        """`base`: the folder of regions.toml, from which the settings' folder starts."""
        self._database = database
        self._base = base
        self._clock = clock
        self._due: Overdue | None = None

    def newest_ms(self, settings: BackupSettings | None) -> int | None:
        """When the newest one was made; None: there is none."""
        made = made_in(self._base / settings.folder) if settings else []
        return made[-1][0] if made else None

    def overdue(self, settings: BackupSettings | None) -> Overdue | None:
        """What admins must know of: one that failed, or that is not there a whole interval after it was due.

        Says what is known and asks no disk, which may be what hangs.
        """
        due = self._due
        if settings is None or due is None:
            return None
        late = self._clock.now_ms() - due.since_ms >= EVERY_MS[settings.every]
        return due if due.error or late else None

    async def look(self, settings: BackupSettings | None) -> Path | None:
        """Make one if it is due; its path. Raises StoreError, OSError."""
        made = None
        if settings and self._is_due(settings):
            try:
                made = await self._make(settings)
            except (StoreError, OSError) as error:
                if self._due:
                    self._due = msgspec.structs.replace(self._due, error=str(error))
                raise
        self._due = None
        return made

    def _is_due(self, settings: BackupSettings) -> bool:
        now_ms = self._clock.now_ms()
        newest_ms = self.newest_ms(settings)
        # One from the future was made before the clock was set right: it must not put off all others.
        if newest_ms is not None and 0 <= now_ms - newest_ms < EVERY_MS[settings.every]:
            return False
        self._due = self._due or Overdue(newest_ms, now_ms)
        return True

    async def _make(self, settings: BackupSettings) -> Path:
        now_ms = self._clock.now_ms()
        folder = self._base / settings.folder
        target = folder / name_at(now_ms)
        self._remove_left(folder, now_ms)
        await backup(self._database, target)
        for _, old in made_in(folder)[: -settings.keep]:
            if old != target:
                old.unlink(missing_ok=True)
        return target

    def _remove_left(self, folder: Path, now_ms: int) -> None:
        """What kills left half-made is as large as the database. Raises OSError."""
        for path in folder.glob(f"hub-*.db{UNFINISHED}*"):
            if now_ms / 1000 - path.stat().st_mtime > LEFT_AFTER_S:
                path.unlink(missing_ok=True)
