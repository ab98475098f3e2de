"""Slack's form: mrkdwn, in which nothing that the tree calls text is markup, and nobody is called."""

import re
from collections.abc import Sequence
from functools import lru_cache

from channels.rendering import cutting
from channels.rendering.mending import mended
from channels.rendering.page import Page
from channels.rendering.splitting import Size, pieces
from channels.rendering.tree import Block, Code, Heading, Run, Runs, Style, marked_up, parsed

LIMIT = 4000
"""Characters, after escaping: chat.update refuses more with msg_too_long."""

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_CALLS_ALL = re.compile(r"@(?=(?:channel|here|everyone)\b)", re.IGNORECASE)
_JOINER = "\N{WORD JOINER}"
_UNSEEN = "\u200b"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_OPENS = re.compile(
    r"(?P<url>https?://\S+)|(?<![^\W_])(?P<mark>[*_~`])(?=[^\s*_~`])|^(?P<quote>[ \t]*&gt;)", re.MULTILINE
)
"""What mrkdwn would take for the beginning of a style, or of a quote; it has no escapes."""
_MARKS = ((Style.SPOILER, "||"), (Style.STRIKE, "~"), (Style.BOLD, "*"), (Style.ITALIC, "_"), (Style.CODE, "`"))
"""The platform has no spoiler: its two bars are shown."""
_URL_ESCAPES = str.maketrans({"|": "%7C", "<": "%3C", ">": "%3E", " ": "%20", "&": "&amp;"})


def escaped(text: str) -> str:
    """The text as mrkdwn that calls nobody: no `<!channel>`, no `<@U…>`, no bare `@here`."""
    text = _UNSTORABLE.sub("\ufffd", text)
    return _CALLS_ALL.sub("@" + _JOINER, text).translate(_ESCAPED)


@lru_cache(maxsize=256)
def render(source: str, *, growing: bool = False) -> str:
    """The text as mrkdwn; as it was written where rendering it would exceed the limit."""
    if not marked_up(source):
        return plain(source)
    source = cutting.sanitized(source)
    page = _Mrkdwn()
    page.blocks(parsed(mended(source) if growing else source))
    content = page.content()
    return content if len(content) <= LIMIT and cutting.visible(content) else plain(source)


def plain(source: str) -> str:
    """The text as it was written, calling nobody, and shortened to what the platform takes."""
    if len(text := escaped(source)) <= LIMIT:
        return text
    return escaped(source[: cutting.reach(source, 0, LIMIT, _FORM.plain_length)])


class _Mrkdwn(Page):
    def content(self) -> str:
        # Again: what was harmless in two runs may call somebody where no mark stands between them.
        return _CALLS_ALL.sub("@" + _JOINER, "".join(self.parts)).strip("\n").rstrip()

    def joins(self, above: Block) -> bool:
        return isinstance(above, Heading)

    def heading(self, level: int, runs: Runs, indent: str) -> None:
        self.runs([Run(run.text, run.style | Style.BOLD, run.link) for run in runs], indent)

    def quote(self, blocks: Sequence[Block], indent: str, depth: int) -> None:
        if self.in_quote:  # the platform nests none
            self.write("│ ")
            self.blocks(blocks, indent + "│ ", depth)
            return
        self.in_quote = True
        self.write(">")
        self.blocks(blocks, indent + ">", depth)
        self.in_quote = False

    def under(self, sign: str) -> str:
        return "    "

    def code(self, code: Code, indent: str) -> None:
        if title := " ".join(filter(None, (code.language, code.note))):
            self.runs([Run(title, Style.ITALIC)], indent)
            self.write("\n" + indent)
        # Blanks before a line would be shown as part of the code.
        indent = indent[: indent.rfind(">") + 1]
        text = escaped(code.text).replace("```", f"`{_UNSEEN}`{_UNSEEN}`")
        self.write("```\n" + indent + text.replace("\n", "\n" + indent) + "\n" + indent + "```")

    def runs(self, runs: Sequence[Run], indent: str) -> None:
        lines: list[list[Run]] = [[]]
        for run in runs:  # no style goes beyond its line
            head, *rest = run.text.split("\n")
            lines[-1].append(Run(head, run.style, run.link))
            lines += [[Run(text, run.style, run.link)] for text in rest]
        self.write(("\n" + indent).join(_styled([run for run in line if run.text]) for line in lines))


def _styled(runs: Sequence[Run]) -> str:
    """The runs of a line with marks where a style begins and ends; a mark that touches a word would be no mark."""
    shown = ""
    open_marks: list[str] = []
    for run in runs:
        wanted = [mark for style, mark in _MARKS if run.style & style and not (mark == "`" and "`" in run.text)]
        kept = 0
        while kept < len(open_marks) and open_marks[kept] in wanted:
            kept += 1
        ending = "".join(reversed(open_marks[kept:]))
        added = [mark for mark in wanted if mark not in open_marks[:kept]]
        open_marks = open_marks[:kept] + added
        text = _linked(run)
        between = ending + (_UNSEEN if ending and not added and text[:1].isalnum() else "")
        if added and not ending and shown[-1:].isalnum():
            between = _UNSEEN
        shown += between + "".join(added) + text
    return shown + "".join(reversed(open_marks))


def _linked(run: Run) -> str:
    text = escaped(run.text) if run.style & Style.CODE else _defused(run.text)
    if not run.link:
        return text
    if not run.link.lower().startswith(("http", "mailto:")):
        return f"{text} ({_defused(run.link)})"
    url = _CALLS_ALL.sub("%40", run.link).translate(_URL_ESCAPES)
    return f"<{url}>" if run.text == run.link else f"<{url}|{text.replace('|', '¦')}>"


def _defused(text: str) -> str:
    return _OPENS.sub(lambda found: found["url"] or _JOINER + found[0], escaped(text))


class Slack:
    """The Form of Slack, with a few characters in hand."""

    limit = Size(LIMIT - 8)

    def plain_length(self, text: str) -> int:
        return len(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">")) + text.count("@")

    def surely_fits(self, source: str) -> bool:
        """Rendered, a text is little longer than as written, but for escapes and tables."""
        if len(source) > LIMIT:
            return False
        length = self.plain_length(source)
        if not marked_up(source):
            return length <= LIMIT
        marks = sum(map(source.count, "*_~`>"))
        return length + marks + 6 * source.count("\n") <= LIMIT and "|" not in source

    def size(self, blocks: Sequence[Block]) -> Size:
        page = _Mrkdwn()
        page.blocks(blocks)
        return Size(len(page.content()))


_FORM = Slack()


def split(source: str) -> list[str]:
    """Parts in Markdown, each of which `render` makes a message of; none where there is nothing to see."""
    return pieces(source, _FORM)
