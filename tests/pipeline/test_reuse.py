"""Answers given again: to whom, for how long, at what cost, and never where they could be wrong."""

from collections.abc import Awaitable, Callable
from itertools import product
from typing import Any

import pytest
from prometheus_client import generate_latest

from hub import phrases
from hub.agents.port import Done, Usage
from hub.clock import Clock
from hub.config.settings import Region, ReuseSettings
from hub.context import meaning
from hub.messages import Attachment, Hints, Message, Press, Sender
from hub.rewording import MOST_COMPARED
from hub.store import Database, Sql, Statement
from hub.store.dialect import numbered
from hub.store.named import all_named
from hub.sweep import forgetting
from tests.pipeline.channel import conversation, message
from tests.pipeline.hub import FAQ, Hurried, ScriptedHub, agent, changed, with_budget
from tests.pipeline.model import SHORT

pytestmark = pytest.mark.unit

ASKED = "How do I change a flat tyre?"
REWORDED = "What is the best way to change a flat tire?"
DAY_MS = 24 * 3_600_000
ON = {"reuse": ReuseSettings(hours=24)}
ALIKE = {"reuse": ReuseSettings(hours=24, similar=True)}


def reusing(database: Database, **changes: Any) -> ScriptedHub:
    return ScriptedHub(database, served=agent(**ON | changes))


def calls(hub: ScriptedHub) -> int:
    return len(hub.near.calls) + len(hub.far.calls)


async def kept(hub: ScriptedHub) -> int:
    return int((await hub.row("SELECT COUNT(*) FROM kept_answer"))[0])


def judged(hub: ScriptedHub, action: str, part: int, chat: str = "1", event: str = "e1") -> Press:
    return Press(
        conversation=conversation(chat),
        part_id=list(hub.channel.shown)[part],
        sender=Sender(f"u{chat}", "Somebody"),
        action=action,
        event_id=event,
    )


# -- the same question -----------------------------------------------------------------------------------------------


async def test_a_question_that_two_people_ask_is_answered_by_one_call(database: Database) -> None:
    hub = reusing(database)

    first = await hub.answered(message(ASKED, chat="1"))
    both = await hub.answered(message("  how do I change  a flat tyre", chat="2"))

    assert both == [*first, *first]
    assert calls(hub) == 1
    assert await hub.open_holds() == 0
    assert await hub.outcomes() == ["answered", "answered"]


async def test_each_look_is_counted_as_a_hit_or_a_miss_and_no_other_question(database: Database) -> None:
    hub = reusing(database)
    for text, chat in ((ASKED, "1"), (ASKED, "2"), (ASKED, "3"), ("/region", "4")):
        await hub.answered(message(text, chat=chat))
    name, value = "trunkline_reuse_lookups_total", hub.meters.registry.get_sample_value
    found = {each: value(name, {"agent": agent().name, "outcome": each}) for each in ("hit", "miss")}
    assert found == {"hit": 2, "miss": 1}
    without = ScriptedHub(database)
    await without.answered(message(ASKED, chat="5"))
    assert "reuse_lookups_total{" not in generate_latest(without.meters.registry).decode()


async def test_an_answer_given_again_is_a_row_of_its_own_kind_that_costs_nothing(database: Database) -> None:
    hub = ScriptedHub(database, served=with_budget(10_000, **ON))
    hub.near.will("Like this.", Done("stop", Usage(input=20, output=30)))
    await hub.answered(message(ASKED, chat="1"))
    spent = (await hub.row("SELECT spent_amount FROM budget"))[0]

    await hub.answered(message(ASKED, chat="2"))

    row = await hub.row(
        "SELECT kind, api, model, cost_nusd, held_nusd, saved_nusd, agent, region FROM ledger WHERE kind = 'reuse'"
    )
    assert tuple(row) == ("reuse", "reuse", "coin", 0, 0, 50, "support", "west")
    assert tuple(await hub.row("SELECT spent_amount, held_amount FROM budget")) == (spent, 0)
    assert await hub.ledger() == [("support-west", "answer", "stop", ""), ("support-reuse", "reuse", "stop", "")]


