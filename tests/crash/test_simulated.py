"""The twelve scenarios, simulated: a short set of what `python -m tests.crash --runs 2000` plays."""

from collections import defaultdict

import pytest

from tests.crash.simulated.faults import FAULTS
from tests.crash.simulated.many import Run, many
from tests.crash.simulated.plan import SCENARIOS, plan

pytestmark = [pytest.mark.crash, pytest.mark.long]

SEEDS = range(1, 3)
ONCE_WRONG = {
    (11, 24): "a rest was put off by a day with the clock",
    (11, 35): "a post was put off by a day with the clock",
    (11, 39): "a post was put off by an hour with the clock",
    (8, 21): "a draft of a turn whose lease had run out grew over the answer that another turn had given",
    (11, 44): "the same, after the clock was set forward by hours",
    (11, 133): "a post was put off by a day with the clock, while no hub ran",
    (11, 115): "a message was stored while the clock was ahead, and it was set back in part before anybody looked",
}
"""Runs that found something in the hub, and what it was; the seeds are played on as they are."""
SEEN_IN: dict[str, tuple[int, tuple[int, ...]]] = {
    "confirmed before the commit": (1, (2, 3)),
    "stored twice": (8, (1,)),
    "not settled": (5, (1, 2)),
    "settled apart from the answer": (5, (1, 2)),
    "lost calls are not charged": (4, (1,)),
    "marked before it is sent": (7, (8, 9, 11)),
    "sent anew after a death": (4, (1,)),
    "orphans are not listed": (7, (1, 2, 3)),
    "uncertain posts are repeated": (7, (3, 7, 9, 10)),
    "budgets are not asked": (3, (1, 2, 7)),
}
"""Scenario and seeds; each fault that is put in by hand must show in one of them.

Where a death falls moves a little with each change of the hub, so that of one seed alone it would be chance.
"""
Key = tuple[int, int, str]


@pytest.fixture(scope="module")
def runs() -> dict[Key, list[Run]]:
    """All of them at once, in two processes."""
    wanted: list[tuple[int, int] | Key] = [(scenario, seed) for seed in SEEDS for scenario in SCENARIOS]
    wanted += [(scenario, 1) for scenario in SCENARIOS]  # once more, and later
    wanted += list(ONCE_WRONG)
    wanted += [(scenario, seed, name) for name, (scenario, seeds) in SEEN_IN.items() for seed in seeds]
    found: dict[Key, list[Run]] = defaultdict(list)
    for run in many(wanted, 2, lambda _: None):
        found[run.scenario, run.seed, run.broken_by].append(run)
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda number: f"{number}: {SCENARIOS[number]}")
def test_everyone_is_answered_once_and_every_cent_is_logged(
    runs: dict[Key, list[Run]], scenario: int, seed: int
) -> None:
    for run in runs[scenario, seed, ""]:
        assert run.good, f"python -m tests.crash --scenario {scenario} --seed {seed}: {run.wrong}"


@pytest.mark.parametrize(("scenario", "seed"), ONCE_WRONG)
def test_what_was_wrong_once(runs: dict[Key, list[Run]], scenario: int, seed: int) -> None:
    for run in runs[scenario, seed, ""]:
        assert run.good, f"again: {ONCE_WRONG[scenario, seed]}: {run.wrong}"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_same_seed_is_the_same_run(runs: dict[Key, list[Run]], scenario: int) -> None:
    one, other = runs[scenario, 1, ""]
    assert one.outcome is not None
    assert other.outcome is not None
    assert one.outcome.digest == other.outcome.digest


@pytest.mark.parametrize("scenario", range(1, 8))
def test_the_hub_dies_where_the_scenario_says(runs: dict[Key, list[Run]], scenario: int) -> None:
    ends = [end for seed in SEEDS for run in runs[scenario, seed, ""] if run.outcome for end in run.outcome.ended_at]
    assert any(death.at in ends for seed in SEEDS for death in plan(scenario, seed).deaths)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_is_put_in_by_hand_is_seen(runs: dict[Key, list[Run]], name: str) -> None:
    scenario, seeds = SEEN_IN[name]
    found = [run for seed in seeds for run in runs[scenario, seed, name]]
    assert [run.broken for run in found] == [""] * len(seeds)
    assert any(run.wrong for run in found), name
