"""The short form of `python -m tests.fleet.long`: a gateway and a worker are killed while everybody writes.

Nothing is lost, nothing doubled, no budget overspent, and the ledger has what the provider would bill.
"""

from pathlib import Path

import pytest

from tests.fleet.storm import Storm, run
from tests.fleet.town import Town, crowd

pytestmark = [pytest.mark.fleet, pytest.mark.long]

PEOPLE, MESSAGES = 66, 2
SEED = 5
MEMBERS = (("gateway", "us-west"), ("gateway", "eu-west"), ("worker", "us-east"), ("worker", "eu-west"))
ORDER = (2, 0)
"""The worker that serves two regions, then the gateway that came first or second."""


async def test_a_fleet_survives_kills(postgresql_url: str, tmp_path: Path) -> None:
    town = Town(crowd(PEOPLE, MESSAGES), seed=SEED, spread_s=2.0, between_s=0.03)
    storm = Storm(
        seed=SEED,
        every_s=(0.5, 0.9),
        seconds=20.0,
        answered_within_s=240.0,
        back_after_s=(0.0, 0.1),
        most_kills=len(ORDER),
        members=MEMBERS,
        first=ORDER,
    )
    async with town.open():
        outcome = await run(town, storm, tmp_path, postgresql_url)
    figures = outcome.figures
    assert figures.violations == [], f"seed {SEED}"
    assert figures.said == PEOPLE * MESSAGES
    assert figures.answered + figures.refused == figures.said
    assert sum(outcome.kills.values()) == len(ORDER)
    assert outcome.samples > 50