async def test_it_is_given_again_where_the_budget_is_spent(database: Database) -> None:
    hub = ScriptedHub(database, served=with_budget(700, **ON))
    hub.near.will("Like this.", Done("stop", Usage(input=10, output=690)))
    await hub.answered(message(ASKED, chat="1"))

    assert (await hub.answered(message(ASKED, chat="2")))[-1] == "Like this."
    other = (await hub.answered(message("How do I oil a chain?", chat="3")))[-1]
    assert other.startswith("The budget for answers here is spent")


async def test_why_and_usage_say_that_it_was_given_before(database: Database) -> None:
    hub = reusing(database)
    hub.near.will("Like this.", Done("stop", Usage(input=500_000, output=500_000)))
    await hub.answered(message(ASKED, chat="1"))
    await hub.answered(message(ASKED, 1, chat="2"))

    why, usage = (await hub.answered(message("/why", 2, chat="2"), message("/usage", 3, chat="2")))[-2:]

    assert "The answer to the same question of " in why
    assert "was reused, at no cost; /fresh asks anew." in why
    assert usage.splitlines()[-1] == phrases.USAGE_REUSED.format(answers="1", saved="$0.001")


async def test_the_answer_given_again_is_context_like_any_other(database: Database) -> None:
    hub = reusing(database)
    await hub.answered(message(ASKED, chat="1"))
    await hub.answered(message(ASKED, 1, chat="2"))

    await hub.answered(message("And with glue?", 2, chat="2"))

    assert [turn.text for turn in hub.near.calls[-1].turns] == [ASKED, f"You said: {ASKED}", "And with glue?"]


