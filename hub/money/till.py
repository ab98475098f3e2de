"""The till: where every call of this process gets its hold, in turn, and gives it back."""

import asyncio
import heapq
import itertools
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

import msgspec

from hub.clock import Clock
from hub.money.budgets import Busy, CurrentBudgets, Spent, standing, why_refused
from hub.money.holds import (
    END_HOLD,
    RESERVE,
    Bill,
    Held,
    HoldRequest,
    LostHold,
    Settlement,
    correction,
    expired_holds,
    hold_statements,
    lost_hold,
    orphaned_holds,
    presume_statements,
    release_statements,
    settlement,
)
from hub.money.margins import CountMargins
from hub.money.prices import Tokens
from hub.store import Database, Rows, Statement, StoreError, Undone

log = logging.getLogger(__name__)

POLL_S = (0.1, 0.3)
"""Between two tries of the first in line, at random: other processes' releases are not heard of here."""
MOST_PRESUMED_AT_ONCE = 100
T = TypeVar("T")


class _Line:
    """Those who wait for room in one budget, oldest first; only the first tries, so none is overtaken or starved."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, asyncio.Event]] = []

    def enter(self, ticket: int) -> asyncio.Event:
        turn = asyncio.Event()
        heapq.heappush(self.waiting, (ticket, turn))
        return turn

    def leave(self, turn: asyncio.Event) -> None:
        self.waiting = [entry for entry in self.waiting if entry[1] is not turn]
        heapq.heapify(self.waiting)
        self.wake()

    def wake(self) -> None:
        """Let the first in line try."""
        if self.waiting:
            self.waiting[0][1].set()

    def is_first(self, turn: asyncio.Event) -> bool:
        return self.waiting[0][1] is turn


class BudgetMissing(StoreError):
    """A budget's row is not there."""


