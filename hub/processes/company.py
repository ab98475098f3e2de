"""A process among others over one database, and one that is alone with its file: the same face for both."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from hub.channel import Channel, Hub, Notes, Ration
from hub.clock import Clock
from hub.config.settings import Region
from hub.ending import end
from hub.gate import Beside, Gate
from hub.processes.notes import StoredNotes
from hub.processes.pace import SharedPace, closures
from hub.processes.ration import StoredRation
from hub.processes.regions import Claiming
from hub.processes.roster import BEAT_EVERY_S, DRAINING, Role, Roster, as_table, unmanned
from hub.processes.wakes import DUE, STOP, Wakes
from hub.store import Database, StoreError, statement

log = logging.getLogger(__name__)

HOLDS_LOOK_EVERY_S = 0.2
TURN_S = 0.1
"""So long one worker of a region is told of all that comes, then the next: what comes together is claimed together."""
OTHERS_LOOK_AFTER_S = 0.25
"""Whoever was not named, in case the one who was is full or has just died."""
UNLIMITED = ("web", "console")
"""Channels of the hub's own: no platform counts what is sent through them."""
NOTES_AT_ONCE = 1_000
BETWEEN_SWEEPS_S = 0.5
"""While more notes are over than go at once: a message may leave one, so a busy minute leaves thousands."""
GATES_KEPT_MS = 3_600_000
"""Of a chat in which nothing was sent since: its pace is long free again."""


class Company(Protocol):
    """What the parts of a process need to know of the others."""

    arrived: asyncio.Event
    """Set where something can be claimed."""

    def stored(self, region: str) -> None:
        """Something with this home region was: whoever claims it elsewhere is told."""
        ...

    def claims(self) -> str:
        """The home regions that are claimed here, between commas; empty: all."""
        ...

    def beside(self, account: str) -> Beside | None:
        """The pace of an account (`channel/account`) where other processes send as well."""
        ...

    def notes(self, account: str) -> Notes | None:
        """What the processes of an account leave each other; None where there are no others."""
        ...

    def ration(self, account: str) -> Ration | None:
        """What they may do together."""
        ...

    def stop_elsewhere(self, key: str) -> None:
        """Whoever answers in the conversation looks whether the answer is to end."""
        ...

    async def listen(self, channel: Channel, hub: Hub) -> None:
        """Hand over the channel's messages whenever this is the process to do so, until cancelled."""
        ...

    async def table(self) -> list[list[str]]:
        """All processes, for /status. Raises StoreError."""
        ...


class Alone:
    """One process with a file of its own."""

    def __init__(self) -> None:
        self.arrived = asyncio.Event()

    def stored(self, region: str) -> None:
        return

    def claims(self) -> str:
        return ""

    def beside(self, account: str) -> Beside | None:
        return None

    def notes(self, account: str) -> Notes | None:
        return None

    def ration(self, account: str) -> Ration | None:
        return None

    def stop_elsewhere(self, key: str) -> None:
        return

    async def listen(self, channel: Channel, hub: Hub) -> None:
        await channel.listen(hub)

    async def table(self) -> list[list[str]]:
        return []