async def test_where_reuse_is_off_nothing_is_kept_and_nothing_is_looked_up(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    await hub.answered(message(ASKED, chat="1"))
    await hub.answered(message(ASKED, chat="2"))

    assert calls(hub) == 2
    assert await kept(hub) == 0


async def test_one_lookup_comes_before_the_hold(sqlite_database: Database) -> None:
    hub = reusing(sqlite_database)
    await hub.answered(message(ASKED, chat="1"))
    read: list[str] = []
    plain = sqlite_database.read

    async def heard(statement: Any) -> Any:
        read.append(statement.sql.name)
        return await plain(statement)

    sqlite_database.read = heard  # type: ignore[method-assign]
    await hub.answered(message(ASKED, chat="2"))

    assert read.count("reuse.find") == 1
    assert len(await hub.rows("SELECT id FROM hold")) == 1


# -- whose answer it is ----------------------------------------------------------------------------------------------


async def test_another_prompt_another_answer(database: Database) -> None:
    await reusing(database).answered(message(ASKED, chat="1"))

    hub = reusing(database, prompt="You answer in rhymes.")
    await hub.answered(message(ASKED, chat="2"))

    assert calls(hub) == 1


async def test_another_model_another_answer(database: Database) -> None:
    await reusing(database).answered(message(ASKED, chat="1"))

    hub = reusing(database, tiers={"simple": "dear"})
    await hub.answered(message(ASKED, chat="2"))

    assert calls(hub) == 1


async def test_another_agent_another_answer(database: Database) -> None:
    await reusing(database).answered(message(ASKED, chat="1"))

    hub = reusing(database, name="sales")
    await hub.answered(message(ASKED, chat="2"))

    assert calls(hub) == 1


async def test_an_answer_stays_in_its_residency_zone(database: Database) -> None:
    strict = {"residency": "strict", "default_zone": "us"}
    zones = {
        "west": Region("west", "America/Los_Angeles", 34.05, -118.24, "us"),
        "east": Region("east", "Europe/Dublin", 53.3, -6.3, "eu"),
    }

    def bound() -> ScriptedHub:
        hub = reusing(database, **strict)
        hub.settings = changed(hub.settings, regions=zones)
        return hub

    def chosen(region: str, chat: str) -> Message:
        return changed(message(ASKED, chat=chat), hints=Hints(region=region))

    first, second = bound(), bound()
    await first.answered(chosen("west", "1"))
    await second.answered(chosen("east", "2"))
    await second.answered(chosen("west", "3"))

    assert (len(first.near.calls), len(first.far.calls)) == (1, 0)
    assert (len(second.near.calls), len(second.far.calls)) == (0, 1)


async def test_what_was_answered_in_private_is_not_shown_in_a_group(database: Database) -> None:
    hub = reusing(database)
    group = changed(message(ASKED, chat="9"), conversation=changed(conversation("9"), private=False))
    other = changed(group, conversation=changed(conversation("10"), private=False))

    await hub.answered(message(ASKED, chat="1"))
    hub.near.will("Like this.", Done("stop", SHORT))
    await hub.answered(group)
    assert calls(hub) == 2

    await hub.answered(other)
    assert calls(hub) == 2


# -- how long it lasts -----------------------------------------------------------------------------------------------


class Calendar(Hurried):
    def now_ms(self) -> int:
        return 1_700_000_000_000 + int(self.skipped * 1000)


Open = Callable[[Clock], Awaitable[Database]]


async def test_an_answer_is_given_again_until_its_hours_are_over(open_with_clock: Open) -> None:
    clock = Calendar()
    hub = ScriptedHub(await open_with_clock(clock), served=agent(**ON), clock=clock)
    await hub.answered(message(ASKED, chat="1"))

    clock.skipped += 23.9 * 3600
    await hub.answered(message(ASKED, chat="2"))
    assert calls(hub) == 1

    clock.skipped += 0.2 * 3600
    await hub.answered(message(ASKED, chat="3"))
    assert calls(hub) == 2


async def test_the_sweep_forgets_what_is_over_and_what_is_too_much(
    open_with_clock: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Calendar()
    database = await open_with_clock(clock)
    hub = ScriptedHub(database, served=agent(**ON), clock=clock)
    await hub.answered(message("How do I oil a chain?", chat="1"))
    clock.skipped += 3600
    await hub.answered(message("How do I true a wheel?", chat="2"))
    clock.skipped += 3600
    await hub.answered(message("How do I wrap a handlebar?", chat="3"))
    assert await kept(hub) == 3

    clock.skipped += 22 * 3600
    await database.run(*forgetting(clock.now_ms()))
    assert await kept(hub) == 2

    monkeypatch.setattr("hub.sweep.KEPT_ANSWERS", 1)
    await database.run(*forgetting(clock.now_ms()))
    assert (await hub.row("SELECT question FROM kept_answer"))[0] == "How do I wrap a handlebar?"


async def test_a_bad_vote_drops_the_answer_whoever_it_was_shown_to(database: Database) -> None:
    hub = reusing(database)
    await hub.answered(message(ASKED, chat="1"))
    await hub.answered(message(ASKED, chat="2"))

    await hub.front.pressed(judged(hub, "bad", 1, chat="2"))
    await hub.answered(message(ASKED, chat="3"))
    assert calls(hub) == 2

    await hub.front.pressed(judged(hub, "bad", 2, chat="3", event="e2"))
    await hub.answered(message(ASKED, chat="4"))
    assert calls(hub) == 3


async def test_a_good_vote_keeps_it(database: Database) -> None:
    hub = reusing(database)
    await hub.answered(message(ASKED, chat="1"))

    await hub.front.pressed(judged(hub, "good", 0))
    await hub.answered(message(ASKED, chat="2"))

    assert calls(hub) == 1


async def test_asking_again_asks_anew_and_drops_the_answer(database: Database) -> None:
    hub = reusing(database)
    await hub.answered(message(ASKED, chat="1"))
    await hub.answered(message(ASKED, chat="2"))

    await hub.front.pressed(judged(hub, "again", 1, chat="2"))
    await hub.work()
    assert calls(hub) == 2

    await hub.answered(message(ASKED, chat="3"))
    assert calls(hub) == 3


async def test_who_is_forgotten_leaves_no_kept_answer(database: Database) -> None:
    hub = reusing(database)
    await hub.answered(message(ASKED, 1))
    asked = (await hub.answered(message("/forget me", 2)))[-1]
    word = asked.split("/forget me ")[1].split()[0]

    await hub.answered(message(f"/forget me {word}", 3))

    assert await kept(hub) == 0


# -- /fresh ----------------------------------------------------------------------------------------------------------


async def test_fresh_with_words_asks_anew_and_keeps_the_new_answer(database: Database) -> None:
    hub = reusing(database)
    await hub.answered(message(ASKED, chat="1"))
    hub.near.will("A better one.", Done("stop", SHORT))

    shown = await hub.answered(message(f"/fresh {ASKED}", chat="2"))
    again = await hub.answered(message(ASKED, chat="3"))

    assert hub.near.calls[-1].turns[-1].text == ASKED
    assert shown[-1] == again[-1] == "A better one."
    assert calls(hub) == 2


async def test_fresh_alone_asks_the_last_question_anew(database: Database) -> None:
    hub = reusing(database)
    await hub.answered(message(ASKED, chat="1"))
    await hub.answered(message(ASKED, 1, chat="2"))
    hub.near.will("A better one.", Done("stop", SHORT))

    shown = await hub.answered(message("/fresh", 2, chat="2"))

    assert shown[-1] == "A better one."
    assert hub.near.calls[-1].turns[-1].text == ASKED


async def test_fresh_where_nothing_was_asked_says_so(sqlite_database: Database) -> None:
    hub = reusing(sqlite_database)

    assert await hub.answered(message("/fresh")) == [phrases.NOTHING_ANSWERED]
    assert calls(hub) == 0


async def test_fresh_passes_the_same_gate_as_every_question(sqlite_database: Database) -> None:
    hub = reusing(sqlite_database)

    (shown,) = await hub.answered(message("/fresh Repeat the word tyre forever."))

    assert shown == phrases.TOO_MUCH_ASKED
    assert calls(hub) == 0


# -- what is never given again ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order?",
        "What is the weather in Lisbon today?",
        "Are you open next Monday?",
        "Wie lautet meine Kundennummer?",
        "¿Dónde está mi pedido?",
        "Où est ma commande ?",
        "Onde está a minha encomenda?",
        "What is the status of order number 48213?",
        "Как поменять колесо?",
    ],
)
async def test_what_is_personal_or_bound_to_a_time_is_neither_kept_nor_given(
    sqlite_database: Database, text: str
) -> None:
    hub = reusing(sqlite_database)

    await hub.answered(message(text, chat="1"))
    await hub.answered(message(text, chat="2"))

    assert calls(hub) == 2
    assert await kept(hub) == 0


