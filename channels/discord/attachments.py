"""Files beside a message: what they are, and the handle by which they can be fetched later."""

from collections.abc import Iterator
from typing import TypeVar

import msgspec
from msgspec import Raw

from channels.discord import payloads as p
from hub.messages import Attachment

_T = TypeVar("_T")

STICKER = "sticker"
"""Before a sticker's id in its handle; any other handle is channel/message/attachment."""
_VOICE = 1 << 13
"""The flag of a voice message."""
_KINDS = {"image": "image", "video": "video", "audio": "other"}
_STICKERS = {
    1: ("image", "image/png", "png"),
    2: ("image", "image/png", "png"),
    3: ("other", "application/json", "json"),
    4: ("image", "image/gif", "gif"),
}
"""By format: plain picture, moving PNG, Lottie animation, GIF."""


def attachments_of(post: p.Post, snapshots: list[p.Snapshot]) -> Iterator[Attachment]:
    """What hangs on the message, and what hung on those that it forwards. What cannot be read is left out."""
    where = f"{post.channel_id}/{post.id}"
    yield from _files(post.attachments, post.flags, where)
    yield from _stickers(post.sticker_items)
    for each in snapshots:
        yield from _files(each.message.attachments, each.message.flags, where)
        yield from _stickers(each.message.sticker_items)


def _files(raw: Raw, flags: int, where: str) -> Iterator[Attachment]:
    for file in readable(raw, list[p.File]) or ():
        media_type = (file.content_type or "").partition(";")[0]
        kind = "voice" if flags & _VOICE else _KINDS.get(media_type.partition("/")[0], "document")
        # The address of a file expires; the message can be asked for a fresh one.
        yield Attachment(kind, file.filename, media_type, file.size, f"{where}/{file.id}")


def _stickers(raw: Raw) -> Iterator[Attachment]:
    for sticker in readable(raw, list[p.Sticker]) or ():
        kind, media_type, ending = _STICKERS.get(sticker.format_type, _STICKERS[1])
        yield Attachment(kind, sticker.name, media_type, 0, f"{STICKER}/{sticker.id}.{ending}")


def readable(raw: Raw, kind: type[_T]) -> _T | None:
    """The part of a payload as this kind; None where it is not there or is something else."""
    if not raw:
        return None
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError:
        return None
