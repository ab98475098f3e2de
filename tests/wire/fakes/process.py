"""Runs a fake as a process of its own: it says its port in one line of JSON, and ends on SIGTERM."""

import argparse
import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable
from typing import Protocol, TypeVar

import msgspec

from tests.wire.fakes.faults import Plan
from tests.wire.fakes.http import Server


class Fake(Protocol):
    server: Server


F = TypeVar("F", bound=Fake)


@contextlib.asynccontextmanager
async def serving(fake: F, port: int = 0) -> AsyncIterator[F]:
    """The fake, listening."""
    await fake.server.start(port)
    try:
        yield fake
    finally:
        await fake.server.close()


def main(make: Callable[..., Fake], description: str) -> None:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--faults", default="{}", help="a plan of faults, JSON")
    parser.add_argument("--options", default="{}", help="further settings of the fake, JSON")
    given = parser.parse_args()
    plan = msgspec.json.decode(given.faults, type=Plan)
    asyncio.run(_serve(make(faults=plan, **msgspec.json.decode(given.options)), given.port))


async def _serve(fake: Fake, port: int) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with serving(fake, port):
        print(msgspec.json.encode({"url": fake.server.url, "port": fake.server.port}).decode(), flush=True)
        await stopped.wait()
