"""The HTTP server: one listener for the page, webhooks and health, made of routes that others give."""

import asyncio
import contextlib
import errno
import os
import socket
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.errors import TrunklineError

if TYPE_CHECKING:
    import uvicorn

BODY_AT_MOST = 24 * 1024 * 1024
"""Bytes of any request; routes have smaller limits of their own."""
KEEP_ALIVE_S = 65
"""Longer than the 60 s of common load balancers, so that they and not this side close an idle connection."""
STOP_S = 5
"""Ordinary requests may end within this time; event streams are ended at once."""
CONNECTIONS_AT_MOST = 8_192
HEAD_AT_MOST = 64 * 1024
"""Bytes of a request's head, where h11 parses it (httptools has a like limit built in)."""


class CannotListen(TrunklineError):
    """The address of the HTTP server cannot be used."""


@runtime_checkable
class Reachable(Protocol):
    """A channel that is called by HTTP."""

    def routes(self) -> list[BaseRoute]:
        """For the HTTP server."""
        ...


async def serve(
    routes: Sequence[BaseRoute], host: str, port: int, *, started: Callable[[str], None] | None = None
) -> None:
    """Serve until cancelled, then stop: no new connections, streams end at once, requests within five seconds.

    `started` is told the base URL, with the real port where `port` is 0. Raises CannotListen.
    """
    listener = listen(host, port)
    streams = _Streams(Starlette(routes=list(routes)))
    server = _server(streams)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    if started:
        started(base_url(listener))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        streams.end()
        await serving
        raise
    finally:
        listener.close()


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises CannotListen, in one line that says what to do."""
    place = f"{host}:{port}"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(2048)
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        raise CannotListen(_why(place, error)) from error
    return listener


def base_url(listener: socket.socket) -> str:
    """`http://host:port` of a listener."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def loop_factory() -> asyncio.AbstractEventLoop:
    """uvloop where it is installed; for `asyncio.Runner(loop_factory=…)`."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _why(place: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Another program listens on {place}; end it, or set another `listen` in regions.toml."
    if error.errno == errno.EACCES:
        return f"This user may not listen on {place}; set a `listen` port above 1023 in regions.toml."
    return f"Cannot listen on {place} ({error.strerror}); set another `listen` in regions.toml."


def _server(app: ASGIApp) -> "uvicorn.Server":
    import uvicorn  # with what it imports 3 MB, which a process without a listener does without

    class Server(uvicorn.Server):
        """Leaves the signals to the hub."""

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            yield

    return Server(
        uvicorn.Config(
            app,
            loop="none",
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=True,  # trusted from 127.0.0.1 only
            limit_concurrency=CONNECTIONS_AT_MOST,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=STOP_S,
            h11_max_incomplete_event_size=HEAD_AT_MOST,
        )
    )


class _Streams:
    """Limits bodies, and tells whoever still streams at the end that its client has gone."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._ended = asyncio.Event()

    def end(self) -> None:
        self._ended.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received, whole, open_body = 0, False, False

        async def limited() -> Message:
            nonlocal received, whole
            if whole:
                return await self._gone(receive)
            message = await receive()
            received += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if received > BODY_AT_MOST:
                raise HTTPException(413, "The request is too large.")
            return message

        async def watched(message: Message) -> None:
            nonlocal open_body
            open_body = message["type"] == "http.response.start" or message.get("more_body", False)
            await send(message)

        await self._app(scope, limited, watched)
        if open_body and self._ended.is_set():  # a stream that was told to end: its body ends in good order too
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _gone(self, receive: Receive) -> Message:
        left, ended = asyncio.ensure_future(receive()), asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((left, ended), return_when=asyncio.FIRST_COMPLETED)
            return left.result() if left.done() else {"type": "http.disconnect"}
        finally:
            left.cancel()
            ended.cancel()
