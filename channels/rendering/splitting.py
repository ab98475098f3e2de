"""Markdown as parts that are Markdown again, each of which fits a platform once it is rendered there.

A part that begins within a fence opens it again, within a table it repeats the header, within a list it says where it
is: `3. …`. The text is looked at through a window of bounded size, so the time is linear in its length; windows are
remembered, so a growing text costs no more than what is new of it.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

import msgspec
from markdown_it.token import Token

from channels.rendering import cutting
from channels.rendering.places import Place, Seam, best, places, seam
from channels.rendering.syntax import block_tokens
from channels.rendering.tree import Block, block_of, marked_up, outermost, parsed

TRIES = 6
"""Of fitting a part of a block, each shorter than the one before."""
_CARRY_AT_MOST = 2
"""The part of a message's limit that may be repeated from the part before: a half."""


class Size(msgspec.Struct, frozen=True):
    """`length` in the platform's own unit; `marks`: entities."""

    length: int
    marks: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(self.length + other.length, self.marks + other.marks)

    def within(self, other: "Size") -> bool:
        return self.length <= other.length and self.marks <= other.marks


class Form(Protocol):
    """What splitting asks of a platform."""

    @property
    def limit(self) -> Size:
        """Of one message."""
        ...

    def __hash__(self) -> int: ...

    def plain_length(self, text: str) -> int:
        """Of the text as it stands, in the platform's unit: the sum of what its characters take at the most."""
        ...

    def surely_fits(self, source: str) -> bool:
        """Whether the rendered text is within the limit, without rendering it; False where that is not certain."""
        ...

    def size(self, blocks: Sequence[Block]) -> Size:
        """Of the blocks, rendered."""
        ...


class _Part(msgspec.Struct, frozen=True):
    """A part, how much of the window it took, and what the next window begins with."""

    source: str
    taken: int
    carry: str = ""


def pieces(source: str, form: Form) -> list[str]:
    """The parts, in order, each with something to see; none where there is nothing."""
    source = cutting.sanitized(source)
    if form.surely_fits(source):
        return [source] if cutting.visible(source) else []
    parts: list[str] = []
    at, carry = 0, ""
    while at < len(source):
        part = _next(source, at, carry, form)
        if cutting.visible(part.source):
            parts.append(part.source)
        at += part.taken - len(carry)
        carry = part.carry
    return parts


def _next(source: str, at: int, carry: str, form: Form) -> _Part:
    wide = form.limit.length * 5 // 4
    while True:
        window = carry + source[at : at + wide]
        whole = at + wide >= len(source)
        part = _first(window, len(carry), whole, form)
        if whole or part.taken < len(window) - wide // 8 or wide >= form.limit.length * 6:
            return part
        wide *= 2  # much of it is not seen, such as the addresses of links


@lru_cache(maxsize=512)
def _first(window: str, carried: int, whole: bool, form: Form) -> _Part:
    """The first part of a text of which this window is the beginning, or the whole."""
    if whole and form.surely_fits(window):
        return _Part(window, len(window))
    if not marked_up(window):
        return _plain(window, carried, form)
    lines = window.split("\n")
    tops = outermost(block_tokens(window))
    used = Size(0)
    for number, tokens in enumerate(tops):
        used_before, used = used, used + form.size([block_of(tokens, lines)]) + Size(2)
        last = number == len(tops) - 1
        if used.within(form.limit) and (whole or not last):
            continue
        if number and (2 * used_before.length >= form.limit.length or used.within(form.limit)):
            return _before_line(window, lines, _above_headings(tops, number))
        room = Size(form.limit.length - used_before.length, form.limit.marks - used_before.marks)
        part = _within(window, lines, tokens, room, form)
        if part is None and number:
            return _before_line(window, lines, _above_headings(tops, number))
        if part is None:
            part = _as_written(window, lines, tokens, form)
        if part is None or part.taken <= carried:
            break
        return part
    else:
        return _Part(window, len(window))
    return _plain(window, carried, form)


def _start(tokens: Sequence[Token]) -> int:
    return tokens[0].map[0] if tokens[0].map else 0


def _end(tokens: Sequence[Token]) -> int:
    return tokens[0].map[1] if tokens[0].map else 0


def _above_headings(tops: Sequence[Sequence[Token]], number: int) -> int:
    """The line where the block begins, or the headings above it, which belong to it."""
    while number > 1 and tops[number - 1][0].type == "heading_open":
        number -= 1
    return _start(tops[number])


def _before_line(window: str, lines: Sequence[str], line: int) -> _Part:
    end = _offset(lines, line)
    return _Part(window[:end].rstrip(), end)


def _offset(lines: Sequence[str], line: int) -> int:
    return sum(map(len, lines[:line])) + line


def _plain(window: str, carried: int, form: Form) -> _Part:
    """The longest part that fits even as it stands."""
    end = cutting.reach(window, 0, form.limit.length, form.plain_length)
    if end < len(window):
        end = cutting.cut(window, 0, end)
    end = max(end, carried + 1)
    return _Part(window[:end].rstrip(), cutting.after_blanks(window, end))


def _within(window: str, lines: list[str], tokens: Sequence[Token], room: Size, form: Form) -> _Part | None:
    """The part that ends within this block, at the best place that leaves it within the room; None if there is none."""
    whole = form.size([block_of(tokens, lines)])
    written = sum(form.plain_length(line) + 1 for line in lines[_start(tokens) : _end(tokens)])
    target = written * min(room.length / max(1, whole.length), room.marks / whole.marks if whole.marks else 1.0)
    return _cut(window, lines, tokens, target, lambda head: form.size(parsed(head)).within(room), form)


def _as_written(window: str, lines: list[str], tokens: Sequence[Token], form: Form) -> _Part | None:
    """The part that ends within this block and fits only as it was written, such as one row of a very wide table."""
    most = form.limit.length
    return _cut(window, lines, tokens, most, lambda head: form.plain_length(head) <= most, form)


def _cut(
    window: str, lines: list[str], tokens: Sequence[Token], target: float, fits: Callable[[str], bool], form: Form
) -> _Part | None:
    start = _start(tokens)
    offered = places(lines, tokens)
    weights = _weights(offered, lines, start, form)
    for _ in range(TRIES):
        found = best(offered, weights, target)
        if found is None:
            return None
        place = offered[found]
        join = seam(lines, place)
        head = _head(lines, start, place, join)
        if fits(head):
            return _joined(window, lines, start, place, join, head, form)
        target *= 0.8
    return None


def _weights(offered: Sequence[Place], lines: Sequence[str], start: int, form: Form) -> list[int]:
    """How much stands before each place in the block, as written."""
    weights, total, line = [], 0, start
    for place in offered:
        while line < place.line:
            total += form.plain_length(lines[line]) + 1
            line += 1
        weights.append(total + form.plain_length(lines[line][: place.column]) if place.column else total)
    return weights


def _head(lines: Sequence[str], start: int, place: Place, join: Seam) -> str:
    whole = [*lines[start : place.line]]
    if place.column:
        whole.append(lines[place.line][: place.column])
    return "\n".join(whole).rstrip() + join.closing


def _joined(window: str, lines: Sequence[str], start: int, place: Place, join: Seam, head: str, form: Form) -> _Part:
    taken = _offset(lines, place.line) + place.column
    source = window[: _offset(lines, start)] + head
    if form.plain_length(join.opening) * _CARRY_AT_MOST > form.limit.length:
        return _Part(source, taken)
    return _Part(source, taken + join.skipped, join.opening)
