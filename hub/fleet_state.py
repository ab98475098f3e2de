"""How the deployments are, by what the running processes show and by the ledger: for /status and `check --live`."""

from collections.abc import Sequence

import msgspec

from hub.clock import Clock
from hub.routing.sight import HEALTHY, SICKEST, Seen, Sight
from hub.store import Database, statement

SHOWN_EVERY_S = 10.0
SHOWN_FOR_MS = 35_000
"""A process that has shown nothing for so long has ended, or cannot reach the store."""
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
STEP_MS = 50
"""To which percentiles of whole answers are exact."""

_decode = msgspec.json.Decoder(Sight).decode


class Took(msgspec.Struct, frozen=True):
    """What the ledger has of one deployment, over some time."""

    calls: int
    failed: int
    """That reached a provider and came to no answer."""
    p50_s: float | None
    """Of whole answers."""
    p95_s: float | None


class State(msgspec.Struct, frozen=True):
    """One deployment as all processes together know it."""

    deployment: str
    health: str
    """The worst of them, and in how many where they differ."""
    why: str
    under_way: int
    places: int
    calls: int
    p50_s: float | None
    """To the first word, averaged over the processes by their calls."""
    p95_s: float | None
    """Of the process where it is the longest."""


async def read_sights(database: Database) -> list[Sight]:
    """Of all processes that are at work. Raises StoreError."""
    rows = await database.read(statement("fleet.shown", within_ms=SHOWN_FOR_MS))
    return [_decode(row["state"]) for row in rows]


async def read_took(database: Database, clock: Clock, within_ms: int) -> dict[str, Took]:
    """By deployment, of the calls of so long. Raises StoreError."""
    since_ms = clock.now_ms() - within_ms
    steps = await database.read(statement("fleet.took", since_ms=since_ms, step_ms=STEP_MS))
    ends = await database.read(statement("fleet.ended", since_ms=since_ms))
    by_name: dict[str, list[tuple[int, int]]] = {}
    for row in steps:
        by_name.setdefault(row["deployment"], []).append((row["step"], row["calls"]))
    return {
        row["deployment"]: Took(
            calls=row["calls"],
            failed=int(row["failed"]),
            p50_s=_percentile_s(by_name.get(row["deployment"], ()), 0.5),
            p95_s=_percentile_s(by_name.get(row["deployment"], ()), 0.95),
        )
        for row in ends
    }


def states(sights: Sequence[Sight]) -> list[State]:
    """The sickest first, then by name."""
    seen: dict[str, list[Seen]] = {}
    for sight in sights:
        for each in sight.seen:
            seen.setdefault(each.deployment, []).append(each)
    found = [(_worst(those), _state(those)) for those in seen.values()]
    return [state for _, state in sorted(found, key=lambda one: (SICKEST.index(one[0].health), one[1].deployment))]


def _worst(those: Sequence[Seen]) -> Seen:
    return min(those, key=lambda each: SICKEST.index(each.health))


def _state(those: Sequence[Seen]) -> State:
    worst, calls = _worst(those), sum(each.calls for each in those)
    alike = sum(each.health == worst.health for each in those)
    p95 = [each.p95_s for each in those if each.p95_s is not None]
    return State(
        deployment=worst.deployment,
        health=worst.health if alike == len(those) else f"{worst.health} in {alike} of {len(those)}",
        why=worst.why,
        under_way=sum(each.under_way for each in those),
        places=sum(each.places for each in those),
        calls=calls,
        p50_s=sum(each.p50_s * each.calls for each in those if each.p50_s is not None) / calls if calls else None,
        p95_s=max(p95, default=None),
    )


def is_healthy(state: State) -> bool:
    return state.health == HEALTHY


def span(p50_s: float | None, p95_s: float | None) -> str:
    """Like `0.41/1.2 s`; empty where nothing was measured."""
    return f"{p50_s:.2g}/{p95_s:.2g} s" if p50_s is not None and p95_s is not None else ""


def _percentile_s(steps: Sequence[tuple[int, int]], share: float) -> float | None:
    """The end of the step that has it."""
    left = share * sum(calls for _, calls in steps)
    for step, calls in sorted(steps):
        left -= calls
        if left <= 0:
            return (step + 1) * STEP_MS / 1000
    return None
