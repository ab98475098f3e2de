"""The desk where reports are made when they are due, and sent to each destination, once."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from hub.channel import Ambiguous, Channel, ChannelError, Posts, RetryAfter, Unreachable
from hub.clock import Clock
from hub.config.settings import ReportSettings, Serves, Settings
from hub.messages import Conversation, File
from hub.money.periods import Period, PeriodKind
from hub.reports.making import Made, make
from hub.reports.schedule import LATE_MS, beginning, due_ms, following, newest_ended
from hub.store import Database, Row, StoreError, Undone, statement

log = logging.getLogger(__name__)

LOOK_S = 30.0
"""Between two looks at what is due."""
MAKING_LIVES_MS = 300_000
SENDING_LIVES_MS = 120_000
"""Longer than one send can take: after that its process is taken for dead."""
TRY_AGAIN_MS = 60_000


class Desk:
    """One for each process; the store decides which of them makes and sends what."""

    def __init__(
        self,
        *,
        settings: Callable[[], Settings],
        database: Database,
        channels: Mapping[tuple[str, str], Channel],
        clock: Clock,
        process: str,
        base: Path,
    ) -> None:
        self._settings = settings
        self._database = database
        self._channels = channels
        self._clock = clock
        self._process = process
        self._base = base
        """Where relative folders begin."""

    async def run(self) -> None:
        """Look again and again until cancelled; what goes wrong is told, and tried anew."""
        while True:
            try:
                await self.look()
            except (StoreError, OSError) as error:
                log.error("reports could not be looked after: %s", error)
            await self._clock.sleep(LOOK_S)

    async def look(self) -> None:
        """Make what is due and send what waits. Raises StoreError, OSError where a folder cannot be written."""
        for report in self._settings().reports:
            while await self._make_next(report):
                pass
        await self._send_due()

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
                *(statement("reports.destination", id=report_id(span), place=_encoded(place)) for place in report.to),
            )
        except Undone:
            return False  # this took so long that another process has made it
        log.info("the report %s is made", made.name)
        return True

    # -- sending -----------------------------------------------------------------------------------------------------

    async def _send_due(self) -> None:
        (lost,) = await self._database.run(statement("reports.lost_deliveries"))
        for row in lost:
            log.error("whether the report %s stands in %s is uncertain", row["report"], row["place"])
        for row in await self._database.read(statement("reports.due_deliveries")):
            await self._send(row)

    async def _send(self, row: Row) -> None:
        place = msgspec.json.decode(row["place"], type=Serves)
        channel = self._channels.get((place.channel, place.account))
        key = {"id": row["report"], "place": row["place"]}
        pieces = channel.split(row["text"]) if channel else []
        files = await asyncio.to_thread(read_files, self._folder(row), f"{row['kind']}-{row['label']}")
        poster: object = channel
        for number in range(row["sent"], max(1, len(pieces))):
            sending = statement("reports.sending", **key, sent=number, lives_ms=SENDING_LIVES_MS)
            try:
                await self._database.run(sending)
            except Undone:
                return  # another process is at it
            if not isinstance(poster, Posts):
                await self._not_sent(key, "failed", "its channel is off, or cannot speak first")
                return
            last = number == len(pieces) - 1
            if not await self._post(poster, _conversation(place), pieces[number], files if last else (), key):
                return
            state = "delivered" if last else "pending"
            await self._database.run(statement("reports.part_sent", **key, state=state, sent=number + 1))

    async def _post(
        self, channel: Posts, where: Conversation, piece: str, files: Sequence[File], key: Mapping[str, str]
    ) -> bool:
        """Whether it stands there. What is ambiguous is never sent again."""
        try:
            await channel.post(where, piece, files)
        except RetryAfter as wait:
            await self._not_sent(key, "pending", str(wait), int(wait.seconds * 1000))
        except Unreachable as error:
            await self._not_sent(key, "pending", str(error))
        except Ambiguous as error:
            await self._not_sent(key, "uncertain", str(error))
            log.error("whether the report %s stands in %s is uncertain: %s", key["id"], key["place"], error)
        except ChannelError as error:
            await self._not_sent(key, "failed", str(error))
            log.error("the report %s cannot be sent to %s: %s", key["id"], key["place"], error)
        else:
            return True
        return False

    async def _not_sent(self, key: Mapping[str, str], state: str, error: str, wait_ms: int = TRY_AGAIN_MS) -> None:
        await self._database.run(statement("reports.not_sent", **key, state=state, error=error[:500], wait_ms=wait_ms))

    def _folder(self, row: Row) -> Path:
        reports = self._settings().reports
        folder = next((each.folder for each in reports if each.period == row["kind"]), "")
        return self._base / folder


def report_id(span: Period) -> str:
    """The key of a period's report, like `week/2026-11-16`."""
    return f"{span.kind}/{span.label}"


def write(made: Made, folder: Path) -> None:
    """The report as files: its text, charts and table. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{made.name}.md").write_text(made.text, encoding="utf-8")
    for file in made.files:
        (folder / file.name).write_bytes(file.data)


def read_files(folder: Path, name: str) -> tuple[File, ...]:
    """The charts and the table of a report; those that are there."""
    kinds = ((".png", "image/png"), (".csv", "text/csv"))
    return tuple(
        File(path.name, media_type, path.read_bytes())
        for suffix, media_type in kinds
        for path in sorted(folder.glob(f"{name}*{suffix}"))
    )


def _encoded(place: Serves) -> str:
    return msgspec.json.encode(place).decode()


def _conversation(place: Serves) -> Conversation:
    return Conversation(place.channel, place.account, place.chat, workspace=place.workspace, private=False)
