"""All that watches one process, put together: its figures, its traces, and the routes that show its state."""

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from starlette.routing import BaseRoute

from hub.agents.port import AgentClient, Warmable
from hub.channel import Channel, Pace
from hub.clock import Clock
from hub.config.settings import Deployment, Secret
from hub.gate import Beside, Gate
from hub.listening import Endpoint
from hub.store import Database, statement
from hub.watch import checks
from hub.watch.logs import CountedLines
from hub.watch.meters import Meters
from hub.watch.scrape import Scrape, metrics_route
from hub.watch.traces import Tracer, tracer_of
from hub.watch.watched import WatchedClient, WatchedGate, WatchedLocalClient
from hub.web.health import Readiness, health_routes


class Watching:
    """Of one process."""

    def __init__(self, meters: Meters, tracer: Tracer) -> None:
        self.meters = meters
        self.tracer = tracer

    def client(self, deployment: Deployment, client: AgentClient) -> AgentClient:
        """The client, watched."""
        if isinstance(client, Warmable):
            return WatchedLocalClient(deployment, client, client, self.meters, self.tracer)
        return WatchedClient(deployment, client, self.meters, self.tracer)

    def gate(self, account: tuple[str, str], pace: Pace, clock: Clock, beside: Beside | None = None) -> Gate:
        """The gate of an account, by channel and name, watched."""
        return WatchedGate(pace, clock, self.meters, *account, beside=beside)

    def routes(
        self,
        token: Secret | None,
        *,
        database: Database,
        folder: Path,
        endpoints: Callable[[], Mapping[str, Endpoint]],
        channels: Collection[Channel],
        newest_backup_ms: Callable[[], int | None],
        clock: Clock,
    ) -> list[BaseRoute]:
        """/healthz, /readyz and /metrics. `folder`: where the disk must have room."""

        async def store() -> None:
            await database.read(statement("web.ready"))

        own = {"database": store, "disk": checks.disk(folder), "memory": checks.memory()}
        others = {
            "model": checks.Asked(checks.models(endpoints), clock),
            "channels": checks.Asked(checks.channels(channels), clock),
        }
        readiness = Readiness(own, others, self._told)
        scrape = Scrape(
            self.meters,
            database,
            now_ms=clock.now_ms,
            newest_backup_ms=newest_backup_ms,
            folder=folder,
            look=readiness.look,
        )
        return [*health_routes(readiness), metrics_route(scrape, token)]

    def _told(self, part: str, ready: bool) -> None:
        self.meters.ready.labels(part).set(ready)


@contextmanager
def watching(environment: Mapping[str, str]) -> Iterator[Watching]:
    """From here on log lines are counted; traces are sent where the environment names a collector."""
    meters = Meters()
    tracer = tracer_of(environment)
    lines = CountedLines(meters)
    logging.getLogger().addHandler(lines)
    try:
        yield Watching(meters, tracer)
    finally:
        logging.getLogger().removeHandler(lines)
        tracer.close()
