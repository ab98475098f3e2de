"""The processes' word on deployments, through the store: written when it changes, read every other second.

Beside it each process shows its whole fleet every ten seconds, for admins: nothing is decided by that.
"""

import itertools
import logging
from collections.abc import Callable
from contextlib import suppress

import msgspec

from hub.clock import Clock
from hub.config.settings import Settings
from hub.fleet_state import SHOWN_EVERY_S
from hub.routing import Fleet
from hub.routing.hearsay import News, heed, own_news
from hub.routing.sight import sight
from hub.store import Database, StoreError, statement

log = logging.getLogger(__name__)

LOOK_S = 1.0
READ_EVERY = 2
"""Looks: what one process finds out is known to the others within three seconds."""
SAME_S = 0.5
"""Two ends of a pause that lie so near each other are the same: the store's clock and this process's are not."""


class Hearsay:
    """Of one process."""

    def __init__(
        self, fleet: Fleet, database: Database, clock: Clock, settings: Callable[[], Settings], *, process: str
    ) -> None:
        """`settings` are those that regions.toml has, without what admins changed: that is common to all anyway."""
        self._fleet = fleet
        self._database = database
        self._clock = clock
        self._settings = settings
        self._process = process
        self._shown_at = float("-inf")
        self._told: dict[str, tuple[News, float]] = {}
        """What the store has from this process, by deployment, and until when on the fleet's clock."""

    async def run(self) -> None:
        """Until cancelled. A store that is away changes nothing of what this process knows itself."""
        try:
            for look in itertools.count():
                await self._look(listens=look % READ_EVERY == 0)
                await self._clock.sleep(LOOK_S)
        finally:
            with suppress(StoreError):
                await self.leave()

    async def _look(self, *, listens: bool) -> None:
        try:
            await self.tell()
            if listens:
                await self.listen()
            await self.show()
        except StoreError as error:
            log.warning("the processes could not tell each other of deployments: %s", error)

    async def tell(self) -> None:
        """Write down what has changed of this process's own findings. Raises StoreError."""
        now, news = self._fleet.now(), own_news(self._fleet)
        changes = [
            statement(
                "fleet.tell",
                deployment=name,
                process=self._process,
                state=each.state,
                why=each.why,
                left_ms=int(each.left_s * 1000),
            )
            for name, each in news.items()
            if not self._is_told(each, now)
        ]
        gone = self._told.keys() - news.keys()
        changes += [statement("fleet.well", deployment=name, process=self._process) for name in sorted(gone)]
        if changes:
            self._shown_at = float("-inf")  # what admins see is as new
            await self._database.run(*changes)
            self._told = {name: (each, now + each.left_s) for name, each in news.items()}

    async def listen(self) -> None:
        """Heed what the others have written. Raises StoreError."""
        rows = await self._database.read(statement("fleet.told"))
        others = (row for row in rows if row["process"] != self._process)
        heed(
            self._fleet,
            [News(row["deployment"], row["state"], row["left_ms"] / 1000, row["why"]) for row in others],
        )

    async def show(self) -> None:
        """Let admins see this process's fleet, if it is time again. Raises StoreError."""
        now = self._clock.monotonic()
        if now - self._shown_at >= SHOWN_EVERY_S:
            shown = msgspec.json.encode(sight(self._fleet, self._settings())).decode()
            await self._database.run(statement("fleet.show", process=self._process, state=shown))
            self._shown_at = now

    async def leave(self) -> None:
        """This process ends: it has nothing more to show. Raises StoreError."""
        await self._database.run(statement("fleet.leave", process=self._process))

    def _is_told(self, news: News, now: float) -> bool:
        told = self._told.get(news.deployment)
        return (
            told is not None
            and (told[0].state, told[0].why) == (news.state, news.why)
            and (abs(told[1] - (now + news.left_s)) < SAME_S)
        )
