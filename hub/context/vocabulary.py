"""Counting the tokens of a text by a vocabulary that takes 2 MB of memory.

The tokens stand in a trie and are looked up as they are needed; what was counted lately is remembered by chunks, which
are words more or less. So a chunk is merged by byte pairs once, and a text costs a look-up a word. What is a letter is
said by Python's Unicode tables: beside a character that these do not know yet, a count can be one off.

A count is exact for any short text and for a long one of usual words. Merging is slow in Python, and anybody may send
what has to be merged from end to end, so of one text only so much is; the rest counts as the most that it can be.
"""

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import unicodedata
from array import array
from contextlib import suppress
from heapq import heapify, heappop, heappush
from itertools import pairwise
from pathlib import Path

import marisa_trie

from hub.context import unpacking
from hub.errors import TrunklineError

_NO_TOKEN = 1 << 30
_CHUNKS = 16_384
"""Remembered at most, of 64 characters at most: 3 MB."""
_LONGEST_CHUNK = 64
_SLICES = 16_384
"""Slices of bytes whose rank is remembered: 2 MB."""
_LONG_PIECE = 256
"""Bytes from which on a heap finds the next pair, since looking through all of them is quadratic."""
_SHORT_TEXT = 2_048
"""Characters of a text that is counted exactly whatever it is, in 8 ms at the most."""
_MERGED = 5_120
"""Characters of a longer text that are merged at the most, of chunks that are not remembered and beside what is a token
as it stands: 20 ms where they are rare and in one run, 5 ms in Chinese prose. English prose of 50 KB has so many."""
_READ = 16_384
"""Characters of what is not merged that are looked at one by one: 6 ms."""
_LONGEST_CHARACTER = 4
"""Bytes. So many tokens more has a character whose neighbour was not looked at."""

# Where a text may be cut whatever stands around: before whitespace that follows an ASCII letter or digit, and before a
# space that follows anything but whitespace. No alternative of the patterns below goes on there, and none looks back.
_CHUNK = re.compile(r"\s*\S+(?:(?<![A-Za-z0-9])[^\S ]\s*\S+)*(?:(?<![A-Za-z0-9])[^\S ]\s*\Z)?|\s+")

