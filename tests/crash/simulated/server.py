"""Runs on a real PostgreSQL that goes away in the middle: stopped at once, as by a power cut, and started again, or its
standby takes over.

The hub's time is virtual here too, and stands still while the server works; which of two transactions came first is the
server's to say, so a seed fixes what goes wrong, not every step of it.
"""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Coroutine
from typing import Any

import asyncpg
import msgspec
from asyncpg.connect_utils import SessionAttribute

from hub.clock import Clock
from hub.store import Database
from hub.store.postgresql import PostgresqlDatabase
from tests.crash.simulated.plan import Death, Plan, Trouble, plan
from tests.postgres import STANDBY, PostgresqlServer


def restarted(seed: int) -> Plan:
    """The plan of a run in which the server is away for a moment under load, and hubs die as well."""
    made = plan(8, seed)
    at_s = 0.1 + (seed % 7) * 0.13
    troubles = (Trouble(at_s, "server gone"), Trouble(at_s + 0.5 * (seed % 5), "server back"))
    deaths: tuple[Death, ...] = made.deaths[: seed % 2]
    return msgspec.structs.replace(made, scenario=9, deaths=deaths, troubles=troubles, hurry_s=1.0, held_back=0.0)


class Elsewhere:
    """A database of its own on the server, asked from a thread beside the run."""

    def __init__(self, server: PostgresqlServer) -> None:
        self.server = server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="asker", daemon=True)
        self._thread.start()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._name = self._in_thread(server.create_migrated())
        self._url = server.url(self._name)
        """As the settings of a hub name it."""

    def goes(self) -> None:
        """At once."""
        self.server.stop_at_once()

    def comes(self) -> None:
        """Somebody serves again."""
        self.server.start_again()

    async def open(self, clock: Clock) -> Database:
        """As a hub opens it."""
        return await PostgresqlDatabase.open(self._url, clock=clock)

    def ask(self, sql: str) -> list[Any]:
        """Raises sqlite3.OperationalError where the server is away, as a file would."""
        try:
            return self._in_thread(self._ask(sql))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            self._connection = None
            raise sqlite3.OperationalError(str(error)) from error

    def configure(self, change: str) -> None:
        """A setting of the whole server."""
        self._in_thread(self.server.execute(f"ALTER SYSTEM {change}"))
        self._in_thread(self.server.execute("SELECT pg_reload_conf()"))

    def close(self) -> None:
        if self._connection is not None:
            self._in_thread(self._connection.close())
        self._in_thread(self.server.drop(self._name))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _ask(self, sql: str) -> list[Any]:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url, target_session_attrs=SessionAttribute.read_write)
        return list(await self._connection.fetch(sql))

    def _in_thread(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


class WithStandby(Elsewhere):
    """The same on two servers: each commit waits for the second, which takes over from the first for good."""

    def __init__(self, server: PostgresqlServer, standby: PostgresqlServer) -> None:
        super().__init__(server)
        self.stored = 0
        """Messages that the first server had when it went."""
        self._standby = standby
        self._url = server.url(self._name, standby)
        self.configure("SET synchronous_commit = on")
        self.configure(f"SET synchronous_standby_names = '{STANDBY}'")
        while not self.ask("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"):
            time.sleep(0.01)

    def goes(self) -> None:
        self.stored = self.ask("SELECT COUNT(*) FROM message")[0][0]
        super().goes()

    def comes(self) -> None:
        self.server.stopped()
        self._standby.promote()

    def close(self) -> None:
        """The first server stands as before, alone."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
        self.server.start_again()
        self.configure("RESET synchronous_standby_names")
        self.configure("SET synchronous_commit = off")
        super().close()