class Till:
    """Holds of this process. Any number of tills, in any number of processes, may share a database."""

    def __init__(
        self,
        database: Database,
        current: CurrentBudgets,
        margins: CountMargins,
        *,
        clock: Clock,
        chance: Callable[[float, float], float],
    ) -> None:
        self.margins = margins
        self._database = database
        self._current = current
        self._clock = clock
        self._chance = chance
        """Like `random.uniform`."""
        self._lines: dict[str, _Line] = {}
        self._tickets = itertools.count()
        self._unfinished: set[asyncio.Task[Any]] = set()

    async def hold(
        self, request: HoldRequest, *, deadline_s: float, extra: Sequence[Statement] = ()
    ) -> Held | Busy | Spent:
        """Reserve the worst case of a call, waiting up to `deadline_s` while only others' holds are in the way.

        `extra` statements share the hold's transaction, before it: they happen exactly when the hold does. Raises
        Undone where one of them fails, StoreError. Cancelled, it leaves no hold behind (`extra` may have happened).
        """
        until, ticket = self._clock.monotonic() + deadline_s, next(self._tickets)
        budgets = await self._current.ids(request.allowances, self._clock.now_ms())
        ahead = next((budget for budget in budgets if budget in self._lines), None)
        try:
            answer: Held | Busy | Spent = Busy(ahead) if ahead else await self._try(request, budgets, extra)
        except BudgetMissing:  # that of a chat which was forgotten since it was last used
            budgets = await self._current.ids(request.allowances, self._clock.now_ms())
            answer = await self._try(request, budgets, extra)
        while isinstance(answer, Busy) and self._clock.monotonic() < until:
            answer = await self._wait(request, budgets, extra, answer.budget, ticket, until)
        return answer

    @property
    def crowded(self) -> bool:
        """Somebody waits for room in a budget."""
        return bool(self._lines)

    async def settle(self, held: Held, bill: Bill, *extra: Statement) -> Settlement:
        """End a hold with its bill in a transaction of its own, after `extra`. A hold presumed meanwhile is corrected.

        Raises Undone where it was settled before, or where one of `extra` fails; StoreError. It goes through even when
        the caller is cancelled.
        """
        return await self._surely(self._settle(held, bill, extra))

    async def release(self, held: Held, outcome: str = "") -> None:
        """End a hold for which nothing billable was sent, even when the caller is cancelled.

        `outcome` is the kind of error by which its call came to nothing; empty where none was made.
        A hold presumed meanwhile is corrected to nothing. Raises Undone where it has ended otherwise; StoreError.
        """
        await self._surely(self._release(held, outcome))

    def renew_budgets(self) -> None:
        """The settings were read anew: changed limits are in force with the next hold."""
        self._current.renew()

    def freed(self, budgets: Sequence[str]) -> None:
        """Say that a transaction of the caller's own has ended a hold: whoever is first in line tries again."""
        for budget in budgets:
            if line := self._lines.get(budget):
                line.wake()

    async def presume_orphaned(self, message: str, fence: int) -> list[LostHold]:
        """Charge what earlier owners of a message left open. Raises StoreError."""
        return await self._presume(await self._database.read(orphaned_holds(message, fence)))

    async def presume_expired(self) -> list[LostHold]:
        """Charge open holds past their time, of any process, up to 100 at once. Raises StoreError."""
        return await self._presume(await self._database.read(expired_holds(MOST_PRESUMED_AT_ONCE)))

    async def close(self) -> None:
        """Wait until what cancelled tasks left to do is done."""
        while self._unfinished:
            await asyncio.gather(*self._unfinished, return_exceptions=True)

    async def _wait(
        self,
        request: HoldRequest,
        budgets: tuple[str, ...],
        extra: Sequence[Statement],
        crowded: str,
        ticket: int,
        until: float,
    ) -> Held | Busy | Spent:
        """Stand in one budget's line until it lets the request through, another budget is in the way, or time is up."""
        line = self._lines.setdefault(crowded, _Line())
        turn = line.enter(ticket)
        answer: Held | Busy | Spent = Busy(crowded)
        try:
            while answer == Busy(crowded) and (left := until - self._clock.monotonic()) > 0:
                first = line.is_first(turn)
                woken = await _set_within(turn, min(left, self._chance(*POLL_S)) if first else left)
                turn.clear()
                if not line.is_first(turn):
                    line.wake()  # somebody who came earlier has joined from another line meanwhile
                elif woken or first:
                    answer = await self._try(request, budgets, extra)
        finally:
            line.leave(turn)
            if not line.waiting and self._lines.get(crowded) is line:
                del self._lines[crowded]
        return answer

    async def _try(
        self, request: HoldRequest, budgets: tuple[str, ...], extra: Sequence[Statement]
    ) -> Held | Busy | Spent:
        """One try. A cancelled caller's hold is given back as soon as it is known to exist."""
        attempt = self._started(self._attempt(request, budgets, extra))
        try:
            return await asyncio.shield(attempt)
        except asyncio.CancelledError:
            self._started(self._give_back(attempt))
            raise

    async def _surely(self, work: Coroutine[Any, Any, T]) -> T:
        """Finish the work even when the caller is cancelled: on PostgreSQL a cancelled transaction is undone."""
        return await asyncio.shield(self._started(work))

    def _started(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._unfinished.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._unfinished.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.debug("what was to be written of a call was not: %s", error)  # whoever waits for it is told as well

    async def _settle(self, held: Held, bill: Bill, extra: Sequence[Statement]) -> Settlement:
        ending = settlement(held, bill, self.margins)
        try:
            await self._database.run(*extra, *ending.statements)
            self.margins.kept(ending.statements)
        except Undone as undone:
            if undone.name != END_HOLD:
                raise
            corrected = await self._correct(held, bill, extra)
            ending = Settlement(corrected, ending.cost_nusd, ending.tokens, "correction")
        self.freed(held.budgets)
        return ending

    async def _release(self, held: Held, outcome: str = "") -> None:
        try:
            await self._database.run(*release_statements(held, outcome))
        except Undone:
            await self._correct(held, Bill(Tokens(), "released", took_ms=0), ())
        self.freed(held.budgets)

    async def _correct(self, held: Held, bill: Bill, extra: Sequence[Statement]) -> tuple[Statement, ...]:
        corrected = tuple(correction(held, bill))
        done = await self._database.run(*extra, *corrected)
        charged = done[len(done) - len(held.budgets) :]
        if gone := [budget for budget, row in zip(held.budgets, charged, strict=True) if not row]:
            # Its period ended long ago and binds nobody any more; reports sum the ledger, which has the difference.
            log.warning("a late bill of hold %s is in the ledger alone; forgotten: %s", held.id, ", ".join(gone))
        return corrected

    async def _attempt(
        self, request: HoldRequest, budgets: tuple[str, ...], extra: Sequence[Statement]
    ) -> Held | Busy | Spent:
        try:
            await self._database.run(*extra, *hold_statements(request, budgets))
        except Undone as undone:
            if undone.name != RESERVE:
                raise
            at = undone.index - len(extra) - 1
            return await self._refused(budgets[at], budgets[at + 1 :], request)
        return Held(request, request.cost_nusd, budgets)

    async def _refused(self, budget: str, behind: Sequence[str], request: HoldRequest) -> Busy | Spent:
        """By this budget; those `behind` it were not asked, and may be spent for longer."""
        stands = await standing(self._database, budget)
        if stands is None:
            self._current.forget(budget)
            raise BudgetMissing(f"The budget {budget} is missing from the database; the next call makes it again.")
        refused = why_refused(stands, cost_nusd=request.cost_nusd, tokens=request.tokens)
        if isinstance(refused, Spent):
            others = [other for each in behind if (other := await standing(self._database, each))]
            spent = [each.end_ms for each in others if each.left <= 0]
            refused = msgspec.structs.replace(refused, opens_ms=max((refused.opens_ms, *spent)))
        return refused

    async def _give_back(self, attempt: asyncio.Task[Held | Busy | Spent]) -> None:
        try:
            held = await attempt
            if isinstance(held, Held):
                await self._release(held)
        except StoreError as error:
            log.warning("A cancelled hold could not be given back; it will be presumed. %s", error)

    async def _presume(self, rows: Rows) -> list[LostHold]:
        presumed = []
        for lost in map(lost_hold, rows):
            try:
                await self._database.run(*presume_statements(lost))
            except Undone as undone:
                if undone.name != END_HOLD:
                    raise
                continue
            presumed.append(lost)
        return presumed


async def _set_within(turn: asyncio.Event, seconds: float) -> bool:
    """Whether the event was set within the time."""
    try:
        async with asyncio.timeout(seconds):
            await turn.wait()
    except TimeoutError:
        return False
    return True
