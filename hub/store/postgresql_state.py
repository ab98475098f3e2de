"""One committed state of a PostgreSQL database, table by table: for exports."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from hub.store.database import StoreUnavailable
from hub.store.postgresql import CONNECT_TIMEOUT_S
from hub.store.postgresql_hosts import Hosts, parsed, words_of

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]


class OneState:
    """What a transaction sees in which nothing changes."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    async def tables(self) -> list[str]:
        rows = await self._connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
        )
        return [row[0] for row in rows]

    async def columns(self, table: str) -> list[str]:
        prepared = await self._connection.prepare(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of the schema
        return [attribute.name for attribute in prepared.get_attributes()]

    async def rows(self, table: str, at_once: int) -> AsyncIterator[Sequence[asyncpg.Record]]:
        """By the first column, so many in each list."""
        cursor = await self._connection.cursor(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608 - likewise
        while some := await cursor.fetch(at_once):
            yield some


@asynccontextmanager
async def one_state(url: str) -> AsyncIterator[OneState]:
    """Raises StoreError, StoreUnavailable."""
    try:
        connection = await _connected(url)
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                yield OneState(connection)
        finally:
            await connection.close()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError) as error:
        raise StoreUnavailable(f"PostgreSQL cannot be read: {type(error).__name__}.") from error


async def _connected(url: str) -> "Connection":
    try:
        return await Hosts(parsed(url)).connect(timeout=CONNECT_TIMEOUT_S)
    except OSError as error:  # here alone: who reads the rows has files that fail as well
        raise StoreUnavailable(f"PostgreSQL cannot be reached: {words_of(error)}.") from error
