"""A pooler of transactions: each transaction of a client goes to the next server connection, as PgBouncer does it.

What a client prepares, sets, locks or listens to outside of a transaction is somewhere else the next time.
"""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

SSL_REQUEST, PROTOCOL = 80877103, 196608
HANDED_ON = b"S", b"K"  # a server's settings and its key, as a client is greeted with


class Server:
    """One connection to PostgreSQL."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, greeting: bytes) -> None:
        self.reader = reader
        self.writer = writer
        self.greeting = greeting

    @classmethod
    async def open(cls, folder: str, database: str) -> "Server":
        reader, writer = await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.5432")
        words = f"user\0postgres\0database\0{database}\0\0".encode()
        writer.write(struct.pack("!ii", len(words) + 8, PROTOCOL) + words)
        greeting = b""
        while True:
            kind, body = await message(reader)
            assert kind != b"E", body
            if kind in HANDED_ON:
                greeting += whole(kind, body)
            if kind == b"Z":
                return cls(reader, writer, greeting)


async def message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Kind and body. Raises IncompleteReadError."""
    kind, length = struct.unpack("!ci", await reader.readexactly(5))
    return kind, await reader.readexactly(length - 4)


def whole(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


class Client:
    """One client's side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer
        self.said: asyncio.Future[tuple[bytes, bytes]] = asyncio.get_running_loop().create_future()
        """Its next message, which nobody has handed on yet."""
        self.said.cancel()

    def listen(self) -> None:
        self.said = asyncio.ensure_future(message(self._reader))

    async def next(self) -> tuple[bytes, bytes]:
        """Raises IncompleteReadError."""
        if self.said.cancelled():
            self.listen()
        await asyncio.wait({self.said})
        return self.said.result()

    def close(self) -> None:
        self.said.cancel()
        self.writer.close()


class Pooler:
    """`url` is the database through it."""

    def __init__(self, folder: str, database: str) -> None:
        self._folder = folder
        self._database = database
        self._free: asyncio.Queue[Server] = asyncio.Queue()
        self._all: list[Server] = []
        self._clients: set[asyncio.Task[Any]] = set()
        self.transactions = 0
        self.switches = 0
        """Times that a client met another server connection than before."""

    async def fill(self, servers: int) -> None:
        for _ in range(servers):
            await self._open()

    async def _open(self) -> None:
        server = await Server.open(self._folder, self._database)
        self._all.append(server)
        self._free.put_nowait(server)

    async def close(self) -> None:
        for task in self._clients:
            task.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        for server in self._all:
            server.writer.close()
            with contextlib.suppress(ConnectionError):
                await server.writer.wait_closed()

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self.serve(reader, writer))
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it goes."""
        server: Server | None = None
        before: Server | None = None
        client = Client(reader, writer)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                await self._greet(reader, writer)
                while (await client.next())[0] != b"X":
                    server = await self._free.get()
                    self.transactions += 1
                    self.switches += before not in (None, server)
                    before = server
                    await _transaction(server, client)
                    self._free.put_nowait(server)
                    server = None
        finally:
            client.close()
        if server is not None:  # its client went in the middle of a transaction
            server.writer.close()
            await self._open()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length, code = struct.unpack("!ii", await reader.readexactly(8))
        if code == SSL_REQUEST:
            writer.write(b"N")
            length, code = struct.unpack("!ii", await reader.readexactly(8))
        await reader.readexactly(length - 8)
        server = await self._free.get()
        self._free.put_nowait(server)
        writer.write(whole(b"R", struct.pack("!i", 0)) + server.greeting + whole(b"Z", b"I"))


async def _transaction(server: Server, client: Client) -> None:
    """From its first message until the server is idle and has answered everything. Raises ConnectionResetError."""
    awaited = 0
    hearing = asyncio.ensure_future(message(server.reader))
    try:
        while True:
            if client.said.done():
                kind, body = client.said.result()
                if kind == b"X":
                    raise ConnectionResetError
                awaited += kind in (b"S", b"Q")
                server.writer.write(whole(kind, body))
                client.listen()
            await asyncio.wait({hearing, client.said}, return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                answer, content = hearing.result()
                client.writer.write(whole(answer, content))
                awaited -= answer == b"Z"
                if answer == b"Z" and content == b"I" and awaited == 0 and not client.said.done():
                    return
                hearing = asyncio.ensure_future(message(server.reader))
    finally:
        if not hearing.done():
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)


@asynccontextmanager
async def pooled(folder: str, database: str, *, servers: int) -> AsyncIterator[tuple[str, Pooler]]:
    """The URL of the database through a pooler with so many connections to it."""
    pooler = Pooler(folder, database)
    await pooler.fill(servers)
    listener = await asyncio.start_server(pooler.client, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/{database}?sslmode=disable", pooler
    finally:
        listener.close()
        await pooler.close()
        await asyncio.sleep(0.1)  # until every connection is seen to have gone