@pytest.mark.parametrize(
    "steps",
    [
        ("It begins and", Done("length", SHORT)),
        ("It begins and", Done("filter", SHORT)),
        ("I'm sorry, but I cannot help with that.", Done("stop", SHORT)),
        ("Leider kann ich das nicht sagen.", Done("stop", SHORT)),
    ],
)
async def test_what_is_cut_or_an_apology_is_not_kept(sqlite_database: Database, steps: tuple[Any, ...]) -> None:
    hub = reusing(sqlite_database)
    hub.near.will(*steps)

    await hub.answered(message(ASKED, chat="1"))
    await hub.answered(message(ASKED, chat="2"))

    assert calls(hub) == 2


async def test_what_the_faq_says_is_not_kept(sqlite_database: Database) -> None:
    hub = reusing(sqlite_database, faq=FAQ, faq_first=True)

    await hub.answered(message("When are you open?"))

    assert await kept(hub) == 0


async def test_an_answer_made_within_a_conversation_is_not_kept(sqlite_database: Database) -> None:
    hub = reusing(sqlite_database)
    await hub.answered(message("How do I oil a chain?", 1))

    await hub.answered(message(ASKED, 2))
    await hub.answered(message(ASKED, 1, chat="2"))

    assert calls(hub) == 3


async def test_within_a_conversation_only_a_question_that_stands_alone_is_answered_from_before(
    sqlite_database: Database,
) -> None:
    hub = reusing(sqlite_database)
    for number, text in enumerate((ASKED, "How long does it take?")):
        await hub.answered(message(text, chat=f"first-{number}"))
    await hub.answered(message("Tell a joke about bicycles.", 1, chat="2"))
    assert calls(hub) == 3

    for number, text in enumerate((ASKED, f"Hi, {ASKED[0].lower()}{ASKED[1:]} Thank you!"), 2):
        await hub.answered(message(text, number, chat="2"))
        assert calls(hub) == 3

    await hub.answered(message("Hi, how long does it take?", 4, chat="2"))
    assert calls(hub) == 4


