"""What a text in Markdown says: blocks, and runs of words with their style."""

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec
from markdown_it.token import Token

from channels.rendering.syntax import NESTING, block_tokens, inline_tokens


class Style:
    """Styles of words, which add up: plain integers, for enum's own sums cost more than the parser."""

    NONE = 0
    BOLD = 1
    ITALIC = 2
    STRIKE = 4
    SPOILER = 8
    CODE = 16
    UNDERLINE = 32


class Run(msgspec.Struct, frozen=True):
    """Words of one style. `link`: where they lead, empty for nowhere."""

    text: str
    style: int = Style.NONE
    link: str = ""


Runs = tuple[Run, ...]


class Paragraph(msgspec.Struct, frozen=True):
    runs: Runs


class Heading(msgspec.Struct, frozen=True):
    level: int
    runs: Runs


class Code(msgspec.Struct, frozen=True):
    """`note`: what the opening line says beyond the language."""

    text: str
    language: str = ""
    note: str = ""


class Rule(msgspec.Struct, frozen=True):
    """A line across."""


class Table(msgspec.Struct, frozen=True):
    """All rows, the first being the header, are of one length. `aligns`: `left`, `right` or `center` of each column."""

    rows: tuple[tuple[Runs, ...], ...]
    aligns: tuple[str, ...]


class Quote(msgspec.Struct, frozen=True):
    blocks: "tuple[Block, ...]"


class Item(msgspec.Struct, frozen=True):
    """`number`: of an ordered list; `done`: of a task."""

    blocks: "tuple[Block, ...]"
    number: int | None = None
    done: bool | None = None


class Items(msgspec.Struct, frozen=True):
    """A list. `tight`: no empty lines between its items."""

    items: tuple[Item, ...]
    tight: bool = True


Block = Paragraph | Heading | Code | Rule | Table | Quote | Items

_STYLES = {"strong": Style.BOLD, "em": Style.ITALIC, "s": Style.STRIKE, "spoiler": Style.SPOILER}
_MARKUP = re.compile(r"[*_`~|\[<\\&#]|^ *(?:[-+>=]|\d{1,9}[.)]|   \S|\t)", re.MULTILINE)
_LINES_IN_ANY_CASE = 300
_CHARACTERS_A_LINE = 8
"""Parsing costs by the line; nobody writes Markdown in hundreds of lines of fewer characters."""
_TASK = re.compile(r"\[([ xX])\] +(?=\S)")
_LANGUAGE = re.compile(r"[A-Za-z0-9_+\-.#]{1,40}")
"""What the platforms take for a language's name."""
_NOT_A_LETTER = re.compile(r"[\W_]+")


def marked_up(source: str) -> bool:
    """Whether there may be any markup; else, and where all lines are tiny, the text is shown as it stands."""
    if _MARKUP.search(source) is None:
        return False
    lines = source.count("\n")
    return lines <= _LINES_IN_ANY_CASE or lines * _CHARACTERS_A_LINE <= len(source)


def parsed(source: str) -> tuple[Block, ...]:
    """The blocks of a text."""
    lines = source.split("\n")
    return tuple(block_of(tokens, lines) for tokens in outermost(block_tokens(source)))


