"""The guard itself: nothing of a test leaves this machine."""

import asyncio
import socket

import httpx
import pytest

from tests.network import OutsideRequestError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("host", ["example.com", b"example.com", "8.8.8.8", "192.168.0.1", "2001:db8::1"])
def test_no_name_or_address_of_the_outside_is_looked_up(host: str | bytes) -> None:
    with pytest.raises(OutsideRequestError, match="start a server on"):
        socket.getaddrinfo(host, 443)


@pytest.mark.parametrize("call", ["connect", "connect_ex"])
def test_no_connection_leaves(call: str) -> None:
    with socket.socket() as outside, pytest.raises(OutsideRequestError):
        getattr(outside, call)(("203.0.113.7", 80))


def test_no_datagram_leaves() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as outside, pytest.raises(OutsideRequestError):
        outside.sendto(b"hello", ("203.0.113.7", 53))


async def test_no_request_leaves_an_event_loop() -> None:
    with pytest.raises(OutsideRequestError):
        await asyncio.open_connection("203.0.113.7", 80)
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(OutsideRequestError):
            await client.get("http://example.com/")


async def test_this_machine_is_reached() -> None:
    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"here")
        writer.close()

    async with await asyncio.start_server(answer, "localhost", 0, family=socket.AF_INET) as server:
        port = server.sockets[0].getsockname()[1]
        for host in ("localhost", "127.0.0.1"):
            reader, writer = await asyncio.open_connection(host, port)
            assert await reader.read() == b"here"
            writer.close()
            await writer.wait_closed()