# The patterns that OpenAI publishes with its vocabularies, over texts in which those characters that are not ASCII are
# replaced by such as stand for their class: small letters by a, capitals by A, other letters by ª, marks by ¨, numbers
# by 1, whitespace by a vertical tab, all else by an exclamation mark.
_SUFFIX = "'(?:[sStTmMdD]|[rR][eE]|[vV][eE]|[lL][lL])"
_LEADING = r"[^\r\nA-Za-zª0-9]?"
_SPACE = r"\t\n\x0b\x0c\r "
_PIECES = {
    "o200k_base": (
        rf"{_LEADING}[A-Zª¨]*[a-zª¨]+(?:{_SUFFIX})?|{_LEADING}[A-Zª¨]+[a-zª¨]*(?:{_SUFFIX})?|[0-9]{{1,3}}"
        rf"| ?[^{_SPACE}A-Za-zª0-9]+[\r\n/]*|[{_SPACE}]*[\r\n]+|[{_SPACE}]+(?![^{_SPACE}])|[{_SPACE}]+"
    ),
    "cl100k_base": (
        rf"{_SUFFIX}|{_LEADING}[A-Za-zª]+|[0-9]{{1,3}}"
        rf"| ?[^{_SPACE}A-Za-zª0-9]+[\r\n]*|[{_SPACE}]*[\r\n]+|[{_SPACE}]+(?![^{_SPACE}])|[{_SPACE}]+"
    ),
}
_SPACES = frozenset("\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))))


_FORM = 1
"""One more whenever `unpacking.unpacked` packs otherwise."""
_DIGEST = hashlib.sha256().digest_size
_UNPACKED_WITHIN_S = 120.0
KEPT_IN = Path(importlib.util.cache_from_source(__file__)).parent
"""Beside the compiled form that Python keeps of this module: it is no more than that of toktok."""


class VocabularyError(TrunklineError):
    """The vocabulary cannot be unpacked."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"The token vocabulary {name} cannot be unpacked ({why}): "
            "install what requirements.lock names, and give the start 200 MB for a second."
        )


class Vocabulary:
    """One of the two, by its name: o200k_base or cl100k_base. Raises VocabularyError where it cannot be unpacked."""

    def __init__(self, name: str) -> None:
        table = table_of(name, KEPT_IN)
        tokens, seams = array("I", table[:8])
        at = 8 + 4 * tokens
        end = at + 2 * seams
        trie = marisa_trie.BinaryTrie()
        trie.frombytes(table[end:])
        self._ranks = _Ranks(trie, array("I", table[8:at]), frozenset(table[i : i + 2] for i in range(at, end, 2)))
        self._chunks = _Chunks(self._ranks, re.compile(_PIECES[name]))

    def count(self, text: str) -> int:
        """Tokens of the text. Raises UnicodeEncodeError for a lone surrogate.

        Never too few; some too many where a long text has much that was not counted lately, or no spaces.
        """
        chunks = _CHUNK.findall(text)
        if len(text) <= _SHORT_TEXT:
            return sum(map(self._chunks.__getitem__, chunks))
        lately = [*map(self._chunks.get, chunks)]
        if None not in lately:  # as of most prompts; the loop below takes three times as long
            return sum(filter(None, lately))
        tokens, until = 0, self._chunks.merged + _MERGED
        beyond: list[str] = []
        for chunk in chunks:
            known = self._chunks.get(chunk)
            if known is None:
                if len(chunk) > until - self._chunks.merged:
                    beyond.append(chunk)
                    continue
                known = self._chunks[chunk]
            tokens += known
        return tokens + _at_most("".join(beyond), self._ranks)


class _Ranks(dict[bytes, int]):
    """By bytes: the rank of the token that they are, `_NO_TOKEN` where they are none. Of those asked for lately."""

    def __init__(self, trie: marisa_trie.BinaryTrie, ranks: "array[int]", seams: frozenset[bytes]) -> None:
        self._trie = trie
        self._all = ranks
        self.seams = seams
        """Last byte of a character and first byte of the next, where a token has but a part of one of the two."""

    def __missing__(self, token: bytes) -> int:
        number = self._trie.get(token, -1)
        rank = self._all[number] if number >= 0 else _NO_TOKEN
        if len(self) >= _SLICES:
            self.clear()
        self[token] = rank
        return rank

    def has(self, token: bytes) -> bool:
        return token in self._trie


class _Chunks(dict[str, int]):
    """By chunk: its tokens. Of those counted lately."""

    def __init__(self, ranks: _Ranks, pieces: re.Pattern[str]) -> None:
        self._ranks = ranks
        self._pieces = pieces
        self.merged = 0
        """Characters up to now, bytes where many are merged in one, and one more for each chunk."""

    def __missing__(self, chunk: str) -> int:
        tokens = 0
        self.merged += 1
        for each in _cut(chunk, self._pieces):
            piece = each.encode()
            if self._ranks.has(piece):
                tokens += 1
            else:
                tokens += _merged(piece, self._ranks)
                self.merged += len(piece) if len(piece) >= _LONG_PIECE else len(each)
        if len(chunk) <= _LONGEST_CHUNK:
            if len(self) >= _CHUNKS:
                self.clear()
            self[chunk] = tokens
        return tokens


def _cut(chunk: str, pieces: re.Pattern[str]) -> list[str]:
    """The pieces within which bytes are merged."""
    if chunk.isascii():
        return pieces.findall(chunk)
    return [chunk[slice(*piece.span())] for piece in pieces.finditer(chunk.translate(_CLASSES))]


class _Classes(dict[int, int]):
    """By code point: the character that stands for its class."""

    def __missing__(self, point: int) -> int:
        stands = ord(_class(chr(point)))
        if len(self) >= _SLICES:
            self.clear()
        self[point] = stands
        return stands


def _class(character: str) -> str:
    if character.isascii():
        return character
    if character == "ſ":  # in a pattern that ignores case it is an s
        return "s"
    if character in _SPACES:
        return "\x0b"
    match unicodedata.category(character):
        case "Ll":
            return "a"
        case "Lu" | "Lt":
            return "A"
        case "Lm" | "Lo":
            return "ª"
        case "Mn" | "Mc" | "Me":
            return "¨"
        case "Nd" | "Nl" | "No":
            return "1"
        case _:
            return "!"


_CLASSES = _Classes()


# -- merging ---------------------------------------------------------------------------------------------------------


def _merged(piece: bytes, ranks: _Ranks) -> int:
    """Parts that are left when the pair of the lowest rank, of equals the first, is merged until none is a token."""
    if len(piece) >= _LONG_PIECE:
        return _merged_by_heap(piece, ranks)
    starts = list(range(len(piece) + 1)) if piece.isascii() else _character_starts(piece.decode(), ranks)
    pairs = [ranks[piece[start:end]] for start, end in zip(starts, starts[2:], strict=False)]
    while pairs:
        lowest = min(pairs)
        if lowest == _NO_TOKEN:
            break
        at = pairs.index(lowest)
        del starts[at + 1], pairs[at]
        if at < len(pairs):
            pairs[at] = ranks[piece[starts[at] : starts[at + 2]]]
        if at:
            pairs[at - 1] = ranks[piece[starts[at - 1] : starts[at + 1]]]
    return len(starts) - 1


def _character_starts(piece: str, ranks: _Ranks) -> list[int]:
    """Where merging can begin, in bytes: at whole characters as far as no token has but a part of them, else at bytes.

    Such a character's bytes are merged with each other before anything is with them, since a token's rank is higher
    than those of its parts.
    """
    characters = [character.encode() for character in piece]
    seams = [one[-1:] + other[:1] in ranks.seams for one, other in pairwise(characters)]
    starts = [0]
    for character, left, right in zip(characters, [False, *seams], [*seams, False], strict=True):
        begin, end = starts[-1], starts[-1] + len(character)
        whole = not (left or right) and ranks[character] != _NO_TOKEN
        starts += (end,) if whole else range(begin + 1, end + 1)
    return starts


def _at_most(text: str, ranks: _Ranks) -> int:
    """As many tokens as a text can have, wherever pieces of it begin: one a byte, or a character where that is sure."""
    if text.isascii():
        return len(text)
    read, rest = text[:_READ], text[_READ:]
    return len(_character_starts(read, ranks)) - 1 + (len(rest.encode()) + _LONGEST_CHARACTER if rest else 0)


def _merged_by_heap(piece: bytes, ranks: _Ranks) -> int:
    """The same in n log n. A part is named by where it starts.

    What the heap says of a pair counts while it is the pair's rank; `size` times the rank plus the place orders them.
    """
    size = len(piece)
    ends = list(range(1, size + 1))
    before = list(range(-1, size - 1))
    pairs = [ranks[piece[at : at + 2]] for at in range(size - 1)]
    heap = [rank * size + at for at, rank in enumerate(pairs) if rank != _NO_TOKEN]
    pairs.append(_NO_TOKEN)
    heapify(heap)
    parts = size
    while heap:
        rank, at = divmod(heappop(heap), size)
        if pairs[at] != rank:
            continue
        parts -= 1
        middle = ends[at]
        end = ends[at] = ends[middle]
        pairs[middle] = pairs[at] = _NO_TOKEN
        if end < size:
            before[end] = at
            rank = pairs[at] = ranks[piece[at : ends[end]]]
            if rank != _NO_TOKEN:
                heappush(heap, rank * size + at)
        if (first := before[at]) >= 0:
            rank = pairs[first] = ranks[piece[first:end]]
            if rank != _NO_TOKEN:
                heappush(heap, rank * size + first)
    return parts


# -- the table -------------------------------------------------------------------------------------------------------


def table_of(name: str, kept_in: Path) -> bytes:
    """What `unpacking.unpacked` makes: read where it is kept, else made and kept there.

    Raises VocabularyError.
    """
    file = kept_in / f"{name}-{_FORM}.tokens"
    with suppress(OSError):
        kept = file.read_bytes()
        if hashlib.sha256(kept[_DIGEST:]).digest() == kept[:_DIGEST]:
            return kept[_DIGEST:]
    table = _unpacked(name)
    with suppress(OSError):  # a file system that is read-only: each start unpacks it anew
        kept_in.mkdir(exist_ok=True)
        new = file.with_name(f"{file.name}.{os.getpid()}")
        new.write_bytes(hashlib.sha256(table).digest() + table)
        new.replace(file)
    return table


def _unpacked(name: str) -> bytes:
    """In a process of its own, since the memory that it takes would stay taken."""
    # -P: the folder of the script does not come before the packages that it imports.
    command = [sys.executable, "-P", unpacking.__file__, name]
    try:
        made = subprocess.run(command, capture_output=True, check=False, timeout=_UNPACKED_WITHIN_S)  # noqa: S603 - our own
    except (OSError, subprocess.TimeoutExpired) as error:
        raise VocabularyError(name, str(error)) from error
    if made.returncode:
        said = made.stderr.decode(errors="replace").strip()
        raise VocabularyError(name, said.rpartition("\n")[2] or f"exit status {made.returncode}")
    return made.stdout


def keep_all() -> None:
    """Unpack each vocabulary now, so that no start has to: for an image. Raises VocabularyError."""
    for name in _PIECES:
        table_of(name, KEPT_IN)
