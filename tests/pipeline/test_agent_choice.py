"""Who answers in a chat: the agent that serves it, or the one that people chose."""

import pytest

from hub import phrases
from hub.config.settings import Agent, Deployment, Serves
from hub.messages import Message
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, agent, changed, settings

pytestmark = pytest.mark.unit

SALES = agent(name="sales", purpose="Prices", prompt="You sell.", serves=(), offers=(Serves("chat"),))


def hub_with(database: Database, *others: Agent, served: Agent | None = None) -> ScriptedHub:
    hub = ScriptedHub(database, served=served)
    hub.settings = settings(served or agent(), *others)
    return hub


async def systems(hub: ScriptedHub, *messages: Message) -> list[str]:
    """The system prompts with which the messages were answered."""
    before = len(hub.near.calls)
    await hub.answered(*messages)
    return [call.system for call in hub.near.calls[before:]]


async def test_a_chosen_agent_answers_until_people_go_back(database: Database) -> None:
    hub = hub_with(database, SALES)

    assert await systems(hub, message("one", 1)) == ["You answer."]
    assert await systems(hub, message("/agent Sales", 2), message("two", 3)) == ["You sell."]
    assert await systems(hub, message("/agent default", 4), message("three", 5)) == ["You answer."]

    assert hub.channel.texts()[1] == phrases.AGENT_CHOSEN.format(agent="sales")
    assert hub.channel.texts()[3] == phrases.AGENT_CHOSEN.format(agent="support")
    rows = await hub.rows("SELECT agent FROM ledger ORDER BY id")
    assert [row[0] for row in rows] == ["support", "sales", "support"]


async def test_each_agent_reads_only_what_was_said_to_itself(database: Database) -> None:
    hub = hub_with(database, SALES)

    await hub.answered(
        message("for support", 1),
        message("/agent sales", 2),
        message("for sales", 3),
        message("/agent default", 4),
        message("again", 5),
    )

    said = [[turn.text for turn in call.turns] for call in hub.near.calls]
    assert said[1] == ["for sales"]
    assert said[2] == ["for support", "You said: for support", "again"]


async def test_a_choice_holds_for_its_conversation_alone(sqlite_database: Database) -> None:
    hub = hub_with(sqlite_database, SALES)

    await hub.answered(message("/agent sales", 1, chat="1"))

    assert await systems(hub, message("Hello", 1, chat="2")) == ["You answer."]


async def test_it_shows_who_answers_and_who_is_offered(sqlite_database: Database) -> None:
    hub = hub_with(sqlite_database, SALES, agent(name="secret", serves=(Serves("elsewhere"),)))

    (said,) = await hub.answered(message("/agent"))

    assert said.splitlines() == [
        "support answers here.",
        "",
        "sales – Prices",
        "support – Answers",
        "",
        phrases.AGENT_CHOICES,
    ]


async def test_an_agent_alone_is_shown_without_a_list(sqlite_database: Database) -> None:
    assert await hub_with(sqlite_database).answered(message("/agent")) == ["support answers here."]


@pytest.mark.parametrize("name", ["secret", "nobody", "sales please"])
async def test_an_agent_that_is_not_offered_cannot_be_chosen(sqlite_database: Database, name: str) -> None:
    hub = hub_with(sqlite_database, SALES, agent(name="secret", prompt="Secret.", serves=(Serves("elsewhere"),)))

    said = await hub.answered(message(f"/agent {name}", 1))

    assert said == [phrases.AGENT_UNKNOWN.format(names="sales, support")]
    assert await systems(hub, message("Hello", 2)) == ["You answer."]


async def test_the_choice_of_an_agent_that_is_no_more_falls_back(database: Database) -> None:
    hub = hub_with(database, SALES)
    await hub.answered(message("/agent sales", 1))
    hub.settings = settings(agent())

    assert await systems(hub, message("Hello", 2)) == ["You answer."]
    assert (await hub.answered(message("/agent", 3)))[-1] == "support answers here."


async def test_where_agents_are_only_offered_people_choose_one(database: Database) -> None:
    hub = hub_with(database, SALES, served=agent(serves=(), offers=(Serves("chat"),)))

    said = await hub.answered(message("Hello", 1), message("/agent", 2), message("/agent default", 3))

    assert said[0] == phrases.CHOOSE_FIRST
    assert said[1].startswith(phrases.AGENT_NONE)
    assert said[2] == phrases.AGENT_NONE
    assert await systems(hub, message("/agent sales", 4), message("Hello", 5)) == ["You sell."]


async def test_where_nobody_is_offered_nothing_can_be_chosen(sqlite_database: Database) -> None:
    hub = hub_with(sqlite_database, served=agent(serves=()))

    said = await hub.answered(message("/agent", 1), message("/agent support", 2), message("/region", 3))

    assert said[:2] == [phrases.NOT_SERVED] * 2
    assert phrases.NOT_SERVED in said[2]


async def test_a_chosen_agent_that_answers_all_is_heard_by_nobody_else(database: Database) -> None:
    loud = changed(SALES, offers=(Serves("chat", chat="1", always=True),))
    hub = hub_with(database, loud)

    assert await systems(hub, changed(message("among us", 1), addressed=False)) == []
    await hub.answered(message("/agent sales", 2))
    assert await systems(hub, changed(message("among us", 3), addressed=False)) == ["You sell."]
    await hub.answered(message("/agent default", 4))
    assert await systems(hub, changed(message("among us", 5), addressed=False)) == []


async def test_the_home_follows_a_strict_agent_into_its_zone(sqlite_database: Database) -> None:
    strict = changed(
        SALES,
        residency="strict",
        default_zone="eu",
        deployments=(Deployment("support-east", "sales", "east", "openai"),),
    )
    hub = hub_with(sqlite_database, strict)
    regions = hub.settings.regions
    hub.settings = changed(hub.settings, regions={**regions, "east": changed(regions["east"], residency="eu")})

    await hub.answered(message("/agent sales", 1))

    assert (await hub.row("SELECT home_region FROM conversation"))[0] == "east"
