"""The parser: CommonMark with GFM's tables and strikethrough, and spoilers. HTML is text; so is an unsafe link."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

NESTING = 40
"""Levels of containers, of which a list takes two. markdown-it leaves out what lies deeper."""
_SAFE = re.compile(r"(?:https?://[^\s/?#]|mailto:[^\s@]+@|tg://resolve\?)", re.IGNORECASE)
"""Where a link may lead. tg://user is not among them: it would call a person."""
_BRACKETS_LEFT_OPEN = 50
_DELIMITERS_AT_MOST = 600


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the name that markdown-it calls
        return _SAFE.match(url) is not None


def _spoiler(state: StateInline, silent: bool) -> bool:
    """`||words||`, with no blank inside at either end."""
    start = state.pos + 2
    if not state.src.startswith("||", state.pos) or start >= state.posMax or state.src[start].isspace():
        return False
    end = state.src.find("||", start + 1, state.posMax)
    if end < 0 or state.src[end - 1].isspace() or "|" in (state.src[start], state.src[end - 1]):
        return False
    if not silent:
        last, state.posMax, state.pos = state.posMax, end, start
        state.push("spoiler_open", "", 1)
        state.md.inline.tokenize(state)
        state.push("spoiler_close", "", -1)
        state.posMax = last
    state.pos = end + 2
    return True


def _made() -> _Parser:
    parser = _Parser("commonmark", {"maxNesting": NESTING, "html": False})
    # A definition of a link would vanish from the text, so it stays in it.
    parser.enable(["table", "strikethrough"]).disable(["reference", "html_block", "html_inline"])
    parser.inline.add_terminator_char("|")
    parser.inline.ruler.before("emphasis", "spoiler", _spoiler)
    return parser


_PARSER = _made()


def block_tokens(source: str) -> list[Token]:
    """The tokens of all blocks; text within them is not looked into yet."""
    tokens: list[Token] = []
    _PARSER.block.parse(source, _PARSER, {}, tokens)
    return tokens


def inline_tokens(source: str) -> list[Token] | None:
    """The tokens of a paragraph's text; None where parsing it would cost more than it can be worth."""
    brackets = source.count("[")
    if brackets > _BRACKETS_LEFT_OPEN and (
        brackets - source.count("]") > _BRACKETS_LEFT_OPEN
        or source.count("](") - source.count(")") > _BRACKETS_LEFT_OPEN
    ):
        return None
    if len(source) > _DELIMITERS_AT_MOST and sum(map(source.count, "*_~|`<>&\\![")) > _DELIMITERS_AT_MOST:
        return None
    return _PARSER.inline.parse(source, _PARSER, {}, [])
