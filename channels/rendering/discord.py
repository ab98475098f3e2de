"""Discord's form: its own Markdown, in which nothing that the tree calls text is markup, and nobody is called."""

import re
from collections.abc import Sequence
from functools import lru_cache

from channels.rendering import cutting
from channels.rendering.files import CodeFile, file_of, pieces_and_files
from channels.rendering.mending import mended
from channels.rendering.page import Page
from channels.rendering.splitting import Size, pieces
from channels.rendering.tree import Block, Code, Heading, Run, Runs, Style, marked_up, parsed

LIMIT = 2000
"""Characters of one message of a bot; the platform counts code points."""

_UNSEEN = "\u200b"
_CALLS = re.compile(r"@(?=everyone|here)|<(?=[@#/:at])", re.IGNORECASE)
"""What would call people, or stand for a channel, a command, an emoji or a time."""
_CALLS_ALL = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_TEXT = re.compile(r"(?P<url>https?://[^\s<>|`\\]*[^\s<>|`\\.,:;\"')\]*_~])|[\\*_~|`<\[\]]")
_LINE_START = re.compile(r"^([ \t]*)(#{1,3}(?= )|>|-(?=#)|[-+](?= )|\d+(?=\. ))", re.MULTILINE)
_MARKS = ((Style.SPOILER, "||"), (Style.STRIKE, "~~"), (Style.BOLD, "**"), (Style.UNDERLINE, "__"), (Style.ITALIC, "*"))
_URL_ESCAPES = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", " ": "%20", "\\": "%5C"})
_HEADINGS = 3
"""Levels that the platform knows."""


@lru_cache(maxsize=256)
def render(source: str, *, growing: bool = False) -> str:
    """The text as a message's content; as it was written where rendering it would exceed the limit."""
    source = cutting.sanitized(source)
    if not marked_up(source):
        return plain(source)
    page = _Content()
    page.blocks(parsed(mended(source) if growing else source))
    content = page.content()
    return content if len(content) <= LIMIT and cutting.visible(content) else plain(source)


def plain(source: str) -> str:
    """The text as it was written, calling nobody, and shortened to what the platform takes."""
    return _defused(cutting.sanitized(source))[:LIMIT]


def _defused(text: str) -> str:
    return _CALLS.sub(lambda found: found[0] + _UNSEEN, text)


class _Content(Page):
    def content(self) -> str:
        # Again: what was harmless in two runs may call somebody where no mark stands between them.
        return _CALLS_ALL.sub("@" + _UNSEEN, "".join(self.parts)).strip("\n").rstrip()

    def joins(self, above: Block) -> bool:
        return isinstance(above, Heading)

    def bullet(self, depth: int) -> str:
        return "-"

    def box(self, box: str) -> str:
        return f"- {box}"

    def under(self, sign: str) -> str:
        return "  " if sign.startswith("-") else "   "

    def heading(self, level: int, runs: Runs, indent: str) -> None:
        if level <= _HEADINGS:
            self.write("#" * level + " ")
            self.runs([Run(run.text.replace("\n", " "), run.style & ~Style.BOLD, run.link) for run in runs], indent)
        else:
            self.runs([Run(run.text, run.style | Style.BOLD, run.link) for run in runs], indent)

    def quote(self, blocks: Sequence[Block], indent: str, depth: int) -> None:
        if self.in_quote:  # the platform nests none
            self.write("\\> ")
            self.blocks(blocks, indent + "\\> ", depth)
            return
        self.in_quote = True
        self.write("> ")
        self.blocks(blocks, indent + "> ", depth)
        self.in_quote = False

    def code(self, code: Code, indent: str) -> None:
        if code.note:
            self.runs([Run(code.note, Style.ITALIC)], indent)
            self.write("\n" + indent)
        # Blanks before a line would be shown as part of the code.
        indent = indent[: indent.rfind("> ") + 2] if self.in_quote else ""
        text = f"{code.language}\n{_fenceless(_defused(code.text)) or ' '}\n"
        self.write("```" + text.replace("\n", "\n" + indent) + "```")

    def runs(self, runs: Sequence[Run], indent: str) -> None:
        text = "".join(_styled(runs))
        self.write(text.replace("\n", "\n" + indent) if indent else text)