class Peers:
    """One of several over one database. `shared_by_one`: accounts (`channel/account`) read by one process at a time."""

    def __init__(
        self,
        roster: Roster,
        wakes: Wakes,
        database: Database,
        clock: Clock,
        *,
        regions: Callable[[], Mapping[str, Region]],
        default_region: Callable[[], str],
        shared_by_one: Collection[str],
    ) -> None:
        self._roster = roster
        self._wakes = wakes
        self._database = database
        self._clock = clock
        self._regions = regions
        self._default_region = default_region
        self._shared_by_one = frozenset(shared_by_one)
        self._known = Claiming((), {}, "")
        self._paces: list[SharedPace] = []
        self._looking_later: asyncio.Task[None] | None = None
        self.arrived = asyncio.Event()

    @property
    def hears(self) -> bool:
        """Whether others can tell this process that there is something to claim."""
        return self._wakes.hears

    def told_of_work(self, about: str) -> None:
        """Others have stored something to claim: `REGION` or `REGION PROCESS`, where one was named to claim it."""
        region, _, named = about.partition(" ")
        if not self.claims_here(region):
            return
        if named in ("", self._roster.id):
            self.arrived.set()
        elif self._looking_later is None or self._looking_later.done():
            self._looking_later = asyncio.create_task(self._look_later())

    async def _look_later(self) -> None:
        await self._clock.sleep(OTHERS_LOOK_AFTER_S)
        self.arrived.set()

    # -- what it is for ----------------------------------------------------------------------------------------------

    @property
    def listens(self) -> bool:
        return self._roster.role != Role.WORKER

    @property
    def works(self) -> bool:
        return self._roster.role != Role.GATEWAY

    def stored(self, region: str) -> None:
        if not self.claims_here(region):
            workers = self._claiming.workers_of(region)
            turn = int(self._clock.monotonic() / TURN_S)
            self._wakes.tell(DUE, f"{region} {workers[turn % len(workers)]}" if workers else region)

    def claims(self) -> str:
        mine = self._claiming.here
        return "" if mine is None else f",{','.join(sorted(mine))},"

    @property
    def _claiming(self) -> Claiming:
        """Asked for every message that comes in, and made anew when somebody comes or goes."""
        peers, regions = self._roster.peers, self._regions()
        if self._known.peers is not peers or self._known.regions is not regions:
            self._known = Claiming(peers, regions, self._roster.region)
        return self._known

    def claims_here(self, region: str) -> bool:
        """Whether what comes for this region is answered in this process."""
        mine = self._claiming.here
        return self.works and (mine is None or region in mine)

    def beside(self, account: str) -> Beside | None:
        if account.partition("/")[0] in UNLIMITED:
            return None
        pace = SharedPace(self._database, account)
        self._paces.append(pace)
        return pace

    def notes(self, account: str) -> Notes | None:
        return StoredNotes(self._database, account)

    def ration(self, account: str) -> Ration | None:
        return StoredRation(self._database, account)

    def stop_elsewhere(self, key: str) -> None:
        self._wakes.tell(STOP, key)

    # -- its days ----------------------------------------------------------------------------------------------------

    async def join(self) -> None:
        """Be known to the others before anything is claimed. Raises StoreError."""
        await self._roster.beat()

    async def run(self, gates: Mapping[str, Gate]) -> None:
        """Show that this process lives, and look after what it holds, until cancelled. `gates`: by account."""
        while True:
            try:
                await self._look(gates)
            except StoreError as error:
                log.error("the other processes cannot be seen: %s", error)
            await self._clock.sleep(BEAT_EVERY_S)

    async def _look(self, gates: Mapping[str, Gate]) -> None:
        roster = self._roster
        await roster.beat()
        await roster.bury()
        if self.listens and roster.state != DRAINING:
            await roster.take(self._shared_by_one)
        closed: dict[str, dict[str, float]] = {}
        for account, chat, seconds in closures(await self._database.read(statement("gate.closed"))):
            closed.setdefault(account, {})[chat] = seconds
        for account, gate in gates.items():
            gate.heard(closed.get(account, {}))

    async def hear(self, heard: Callable[[str, str], None]) -> None:
        """What others tell, until cancelled."""
        await self._wakes.hear(heard)

    async def listen(self, channel: Channel, hub: Hub) -> None:
        account = f"{channel.name}/{channel.account}"
        if account not in self._shared_by_one:
            return await channel.listen(hub)
        while True:
            while account not in self._roster.holds:
                if account in self._roster.returns:
                    await self._let_go(account)  # the store was away when the connection was closed
                await self._clock.sleep(HOLDS_LOOK_EVERY_S)
            log.info("%s is connected from here", account)
            await self._listen_while_held(account, channel, hub)
            log.info("%s is not connected from here any more", account)

    async def _listen_while_held(self, account: str, channel: Channel, hub: Hub) -> None:
        listening = asyncio.create_task(channel.listen(hub))
        try:
            while account in self._roster.holds and not listening.done():
                await asyncio.wait({listening}, timeout=HOLDS_LOOK_EVERY_S)
        finally:
            try:
                await end([listening])  # one that lost a cancellation would read on beside its successor
            except asyncio.CancelledError:
                listening.cancel()
                raise
            await self._let_go(account)
        if not listening.cancelled():
            listening.result()

    async def _let_go(self, account: str) -> None:
        try:
            await self._roster.let_go(account)
        except StoreError as error:
            log.warning("%s is not free for others yet: %s", account, error)

    async def drain(self) -> None:
        """From now on others claim what this process claimed."""
        self._roster.state = DRAINING
        try:
            await self._roster.beat()
        except StoreError as error:
            log.warning("the others do not know yet that this process ends: %s", error)

    async def leave(self) -> None:
        """Everything is given back."""
        if self._looking_later:
            self._looking_later.cancel()
        await asyncio.gather(self._wakes.close(), *(pace.close() for pace in self._paces))
        try:
            await self._roster.leave()
        except StoreError as error:
            log.warning("the others take this process for dead in a few seconds: %s", error)

    async def sweep(self) -> None:
        """Forget what has had its time, and bring home what waits for a region that is no more. Raises StoreError."""
        regions = f",{','.join(self._regions())},"
        await self._database.run(
            statement("gate.forget", before_ms=self._clock.now_ms() - GATES_KEPT_MS),
            statement("processes.rehome", region=self._default_region(), regions=regions),
        )
        forgetting = statement("processes.forget_notes", most=NOTES_AT_ONCE)
        while len((await self._database.run(forgetting))[0]) == NOTES_AT_ONCE:
            await self._clock.sleep(BETWEEN_SWEEPS_S)

    async def table(self) -> list[list[str]]:
        await self._roster.beat()
        lines = as_table(self._roster.peers)
        rows = await self._database.read(statement("processes.unserved"))
        waiting = {row["home_region"]: row["conversations"] for row in rows}
        for region, count in unmanned(waiting, self._claiming.anywhere).items():
            lines.append(["nobody", region, f"{count:,} conversations wait", "", "", ""])
        return lines
