"""The smallest files of each kind, as far as anybody reads them here."""

import zlib

PNG_HEAD = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


def png(width: int, height: int) -> bytes:
    return PNG_HEAD + width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + b"\x00\x00\x00"


def jpeg(width: int, height: int, *, marker: int = 0xC0, before: bytes = b"") -> bytes:
    """With an application segment first, as cameras write it."""
    size = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    frame = b"\xff" + bytes([marker]) + b"\x00\x11\x08" + size + b"\x03" + b"\x01\x11\x00" * 3
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(7) + before + frame


def webp(kind: bytes, width: int, height: int) -> bytes:
    match kind:
        case b"VP8X":
            body = b"\x10\x00\x00\x00" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        case b"VP8L":
            body = b"\x2f" + (width - 1 | height - 1 << 14).to_bytes(4, "little") + bytes(8)
        case _:
            body = b"\x00\x00\x00\x9d\x01\x2a" + width.to_bytes(2, "little") + height.to_bytes(2, "little") + bytes(4)
    return b"RIFF" + bytes(4) + b"WEBP" + kind + len(body).to_bytes(4, "little") + body


def pdf(pages: int, *, packed: bool = False) -> bytes:
    """The page tree alone; `packed` into a compressed object stream, as most writers do it today."""
    objects = b"<< /Type /Pages /Kids [] >>" + b"<< /Type /Page /Parent 2 0 R >>" * pages
    if packed:
        inside = zlib.compress(objects)
        head = b"1 0 obj\n<< /Type /ObjStm /Filter /FlateDecode /Length %d >>\nstream\r\n" % len(inside)
        objects = head + inside + b"\nendstream\nendobj"
    return b"%PDF-1.7\n" + objects + b"\n%%EOF"
