"""A table for a narrow screen: in columns of fixed width where it is narrow enough, else one record a row."""

import re
import unicodedata
from collections.abc import Sequence

from channels.rendering.tree import Code, Paragraph, Run, Runs, Style, Table, plain

WIDE = 36
"""Characters of fixed width in a line on a phone."""
_GAP = "  "
_SHORT = re.compile(r"[^\x20-\x7e]")


def shown(table: Table) -> Code | list[Paragraph]:
    """The table as text of fixed width, or its records as paragraphs."""
    if not any(run.link for row in table.rows for cell in row for run in cell):
        rows = [[plain(cell).replace("\n", " ") for cell in row] for row in table.rows]
        widths = [max(width(row[column]) for row in rows) for column in range(len(table.aligns))]
        if sum(widths) + len(_GAP) * (len(widths) - 1) <= WIDE or len(rows) == 1:
            return Code("\n".join(_lines(rows, widths, table.aligns)))
    header, *rest = table.rows
    if not rest:
        return [Paragraph(cell) for cell in header if cell]
    return [_record(header, row, whole=not number) for number, row in enumerate(rest)]


def _lines(rows: Sequence[Sequence[str]], widths: Sequence[int], aligns: Sequence[str]) -> list[str]:
    lines = [_GAP.join(map(_aligned, row, widths, aligns)).rstrip() for row in rows]
    lines.insert(1, _GAP.join("─" * max(1, each) for each in widths))
    return lines


def _aligned(text: str, wide: int, align: str) -> str:
    room = wide - width(text)
    match align:
        case "right":
            return " " * room + text
        case "center":
            return " " * (room // 2) + text + " " * (room - room // 2)
    return text + " " * room


def width(text: str) -> int:
    """Columns of fixed width that the text takes: two for a wide character, none for a mark."""
    if not _SHORT.search(text):
        return len(text)
    return sum(_width(char) for char in text)


def _width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _record(header: Sequence[Runs], row: Sequence[Runs], *, whole: bool) -> Paragraph:
    """A line `header: value` for each cell that says something, or for each at all; the first line is bold."""
    runs: list[Run] = []
    for number, (name, cell) in enumerate(zip(header, row, strict=True)):
        if not (whole or plain(cell).strip()):
            continue
        style = Style.NONE if number else Style.BOLD
        if runs:
            runs.append(Run("\n"))
        if label := plain(name).strip():
            runs.append(Run(f"{label}: ", style))
        runs += [Run(run.text, run.style | style, run.link) for run in cell]
    return Paragraph(tuple(runs))
