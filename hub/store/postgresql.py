"""The engine for many processes: PostgreSQL, and what speaks its protocol, through asyncpg."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
import msgspec

from hub.clock import Clock
from hub.store.database import Rows, Sql, Statement, StoreError, StoreUnavailable, Undone
from hub.store.dialect import numbered, returns_rows
from hub.store.postgresql_hosts import DRIVER_ERRORS, Hosts, cancellation_first, parsed, words_of

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[asyncpg.Record]

# The server's own clock; stable within a statement, so that an index can serve a comparison with it.
SERVER_NOW = "(extract(epoch FROM statement_timestamp()) * 1000)::bigint"
# PostgreSQL allows 100 connections unless told otherwise: this leaves room for several hubs.
MOST_CONNECTIONS = 10
CONNECT_TIMEOUT_S = 10.0
# A statement of ours takes milliseconds; past this, the server or the way to it is gone.
COMMAND_TIMEOUT_S = 30.0
# Before the driver's own patience ends.
COMMIT_TIMEOUT_S = COMMAND_TIMEOUT_S - 5
# Where nobody has set them for the server, the database, the user or in the URL.
_END_OF_THE_DEAD = """
    SELECT set_config(name, CASE name WHEN 'client_connection_check_interval' THEN '5s' ELSE '10s' END, false)
    FROM pg_settings
    WHERE name IN ('client_connection_check_interval', 'idle_in_transaction_session_timeout') AND source = 'default'
"""
LOOK_EVERY_S = 0.2
# Deadlocks are rare and over at once, since one of the two goes through.
MOST_REPLAYS = 5
REPLAY_PAUSE_S = 0.005
TOPIC = "trunkline"
_TELL = Sql("store.tell", f"SELECT pg_notify('{TOPIC}', CAST(:word AS TEXT)) IS NULL AS told")

log = logging.getLogger(__name__)

_REPLAY = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.InvalidCachedStatementError,  # another process changed the schema
)
_TRY_LATER = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,  # the server became a standby
    asyncpg.PostgresSystemError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
T = TypeVar("T")


class _Compiled(msgspec.Struct, frozen=True):
    """A statement in this engine's words."""

    text: str
    names: tuple[str, ...]
    returns_rows: bool


