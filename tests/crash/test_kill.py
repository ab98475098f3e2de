"""The hub is killed in the middle of its work, and nothing is lost, answered twice or left uncharged."""

from pathlib import Path

import pytest

from tests.crash.run import run
from tests.crash.scenario import graceful, scenario

pytestmark = [pytest.mark.crash, pytest.mark.long]


@pytest.mark.parametrize("seed", [3])
async def test_whatever_moment_it_is_killed_at_everyone_is_answered_once(seed: int, tmp_path: Path) -> None:
    outcome = await run(scenario(seed), tmp_path)

    assert outcome.figures.violations == []
    assert outcome.kills >= 2


async def test_a_hub_that_is_told_to_end_leaves_nothing_uncertain_to_the_next(tmp_path: Path) -> None:
    outcome = await run(graceful(1), tmp_path)

    assert outcome.figures.violations == []
    assert outcome.figures.rows == {"": outcome.figures.calls}
