"""What follows a failed call: the same deployment again, another one, or no more."""

from collections.abc import Callable

import msgspec

from hub.agents.port import AgentError, Kind

ATTEMPTS = 4
"""For one answer, over all deployments: three repetitions outlast a short disturbance, more make a long one worse."""
BASE_S = 0.25
CAP_S = 8.0
"""Of the exponential backoff."""
HERE_S = 2.0
"""A wait that is worth making here while another deployment may stand by."""
SLACK_S = 0.05
"""Clocks differ a little; a request that comes too early lands in the same window and is refused again."""


class Retry(msgspec.Struct, frozen=True):
    """The same deployment again, no sooner than `after_s` seconds from now."""

    after_s: float


class Elsewhere(msgspec.Struct, frozen=True):
    """Another deployment, at once.

    Where there is no other: this one no sooner than `after_s` seconds from now, or not at all where that is None.
    """

    after_s: float | None


class GiveUp(msgspec.Struct, frozen=True):
    """No deployment would answer this; tell the person."""


class Rule(msgspec.Struct, frozen=True):
    """What follows one kind of failure."""

    first: str
    """After an answer's first failure: `here`, `elsewhere`, `elsewhere for good` or `give up`."""
    later: str
    """After its later ones."""
    health: str
    """What it says of the deployment: a Verdict of hub.routing."""
    because: str


RULES: dict[Kind, Rule] = {
    Kind.THROTTLED: Rule("here", "elsewhere", "full", "it says when it will answer again"),
    Kind.OVERLOADED: Rule("here", "elsewhere", "fault", "it passes in a moment, or it is down"),
    Kind.CUT: Rule("here", "elsewhere", "fault", "a connection broke, or the server did"),
    Kind.UNREACHABLE: Rule("elsewhere", "elsewhere", "fault", "nothing answers there"),
    Kind.TIMED_OUT: Rule("elsewhere", "elsewhere", "fault", "the person has waited long already"),
    Kind.GARBLED: Rule("elsewhere", "elsewhere", "fault", "what is broken stays so for a while"),
    Kind.UNAUTHORIZED: Rule(
        "elsewhere for good", "elsewhere for good", "refused", "another deployment has a key of its own"
    ),
    Kind.MISSING: Rule("elsewhere for good", "elsewhere for good", "lacks", "another deployment may have the model"),
    Kind.REJECTED: Rule("give up", "give up", "nothing", "the same request fails the same way everywhere"),
    Kind.TOO_LONG: Rule("give up", "give up", "nothing", "likewise; the person is told to begin afresh"),
    Kind.FILTERED: Rule("give up", "give up", "nothing", "likewise; the person is told to put it in another way"),
}
"""The one table of failover; docs/failover.md shows it as `rules_table` writes it."""


OTHER_MODEL = frozenset({Kind.THROTTLED, Kind.OVERLOADED, Kind.TIMED_OUT, Kind.GARBLED, Kind.CUT})
"""Where no other deployment is left, the agent's cheaper model may do what the dearer one does not."""


def rules_table() -> str:
    """The rules as a Markdown table."""
    lines = [
        "| kind | after the first failure | after later ones | says of the deployment | because |",
        "|---|---|---|---|---|",
    ]
    for kind, rule in RULES.items():
        first, later = (
            f"here again, if within {HERE_S:.0f} s; else elsewhere" if step == "here" else step
            for step in (rule.first, rule.later)
        )
        lines.append(f"| {kind.value} | {first} | {later} | {rule.health} | {rule.because} |")
    return "\n".join(lines) + "\n"


def next_step(error: AgentError, attempt: int, *, random: Callable[[], float]) -> Retry | Elsewhere | GiveUp:
    """The next step after `error`, by RULES; `attempt` counts the calls made for this answer so far, from 1.

    A wait is never shorter than the provider's Retry-After. Backoff has full jitter: anything from nothing to
    0.25 s doubled with each attempt, 8 s at the most, so that many callers do not come back together.
    """
    rule = RULES[error.kind]
    step = rule.first if attempt == 1 else rule.later
    if attempt >= ATTEMPTS or step == "give up":
        return GiveUp()
    if step == "elsewhere for good":
        return Elsewhere(None)
    after_s = _wait_s(error, attempt, random)
    return Retry(after_s) if step == "here" and after_s <= HERE_S else Elsewhere(after_s)


def _wait_s(error: AgentError, attempt: int, random: Callable[[], float]) -> float:
    jitter = random() * min(CAP_S, BASE_S * 2.0 ** (attempt - 1))
    if error.retry_after_s is None:
        return jitter
    # On top of the wait, so that all who were refused together do not come back together.
    return error.retry_after_s + SLACK_S + min(jitter, BASE_S)
