"""Telegram's form: text and entities, counted in UTF-16 units."""

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from channels.rendering import cutting
from channels.rendering.cutting import sanitized, units, visible
from channels.rendering.files import CodeFile, file_of, pieces_and_files
from channels.rendering.mending import mended
from channels.rendering.page import Page
from channels.rendering.splitting import Size, pieces
from channels.rendering.tree import Block, Code, Run, Runs, Style, marked_up, parsed

LIMIT = 4096
"""UTF-16 units in one message, after entities are taken out: the platform's own limit."""
ENTITIES = 100
"""Entities in one message; the platform drops further ones."""

_KINDS = {
    Style.BOLD: "bold",
    Style.ITALIC: "italic",
    Style.STRIKE: "strikethrough",
    Style.SPOILER: "spoiler",
    Style.UNDERLINE: "underline",
}
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
    if not marked_up(source):
        return Shown(source)
    page = _Message()
    page.blocks(parsed(mended(source) if growing else source))
    shown = page.shown()
    if units(shown.text) > LIMIT or len(shown.entities) > ENTITIES or not visible(shown.text):
        return plain(source)
    return shown


def plain(source: str) -> Shown:
    """The text as it was written, shortened to what the platform takes."""
    source = sanitized(source)
    return Shown(source[: cutting.reach(source, 0, LIMIT, units)])


class _Message(Page):
    def __init__(self) -> None:
        super().__init__()
        self._entities: list[Entity] = []
        self._at = 0

    def shown(self) -> Shown:
        text = "".join(self.parts)
        kept = text.rstrip()
        end = self._at - units(text[len(kept) :])
        entities = []
        for entity in sorted(self._entities, key=lambda each: (each.offset, -each.length, each.type)):
            length = min(entity.length, end - entity.offset)
            if length > 0:
                entities.append(entity if length == entity.length else msgspec.structs.replace(entity, length=length))
        return Shown(kept, tuple(entities))

    def size(self) -> Size:
        return Size(self._at, len(self._entities))

    def heading(self, level: int, runs: Runs, indent: str) -> None:
        style = _HEADINGS[min(level, len(_HEADINGS)) - 1]
        self.runs([Run(run.text, run.style | style, run.link) for run in runs], indent)

    def quote(self, blocks: Sequence[Block], indent: str, depth: int) -> None:
        if self.in_quote:  # the platform nests none
            self.write("> ")
            self.blocks(blocks, indent + "> ", depth)
            return
        start, self.in_quote = self._at, True
        self.blocks(blocks, indent, depth)
        self.in_quote = False
        self._mark("blockquote", start)

    def code(self, code: Code, indent: str) -> None:
        if code.note:
            self.runs([Run(code.note, Style.ITALIC)], indent)
            self.write("\n")
        start = self._at
        self.write(code.text)
        self._mark("pre", start, language=code.language)

    def runs(self, runs: Sequence[Run], indent: str) -> None:
        """Text with one entity for each stretch of a style: code and links hold no other entity of their kind."""
        open_since: dict[tuple[str, str], int] = {}
        for run in runs:
            wanted = _entities_of(run)
            for each in [each for each in open_since if each not in wanted]:
                self._mark(each[0], open_since.pop(each), url=each[1])
            for each in wanted:
                open_since.setdefault(each, self._at)
            self.write(run.text.replace("\n", "\n" + indent) if indent else run.text)
        for (kind, url), start in open_since.items():
            self._mark(kind, start, url=url)

    def write(self, text: str) -> None:
        self.parts.append(text)
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
        if not marked_up(source):
            return units(source) <= LIMIT
        lines = source.count("\n")
        marks = sum(map(source.count, "*_~`[|<#")) + lines
        return units(source) + 2 * lines <= LIMIT and marks <= ENTITIES and "|" not in source

    def size(self, blocks: Sequence[Block]) -> Size:
        page = _Message()
        page.blocks(blocks)
        return page.size()


_FORM = Telegram()


def split(source: str) -> list[str]:
    """Parts in Markdown, each of which `render` makes a message of; none where there is nothing to see."""
    return pieces(source, _FORM)


def split_with_files(source: str) -> list[str]:
    """Like `split`, but code that `file` makes a file of is one part."""
    return pieces_and_files(source, _FORM)


def file(part: str) -> CodeFile | None:
    """The file that shows the part; None where it is text."""
    return file_of(part, _FORM)


def caption(shown: CodeFile) -> Shown:
    """The words below a file. Its name is marked as code: else the platform makes a link of `answer.py`."""
    text = f"{shown.name} {shown.note}".rstrip()
    return Shown(text, (Entity("code", 0, units(shown.name)),))
