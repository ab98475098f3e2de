"""How a process ends that is told to: within a bound, whatever the store or an answer does meanwhile."""

import asyncio
import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from hub.ending import end
from hub.processes import Alone, Peers
from hub.store import Database, Remote
from hub.worker import Worker

log = logging.getLogger(__name__)

DRAIN_S = 12.0
"""Orchestrators kill after 20 or 30 s: what has not ended by then is left to the next start."""
LEAVE_S = 5.0
"""After that, or sooner where nothing is left to end: so long a store may answer nothing. What could not be given back
then runs out by its lease, or with the heartbeat."""


async def drain(
    worker: Worker, company: Alone | Peers, listening: Collection[asyncio.Task[Any]], database: Database
) -> None:
    """Take in nothing more, let end what was begun, give back the rest.

    All at once: where the store is silent, none of it may use up the time of the others.
    """
    log.info("no new messages are taken; finishing what was begun")
    others = [company.drain()] if isinstance(company, Peers) else []
    with _hurrying(database):
        await asyncio.gather(worker.drain(DRAIN_S), end(listening), *others)


@contextmanager
def _hurrying(database: Database) -> Iterator[None]:
    """From the end of this on, and not later than after `DRAIN_S`, nobody is patient with it."""
    if not isinstance(database, Remote):
        yield
        return
    late = asyncio.get_running_loop().call_later(DRAIN_S, database.hurry, LEAVE_S)
    try:
        yield
    finally:
        late.cancel()
        database.hurry(LEAVE_S)
