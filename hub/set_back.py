"""The wall clock was set back: what was put off until a moment that has moved away is due now.

Rests, leases, lost holds and limits are moments of the wall clock, so that every process and every restart knows them.
A clock that goes back by a day would put them off by a day.
"""

import logging

from hub.clock import Clock
from hub.outgoing import SENDING_LIVES_MS
from hub.reserving import HOLD_LIVES_MS
from hub.store import Database, statement

log = logging.getLogger(__name__)

STEP_MS = 1_000
"""A clock that is merely slewed loses 2 ms between two looks (500 ppm of a few seconds)."""
APART_MS = 60_000
"""What the store knows may be so far ahead while a process runs: clocks of several machines differ."""


class SetBack:
    """Looks at this process's wall clock beside its steady one, and beside what the store knows.

    The store tells what happened before the first look, and what was put off by a clock that was set forward and back
    between two looks.
    """

    def __init__(self, database: Database, clock: Clock, *, lease_ms: int) -> None:
        self._database = database
        self._clock = clock
        self._lease_ms = lease_ms
        self._ahead_ms: int | None = None
        """Of the wall clock before the steady one."""
        self._heeded_ms = 0
        """The newest moment of the future that everything was made due for."""

    async def look(self) -> None:
        """Make everything due that waits for too late a moment. Raises StoreError."""
        now_ms = self._clock.now_ms()
        ahead_ms, before_ms = now_ms - int(self._clock.monotonic() * 1000), self._ahead_ms
        newest_ms = await self._newest_ms()
        allowed_ms = now_ms + (STEP_MS if before_ms is None else APART_MS)
        fell_back = before_ms is not None and ahead_ms < before_ms - STEP_MS
        if fell_back or newest_ms > max(allowed_ms, self._heeded_ms):
            log.warning("the clock was set back; whatever was put off is due now")
            await self._database.run(
                statement("inbox.clock_set_back", lease_ms=self._lease_ms),
                statement("outgoing.clock_set_back", lives_ms=SENDING_LIVES_MS),
                statement("money.clock_set_back", lives_ms=HOLD_LIVES_MS),
                statement("limits.clock_set_back_windows"),
                statement("limits.clock_set_back_keys"),
            )
            self._heeded_ms = max(self._heeded_ms, newest_ms)
        self._ahead_ms = ahead_ms

    async def _newest_ms(self) -> int:
        """When the newest message was stored, whose id begins with that, or what waits to be sent, if that is later."""
        messages = await self._database.read(statement("inbox.newest"))
        (waits,) = await self._database.read(statement("outgoing.newest"))
        return max(int(messages[0]["id"][:12], 16) if messages else 0, int(waits["at_ms"]))
