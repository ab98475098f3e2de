"""What a seed stands for in each of the twelve scenarios: who writes, what goes wrong, and where the hub dies."""

import random
from collections.abc import Callable

import msgspec

from tests.wire.fakes.faults import Plan as Faults

SCENARIOS = {
    1: "killed after receipt, before the commit",
    2: "killed after the commit, before the confirmation",
    3: "killed after the hold, before the call",
    4: "killed in mid-stream",
    5: "killed after the call, before settling",
    6: "killed after settling, before sending",
    7: "killed after sending, before marking",
    8: "redelivery, reordering and day-old updates",
    9: "disk full, locked, torn log",
    10: "all regions down, then a flood",
    11: "clock jumps and changes of the clock",
    12: "cancelled, with late or missing usage",
}
DAY_S = 86_400.0
WINTER_MS = 1_792_886_100_000
"""Five minutes before 02:00 CEST becomes … 2026-10-25: in Berlin the hour from two to three comes twice."""
SUMMER_MS = 1_774_745_700_000
"""Five minutes before 02:00 CET of 2026-03-29: in Berlin the hour from two to three is left out."""
USUAL_MS = 1_771_000_000_000


class Death(msgspec.Struct, frozen=True):
    """Where a process ends: at the `count`-th time since its start that something happens."""

    at: str
    """`before NAME` and `after NAME` of a statement; `asked WHAT` and `done WHAT` of a platform's method, of `final`
    (an edit that completes an answer) or of `model`; `bytes` of the model's answers; `told`: SIGTERM instead."""
    count: int
    torn: bool = False
    """The power fails: of the log, what was not synced yet is on the disk in part, or not as it was written."""


