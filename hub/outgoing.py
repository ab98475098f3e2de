"""What the hub says of its own accord, to chats that the settings name: stored first, then sent once.

A message that may or may not have arrived is marked uncertain and never sent again.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from hub.channel import Ambiguous, Channel, ChannelError, Posts, RetryAfter, Unreachable
from hub.config.settings import Serves
from hub.messages import Conversation, File
from hub.store import Database, Row, Statement, Undone, statement

log = logging.getLogger(__name__)

SENDING_LIVES_MS = 120_000
"""Longer than one send can take: after that its process is taken for dead."""
TRY_AGAIN_MS = 60_000
_MEDIA_TYPES = {".png": "image/png", ".csv": "text/csv"}


def queued(source: str, places: Iterable[Serves], text: str, files: str = "") -> list[Statement]:
    """Part of the transaction that decides to say it. `files`: how the paths of its files begin."""
    return [
        statement("outgoing.queue", source=source, place=msgspec.json.encode(place).decode(), text=text, files=files)
        for place in places
    ]


class Outgoing:
    """Sends what is stored; any number of processes may, each message is sent by one."""

    def __init__(self, database: Database, channels: Mapping[tuple[str, str], Channel]) -> None:
        self._database = database
        self._channels = channels

    async def send_due(self) -> None:
        """Send what waits. Raises StoreError."""
        (lost,) = await self._database.run(statement("outgoing.lost"))
        for row in lost:
            log.error("whether %s stands in %s is uncertain", row["source"], row["place"])
        for row in await self._database.read(statement("outgoing.due")):
            await self._send(row)

    async def _send(self, row: Row) -> None:
        place = msgspec.json.decode(row["place"], type=Serves)
        channel = self._channels.get((place.channel, place.account))
        key = {"source": row["source"], "place": row["place"]}
        pieces = channel.split(row["text"]) if channel else []
        files = await asyncio.to_thread(_read, row["files"]) if row["files"] else ()
        poster: object = channel
        for number in range(row["sent"], max(1, len(pieces))):
            sending = statement("outgoing.sending", **key, sent=number, lives_ms=SENDING_LIVES_MS)
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
            await self._database.run(statement("outgoing.part_sent", **key, state=state, sent=number + 1))

    async def _post(
        self, channel: Posts, where: Conversation, piece: str, files: Sequence[File], key: Mapping[str, str]
    ) -> bool:
        """Whether it stands there. What is ambiguous is never sent again."""
        try:
            await channel.post(where, piece, files)
        except RetryAfter as wait:
            await self._not_sent(key, "pending", str(wait), int(wait.seconds * 1000))
        except Unreachable as error:
            await self._not_sent(key, "pending", str(error), TRY_AGAIN_MS)
        except Ambiguous as error:
            await self._not_sent(key, "uncertain", str(error))
            log.error("whether %s stands in %s is uncertain: %s", key["source"], key["place"], error)
        except ChannelError as error:
            await self._not_sent(key, "failed", str(error))
            log.error("%s cannot be sent to %s: %s", key["source"], key["place"], error)
        else:
            return True
        return False

    async def _not_sent(self, key: Mapping[str, str], state: str, error: str, wait_ms: int = 0) -> None:
        await self._database.run(statement("outgoing.not_sent", **key, state=state, error=error[:500], wait_ms=wait_ms))


def _read(beginning: str) -> tuple[File, ...]:
    """The files whose paths begin so, pictures first."""
    start = Path(beginning)
    found = [(suffix, path) for suffix in _MEDIA_TYPES for path in sorted(start.parent.glob(f"{start.name}*{suffix}"))]
    return tuple(File(path.name, _MEDIA_TYPES[suffix], path.read_bytes()) for suffix, path in found)


def _conversation(place: Serves) -> Conversation:
    return Conversation(place.channel, place.account, place.chat, place.thread, place.workspace, private=False)
