"""CSV that a spreadsheet shows and never runs: most of what stands in it was written by strangers."""

import csv
import re
from collections.abc import Iterable
from typing import Protocol

_RUN = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
"""What a formula begins with, in its wide forms, too; tab and line ends are skipped before one."""
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_ROW_END = "\r\n"


class _File(Protocol):
    def write(self, text: str, /) -> object: ...


class _Rows:
    """Ends rows with a line feed alone. The writer believes in both ends, and so puts either of them in quotes: a bare
    carriage return in a cell would be a new row to many programs, whose first cell nobody looked at.
    """

    def __init__(self, file: _File) -> None:
        self._file = file

    def write(self, row: str) -> None:
        self._file.write(f"{row.removesuffix(_ROW_END)}\n")


class CsvRows:
    """Comma-separated values. What begins like a formula gets an apostrophe in front; numbers, also as text, do not."""

    def __init__(self, file: _File) -> None:
        self._rows = csv.writer(_Rows(file), lineterminator=_ROW_END)

    def write(self, *cells: object) -> None:
        """One row."""
        self._rows.writerow(map(harmless, cells))

    def write_all(self, rows: Iterable[Iterable[object]]) -> None:
        """A row each."""
        self._rows.writerows(map(harmless, row) for row in rows)


def harmless(cell: object) -> object:
    """The cell as it may stand in a table that others open."""
    if isinstance(cell, str) and _RUN.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell
