"""The embedded engine: one writer that commits waiting transactions in groups, and a few readers of their own.

While one group is being synced to the disk, the next one gathers. So the cost of a sync is shared by all who wait,
nobody waits for company, and whatever was confirmed has been synced. Some lists are not waited for (see Sql.ahead).
"""

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue

import aiosqlite

from hub.clock import Clock
from hub.store.database import Rows, Statement, StoreError, StoreUnavailable, Undone
from hub.store.sqlite_errors import not_committed, store_error

log = logging.getLogger(__name__)

# A group's size bounds how long its first caller waits for the last: 500 lists of six statements take about 15 ms.
MOST_IN_A_GROUP = 500
# One more reader costs a thread and a page cache; reads here are short, so a few serve many tasks.
READERS = 3
# Another process of the same machine (the command line) may hold the write lock for a moment.
BUSY_TIMEOUT_MS = 5_000
KEPT_OPEN_S = 0.002
"""A transaction whose rows were handed over ahead, for what follows from them: most of it comes within 1 ms."""
# 16 MB of log before it is folded back: a checkpoint syncs the whole file, so it should be rare next to commits.
CHECKPOINT_PAGES = 4_000
CACHE_KB = 4_000
"""Of pages that the writer keeps: most of what a hundred talks touch of a full store; usually 2,000."""
LOG_SIZE_LIMIT_BYTES = 64 * 1024 * 1024
STATEMENTS_CACHED = 512

Outcome = list[Rows] | StoreError


class SqliteDatabase:
    """A database in one file, served by one process."""

    engine = "sqlite"
    in_order = True  # one writer takes what waits in the order in which it was submitted

    def __init__(self, writer: "_Writer", readers: "_Readers", release: Callable[[], None]) -> None:
        self._writer = writer
        self._readers = readers
        self._release = release
        self._closed = False

    @classmethod
    async def open(cls, path: Path, *, clock: Clock, release: Callable[[], None] = lambda: None) -> "SqliteDatabase":
        """Open the file, made where it is missing; `release` is called after all is closed. Raises StoreError."""
        try:
            connection = await asyncio.to_thread(_connect, path)
        except sqlite3.Error as error:
            raise store_error(error, f"The database {path.name} cannot be opened") from error
        writer = _Writer(connection, clock)
        try:
            readers = await _Readers.open(path, clock)
        except sqlite3.Error as error:
            await writer.close()
            raise store_error(error, f"The database {path.name} cannot be opened") from error
        return cls(writer, readers, release)

    @property
    def transactions(self) -> int:
        """Lists committed since the start."""
        return self._writer.transactions

    @property
    def commits(self) -> int:
        """Groups committed since the start: each is one sync of the log."""
        return self._writer.commits

    async def run(self, *statements: Statement) -> list[Rows]:
        if self._closed:
            raise StoreUnavailable("The database is closed.")
        if not statements:
            return []
        return await self._writer.submit(statements)

    async def read(self, statement: Statement) -> Rows:
        if self._closed:
            raise StoreUnavailable("The database is closed.")
        if self._writer.is_ahead:
            await self._writer.submit(())  # answered after the commit of what was handed over before it
            if self._closed:
                raise StoreUnavailable("The database is closed.")
        return await self._readers.read(statement)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            await self._readers.close()
        finally:
            await self._writer.close()
            self._release()


class _Waiting:
    """A transaction that waits for its group."""

    __slots__ = ("answer", "loop", "statements")

    def __init__(self, statements: Sequence[Statement], loop: asyncio.AbstractEventLoop) -> None:
        self.statements = statements
        self.loop = loop
        self.answer: asyncio.Future[list[Rows]] = loop.create_future()


