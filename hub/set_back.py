"""The wall clock was set back: what was put off until a moment that has moved away is due now.

Rests, leases, lost holds and limits are moments of the store's clock, so that every process and every restart knows
them: with SQLite this machine's wall clock, with PostgreSQL the server's. One that goes back by a day would put them
off by a day. What other machines take the time for changes nothing.
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
"""What the store knows may be so far ahead while a process runs: after a failover it is another server's clock."""


class SetBack:
    """Looks at the store's clock beside this process's steady one, and beside what the store knows.

    The store tells what happened before the first look, and what was put off by a clock that was set forward and back
    between two looks.
    """

    def __init__(self, database: Database, clock: Clock, *, lease_ms: int) -> None:
        self._database = database
        self._clock = clock
        self._lease_ms = lease_ms
        self._ahead_ms: int | None = None
        """Of the store's clock before the steady one, at the least: reading it takes a while."""
        self._heeded_ms = 0
        """The newest moment of the future that everything was made due for."""

    async def look(self) -> None:
        """Make everything due that waits for too late a moment. Raises StoreError."""
        asked_ms, before_ms = self._steady_ms(), self._ahead_ms
        (waits,) = await self._database.read(statement("outgoing.newest"))
        now_ms = int(waits["now_ms"])
        ahead_ms, ahead_at_most_ms = now_ms - self._steady_ms(), now_ms - asked_ms
        messages = await self._database.read(statement("inbox.newest"))
        newest_ms = max([int(waits["at_ms"]), *(int(each["accepted_ms"]) for each in messages)])
        allowed_ms = now_ms + (STEP_MS if before_ms is None else APART_MS)
        fell_back = before_ms is not None and ahead_at_most_ms < before_ms - STEP_MS
        if fell_back or newest_ms > max(allowed_ms, self._heeded_ms):
            log.warning("the clock was set back; whatever was put off is due now")
            await self._database.run(
                statement("inbox.clock_set_back", lease_ms=self._lease_ms),
                statement("outgoing.clock_set_back", lives_ms=SENDING_LIVES_MS),
                statement("money.clock_set_back", lives_ms=HOLD_LIVES_MS),
                statement("limits.clock_set_back_windows"),
                statement("limits.clock_set_back_keys"),
                statement("processes.gates_set_back"),
            )
            self._heeded_ms = max(self._heeded_ms, newest_ms)
        self._ahead_ms = ahead_ms

    def _steady_ms(self) -> int:
        return int(self._clock.monotonic() * 1000)
