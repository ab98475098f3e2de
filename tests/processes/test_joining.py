"""What a process can be started as, and what it says where it cannot."""

import msgspec
import pytest

from hub.clock import SystemClock, new_id
from hub.config.problems import ConfigError
from hub.config.settings import ChannelSettings, Secret, Settings
from hub.processes import Alone, Peers, Role
from hub.processes.joining import CannotJoin, Part, check_address, joining
from hub.store import Database
from tests.pipeline.hub import settings

pytestmark = pytest.mark.unit


def started(database: Database, part: Part) -> Alone | Peers:
    return joining(database, settings, SystemClock(), part, process=new_id(), shared_by_one=["telegram/main"])


async def test_a_file_has_one_process_that_does_everything(sqlite_database: Database) -> None:
    alone = started(sqlite_database, Part(region="west"))
    assert isinstance(alone, Alone)
    assert (alone.claims(), alone.beside("telegram/main"), alone.notes("x"), await alone.table()) == (
        "",
        None,
        None,
        [],
    )


@pytest.mark.parametrize("role", [Role.GATEWAY, Role.WORKER])
async def test_a_file_has_no_others_beside_it(sqlite_database: Database, role: Role) -> None:
    with pytest.raises(CannotJoin, match=f"only a {role}.*postgresql://"):
        started(sqlite_database, Part(role))


async def test_a_region_must_be_one_of_the_settings(sqlite_database: Database) -> None:
    with pytest.raises(CannotJoin, match=r"no region 'moon'.*Name one of: west, east"):
        started(sqlite_database, Part(region="moon"))


async def test_where_it_stands_says_what_it_claims(postgresql_database: Database) -> None:
    west = started(postgresql_database, Part(Role.WORKER, "west"))
    assert isinstance(west, Peers)
    assert west.claims() == ",east,west,"  # nobody else lives in the zone
    await west.join()
    east = started(postgresql_database, Part(Role.WORKER, "east"))
    assert isinstance(east, Peers)
    await east.join()
    await west.join()
    assert (west.claims(), east.claims()) == (",west,", ",east,")
    everywhere = started(postgresql_database, Part())
    assert everywhere.claims() == ""
    assert west.beside("web/main") is None  # no platform counts what a page is sent
    assert west.beside("telegram/main") is not None
    await east.drain()
    await west.join()
    assert west.claims() == ",east,west,"
    await east.leave()
    assert [line[:3] for line in await west.table()] == [["worker", "west", "serving"]]


def served(**secrets: Secret) -> Settings:
    return msgspec.structs.replace(
        settings(), channels=(ChannelSettings("web", "main", secrets, listen="127.0.0.1:1"),)
    )


@pytest.mark.parametrize("listen", ["garbage", ":8080", "127.0.0.1:99999", "127.0.0.1"])
def test_an_address_on_the_command_line_must_be_one(listen: str) -> None:
    with pytest.raises(ConfigError, match="is not host:port"):
        check_address(Part(listen=listen), served())


def test_a_page_that_others_reach_has_a_secret_wherever_its_address_stands() -> None:
    with pytest.raises(ConfigError, match="has no secret"):
        check_address(Part(listen="0.0.0.0:8080"), served())
    check_address(Part(Role.WORKER, listen="0.0.0.0:8080"), served())
    check_address(Part(listen="0.0.0.0:8080"), served(secret=Secret("a-secret-that-is-long", "env:WEB_SECRET")))
    for listen in (None, "", "127.0.0.1:0", "[::1]:8080"):
        check_address(Part(listen=listen), served())