class _Writer:
    """The only connection that writes, in a thread of its own."""

    def __init__(self, connection: sqlite3.Connection, clock: Clock) -> None:
        self.transactions = 0
        self.commits = 0
        self.is_ahead = False
        """Something was handed over whose commit is under way."""
        self._connection = connection
        self._clock = clock
        self._synced = True
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._gathering: dict[asyncio.AbstractEventLoop, list[_Waiting]] = {}
        """What was submitted in the present round of each event loop."""
        # A process that was told to end must not hang on a database that nobody closed.
        self._thread = threading.Thread(target=self._serve, name="sqlite-writer", daemon=True)
        self._thread.start()

    def submit(self, statements: Sequence[Statement]) -> asyncio.Future[list[Rows]]:
        """Handed over with what else is submitted in this round of the event loop: one commit, one wake-up."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(statements, loop)
        if gathering := self._gathering.get(loop):
            gathering.append(waiting)
        else:
            self._gathering[loop] = [waiting]
            loop.call_soon(self._hand_over, loop)
        return waiting.answer

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        for waiting in self._gathering.pop(loop, ()):
            self._queue.put(waiting)

    async def close(self) -> None:
        """Commit what is waiting, then end."""
        for loop in list(self._gathering):
            self._hand_over(loop)
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        while group := self._next_group():
            _deliver(group, self._commit(group))
        self._connection.close()

    def _next_group(self) -> list[_Waiting]:
        """Everything that waits now, at least one; empty once the end was asked for."""
        first = self._queue.get()
        return [] if first is None else [first, *self._waiting_now(MOST_IN_A_GROUP - 1)]

    def _waiting_now(self, most: int) -> list[_Waiting]:
        found: list[_Waiting] = []
        with contextlib.suppress(Empty):
            while len(found) < most:
                waiting = self._queue.get_nowait()
                if waiting is None:
                    self._queue.put(None)  # the end is asked for after these
                    break
                found.append(waiting)
        return found

    def _commit(self, group: list[_Waiting]) -> list[Outcome]:
        """One transaction for the group, one savepoint for each list of it."""
        if not any(waiting.statements for waiting in group):
            return [[] for _ in group]  # who only waited for what came before
        execute = self._connection.execute
        try:
            self._sync(not all(each.sql.unsynced for waiting in group for each in waiting.statements))
            execute("BEGIN IMMEDIATE")
            several = len(group) > 1
            outcomes = [self._attempt(waiting.statements, several) for waiting in group]
            if self._handed_over_ahead(group, outcomes) and self._synced:
                following = self._following()
                # Those first that somebody waits for: the others have been going on already.
                group[:0] = following
                outcomes[:0] = [self._attempt(waiting.statements, several=True) for waiting in following]
            done = sum(type(outcome) is list for outcome in outcomes)
            execute("COMMIT" if done else "ROLLBACK")
        except Exception as error:  # noqa: BLE001 - whatever it was, every caller must hear of it and the writer live on
            with contextlib.suppress(sqlite3.Error):
                execute("ROLLBACK")
            if self.is_ahead:
                log.error("what was claimed is lost with its commit and will be claimed again: %s", error)
            return [not_committed(error) for _ in group]
        finally:
            self.is_ahead = False
        self.transactions += done
        self.commits += bool(done)
        return outcomes

    def _handed_over_ahead(self, group: list[_Waiting], outcomes: list[Outcome]) -> bool:
        """Whether there were lists with rows that are not waited for."""
        ahead = [
            (waiting, outcome)
            for waiting, outcome in zip(group, outcomes, strict=True)
            if waiting.statements and waiting.statements[-1].sql.ahead and type(outcome) is list and any(outcome)
        ]
        if ahead:
            self.is_ahead = True
            _deliver(*zip(*ahead, strict=True))
        return bool(ahead)

    def _following(self) -> list[_Waiting]:
        """What comes while the transaction is kept open for it: one sync then serves both."""
        with contextlib.suppress(Empty):
            first = self._queue.get(timeout=KEPT_OPEN_S)
            if first is not None:
                return [first, *self._waiting_now(MOST_IN_A_GROUP)]
            self._queue.put(None)
        return []

    def _sync(self, synced: bool) -> None:
        """From now on commits wait for the disk, or do not."""
        if synced != self._synced:
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
            self._synced = synced

    def _attempt(self, statements: Sequence[Statement], several: bool) -> Outcome:
        """The rows of a list, or why it was undone. Raises sqlite3.Error where the whole group is lost."""
        connection = self._connection
        # One statement undoes itself when it fails; only a wrong number of rows asks for a savepoint then.
        savepoint = several and (len(statements) != 1 or statements[0].sql.expects is not None)
        if savepoint:
            connection.execute("SAVEPOINT list")
        try:
            rows = self._execute(statements)
        except (StoreError, sqlite3.Error, ValueError, OverflowError, TypeError) as error:
            if not connection.in_transaction:  # some errors (disk full, out of memory) end the whole transaction
                raise
            if savepoint:
                connection.execute("ROLLBACK TO list")
                connection.execute("RELEASE list")
            return error if isinstance(error, StoreError) else store_error(error)
        if savepoint:
            connection.execute("RELEASE list")
        return rows

    def _execute(self, statements: Sequence[Statement]) -> list[Rows]:
        now = self._clock.now_ms()
        execute = self._connection.execute
        results: list[Rows] = []
        for index, statement in enumerate(statements):
            sql = statement.sql
            try:
                cursor = execute(sql.text, {**statement.values, "now": now})
                rows: Rows = cursor.fetchall() if cursor.description else ()
            except (sqlite3.Error, ValueError, OverflowError, TypeError) as error:
                error.add_note(sql.name)
                raise
            if sql.expects is not None:
                touched = len(rows) if cursor.description else self._touched(cursor)
                if touched != sql.expects:
                    raise Undone(sql.name, index, touched)
            results.append(rows)
        return results

    def _touched(self, cursor: sqlite3.Cursor) -> int:
        if cursor.rowcount >= 0:
            return cursor.rowcount
        # The driver does not count for a change that begins with WITH.
        return int(self._connection.execute("SELECT changes()").fetchone()[0])


class _Readers:
    """Connections that only read; each sees what was committed when its statement began."""

    def __init__(self, connections: list[aiosqlite.Connection], clock: Clock) -> None:
        self._all = connections
        self._idle = list(connections)
        self._free = asyncio.Semaphore(len(connections))
        self._clock = clock

    @classmethod
    async def open(cls, path: Path, clock: Clock) -> "_Readers":
        connections: list[aiosqlite.Connection] = []
        for _ in range(READERS):
            connection = await aiosqlite.connect(path, isolation_level=None, cached_statements=STATEMENTS_CACHED)
            connections.append(connection)
            connection.row_factory = sqlite3.Row
            await connection.execute_fetchall(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            await connection.execute_fetchall("PRAGMA query_only = ON")
        return cls(connections, clock)

    async def read(self, statement: Statement) -> Rows:
        async with self._free:
            connection = self._idle.pop()
            try:
                return await connection.execute_fetchall(  # type: ignore[return-value]
                    statement.sql.text, {**statement.values, "now": self._clock.now_ms()}
                )
            except (sqlite3.Error, ValueError, OverflowError, TypeError) as error:
                error.add_note(statement.sql.name)
                raise store_error(error) from error
            finally:
                self._idle.append(connection)

    async def close(self) -> None:
        for connection in self._all:
            await connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS_CACHED
    )
    try:
        connection.row_factory = sqlite3.Row
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        _keep_a_log(connection)
        # FULL syncs the log at every commit: power loss loses nothing that was confirmed.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_SIZE_LIMIT_BYTES}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _keep_a_log(connection: sqlite3.Connection) -> None:
    """Switch a new file to write-ahead logging; where several processes do so at once, SQLite itself does not wait."""
    last = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(0.01)
        else:
            return


def _deliver(group: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
    """Answer every caller, with one wake-up of each event loop."""
    answers: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[list[Rows]], Outcome]]] = {}
    for waiting, outcome in zip(group, outcomes, strict=True):
        answers.setdefault(waiting.loop, []).append((waiting.answer, outcome))
    for loop, settled in answers.items():
        with contextlib.suppress(RuntimeError):  # that loop has ended, nobody is left to hear
            loop.call_soon_threadsafe(_settle, settled)


def _settle(answers: list[tuple[asyncio.Future[list[Rows]], Outcome]]) -> None:
    for answer, outcome in answers:
        if answer.done():  # handed over ahead; or its caller was cancelled, and the transaction happened all the same
            continue
        if isinstance(outcome, StoreError):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)
