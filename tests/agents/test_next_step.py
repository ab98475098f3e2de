"""The step after an error."""

import itertools
from pathlib import Path

import pytest

from hub.agents.next_step import ATTEMPTS, BASE_S, CAP_S, RULES, Elsewhere, GiveUp, Retry, next_step, rules_table
from hub.agents.port import AgentError, Kind

pytestmark = pytest.mark.unit


def error(kind: Kind, retry_after_s: float | None = None) -> AgentError:
    return AgentError(kind, "", sent=True, retry_after_s=retry_after_s)


@pytest.mark.parametrize(
    ("kind", "first", "later"),
    [
        (Kind.THROTTLED, Retry, Elsewhere),
        (Kind.OVERLOADED, Retry, Elsewhere),
        (Kind.CUT, Retry, Elsewhere),
        (Kind.UNREACHABLE, Elsewhere, Elsewhere),
        (Kind.TIMED_OUT, Elsewhere, Elsewhere),
        (Kind.GARBLED, Elsewhere, Elsewhere),
        (Kind.UNAUTHORIZED, Elsewhere, Elsewhere),
        (Kind.MISSING, Elsewhere, Elsewhere),
        (Kind.REJECTED, GiveUp, GiveUp),
        (Kind.TOO_LONG, GiveUp, GiveUp),
        (Kind.FILTERED, GiveUp, GiveUp),
    ],
)
def test_each_kind_has_its_step(kind: Kind, first: type, later: type) -> None:
    assert type(next_step(error(kind), 1, random=lambda: 0.5)) is first
    assert type(next_step(error(kind), 2, random=lambda: 0.5)) is later
    assert next_step(error(kind), ATTEMPTS, random=lambda: 0.5) == GiveUp()


def test_every_kind_is_in_the_table_that_the_docs_show() -> None:
    assert set(RULES) == set(Kind)
    page = (Path(__file__).parents[2] / "docs" / "failover.md").read_text(encoding="utf-8")
    assert rules_table() in page


def test_a_key_that_does_not_work_is_never_tried_again_here() -> None:
    assert next_step(error(Kind.UNAUTHORIZED, 1.0), 1, random=lambda: 0.5) == Elsewhere(None)


@pytest.mark.parametrize("asked_s", [0.0, 0.2, 1.0, 7.0, 30.0, 86_400.0])
def test_never_earlier_than_retry_after(asked_s: float) -> None:
    for kind, attempt, chance in itertools.product(Kind, range(1, ATTEMPTS), (0.0, 0.5, 0.999)):
        step = next_step(error(kind, asked_s), attempt, random=lambda chance=chance: chance)
        if not isinstance(step, GiveUp) and step.after_s is not None:
            assert step.after_s > asked_s


def test_a_long_wait_is_spent_elsewhere() -> None:
    step = next_step(error(Kind.THROTTLED, 60.0), 1, random=lambda: 0.0)
    assert isinstance(step, Elsewhere)
    assert step.after_s is not None
    assert step.after_s > 60.0


def test_backoff_doubles_with_full_jitter_up_to_its_cap() -> None:
    def wait(attempt: int, chance: float) -> float | None:
        step = next_step(error(Kind.TIMED_OUT), attempt, random=lambda: chance)
        assert isinstance(step, Elsewhere)
        return step.after_s

    assert [wait(n, 1.0) for n in (1, 2, 3)] == [BASE_S, 2 * BASE_S, 4 * BASE_S]
    assert [wait(n, 0.0) for n in (1, 2, 3)] == [0.0, 0.0, 0.0]
    assert BASE_S * 2 ** (ATTEMPTS - 1) <= CAP_S
