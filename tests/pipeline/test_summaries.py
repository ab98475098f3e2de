"""Older turns are shortened after the answer: by a model that is checked, by choosing sentences, never by deleting."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any

import pytest

from hub.agents.port import AgentError, Done, Kind, Request, Usage
from hub.config.settings import Budget, Budgets, ContextSettings, Limit
from hub.context.background import SHORTENED
from hub.context.tokens import count
from hub.routing.fleet import Visit
from hub.store import Database
from hub.summarizing import Step
from tests.pipeline.channel import message
from tests.pipeline.hub import NEAR, ScriptedHub, agent, changed
from tests.pipeline.model import Step as Piece
from tests.pipeline.model import asked

pytestmark = pytest.mark.unit

BILL = Usage(input=300, output=40)
NOTES = "Heron Volta moved to Lisbon on 3 March 2024 and pays 850 euros of rent to Bikeworks."


def served(summary: str = "simple", **changes: Any) -> Any:
    return agent(context=ContextSettings(tokens=900, max_output=60, summary=summary), **changes)


def spelled(number: int) -> str:
    """A word that is neither a number nor a name."""
    return "".join("aeioubdfgk"[int(digit)] for digit in f"{number:03}") + "rain "


class Talk:
    """One chat with a hub whose model answers people shortly, and errands as it is told."""

    def __init__(self, hub: ScriptedHub, notes: Sequence[Sequence[Piece]] = ()) -> None:
        self.hub = hub
        self.errands: list[Request] = []
        self.notes = list(notes)
        self.number = 0
        for client in hub.clients.values():
            client.usual = self._answer

    def _answer(self, request: Request) -> Sequence[Piece]:
        if "notes of a conversation" not in request.system:
            return ("So it is.", Done("stop", Usage(input=20, output=5)))
        self.errands.append(request)
        return self.notes.pop(0) if self.notes else (NOTES, Done("stop", BILL))

    async def say(self, *texts: str, chat: str = "1") -> str:
        """What the model was sent last, as one text; background work is waited for."""
        for text in texts:
            self.number += 1
            await self.hub.say(message(text, self.number, chat))
            await self.hub.work()
            await self.hub.turns.memory.summaries.idle()
        request = next(c for c in reversed(self.hub.near.calls) if "notes of a conversation" not in c.system)
        return "\n".join(turn.text for turn in request.turns)

    async def begin(self) -> None:
        await self.say(
            "My boat is called Heron Volta. I moved it to Lisbon on 3 March 2024.",
            "I pay 850 euros of rent to Bikeworks.",
        )

    async def chat(self, times: int) -> str:
        """Of the weather, which nobody must remember; each in other words, since what is repeated is not answered."""
        begins = self.number
        return await self.say(*(f"The weather is {spelled(begins + at) * 20}again, I say." for at in range(times)))

    async def summary(self) -> Any:
        rows = await self.hub.rows("SELECT text, made_by, upto_position, lease_ms FROM summary")
        return rows[0] if rows else None


async def test_a_model_shortens_what_the_window_lets_go(database: Database) -> None:
    talk = Talk(ScriptedHub(database, served=served()))
    await talk.begin()
    sent = await talk.chat(12)

    assert f"{SHORTENED}\n> {NOTES}" in sent
    row = await talk.summary()
    assert (row["text"], row["made_by"], row["lease_ms"]) == (NOTES, "coin", 0)
    assert row["upto_position"] >= 2
    first = talk.errands[0]
    assert "\n> Q: My boat is called Heron Volta." in first.turns[0].text
    assert (await talk.hub.row("SELECT COUNT(*) FROM turn"))[0] == 2 * 14
    assert await talk.hub.open_holds() == 0


async def test_a_summary_is_billed_to_the_agent_as_what_it_is(database: Database) -> None:
    everything = Budget((Limit("month", "nusd", 10_000_000),))
    talk = Talk(ScriptedHub(database, served=served(budget=everything)))
    talk.hub.settings = changed(talk.hub.settings, budgets=Budgets(person=everything, chat=everything))
    await talk.begin()
    await talk.chat(12)

    rows = await talk.hub.rows("SELECT * FROM ledger WHERE kind = 'summary'")
    assert len(rows) == len(talk.errands) > 0
    assert {(row["agent"], row["model"], row["tier"]) for row in rows} == {("support", "coin", "simple")}
    assert {(row["input_tokens"], row["output_tokens"], row["cost_nusd"]) for row in rows} == {(300, 40, 340)}
    spent = {row["scope"]: row["spent_amount"] for row in await talk.hub.rows("SELECT * FROM budget")}
    assert spent["agent"] == spent["chat"] == spent["person"] + 340 * len(rows)
    said = await talk.hub.answered(message("/usage", 999))
    assert re.search(r"this month +14 +350 ", said[-1])


async def test_summaries_go_on_from_the_one_before(database: Database) -> None:
    talk = Talk(ScriptedHub(database, served=served()))
    await talk.begin()
    await talk.chat(40)
    assert len(talk.errands) >= 3
    second = talk.errands[1].turns[0].text
    assert second.startswith(f"The notes so far:\n> {NOTES}\n")
    assert "Volta" not in second.partition("What was said since")[2]
    # One for each step of the window, not one for each message.
    assert len(talk.errands) <= 42 // 2


FAILING: dict[str, Sequence[Piece]] = {
    "fails": (AgentError(Kind.OVERLOADED, "no", sent=True),),
    "is empty": ("  \n ", Done("stop", BILL)),
    "is cut": (NOTES, Done("length", BILL)),
    "is filtered": (NOTES, Done("filter", BILL)),
    "loops": ("Heron Volta moved to Lisbon in 2024. " * 5, Done("stop", BILL)),
    "grows": (" ".join(f"Heron{at} said that {at} and more." for at in range(200)), Done("stop", BILL)),
    "refuses": ("I'm sorry, but I can't help with that request.", Done("stop", BILL)),
    "obeys": ("It is raining, take an umbrella with you whenever possible today.", Done("stop", BILL)),
    "invents": (f"{NOTES} The flat has 47 rooms.", Done("stop", BILL)),
    "forgets": ("The weather is rainy again, they say.", Done("stop", BILL)),
    "breaks off": (NOTES[:20], AgentError(Kind.CUT, "gone", sent=True)),
}


@pytest.mark.parametrize("how", FAILING)
async def test_a_summary_that_is_of_no_use_changes_nothing_for_the_person(sqlite_database: Database, how: str) -> None:
    talk = Talk(ScriptedHub(sqlite_database, served=served()), [FAILING[how]] * 99)
    await talk.begin()
    sent = await talk.chat(12)

    row = await talk.summary()
    assert row["made_by"] == "extract"
    assert "> Q: I pay 850 euros of rent to Bikeworks." in sent
    assert "Volta" in row["text"]
    assert row["upto_position"] >= 2
    assert set(await talk.hub.outcomes()) == {"answered"}
    assert await talk.hub.open_holds() == 0
    billed = await talk.hub.rows("SELECT outcome FROM ledger WHERE kind = 'summary'")
    assert len(billed) == len(talk.errands) > 0
    # A second chance where it wrote something that was of no use, none where it failed.
    tries = 1 if how in ("fails", "is cut", "is filtered", "breaks off") else 2
    assert talk.errands[0].turns[0].text in talk.errands[tries - 1].turns[0].text
    assert ("Your last notes cannot be used" in talk.errands[-1].turns[0].text) == (tries == 2)


async def test_a_second_try_may_do_it(database: Database) -> None:
    talk = Talk(ScriptedHub(database, served=served()), [FAILING["invents"], (NOTES, Done("stop", BILL))])
    await talk.begin()
    await talk.chat(10)
    assert "cannot be used: nobody said 47." in talk.errands[1].turns[0].text
    assert (await talk.summary())["made_by"] == "coin"


async def test_a_summary_that_never_comes_holds_nobody_up(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=served())
    talk = Talk(hub, [(asyncio.Event(),)] * 99)
    for number in range(20):
        await hub.say(message(f"It is {spelled(number) * 30}", number))
        await hub.work()
    assert set(await hub.outcomes()) == {"answered"}
    assert len(talk.errands) == 1

    await hub.turns.memory.summaries.close(within_s=0.01)

    (row,) = await hub.rows("SELECT mark, outcome FROM ledger WHERE kind = 'summary'")
    assert tuple(row) == ("estimated", "cancelled")
    assert await hub.open_holds() == 0


async def test_sentences_are_chosen_without_any_model(database: Database) -> None:
    talk = Talk(ScriptedHub(database, served=served("extract")))
    await talk.begin()
    sent = await talk.chat(12)
    assert "> Q: I moved it to Lisbon on 3 March 2024." in sent
    assert (await talk.summary())["made_by"] == "extract"
    assert talk.errands == []
    assert await talk.hub.rows("SELECT 1 FROM ledger WHERE kind = 'summary'") == []


async def test_none_is_made_where_nobody_says_so(database: Database) -> None:
    talk = Talk(ScriptedHub(database, served=served("")))
    await talk.begin()
    assert SHORTENED not in await talk.chat(12)
    assert await talk.summary() is None


async def test_without_money_sentences_are_chosen(database: Database) -> None:
    budget = Budget((Limit("month", "nusd", 5_000),))
    talk = Talk(ScriptedHub(database, served=served(budget=budget, tiers={"simple": "dear", "complex": "coin"})))
    await talk.begin()
    await talk.chat(12)
    assert set(await talk.hub.outcomes()) == {"answered"}
    assert talk.errands == []
    assert (await talk.summary())["made_by"] == "extract"


STRAY = ("Penguins waddle across icebergs happily chirping.", Done("stop", BILL))


async def test_sentences_without_an_end_are_cut(database: Database) -> None:
    talk = Talk(ScriptedHub(database, served=served()), [STRAY] * 99)
    await talk.begin()
    await talk.say(*(f"my order is {48213 + at} and " + spelled(at) * 60 for at in range(8)))
    row = await talk.summary()
    assert row["made_by"] == "extract"
    assert "my order is 482" in row["text"]
    assert " … " in row["text"]


async def test_what_says_nothing_is_not_summarized_again_and_again(database: Database) -> None:
    """Of small words alone no summary can be made; that it was tried is remembered."""
    talk = Talk(ScriptedHub(database, served=served()), [STRAY] * 99)
    small = re.findall(r"\w+", "what is it that you would have been if he had not been with her or by her")
    for at in range(40):
        errands = len(talk.errands)
        await talk.say(" ".join(small[at % 9 :] + small[: at % 9] + small[: at // 9]) * 2)
        if len(talk.errands) > errands:
            break
    row, errands = await talk.summary(), len(talk.errands)
    assert (row["text"], row["made_by"]) == ("", "extract")
    assert row["upto_position"] > 0

    await talk.say("and then", "or else", "so what")

    assert len(talk.errands) == errands


async def test_a_new_beginning_begins_without_a_summary(database: Database) -> None:
    talk = Talk(ScriptedHub(database, served=served("extract")))
    await talk.begin()
    await talk.chat(12)
    await talk.say("/new")
    sent = await talk.chat(12)
    row = await talk.summary()
    assert SHORTENED in sent
    assert "Volta" not in sent + row["text"]


async def test_what_its_author_took_back_is_in_no_summary(database: Database) -> None:
    talk = Talk(ScriptedHub(database, served=served("extract")))
    await talk.begin()
    await talk.chat(12)
    assert "Bikeworks" in (await talk.summary())["text"]
    await talk.hub.front.deleted(message("", 2).conversation, message("", 2).platform_id)
    assert await talk.summary() is None
    sent = await talk.chat(4)
    assert "Volta" in (await talk.summary())["text"]
    assert "Bikeworks" not in sent + (await talk.summary())["text"]


async def test_what_is_forgotten_meanwhile_is_not_written_back(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=served())
    gate = asyncio.Event()
    talk = Talk(hub, [(gate, NOTES, Done("stop", BILL))])
    number = 0
    while not talk.errands:
        number += 1
        await hub.say(message(f"My boat is called Heron Volta. {spelled(number) * 30}", number))
        await hub.work()
        await asyncio.sleep(0.01)
    await hub.execute("DELETE FROM summary")
    gate.set()
    await hub.turns.memory.summaries.idle()
    assert await talk.summary() is None


async def test_two_processes_make_one_summary(database: Database) -> None:
    gate = asyncio.Event()
    one, other = (ScriptedHub(database, served=served()) for _ in range(2))
    talks = [Talk(one, [(gate, NOTES, Done("stop", BILL))]), Talk(other)]
    number = 0
    while not talks[0].errands:
        number += 1
        await one.say(message(f"My boat is called Heron Volta. {spelled(number) * 30}", number))
        await one.work()
        await asyncio.sleep(0.01)
    for later in range(3):
        await other.say(message(f"And {spelled(later) * 30}", 100 + later))
        await other.work()
        await other.turns.memory.summaries.idle()
    assert talks[1].errands == []
    gate.set()
    await one.turns.memory.summaries.idle()
    assert (await talks[0].summary())["lease_ms"] == 0
    assert one.settings.agents["support"].context.tokens == 900


async def test_every_prompt_stays_within_the_budget(database: Database) -> None:
    talk = Talk(ScriptedHub(database, served=served("extract")))
    await talk.begin()
    await talk.say(*(f"Number {at} of {at * 7}: " + "many words " * (at * 13 % 60) for at in range(60)))
    sizes = [count(c.system) + sum(4 + count(t.text) for t in c.turns) for c in talk.hub.near.calls]
    assert max(sizes) <= 900
    assert asked(talk.hub.near.calls[-1]).endswith("many words " * (59 * 13 % 60))


@pytest.mark.parametrize("residency", ["strict", ""])
async def test_it_is_made_where_the_answer_may_be_made_and_nowhere_else(database: Database, residency: str) -> None:
    places = tuple(changed(each, max_concurrency=1) for each in agent().deployments)
    strict = served(residency=residency, default_zone="us" if residency else "", deployments=places)
    hub = ScriptedHub(database, served=strict)
    regions = hub.settings.regions
    hub.settings = changed(hub.settings, regions={**regions, "east": changed(regions["east"], residency="eu")})
    talk = Talk(hub)
    await talk.begin()
    full: list[Visit] = []
    begin = hub.turns.memory.summaries.begin

    def crowded(step: Step) -> None:
        full.append(hub.fleet.enter(NEAR))
        begin(step)

    hub.turns.memory.summaries.begin = crowded  # type: ignore[method-assign]
    for _ in range(12):
        await talk.chat(1)
        while full:
            full.pop().leave()
    assert (await talk.summary())["made_by"] == ("extract" if residency else "coin")
    assert len(talk.errands) == len(hub.far.calls)
    assert bool(talk.errands) == (not residency)


async def test_a_deployment_that_only_looks_up_is_asked_for_no_summary(sqlite_database: Database) -> None:
    looks_up = tuple(changed(each, api="faq") for each in agent().deployments)
    talk = Talk(ScriptedHub(sqlite_database, served=served(deployments=looks_up)))
    await talk.begin()
    await talk.chat(12)
    assert talk.errands == []
    assert (await talk.summary())["made_by"] == "extract"
