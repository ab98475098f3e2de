"""What follows a failed call: the same deployment again, another one, or no more."""

from collections.abc import Callable

import msgspec

from hub.agents.port import AgentError, Kind

ATTEMPTS = 4
"""For one answer, over all deployments: three repetitions outlast a short disturbance, more make a long one worse."""
BASE_S = 0.25
CAP_S = 8.0
"""Of the exponential backoff, and of a wait that is worth making here while another deployment may stand by."""
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


def next_step(error: AgentError, attempt: int, *, random: Callable[[], float]) -> Retry | Elsewhere | GiveUp:
    """The next step after `error`; `attempt` counts the calls made for this answer so far, from 1.

    | kind         | after the first failure     | after later ones | because                               |
    |--------------|-----------------------------|------------------|---------------------------------------|
    | throttled    | here again, if within 8 s; else elsewhere     || it said when it will answer           |
    | overloaded   | here again, if within 8 s   | elsewhere        | it passes in a moment, or it is down  |
    | cut          | here again, if within 8 s   | elsewhere        | a connection broke, or the server did |
    | unreachable  | elsewhere                   | elsewhere        | nothing answers there                 |
    | timed_out    | elsewhere                   | elsewhere        | the person has waited long already    |
    | garbled      | elsewhere                   | elsewhere        | what is broken stays so for a while   |
    | unauthorized | elsewhere, never here again                   || another deployment has its own key    |
    | rejected     | give up                     |                  | the same request fails the same way   |
    | too_long     | give up                     |                  | likewise; compose a shorter prompt    |
    | filtered     | give up                     |                  | likewise                              |

    A wait is never shorter than the provider's Retry-After. Backoff has full jitter: anything from nothing to
    0.25 s doubled with each attempt, 8 s at the most, so that many callers do not come back together.
    """
    if attempt >= ATTEMPTS or error.kind in (Kind.REJECTED, Kind.TOO_LONG, Kind.FILTERED):
        return GiveUp()
    if error.kind is Kind.UNAUTHORIZED:
        return Elsewhere(None)
    after_s = _wait_s(error, attempt, random)
    if error.kind is Kind.THROTTLED:
        return Retry(after_s) if after_s <= CAP_S else Elsewhere(after_s)
    if error.kind in (Kind.OVERLOADED, Kind.CUT) and attempt == 1 and after_s <= CAP_S:
        return Retry(after_s)
    return Elsewhere(after_s)


def _wait_s(error: AgentError, attempt: int, random: Callable[[], float]) -> float:
    jitter = random() * min(CAP_S, BASE_S * 2.0 ** (attempt - 1))
    if error.retry_after_s is None:
        return jitter
    # On top of the wait, so that all who were refused together do not come back together.
    return error.retry_after_s + SLACK_S + min(jitter, BASE_S)