class PostgresqlDatabase:
    """A pool of connections. Every list is one transaction at READ COMMITTED; a deadlock replays it."""

    engine = "postgresql"
    in_order = False  # each transaction has a connection of its own

    def __init__(
        self, pool: "asyncpg.Pool[asyncpg.Record]", clock: Clock | None, hosts: Hosts, *, pooled_elsewhere: bool
    ) -> None:
        self._pool = pool
        self._hosts = hosts
        self.hears = not pooled_elsewhere
        """Whether words of other processes can be heard: a pooler of transactions keeps no session that listens."""
        self._clock = clock
        self._now = None if clock else SERVER_NOW
        self._pooled_elsewhere = pooled_elsewhere
        self._closed = False
        self._patience_s = math.inf
        """While this process ends."""
        self._all_left_s = -COMMAND_TIMEOUT_S
        """When all connections were left; a server that is only slow is not left again and again."""
        self._under_way: dict[object, float] = {}
        """When each of what is under way began, the oldest first."""
        self._answered_s = -math.inf
        self._idle = asyncio.Event()
        self._idle.set()

    @classmethod
    async def open(cls, url: str, *, clock: Clock | None = None) -> "PostgresqlDatabase":
        """Connect. `:now` is the server's clock, unless a clock is given. Raises StoreError, StoreUnavailable.

        Beyond what libpq knows, the URL may say `pool_size=20` (connections of this process at the most), and
        `statement_cache_size=0` where a transaction pooler (PgBouncer) stands between: no prepared statement is then
        expected to be there from one transaction to the next. Of several hosts, the one that takes writes is used.
        """
        try:
            address = parsed(url)
            hosts = Hosts(address)
            cache_size = address.options.get("statement_cache_size", 200)
            connect: Any = hosts.connect
            pool = await asyncpg.create_pool(
                min_size=1,
                max_size=address.options.get("pool_size", MOST_CONNECTIONS),
                connect=connect,
                init=_init_pooled if cache_size == 0 else _init,
                reset=_reset,
                timeout=CONNECT_TIMEOUT_S,
                command_timeout=COMMAND_TIMEOUT_S,
                statement_cache_size=cache_size,
            )
        except ValueError:
            # What it is about may be a part of the password, so its words are dropped.
            raise StoreError(
                "The database's URL is not understood: postgresql://user:password@host/name, "
                "with signs like @ : / in the password written as %40 %3A %2F."
            ) from None
        except DRIVER_ERRORS as error:
            # The server's words name a user or a database at the most, never the password; the URL would.
            raise StoreUnavailable(f"PostgreSQL cannot be reached: {words_of(error)}.") from error
        return cls(pool, clock, hosts, pooled_elsewhere=cache_size == 0)

    async def run(self, *statements: Statement) -> list[Rows]:
        alone = len(statements) == 1 and not _may_undo(statements[0].sql) and not self._pooled_elsewhere

        async def transaction(connection: "Connection") -> list[Rows]:
            if alone:
                with _never_cancelled(connection):
                    return await self._execute(connection, statements)  # a statement is a transaction by itself
            return await self._together(connection, statements)

        with self._counted():
            return await self._replayed(transaction) if statements else []

    async def read(self, statement: Statement) -> Rows:
        *_, rows = await self.run(statement)
        return rows

    async def tell(self, words: list[str]) -> None:
        """To every process that hears, when this commits. Raises StoreError."""
        await self.run(*(Statement(_TELL, {"word": word}) for word in words))

    async def hear(self, heard: Callable[[str], None]) -> None:
        """On a connection of its own, until cancelled. Raises StoreUnavailable where that is lost."""
        lost = asyncio.Event()
        try:
            with cancellation_first():
                connection = await self._hosts.connect(timeout=CONNECT_TIMEOUT_S, statement_cache_size=0)
            try:
                connection.add_termination_listener(lambda _: lost.set())
                await connection.add_listener(TOPIC, lambda *said: heard(str(said[-1])))
                await lost.wait()
            finally:
                connection.terminate()
        except DRIVER_ERRORS as error:
            raise _store_error(error) from error
        raise StoreUnavailable("The connection that listens was lost.")

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            async with asyncio.timeout(min(self._patience_s, COMMAND_TIMEOUT_S)):
                await self._idle.wait()
                await self._pool.close()
        except DRIVER_ERRORS:  # it takes too long, or the server has gone
            self._pool.terminate()

    def hurry(self, patience_s: float) -> None:
        if self._patience_s > patience_s:
            self._patience_s = patience_s
            self._look_whether_it_answers(asyncio.get_running_loop().time())

    def _look_whether_it_answers(self, hurried_s: float) -> None:
        if self._closed and not self._under_way:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        silent_s = now - max(hurried_s, self._answered_s, next(iter(self._under_way.values()), now))
        if silent_s < self._patience_s:
            loop.call_later(LOOK_EVERY_S, self._look_whether_it_answers, hurried_s)
            return
        log.error("PostgreSQL has answered nothing for %.0f s; what is under way is left as it is", silent_s)
        self._closed = True
        self._hosts.leave()
        self._pool.terminate()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        """While this holds, closing waits. Raises StoreUnavailable once it was asked for."""
        if self._closed:
            raise StoreUnavailable("The database is closed.")
        this, now = object(), asyncio.get_running_loop().time
        self._under_way[this] = now()
        self._idle.clear()
        try:
            yield
            self._answered_s = now()
        finally:
            del self._under_way[this]
            if not self._under_way:
                self._idle.set()

    async def _replayed(self, transaction: "Callable[[Connection], Awaitable[T]]") -> T:
        """Run it on a connection, again where it met another's lock. Undoes what did not commit."""
        for replay in range(1, MOST_REPLAYS + 1):
            connected = False
            try:
                with cancellation_first():
                    async with self._pool.acquire(timeout=COMMAND_TIMEOUT_S) as connection:
                        connected = True
                        return await transaction(connection)
            except _REPLAY:
                await asyncio.sleep(REPLAY_PAUSE_S * replay)
            except (*DRIVER_ERRORS, ValueError) as error:
                failed = _store_error(error)
                # Whoever found no connection free in time knows nothing of the server.
                if isinstance(failed, StoreUnavailable) and (connected or not isinstance(error, TimeoutError)):
                    await self._doubt(error)
                raise failed from error
        raise StoreUnavailable(f"A transaction met others' locks {MOST_REPLAYS} times.")

    async def _doubt(self, error: Exception) -> None:
        """The server may be another one by now: who connects looks, and nobody stays with one that only reads."""
        self._hosts.doubt()
        now = asyncio.get_running_loop().time()
        silent = isinstance(error, TimeoutError) and now >= self._all_left_s + COMMAND_TIMEOUT_S
        if silent or isinstance(error, asyncpg.ReadOnlySQLTransactionError):
            self._all_left_s = now
            await self._pool.expire_connections()

    async def _together(self, connection: "Connection", statements: Sequence[Statement]) -> list[Rows]:
        transaction = connection.transaction()
        await transaction.start()
        try:
            results = await self._execute(connection, statements)
        except BaseException:
            await transaction.rollback()
            raise
        with _never_cancelled(connection):
            await transaction.commit()
        return results

    async def _execute(self, connection: "Connection", statements: Sequence[Statement]) -> list[Rows]:
        results: list[Rows] = []
        for index, statement in enumerate(statements):
            sql = statement.sql
            compiled = _compiled(sql, self._now)
            try:
                values = self._values(compiled, statement.values)
                if compiled.returns_rows:
                    rows: Rows = await connection.fetch(compiled.text, *values)
                    touched = len(rows)
                else:
                    rows = ()
                    touched = _touched(await connection.execute(compiled.text, *values))
            except (*DRIVER_ERRORS, ValueError) as error:
                error.add_note(sql.name)
                raise
            if sql.expects is not None and touched != sql.expects:
                raise Undone(sql.name, index, touched)
            results.append(rows)
        return results

    def _values(self, compiled: _Compiled, values: Mapping[str, Any]) -> list[Any]:
        clock = self._clock
        try:
            return [clock.now_ms() if name == "now" and clock else values[name] for name in compiled.names]
        except KeyError as missing:
            raise ValueError(f"no value for :{missing.args[0]}") from missing


