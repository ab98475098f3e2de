"""Where a term stands in a conversation: packed so that a list only ever grows at its end.

Turns are counted through as ordinals: twice the position of the message, and one more for the answer. A posting is one
32-bit number: the ordinal within its block, how often the term stands there, and the length of the turn. Postings are
written one after the other in hexadecimal, since both engines can add to a text, and neither has to know what is in it.
"""

import hashlib
import math
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

import msgspec

BLOCK = 8_192
"""Ordinals of one row: the row of the commonest term has 64 KB, and only the last row of a term is ever written to."""
ORDINAL_BITS = 12
FORM_MASK = (1 << ORDINAL_BITS) - 1
"""Of a posting: its form, which is frequency and length class."""
_MOST = 63
_CLASSES_TO_AN_OCTAVE = 6
"""Lengths are kept to within 6 %."""


MONTHS = -1
"""The key of the row with the turns that begin a month: of each its form is the months since January 1970."""


class Turn(msgspec.Struct, frozen=True):
    """The terms of one turn, and whose it is, where its text tells."""

    ordinal: int
    terms: Sequence[str]
    speaker: Collection[str] = ()
    """The words of the name."""
    month: int | None = None
    """When it was said, in months since January 1970; None where that is not known."""


class Addition(msgspec.Struct, frozen=True):
    """What a term's row of one block grows by."""

    term: int
    block: int
    turns: int
    data: str


def key_of(*names: str) -> int:
    """A number that stands for the names in the store: 63 bits, so that no two are alike."""
    digest = hashlib.blake2b("\0".join(names).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def speaker_key(word: str) -> int:
    """The key of the turns of a person with this word in the name."""
    return key_of("speaker", word)


def additions(turns: Iterable[Turn]) -> list[Addition]:
    """The postings of turns, which run from the oldest to the newest."""
    grown: defaultdict[tuple[int, int], array[int]] = defaultdict(lambda: array("I"))
    month: tuple[int, int] | None = None
    for turn in turns:
        block, within = divmod(turn.ordinal, BLOCK)
        place, length = within << ORDINAL_BITS, _length_class(len(turn.terms))
        for term, frequency in Counter(turn.terms).items():
            grown[key_of(term), block].append(place | min(frequency, _MOST) << 6 | length)
        for word in turn.speaker:
            grown[speaker_key(word), block].append(place)
        if turn.month is not None and month != (block, turn.month):
            month = block, turn.month
            grown[MONTHS, block].append(place | turn.month & FORM_MASK)
    return [
        Addition(key, block, len(postings), _little_endian(postings).tobytes().hex())
        for (key, block), postings in sorted(grown.items())
    ]


def unpacked(data: str) -> "array[int]":
    """The postings of a row, in order; `posting >> 12` is the ordinal within its block."""
    postings = array("I")
    postings.frombytes(bytes.fromhex(data))
    return _little_endian(postings)


def frequency_of(form: int) -> int:
    """How often the term stands in the turn."""
    return form >> 6


def length_of(form: int) -> float:
    """Terms of the whole turn, nearly."""
    return float(2 ** ((form & _MOST) / _CLASSES_TO_AN_OCTAVE) - 1)


def ordinal_in_block(posting: int) -> int:
    """Of the turn, counted from the beginning of its block."""
    return posting >> ORDINAL_BITS


def first_posting(ordinal: int) -> int:
    """Less than or equal to all postings of this ordinal of a block or later ones."""
    return ordinal << ORDINAL_BITS


def _length_class(length: int) -> int:
    return min(_MOST, round(_CLASSES_TO_AN_OCTAVE * math.log2(1 + length)))


def _little_endian(postings: "array[int]") -> "array[int]":
    if sys.byteorder != "little":
        postings = array("I", postings)
        postings.byteswap()
    return postings
