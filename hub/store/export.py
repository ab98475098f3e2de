"""Everything that the store holds, one file a table, from one committed state of either engine."""

import asyncio
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from hub.spreadsheets import CsvRows
from hub.store.database import StoreError, StoreUnavailable

AT_ONCE = 1_000
"""Rows in memory at a time."""


class Style(StrEnum):
    """How rows are written: an object a line, or comma-separated values below a head line, as CsvRows has them."""

    JSONL = "jsonl"
    CSV = "csv"


async def export(url: str, base: Path, folder: Path, style: Style) -> dict[str, int]:
    """Write every table of the database at `url` (relative to `base`) into the folder; the rows of each.

    Beside a running hub it writes one committed state. Raises StoreError.
    """
    engine, _, place = url.partition(":")
    try:
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        if engine == "sqlite":
            return await asyncio.to_thread(_export_sqlite, base / place, folder, style)
        return await _export_postgresql(url, folder, style)
    except FileExistsError:
        raise StoreError(f"{folder} is a file: name a folder for the export.") from None
    except OSError as error:
        raise StoreError(f"The export to {folder} failed: {error.strerror or type(error).__name__}.") from error


def _export_sqlite(database: Path, folder: Path, style: Style) -> dict[str, int]:
    if not database.is_file():
        raise StoreError(f"There is no database {database} yet.")
    counts = {}
    try:
        uri = f"{database.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as reader:
            reader.execute("BEGIN")  # every table as it was at the first read
            names = reader.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
            )
            for (table,) in names.fetchall():
                rows = reader.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608 - a name of the schema
                with _File(folder, table, [column[0] for column in rows.description], style) as file:
                    while some := rows.fetchmany(AT_ONCE):
                        file.write(some)
                counts[table] = file.rows
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database {database.name} cannot be read: {error}.") from error
    return counts


async def _export_postgresql(url: str, folder: Path, style: Style) -> dict[str, int]:
    from hub.store.postgresql_state import one_state  # its driver is an extra, loaded only where it is used

    counts = {}
    async with one_state(url) as state:
        for table in await state.tables():
            with _File(folder, table, await state.columns(table), style) as file:
                async for some in state.rows(table, AT_ONCE):
                    file.write(some)
            counts[table] = file.rows
    return counts


class _File:
    """One table's file, for this user alone."""

    def __init__(self, folder: Path, table: str, columns: Sequence[str], style: Style) -> None:
        self.rows = 0
        self._columns = columns
        self._style = style
        handle = os.open(folder / f"{table}.{style}", os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        self._file = os.fdopen(handle, "w", encoding="utf-8", newline="")
        self._csv = CsvRows(self._file)

    def __enter__(self) -> Self:
        if self._style is Style.CSV:
            self._csv.write(*self._columns)
        return self

    def write(self, rows: Sequence[Any]) -> None:
        self.rows += len(rows)
        if self._style is Style.CSV:
            self._csv.write_all(rows)
        else:
            self._file.writelines(_lines(dict(zip(self._columns, row, strict=True)) for row in rows))

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._file.close()


def _lines(records: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    return (f"{msgspec.json.encode(record).decode()}\n" for record in records)
