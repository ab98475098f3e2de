"""PostgreSQL is stopped as by a power cut while a hub works on it, and started again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.simulated.play import play
from tests.crash.simulated.server import Elsewhere, restarted
from tests.postgres import PostgresqlServer

pytestmark = pytest.mark.crash


@pytest.fixture
def elsewhere(postgresql_server: PostgresqlServer) -> Iterator[Elsewhere]:
    """What was committed is on the disk here, as it is not in other tests."""
    found = Elsewhere(postgresql_server)
    found.configure("SET synchronous_commit = on")
    yield found
    found.configure("SET synchronous_commit = off")
    found.close()


@pytest.mark.parametrize("seed", [9, 13])
def test_a_hub_goes_on_where_its_database_comes_back(elsewhere: Elsewhere, seed: int, tmp_path: Path) -> None:
    outcome = play(restarted(seed), tmp_path / "run", elsewhere)
    assert outcome.violations == []
