"""The desk where reports are made when they are due, once for each period."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from hub.clock import Clock
from hub.config.settings import ReportSettings, Settings
from hub.money.periods import Period, PeriodKind
from hub.outgoing import queued
from hub.reports.making import Made, make
from hub.reports.schedule import LATE_MS, beginning, due_ms, following, newest_ended
from hub.store import Database, Undone, statement

log = logging.getLogger(__name__)

MAKING_LIVES_MS = 300_000


class Desk:
    """One for each process; the store decides which of them makes what."""

    def __init__(
        self,
        *,
        settings: Callable[[], Settings],
        database: Database,
        clock: Clock,
        process: str,
        base: Path,
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._process = process
        self._base = base
        """Where relative folders begin."""

    async def look(self) -> None:
        """Make what is due. Raises StoreError, OSError where a folder cannot be written."""
        for report in self._settings().reports:
            while await self._make_next(report):
                pass

    # -- making ------------------------------------------------------------------------------------------------------

    async def _make_next(self, report: ReportSettings) -> bool:
        """Make the oldest report that is missing, if it is due; whether there may be another."""
        kind, zone, now_ms = PeriodKind(report.period), self._settings().hub.timezone, self._clock.now_ms()
        rows = await self._database.read(statement("reports.newest", kind=str(kind)))
        if not rows:
            first = newest_ended(kind, now_ms, zone)
            skipped = statement("reports.skip", id=report_id(first), kind=str(kind), label=first.label)
            await self._database.run(skipped)
            return True
        newest = rows[0]
        if newest["state"] == "making":
            span = beginning(kind, newest["label"], zone)
            if newest["lease_ms"] > now_ms:
                return False  # somebody is at it
        else:
            span = following(kind, newest["label"], zone)
        due = due_ms(report, span, zone)
        if now_ms < max(due, span.end_ms):
            return False
        return await self._make(report, span, late=now_ms - due >= LATE_MS)

    async def _make(self, report: ReportSettings, span: Period, *, late: bool) -> bool:
        begin = statement(
            "reports.begin",
            id=report_id(span),
            kind=str(span.kind),
            label=span.label,
            holder=self._process,
            lives_ms=MAKING_LIVES_MS,
            late=int(late),
        )
        try:
            await self._database.run(begin)
        except Undone:
            return False  # another process came first
        settings = self._settings()
        made = await make(self._database, settings, span, at_ms=self._clock.now_ms(), late=late)
        await asyncio.to_thread(write, made, self._base / report.folder)
        try:
            await self._database.run(
                statement("reports.made", id=report_id(span), text=made.text, holder=self._process),
                *queued(f"report/{report_id(span)}", report.to, made.text, str(self._base / report.folder / made.name)),
            )
        except Undone:
            return False  # this took so long that another process has made it
        log.info("the report %s is made", made.name)
        return True


def report_id(span: Period) -> str:
    """The key of a period's report, like `week/2026-11-16`."""
    return f"{span.kind}/{span.label}"


def write(made: Made, folder: Path) -> None:
    """The report as files: its text, charts and table. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{made.name}.md").write_text(made.text, encoding="utf-8")
    for file in made.files:
        (folder / file.name).write_bytes(file.data)
