"""What was said is kept for so many days: then messages go with their answers, turns and votes, to an archive first
where there is one. The ledger stays.

An archive is written and synced before anything is removed: a process that dies in between leaves lines in it twice.
"""

import asyncio
import gzip
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from hub.clock import Clock, new_id
from hub.config.settings import KeepSettings
from hub.store import Database, Row, Rows, Statement, statement

DAY_MS = 24 * 3600 * 1000
AT_ONCE = 200
"""Messages in one transaction: about 1,000 rows, which hold up an answer for some milliseconds."""
INDEX_ROWS_AT_ONCE = 1_000
SHARE = 0.1
"""Of the time, at the most, is spent on this while there is much to remove."""
_OF_CONVERSATIONS = ("recall", "pins", "summaries")
LEADS_MS = 180_000
"""So long after its last step another process takes over; longer than the pause between two looks."""


class Archive:
    """Files of gzipped JSON lines by month, for this user alone; one member for each step.

    Each process begins files of its own: what a process that died left half-written is the end of its file, and of no
    message that was removed.
    """

    def __init__(self) -> None:
        self._part = new_id()

    def write(self, folder: Path, lines: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Append to each month's file (`2026-11`) and sync it. Raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for month, records in lines.items():
            text = b"".join(msgspec.json.encode(record) + b"\n" for record in records)
            try:
                _append(folder / f"{month}-{self._part}.jsonl.gz", gzip.compress(text, compresslevel=6))
            except OSError:
                self._part = new_id()  # nothing readable could follow a torn member
                raise
        _sync(folder)


class Retention:
    """What one process removes while it leads; several share one store."""

    def __init__(self, database: Database, base: Path, clock: Clock, *, process: str) -> None:
        """`base`: the folder of regions.toml, from which the archive's folder starts."""
        self._database = database
        self._base = base
        self._clock = clock
        self._process = process
        self._archive = Archive()

    async def look(self, keep: KeepSettings | None) -> int:
        """Remove what is too old, step by step with pauses; the messages removed. Raises StoreError, OSError."""
        if keep is None:
            return 0
        before = f"{max(0, self._clock.now_ms() - keep.days * DAY_MS):012x}"
        removed, after = 0, ""
        while await self._leads():
            began = self._clock.monotonic()
            old = await self._database.read(statement("retention.old", after=after, before=before, most=AT_ONCE))
            if old:
                await self._remove(old, keep, before)
            removed += len(old)
            if len(old) < AT_ONCE:
                break
            after = old[-1]["id"]
            await self._clock.sleep((self._clock.monotonic() - began) * (1 / SHARE - 1))
        return removed

    async def _leads(self) -> bool:
        (rows,) = await self._database.run(statement("retention.lead", process=self._process, lives_ms=LEADS_MS))
        return bool(rows)

    async def _remove(self, old: Rows, keep: KeepSettings, before: str) -> None:
        wanted = {"ids": _json(row["id"] for row in old)}
        conversations = sorted({str(row["conversation"]) for row in old})
        if keep.archive:
            await self._write(self._base / keep.archive, wanted)
        both = {**wanted, "conversations": _json(conversations)}
        for row in await self._database.read(statement("retention.scopes_that_go", **both)):
            await self._take_down(row["scope"])
        await self._database.run(*_removing(wanted, both, before))

    async def _write(self, folder: Path, wanted: Mapping[str, str]) -> None:
        messages, replies, turns, feedback = [
            await self._database.read(statement(f"retention.{what}", **wanted))
            for what in ("messages", "replies", "turns", "feedback")
        ]
        await asyncio.to_thread(self._archive.write, folder, _lines(messages, replies, turns, feedback))

    async def _take_down(self, scope: int) -> None:
        """The index of a conversation that goes."""
        for what in ("postings", "vectors"):
            step = statement(f"retention.remove_{what}", scope=scope, most=INDEX_ROWS_AT_ONCE)
            while len((await self._database.run(step))[0]) == INDEX_ROWS_AT_ONCE:
                pass


def _removing(wanted: Mapping[str, str], both: Mapping[str, str], before: str) -> list[Statement]:
    """One transaction: conversations of which nothing stays, messages, then what belonged to either."""
    return [
        statement("retention.remove_conversations", **both),
        statement("retention.remove_messages", **wanted),
        statement("retention.remove_turns", **wanted),
        statement("retention.remove_feedback", **wanted),
        statement("retention.remove_replies", **wanted),
        statement("retention.remove_orphans", before=before, most=AT_ONCE),
        *(statement(f"retention.remove_{what}", conversations=both["conversations"]) for what in _OF_CONVERSATIONS),
    ]


def _lines(messages: Rows, replies: Rows, turns: Rows, feedback: Rows) -> dict[str, list[dict[str, Any]]]:
    """By month of acceptance (UTC), a record for each message with all that belongs to it, rows as they stood."""
    reply_of = {row["message"]: _record(row) for row in replies}
    turns_of, feedback_of = _by_message(turns), _by_message(feedback)
    lines = defaultdict(list)
    for row in messages:
        month = f"{datetime.fromtimestamp(row['accepted_ms'] / 1000, UTC):%Y-%m}"
        key = row["id"]
        lines[month].append(
            {
                "message": _record(row),
                "reply": reply_of.get(key),
                "turns": turns_of[key],
                "feedback": feedback_of[key],
            }
        )
    return lines


def _by_message(rows: Rows) -> defaultdict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for row in rows:
        found[row["message"]].append(_record(row))
    return found


def _record(row: Row) -> dict[str, Any]:
    return dict(row)  # type: ignore[call-overload, no-any-return] # both engines' rows are mappings


def _json(values: Any) -> str:
    return msgspec.json.encode(list(values)).decode()


def _append(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """So that the files' names outlive a loss of power too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