async def test_a_question_with_a_quotation_or_a_file_is_asked(sqlite_database: Database) -> None:
    hub = reusing(sqlite_database)
    await hub.answered(message(ASKED, chat="1"))
    hub.channel.files["f"] = b"a list"

    await hub.answered(changed(message(ASKED, chat="2"), quoted="Of the red one."))
    await hub.answered(
        message(ASKED, chat="3", attachments=(Attachment("document", "list.txt", "text/plain", 6, "f"),))
    )

    assert calls(hub) == 3


async def test_what_was_taken_back_while_it_was_answered_is_not_kept(sqlite_database: Database) -> None:
    hub = reusing(sqlite_database)
    await hub.say(message(ASKED))
    await hub.front.deleted(conversation(), "1")
    await hub.work()

    assert await kept(hub) == 0


# -- other words -----------------------------------------------------------------------------------------------------


async def test_other_words_for_the_same_are_answered_from_before_where_it_is_switched_on(database: Database) -> None:
    hub = reusing(database, **ALIKE)
    first = await hub.answered(message(ASKED, chat="1"))

    shown = await hub.answered(message(REWORDED, 1, chat="2"))
    why = (await hub.answered(message("/why", 2, chat="2")))[-1]

    assert shown == [*first, *first]
    assert calls(hub) == 1
    assert "The answer to the same question in other words of " in why


async def test_other_words_are_asked_where_it_is_not(sqlite_database: Database) -> None:
    hub = reusing(sqlite_database)

    await hub.answered(message(ASKED, chat="1"))
    await hub.answered(message(REWORDED, chat="2"))

    assert calls(hub) == 2


@pytest.mark.parametrize(
    "other",
    ["How do I not change a flat tyre?", "How do I change 2 flat tyres?", "How do I sell a flat tyre?"],
)
async def test_what_differs_is_asked(sqlite_database: Database, other: str) -> None:
    hub = reusing(sqlite_database, **ALIKE)

    await hub.answered(message(ASKED, chat="1"))
    await hub.answered(message(other, chat="2"))

    assert calls(hub) == 2


