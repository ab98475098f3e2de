"""Plain text as parts of a length: cut at a paragraph, a line or a word, and never within what shows as one."""

import re
import unicodedata
from collections.abc import Callable

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_CLUSTER = 64
"""Characters searched for the beginning of what shows as one; longer chains of marks are cut anyhow."""
_JOINER = "\u200d"
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)


def sanitized(text: str) -> str:
    """Without what no UTF-8 or the platform can carry: NUL is dropped, half a surrogate pair becomes U+FFFD."""
    if text.isascii():
        return text.replace("\0", "") if "\0" in text else text
    return _LONE_SURROGATE.sub("\ufffd", text.replace("\0", ""))


def visible(text: str) -> bool:
    """Whether the platform sees any text in it: it refuses a message of blanks and format characters."""
    return any(unicodedata.category(char) not in _INVISIBLE for char in text)


def units(text: str) -> int:
    """UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int, length: Callable[[str], int] = units) -> list[str]:
    """Parts whose `length` is at most `limit`, in order, each with something to see; none where there is nothing.

    Only blanks at the cuts, and what cannot be seen at all, are lost. A text's length is the sum of its characters',
    each at least 1 and at most `limit`. Takes time linear in the length of the text.
    """
    text = sanitized(text)
    parts = []
    start = 0
    while start < len(text):
        end = reach(text, start, limit, length)
        if end < len(text):
            end = cut(text, start, end)
        part = text[start:end].rstrip()
        if visible(part):
            parts.append(part)
        start = after_blanks(text, end)
    return parts


def reach(text: str, start: int, limit: int, length: Callable[[str], int]) -> int:
    """The furthest end of a part that begins at `start`; beyond `start` unless at the end of the text."""
    end = min(start + limit, len(text))
    excess = length(text[start:end]) - limit
    while excess > 0 and end > start + 1:
        end -= 1
        excess -= length(text[end])
    return end


def cut(text: str, start: int, end: int) -> int:
    """Where to end the part: the latest paragraph, line or word in its second half, else any word, else a character."""
    half = start + (end - start) // 2
    for separator in ("\n\n", "\n", " "):
        # A separator may stand just behind the part.
        found = text.rfind(separator, half, end + len(separator))
        if found > half:
            return found
    for separator in ("\n", " "):
        found = text.rfind(separator, start + 1, end)
        if found > start and not text[start:found].isspace():
            return found
    return _character(text, start, end)


def _character(text: str, start: int, end: int) -> int:
    """The latest cut that parts no pair, no marks from their letter, no joined emoji; never `start` itself."""
    for cut in range(end, max(start, end - _CLUSTER), -1):
        if not joined(text, start, cut):
            return cut
    return end


def joined(text: str, start: int, cut: int) -> bool:
    """Whether what stands before the cut shows as one with what follows it."""
    following, before = text[cut], text[cut - 1]
    if before == _JOINER or following == _JOINER or unicodedata.category(following) in ("Mn", "Mc", "Me"):
        return True
    code = ord(following)
    if code in _SKIN_TONES or code in _TAGS:
        return True
    return code in _REGIONAL and _flags_open(text, start, cut)


def _flags_open(text: str, start: int, cut: int) -> bool:
    """Whether an odd number of regional letters stands before the cut: the pair is not complete."""
    first = cut
    while first > start and ord(text[first - 1]) in _REGIONAL and cut - first < _CLUSTER:
        first -= 1
    return (cut - first) % 2 == 1


def after_blanks(text: str, end: int) -> int:
    """Where the next part begins: after the blank or the empty lines of the cut, keeping a line's own indent."""
    start = end
    while start < len(text) and text[start].isspace():
        start += 1
    line = text.rfind("\n", end, start)
    return line + 1 if line >= 0 and start < len(text) else start
