"""Answers given again: to whom, for how long, at what cost, and never where they could be wrong."""

from typing import Any

import pytest

from hub.config.settings import ReuseSettings
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, agent

pytestmark = pytest.mark.unit

ASKED = "How do I change a flat tyre?"


def reusing(database: Database, **changes: Any) -> ScriptedHub:
    return ScriptedHub(database, served=agent(**{"reuse": ReuseSettings(hours=24)} | changes))


def calls(hub: ScriptedHub) -> int:
    return len(hub.near.calls) + len(hub.far.calls)


async def test_a_question_that_two_people_ask_is_answered_by_one_call(database: Database) -> None:
    hub = reusing(database)

    first = await hub.answered(message(ASKED, chat="1"))
    both = await hub.answered(message("how do I change a flat tyre", chat="2"))

    assert both == [*first, *first]
    assert calls(hub) == 1
    assert await hub.open_holds() == 0
