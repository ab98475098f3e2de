"""Which of the servers that a PostgreSQL URL names takes the writes now: after a failover it is another one."""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
import msgspec

from hub.store.database import StoreError, StoreUnavailable

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

log = logging.getLogger(__name__)

DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""All that the driver raises where a server refuses, goes away, or says what was not expected."""
HOST_TIMEOUT_S = 3.0
"""For one of several servers to say what it is: the address of a dead machine does not refuse, it says nothing."""
_OURS = {"statement_cache_size", "pool_size"}
_LOST_AFTER_MS = 10_000
_PROBES = {"TCP_KEEPIDLE": 4, "TCP_KEEPINTVL": 2, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": _LOST_AFTER_MS}
"""A machine that is silent for ten seconds is gone: the system would wait for a quarter of an hour."""


class Address(msgspec.Struct, frozen=True):
    """A URL, taken apart."""

    url: str
    """As the driver takes it: without our own options."""
    hosts: tuple[str, ...]
    """`host`, `host:port` or the folder of a socket, each; empty where the URL leaves it to the environment."""
    options: dict[str, int]
    """Our own: `pool_size`, `statement_cache_size`."""


def parsed(url: str) -> Address:
    """Raises StoreError, ValueError."""
    parts = urlsplit(url)
    ours: dict[str, int] = {}
    others = []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in _OURS:
            others.append((name, value))
        elif value.isdecimal():
            ours[name] = int(value)
        else:
            raise StoreError(f"{name} in the database's URL must be a number.")
    named = parts.netloc.rpartition("@")[2] or dict(others).get("host", "")
    hosts = tuple(named.split(",")) if named else ()
    return Address(urlunsplit(parts._replace(query=urlencode(others))), hosts, ours)


class Hosts:
    """Connects to the one that writes.

    Of several, the one that was found last is asked first, until somebody is in doubt about it; then all are asked at
    once. Where two of them write, an old primary came back: the one with the newest timeline is meant, and an older one
    than was ever seen is refused.
    """

    def __init__(self, address: Address) -> None:
        self.each = _each(address) if len(address.hosts) > 1 else ()
        """A URL for each of several."""
        self._url = address.url
        self._found = ""
        self._timeline = 0
        self._left = False
        self._connecting: set[asyncio.Timeout] = set()

    def doubt(self) -> None:
        """The next connection looks at all of them."""
        self._found = ""

    async def connect(self, _: None = None, **options: Any) -> "Connection":
        """As `asyncpg.connect` does, with its options; a pool says None for a URL.

        Raises what that raises, and StoreUnavailable where nobody takes writes.
        """
        if self._left:
            raise StoreUnavailable("PostgreSQL does not answer, and this process ends.")
        async with asyncio.timeout(None) as patience:
            self._connecting.add(patience)
            try:
                return await self._find(options)
            finally:
                self._connecting.discard(patience)

    def leave(self) -> None:
        """Connect no more, also where somebody is about to."""
        self._left = True
        for patience in self._connecting:
            patience.reschedule(0.0)

    async def _find(self, options: dict[str, Any]) -> "Connection":
        if not self.each:
            return await _connect(self._url, options)
        connection = await self._again(options) or await self._look(options)
        connection.add_termination_listener(lambda _: self.doubt())
        return connection

    async def _again(self, options: dict[str, Any]) -> "Connection | None":
        """To the one that was found last, if it still is what it was."""
        if self._found:
            with contextlib.suppress(StoreUnavailable, *DRIVER_ERRORS), cancellation_first():
                connection, timeline = await _ask(self._found, options)
                if timeline >= self._timeline:
                    self._timeline = timeline
                    return connection
                connection.terminate()
        return None

    async def _look(self, options: dict[str, Any]) -> "Connection":
        asking = [asyncio.ensure_future(_ask(url, options)) for url in self.each]
        try:
            asked = await asyncio.gather(*asking, return_exceptions=True)
        except asyncio.CancelledError:
            for one in asking:
                if one.done() and not one.cancelled() and not one.exception():
                    one.result()[0].terminate()
            raise
        standing = {url: said for url, said in zip(self.each, asked, strict=True) if isinstance(said, tuple)}
        newest = max(standing, key=lambda url: standing[url][1], default="")
        for url, (connection, _) in standing.items():
            if url != newest:
                connection.terminate()
        if not newest:
            raise next(said for said in asked if isinstance(said, BaseException))
        connection, timeline = standing[newest]
        if timeline < self._timeline:
            connection.terminate()
            raise StoreUnavailable("PostgreSQL: the only server that takes writes is a primary that was replaced.")
        if timeline > self._timeline > 0:
            log.warning("PostgreSQL failed over: another server takes the writes now (timeline %d).", timeline)
        self._found, self._timeline = newest, timeline
        return connection


def words_of(error: Exception) -> str:
    """What a driver's error says; one of a time that is over says nothing."""
    return str(error) or "it does not answer"


