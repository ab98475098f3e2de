"""Files that pages have sent along: in memory, bounded, until they are old or others need the room.

Where other processes have the page or answer, they lie in the notes as well.

Nothing here looks into a file; the hub judges it by its bytes when it fetches it.
"""

from contextlib import suppress
from urllib.parse import unquote

import msgspec

from hub.channel import Notes
from hub.errors import TrunklineError
from hub.messages import Attachment, storable

FILE_AT_MOST = 10_000_000
"""Bytes of one file: what the hub reads of the largest kind."""
OF_A_BROWSER = 30_000_000
"""Bytes kept for one browser; its oldest go first."""
OF_ALL = 100_000_000
"""Bytes kept for all of them; the oldest go first."""
KEPT_AT_MOST = 2_000
"""Files."""
KEPT_MS = 3_600_000
"""So long an answer can be asked for again."""
FILES_AT_MOST = 5
"""Of one message."""
UPLOADS_AT_ONCE = 8
"""Read into memory at the same time; more wait."""

_LONGEST_NAME = 200


class _Kept(msgspec.Struct, frozen=True):
    attachment: Attachment
    browser: str
    data: bytes
    since_ms: int


class Files:
    """The files of one account, by id. `notes`: where other processes have the page, or answer."""

    def __init__(self, notes: Notes | None = None) -> None:
        self._notes = notes
        self._kept: dict[str, _Kept] = {}

    async def keep(self, file_id: str, browser: str, attachment: Attachment, data: bytes, now_ms: int) -> None:
        """Take one in; older ones go where there is no room. Raises TrunklineError where others cannot have it."""
        kept = _Kept(attachment, browser, data, now_ms)
        if self._notes:
            await self._notes.leave(_key(file_id), msgspec.json.encode(kept).decode(), KEPT_MS / 1000)
        self._kept[file_id] = kept
        gone = self._make_room(browser, now_ms)
        if self._notes:  # or who has enough cookies could fill the store within the hour
            with suppress(TrunklineError):  # then they go when they are old
                for each in gone:
                    await self._notes.drop(_key(each))

    async def attachment(self, file_id: str, browser: str, now_ms: int) -> Attachment | None:
        """What a browser sent under this id; nobody can name another's file. Raises TrunklineError."""
        kept = await self._find(file_id)
        return kept.attachment if kept and kept.browser == browser and not _old(kept, now_ms) else None

    async def data(self, file_id: str) -> bytes | None:
        """The bytes, if they are still kept. Raises TrunklineError."""
        kept = await self._find(file_id)
        return kept.data if kept else None

    async def _find(self, file_id: str) -> _Kept | None:
        kept = self._kept.get(file_id)
        if kept is None and self._notes and (left := await self._notes.find(_key(file_id))):
            return msgspec.json.decode(left, type=_Kept)
        return kept

    def _make_room(self, browser: str, now_ms: int) -> list[str]:
        """The ids of those that go."""
        gone: list[str] = []
        left, left_of_browser = OF_ALL, OF_A_BROWSER
        for place, (file_id, kept) in enumerate(reversed(list(self._kept.items()))):
            own = kept.browser == browser
            left -= len(kept.data)
            left_of_browser -= len(kept.data) if own else 0
            crowded = place >= KEPT_AT_MOST or left < 0 or (own and left_of_browser < 0)
            if crowded or _old(kept, now_ms):
                del self._kept[file_id]
                gone.append(file_id)
        return gone


def attachment_of(file_id: str, name: str, media_type: str, size: int) -> Attachment:
    """As the browser names it; `name` is percent-encoded."""
    claimed = media_type.partition(";")[0].strip().lower()[:100]
    kind = {"image": "image", "audio": "voice", "video": "video"}.get(claimed.partition("/")[0], "document")
    plain = storable(unquote(name[: 9 * _LONGEST_NAME], errors="replace"))[:_LONGEST_NAME]
    return Attachment(kind, plain, storable(claimed), size, file_id)


def _key(file_id: str) -> str:
    return f"file/{file_id}"


def _old(kept: _Kept, now_ms: int) -> bool:
    return now_ms - kept.since_ms > KEPT_MS
