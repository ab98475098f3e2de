"""Attachments of messages, fetched and judged: files for the model, texts for the prompt, and what could not be read.

They are fetched through the channel, from the platform's own hosts; nothing that a message says is followed as an
address, and nothing of the bytes is stored.
"""

import asyncio
import logging
import re
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

import msgspec

from hub import media
from hub.agents.port import File
from hub.channel import Channel, ChannelError, Fetches, Refused
from hub.messages import Attachment, mention, plain_name, storable
from hub.money.files import MOST_PIXELS

log = logging.getLogger(__name__)

MOST_FILES = 5
"""Attachments that are fetched for one answer; more are declined."""
MOST_TOGETHER = 12_000_000
"""Bytes for one answer: a request with them inline stays below Gemini's 20 MB, the least of the three ("Files")."""
MOST_IMAGE = 3_750_000
"""Bytes: Anthropic takes 5 MB of base64 an image ("Vision", request limits)."""
MOST_DOCUMENT = 10_000_000
"""Bytes of a PDF."""
MOST_PAGES = 100
"""Anthropic's limit for models with the shorter context ("PDF support")."""
MOST_TEXT = 1_000_000
"""Bytes of a text document; what of it is sent is decided by the agent's context."""
FETCH_WITHIN_S = 20.0
"""For all of them together."""

_TEXT_TYPES = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml|yaml|x-yaml|toml|javascript|sql|x-sh)\b")
_TEXT_NAMES = re.compile(
    r"\.(?:txt|md|markdown|rst|csv|tsv|json|jsonl|xml|ya?ml|toml|ini|cfg|conf|log|diff|patch|html?|css|s?css|[cm]?js|"
    r"[jt]sx?|py|pyi|rb|php|java|kt|swift|go|rs|c|h|cc|cpp|hpp|cs|sh|bash|zsh|ps1|sql|lua|r|pl|scala|tex|srt|vtt)$",
    re.IGNORECASE,
)
_OFFICE_TYPES = re.compile(r"application/(?:msword|rtf|vnd\.(?:ms-|openxmlformats|oasis))", re.IGNORECASE)


class Unread(StrEnum):
    """Why an attachment is not read; the value is what the model is told."""

    VOICE = "the hub has no speech model"
    VIDEO = "the hub cannot watch videos"
    KIND = "the hub cannot read this kind of file"
    IMAGE = "the model here takes no pictures"
    DOCUMENT = "the model here takes text documents only"
    OFFICE = "office files cannot be read; a PDF could"
    LARGE_IMAGE = "the picture is too large"
    LARGE = "the file is too large"
    MANY = "more files came than are read at once"
    FETCH = "it could not be fetched"


class Sized(msgspec.Struct, frozen=True):
    """A file for the model, with what its price depends on."""

    file: File
    size: tuple[int, int] | None = None
    """Of an image, in pixels."""
    pages: int | None = None
    """Of a document."""