@contextlib.contextmanager
def cancellation_first() -> Iterator[None]:
    """Raises CancelledError from whatever goes wrong in here while the task is being cancelled.

    The driver ends a cancelled statement over another connection; where that fails, its error takes the place of the
    cancellation, and whoever waits for a store that is away would go on.
    """
    try:
        yield
    except (StoreUnavailable, ValueError, *DRIVER_ERRORS) as error:
        task = asyncio.current_task()
        if task and task.cancelling():
            raise asyncio.CancelledError from error
        raise


async def _ask(url: str, options: dict[str, Any]) -> "tuple[Connection, int]":
    """A connection to this one and its timeline. Raises StoreUnavailable where it is a standby."""
    async with asyncio.timeout(HOST_TIMEOUT_S):
        connection = await _connect(url, options)
        try:
            async with connection.transaction():  # so that a pooler of transactions asks one server
                if await connection.fetchval("SHOW transaction_read_only") == "on":
                    raise StoreUnavailable("PostgreSQL: no server takes writes.")
            return connection, await _timeline(connection)
        except BaseException:
            connection.terminate()
            raise


async def _timeline(connection: "Connection") -> int:
    """How often this line of servers was failed over, plus one; 0 where the server does not tell."""
    try:
        async with connection.transaction():
            name = await connection.fetchval("SELECT pg_walfile_name(pg_current_wal_lsn())")
    except asyncpg.PostgresError:
        return 0
    return int(name[:8], 16)


def _each(address: Address) -> tuple[str, ...]:
    """A URL for each host. Raises ValueError where the ports are too few or too many."""
    parts = urlsplit(address.url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    ports = query.pop("port", "").split(",")
    if len(ports) == 1:
        ports *= len(address.hosts)
    who, at, _ = parts.netloc.rpartition("@")
    urls = []
    for host, port in zip(address.hosts, ports, strict=True):
        own = query | ({"port": port} if port else {})
        netloc = f"{who}{at}" if "host" in query else f"{who}{at}{host}"
        own |= {"host": host} if "host" in query else {}
        urls.append(urlunsplit(parts._replace(netloc=netloc, query=urlencode(own))))
    return tuple(urls)


async def _connect(url: str, options: dict[str, Any]) -> "Connection":
    """Have the system look after the way: whoever waits for a machine that is gone hears so."""
    try:
        connection: Connection = await asyncpg.connect(url, **options)
    except asyncpg.TargetServerAttributeNotMatched as error:
        raise StoreUnavailable("PostgreSQL: no server is what target_session_attrs asks for.") from error
    transport: asyncio.Transport = connection._transport  # type: ignore[attr-defined]  # there is no other way to it
    way = transport.get_extra_info("socket")
    if way is not None and way.family in {socket.AF_INET, socket.AF_INET6}:
        way.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _PROBES.items():
            if option := getattr(socket, name, None):
                way.setsockopt(socket.IPPROTO_TCP, option, value)
    return connection
