"""Where a block of Markdown may be cut, and what must be said so that both sides are whole."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import msgspec
from markdown_it.token import Token

from channels.rendering.cutting import joined
from channels.rendering.mending import left_open

INFO_AT_MOST = 40
"""Characters of a fence's opening line that are said again."""
_LONG = 80
"""A line of more characters may be cut within; a word of more may be, too."""
_STEP = 16
_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r"[ \t]*([-*+]|\d{1,9}[.)])(?:[ \t]{1,4}(?=\S)|[ \t]|$)")
_WHOLE = re.compile(r"!?\[[^\[\]]*\]\([^()]*\)|`[^`]+`|<[^<>]*>|\|\||https?://\S+")
"""Within a line: what loses its sense when it is cut."""
_BLANK = re.compile(r"(?<=\S)[ \t]+(?=\S)")
_ENDS_SENTENCE = ".!?:;"
# Ranks of places, the best first; a list's items come between by their depth.
_PARAGRAPH, _GAP, _LINE, _SENTENCE, _WORD, _ANYWHERE = 2, 3, 4, 5, 6, 9


class Container(msgspec.Struct, frozen=True):
    """A quote or a list's item. `prefix`: what its lines after the first begin with; `marker`: an item's own."""

    start: int
    end: int
    prefix: str
    outer: str = ""
    marker: str = ""


class Leaf(msgspec.Struct, frozen=True):
    """A block without blocks. `opening`: a fence's marks and what follows them, or a table's first two lines."""

    kind: str
    start: int
    end: int
    inside: tuple[Container, ...]
    opening: str = ""
    closing: str = ""


class Place(msgspec.Struct, frozen=True):
    """Before this column of this line. `leaf`: the one that is cut; `item`: the one that begins here, by its marker."""

    line: int
    column: int
    rank: int
    inside: tuple[Container, ...] = ()
    leaf: Leaf | None = None
    item: Container | None = None


class Seam(msgspec.Struct, frozen=True):
    """`closing` ends the one side, `opening` begins the other, whose own first line loses `skipped` characters."""

    closing: str = ""
    opening: str = ""
    skipped: int = 0


def best(offered: Sequence[Place], weights: Sequence[int], most: float) -> int | None:
    """The index of the best place in the second half of what fits, else of the last that fits; None: none does."""
    end = bisect_right(weights, most)
    half = bisect_right(weights, most / 2, 0, end)
    found = min(range(half, end), key=lambda each: (offered[each].rank, -each), default=None)
    if found is None or offered[found].rank == _ANYWHERE:
        earlier = (each for each in range(end - 1, -1, -1) if weights[each] and offered[each].rank < _ANYWHERE)
        found = next(earlier, found)
    return found if found is not None and weights[found] else None


def places(lines: Sequence[str], tokens: Sequence[Token]) -> list[Place]:
    """All places within a block, in order; the earlier lines of the text are in `lines` too."""
    found: dict[tuple[int, int], Place] = {}
    for place in _Walk(lines, tokens).places():
        known = found.get((place.line, place.column))
        if known is None or place.rank < known.rank:
            found[place.line, place.column] = place
    return [found[key] for key in sorted(found)]


def seam(lines: Sequence[str], place: Place) -> Seam:
    """What to say on both sides of the place."""
    above = _items_above(place)
    leaf = place.leaf
    if place.item is not None:
        begins = place.item.outer + place.item.marker + " "
        return Seam("", above + begins, _marker_of(place, lines[place.line]))
    if leaf is None:
        return Seam("", above and above + "\n")
    if leaf.kind == "text":
        return _text_seam(lines, place, leaf, above)
    opening = above + ("\n" if leaf.kind == "code_block" and above else "") + leaf.opening
    prefix = leaf.inside[-1].prefix if leaf.inside and place.column else ""
    return Seam(leaf.closing, opening + prefix)


def _items_above(place: Place) -> str:
    """A line `3. …` for each item that goes on; an empty one where the next could not begin below a paragraph."""
    items = [each for each in place.inside if each.marker and (each.start < place.line or place.column)]
    below = [*(each.marker for each in items[1:]), place.item.marker if place.item else "-"]
    gaps = ["" if marker[:-1] in ("", "1") else "\n" for marker in below]
    return "".join(f"{each.outer}{each.marker} …\n{gap}" for each, gap in zip(items, gaps, strict=False))


def _marker_of(place: Place, line: str) -> int:
    """Where the words of the item that begins here begin."""
    column = len(place.item.outer) if place.item else 0
    found = _ITEM.match(line, min(column, len(line) - len(line.lstrip(" \t>"))))
    return found.end() if found else 0


def _text_seam(lines: Sequence[str], place: Place, leaf: Leaf, above: str) -> Seam:
    line = lines[place.line]
    before = [*lines[leaf.start : place.line], line[: place.column]]
    marks = left_open("\n".join(before).rstrip())
    reopened = "".join(marks)
    innermost = leaf.inside[-1] if leaf.inside else None
    quoted = any(not each.marker for each in leaf.inside)
    start = len(line) - len(line[place.column :].lstrip(" \t>" if quoted and not place.column else " \t"))
    if innermost is None:
        opening = above
    elif innermost.marker and above:
        opening = above.rstrip("\n") + " "
    else:
        opening = above + innermost.prefix
    return Seam("".join(reversed(marks)), opening + reopened, start - place.column)


