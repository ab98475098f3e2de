"""A small HTTP/1.1 server on asyncio's own protocols: fast enough for a bench, open enough to break things.

A handler is called once a request is whole and answers when it likes: at once, later, in pieces, or by cutting the
line.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import httptools
import msgspec

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}
_HEADS = {
    status: f"HTTP/1.1 {status} {REASONS.get(status, 'Other')}\r\nContent-Type: ".encode()
    for status in (200, 302, 400, 401, 403, 404, 409, 413, 422, 429, 500, 502, 503)
}


class Exchange:
    """One request and the way to answer it."""

    __slots__ = ("_connection", "body", "headers", "on_gone", "path", "query")

    def __init__(
        self, connection: "Connection", path: str, query: str, headers: dict[bytes, bytes], body: bytes
    ) -> None:
        self._connection = connection
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.on_gone: Callable[[], None] | None = None
        """Called when the client goes away before the answer is whole."""

    @property
    def gone(self) -> bool:
        return self._connection.current is not self

    def answer(self, status: int, body: bytes, content_type: bytes = b"application/json", extra: bytes = b"") -> None:
        """The whole answer. `extra`: further header lines, each with its line end."""
        self.write(
            b"%b%b\r\n%bContent-Length: %d\r\n\r\n%b" % (_HEADS[status], content_type, extra, len(body), body),
            last=True,
        )

    def json(self, status: int, value: Any) -> None:
        self.answer(status, msgspec.json.encode(value))

    def write(self, data: bytes, *, last: bool = False) -> None:
        """Bytes as they go onto the wire."""
        if not self.gone:
            self._connection.send(data, last=last)

    def drop(self) -> None:
        """Cut the connection without a word."""
        if not self.gone:
            self._connection.cut()


Handler = Callable[[Exchange], None]


class Connection(asyncio.Protocol):
    """One client's connection, one request at a time."""

    def __init__(self, handler: Handler, all_open: set["Connection"]) -> None:
        self._handler = handler
        self._all_open = all_open
        self.current: Exchange | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._parser = httptools.HttpRequestParser(self)
        self._all_open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._all_open.discard(self)
        exchange, self.current = self.current, None
        if exchange is not None and exchange.on_gone is not None:
            exchange.on_gone()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._body = b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        path, _, query = self._url.decode("ascii", "replace").partition("?")
        self.current = Exchange(self, path, query, self._headers, self._body)
        self._handler(self.current)

    def send(self, data: bytes, *, last: bool) -> None:
        if last:
            self.current = None
        self._transport.write(data)

    def cut(self) -> None:
        self.current = None
        self._transport.abort()

    def close(self) -> None:
        self._transport.abort()


class Server:
    """Serves a handler on a port of this machine."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._open: set[Connection] = set()
        self.port = 0
        self.at_close: list[Callable[[], Awaitable[None]]] = []
        """What else ends with the server."""

    async def start(self, port: int = 0) -> int:
        """Listen on 127.0.0.1; the port, chosen by the system where 0 is asked for."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self._handler, self._open), "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self.port

    async def close(self) -> None:
        for end in self.at_close:
            await end()
        await self.go_away()

    async def go_away(self) -> None:
        """Cut every connection and take none, until `start`."""
        self._server.close()
        for connection in list(self._open):
            connection.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"
