"""Drift: what the processes of a hub, and the deployments of an agent, have that they should not."""

from typing import Any

import msgspec
import pytest

from hub.config.settings import ContextSettings, Deployment
from hub.drift import drift
from hub.routing import Fleet, Verdict
from hub.routing.sight import Sight, sight
from tests.pipeline.hub import FAR, NEAR, Hurried, agent, settings

pytestmark = pytest.mark.unit


def seen(*, answers: dict[str, str] | None = None, **changes: Any) -> Sight:
    """Of a process with these settings, in which each of these deployments answered as this model."""
    served = agent(**changes)
    fleet = Fleet(now=Hurried().monotonic, random=lambda: 0.5)
    fleet.renew([served])
    for name, model in (answers or {}).items():
        visit = fleet.enter(name)
        visit.begin()
        visit.end(Verdict.FINE, 0.3, model="coin", answered_as=model)
    return sight(fleet, settings(served))


def test_where_all_is_the_same_nothing_is_told() -> None:
    answers = {NEAR: "coin-2026-01", FAR: "coin-2026-01"}
    assert drift([seen(answers=answers), seen(answers=answers)], settings(agent())) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prompt": "You answer at length."}, "prompt"),
        ({"faq": "## When?\n\nNow.\n"}, "prompt"),
        ({"tiers": {"simple": "dear"}}, "models"),
        ({"context": ContextSettings(tokens=2_000)}, "limits"),
        ({"deployments": agent().deployments[:1]}, "deployments"),
        (
            {"deployments": (msgspec.structs.replace(agent().deployments[0], url="https://elsewhere.example.com"),)},
            "deployments",
        ),
    ],
)
def test_processes_with_other_settings_are_told_apart(changes: dict[str, Any], words: str) -> None:
    (line,) = drift([seen(), seen(), seen(**changes)], settings(agent()))
    assert line.startswith(f"support: not all processes have the same {words} (2 with ")
    assert "1 with" in line


def test_an_agent_that_not_all_have() -> None:
    (line,) = drift([seen(), Sight((), ())], settings(agent()))
    assert line == "support: 1 of 2 processes have it; `trunkline reload` tells all"


def test_deployments_that_answer_as_different_models() -> None:
    (line,) = drift([seen(answers={NEAR: "coin-2026-01", FAR: "coin-2025-07"})], settings(agent()))
    assert line == "support: asked for coin, support-east answers as coin-2025-07; support-west answers as coin-2026-01"


def test_one_deployment_that_answers_differently_in_two_processes() -> None:
    (line,) = drift([seen(answers={NEAR: "a"}), seen(answers={NEAR: "b"})], settings(agent()))
    assert line == "support: asked for coin, support-west answers as a; support-west answers as b"


def test_deployments_that_take_different_numbers_of_calls() -> None:
    def deployment(name: str, api: str, most: int) -> Deployment:
        return Deployment(name, "support", "west", api, max_concurrency=most)

    served = agent(deployments=(deployment("a", "openai", 20), deployment("b", "openai", 5), deployment("c", "faq", 7)))
    assert drift([], settings(served)) == ["support: max_concurrency differs: a takes 20; b takes 5"]
