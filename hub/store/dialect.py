"""Reads the shared SQL just far enough: where parameters stand, where a statement ends, whether it returns rows.

The shared subset: `'…'` and `"…"` quotes, `--` and `/* */` comments; no dollar quotes, no backslash escapes.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
    (?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*")
    |(?P<comment>--[^\n]*|/\*.*?\*/)
    |(?P<cast>::)
    |:(?P<parameter>[A-Za-z_]\w*)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<mark>[();])
    """,
    re.X | re.S,
)


def numbered(text: str, *, now: str | None) -> tuple[str, tuple[str, ...]]:
    """The text with `:name` as `$1`, `$2` … and the names in that order.

    `now` stands for `:now`; None makes it a value like the others, with the type that the expression would have.
    """
    names: dict[str, int] = {}

    def place(token: re.Match[str]) -> str:
        name = token["parameter"]
        if name is None:
            return token[0]
        if name == "now" and now is not None:
            return now
        placed = f"${names.setdefault(name, len(names) + 1)}"
        return f"{placed}::bigint" if name == "now" else placed

    return _TOKEN.sub(place, text), tuple(names)


def returns_rows(text: str) -> bool:
    """Whether the statement answers with rows: a SELECT, or a change with RETURNING outside of parentheses."""
    words = list(_outer_words(text))
    verb = next((word for word in words if word in {"SELECT", "VALUES", "INSERT", "UPDATE", "DELETE"}), "")
    return verb in {"SELECT", "VALUES"} or "RETURNING" in words


def split(text: str) -> list[str]:
    """The statements of a script, without their semicolons; comments between them are dropped."""
    parts, start = [], 0
    for token in _TOKEN.finditer(text):
        if token["mark"] == ";":
            parts.append(text[start : token.start()])
            start = token.end()
    return [part.strip() for part in [*parts, text[start:]] if any(_outer_words(part))]


def _outer_words(text: str) -> Iterator[str]:
    depth = 0
    for token in _TOKEN.finditer(text):
        if token["mark"]:
            depth += {"(": 1, ")": -1}.get(token["mark"], 0)
        elif token["word"] and depth == 0:
            yield token["word"].upper()
