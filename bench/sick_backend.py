"""A model provider over real sockets that falls ill in the ways providers do, and recovers."""

import asyncio
import contextlib
from collections.abc import Callable

ANSWER = "Fine."
WAYS = ("refused", "hanging", "slow", "500s", "429s", "half-open", "wrong")
SLOW_S = 2.0

_EVENTS = (
    b'data: {"choices":[{"index":0,"delta":{"content":"Fine."}}]}\n\n'
    b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    b'data: {"choices":[],"usage":{"prompt_tokens":20,"completion_tokens":3,"total_tokens":23}}\n\n'
    b"data: [DONE]\n\n"
)


def _response(status: bytes, kind: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\ncontent-type: %b\r\ncontent-length: %d\r\n\r\n" % (status, kind, len(body))
    return head + body


_WELL = _response(b"200 OK", b"text/event-stream", _EVENTS)
_MODELS = _response(b"200 OK", b"application/json", b'{"data":[]}')
_REFUSALS = {
    "500s": _response(b"500 Internal Server Error", b"application/json", b'{"error":{"message":"no"}}'),
    "429s": _response(b"429 Too Many Requests", b"application/json", b'{"error":{"message":"slow down"}}'),
    "wrong": _response(b"200 OK", b"text/html", b"<html>Welcome to our new page</html>"),
}


class SickBackend:
    """Speaks OpenAI's wire. `way` is how it is ill, empty while it is well; `usual_s` gives each answer's latency.

    `overhears` is given all that comes in, headers and body, well or ill.
    """

    def __init__(self, usual_s: Callable[[], float], overhears: Callable[[bytes], None] = lambda _: None) -> None:
        self._usual_s = usual_s
        self._overhears = overhears
        self.way = ""
        self._server: asyncio.Server | None = None
        self._port = 0
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    async def start(self) -> None:
        """Listen, on the same port as before if it had one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=1000)
        self._port = self._server.sockets[0].getsockname()[1]

    async def fall_ill(self, way: str) -> None:
        self.way = way
        if way == "refused":
            await self.stop()

    async def recover(self) -> None:
        refused, self.way = self.way == "refused", ""
        if refused:
            await self.start()

    async def stop(self) -> None:
        """Close everything."""
        if self._server:
            self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                while True:
                    if self.way == "half-open":  # the peer is gone, and no packet says so
                        await asyncio.sleep(3600)
                    request = await _request(reader)
                    self._overhears(request)
                    await self._answer(request, writer)
        finally:
            self._connections.discard(task)
            writer.close()

    async def _answer(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        way = self.way
        if way in ("hanging", "half-open"):
            await asyncio.sleep(3600)
        if request.startswith(b"GET"):
            writer.write(_REFUSALS.get(way, _MODELS) if way != "429s" else _MODELS)
        else:
            await asyncio.sleep(SLOW_S if way == "slow" else self._usual_s())
            writer.write(_REFUSALS.get(way, _WELL))
        await writer.drain()


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().splitlines():
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.split(b":")[1]))
    return head
