"""What a file is, by its own first bytes: its type, an image's size, a document's pages. Nothing is decoded."""

import re
import zlib

PDF = "application/pdf"
OFFICE = "application/zip"
"""Office files are zip archives, old ones compound files; what is in them is not looked at."""

_MOST_HEADERS = 200
"""Segments of a JPEG that are looked through before its size must have come."""
_MOST_INFLATED = 16_000_000
"""Bytes of a PDF's object streams that are unpacked to count its pages."""

_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_OBJECT_STREAM = re.compile(rb"/ObjStm(?![A-Za-z])")


def media_type_of(data: bytes) -> str:
    """The type that the bytes themselves tell: an image, a PDF, an office file; empty where none of these."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if b"%PDF-" in data[:1024]:  # readers accept it within the first kilobyte
        return PDF
    return OFFICE if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) else ""


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels from the header of a PNG, JPEG, GIF or WebP; None where it does not tell."""
    readers = {"image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif, "image/webp": _webp}
    read = readers.get(media_type_of(data))
    size = read(data) if read else None
    return size if size and min(size) > 0 else None


def text_of(data: bytes, *, said_to_be_text: bool) -> str | None:
    """The bytes as text: UTF-8, or what a byte order mark says; None where they are none.

    What is said to be text is read with U+FFFD for what is not UTF-8; anything else must be UTF-8 throughout.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\x00" in data:
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("utf-8-sig", "replace") if said_to_be_text else None


def pages(data: bytes) -> int | None:
    """How many pages a PDF has, as far as can be seen without reading it; None where it cannot be told.

    Counted are the page objects, also those in compressed object streams, not what the page tree claims.
    Takes up to about 0.1 s for 10 MB.
    """
    if b"/Encrypt" in data:
        return None
    found = len(_PAGE.findall(data))
    left, after = _MOST_INFLATED, 0
    for stream in _OBJECT_STREAM.finditer(data):
        if stream.start() < after:
            continue  # what looks like a head inside the stream before
        begins = data.find(b"stream", stream.end(), stream.end() + 1_000)
        after = data.find(b"endstream", stream.end())
        if begins < 0 or after < begins:
            return None
        begins += len(b"stream")
        begins += 2 if data[begins : begins + 2] == b"\r\n" else 1
        try:
            inside = zlib.decompressobj().decompress(data[begins:after], left)
        except zlib.error:
            return None  # packed in another way
        left -= len(inside)
        if left <= 0:
            return None
        found += len(_PAGE.findall(inside))
    return found or None


def _png(data: bytes) -> tuple[int, int] | None:
    if len(data) < 24 or data[12:16] != b"IHDR":
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def _gif(data: bytes) -> tuple[int, int] | None:
    if len(data) < 10:
        return None
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


_SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""JPEG's start-of-frame markers."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG's markers without a length after them."""


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(_MOST_HEADERS):
        if len(data) < at + 9 or data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # filler
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _SIZED:
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    if len(data) < 30:
        return None
    match data[12:16]:
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case b"VP8L" if data[20] == 0x2F:
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 " if data[23:26] == b"\x9d\x01\x2a":
            width, height = (int.from_bytes(data[at : at + 2], "little") & 0x3FFF for at in (26, 28))
            return width, height
        case _:
            return None
