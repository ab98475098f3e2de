"""The HTTP server over real sockets: starts, limits, stops at once, says clearly why it cannot listen."""

import asyncio
import contextlib
import errno
import os
import signal
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from hub.web import server
from hub.web.server import CannotListen, listen, serve

pytestmark = pytest.mark.wire


async def hello(_: Request) -> Response:
    return PlainTextResponse("hello")


async def size(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def endless(_: Request) -> Response:
    async def forever() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.Event().wait()

    return StreamingResponse(forever())


ROUTES = [
    Route("/hello", hello),
    Route("/size", size, methods=["POST"]),
    Route("/endless", endless),
]


async def start(*more: Route) -> tuple[asyncio.Task[None], str]:
    urls: asyncio.Queue[str] = asyncio.Queue()
    task = asyncio.create_task(serve([*ROUTES, *more], "127.0.0.1", 0, started=urls.put_nowait))
    return task, await urls.get()


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_it_serves_under_the_url_that_it_tells_and_leaves_the_signals_alone() -> None:
    before = signal.getsignal(signal.SIGTERM)
    task, url = await start()
    async with httpx.AsyncClient(base_url=url) as client:
        answer = await client.get("/hello")
        assert answer.text == "hello"
        assert "server" not in answer.headers
        assert signal.getsignal(signal.SIGTERM) is before
    await stop(task)
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/hello")


async def test_stopping_ends_streams_at_once_and_lets_requests_end() -> None:
    asked = asyncio.Event()

    async def slow(_: Request) -> Response:
        asked.set()
        await asyncio.sleep(0.5)
        return PlainTextResponse("done")

    task, url = await start(Route("/slow", slow))
    async with httpx.AsyncClient(base_url=url) as client, client.stream("GET", "/endless") as stream:
        chunks = stream.aiter_raw()
        assert await anext(chunks) == b"first"
        request = asyncio.create_task(client.get("/slow"))
        await asyncio.wait_for(asked.wait(), 60)
        await stop(task)
        assert (await request).text == "done"
        with contextlib.suppress(httpx.RemoteProtocolError):
            assert [chunk async for chunk in chunks] == []


async def test_a_taken_port_is_one_clear_line() -> None:
    with contextlib.closing(listen("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen) as refused:
            await serve(ROUTES, "127.0.0.1", port)
    sentence = str(refused.value)
    assert f"127.0.0.1:{port}" in sentence
    assert "regions.toml" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.EACCES, "above 1023"), (errno.EADDRNOTAVAIL, "set another"), (errno.EADDRINUSE, "end it")],
)
def test_what_the_system_refuses_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, number: int, remedy: str) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(CannotListen, match=remedy) as refused:
        listen("127.0.0.1", 8080)
    assert "127.0.0.1:8080" in str(refused.value)


def test_the_url_of_an_ipv6_address_has_brackets() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 on this machine")
    try:
        listener = listen("::1", 0)
    except CannotListen:
        pytest.skip("no IPv6 loopback on this machine")
    with contextlib.closing(listener):
        assert server.base_url(listener).startswith("http://[::1]:")


async def test_bodies_have_a_limit_declared_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BODY_AT_MOST", 1_000)

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 500

    task, url = await start()
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.post("/size", content=b"x" * 1_000)).text == "1000"
        assert (await client.post("/size", content=b"x" * 1_001)).status_code == 413
        assert (await client.post("/size", content=chunks())).status_code == 413
    await stop(task)


async def test_the_loop_of_choice_runs() -> None:
    loop = server.loop_factory()
    try:
        assert isinstance(loop, asyncio.AbstractEventLoop)
    finally:
        loop.close()
