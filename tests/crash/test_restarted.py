"""PostgreSQL is stopped as by a power cut while a hub works on it; it is started again, or its standby takes over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.simulated.play import play
from tests.crash.simulated.server import Elsewhere, WithStandby, restarted
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


@pytest.fixture
def with_standby(postgresql_server: PostgresqlServer) -> Iterator[WithStandby]:
    with postgresql_server.standby() as standby:
        found = WithStandby(postgresql_server, standby)
        yield found
        found.close()


@pytest.mark.parametrize("seed", [13, 21])
def test_a_hub_goes_on_where_a_standby_takes_over(with_standby: WithStandby, seed: int, tmp_path: Path) -> None:
    outcome = play(restarted(seed), tmp_path / "run", with_standby)
    assert outcome.violations == []
    assert with_standby.stored > 0
    [(log,)] = with_standby.ask("SELECT pg_walfile_name(pg_current_wal_lsn())")
    assert log.startswith("00000002"), "it was not failed over"
