"""Tables as chats show them best: in a fence, aligned, figures to the right."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def fenced(table: Sequence[Sequence[str]], *, figures: int = 0) -> list[str]:
    """The rows between fences; the last `figures` columns to the right. What people named ends no fence."""
    clean = [[_cell(cell) for cell in row] for row in table]
    return ["```", *aligned(clean, figures=figures), "```"]


def aligned(table: Sequence[Sequence[str]], *, figures: int) -> list[str]:
    """Words to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    words = len(widths) - figures
    return [
        "  ".join(
            cell.ljust(width) if place < words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def moment(at_ms: int, zone: ZoneInfo) -> str:
    """Like `2026-11-20 14:05`, in the hub's time zone."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def _cell(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text.replace("`", "\u2018")).split())
