"""Costs and the fleet as people and programs read them: a table, JSON, CSV."""

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from hub.money.amounts import decimal_usd, format_tokens, format_usd
from hub.money.costs import Costs, total
from hub.money.fleet import BudgetRow, FleetRow
from hub.spreadsheets import CsvRows

if TYPE_CHECKING:
    from rich.table import Table

_COUNTS = ("calls", "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens")


def costs_table(rows: Sequence[Costs], by: str) -> "Table":
    """For a terminal, with a line for the sum."""
    everything = total(rows)
    # What nothing is to be said of takes no room from the names.
    shown = [place for place, figure in enumerate(_figures(everything)) if figure]
    heads = ("calls", "input", "cached", "output", "reasoning", "cost", "estimated", "presumed")
    table = _table((by,), [heads[place] for place in shown])
    for row in rows:
        _add(table, row.label, *(_figures(row)[place] for place in shown))
    table.add_section()
    _add(table, "total", *(_figures(everything)[place] for place in shown))
    return table


def costs_json(rows: Iterable[Costs], by: str) -> str:
    """A list of objects; money as exact decimal strings of US dollars."""
    return msgspec.json.format(msgspec.json.encode([_record(row, by) for row in rows])).decode()


def costs_csv(rows: Iterable[Costs], by: str) -> str:
    """A head line and a line for each row; money as exact decimals of US dollars."""
    text = io.StringIO()
    written = CsvRows(text)
    written.write(*_record(total(()), by))
    written.write_all(_record(row, by).values() for row in rows)
    return text.getvalue()


def fleet_table(rows: Iterable[FleetRow]) -> "Table":
    """For a terminal."""
    table = _table(("agent", "purpose", "models", "regions", "serves"), ("budget", "spent", ""))
    for row in rows:
        lists = ("\n".join(part) for part in (row.models, row.regions, row.serves))
        budgets = (
            ("\n".join(part) for part in zip(*map(_budget, row.budgets), strict=True)) if row.budgets else ("none",)
        )
        _add(table, row.agent, row.purpose, *lists, *budgets)
    return table


def _budget(row: BudgetRow) -> tuple[str, str, str]:
    """Limit, spent, share of it."""
    shown = format_usd if row.unit == "nusd" else format_tokens
    return f"{shown(row.limit)} a {row.period}", shown(row.spent), _percent(row.spent, row.limit)


def _record(row: Costs, by: str) -> dict[str, str | int]:
    return {
        by: row.label,
        **{name: getattr(row, name) for name in _COUNTS},
        "cost_usd": decimal_usd(row.cost_nusd),
        "estimated_usd": decimal_usd(row.estimated_nusd),
        "presumed_usd": decimal_usd(row.presumed_nusd),
        "unpriced_calls": row.unpriced,
    }


def _figures(row: Costs) -> list[str]:
    cost = format_usd(row.cost_nusd) + (f" + {row.unpriced} unpriced" if row.unpriced else "")
    shares = (_percent(part, row.cost_nusd) if part else "" for part in (row.estimated_nusd, row.presumed_nusd))
    return [*(f"{getattr(row, name):,}" for name in _COUNTS), cost, *shares]


def _percent(part: int, whole: int) -> str:
    """Rounded half up to a tenth of a percent."""
    tenths = (part * 2_000 + whole) // (whole * 2) if whole else 0
    return f"{tenths // 10}.{tenths % 10} %"


def _table(words: Iterable[str], figures: Iterable[str]) -> "Table":
    from rich.box import SIMPLE_HEAD  # only the command line needs it
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD)
    for name in words:
        table.add_column(name, overflow="fold", min_width=10)
    for name in figures:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _add(table: "Table", *cells: str) -> None:
    """As they are: a name in square brackets is no markup."""
    from rich.text import Text

    table.add_row(*map(Text, cells))
