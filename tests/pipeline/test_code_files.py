"""Long code as a file: where the platform takes none, the code arrives as text; never twice, never in part."""

import pytest

from hub.agents.port import Done
from hub.channel import Unreachable
from hub.delivery import TRIES
from hub.store import Database
from tests.pipeline.channel import FilingChannel, message
from tests.pipeline.hub import ScriptedHub
from tests.pipeline.model import SHORT

pytestmark = pytest.mark.unit

ANSWER = "See {12345678} end"
WITH_FILE = ["See ", "{12345678}", " end"]
AS_TEXT = ["See ", "{123", "4567", "8}", " end"]


def hub_on(database: Database, channel: FilingChannel) -> ScriptedHub:
    hub = ScriptedHub(database, channel=channel)
    hub.near.will(ANSWER, Done("stop", SHORT))
    return hub


async def state(hub: ScriptedHub) -> str:
    return str((await hub.row("SELECT state FROM reply"))[0])


@pytest.mark.parametrize(("takes_files", "shown"), [(True, WITH_FILE), (False, AS_TEXT)])
async def test_the_code_is_a_file_or_else_text(sqlite_database: Database, takes_files: bool, shown: list[str]) -> None:
    channel = FilingChannel()
    channel.takes_files = takes_files
    hub = hub_on(sqlite_database, channel)
    assert await hub.answered(message("Hello")) == shown
    assert await state(hub) == "delivered"
    assert len(hub.near.calls) == 1


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("then", [True, False])
@pytest.mark.parametrize("edits", range(6))
async def test_a_platform_that_changes_its_mind_between_two_processes(
    sqlite_database: Database, first: bool, then: bool, edits: int
) -> None:
    channel = FilingChannel()
    channel.takes_files = first
    channel.will("final", *[None] * edits, *[Unreachable()] * TRIES)
    hub = hub_on(sqlite_database, channel)
    await hub.answered(message("Hello"))
    assert await state(hub) == ("delivered" if edits >= len(WITH_FILE if first else AS_TEXT) else "attempting")
    if await state(hub) == "delivered":
        return

    channel.takes_files = then
    channel.will("final")
    later = ScriptedHub(sqlite_database, channel=channel)
    await later.rested()
    await later.work()

    assert channel.texts() == (WITH_FILE if then else AS_TEXT)
    assert await state(later) == "delivered"
    assert len(hub.near.calls) == 1
    assert later.near.calls == []
