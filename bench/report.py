"""A weekly report over a ledger of a million rows: `python -m bench.report`.

The ledger is written to an SQLite file in the order of time, as it grows in life. The report, with its charts, is then
made in a process of its own, whose wall time, CPU (all threads) and peak of memory are told.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bench import machine
from hub.clock import SystemClock
from hub.config.settings import HubSettings, Settings
from hub.money.periods import Period, PeriodKind, period
from hub.reports.making import make
from hub.store.open import open_database

ROWS = 1_000_000
WALL_S, MEMORY_MB = 5.0, 200.0
"""What a report may take on a quiet machine."""
ZONE = ZoneInfo("Europe/Berlin")
WEEK = period(PeriodKind.WEEK, int(datetime(2026, 11, 18, tzinfo=ZONE).timestamp() * 1000), ZONE)
BEFORE = period(PeriodKind.WEEK, WEEK.start_ms - 1, ZONE)
AGENTS = ("support-faq", "sales-leads", "hr-desk", "it-help", "legal-drafts", "ops-runbook")
MODELS = ("gpt-4o-mini", "gpt-4o", "claude-haiku")
REGIONS = ("eu-west", "us-west", "us-east", "ap-south")
CHANNELS = ("slack", "telegram", "discord", "web")
OUTCOMES = ("stop",) * 96 + ("length", "overloaded", "timed_out", "cut")
PEOPLE, CONVERSATIONS = 5_000, 20_000
COLUMNS = (
    "id, at_ms, hold, message, conversation, person, channel, agent, deployment, region, api, model, tier, kind,"
    " input_tokens, cached_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_nusd, held_nusd, price,"
    " mark, outcome, took_ms"
)
_PRICE = '{"input":0.15,"cached_input":0.075,"output":0.6}'


class Cost(msgspec.Struct, frozen=True):
    """What one report took."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    text_characters: int
    files: int

    @property
    def within(self) -> bool:
        return self.wall_s <= WALL_S and self.peak_mb <= MEMORY_MB

    def __str__(self) -> str:
        return (
            f"{self.wall_s:.2f} s wall, {self.cpu_s:.2f} s CPU, {self.peak_mb:.0f} MB at the peak; "
            f"{self.text_characters:,} characters and {self.files} files "
            f"({'within' if self.within else 'ABOVE'} {WALL_S:g} s and {MEMORY_MB:g} MB)"
        )


def calls(rows: int, chance: random.Random) -> Iterator[tuple[Any, ...]]:
    """The calls of both weeks, in the order of time, half of them in each."""
    span_ms = WEEK.end_ms - BEFORE.start_ms
    for number in range(rows):
        at_ms = BEFORE.start_ms + number * span_ms // rows
        agent = AGENTS[min(chance.randrange(12), 5)]
        region, kind = chance.choice(REGIONS), "answer" if number % 8 else "summary"
        tokens = chance.randrange(200, 4_000)
        row_id = f"l{number:09d}"
        yield (
            *(row_id, at_ms, row_id, f"m{number:09d}", f"slack/main/C{chance.randrange(CONVERSATIONS)}"),
            *(chance.randrange(PEOPLE), chance.choice(CHANNELS), agent, f"{agent}-{region}", region, "openai"),
            *(chance.choice(MODELS), "simple" if number % 3 else "complex", kind, tokens, tokens // 2, 0),
            *(tokens // 4, 0, tokens * 1_000, tokens * 2_000, _PRICE),
            *("" if number % 50 else "estimated", chance.choice(OUTCOMES), chance.randrange(300, 9_000)),
        )


async def fill(folder: Path, rows: int) -> None:
    """A hub's database with so many rows in its ledger."""
    database = await open_database("sqlite:hub.db", clock=SystemClock(), base=folder, serve=True, wait_s=0)
    await database.close()
    with sqlite3.connect(folder / "hub.db") as plain:
        marks = ", ".join("?" * len(COLUMNS.split(",")))
        plain.executemany(f"INSERT INTO ledger ({COLUMNS}) VALUES ({marks})", calls(rows, random.Random(1)))
    plain.close()


async def report_on(folder: Path, span: Period) -> tuple[int, int]:
    """Characters of the text, and how many files."""
    hub = HubSettings("Bench", ZONE, "sqlite:hub.db", (), "eu-west")
    settings = Settings(folder / "regions.toml", hub, (), {}, {}, {}, ())
    database = await open_database("sqlite:hub.db", clock=SystemClock(), base=folder, serve=False, wait_s=0)
    try:
        made = await make(database, settings, span, at_ms=span.end_ms + 1)
    finally:
        await database.close()
    return len(made.text), len(made.files)


def measured(folder: str) -> str:
    """One report in this process, as JSON."""
    begun, cpu = time.perf_counter(), time.process_time()
    characters, files = asyncio.run(report_on(Path(folder), WEEK))
    wall_s, cpu_s = time.perf_counter() - begun, time.process_time() - cpu
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024  # Linux counts in kB
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    return json.dumps(msgspec.to_builtins(Cost(wall_s, cpu_s, peak_mb, characters, files)))


def measure(rows: int = ROWS, runs: int = 3) -> list[Cost]:
    """So many reports, each in a new process."""
    fresh = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(fill(Path(folder), rows))
        found = []
        for _ in range(runs):
            with fresh.Pool(1) as pool:
                found.append(msgspec.convert(json.loads(pool.apply(measured, (folder,))), Cost))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    print(machine.measure())
    for cost in measure(given.rows, given.runs):
        print(f"a report over {given.rows:,} ledger rows: {cost}", flush=True)


if __name__ == "__main__":
    main()
