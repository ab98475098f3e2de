"""/metrics: what is counted in memory, and what only the store knows, read when Prometheus asks."""

import asyncio
import hmac
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from hub.config.addresses import is_loopback
from hub.config.settings import Secret
from hub.store import Database, StoreError, statement
from hub.watch.meters import NUSD, Meters

READ_WITHIN_S = 5.0
"""Below the ten for which Prometheus waits."""
_PASSED_ON = ("x-forwarded-for", "forwarded", "x-real-ip", "via")
"""What a proxy adds: then the caller is not who the socket says."""


class Scrape:
    """Brings the gauges up to date."""

    def __init__(
        self,
        meters: Meters,
        database: Database,
        *,
        now_ms: Callable[[], int],
        newest_backup_ms: Callable[[], int | None],
        folder: Path,
        look: Callable[[], Awaitable[object]],
    ) -> None:
        """`folder`: where the database stands; on PostgreSQL the var folder. `look`: finds out which parts are ready,
        since nobody else may ask for that.
        """
        self._meters = meters
        self._database = database
        self._now_ms = now_ms
        self._newest_backup_ms = newest_backup_ms
        self._folder = folder
        self._look = look
        self._reading: asyncio.Task[None] | None = None
        self._regions_seen: set[str] = set()
        """Of those in which nobody waits any more, that is told too."""

    async def text(self) -> bytes:
        """Everything in Prometheus's text format. What cannot be read now stays as it was."""
        meters = self._meters
        await asyncio.gather(self._look(), self._read_in_time())
        with suppress(OSError):  # then `trunkline_ready` says so
            meters.disk_free.set(await run_in_threadpool(lambda: shutil.disk_usage(self._folder).free))
            if newest_ms := await run_in_threadpool(self._newest_backup_ms):
                meters.backup_at.set(newest_ms / 1000)
        return generate_latest(meters.registry)

    async def _read_in_time(self) -> None:
        """A store that hangs must not have Prometheus lose everything else. What is being read is not read twice."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_store_if_it_can())
        await asyncio.wait({self._reading}, timeout=READ_WITHIN_S)

    async def _read_store_if_it_can(self) -> None:
        with suppress(StoreError):  # then `trunkline_ready` says so
            await self._read_store()

    async def _read_store(self) -> None:
        meters = self._meters
        queue = await self._database.read(statement("watch.queue"))
        (holds,) = await self._database.read(statement("watch.open_holds"))
        budgets = await self._database.read(statement("reports.budgets", at_ms=self._now_ms()))
        meters.queue.set(sum(row["messages"] for row in queue))
        waiting = dict.fromkeys(self._regions_seen, 0) | {row["home_region"]: row["messages"] for row in queue}
        for region, messages in waiting.items():
            meters.region_queue.labels(region).set(messages)
        self._regions_seen.update(waiting)
        meters.open_holds.set(holds["holds"])
        meters.open_holds_usd.set(holds["nusd"] / NUSD)
        for gauge in (meters.budget_limit, meters.budget_spent, meters.budget_held):
            gauge.clear()  # those of a period that is over
        for row in budgets:
            # A workspace's budget is named by the platform's id, of which there can be any number.
            if row["unit"] == "nusd" and row["scope"] in ("agent", "hub"):
                labels = (row["scope"], row["name"], row["period"])
                meters.budget_limit.labels(*labels).set(row["limit_amount"] / NUSD)
                meters.budget_spent.labels(*labels).set(row["spent_amount"] / NUSD)
                meters.budget_held.labels(*labels).set(row["held_amount"] / NUSD)


def metrics_route(scrape: Scrape, token: Secret | None) -> BaseRoute:
    """For callers on this machine; for others with `Authorization: Bearer TOKEN`, where a token is set."""

    async def metrics(request: Request) -> Response:
        if not (_shows(request, token) if token else _from_this_machine(request)):
            return PlainTextResponse("Not found\n", 404)
        return Response(await scrape.text(), headers={"content-type": CONTENT_TYPE_LATEST, "cache-control": "no-store"})

    return Route("/metrics", metrics)


def _shows(request: Request, token: Secret) -> bool:
    said = request.headers.get("authorization", "")
    return hmac.compare_digest(said.encode(), f"Bearer {token.reveal()}".encode())


def _from_this_machine(request: Request) -> bool:
    try:  # a page of another site may have its own name lead to this machine
        asked_for = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return False
    caller = request.client.host if request.client else ""
    return is_loopback(caller) and is_loopback(asked_for) and not any(name in request.headers for name in _PASSED_ON)