def outermost(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """The tokens of each block that is in no other."""
    blocks, start, depth = [], 0, 0
    for end, token in enumerate(tokens, 1):
        depth += token.nesting
        if depth == 0:
            blocks.append(tokens[start:end])
            start = end
    return blocks


def block_of(tokens: Sequence[Token], lines: Sequence[str]) -> Block:
    """The block; as it was written, where it is deeper than the parser goes or a row has more cells than the header."""
    if max(token.level for token in tokens) >= NESTING - 2 or _cells_left_out(tokens, lines):
        start, end = tokens[0].map or (0, 0)
        return Paragraph((Run("\n".join(lines[start:end]).strip()),))
    return _Reader(tokens).blocks()[0]


def _cells_left_out(tokens: Sequence[Token], lines: Sequence[str]) -> bool:
    """Whether a table's row has more cells than its header: GFM would leave them out."""
    written = shown = 0
    for token in tokens:
        if token.type == "tr_open" and token.map:
            line = lines[token.map[0]]
            written += letters(line)
        elif token.type == "inline" and written:
            shown += letters(token.content)
        elif token.type == "tr_close":
            if shown < written:
                return True
            written = shown = 0
    return False


def letters(text: str) -> int:
    """How many letters and digits it has."""
    return len(_NOT_A_LETTER.sub("", text))


class _Reader:
    """Makes the tree of one run of tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def blocks(self, until: str = "") -> tuple[Block, ...]:
        found: list[Block] = []
        while self._at < len(self._tokens) and self._tokens[self._at].type != until:
            found.append(self._block())
        self._at += 1
        return tuple(found)

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _block(self) -> Block:
        token = self._next()
        match token.type:
            case "fence" | "code_block":
                return _code(token)
            case "hr":
                return Rule()
            case "blockquote_open":
                return Quote(self.blocks("blockquote_close"))
            case "bullet_list_open" | "ordered_list_open":
                return self._items(token)
            case "table_open":
                return self._table()
            case "heading_open":
                runs = runs_of(self._next().content)
                self._at += 1
                return Heading(int(token.tag[1]), runs)
        runs = runs_of(self._next().content)
        self._at += 1
        return Paragraph(runs)

    def _items(self, opening: Token) -> Items:
        items, tight = [], True
        number = int(opening.attrs.get("start", 1)) if opening.type == "ordered_list_open" else None
        while self._next().type == "list_item_open":
            first = self._tokens[self._at]
            tight = tight and not (first.type == "paragraph_open" and not first.hidden)
            done = self._task()
            items.append(Item(self.blocks("list_item_close"), number, done))
            number = None if number is None else number + 1
        return Items(tuple(items), tight)

    def _task(self) -> bool | None:
        """Whether the item is a task, and done; its box is then taken off its text."""
        if self._tokens[self._at].type != "paragraph_open":
            return None
        text = self._tokens[self._at + 1]
        box = _TASK.match(text.content)
        if box is None:
            return None
        text.content = text.content[box.end() :]
        return box[1] != " "

    def _table(self) -> Table:
        rows: list[tuple[Runs, ...]] = []
        cells: list[Runs] = []
        aligns: list[str] = []
        while (token := self._next()).type != "table_close":
            if token.type == "inline":
                cells.append(runs_of(token.content))
            elif token.type == "th_open":
                aligns.append(str(token.attrs.get("style", "")).removeprefix("text-align:") or "left")
            elif token.type == "tr_close":
                rows.append(tuple(cells))
                cells = []
        return Table(tuple(rows), tuple(aligns))


def _code(token: Token) -> Code:
    language, _, note = token.info.strip().partition(" ")
    if not _LANGUAGE.fullmatch(language):
        language, note = "", token.info
    return Code(token.content.removesuffix("\n"), language, note.strip())


@lru_cache(maxsize=2048)
def runs_of(source: str) -> Runs:
    """The runs of a paragraph's text."""
    tokens = inline_tokens(source)
    if tokens is None:
        return (Run(source),)
    reader = _RunReader()
    for token in tokens:
        reader.read(token)
    return _merged(reader.runs)


def _merged(runs: Sequence[Run]) -> Runs:
    """Neighbours of one style as one run: what the words say together can be seen, such as a mention."""
    merged: list[Run] = []
    for run in runs:
        if merged and (merged[-1].style, merged[-1].link) == (run.style, run.link):
            merged[-1] = Run(merged[-1].text + run.text, run.style, run.link)
        elif run.text:
            merged.append(run)
    return tuple(merged)


class _RunReader:
    """Makes runs of a paragraph's tokens, given one after the other."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._styles: list[int] = []
        self._style: int = Style.NONE
        self._link = self._title = ""
        self._linked_from = 0

    def read(self, token: Token) -> None:
        match token.type:
            case "text" | "text_special":
                self._add(token.content)
            case "softbreak" | "hardbreak":
                self._add("\n")
            case "code_inline":
                self.runs.append(Run(token.content, self._style | Style.CODE, self._link))
            case "image":
                self._image(plain(runs_of(token.content)).strip(), str(token.attrs["src"]), _title(token))
            case "link_open":
                self._link, self._title, self._linked_from = str(token.attrs["href"]), _title(token), len(self.runs)
            case "link_close":
                if not plain(self.runs[self._linked_from :]).strip():
                    self._add(self._link)
                self._link = ""
                self._add(self._title)
                self._title = ""
            case _ if token.nesting == 1:
                self._styles.append(self._style)
                self._style |= _STYLES[token.type.removesuffix("_open")]
            case _:
                self._style = self._styles.pop()

    def _add(self, text: str) -> None:
        self.runs.append(Run(text, self._style, self._link))

    def _image(self, words: str, url: str, title: str) -> None:
        """An image is a link to it; within a link, it is named behind its words."""
        self.runs.append(Run(words or url, self._style, self._link or url))
        if self._link and words:
            self.runs.append(Run(f" ({url})", self._style, url))
        self.runs.append(Run(title, self._style))


def _title(token: Token) -> str:
    title = str(token.attrs.get("title", ""))
    return title and f" ({title})"


def plain(runs: Sequence[Run]) -> str:
    """Only the words."""
    return "".join(run.text for run in runs)
