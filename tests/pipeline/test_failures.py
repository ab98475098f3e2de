"""Deployments that fail: the honest sentence or another deployment, and a ledger row for each billable attempt."""

import asyncio

import pytest

from hub import phrases
from hub.agents.port import AgentError, Done, Kind, Usage
from hub.routing.member import LACKS_S
from hub.store import Database
from tests.pipeline.channel import ScriptedChannel, message
from tests.pipeline.hub import FAQ, ScriptedHub, agent, only
from tests.pipeline.model import SHORT
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

GIVEN_UP = {Kind.REJECTED, Kind.TOO_LONG, Kind.FILTERED}
REPEATED_HERE = {Kind.THROTTLED, Kind.OVERLOADED, Kind.CUT}


def failure(kind: Kind, *, sent: bool, usage: Usage | None = None) -> AgentError:
    return AgentError(kind, "scripted", sent=sent, usage=usage)


@pytest.mark.parametrize("sent", [True, False], ids=["billable", "unsent"])
@pytest.mark.parametrize("kind", Kind)
async def test_each_kind_leads_to_another_try_or_to_an_honest_sentence(
    sqlite_database: Database, kind: Kind, sent: bool
) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.near.will(failure(kind, sent=sent))

    (shown,) = await hub.answered(message("Hello"))

    failed = [("support-west", "answer", str(kind), "estimated")] if sent else []
    if kind in GIVEN_UP:
        assert shown == phrases.failed(kind)
        assert await hub.ledger() == failed
    else:
        by = "support-west" if kind in REPEATED_HERE else "support-east"
        assert shown == "You said: Hello"
        assert await hub.ledger() == [*failed, (by, "retry", "stop", "")]
    assert await hub.open_holds() == 0
    assert await hub.outcomes() == ["answered"]


@pytest.mark.parametrize("kind", Kind)
async def test_where_every_deployment_fails_the_last_reason_is_told(sqlite_database: Database, kind: Kind) -> None:
    hub = ScriptedHub(sqlite_database)
    for client in (hub.near, hub.far):
        for _ in range(4):
            client.will(failure(kind, sent=True))

    assert await hub.answered(message("Hello")) == [phrases.failed(kind)]

    calls = len(hub.near.calls) + len(hub.far.calls)
    assert calls <= 4
    assert len(await hub.ledger()) == calls
    assert await hub.open_holds() == 0
    assert [tuple(row) for row in await hub.rows("SELECT role FROM turn")] == [("user",)]


async def test_the_faq_answers_where_all_are_down_and_it_is_sure(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(faq=FAQ))
    for client in (hub.near, hub.far):
        for _ in range(8):
            client.will(failure(Kind.UNREACHABLE, sent=False))

    shown = await hub.answered(message("When are you open?", 1), message("Why is the sky blue?", 2))

    assert shown == ["From nine to six.", "…"]  # somebody may be back in a moment
    hub.clock.skipped += 120.0
    await hub.rested()
    await hub.work()
    assert hub.channel.texts() == ["From nine to six.", phrases.NO_DEPLOYMENT]
    assert await hub.ledger() == [("support-faq", "retry", "stop", "")]