class _Walk:
    """Goes through a block's tokens, knowing which containers it is in."""

    def __init__(self, lines: Sequence[str], tokens: Sequence[Token]) -> None:
        self._lines = lines
        self._tokens = tokens
        self._inside: list[Container] = []
        self._taken: dict[int, int] = {}
        """How many characters of a line are markers of containers that begin there."""
        self._first = tokens[0].map[0] if tokens[0].map else 0
        self._numbers: list[int | None] = []

    def places(self) -> Iterator[Place]:
        for token in self._tokens:
            if token.nesting < 0:
                self._leave(token)
                continue
            if token.map is None:
                continue
            start, end = token.map
            match token.type:
                case "bullet_list_open":
                    self._numbers.append(None)
                case "ordered_list_open":
                    self._numbers.append(int(token.attrs.get("start", 1)))
                case "list_item_open":
                    yield from self._item(start, end, token)
                case "blockquote_open":
                    self._quote(start, end)
                case "fence" | "code_block" | "table_open":
                    yield from self._before(start)
                    yield from self._rigid(token, start, end)
                case "paragraph_open" | "heading_open":
                    yield from self._before(start)
                    yield from self._text(start, end)

    def _leave(self, token: Token) -> None:
        if token.type in ("list_item_close", "blockquote_close"):
            self._inside.pop()
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._numbers.pop()

    def _prefix(self) -> str:
        return self._inside[-1].prefix if self._inside else ""

    def _before(self, line: int) -> Iterator[Place]:
        if line > self._first and line not in self._taken:
            yield Place(line, 0, _PARAGRAPH + len(self._inside), tuple(self._inside))

    def _item(self, start: int, end: int, token: Token) -> Iterator[Place]:
        number = self._numbers[-1]
        column = self._taken.get(start, 0)
        found = _ITEM.match(self._lines[start], column if start in self._taken else self._behind_prefix(start))
        written = found[1] if found else token.markup
        marker = written if number is None else f"{number}{token.markup}"
        if len(marker) != len(written) and end - start > 1:
            marker = written  # its further lines are indented for the number as it was written
        outer = self._prefix()
        wide = found.end() - found.start() if found else 2
        item = Container(start, end, outer + " " * max(wide, len(marker) + 1), outer, marker)
        if number is not None:
            self._numbers[-1] = number + 1
        if start > self._first and start not in self._taken:
            depth = sum(1 for each in self._inside if each.marker)
            yield Place(start, 0, min(depth, _PARAGRAPH - 1), tuple(self._inside), item=item)
        self._taken[start] = found.end() if found else column
        self._inside.append(item)

    def _behind_prefix(self, line: int) -> int:
        """Where the line's text begins, behind what its containers put there."""
        text, column = self._lines[line], 0
        for each in self._inside:
            if not each.marker and (found := _QUOTE.match(text, column)):
                column = found.end()
        return column

    def _quote(self, start: int, end: int) -> None:
        column = self._taken.get(start, self._behind_prefix(start))
        found = _QUOTE.match(self._lines[start], column)
        self._taken[start] = found.end() if found else column
        self._inside.append(Container(start, end, self._prefix() + "> ", self._prefix()))

    def _rigid(self, token: Token, start: int, end: int) -> Iterator[Place]:
        """Lines of code, or a table's rows."""
        prefix, inside = self._prefix(), tuple(self._inside)
        first = start + 1
        if token.type == "fence":
            info = token.info.strip()
            info = info if len(info) <= INFO_AT_MOST else info.split()[0][:INFO_AT_MOST]
            leaf = Leaf("fence", start, end, inside, f"{prefix}{token.markup}{info}\n", f"\n{prefix}{token.markup}")
            first = start + 2
        elif token.type == "table_open":
            header = self._lines[start][self._taken.get(start, self._behind_prefix(start)) :].lstrip()
            under = self._lines[start + 1][self._behind_prefix(start + 1) :].lstrip()
            leaf = Leaf("table", start, end, inside, f"{prefix}{header}\n{prefix}{under}\n")
            first = start + 3
        else:
            leaf = Leaf("code_block", start, end, inside)
        for line in range(start + (token.type != "code_block"), end):
            if line >= first:
                yield Place(line, 0, _LINE if self._lines[line - 1].strip(" \t>") else _GAP, inside, leaf)
            for column, rank in _within(self._lines[line], len(prefix)):
                torn = Leaf("text", line, end, inside) if leaf.kind == "table" else leaf
                yield Place(line, column, max(rank, _WORD), inside, torn)

    def _text(self, start: int, end: int) -> Iterator[Place]:
        inside = tuple(self._inside)
        leaf = Leaf("text", start, end, inside)
        for line in range(start, end):
            if line > start:
                yield Place(line, 0, _LINE, inside, leaf)
            for column, rank in _within(self._lines[line], self._taken.get(line, 0)):
                yield Place(line, column, rank, inside, leaf)


def _within(line: str, start: int) -> Iterator[tuple[int, int]]:
    """Columns where a long line may be cut, with their ranks."""
    if len(line) - start <= _LONG:
        return
    whole = [found.span() for found in _WHOLE.finditer(line, start)]
    at = 0
    last = start
    for found in _BLANK.finditer(line, start + 1):
        column = found.start()
        yield from _anywhere(line, last, column)
        last = found.end()
        while at < len(whole) and whole[at][1] <= column:
            at += 1
        if at == len(whole) or not whole[at][0] < column < whole[at][1]:
            yield column, _SENTENCE if line[column - 1] in _ENDS_SENTENCE else _WORD
    yield from _anywhere(line, last, len(line))


def _anywhere(line: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Columns within a word of great length, none of them within what shows as one character."""
    if end - start <= _LONG:
        return
    for column in range(start + _STEP, end, _STEP):
        if not joined(line, start, column) and line[column - 1] != "\\":
            yield column, _ANYWHERE
