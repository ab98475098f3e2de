"""What rests, what repeats, and what a message may cost at the most."""

import asyncio

import pytest

from hub import phrases
from hub.agents.port import AgentError, Done, Kind, Usage
from hub.config.settings import KeyRates, Limits, Rate, Secret
from hub.limits.keys import Keys
from hub.messages import Target
from hub.repeating import Effort, Repeating
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import FAR, NEAR, Hurried, ScriptedHub, agent, changed, only
from tests.pipeline.model import SHORT

pytestmark = pytest.mark.unit


def failure(kind: Kind, *, sent: bool = True) -> AgentError:
    return AgentError(kind, "scripted", sent=sent)


def spend_budget(hub: ScriptedHub) -> None:
    """Nothing may be borrowed any more."""
    now = hub.clock.monotonic()
    while hub.ask._repeating._budget.repeat(now):
        pass


async def test_what_the_budget_denies_rests_and_is_answered_later(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    spend_budget(hub)
    hub.near.will(failure(Kind.TIMED_OUT))
    began_ms = hub.clock.now_ms()

    assert await hub.answered(message("Hello")) == ["…"]
    assert await hub.outcomes() == [""]
    assert await hub.open_holds() == 0
    due = await hub.row("SELECT due_ms, holder FROM conversation")
    assert due["holder"] is None
    assert began_ms + 1_000 <= due["due_ms"] <= hub.clock.now_ms() + 2_100

    hub.clock.skipped += 30.0
    await hub.rested()
    await hub.work()
    assert hub.channel.texts() == ["You said: Hello"]
    assert await hub.outcomes() == ["answered"]
    assert len(hub.channel.of("placeholder")) == 1
    assert [row[1:3] for row in await hub.ledger()] == [("answer", "timed_out"), ("retry", "stop")]


async def test_a_placeholder_under_way_when_its_turn_rests_is_the_one_that_is_answered_in(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = ScriptedHub(sqlite_database)
    spend_budget(hub)
    hub.near.will(failure(Kind.TIMED_OUT))
    at_once = hub.channel.placeholder

    async def after_the_call_has_failed(target: Target) -> str:
        await asyncio.sleep(0.05)
        return await at_once(target)

    monkeypatch.setattr(hub.channel, "placeholder", after_the_call_has_failed)
    assert await hub.answered(message("Hello")) == ["…"]
    hub.clock.skipped += 30.0
    await hub.rested()
    await hub.work()
    assert hub.channel.texts() == ["You said: Hello"]
    assert len(hub.channel.of("placeholder")) == 1
    assert not await hub.rows("SELECT id FROM orphan")


async def test_who_was_never_reached_costs_nothing_of_the_budget(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    spend_budget(hub)
    hub.near.will(failure(Kind.UNREACHABLE, sent=False))
    assert await hub.answered(message("Hello")) == ["You said: Hello"]


async def test_patience_ends_with_an_honest_sentence(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    spend_budget(hub)
    hub.near.will(failure(Kind.TIMED_OUT))
    await hub.answered(message("Hello"))
    hub.clock.skipped += 130.0
    for client in (hub.near, hub.far):
        for _ in range(4):
            client.will(failure(Kind.TIMED_OUT))
    await hub.rested()
    await hub.work()
    assert hub.channel.texts() == [phrases.failed(Kind.TIMED_OUT)]
    assert await hub.outcomes() == ["answered"]


async def test_attempts_are_counted_over_rests(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(deployments=only(NEAR)))
    for _ in range(10):
        hub.near.will(failure(Kind.TIMED_OUT))
    await hub.say(message("Hello"))
    for _ in range(8):
        await hub.work()
        hub.clock.skipped += 11.0  # each brings back one of what was borrowed
        await hub.rested()
    assert len(hub.near.calls) == 4
    assert hub.channel.texts() == [phrases.failed(Kind.TIMED_OUT)]


async def test_under_a_total_outage_calls_are_at_most_a_fifth_more_than_messages(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    for client in (hub.near, hub.far):
        for _ in range(500):
            client.will(failure(Kind.OVERLOADED, sent=False))
    await hub.answered(*(message("Hello", n, str(n)) for n in range(200)))
    calls = len(hub.near.calls) + len(hub.far.calls)
    assert calls <= 1.2 * 200
    assert await hub.open_holds() == 0


async def test_a_message_whose_first_place_is_unwell_is_answered_elsewhere_at_once(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    for _ in range(5):
        hub.near.will(failure(Kind.UNREACHABLE, sent=False))
    for number in range(5):
        await hub.answered(message("Hello", number, str(number)))
    assert len(hub.near.calls) == 5

    await hub.answered(message("Hello", 9, "9"))

    assert len(hub.near.calls) == 5
    route = (await hub.row("SELECT route FROM reply WHERE conversation LIKE '%/9'"))[0]
    assert "it failed repeatedly (unreachable) and is tried again in" in route
    assert await hub.outcomes() == ["answered"] * 6


async def test_a_refused_key_is_told_at_once_by_whoever_comes_next(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(deployments=only(NEAR)))
    hub.near.will(failure(Kind.UNAUTHORIZED, sent=False))
    shown = await hub.answered(message("Hello", 1, "1"))
    assert shown == [phrases.failed(Kind.UNAUTHORIZED)]
    assert (await hub.answered(message("Hello", 2, "2")))[1] == phrases.NO_DEPLOYMENT
    assert len(hub.near.calls) == 1


async def test_where_nobody_else_is_left_the_other_model_is_asked(sqlite_database: Database) -> None:
    served = agent(deployments=only(NEAR), tiers={"simple": "coin", "complex": "dear"})
    hub = ScriptedHub(sqlite_database, served=served)
    hub.near.will(failure(Kind.OVERLOADED))
    hub.near.will(failure(Kind.OVERLOADED))
    assert await hub.answered(message("Hello")) == ["You said: Hello"]
    assert [request.model for request in hub.near.calls] == ["dear", "dear", "coin"]


async def test_another_model_is_asked_only_where_it_costs_no_more_by_the_prices_in_force(
    sqlite_database: Database,
) -> None:
    served = agent(deployments=only(NEAR), tiers={"simple": "coin", "complex": "coin"})
    hub = ScriptedHub(sqlite_database, served=served)
    changes = hub.steering.set("model/support/simple", "dear", "chat:boss")
    await sqlite_database.run(*changes)
    await hub.steering.look()
    hub.near.will(failure(Kind.OVERLOADED))
    hub.near.will(failure(Kind.OVERLOADED))
    assert await hub.answered(message("Hello")) == ["You said: Hello"]
    assert [request.model for request in hub.near.calls] == ["coin"] * 3


def test_a_grant_is_taken_once_whatever_stands_in_the_way_of_the_call() -> None:
    repeating = Repeating(Hurried(), lambda: 0.5)
    held_up = Effort(attempts=1, owes=True)
    assert all(repeating.granted(held_up) for _ in range(50))
    assert repeating.granted(Effort(attempts=1, owes=True, counted=True))


# -- hedging ---------------------------------------------------------------------------------------------------------


def hedging(database: Database) -> ScriptedHub:
    """A hub whose deployments are known well enough to have a p95."""
    hub = ScriptedHub(database, served=agent(hedge=True))
    for member in hub.fleet.members.values():
        member.recent.extend([0.01] * 30)
    return hub


async def test_the_second_call_answers_where_the_first_is_slow(sqlite_database: Database) -> None:
    hub = hedging(sqlite_database)
    hub.near.will(asyncio.Event(), "never")
    assert await hub.answered(message("Hello")) == ["You said: Hello"]
    assert sorted(await hub.ledger()) == [
        ("support-east", "hedge", "stop", ""),
        ("support-west", "answer", "cancelled", "estimated"),
    ]
    assert await hub.open_holds() == 0
    assert hub.near.closed_early == 1
    assert all(member.under_way == 0 and not member.waiting for member in hub.fleet.members.values())


async def test_the_first_call_answers_where_it_speaks_first(sqlite_database: Database) -> None:
    hub = hedging(sqlite_database)
    go_on = asyncio.Event()
    hub.near.will(go_on, "First", Done("stop", SHORT))
    hub.far.will(asyncio.Event(), "never")
    work = asyncio.create_task(hub.answered(message("Hello")))
    await hub.far.called.wait()
    go_on.set()
    assert await work == ["First"]
    assert sorted(await hub.ledger()) == [
        ("support-east", "hedge", "cancelled", "estimated"),
        ("support-west", "answer", "stop", ""),
    ]
    assert await hub.open_holds() == 0


async def test_where_one_of_two_fails_the_other_answers(sqlite_database: Database) -> None:
    hub = hedging(sqlite_database)
    go_on = asyncio.Event()
    hub.near.will(go_on, failure(Kind.OVERLOADED))
    hub.far.will(go_on, "Second", Done("stop", SHORT))
    work = asyncio.create_task(hub.answered(message("Hello")))
    await hub.far.called.wait()
    go_on.set()
    assert await work == ["Second"]
    assert len(await hub.ledger()) == 2
    assert await hub.open_holds() == 0


async def test_a_stop_ends_both_calls_and_both_are_billed(sqlite_database: Database) -> None:
    hub = hedging(sqlite_database)
    for client in (hub.near, hub.far):
        client.will(asyncio.Event(), "never")
    work = asyncio.create_task(hub.answered(message("Hello")))
    await hub.far.called.wait()
    hub.turns.running.stop("chat/main/1")
    assert await work == [phrases.STOPPED]
    assert sorted((row[0], row[1]) for row in await hub.ledger()) == [
        ("support-east", "hedge"),
        ("support-west", "answer"),
    ]
    assert await hub.open_holds() == 0


async def test_nothing_races_where_the_settings_do_not_say_so(sqlite_database: Database) -> None:
    hub = hedging(sqlite_database)
    hub.settings = changed(hub.settings, agents={"support": agent()})
    go_on = asyncio.Event()
    hub.near.will(go_on, "First", Done("stop", SHORT))
    work = asyncio.create_task(hub.answered(message("Hello")))
    await hub.near.called.wait()
    await asyncio.sleep(0.05)
    go_on.set()
    assert await work == ["First"]
    assert hub.far.calls == []


def keyed(hub: ScriptedHub, rate: Rate) -> ScriptedHub:
    """Its deployments have a key each, which takes so much."""
    (served,) = hub.settings.agents.values()
    deployments = tuple(
        changed(each, key=Secret(each.name, f"env:{each.name}_KEY"), max_concurrency=2000)
        for each in served.deployments
    )
    limits = Limits(keys={f"{name}_KEY": KeyRates(rate) for name in (NEAR, FAR)})
    hub.settings = changed(hub.settings, agents={"support": changed(served, deployments=deployments)}, limits=limits)
    hub.endpoints = {each.name: changed(hub.endpoints[each.name], deployment=each) for each in deployments}
    return hub


async def test_a_second_call_takes_its_own_place_at_its_key(sqlite_database: Database) -> None:
    hub = keyed(hedging(sqlite_database), Rate(100, 60))
    hub.near.will(asyncio.Event(), "never")
    assert await hub.answered(message("Hello")) == ["You said: Hello"]
    assert len(await hub.rows("SELECT id FROM provider_key WHERE requests_us > 0")) == 2


async def test_nothing_races_where_the_second_key_is_full(sqlite_database: Database) -> None:
    hub = keyed(hedging(sqlite_database), Rate(1, 60))
    keys = Keys(hub.steering.settings, sqlite_database, hub.clock)
    await sqlite_database.run(*keys.spending(hub.endpoints[FAR].deployment, 1, "free"))
    go_on = asyncio.Event()
    hub.near.will(go_on, "First", Done("stop", SHORT))
    work = asyncio.create_task(hub.answered(message("Hello")))
    await hub.near.called.wait()
    await asyncio.sleep(0.05)
    go_on.set()
    assert await work == ["First"]
    assert hub.far.calls == []
    assert await hub.ledger() == [("support-west", "answer", "stop", "")]
    assert await hub.open_holds() == 0
    assert all(member.under_way == 0 for member in hub.fleet.members.values())


async def test_the_call_that_lost_is_charged_with_what_was_told_of_it(sqlite_database: Database) -> None:
    hub = hedging(sqlite_database)
    hub.near.will(Usage(input=9_000), asyncio.Event(), "never")
    assert await hub.answered(message("Hello")) == ["You said: Hello"]
    rows = await hub.rows("SELECT kind, outcome, input_tokens, output_tokens FROM ledger ORDER BY kind")
    assert [tuple(row) for row in rows] == [("answer", "cancelled", 9_000, 600), ("hedge", "stop", 20, 5)]
    assert await hub.open_holds() == 0
