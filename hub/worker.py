"""The worker: claims what is due, takes the turns side by side, renews the leases, drains when asked to stop."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress

from hub.clock import Clock
from hub.ending import end
from hub.inbox import Claim, Inbox
from hub.shares import Account, Shares, account_of
from hub.store import StoreError
from hub.turn import Turns

log = logging.getLogger(__name__)

LOOK_AGAIN_AFTER_S = 1.0
"""Leases of dead processes and rests that are over make themselves known only to who looks."""

LET_GO_S = 1.0
ROUNDS_TO_END = 5
"""Of the event loop: a turn that has just given its conversation back holds it no more, and ends within these."""


class Worker:
    """One process's share of the work."""

    def __init__(
        self, inbox: Inbox, turns: Turns, clock: Clock, *, at_once: int, batch: int | None = None, look_s: float = 0.0
    ) -> None:
        """`batch`: claimed in one go at the most, so that others get their share; `look_s`: between two looks."""
        self._inbox = inbox
        self._batch = batch or at_once
        self._look_s = look_s
        self._turns = turns
        self._clock = clock
        self._shares = Shares(at_once)
        """Of conversations held at once, those included that stand in line for a place."""
        self._kept_waiting: set[Account] = set()
        """There may be more of them in the store than there was room for."""
        self._tasks: dict[asyncio.Task[None], Claim] = {}
        self._newest: dict[str, asyncio.Task[None]] = {}
        """By conversation."""
        self._looking: set[asyncio.Task[None]] = set()
        self._claiming = asyncio.Lock()
        self._draining = False
        self._drained = False
        """What is claimed after that came too late."""
        self._renewed = (float("-inf"), float("-inf"))
        """When the leases were last renewed, all of them."""

    async def run(self) -> None:
        """Claim and take turns until cancelled; while draining, only the leases are renewed."""
        renewing = asyncio.create_task(self._renew_leases())
        self._inbox.arrived.set()  # what an earlier process left need not wait for the next look
        try:
            while True:
                await self._work_arrived()
                await self._claim_due()
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def drain(self, within_s: float) -> None:
        """Take no new turns; let those under way end, and after `within_s` seconds leave the rest to the next start."""
        self._draining = True
        now = asyncio.get_running_loop().time
        until_s = now() + within_s
        with suppress(TimeoutError):
            async with asyncio.timeout(max(within_s, LET_GO_S)), self._claiming:
                pass  # a claim that is under way becomes turns first: it must not begin any after this
        if self._tasks:
            log.info("finishing %d answers", len(self._tasks))
            await asyncio.wait(self._tasks, timeout=max(0.0, until_s - now()))
        self._drained = True
        left = dict(self._tasks)
        await end(left)
        if left:
            try:
                await self._inbox.give_back(left.values())
            except StoreError as error:
                log.error("%d conversations go on when their leases have run out: %s", len(left), error)

    async def _work_arrived(self) -> None:
        try:
            async with asyncio.timeout(self._look_s or LOOK_AGAIN_AFTER_S):
                await self._inbox.arrived.wait()
        except TimeoutError:
            return

    async def _claim_due(self) -> None:
        self._inbox.arrived.clear()
        open_now = {each for each in self._inbox.accounts() if not self._turns.closed(each)}
        wanted = {each for each in open_now if self._room(each)}
        self._kept_waiting = open_now - wanted
        if not wanted or self._draining:
            return
        most = min(self._batch, self._shares.free)
        of_one = min(most, *(self._room(each, among=len(wanted)) for each in wanted))
        try:
            async with self._claiming:
                claimed = await self._claim(most, wanted, of_one)
        except StoreError as error:
            log.error("nothing can be claimed: %s", error)
            await self._clock.sleep(LOOK_AGAIN_AFTER_S)
            return
        cut_off = claimed.total() == most
        self._kept_waiting |= {each for each in wanted if cut_off or claimed[each] >= of_one}
        self._look_where_there_is_room()

    def _room(self, account: Account, among: int = 1) -> int:
        no_others = len(self._inbox.accounts()) == 1
        return self._shares.free if no_others else self._shares.room(account, among)

    def _look_where_there_is_room(self) -> None:
        if any(map(self._room, self._kept_waiting)):
            self._inbox.arrived.set()

    async def _claim(self, most: int, accounts: Iterable[Account], of_one: int) -> Counter[Account]:
        """How many of each account were claimed."""
        if self._is_late():
            await self._renew_all()
        claims = await self._inbox.claim(most, accounts, of_one=of_one)
        if self._drained:
            await self._inbox.give_back(claims)
            return Counter()
        older = {claim.key: self._newest[claim.key] for claim in claims if claim.key in self._newest}
        again = [claim for claim in claims if claim.key in older]
        for claim in claims:
            if claim.key not in older:
                self._begin(claim)
        for claim in again:
            if self._tasks[older[claim.key]].fence >= claim.fence:
                older[claim.key].cancel()  # its claim was lost with a commit that failed: it has nothing to let go
        await asyncio.gather(*map(self._end, older.values()))
        for claim in again:
            self._begin(claim)
        return Counter(account_of(claim.conversation) for claim in claims)

    def _begin(self, claim: Claim) -> None:
        task = self._turns.take(claim)
        self._tasks[task] = claim
        self._newest[claim.key] = task
        self._shares.take(account_of(claim.conversation))
        task.add_done_callback(self._taken)

    async def _end(self, older: asyncio.Task[None]) -> None:
        """Its lease ran out while it is at work here (the wall clock was set forward): it must not grow any more.

        Most have let go and are about to end by themselves.
        """
        await asyncio.wait([older], timeout=LET_GO_S)
        older.cancel()
        await asyncio.wait([older])

    def _taken(self, task: asyncio.Task[None]) -> None:
        claim = self._tasks.pop(task)
        if self._newest.get(claim.key) is task:
            del self._newest[claim.key]
        self._shares.give_back(account_of(claim.conversation))
        self._look_where_there_is_room()
        if not task.cancelled() and (error := task.exception()):
            log.error("the turn of %s died and goes on when its lease has run out", claim.key, exc_info=error)

    async def _renew_leases(self) -> None:
        usual_s = pause_s = self._inbox.lease_ms / 3000
        while True:
            await self._clock.sleep(pause_s)
            pause_s = min(usual_s, LOOK_AGAIN_AFTER_S)
            try:
                await self._renew_all()
                pause_s = usual_s
            except StoreError as error:
                log.error("leases could not be renewed: %s", error)
            except Exception:
                log.exception("leases could not be renewed")  # one failure must not be the end of all renewals

    async def _renew_all(self) -> None:
        """Raises StoreError."""
        began = self._now()
        await self._renew(dict(self._tasks))
        self._renewed = began

    def _is_late(self) -> bool:
        """Leases may have run out while the store was away or the process stood still.

        Whoever claims then would claim what is being answered here, and ask for it anew.
        """
        return any(
            now - then > self._inbox.lease_ms / 2000 for now, then in zip(self._now(), self._renewed, strict=True)
        )

    def _now(self) -> tuple[float, float]:
        """In seconds, by the steady clock, which may stand still with the machine, and by the wall's."""
        return self._clock.monotonic(), self._clock.now_ms() / 1000

    def look_soon(self, key: str) -> None:
        """Somebody elsewhere says that the answer in this conversation is to end."""
        found = {task: claim for task, claim in self._tasks.items() if claim.key == key}
        if found:
            looking = asyncio.create_task(self._look(found))
            self._looking.add(looking)
            looking.add_done_callback(self._looking.discard)

    async def _look(self, tasks: dict[asyncio.Task[None], Claim]) -> None:
        try:
            await self._renew(tasks)
        except StoreError as error:
            log.debug("whether an answer is to end is found out with the next renewal: %s", error)

    async def _renew(self, tasks: dict[asyncio.Task[None], Claim]) -> None:
        """Hold on to them; end what is to end, and what another process holds by now. Raises StoreError."""
        if not tasks:
            return
        held = await self._inbox.renew(tasks.values())
        for key, stop_position in held.items():
            self._turns.running.stop(key, before=stop_position)
        for _ in range(ROUNDS_TO_END):
            await asyncio.sleep(0)
        for task, claim in tasks.items():
            if claim.key not in held and not task.done():
                log.warning("%s is held by another process now; its answer here ends", claim.key)
                task.cancel()
