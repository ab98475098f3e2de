"""Health: alive says nothing of the parts, ready names the one that is not."""

import asyncio
import contextlib

import httpx
import pytest
from starlette.applications import Starlette

from hub.errors import TrunklineError
from hub.web import health

pytestmark = pytest.mark.unit


async def fine() -> None:
    return


async def broken() -> None:
    raise TrunklineError("no way to postgresql://user@secret/db")


async def hanging() -> None:
    await asyncio.Event().wait()


def client(**checks: health.Check) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Starlette(routes=health.health_routes(health.Readiness(checks))))
    return httpx.AsyncClient(transport=transport, base_url="http://hub")


async def test_ready_when_every_part_is() -> None:
    async with client(store=fine, inbox=fine) as hub:
        answer = await hub.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"store": "ready", "inbox": "ready"})


async def test_not_ready_names_the_part_and_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
    async with client(store=broken, inbox=fine, agents=hanging) as hub:
        answer = await hub.get("/readyz")
        assert (await hub.get("/healthz")).status_code == 200
    assert answer.status_code == 503
    assert answer.json() == {"store": "not ready", "inbox": "ready", "agents": "not ready"}
    assert "secret" not in answer.text


async def test_a_part_that_cannot_even_be_looked_at_hides_no_other() -> None:
    async def dies() -> None:
        raise ValueError("what a person wrote")

    async with client(store=fine, inbox=dies) as hub:
        answer = await hub.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"store": "ready", "inbox": "not ready"})


async def test_a_part_that_hangs_is_waited_for_no_longer_than_the_others_and_asked_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stopped PostgreSQL makes even the end of a cancelled question wait."""
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
    asked, let_go = 0, asyncio.Event()

    async def stubborn() -> None:
        nonlocal asked
        asked += 1
        while not let_go.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await let_go.wait()

    readiness = health.Readiness({"store": stubborn, "inbox": fine})
    for _ in range(2):
        async with asyncio.timeout(60):
            assert await readiness.look() == ({"store": False, "inbox": True}, False)
    assert asked == 1
    let_go.set()
    assert await readiness.look() == ({"store": True, "inbox": True}, True)
