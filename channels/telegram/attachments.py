"""The files in a message: what each is, and the handle that `getFile` takes."""

from collections.abc import Iterable

import msgspec

from channels.rendering.cutting import sanitized
from channels.telegram.payloads import Carrier, part
from hub.messages import Attachment

_KINDS = {
    "document": ("document", ""),
    "voice": ("voice", "audio/ogg"),
    "video": ("video", ""),
    "video_note": ("video", "video/mp4"),
    "animation": ("video", ""),
    "audio": ("voice", ""),
}
"""Field of the Bot API -> the hub's kind, and the media type where the platform says none."""


class _File(msgspec.Struct):
    file_id: str
    file_name: str = ""
    mime_type: str = ""
    file_size: int = 0


class _Sticker(msgspec.Struct):
    file_id: str
    emoji: str = ""
    is_animated: bool = False
    is_video: bool = False
    file_size: int = 0


class _Contact(msgspec.Struct):
    first_name: str
    last_name: str = ""
    vcard: str = ""


def attachments(carrier: Carrier) -> Iterable[Attachment]:
    """Every file of a message. What cannot be read is there, without a handle."""
    if carrier.photo:
        # The same picture in several sizes, the largest last.
        sizes = part(carrier.photo, list[_File])
        yield _attachment("image", sizes[-1] if sizes else None, "image/jpeg")
    for field, (kind, media_type) in _KINDS.items():
        raw: msgspec.Raw = getattr(carrier, field)
        # A moving picture comes a second time as a document.
        if raw and not (field == "document" and carrier.animation):
            yield _attachment(kind, part(raw, _File), media_type)
    if carrier.sticker:
        yield _sticker(part(carrier.sticker, _Sticker))
    if carrier.contact:
        yield _card(part(carrier.contact, _Contact))


def _attachment(kind: str, file: _File | None, media_type: str) -> Attachment:
    if file is None:
        return Attachment("other")
    return Attachment(
        kind, sanitized(file.file_name), sanitized(file.mime_type) or media_type, file.file_size, file.file_id
    )


def _sticker(file: _Sticker | None) -> Attachment:
    """Named by its emoji. Moving ones come as Lottie animations, which are no picture to a model, or as WebM."""
    if file is None:
        return Attachment("other")
    kind, media_type = "image", "image/webp"
    if file.is_animated:
        kind, media_type = "other", "application/x-tgsticker"
    elif file.is_video:
        kind, media_type = "video", "video/webm"
    return Attachment(kind, sanitized(file.emoji), media_type, file.file_size, file.file_id)


def _card(contact: _Contact | None) -> Attachment:
    """A contact's name; its number stays on the platform, since there is no file to fetch."""
    if contact is None:
        return Attachment("other")
    name = sanitized(f"{contact.first_name} {contact.last_name}".strip())
    return Attachment("other", name, "text/vcard")
