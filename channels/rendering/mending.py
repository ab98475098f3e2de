"""A text that is still growing: what stands open at its end is closed, so that no half of a markup is seen."""

import re

_LAST_PARAGRAPH = re.compile(r"\n[ \t>]*\n")
_FENCE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(```+|~~~+)([^\n]*)$", re.MULTILINE)
_MARK = re.compile(r"\\.|`+|\*{1,3}|_{1,3}|~~|\|\|", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\Z")
_HALF = re.compile(r"(?<!\S)[*_~|`]{1,3}\Z")
"""The beginning of a markup that has no word yet."""
_LAST_LINE = 2000
"""Characters looked at before the end, at most."""


def mended(source: str) -> str:
    """The text with whatever its last paragraph leaves open closed."""
    if in_fence(source):
        return source
    start = max(0, len(source) - _LAST_LINE)
    for gap in _LAST_PARAGRAPH.finditer(source, start):
        start = gap.end()
    end = source[start:].rstrip()
    end = _HALF.sub("", _LINK.sub(r"\1", end))
    return source[:start] + end + "".join(reversed(left_open(end)))


def in_fence(source: str) -> bool:
    """Whether the text ends within a fenced code block."""
    opening = ""
    for fence in _FENCE.finditer(source):
        marks, info = fence[1], fence[2]
        if not opening and (marks[0] == "~" or "`" not in info):
            opening = marks
        elif opening and marks.startswith(opening) and not info.strip():
            opening = ""
    return bool(opening)


def left_open(text: str) -> list[str]:
    """The marks of styles and code that the text opens and does not close, outermost first."""
    marks: list[str] = []
    position = 0
    while found := _MARK.search(text, position):
        mark, position = found[0], found.end()
        if mark[0] == "\\":
            continue
        if mark[0] == "`":
            close = re.compile(rf"(?<!`){mark}(?!`)").search(text, position)
            if close is None:
                return [*marks, mark] if position < len(text) else marks
            position = close.end()
        elif marks and marks[-1] == mark and not text[found.start() - 1].isspace():
            marks.pop()
        elif position < len(text) and not text[position].isspace() and _may_open(text, found.start(), mark):
            marks.append(mark)
    return marks


def _may_open(text: str, start: int, mark: str) -> bool:
    return mark[0] in "*~|" or start == 0 or not text[start - 1].isalnum()