class Material(msgspec.Struct, frozen=True):
    """What came beside the words of a message."""

    mentions: tuple[str, ...] = ()
    """A word on each attachment, in order: all that is remembered of it."""
    files: tuple[Sized, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    """Name and content of each text document."""
    unread: tuple[tuple[str, Unread], ...] = ()
    """A word on each, its name in quotation marks, and why."""
    """The mention of each that could not be read, and why."""


class _Budget:
    """What may still be fetched."""

    def __init__(self) -> None:
        self.files = MOST_FILES
        self.left = MOST_TOGETHER


async def read_attachments(channel: Channel, attachments: Sequence[Attachment], takes: Collection[str]) -> Material:
    """Fetch what can be read and judge it by its bytes; `takes` is what the model reads besides text (`Agent.takes`).

    A file that cannot be had is named in `unread`, whatever the reason; only cancellation goes through.
    """
    budget = _Budget()
    files: list[Sized] = []
    texts: list[tuple[str, str]] = []
    unread: list[tuple[str, Unread]] = []
    loop = asyncio.get_running_loop()
    until = loop.time() + FETCH_WITHIN_S
    for attachment in attachments:
        try:
            async with asyncio.timeout_at(until):
                found = await _read(channel, attachment, takes, budget)
        except TimeoutError:
            found = Unread.FETCH
        match found:
            case Sized():
                files.append(found)
            case Unread():
                unread.append((_told(attachment), found))
            case text:
                texts.append((_named(attachment), text))
    return Material(tuple(map(mention, attachments)), tuple(files), tuple(texts), tuple(unread))


def _named(attachment: Attachment) -> str:
    return plain_name(attachment) or "unnamed"


def _told(attachment: Attachment) -> str:
    """In a sentence of the hub's own: a name is data there."""
    name = plain_name(attachment)
    return mention(attachment).replace(f" {name}]", f' "{name}"]') if name else mention(attachment)


async def _read(
    channel: Channel, attachment: Attachment, takes: Collection[str], budget: _Budget
) -> Sized | str | Unread:
    if declined := _declined(attachment, takes):
        return declined
    if not budget.files:
        return Unread.MANY
    at_most = min(budget.left, _at_most(attachment, takes))
    if attachment.size_bytes > at_most:
        return _too_large(attachment)
    budget.files -= 1
    data = await _fetched(channel, attachment, at_most)
    if isinstance(data, Unread):
        return data
    budget.left -= len(data)
    return await asyncio.to_thread(_judged, attachment, data, takes)


def _declined(attachment: Attachment, takes: Collection[str]) -> Unread | None:
    """What need not be fetched to be declined, by what the platform says it is."""
    claimed = attachment.media_type.lower()
    if attachment.kind == "voice" or claimed.startswith("audio/"):
        return Unread.VOICE
    if attachment.kind == "video" or claimed.startswith("video/"):
        return Unread.VIDEO
    if not attachment.fetch:
        return Unread.KIND
    if _is_image(attachment):
        return None if "image" in takes else Unread.IMAGE
    if _is_pdf(attachment):
        return None if "document" in takes else Unread.DOCUMENT
    if _OFFICE_TYPES.match(claimed):
        return _office(takes)
    return None


def _is_image(attachment: Attachment) -> bool:
    # An svg is text, and is read as that.
    claimed = attachment.media_type.lower()
    return not claimed.startswith("image/svg") and (attachment.kind == "image" or claimed.startswith("image/"))


def _is_pdf(attachment: Attachment) -> bool:
    return attachment.media_type.lower() == media.PDF or attachment.name.lower().endswith(".pdf")


def _office(takes: Collection[str]) -> Unread:
    return Unread.OFFICE if "document" in takes else Unread.DOCUMENT


def _at_most(attachment: Attachment, takes: Collection[str]) -> int:
    if _is_image(attachment):
        return MOST_IMAGE
    return MOST_DOCUMENT if _is_pdf(attachment) and "document" in takes else MOST_TEXT


def _too_large(attachment: Attachment) -> Unread:
    return Unread.LARGE_IMAGE if _is_image(attachment) else Unread.LARGE


async def _fetched(channel: Channel, attachment: Attachment, at_most: int) -> bytes | Unread:
    if not isinstance(channel, Fetches):
        return Unread.FETCH
    try:
        data = await channel.fetch(attachment, at_most)
    except Refused:
        return _too_large(attachment)
    except ChannelError as error:
        log.warning("an attachment could not be fetched from %s: %s", channel.name, error)
        return Unread.FETCH
    except TimeoutError:
        raise
    except Exception:
        log.exception("an attachment could not be fetched from %s", channel.name)
        return Unread.FETCH
    return data if len(data) <= at_most else _too_large(attachment)


def _judged(attachment: Attachment, data: bytes, takes: Collection[str]) -> Sized | str | Unread:
    """By what the bytes are, whatever they were said to be."""
    found = media.media_type_of(data)
    if found.startswith("image/"):
        return _image(attachment, data, found) if "image" in takes else Unread.IMAGE
    if found == media.PDF:
        return _document(attachment, data) if "document" in takes else Unread.DOCUMENT
    if found == media.OFFICE:
        return _office(takes)
    claimed = bool(_TEXT_TYPES.match(attachment.media_type.lower()) or _TEXT_NAMES.search(attachment.name))
    text = media.text_of(data, said_to_be_text=claimed)
    if text is None:
        return Unread.KIND
    return storable(text) if len(data) <= MOST_TEXT else Unread.LARGE


def _image(attachment: Attachment, data: bytes, media_type: str) -> Sized | Unread:
    size = media.dimensions(data)
    if len(data) > MOST_IMAGE or (size and max(size) > MOST_PIXELS):
        return Unread.LARGE_IMAGE
    return Sized(File("image", media_type, data, plain_name(attachment) or "image"), size)


def _document(attachment: Attachment, data: bytes) -> Sized | Unread:
    pages = media.pages(data)
    if pages is not None and pages > MOST_PAGES:
        return Unread.LARGE
    return Sized(File("document", media.PDF, data, plain_name(attachment) or "document.pdf"), pages=pages)


def attached(messages: Iterable[Sequence[Attachment]]) -> tuple[Attachment, ...]:
    """The attachments of several messages, in order."""
    return tuple(attachment for each in messages for attachment in each)
