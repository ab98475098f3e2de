"""What a seed stands for: who writes, what goes wrong, and at which moments the hub is killed."""

import random

import msgspec

from tests.wire.fakes.faults import Plan


class Moment(msgspec.Struct, frozen=True):
    """When a process is killed: at the `count`-th event of this kind since its start."""

    event: str
    """A method of the Bot API, `completions` for a call of the model, or `start` for the process itself."""
    count: int
    handled: bool
    """Whether the platform has done what it was asked, or has only been asked."""
    delay_s: float


class Scenario(msgspec.Struct, frozen=True):
    """One seed."""

    seed: int
    people: int
    messages: int
    """Of each person."""
    patient: bool
    """Whether people wait for their answers before they write on."""
    unconfirmed: int
    between_s: float
    """Between two pieces of an answer."""
    kills: tuple[Moment, ...]
    telegram_faults: Plan
    model_faults: Plan
    repeats: float
    """The share of updates that come twice."""
    graceful: bool = False
    """SIGTERM instead of SIGKILL."""


def scenario(seed: int, *, people: int = 40, messages: int = 3) -> Scenario:
    """The scenario of a seed."""
    chance = random.Random(seed)
    return Scenario(
        seed=seed,
        people=people,
        messages=messages,
        patient=chance.random() < 0.6,
        unconfirmed=chance.choice((1, 1, 1, 4)),
        between_s=chance.choice((0.0, 0.002, 0.06)),
        kills=tuple(_moment(chance, people) for _ in range(chance.randint(2, 3))),
        telegram_faults=Plan(
            seed=seed,
            chances=chance.choice(
                ({}, {"429": 0.04}, {"drop_before": 0.03, "drop_after": 0.03}, _EVERYTHING, _EVERYTHING)
            ),
            retry_after_s=0.3,
            slow_s=0.2,
            at_most=120,
        ),
        model_faults=Plan(
            seed=seed + 1, chances=chance.choice(({}, {"500": 0.04, "cut": 0.03, "drop": 0.02})), at_most=30
        ),
        repeats=chance.choice((0.0, 0.2)),
    )


def graceful(seed: int, *, people: int = 40, messages: int = 3) -> Scenario:
    """A hub that is told to end in the middle of its work, twice, and loses no connection: nothing is uncertain."""
    chance = random.Random(seed)
    return Scenario(
        seed=seed,
        people=people,
        messages=messages,
        patient=False,
        unconfirmed=1,
        between_s=0.06,
        kills=(_moment(chance, people, "sendMessage"), _moment(chance, people, "completions")),
        telegram_faults=Plan(seed=seed, chances={"429": 0.02}, retry_after_s=0.2),
        model_faults=Plan(),
        repeats=0.2,
        graceful=True,
    )


_EVERYTHING = {"429": 0.02, "drop_before": 0.02, "drop_after": 0.02, "500": 0.01, "slow": 0.02, "duplicate": 0.2}
_MOST = {"start": 1, "getUpdates": 6, "getMe": 1}
"""Of events that are few in the life of a process; the others come once or more for every message."""


def _moment(chance: random.Random, people: int, event: str = "") -> Moment:
    event = event or chance.choice(
        ("start", "getMe", "getUpdates", "sendMessage", "sendMessage", "editMessageText", "completions", "completions")
    )
    return Moment(
        event=event,
        count=chance.randint(1, _MOST.get(event, people)),
        handled=chance.random() < 0.5,
        delay_s=chance.uniform(0.1, 2.0) if event == "start" else chance.choice((0.0, chance.uniform(0, 0.05))),
    )