class Trouble(msgspec.Struct, frozen=True):
    """Something else that happens, so many seconds after the beginning."""

    at_s: float
    kind: str
    amount: float = 0.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One run."""

    scenario: int
    seed: int
    people: int
    messages: int
    """Of each person."""
    patient: bool
    """Whether people wait for their answers before they write on."""
    hurry_s: float
    between_s: float
    """Between two pieces of an answer."""
    unconfirmed: int
    room: int
    """Holds that the budget has room for beside what will be spent."""
    deaths: tuple[Death, ...]
    telegram: Faults
    model: Faults
    troubles: tuple[Trouble, ...] = ()
    repeats: float = 0.0
    """The share of updates that come twice."""
    held_back: float = 0.0
    """The share of updates that come after later ones."""
    goes_on: bool = False
    """The provider works and bills whole answers, whoever hears them."""
    late_s: float = 2.0
    """After its answer, a late usage comes."""
    start_ms: int = USUAL_MS


_Made = dict[str, object]
_NOISE: tuple[dict[str, float], ...] = (
    {},
    {},
    {"429": 0.05},
    {"drop_before": 0.05, "drop_after": 0.05},
    {"429": 0.03, "drop_before": 0.03, "drop_after": 0.03, "500": 0.02, "slow": 0.03, "duplicate": 0.2},
)
_MODEL_NOISE: tuple[dict[str, float], ...] = ({}, {}, {"500": 0.08, "cut": 0.08, "drop": 0.05})
_POINTS: dict[int, tuple[str, ...]] = {
    1: ("before inbox.store_message",),
    2: ("after inbox.store_message",),
    3: ("after money.open_hold",),
    4: ("bytes",),
    5: ("before money.end_hold", "before reply.settled"),
    6: ("after reply.settled",),
    7: (
        "asked final",
        "done final",
        "before reply.ended",
        "asked sendMessage",
        "done sendMessage",
        "before reply.sent",
        "before outgoing.part_sent",
    ),
}
_ANYWHERE = (
    *(point for points in _POINTS.values() for point in points),
    "asked getUpdates",
    "done getUpdates",
    "before inbox.claim",
    "after inbox.claim",
    "before reply.sending",
    "after reply.sending",
    "after reply.ended",
    "asked model",
    "done model",
    "told",
)
_FEW = {"outgoing.part_sent": 2, "getUpdates": 5}


def plan(scenario: int, seed: int) -> Plan:
    """The run of a seed."""
    chance = random.Random(f"{scenario}/{seed}")
    people, messages = chance.randint(3, 7), chance.randint(1, 2)
    made: _Made = {
        "people": people,
        "messages": messages,
        "patient": chance.random() < 0.5,
        "hurry_s": chance.choice((0.05, 1.0, 4.0)),
        "between_s": chance.choice((0.0, 0.01, 0.12)),
        "unconfirmed": chance.choice((1, 1, 4)),
        "room": chance.choice((1, 2, 50)),
        "telegram": Faults(
            seed=seed, chances=chance.choice(_NOISE), retry_after_s=chance.choice((0.3, 3.0)), at_most=40, slow_s=0.4
        ),
        "model": Faults(seed=seed + 1, chances=chance.choice(_MODEL_NOISE), at_most=15),
        "repeats": chance.choice((0.0, 0.2)),
        "goes_on": chance.random() < 0.5,
        "deaths": _deaths(chance, _POINTS.get(scenario, _ANYWHERE), people * messages),
    }
    if extra := _EXTRA.get(scenario):
        made |= extra(chance, made)
    return msgspec.convert({"scenario": scenario, "seed": seed, **made}, Plan)


def _deaths(chance: random.Random, points: tuple[str, ...], total: int, least: int = 1) -> tuple[Death, ...]:
    return tuple(_death(chance, chance.choice(points), total) for _ in range(chance.randint(least, 3)))


def _death(chance: random.Random, at: str, total: int) -> Death:
    most = next((few for what, few in _FEW.items() if at.endswith(what)), total)
    if at == "bytes":
        most = total * 2_500
    # The first ones more often than the last: after a death, less is left to do.
    return Death(at, min(chance.randint(1, most), chance.randint(1, most)))


def _redelivered(chance: random.Random, _: _Made) -> _Made:
    troubles = [Trouble(chance.uniform(5, 20), "a day later")] if chance.random() < 0.5 else []
    if chance.random() < 0.5:
        troubles.append(Trouble(chance.uniform(0, 3), "old updates", chance.randint(1, 4)))
    return {"repeats": 0.5, "held_back": chance.choice((0.0, 0.4)), "troubles": tuple(troubles)}


def _disk(chance: random.Random, made: _Made) -> _Made:
    kind = chance.choice(("full", "locked", "torn", "torn"))
    if kind == "torn":
        deaths = [msgspec.structs.replace(death, torn=True) for death in made["deaths"] if death.at != "told"]  # type: ignore[attr-defined]
        return {"deaths": tuple(deaths)}
    lasts_s = chance.uniform(0.5, 5.0)
    at_s = chance.uniform(0.2, 4.0)
    amount = float(chance.randrange(0, 40_000)) if kind == "full" else 0.0
    return {"troubles": (Trouble(at_s, kind, amount), Trouble(at_s + lasts_s, f"no longer {kind}"))}


def _regions(chance: random.Random, made: _Made) -> _Made:
    at_s, lasts_s = chance.uniform(0.0, 3.0), chance.choice((2.0, 20.0, 90.0, 200.0))
    kind = chance.choice(("regions away", "regions away", "regions silent", "regions failing"))
    troubles = (
        Trouble(at_s, kind),
        Trouble(at_s + lasts_s * chance.random(), "flood", chance.randint(8, 25)),
        Trouble(at_s + lasts_s, "regions back"),
        Trouble(at_s + lasts_s + 100.0, "flood after all", 3),
    )
    # A dict of mixed values.
    return {"troubles": troubles, "deaths": made["deaths"][: chance.randint(0, 2)], "telegram": Faults()}  # type: ignore[index]


def _clocks(chance: random.Random, _: _Made) -> _Made:
    jumps = (-DAY_S, -3_600.0, -30.0, 30.0, 600.0, 3_600.0, DAY_S, 40 * DAY_S)
    troubles = [Trouble(chance.uniform(0.2, 8.0), "clock", chance.choice(jumps)) for _ in range(chance.randint(1, 3))]
    return {"troubles": tuple(troubles), "start_ms": chance.choice((WINTER_MS, SUMMER_MS, USUAL_MS))}


def _cancelled(chance: random.Random, made: _Made) -> _Made:
    kinds = ("stop", "stop", "press", "press", "edit", "block")
    troubles = tuple(
        Trouble(chance.uniform(0.1, 5.0), chance.choice(kinds), chance.random()) for _ in range(chance.randint(1, 5))
    )
    usage = chance.choice(({"late_usage": 0.6}, {"no_usage": 0.6}, {"late_usage": 0.3, "no_usage": 0.3, "hang": 0.05}))
    return {
        "troubles": troubles,
        "between_s": chance.choice((0.05, 0.12, 0.3)),
        "model": Faults(seed=chance.randrange(10**6), chances=usage, at_most=25),
        "late_s": chance.choice((0.5, 4.0, 9.0)),
        "deaths": made["deaths"][: chance.randint(0, 2)],  # type: ignore[index]  # a dict of mixed values
    }


_EXTRA: dict[int, Callable[[random.Random, _Made], _Made]] = {
    8: _redelivered,
    9: _disk,
    10: _regions,
    11: _clocks,
    12: _cancelled,
}
