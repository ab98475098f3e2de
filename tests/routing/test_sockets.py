"""What is measured over real sockets, in small: the benches run, and the servers of a strict agent hear nobody else."""

from pathlib import Path

import pytest

from bench.region_dies import die
from bench.residency import CHOICES, overhear
from bench.routing_sockets import BALANCERS, run

pytestmark = pytest.mark.wire


async def test_no_server_of_a_strict_agent_gets_words_of_another_zone(tmp_path: Path) -> None:
    got = await overhear(250, tmp_path, seed=7)
    assert got.outside == []
    assert got.answered == got.messages == 250
    assert sum(got.marks.values()) > sum(got.requests.values())  # they were sent a past that could have been another's
    assert {*got.requests} == {*CHOICES}


@pytest.mark.parametrize("balancer", BALANCERS)
async def test_the_balancers_experiment_runs(balancer: str) -> None:
    outcome = await run(balancer, rate=40.0, seconds=0.6, seed=1)
    assert outcome.requests > 5


async def test_when_a_region_dies_nobody_sees_it(tmp_path: Path) -> None:
    seen = await die("refused", tmp_path, rate=30.0, well_s=0.5, ill_s=1.5, after_s=0.5, seed=1)
    assert seen.messages > 1
    assert seen.failed == 0
