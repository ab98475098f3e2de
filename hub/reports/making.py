"""Making a report: from the ledger to text, charts and a table."""

import asyncio
import io
import logging
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from hub.config.settings import Settings
from hub.messages import File
from hub.money.amounts import decimal_usd
from hub.money.periods import Period, period
from hub.reports import charts
from hub.reports.advice import HOUR_MS, ONE_PERSON, Spike, hardly_used, proposals, spikes
from hub.reports.figures import DIMENSIONS, Figures, Line, Sums, budget_over, gather
from hub.reports.text import Report, written
from hub.reports.tiering import gather_tiering
from hub.spreadsheets import CsvRows
from hub.store import Database, statement

log = logging.getLogger(__name__)
_drawing = asyncio.Lock()
"""matplotlib is not made for two threads that draw at once."""


class Made(msgspec.Struct, frozen=True):
    """A finished report."""

    name: str
    """Like `week-2026-11-16`."""
    text: str
    """Markdown."""
    files: tuple[File, ...]
    """Charts as PNG where they can be drawn, and a CSV."""


async def make(database: Database, settings: Settings, span: Period, *, at_ms: int, late: bool = False) -> Made:
    """The report on a span. Raises StoreError."""
    report = await _report(database, settings, span, at_ms=at_ms, late=late)
    zone, figures = settings.hub.timezone, report.figures
    name = f"{span.kind}-{span.label}"
    table = File(f"{name}.csv", "text/csv", as_csv(figures).encode())
    return Made(name, written(report, zone), (*await _drawn(figures, zone, name), table))


async def words_of_report(database: Database, settings: Settings, span: Period, *, at_ms: int) -> str:
    """The report's text alone, as Markdown; also of a span that has not ended. Raises StoreError."""
    return written(await _report(database, settings, span, at_ms=at_ms), settings.hub.timezone)


async def _report(database: Database, settings: Settings, span: Period, *, at_ms: int, late: bool = False) -> Report:
    zone = settings.hub.timezone
    before = period(span.kind, span.start_ms - 1, zone)
    figures = await gather(database, span, before, at_ms)
    binding = tuple(each for each in figures.budgets if budget_over(each, settings))
    figures = msgspec.structs.replace(figures, budgets=binding)
    chosen = await gather_tiering(database, settings.agents, settings.prices, span, at_ms)
    unused = hardly_used(figures, settings.agents)
    tiers = {agent.name: tuple(agent.tiers) for agent in settings.agents.values()}
    return Report(
        hub=settings.hub.name,
        figures=figures,
        spikes=[(spike, await _cause(database, spike)) for spike in spikes(figures.quarters)],
        unused=unused,
        proposals=proposals(figures, unused, tiers, chosen),
        names=await _names(database, figures),
        tiering=chosen,
        late=late,
    )


async def _names(database: Database, figures: Figures) -> dict[int, str]:
    found = {}
    for each in figures.dearest:
        if rows := await database.read(statement("reports.person_name", person=each.person)):
            found[each.person] = rows[0]["name"]
    return found


async def _cause(database: Database, spike: Spike) -> str:
    """The likely cause: one person's doing where half of the hour's cost is theirs, else what else was unusual."""
    hour = {"since_ms": spike.start_ms, "until_ms": spike.start_ms + HOUR_MS, "agent": spike.agent}
    rows = await database.read(statement("reports.dearest_person", **hour))
    if rows and rows[0]["cost_nusd"] >= ONE_PERSON * spike.cost_nusd:
        return f"one person made {100 * rows[0]['cost_nusd'] // spike.cost_nusd} % of it"
    return spike.causes[0] if spike.causes else "dearer models or longer answers"


async def _drawn(figures: Figures, zone: ZoneInfo, name: str) -> list[File]:
    if not figures.total.now.cost_nusd:
        return []
    try:
        async with _drawing:
            pictures = await asyncio.to_thread(charts.draw, charts.days_of(figures, zone), charts.bars_of(figures))
    except ImportError as error:
        log.warning("the report has no charts: %s; install the extra `charts`", error)
        return []
    return [
        File(f"{name}-{part}.png", "image/png", picture)
        for part, picture in zip(("days", "agents"), pictures, strict=True)
    ]


def as_csv(figures: Figures) -> str:
    """Every line of every dimension with both spans; money as exact decimals of US dollars."""
    text = io.StringIO()
    rows = CsvRows(text)
    sums = ("calls", "answers", "failed", "input_tokens", "cached_tokens", "output_tokens", "cost_usd")
    rows.write("dimension", "label", *sums, *(f"before_{name}" for name in sums))
    rows.write("total", "", *_cells(figures.total))
    for dimension in DIMENSIONS:
        rows.write_all([dimension, line.label, *_cells(line)] for line in figures.by[dimension])
    return text.getvalue()


def _cells(line: Line) -> Iterable[str | int]:
    for sums in (line.now, line.before):
        yield from (getattr(sums, name) for name in Sums.__struct_fields__ if name != "cost_nusd")
        yield decimal_usd(sums.cost_nusd)
