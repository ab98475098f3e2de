"""Fakes that tell of every request, before and after they handle it; and a reader that watches the budgets."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.wire.crowd import RepeatingTelegram
from tests.wire.fakes.http import Exchange
from tests.wire.fakes.model import FakeModel

Watch = Callable[[str, bool], None]
"""Called with the kind of request, and whether it was handled already."""
LOOK_EVERY_S = 0.02


def _kind(exchange: Exchange) -> str:
    return exchange.path.rpartition("/")[2]


class WatchedTelegram(RepeatingTelegram):
    def __init__(self, watch: Watch, **options: Any) -> None:
        super().__init__(**options)
        self._watch = watch

    def handle(self, exchange: Exchange) -> None:
        kind = _kind(exchange)
        self._watch(kind, False)
        super().handle(exchange)
        self._watch(kind, True)


class WatchedModel(FakeModel):
    def __init__(self, watch: Watch, **options: Any) -> None:
        super().__init__(**options)
        self._watch = watch

    def handle(self, exchange: Exchange) -> None:
        kind = _kind(exchange)
        self._watch(kind, False)
        super().handle(exchange)
        self._watch(kind, True)


class BudgetWatch:
    """Reads the budgets from outside, all the time: spent + held must never exceed the limit."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="budget-watch", daemon=True)
        self.samples = 0
        self.most_permille = 0
        """The highest share of a limit that was ever spent or held."""
        self.overruns: list[str] = []

    def __enter__(self) -> "BudgetWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look_on(self) -> None:
        connection: sqlite3.Connection | None = None
        while not self._ended.wait(LOOK_EVERY_S):
            # No file yet, or no tables, or a process that has just died left its log to be recovered first.
            with contextlib.suppress(sqlite3.OperationalError):
                connection = connection or open_read_only(self._database)
                for budget in connection.execute("SELECT id, limit_amount, spent_amount, held_amount FROM budget"):
                    self._compare(*budget)
        if connection:
            connection.close()

    def _compare(self, budget: str, limit: int, spent: int, held: int) -> None:
        self.samples += 1
        self.most_permille = max(self.most_permille, (spent + held) * 1000 // limit)
        if spent + held > limit:
            self.overruns.append(f"{budget}: {spent} spent and {held} held of {limit}")


def open_read_only(database: Path) -> sqlite3.Connection:
    """Beside a running hub. Raises sqlite3.OperationalError where there is no such file."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5)
    connection.row_factory = sqlite3.Row
    return connection
