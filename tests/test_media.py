"""What a file is, from its first bytes, whatever the bytes are."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import media
from tests.files import gif, jpeg, pdf, png, webp

pytestmark = pytest.mark.unit

SIZES = st.tuples(st.integers(1, 16_383), st.integers(1, 16_383))


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png(1, 1), "image/png"),
        (jpeg(1, 1), "image/jpeg"),
        (gif(1, 1), "image/gif"),
        (b"GIF87a\x01\x00\x01\x00", "image/gif"),
        (webp(b"VP8 ", 1, 1), "image/webp"),
        (pdf(1), "application/pdf"),
        (b"\n\n" + pdf(1), "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/zip"),
        (b"RIFF\x00\x00\x00\x00WAVE", ""),
        (b"hello", ""),
        (b"", ""),
    ],
)
def test_the_bytes_say_what_a_file_is(data: bytes, media_type: str) -> None:
    assert media.media_type_of(data) == media_type


@given(SIZES)
def test_the_size_of_an_image_stands_in_its_header(size: tuple[int, int]) -> None:
    for data in (png(*size), gif(*size), jpeg(*size), *(webp(kind, *size) for kind in (b"VP8 ", b"VP8L", b"VP8X"))):
        assert media.dimensions(data) == size


def test_jpeg_segments_before_the_size_are_passed_over() -> None:
    exif = b"\xff\xe1\x00\x06\xff\xc0ab"  # what looks like a frame inside a segment is none
    assert media.dimensions(jpeg(640, 480, before=exif + b"\xff\xff\xff\x01\xff\xc4\x00\x02")) == (640, 480)
    assert media.dimensions(jpeg(640, 480, marker=0xC2)) == (640, 480)


@pytest.mark.parametrize(
    "data",
    [
        png(0, 5),
        png(5, 5)[:20],
        gif(5, 5)[:8],
        b"\x89PNG\r\n\x1a\n" + b"IDAT" * 9,
        jpeg(5, 5)[:24],
        jpeg(5, 5, before=b"\xff\xfe\x00\x02" * 1_000),
        webp(b"VP8X", 5, 5)[:20],
        webp(b"ALPH", 5, 5),
        pdf(1),
        b"",
    ],
)
def test_a_header_that_does_not_tell_is_no_size(data: bytes) -> None:
    assert media.dimensions(data) is None


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF1234WEBPVP8 ", b"RIFF1234WEBPVP8L", b""]),
    st.binary(max_size=200),
)
def test_no_bytes_break_the_reading(head: bytes, rest: bytes) -> None:
    size = media.dimensions(head + rest)
    assert size is None or min(size) > 0
    media.pages(b"%PDF-1.4 /ObjStm >> stream\n" + rest)
    media.text_of(rest, said_to_be_text=True)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("count", [1, 7, 250])
def test_the_pages_of_a_pdf_are_counted(count: int, packed: bool) -> None:
    assert media.pages(pdf(count, packed=packed)) == count


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n<< /Type /Catalog >>",
        pdf(3) + b"<< /Encrypt 9 0 R >>",
        b"%PDF-1.7\n<< /Type /ObjStm /Filter /LZWDecode >>\nstream\nnot deflated\nendstream",
        b"%PDF-1.7\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n"
        + zlib.compress(bytes(20_000_000))
        + b"\nendstream",
        b"%PDF-1.7\n<< /Type /ObjStm",
        b"%PDF-1.7\n<< /Type /ObjStm >>\nstream\nno end",
    ],
)
def test_pages_that_cannot_be_seen_are_not_guessed(data: bytes) -> None:
    assert media.pages(data) is None


@pytest.mark.parametrize(
    ("data", "said", "text"),
    [
        (b"plain", False, "plain"),
        (b"\xef\xbb\xbfmarked", False, "marked"),
        ("w\u00fcrdig".encode("utf-16"), False, "w\u00fcrdig"),
        (b"gr\xfcn", True, "gr\ufffdn"),
        (b"gr\xfcn", False, None),
        (b"a\x00b", True, None),
    ],
)
def test_text_is_utf_8_or_what_its_mark_says(data: bytes, said: bool, text: str | None) -> None:
    assert media.text_of(data, said_to_be_text=said) == text
