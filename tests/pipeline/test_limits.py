"""Limits in the pipeline: who is over one is told once how long to wait, at no cost; a shared one is waited for."""

import asyncio
from typing import Any

import pytest

from hub.config.settings import Limits, Rate
from hub.messages import Hints
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, changed

pytestmark = pytest.mark.unit


def limited(hub: ScriptedHub, **limits: Any) -> ScriptedHub:
    hub.settings = changed(hub.settings, limits=Limits(**limits))
    return hub


async def reasons(hub: ScriptedHub) -> list[str]:
    return [row[0] for row in await hub.rows("SELECT reason FROM message ORDER BY conversation, position")]


async def test_over_the_limit_one_is_told_once_and_it_costs_nothing(database: Database) -> None:
    hub = limited(ScriptedHub(database), person={"free": Rate(2, 3600)})

    shown = await hub.answered(*(message(f"Question {number}", number) for number in range(5)))

    assert shown[:2] == ["You said: Question 0", "You said: Question 1"]
    assert shown[2:] == ["You have asked as much as you may for now. You can ask again in 1 h."]
    assert len(hub.near.calls) == len(await hub.ledger()) == 2
    assert await hub.open_holds() == 0
    assert await hub.outcomes() == ["answered"] * 3 + ["refused"] * 2
    assert await reasons(hub) == ["", ""] + ["over the limit of free people: 2 in 1 h"] * 3
    listed = await hub.rows("SELECT id FROM message WHERE reason <> ''")
    assert len(listed) == 3


async def test_the_wait_is_told_in_the_persons_language(sqlite_database: Database) -> None:
    hub = limited(ScriptedHub(sqlite_database), person={"free": Rate(1, 60)})
    shown = await hub.answered(*(changed(message("Hallo", n), hints=Hints(language="de")) for n in (1, 2)))
    assert shown[1].startswith("Du hast für jetzt so viel gefragt, wie du darfst. In ")


async def test_commands_are_no_questions(sqlite_database: Database) -> None:
    hub = limited(ScriptedHub(sqlite_database), person={"free": Rate(1, 3600)})
    shown = await hub.answered(*(message("/why", number) for number in range(4)), message("Hello", 9))
    assert shown[-1] == "You said: Hello"


async def test_a_tier_has_its_own_limit_and_owners_none(sqlite_database: Database) -> None:
    hub = limited(
        ScriptedHub(sqlite_database, admins=("chat:boss",)), person={"free": Rate(1, 60), "paid": Rate(3, 60)}
    )
    await hub.say(message("Hello", 0, chat="paying", id="paying"))
    await hub.execute("UPDATE person SET tier = 'paid'")
    for name in ("paying", "boss", "poor"):
        await hub.say(*(message("Hello", n, chat=name, id=name) for n in range(1, 5)))
    await hub.work()
    outcomes = await hub.rows(
        "SELECT m.conversation, SUM(CASE WHEN m.reason = '' THEN 1 ELSE 0 END) FROM message m GROUP BY 1 ORDER BY 1"
    )
    assert {row[0]: row[1] for row in outcomes} == {"chat/main/boss": 4, "chat/main/paying": 3, "chat/main/poor": 1}


async def test_at_an_agents_limit_ordinary_traffic_waits_in_the_queue(sqlite_database: Database) -> None:
    hub = limited(ScriptedHub(sqlite_database), agents={"support": Rate(5, 60)})
    await hub.answered(*(message("Hello", 1, chat=str(chat), id=f"u{chat}") for chat in range(5)))
    assert len(hub.channel.texts()) == 4
    assert sorted(await hub.outcomes()) == ["", *["answered"] * 4]
    (due,) = await hub.rows("SELECT due_ms FROM conversation WHERE due_ms IS NOT NULL")
    assert 50_000 < due[0] - hub.clock.now_ms() <= 60_001

    await hub.say(message("Hello", 1, chat="x", id="guest"))
    await hub.execute("UPDATE person SET tier = 'enterprise' WHERE id = 'chat/guest'")
    await hub.work()
    assert len(hub.channel.texts()) == 5


async def test_who_would_wait_long_for_an_agent_is_told(sqlite_database: Database) -> None:
    hub = limited(ScriptedHub(sqlite_database), agents={"support": Rate(1, 3600)})
    shown = await hub.answered(*(message("Hello", n, chat=str(n), id=f"u{n}") for n in range(3)))
    told = "So many people are asking now that there is no room for more. Please ask again in 1 h."
    assert sorted(shown) == [told, told, "You said: Hello"]


async def test_a_question_taken_up_after_a_kill_counts_once(sqlite_database: Database) -> None:
    hub = limited(ScriptedHub(sqlite_database), person={"free": Rate(1, 3600)})
    hub.near.will("cut off", asyncio.Event())
    await hub.say(message("Hello"))
    work = asyncio.create_task(hub.work())
    while not hub.near.at_work:
        await asyncio.sleep(0.001)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)

    again = limited(ScriptedHub(sqlite_database, channel=hub.channel), person={"free": Rate(1, 3600)})
    await again.rested()
    await again.work()
    assert again.channel.texts() == ["You said: Hello"]
