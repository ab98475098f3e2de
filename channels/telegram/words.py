"""The words of a message, whatever they stand in: a text, a caption, a rich message, a poll, a checklist, a place."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from channels.rendering.cutting import sanitized
from channels.telegram.payloads import Carrier, part

_DEEPEST = 32
"""Nesting of a rich message that is followed; what is deeper is left out."""


class _Titled(msgspec.Struct):
    """A poll has a question, a checklist a title, a venue a title and an address."""

    question: str = ""
    title: str = ""
    address: str = ""
    options: list["_Item"] = []
    tasks: list["_Item"] = []


class _Item(msgspec.Struct):
    text: str = ""


class _Rich(msgspec.Struct):
    blocks: list[Any]


def words_of(carrier: Carrier) -> str:
    """All that is written in a message, as plain text; empty where nothing is."""
    if carrier.text or carrier.caption:
        return sanitized(carrier.text or carrier.caption)
    for raw in (carrier.poll, carrier.checklist, carrier.venue):
        titled = part(raw, _Titled)
        if titled is not None:
            return sanitized("\n".join(_lines(titled)))
    rich = part(carrier.rich_message, _Rich)
    return sanitized("\n\n".join(_blocks(rich.blocks, 0))) if rich else ""


def _lines(titled: _Titled) -> Iterator[str]:
    yield ", ".join(filter(None, (titled.question or titled.title, titled.address)))
    for item in (*titled.options, *titled.tasks):
        yield f"- {item.text}"


def _blocks(blocks: Any, depth: int) -> Iterator[str]:
    """Each block that says something, as Markdown."""
    if depth > _DEEPEST or not isinstance(blocks, list):
        return
    for block in blocks:
        if isinstance(block, dict):
            says = _FORMS.get(str(block.get("type")), _plain)
            if words := says(block, depth).strip("\n"):
                yield words


def _plain(block: dict[str, Any], depth: int) -> str:
    """Whatever text a block has, with what stands inside it and below it."""
    caption = block.get("caption")
    below = caption if isinstance(caption, dict) else {"text": caption}
    own = (_inline(block.get(name), depth) for name in ("summary", "text", "expression"))
    inside = _blocks(block.get("blocks"), depth + 1)
    said = (*own, *inside, _inline(below.get("text"), depth), _inline(block.get("credit"), depth))
    return "\n".join(filter(None, said))


def _preformatted(block: dict[str, Any], depth: int) -> str:
    return f"```{block.get('language') or ''}\n{_inline(block.get('text'), depth)}\n```"


def _list(block: dict[str, Any], depth: int) -> str:
    items = block.get("items")
    lines = []
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict):
            words = "\n".join(_blocks(item.get("blocks"), depth + 1)).replace("\n", "\n  ")
            lines.append(f"{item.get('label') or '-'} {words}")
    return "\n".join(lines)


def _table(block: dict[str, Any], depth: int) -> str:
    rows = block.get("cells")
    lines = [_inline(block.get("caption"), depth)]
    for row in rows if isinstance(rows, list) else ():
        each = row if isinstance(row, list) else ()
        cells = [_inline(cell.get("text"), depth) for cell in each if isinstance(cell, dict)]
        lines.append(" | ".join(cells))
    return "\n".join(filter(None, lines))


_FORMS: dict[str, Callable[[dict[str, Any], int], str]] = {
    "pre": _preformatted,
    "list": _list,
    "table": _table,
}


def _inline(text: Any, depth: int) -> str:
    """Running text: a string, a list of such, or one with a form of its own."""
    if isinstance(text, str):
        return text
    if depth > _DEEPEST:
        return ""
    if isinstance(text, list):
        return "".join(_inline(each, depth + 1) for each in text)
    if isinstance(text, dict):
        return next((_inline(text[name], depth + 1) for name in _SAYS if name in text), "")
    return ""


_SAYS = ("text", "expression", "alternative_text")
