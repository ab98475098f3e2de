"""Files that a bench is given: read as what they should hold, or one sentence on what is wrong with them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from hub.errors import TrunklineError

Held = TypeVar("Held")


class FileUnusable(TrunklineError):
    """The file does not hold what the bench measures with."""


def read_whole(file: Path, held: type[Held]) -> Held:
    """What a file of JSON holds. Raises FileUnusable."""
    try:
        return msgspec.json.decode(_bytes_of(file), type=held)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise FileUnusable(f"{file} is not in the format of this bench: {error}.") from error


def read_lines(file: Path, held: type[Held]) -> list[Held]:
    """What a file holds that has one JSON object a line; blank lines are passed over. Raises FileUnusable."""
    decoder = msgspec.json.Decoder(held)
    found: list[Held] = []
    for number, line in enumerate(_bytes_of(file).split(b"\n"), 1):
        if line.strip():
            try:
                found.append(decoder.decode(line))
            except (msgspec.MsgspecError, UnicodeDecodeError) as error:
                raise FileUnusable(f"{file}, line {number}, is not in the format of this bench: {error}.") from error
    return found


@contextmanager
def one_sentence() -> Iterator[None]:
    """An unusable file ends the program with a sentence instead of a traceback."""
    try:
        yield
    except FileUnusable as error:
        sys.exit(str(error))


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise FileUnusable(f"{file} cannot be read: {error.strerror or error}.") from error