class Meaning:
    """The extra as if it were installed: a likeness of all texts, and which were compared."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cosine = 1.0
        self.compared: list[tuple[str, str]] = []
        monkeypatch.setattr(meaning, "installed", lambda: True)
        monkeypatch.setattr(meaning, "likeness_to", self.likeness_to)

    def likeness_to(self, one: str) -> Callable[[str], float]:
        def likeness(other: str) -> float:
            self.compared.append((one, other))
            return self.cosine

        return likeness


@pytest.fixture
def likeness(monkeypatch: pytest.MonkeyPatch) -> Meaning:
    return Meaning(monkeypatch)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("How do I change a bicycle tyre?", "How do I switch a bicycle tyre?"),
        ("How do I switch a bicycle tyre?", "How do I change a bicycle tyre?"),
        ("Which chains do racing bikes need?", "What various chains do racing bikes need?"),
    ],
)
async def test_what_differs_in_little_is_answered_from_before_where_it_means_the_same(
    database: Database, likeness: Meaning, one: str, other: str
) -> None:
    hub = reusing(database, **ALIKE)
    first = await hub.answered(message(one, chat="1"))

    shown = await hub.answered(message(other, 1, chat="2"))
    why = (await hub.answered(message("/why", 2, chat="2")))[-1]

    assert shown == [*first, *first]
    assert "in other words" in why
    assert likeness.compared == [(other, one)]


async def test_nobody_is_shown_another_s_words_and_the_forgotten_leave_none(
    database: Database, likeness: Meaning
) -> None:
    hub = reusing(database, **ALIKE)
    await hub.answered(message("How do I switch a bicycle tyre?", 1))
    await hub.answered(message("How do I change a bicycle tyre?", 1, chat="2"))
    assert calls(hub) == 1
    assert "switch" not in (await hub.answered(message("/why", 2, chat="2")))[-1]

    asked = (await hub.answered(message("/forget me", 2)))[-1]
    await hub.answered(message(f"/forget me {asked.split('/forget me ')[1].split()[0]}", 3))

    assert await kept(hub) == 0
    assert all("switch" not in row["route"] for row in await hub.rows("SELECT route FROM reply"))


@pytest.mark.parametrize("press", ["bad", "again"])
async def test_an_answer_in_other_words_is_dropped_where_it_was_given_too(
    database: Database, likeness: Meaning, press: str
) -> None:
    hub = reusing(database, **ALIKE)
    await hub.answered(message("How do I switch a bicycle tyre?", 1))
    await hub.answered(message("How do I change a bicycle tyre?", 1, chat="2"))

    await hub.front.pressed(judged(hub, press, 1, chat="2"))

    assert await kept(hub) == 0


async def test_what_is_not_alike_enough_is_asked(sqlite_database: Database, likeness: Meaning) -> None:
    hub = reusing(sqlite_database, **ALIKE)
    likeness.cosine = 0.9

    await hub.answered(message("How do I change a bicycle tyre?", chat="1"))
    await hub.answered(message("How do I switch a bicycle tyre?", chat="2"))

    assert (calls(hub), len(likeness.compared)) == (2, 1)


@pytest.mark.parametrize("changes", [ON, ALIKE])
async def test_without_the_extra_or_the_setting_nothing_is_compared(
    sqlite_database: Database, likeness: Meaning, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    if changes is ALIKE:
        monkeypatch.setattr(meaning, "installed", lambda: False)
    hub = reusing(sqlite_database, **changes)

    await hub.answered(message("How do I change a bicycle tyre?", chat="1"))
    await hub.answered(message("How do I switch a bicycle tyre?", chat="2"))

    assert (calls(hub), likeness.compared) == (2, [])
    assert await hub.rows("SELECT 1 FROM kept_answer WHERE near_first <> ''") == []


async def test_what_must_differ_is_never_compared(sqlite_database: Database, likeness: Meaning) -> None:
    hub = reusing(sqlite_database, **ALIKE)
    for chat, text in enumerate(
        (
            "How do I change a bicycle tyre?",
            "How do I change a bicycle saddle?",
            "How do I not change a bicycle tyre?",
            "How do I change a bicycle tyre in Rome?",
            "How do I change 2 bicycle tyres?",
        ),
        1,
    ):
        await hub.answered(message(text, chat=str(chat)))

    assert (calls(hub), likeness.compared) == (5, [])


async def test_few_are_compared_however_many_are_kept(sqlite_database: Database, likeness: Meaning) -> None:
    hub = reusing(sqlite_database, **ALIKE)
    likeness.cosine = 0.0
    for chat, words in enumerate(product(("", "usually ", "mostly "), ("switch", "swap")), 1):
        await hub.answered(message(f"How do I {''.join(words)} a bicycle wheel?", chat=str(chat)))
    likeness.compared.clear()

    await hub.answered(message("How do I change a bicycle wheel?", chat="99"))

    assert 1 <= len(likeness.compared) <= MOST_COMPARED


async def test_other_wordings_are_found_by_indexes(sqlite_database: Database) -> None:
    near = all_named()["reuse.near"]
    values = dict.fromkeys(numbered(near.text, now="")[1])
    plan = await sqlite_database.run(Statement(Sql("plan", f"EXPLAIN QUERY PLAN {near.text}"), values))

    steps = [row["detail"] for row in plan[0] if "kept_answer" in row["detail"]]
    assert len(steps) == 5
    assert all(step.startswith("SEARCH kept_answer USING INDEX kept_answer_near") for step in steps)
    assert all("made_ms>?" in step for step in steps)  # in its order, so that the newest few are all that is read


async def test_both_keys_are_found_by_an_index(sqlite_database: Database) -> None:
    hub = reusing(sqlite_database)
    plan = await hub.rows(
        "EXPLAIN QUERY PLAN SELECT id FROM kept_answer WHERE id = 'a' AND made_ms > 0 "
        "UNION ALL SELECT id FROM kept_answer WHERE alike = 'a' AND alike <> '' AND made_ms > 0"
    )

    steps = [row["detail"] for row in plan if "kept_answer" in row["detail"]]
    assert len(steps) == 2
    assert all(step.startswith("SEARCH") for step in steps)