def _may_undo(sql: Sql) -> bool:
    """Whether it may be found to have touched more rows than it must."""
    return sql.expects is not None and not sql.by_key


@cache
def _compiled(sql: Sql, now: str | None) -> _Compiled:
    text, names = numbered(sql.postgresql or sql.text, now=now)
    return _Compiled(text, names, returns_rows(text))


@contextmanager
def _never_cancelled(connection: "Connection") -> Iterator[None]:
    """A commit that waits for a standby is left, not cancelled: cancelled, it would count without the standby."""
    patience = asyncio.get_running_loop().call_later(COMMIT_TIMEOUT_S, connection.terminate)
    try:
        yield
    finally:
        patience.cancel()


async def _init(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Whoever dies in a transaction must not keep its locks until the server's system notices."""
    await _init_pooled(connection)
    with suppress(asyncpg.PostgresError):  # not every server that speaks the protocol has them
        await connection.execute(_END_OF_THE_DEAD)


async def _init_pooled(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Sums of BIGINT come as numeric: make them the same int that SQLite gives (float where there is a fraction)."""
    await connection.set_type_codec("numeric", schema="pg_catalog", encoder=str, decoder=_number)


async def _reset(_connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Nothing of a session is ever changed, and transactions end by themselves: a round trip saved at each release."""


def _number(text: str) -> int | float:
    return int(text) if text.lstrip("-").isdecimal() else float(text)


def _touched(status: str) -> int:
    """The rows in a status like `UPDATE 3` or `INSERT 0 1`; 0 for one that counts none."""
    last = status.rpartition(" ")[2]
    return int(last) if last.isdecimal() else 0


def _store_error(error: Exception) -> StoreError:
    """The typed error; the statement's name is in the note, its values never are."""
    what = ", ".join(getattr(error, "__notes__", ())) or "A transaction"
    lost = isinstance(error, asyncpg.InterfaceError) and not isinstance(error, ValueError)
    if lost or isinstance(error, _TRY_LATER):
        return StoreUnavailable(f"{what}: PostgreSQL cannot be reached or cannot write ({type(error).__name__}).")
    return StoreError(f"{what} failed: {_reason(error)}.")


def _reason(error: Exception) -> str:
    """The server's own words only where they are about the SQL: others repeat what a person wrote."""
    name = type(error).__name__
    if isinstance(error, asyncpg.SyntaxOrAccessError):
        return f"{name}, {error.args[0]}"
    constraint = getattr(error, "constraint_name", None)
    return f"{name}, {constraint}" if constraint else name
