"""The turn and its budget: the ladder when it is spent, waiting while it is busy, and never a cent above the limit."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from hub import phrases
from hub.agents.port import AgentError, Done, Kind, Request, Usage
from hub.config.settings import Budget, Limit
from hub.delivery import Delivery
from hub.reserving import HOLD_WITHIN_S
from hub.store import Database, Statement
from tests.money.calls import audited
from tests.pipeline.channel import message
from tests.pipeline.hub import FAQ, Hurried, ScriptedHub, agent, only, with_budget
from tests.pipeline.model import ScriptedClient, Step
from tests.pipeline.waiting import until

pytestmark = pytest.mark.unit

NEAR_ONLY = {"deployments": only("support-west")}
HOLD = 600 + 53
"""The worst case of one short question in coins: the output cap, and an input bound that the tests check."""


async def spent(database: Database) -> ScriptedHub:
    """A hub whose budget has nothing left."""
    hub = ScriptedHub(database, served=with_budget(700))
    hub.near.will("All of it", Done("stop", Usage(input=10, output=690)))
    await hub.answered(message("Hello", "first"))
    assert tuple(await hub.row("SELECT spent_amount, held_amount FROM budget")) == (700, 0)
    return hub


async def test_a_spent_budget_is_refused_with_the_date_when_it_opens(database: Database) -> None:
    hub = await spent(database)

    said = (await hub.answered(message("And now?", 2)))[-1]

    assert said.startswith("The budget for answers here is spent. It opens again on ")
    assert said.endswith("-01 at 00:00 (Europe/Berlin).")
    assert len(hub.near.calls) == 1
    assert await hub.outcomes() == ["answered", "answered"]


async def test_the_date_is_that_of_the_budget_that_opens_last(database: Database) -> None:
    both = Budget((Limit("day", "nusd", 700), Limit("month", "nusd", 700)))
    hub = ScriptedHub(database, served=agent(budget=both))
    hub.near.will("All of it", Done("stop", Usage(input=10, output=690)))
    await hub.answered(message("Hello", "first"))

    said = (await hub.answered(message("And now?", 2)))[-1]

    assert said.endswith("-01 at 00:00 (Europe/Berlin).")
    assert len(hub.near.calls) == 1


async def test_where_little_is_left_the_answer_is_shorter(database: Database) -> None:
    hub = ScriptedHub(database, served=with_budget(400, "shorter"))

    assert await hub.answered(message("Hello")) == ["You said: Hello"]

    assert 300 < hub.near.calls[0].max_output < 400
    assert (await hub.row("SELECT output_tokens FROM hold"))[0] == hub.near.calls[0].max_output


async def test_where_hardly_anything_is_left_no_stump_of_an_answer_is_bought(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=with_budget(90, "shorter"))

    (said,) = await hub.answered(message("Hello"))

    assert said.startswith("The budget for answers here is spent")
    assert not hub.near.calls


async def test_a_cheaper_tier_where_the_usual_one_is_too_dear(sqlite_database: Database) -> None:
    tiers = {"simple": "coin", "complex": "dear"}
    hub = ScriptedHub(sqlite_database, served=with_budget(1_000, "cheaper", "shorter", tiers=tiers))

    assert await hub.answered(message("Hello")) == ["You said: Hello"]

    assert (hub.near.calls[0].model, hub.near.calls[0].max_output) == ("coin", 600)
    assert (await hub.row("SELECT tier FROM ledger"))[0] == "simple"


async def test_the_ladder_is_climbed_in_the_order_that_the_agent_says(sqlite_database: Database) -> None:
    tiers = {"simple": "coin", "complex": "dear"}
    hub = ScriptedHub(sqlite_database, served=with_budget(2_000, "shorter", "cheaper", tiers=tiers))

    await hub.answered(message("Hello"))

    assert hub.near.calls[0].model == "dear"
    assert hub.near.calls[0].max_output < 200


async def test_the_faq_where_it_knows_something_and_else_a_refusal(database: Database) -> None:
    hub = ScriptedHub(database, served=with_budget(50, "shorter", "faq", faq=FAQ))

    known, unknown = await hub.answered(message("When are you open on Sundays?", 1), message("Why is it blue?", 2))

    assert "From nine to six." in known
    assert unknown.startswith("The budget for answers here is spent")
    assert [row[:3] for row in await hub.ledger()] == [("support-faq", "answer", "stop")]
    assert (await hub.row("SELECT spent_amount FROM budget"))[0] == 0


async def test_a_busy_budget_makes_the_turn_wait_and_not_refuse(database: Database) -> None:
    hub = ScriptedHub(database, served=with_budget(1_000))
    hub.near.will("first", first := asyncio.Event(), Done("stop", Usage(input=10, output=100)))
    await hub.say(message("one", 1, chat="a"))
    await hub.say(message("two", 1, chat="b"))
    work = asyncio.create_task(hub.work())

    await until(lambda: hub.near.at_work == 1 and len(hub.turns.running) == 2)
    await asyncio.sleep(0.02)
    assert len(hub.near.calls) == 1
    first.set()
    await work

    assert len(hub.near.calls) == 2
    assert await hub.outcomes() == ["answered"] * 2
    assert not any(phrases.BUSY in text for text in hub.channel.texts())
    await audited(database)


async def test_who_comes_behind_a_line_for_a_budget_takes_no_place_that_placeholders_wait_for(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[str] = []

    async def announcing(delivery: Delivery) -> tuple[Statement, ...]:
        announced.append(delivery._chat)
        return ()

    monkeypatch.setattr(Delivery, "announcing", announcing)
    hub = ScriptedHub(sqlite_database, served=with_budget(1_000))
    hub.near.will("first", first := asyncio.Event(), Done("stop", Usage(input=10, output=100)))
    at_work = []
    for chat, line in (("a", False), ("b", True), ("c", True)):
        await hub.say(message("Hello", 1, chat=chat))
        at_work.append(asyncio.create_task(hub.work()))
        await until(lambda: len(hub.turns.running) == len(at_work) and hub.near.at_work == 1)
        if line:
            await until(lambda: hub.till.crowded)
        await asyncio.sleep(0.02)
        assert hub.till.crowded is line
    assert announced == ["a", "b"]
    first.set()
    await asyncio.gather(*at_work)


async def test_who_has_waited_for_a_busy_budget_long_enough_is_told(sqlite_database: Database) -> None:
    clock = Hurried()
    served = with_budget(1_000, faq=FAQ)
    hub = ScriptedHub(sqlite_database, served=served, clock=clock, chance=lambda _least, _most: 0.005)
    hub.near.will("first", first := asyncio.Event(), Done("stop", Usage(input=10, output=100)))
    await hub.say(message("one", 1, chat="a"))
    await hub.say(message("two", 1, chat="b"))
    work = asyncio.create_task(hub.work())
    await until(lambda: hub.near.at_work == 1 and len(hub.turns.running) == 2)
    await asyncio.sleep(0.02)

    clock.skipped += HOLD_WITHIN_S
    await until(lambda: phrases.BUSY in hub.channel.texts())
    first.set()
    await work

    assert len(await hub.ledger()) == 1


@pytest.mark.long
async def test_a_thousand_turns_at_once_never_go_above_the_budget(database: Database) -> None:
    people, worst_cases, hold = 1_000, 37, HOLD
    chance = random.Random(7)

    def a_third(request: Request) -> Sequence[Step]:
        output = min(request.max_output, hold // 3 - 17 - chance.randrange(20))
        return ("An answer", Done("stop", Usage(input=17, output=output)))

    hub = ScriptedHub(
        database,
        served=with_budget(worst_cases * hold, "shorter", "faq", faq=FAQ, **NEAR_ONLY),
        clients={"support-west": ScriptedClient(a_third)},
    )
    watch = _Watch(hub)
    watching = asyncio.create_task(watch.run())
    await hub.say(*(message("When do you open?", 1, chat=str(person)) for person in range(people)))

    await hub.work()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    assert watch.looks > 5
    assert watch.most <= 1
    budget = await hub.row("SELECT limit_amount, spent_amount, held_amount FROM budget")
    limit, used, held = budget[0], budget[1], budget[2]
    assert limit == worst_cases * hold
    assert held == 0
    assert 0.95 * limit <= used <= limit
    bought = len(hub.near.calls)
    assert bought >= 3 * worst_cases  # each costs a third of what it held
    assert await hub.outcomes() == ["answered"] * people
    refused = sum(text.startswith("The budget for answers") for text in hub.channel.texts())
    from_faq = sum("From nine to six." in text for text in hub.channel.texts())
    assert refused + from_faq == people - bought
    assert not any(phrases.BUSY in text for text in hub.channel.texts())
    assert await hub.open_holds() == 0
    await audited(database)
    (first_hold,) = await hub.rows("SELECT cost_nusd FROM hold WHERE output_tokens = 600 AND api <> 'faq' LIMIT 1")
    assert first_hold[0] == hold


async def test_what_a_budget_in_money_could_not_count_is_not_asked(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=with_budget(10_000, tiers={"simple": "nobody-knows"}))
    assert await hub.answered(message("Hello")) == [phrases.WENT_WRONG]
    assert not hub.near.calls
    assert await hub.open_holds() == 0


class _Watch:
    """Looks at the budget again and again while the turns run."""

    def __init__(self, hub: ScriptedHub) -> None:
        self._hub = hub
        self.most = 0.0
        self.looks = 0

    async def run(self) -> None:
        while True:
            for row in await self._hub.rows("SELECT limit_amount, spent_amount, held_amount FROM budget"):
                self.most = max(self.most, (row[1] + row[2]) / row[0])
                self.looks += 1
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    "end", [Done("stop", None), AgentError(Kind.GARBLED, "the answer does not end", sent=True)], ids=["ends", "cut"]
)
async def test_text_beyond_the_output_cap_is_charged_where_the_provider_does_not_say(
    database: Database, end: Done | AgentError
) -> None:
    hub = ScriptedHub(database, served=with_budget(10**9, **NEAR_ONLY))
    hub.near.will("word " * 5_000, end)

    await hub.answered(message("Hello"))

    (row, *_) = await hub.rows("SELECT output_tokens, cost_nusd, held_nusd, mark FROM ledger ORDER BY id")
    assert row[0] >= 5_000
    assert row[1] == row[2] - 600 + row[0]
    assert row[3] == "overrun"


async def test_text_that_our_vocabulary_counts_as_a_little_more_is_no_overrun(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=with_budget(10**9, **NEAR_ONLY))
    hub.near.will("word " * 650, Done("length", None))

    await hub.answered(message("Hello"))

    assert tuple(await hub.row("SELECT output_tokens, mark FROM ledger")) == (600, "estimated")
