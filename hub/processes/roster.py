"""Who is at work on the database: each process keeps a row of its own, and is taken for dead when that falls silent."""

import logging
from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from hub.clock import Clock
from hub.store import Database, Undone, statement

log = logging.getLogger(__name__)

BEAT_EVERY_S = 1.5
LIFE_MS = 8_000
"""After so long a silence a process is taken for dead: five heartbeats that did not come. With twenty tasks on
two cores, six seconds took the living for dead now and then."""
HOLDS_FOR_S = 6.0
"""After its last heartbeat a process lets go of its connections by itself, before others take it for dead."""
AHEAD_MS = 1_000
"""A heartbeat from the future: the store's clock was set back since."""
SERVING, DRAINING = "serving", "draining"


class Role(StrEnum):
    """What a process does."""

    ALL = "all"
    GATEWAY = "gateway"
    """Holds the platforms' connections and takes messages in."""
    WORKER = "worker"
    """Answers them."""


class Peer(msgspec.Struct, frozen=True):
    """One process, as it was seen at the last heartbeat."""

    id: str
    role: str
    region: str
    state: str
    version: str
    host: str
    age_ms: int
    silent_ms: int
    accounts: tuple[str, ...] = ()
    """Those whose connection it holds."""

    @property
    def lives(self) -> bool:
        return self.silent_ms < LIFE_MS

    @property
    def works(self) -> bool:
        return self.lives and self.state == SERVING and self.role != Role.GATEWAY

    @property
    def listens(self) -> bool:
        return self.lives and self.state == SERVING and self.role != Role.WORKER


class Roster:
    """This process's own row, and what it knows of the others."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        id: str,  # noqa: A002  # the column's own name
        role: Role,
        region: str,
        version: str,
        schema_number: int,
        host: str,
    ) -> None:
        self.id = id
        self.role = role
        self.region = region
        self._database = database
        self._clock = clock
        self._row = {"role": role, "region": region, "version": version, "schema_number": schema_number, "host": host}
        self.state = SERVING
        self.peers: tuple[Peer, ...] = ()
        """All that have a row, this process among them."""
        self._returning: frozenset[str] = frozenset()
        self._beaten_s: float | None = None
        self._said_s = 0.0
        """When the last heartbeat was on its way: for the others it may count from then on."""
        self._sure_from_s = 0.0

    async def beat(self) -> None:
        """Say that this process lives, and look who else does. Raises StoreError."""
        said_s = self._clock.monotonic()
        _, known, holders = await self._database.run(
            statement("processes.beat", id=self.id, state=self.state, **self._row),
            statement("processes.known"),
            statement("processes.holders"),
        )
        held: dict[str, list[str]] = {}
        for row in holders:
            held.setdefault(row["process"], []).append(row["id"])
        self.peers = tuple(
            Peer(**{name: row[name] for name in Peer.__struct_fields__[:-1]}, accounts=tuple(held.get(row["id"], ())))
            for row in known
        )
        if any(peer.silent_ms < -AHEAD_MS for peer in self.peers):
            await self._database.run(statement("processes.clock_set_back"))
        now = self._clock.monotonic()
        if self._beaten_s is None or now - self._beaten_s > LIFE_MS / 2000:
            # Who has just come, or stood still, or was without the store, cannot tell the dead from those who had to
            # wait as well: they get their time again.
            self._sure_from_s = now + LIFE_MS / 1000
        self._beaten_s, self._said_s = now, said_s

    @property
    def holds(self) -> frozenset[str]:
        """The accounts whose connection this process has, as long as its own heartbeat is young enough."""
        return self._own - self._returning

    @property
    def returns(self) -> frozenset[str]:
        """Those that are to go to others, and that nobody can have before this process has let go of them."""
        return self._own & self._returning

    @property
    def _own(self) -> frozenset[str]:
        if self._beaten_s is None or self._clock.monotonic() - self._said_s > HOLDS_FOR_S:
            return frozenset()
        return frozenset(account for peer in self.peers if peer.id == self.id for account in peer.accounts)

    @property
    def _sure(self) -> bool:
        """Whether the silence of others is their own."""
        return self._clock.monotonic() >= self._sure_from_s

    async def bury(self) -> None:
        """Forget the dead; what they were answering is due again. Raises StoreError."""
        if not self._sure or all(peer.lives for peer in self.peers):
            return
        (dead,) = await self._database.run(statement("processes.bury", life_ms=LIFE_MS))
        if dead:
            (freed,) = await self._database.run(statement("processes.free"))
            log.warning("%d processes fell silent; %d conversations of theirs go on elsewhere", len(dead), len(freed))

    async def take(self, accounts: Iterable[str]) -> None:
        """Hold the connections that nobody has, up to a fair share; what is above it goes to others.

        Raises StoreError.
        """
        wanted = sorted(accounts)
        listening = sum(peer.listens for peer in self.peers)
        share = -(-len(wanted) // max(1, listening))
        mine = sorted(self._own.intersection(wanted))
        living = {peer.id for peer in self.peers if peer.lives or not self._sure}
        taken = {account for peer in self.peers if peer.id in living for account in peer.accounts}
        for account in [each for each in wanted if each not in taken][: max(0, share - len(mine))]:
            try:
                await self._database.run(statement("processes.hold", account=account, process=self.id, life_ms=LIFE_MS))
            except Undone:
                continue  # another was first
            self._noted(account)
        # Whoever reads it lets go of it when the connection is closed.
        self._returning = frozenset(mine[share:])

    def _noted(self, account: str) -> None:
        self.peers = tuple(
            msgspec.structs.replace(peer, accounts=(*peer.accounts, account)) if peer.id == self.id else peer
            for peer in self.peers
        )

    async def let_go(self, account: str) -> None:
        """Another process may have this connection. Raises StoreError."""
        await self._database.run(statement("processes.let_go", account=account, process=self.id))
        self.peers = tuple(
            msgspec.structs.replace(peer, accounts=tuple(each for each in peer.accounts if each != account))
            if peer.id == self.id
            else peer
            for peer in self.peers
        )

    async def leave(self) -> None:
        """This process is no more. Raises StoreError."""
        mine = [statement("processes.let_go", account=account, process=self.id) for account in sorted(self.holds)]
        await self._database.run(*mine, statement("processes.leave", id=self.id))


def as_table(peers: Iterable[Peer]) -> list[list[str]]:
    """For people: role and region, state, version, when last seen, accounts."""
    return [
        [
            peer.role,
            peer.region or "any region",
            peer.state if peer.lives else f"silent for {peer.silent_ms // 1000} s",
            peer.version,
            peer.host,
            " ".join(peer.accounts),
        ]
        for peer in peers
    ]


def unmanned(waiting: Mapping[str, int], claimed: frozenset[str] | None) -> dict[str, int]:
    """Conversations that wait by home region, of those regions that nobody claims; None: every region is claimed."""
    return {} if claimed is None else {name: count for name, count in waiting.items() if name not in claimed}
