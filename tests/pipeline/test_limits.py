"""Limits in the pipeline: who is over one is told once how long to wait, at no cost; a shared one is waited for."""

import asyncio
from typing import Any

import pytest

from hub import phrases
from hub.agents.port import Kind
from hub.config.settings import Agent, Budget, KeyRates, Limits, Rate, Secret
from hub.limits.keys import Keys
from hub.messages import Hints
from hub.store import Database, Undone
from hub.worker import Worker
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, agent, changed
from tests.pipeline.model import asked
from tests.pipeline.waiting import until

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


async def test_who_stops_while_money_is_held_is_told_so_and_counted_once(database: Database) -> None:
    hub = limited(ScriptedHub(database), person={"free": Rate(1, 3600)})
    hold = hub.till.hold

    async def then_stopped(*parts: Any, **more: Any) -> Any:
        held = await hold(*parts, **more)
        for _, stopper in hub.turns.running.values():
            stopper.stop()
        return held

    hub.till.hold = then_stopped  # type: ignore[method-assign]  # at a moment that a script cannot name

    assert await hub.answered(message("Hello")) == [phrases.STOPPED]
    assert await hub.open_holds() == 0
    assert hub.near.calls == []


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
    # Waits are told in whole minutes, rounded up: a millisecond between two looks at the clock can be one more.
    assert sorted(text.replace("1 h 1 min", "1 h") for text in shown) == [told, told, "You said: Hello"]


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


def keyed(**changes: Any) -> Agent:
    """Both of its deployments have a key; the far one a key of its own."""
    near, far = agent().deployments
    keys = (Secret("near", "env:NEAR_KEY"), Secret("far", "env:FAR_KEY"))
    each = zip((near, far), keys, strict=True)
    return agent(deployments=tuple(changed(deployment, key=key) for deployment, key in each), **changes)


async def test_a_burst_waits_for_its_turn_at_a_key_or_goes_elsewhere(sqlite_database: Database) -> None:
    rates = KeyRates(Rate(4, 60))
    hub = limited(ScriptedHub(sqlite_database, served=keyed()), keys={"NEAR_KEY": rates})
    await hub.answered(*(message("Hello", 1, chat=str(chat)) for chat in range(6)))
    # The store's clock stands still beside the hub's, which skips what it sleeps: nobody's turn comes within 20 s.
    assert (len(hub.near.calls), len(hub.far.calls)) == (1, 5)
    assert hub.clock.skipped > 10
    (row,) = await hub.rows("SELECT id, requests_us FROM provider_key")
    assert "near" not in row[0]


async def test_deployments_with_one_key_share_its_limit(sqlite_database: Database) -> None:
    near, far = agent().deployments
    served = agent(
        deployments=(
            changed(near, key=Secret("same", "env:NEAR_KEY")),
            changed(far, key=Secret("same", "env:FAR_KEY")),
        )
    )
    rates = KeyRates(Rate(1, 60))
    hub = limited(ScriptedHub(sqlite_database, served=served), keys={"NEAR_KEY": rates, "FAR_KEY": rates})
    shown = await hub.answered(*(message("Hello", 1, chat=str(chat)) for chat in range(2)))
    assert sorted(shown) == sorted([phrases.failed(Kind.THROTTLED), "You said: Hello"])
    routes = [row[0] for row in await hub.rows("SELECT route FROM reply")]
    assert sum("The key of support-" in route for route in routes) == 1
    assert await hub.open_holds() == 0


async def test_unused_tokens_go_back_to_the_key(sqlite_database: Database) -> None:
    hub = limited(ScriptedHub(sqlite_database, served=keyed()), keys={"NEAR_KEY": KeyRates(tokens=Rate(4_000, 60))})
    for number in range(8):
        await hub.answered(message("Hello", number))
    assert len(hub.near.calls) == 8


async def test_what_a_provider_says_goes_before_the_settings_and_is_told_to_all(sqlite_database: Database) -> None:
    served = keyed()
    hub = limited(ScriptedHub(sqlite_database, served=served), keys={"NEAR_KEY": KeyRates(Rate(1_000, 60))})
    keys = Keys(lambda: hub.settings, sqlite_database, hub.clock)
    near = served.deployments[0]
    assert near.key is not None
    keys.hear(near.key, 200, {"x-ratelimit-limit-requests": "1"})
    spending = keys.spending(near, 10, "free")
    await sqlite_database.run(*spending)
    with pytest.raises(Undone):
        await sqlite_database.run(*keys.spending(near, 10, "free"))

    keys.hear(served.deployments[1].key or near.key, 429, {"retry-after": "30"})
    await keys.close()
    limits = Limits(keys={"FAR_KEY": KeyRates(Rate(9, 60))})
    other = Keys(lambda: changed(hub.settings, limits=limits), sqlite_database, hub.clock)
    spending = other.spending(served.deployments[1], 10, "free")
    with pytest.raises(Undone):
        await sqlite_database.run(*spending)
    assert 25 < await other.wait_s(spending[0]) <= 30


async def test_where_nothing_limits_no_statement_is_added(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=keyed())
    await hub.answered(message("Hello"))
    assert await hub.rows("SELECT id FROM provider_key UNION SELECT id FROM rate_window") == []


async def test_tokens_of_a_day_by_tier(sqlite_database: Database) -> None:
    hub = limited(ScriptedHub(sqlite_database, served=agent(budget=Budget(when_spent=()))), tokens={"free": 700})
    for number in range(8):
        shown = await hub.answered(message("Hello", number))
    (spent,) = await hub.rows("SELECT spent_amount, limit_amount, unit FROM budget")
    assert spent[0] <= spent[1] == 700
    assert spent[2] == "tokens"
    assert shown[0] == "You said: Hello"
    assert shown[-1].startswith("The budget for answers here is spent.")


async def test_a_flood_in_many_chats_lets_others_through(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, at_once=1)
    await hub.say(*(message("flood", 1, chat=str(chat), id="flood") for chat in range(60)))
    await hub.say(message("one question", 1, chat="other", id="other"))
    worker = Worker(hub.inbox, hub.turns, hub.clock, at_once=30)
    work = asyncio.create_task(worker.run())
    await until(lambda: "one question" in map(asked, hub.near.calls))
    place = [asked(call) for call in hub.near.calls].index("one question")
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    await worker.drain(0)
    assert place < 30
