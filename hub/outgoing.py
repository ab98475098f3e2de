"""What the hub says of its own accord, to chats that the settings name: stored first, then sent once.

Each message goes in parts, every one a send of its own: the pieces of its text, then its pictures, then its other
files. A part that may or may not have arrived makes the message uncertain, and nothing of it is sent any more.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from hub.channel import Ambiguous, ChannelError, Forbidden, Posts, Refused, RetryAfter, Unreachable
from hub.config.settings import Serves
from hub.delivery import Outlet
from hub.keyed_tasks import KeyedTasks
from hub.messages import Conversation, File
from hub.store import Database, Row, Statement, StoreError, Undone, statement

log = logging.getLogger(__name__)

SENDING_LIVES_MS = 120_000
"""Longer than one send can take: after that its process is taken for dead."""
TRY_AGAIN_MS = 60_000
LEFT_TO_WHO_HAS_THEM_MS = 60_000
"""So long a message with files is left to the process that wrote them; then it goes without."""
PLACES_AT_ONCE = 100
"""Half of what `outgoing.due` reads, which names every place before it names one a second time."""
LET_IT_END_S = 5.0
"""A send that is under way when the hub drains: cut off, it would be uncertain."""
_MEDIA_TYPES = {".png": "image/png", ".csv": "text/csv"}


def queued(source: str, places: Iterable[Serves], text: str, files: str = "") -> list[Statement]:
    """Part of the transaction that decides to say it. `files`: how the paths of its files begin."""
    return [
        statement("outgoing.queue", source=source, place=msgspec.json.encode(place).decode(), text=text, files=files)
        for place in places
    ]


class _Part(msgspec.Struct, frozen=True):
    """One send: a piece of the text, or files of one kind."""

    text: str = ""
    files: tuple[File, ...] = ()


class Outgoing:
    """Sends what is stored; any number of processes may, each part is sent by one.

    `outlet` finds an account's way out by channel and account; None where it is off.
    """

    def __init__(
        self, database: Database, outlet: Callable[[str, str], Outlet | None], *, files_elsewhere: bool = False
    ) -> None:
        """`files_elsewhere`: other processes, perhaps on other machines, make reports as well."""
        self._files_elsewhere = files_elsewhere
        self._database = database
        self._outlet = outlet
        self._sending = KeyedTasks[str](PLACES_AT_ONCE)
        """By place."""

    async def take_over(self) -> None:
        """This process alone uses the database: what an earlier one was sending is uncertain. Raises StoreError."""
        await self._give_up("outgoing.left")

    async def begin_due(self) -> list[asyncio.Task[None]]:
        """Begin to send what waits, in each place in order; a place where something is being sent is left alone.

        The tasks that were begun. Raises StoreError.
        """
        await self._give_up("outgoing.lost")
        by_place: dict[str, list[Row]] = defaultdict(list)
        # Before the look: what ends while the store reads may stand there as it was.
        under_way = self._sending.keys()
        for row in await self._database.read(statement("outgoing.due")):
            if row["place"] not in under_way:
                by_place[row["place"]].append(row)
        begun = (self._sending.begin(place, partial(self._send_all, rows)) for place, rows in by_place.items())
        return list(filter(None, begun))

    async def close(self) -> None:
        """Send nothing more; a send that is under way has some seconds to end by itself."""
        await self._sending.close(within_s=0.0)

    async def _give_up(self, query: str) -> None:
        (lost,) = await self._database.run(statement(query))
        for row in lost:
            log.error("whether %s stands in %s is uncertain", row["source"], row["place"])

    async def _send_all(self, rows: Sequence[Row]) -> None:
        try:
            for row in rows:
                if not await self._send(row):
                    return  # what comes after it would overtake it
        except (StoreError, OSError) as error:
            log.error("what the hub says in %s could not be sent: %s", rows[0]["place"], error)

    async def _send(self, row: Row) -> bool:
        """Whether what comes after it in its place may go now."""
        place = msgspec.json.decode(row["place"], type=Serves)
        key = {"source": row["source"], "place": row["place"]}
        outlet = self._outlet(place.channel, place.account)
        if outlet is None or not isinstance(outlet.channel, Posts):
            await self._claim_and(key, row["sent"], "failed", "its channel is off, or cannot speak first")
            return True
        where = _conversation(place)
        parts = [_Part(piece) for piece in outlet.channel.split(row["text"])]
        files = await _files_beside(row)
        if row["files"] and not files and self._files_elsewhere and row["late_ms"] < LEFT_TO_WHO_HAS_THEM_MS:
            return True
        parts += files
        for number in range(row["sent"], len(parts)):
            wait_s = outlet.gate.closed_for_s(where.chat, private=where.private)
            if wait_s > 0:
                await self._claim_and(key, number, "pending", "the platform asked to wait", int(wait_s * 1000))
                return False
            for _ in parts[number].files or (None,):  # platforms count the pictures of an album one by one
                await outlet.gate.enter(where.chat, private=where.private)
            last = number == len(parts) - 1
            if not await _to_its_end(self._send_part(outlet, where, parts[number], key, number, last=last)):
                return False
        return True

    async def _send_part(
        self, outlet: Outlet, where: Conversation, part: _Part, key: Mapping[str, str], number: int, *, last: bool
    ) -> bool:
        """Whether to go on: not where another process is at it."""
        return await self._claim(key, number) and await self._post(outlet, where, part, key, last, number + 1)

    async def _claim(self, key: Mapping[str, str], number: int) -> bool:
        try:
            await self._database.run(statement("outgoing.sending", **key, sent=number, lives_ms=SENDING_LIVES_MS))
        except Undone:
            return False
        return True

    async def _claim_and(self, key: Mapping[str, str], number: int, state: str, error: str, wait_ms: int = 0) -> None:
        if await self._claim(key, number):
            await self._not_sent(key, state, error, wait_ms)

    async def _post(
        self, outlet: Outlet, where: Conversation, part: _Part, key: Mapping[str, str], last: bool, sent: int
    ) -> bool:
        """Whether to go on. What is ambiguous is never sent again; files that are refused stay away."""
        poster: object = outlet.channel
        assert isinstance(poster, Posts)
        without = ""
        try:
            await poster.post(where, part.text, part.files)
        except RetryAfter as wait:
            outlet.gate.refused(where.chat, wait.seconds, private=where.private)
            await self._not_sent(key, "pending", str(wait), int(wait.seconds * 1000))
            return False
        except Unreachable as error:
            await self._not_sent(key, "pending", str(error), TRY_AGAIN_MS)
            return False
        except Ambiguous as error:
            await self._not_sent(key, "uncertain", str(error))
            log.error("whether %s stands in %s is uncertain: %s", key["source"], key["place"], error)
            return False
        except (Refused, Forbidden) as error:
            if not part.files:
                await self._failed(key, error)
                return False
            without = f"without {', '.join(file.name for file in part.files)}: {error}"
            log.warning("%s stands in %s %s", key["source"], key["place"], without)
        except ChannelError as error:
            await self._failed(key, error)
            return False
        state = "delivered" if last else "pending"
        await self._database.run(statement("outgoing.part_sent", **key, state=state, sent=sent, error=without[:500]))
        return True

    async def _failed(self, key: Mapping[str, str], error: ChannelError) -> None:
        await self._not_sent(key, "failed", str(error))
        log.error("%s cannot be sent to %s: %s", key["source"], key["place"], error)

    async def _not_sent(self, key: Mapping[str, str], state: str, error: str, wait_ms: int = 0) -> None:
        await self._database.run(statement("outgoing.not_sent", **key, state=state, error=error[:500], wait_ms=wait_ms))


async def _to_its_end(sending: Coroutine[Any, Any, bool]) -> bool:
    """Its result; where this is cancelled, it has some seconds to end by itself."""
    task = asyncio.ensure_future(sending)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=LET_IT_END_S)
        if task.done() and not task.cancelled() and (error := task.exception()):
            log.error("what was being sent at the end: %s", error)
        raise


async def _files_beside(row: Row) -> list[_Part]:
    """What can be read of a message's files: those that cannot be keep back no words, nor whatever comes after them."""
    try:
        return await asyncio.to_thread(_files, row["files"]) if row["files"] else []
    except OSError as error:
        log.error("the files of %s cannot be read: %s", row["source"], error)
        return []


def _files(beginning: str) -> list[_Part]:
    """The files whose paths begin so, of one kind in each part, pictures first."""
    start = Path(beginning)
    parts = []
    for suffix, media_type in _MEDIA_TYPES.items():
        found = sorted(start.parent.glob(f"{start.name}*{suffix}"))
        if found:
            parts.append(_Part(files=tuple(File(path.name, media_type, path.read_bytes()) for path in found)))
    return parts


def _conversation(place: Serves) -> Conversation:
    """What the settings know of it. Private chats have another pace only where the ids of groups are negative."""
    private = not place.workspace and not place.chat.startswith("-")
    return Conversation(place.channel, place.account, place.chat, place.thread, place.workspace, private)
