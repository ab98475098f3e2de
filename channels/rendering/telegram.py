"""Telegram's form: text and entities, counted in UTF-16 units."""

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec

from channels.rendering import cutting, tables
from channels.rendering.cutting import sanitized, units, visible
from channels.rendering.mending import mended
from channels.rendering.splitting import Size, pieces
from channels.rendering.tree import Block, Code, Heading, Item, Items, Paragraph, Quote, Rule, Run, Style, Table, parsed

LIMIT = 4096
"""UTF-16 units in one message, after entities are taken out: the platform's own limit."""
ENTITIES = 100
"""Entities in one message; the platform drops further ones."""
LANGUAGE_AT_MOST = 64

_MARKUP = re.compile(r"[*_`~|\[<\\&#]|^ *(?:[-+>=]|\d{1,9}[.)]|   \S|\t)", re.MULTILINE)
"""Where this is found nowhere, the text is shown as it stands."""
_KINDS = {
    Style.BOLD: "bold",
    Style.ITALIC: "italic",
    Style.STRIKE: "strikethrough",
    Style.SPOILER: "spoiler",
    Style.UNDERLINE: "underline",
}
_BULLETS = "•◦▪"
_HEADINGS = (Style.BOLD | Style.UNDERLINE, Style.BOLD, Style.BOLD, Style.BOLD | Style.ITALIC)


class Entity(msgspec.Struct, frozen=True):
    """`offset` and `length` in UTF-16 units. `language` of a `pre`, `url` of a `text_link`, else empty."""

    type: str
    offset: int
    length: int
    language: str = ""
    url: str = ""


class Shown(msgspec.Struct, frozen=True):
    text: str
    entities: tuple[Entity, ...] = ()


@lru_cache(maxsize=256)
def render(source: str, *, growing: bool = False) -> Shown:
    """The text as a message; plain where its markup would exceed the platform's limits or leave nothing to see."""
    source = sanitized(source)
    if not _MARKUP.search(source):
        return Shown(source)
    page = Page()
    page.blocks(parsed(mended(source) if growing else source))
    shown = page.shown()
    if units(shown.text) > LIMIT or len(shown.entities) > ENTITIES or not visible(shown.text):
        return plain(source)
    return shown


def plain(source: str) -> Shown:
    """The text as it was written, shortened to what the platform takes."""
    source = sanitized(source)
    return Shown(source[: cutting.reach(source, 0, LIMIT, units)])


class Page:
    """A message while it is written."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._entities: list[Entity] = []
        self._at = 0
        self._in_quote = False

    def shown(self) -> Shown:
        text = "".join(self._parts)
        kept = text.rstrip()
        end = self._at - units(text[len(kept) :])
        entities = []
        for entity in sorted(self._entities, key=lambda each: (each.offset, -each.length, each.type)):
            length = min(entity.length, end - entity.offset)
            if length > 0:
                entities.append(entity if length == entity.length else msgspec.structs.replace(entity, length=length))
        return Shown(kept, tuple(entities))

    def size(self) -> tuple[int, int]:
        """UTF-16 units and entities so far."""
        return self._at, len(self._entities)

    def blocks(self, blocks: Sequence[Block], indent: str = "", depth: int = 0, *, tight: bool = False) -> None:
        for number, block in enumerate(blocks):
            if number:
                self._write(("\n" if tight else "\n\n") + indent)
            self._block(block, indent, depth)

    def _block(self, block: Block, indent: str, depth: int) -> None:
        match block:
            case Paragraph(runs):
                self._runs(runs, indent)
            case Heading(level, runs):
                style = _HEADINGS[min(level, len(_HEADINGS)) - 1]
                self._runs([Run(run.text, run.style | style, run.link) for run in runs], indent)
            case Code():
                self._code(block, indent)
            case Rule():
                self._write("———")
            case Table():
                self._table(block, indent, depth)
            case Quote(blocks):
                self._quote(blocks, indent, depth)
            case Items(items, tight):
                for number, item in enumerate(items):
                    if number:
                        self._write(("\n" if tight else "\n\n") + indent)
                    self._item(item, indent, depth, tight=tight)

    def _item(self, item: Item, indent: str, depth: int, *, tight: bool) -> None:
        sign = _BULLETS[min(depth, len(_BULLETS) - 1)] if item.number is None else f"{item.number}."
        if item.done is not None:
            box = "☑" if item.done else "☐"
            sign = box if item.number is None else f"{sign} {box}"
        self._write(sign + " ")
        self.blocks(item.blocks, indent + "   ", depth + 1, tight=tight)

    def _quote(self, blocks: Sequence[Block], indent: str, depth: int) -> None:
        if self._in_quote:  # the platform nests none
            self._write("> ")
            self.blocks(blocks, indent + "> ", depth)
            return
        start, self._in_quote = self._at, True
        self.blocks(blocks, indent, depth)
        self._in_quote = False
        self._mark("blockquote", start)

    def _code(self, code: Code, indent: str) -> None:
        if code.note:
            self._runs([Run(code.note, Style.ITALIC)], indent)
            self._write("\n")
        start = self._at
        self._write(code.text)
        self._mark("pre", start, language=code.language[:LANGUAGE_AT_MOST])

    def _table(self, table: Table, indent: str, depth: int) -> None:
        shown = tables.shown(table)
        if isinstance(shown, Code):
            self._code(shown, indent)
        else:
            self.blocks(shown, indent, depth)

    def _runs(self, runs: Sequence[Run], indent: str) -> None:
        """Text with one entity for each stretch of a style: code and links hold no other entity of their kind."""
        open_since: dict[tuple[str, str], int] = {}
        for run in runs:
            wanted = _entities_of(run)
            for each in [each for each in open_since if each not in wanted]:
                self._mark(each[0], open_since.pop(each), url=each[1])
            for each in wanted:
                open_since.setdefault(each, self._at)
            self._write(run.text.replace("\n", "\n" + indent) if indent else run.text)
        for (kind, url), start in open_since.items():
            self._mark(kind, start, url=url)

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._at += units(text)

    def _mark(self, kind: str, start: int, *, language: str = "", url: str = "") -> None:
        if self._at > start:
            self._entities.append(Entity(kind, start, self._at - start, language, url))


def _entities_of(run: Run) -> set[tuple[str, str]]:
    if run.style & Style.CODE and not run.link:
        return {("code", "")}
    found = {(name, "") for style, name in _KINDS.items() if run.style & style}
    if run.link:
        found.add(("text_link", run.link))
    return found


class Telegram:
    """The Form of Telegram, with a few units in hand."""

    limit = Size(LIMIT - 8, ENTITIES)

    def plain_length(self, text: str) -> int:
        return units(text)

    def surely_fits(self, source: str) -> bool:
        """Rendered, a text is hardly longer than as written, but for a table."""
        if len(source) > LIMIT:
            return False
        if not _MARKUP.search(source):
            return units(source) <= LIMIT
        lines = source.count("\n")
        marks = sum(map(source.count, "*_~`[|<#")) + lines
        return units(source) + 2 * lines <= LIMIT and marks <= ENTITIES and "|" not in source

    def size(self, blocks: Sequence[Block]) -> Size:
        page = Page()
        page.blocks(blocks)
        return Size(*page.size())


_FORM = Telegram()


def split(source: str) -> list[str]:
    """Parts in Markdown, each of which `render` makes a message of; none where there is nothing to see."""
    return pieces(source, _FORM)