def _styled(runs: Sequence[Run]) -> list[str]:
    """The runs with marks where a style begins and ends; marks are nested, a link is innermost."""
    parts: list[str] = []
    open_marks: list[str] = []
    for number, run in enumerate(runs):
        wanted = [mark for style, mark in _MARKS if run.style & style]
        kept = 0
        while kept < len(open_marks) and open_marks[kept] in wanted:
            kept += 1
        parts += reversed(open_marks[kept:])
        open_marks = open_marks[:kept]
        added = [mark for mark in wanted if mark not in open_marks]
        parts += added
        open_marks += added
        parts.append(_linked(run, first=number == 0))
    parts += reversed(open_marks)
    return parts


def _linked(run: Run, *, first: bool) -> str:
    text = _code(run.text) if run.style & Style.CODE else _escaped(run.text, first=first)
    if not run.link:
        return text
    url = _CALLS_ALL.sub("%40", run.link).translate(_URL_ESCAPES)
    if not run.link.lower().startswith("http"):
        address = run.link.partition(":")[2] if run.link.lower().startswith("mailto:") else run.link
        return text if address in run.text else f"{text} ({_escaped(address)})"
    if run.text == run.link:
        return url
    if "://" in run.text:  # the platform makes no link of a text that looks like another address
        return f"{text} ({url})"
    return f"[{text}]({url})"


def _escaped(text: str, *, first: bool = False) -> str:
    text = _TEXT.sub(lambda found: found["url"] or "\\" + found[0], _CALLS_ALL.sub("@" + _UNSEEN, text))
    if first:
        return _LINE_START.sub(_no_block, text)
    head, newline, rest = text.partition("\n")
    return head + newline + _LINE_START.sub(_no_block, rest) if newline else text


def _no_block(found: re.Match[str]) -> str:
    """The sign as text: behind a number, it is the dot that is escaped."""
    return f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}"


def _code(text: str) -> str:
    text = _defused(text)
    if "`" not in text:
        return f"`{text}`"
    return f"`` {text.replace('``', f'`{_UNSEEN}`')} ``"


def _fenceless(code: str) -> str:
    return code.replace("```", f"`{_UNSEEN}`{_UNSEEN}`")


class Discord:
    """The Form of Discord, with a few characters in hand."""

    limit = Size(LIMIT - 8)

    def plain_length(self, text: str) -> int:
        return len(text) + text.count("@") + text.count("<")

    def surely_fits(self, source: str) -> bool:
        """Rendered, a text is little longer than as written, but for escapes and tables."""
        if len(source) > LIMIT:
            return False
        if not marked_up(source):
            return self.plain_length(source) <= LIMIT
        escapes = sum(map(source.count, "*_~`[]<>\\@#+-."))
        return len(source) + escapes + 4 * source.count("\n") <= LIMIT and "|" not in source

    def size(self, blocks: Sequence[Block]) -> Size:
        page = _Content()
        page.blocks(blocks)
        return Size(len(page.content()))


_FORM = Discord()


def split(source: str) -> list[str]:
    """Parts in Markdown, each of which `render` makes a message of; none where there is nothing to see."""
    return pieces(source, _FORM)


def split_with_files(source: str) -> list[str]:
    """Like `split`, but code that `file` makes a file of is one part."""
    return pieces_and_files(source, _FORM)


def file(part: str) -> CodeFile | None:
    """The file that shows the part; None where it is text."""
    return file_of(part, _FORM)


def caption(shown: CodeFile) -> str:
    """The words above a file."""
    return f"{_code(shown.name)} {_escaped(shown.note)}".rstrip()
