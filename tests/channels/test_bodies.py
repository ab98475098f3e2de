"""What a caller without a signature can have the hub read."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from channels import bodies
from channels.slack.channel import SlackChannel

pytestmark = pytest.mark.unit

URL = "/slack/events"
PIECE = b"x" * 262_144


def caller() -> httpx.AsyncClient:
    routes = SlackChannel("xoxb-1", signing_secret="s").routes()
    return httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=routes)), base_url="http://hub")


async def test_a_body_without_end_and_without_a_length_is_not_kept() -> None:
    sent = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64:
            sent += 1
            yield PIECE

    async with caller() as client:
        assert (await client.post(URL, content=pieces())).status_code == 413
    assert sent < 8  # of 64: a megabyte and what came with it


async def test_a_body_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "WITHIN_S", 0.02)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with caller() as client:
        assert (await client.post(URL, content=pieces())).status_code == 408
