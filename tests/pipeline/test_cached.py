"""What a provider keeps of a prompt: told where its API asks, read back from its bills, shown to people and admins."""

import pytest

from hub import phrases
from hub.agents.port import Done, Request, Usage
from hub.config.settings import ContextSettings, Price
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, agent, changed
from tests.pipeline.test_steering import admin, steered

pytestmark = pytest.mark.unit

KEEPING = Price(input=2_000_000, cached_input=200_000, cache_write=2_500_000, output=8_000_000)
"""Nano-dollars for a million tokens."""


async def requests(hub: ScriptedHub, *texts: str) -> list[Request]:
    for number, text in enumerate(texts, 1):
        await hub.answered(message(text, number))
    return hub.near.calls


async def test_all_but_the_newest_message_stays(database: Database) -> None:
    first, second, third = await requests(ScriptedHub(database), "One", "Two", "Three")
    assert [turn.stays for turn in first.turns] == [False]
    assert [turn.stays for turn in second.turns] == [False, True, False]
    assert [turn.stays for turn in third.turns] == [False, False, False, True, False]
    assert first.cache_key == second.cache_key == third.cache_key
    assert len(first.cache_key) == 32


async def test_conversations_have_keys_that_say_nothing_of_them(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    await hub.answered(message("One", 1, "77"), message("One", 1, "78"))
    one, other = {request.cache_key for request in hub.near.calls}
    assert "77" not in (one[:2], other[:2])


async def test_nothing_is_kept_where_the_agent_says_so(sqlite_database: Database) -> None:
    served = agent(context=ContextSettings(tokens=3000, max_output=600, cache=False))
    for request in await requests(ScriptedHub(sqlite_database, served=served), "One", "Two"):
        assert request.cache_key == ""
        assert not any(turn.stays for turn in request.turns)


async def test_what_the_cache_gave_is_shown_with_what_it_saved(database: Database) -> None:
    hub = steered(database)
    hub.settings = changed(hub.settings, prices={"coin": KEEPING})
    # 3,000,000 cached cost 600,000 instead of 6,000,000 nano-dollars; writing 1,000,000 cost 500,000 more than reading.
    usage = Usage(input=5_000_000, cached_input=3_000_000, cache_write=1_000_000)
    hub.near.will("Yes", Done("stop", usage))
    hub.near.will("Yes", Done("stop", Usage(input=1_000_000)))
    await hub.answered(message("Hello"), message("Somebody else", 1, "2"))

    told = phrases.CACHED.format(tokens="6,000,000", share="50 %", cost="$0.0049")
    assert told in (await hub.answered(admin("/costs today", 3)))[-1].splitlines()
    said = [await hub.answered(message("/usage", 2, chat)) for chat in ("1", "2")]
    lines = [text for each in said for text in each[-1].splitlines() if "caches" in text]
    assert lines == [phrases.CACHED.format(tokens="5,000,000", share="60 %", cost="$0.0049")]


async def test_a_cache_that_costs_more_than_it_gives_is_told_too(sqlite_database: Database) -> None:
    hub = steered(sqlite_database)
    hub.settings = changed(hub.settings, prices={"coin": KEEPING})
    hub.near.will("Yes", Done("stop", Usage(input=9_000_000, cached_input=1_000_000, cache_write=8_000_000)))
    await hub.answered(message("Hello"))
    told = phrases.CACHED.format(tokens="9,000,000", share="11 %", cost="-$0.0022")
    assert told in (await hub.answered(message("/usage", 2)))[-1].splitlines()