async def test_an_agent_whose_deployments_are_all_gone_says_so(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.endpoints.clear()

    assert await hub.answered(message("Hello")) == [phrases.NO_DEPLOYMENT]


async def test_a_deployment_that_left_with_a_reload_is_passed_over(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    del hub.endpoints["support-west"]

    assert await hub.answered(message("Hello")) == ["You said: Hello"]
    assert await hub.ledger() == [("support-east", "answer", "stop", "")]


async def test_after_text_was_shown_the_answer_begins_again_in_place(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, channel=ScriptedChannel(edit_every_s=0.002))
    break_now, go_on = asyncio.Event(), asyncio.Event()
    hub.near.will("First half", break_now, failure(Kind.CUT, sent=True, usage=Usage(input=30)))
    hub.near.will("Whole", go_on, " answer", Done("stop", SHORT))
    await hub.say(message("Hello"))
    work = asyncio.create_task(hub.work())

    await until(lambda: "First half" in hub.channel.texts())
    break_now.set()
    await until(lambda: f"{phrases.BEGINNING_AGAIN}Whole" in hub.channel.texts())
    go_on.set()
    await work

    assert hub.channel.texts() == ["Whole answer"]
    assert not any("First" in act.text and "Whole" in act.text for act in hub.channel.acts)
    assert await hub.ledger() == [
        ("support-west", "answer", "cut", "estimated"),
        ("support-west", "retry", "stop", ""),
    ]
    first = await hub.row("SELECT input_tokens, output_tokens FROM ledger ORDER BY id LIMIT 1")
    assert tuple(first) == (49, 600)  # what is told before the end is the least; the bound counts
    assert "it failed (cut)" in (await hub.row("SELECT route FROM reply"))[0]


async def test_a_stream_without_usage_is_estimated_at_its_worst(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.near.will("Hi", Done("stop", None))

    assert await hub.answered(message("Hello")) == ["Hi"]

    row = await hub.row("SELECT mark, cost_nusd, held_nusd FROM ledger")
    assert row[0] == "estimated"
    assert row[1] == row[2]


async def test_a_bill_above_its_hold_is_recorded_whole_and_widens_the_margin(database: Database) -> None:
    hub = ScriptedHub(database)
    hub.near.will("Hi", Done("stop", Usage(input=5_000, output=700)))

    await hub.answered(message("Hello"))

    assert tuple(await hub.row("SELECT mark, cost_nusd FROM ledger")) == ("overrun", 5_700)
    assert (await hub.row("SELECT permille FROM count_margin"))[0] == 4_000


@pytest.mark.parametrize(("finish", "end"), [("length", phrases.CUT_AT_LENGTH), ("filter", phrases.CUT_BY_FILTER)])
async def test_an_answer_that_was_cut_says_so(sqlite_database: Database, finish: str, end: str) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.near.will("Part", Done(finish, SHORT))

    assert await hub.answered(message("Hello")) == [f"Part{end}"]
    assert [row[0] for row in await hub.rows("SELECT text FROM turn WHERE role = 'assistant'")] == ["Part"]


async def test_a_stream_that_just_stops_is_a_cut(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(deployments=only("support-west")))
    for _ in range(4):
        hub.near.will("Half of it")

    assert await hub.answered(message("Hello")) == [phrases.failed(Kind.CUT)]
    assert [row[2:] for row in await hub.ledger()] == [("cut", "estimated")] * 4


@pytest.mark.parametrize("kind", sorted(set(Kind) - GIVEN_UP))
async def test_whatever_goes_on_in_the_nearest_place_another_one_answers(sqlite_database: Database, kind: Kind) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.near.usual = lambda _: (failure(kind, sent=False),)

    assert await hub.answered(message("Hello")) == ["You said: Hello"]
    assert len(hub.near.calls) <= 2


async def test_whoever_has_not_the_model_is_asked_for_it_once(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.near.will(failure(Kind.MISSING, sent=False))

    for number in range(3):
        assert (await hub.answered(message("Hello", number, str(number))))[-1] == "You said: Hello"

    assert (len(hub.near.calls), len(hub.far.calls)) == (1, 3)
    assert "it has no model coin" in (await hub.row("SELECT route FROM reply ORDER BY id DESC LIMIT 1"))[0]
    assert not hub.fleet.members["support-west"].breaker.open

    hub.clock.skipped += LACKS_S
    await hub.answered(message("Hello", 9, "9"))
    assert len(hub.near.calls) == 2


@pytest.mark.parametrize("deployments", [("support-west",), ("support-west", "support-east")])
async def test_where_nobody_has_the_model_the_other_one_is_asked(
    sqlite_database: Database, deployments: tuple[str, ...]
) -> None:
    served = agent(tiers={"simple": "coin", "complex": "dear"}, deployments=only(*deployments))
    hub = ScriptedHub(sqlite_database, served=served)
    for name in deployments:
        hub.clients[name].will(failure(Kind.MISSING, sent=False))

    assert await hub.answered(message("Hello")) == ["You said: Hello"]
    assert (await hub.answered(message("Again", 2, "2")))[1] == "You said: Again"

    asked = [request.model for name in deployments for request in hub.clients[name].calls]
    assert sorted(asked) == ["coin", "coin", *["dear"] * len(deployments)]  # nobody is asked for it again


async def test_where_there_is_no_other_model_the_hub_says_that_it_is_missing(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(deployments=only("support-west")))
    hub.near.will(failure(Kind.MISSING, sent=False))

    assert await hub.answered(message("Hello")) == [phrases.failed(Kind.MISSING)]
    assert len(hub.near.calls) == 1
