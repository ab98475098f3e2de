"""The turn and its tier: easy goes cheap, hard goes strong, weak is escalated, wishes are heard within the budget."""

from collections.abc import Sequence

import pytest

from hub import phrases
from hub.agents.port import AgentError, Done, Kind, Request, Usage
from hub.config.settings import Agent, TieringSettings
from hub.messages import Press, Sender
from hub.store import Database
from tests.pipeline.channel import conversation, message
from tests.pipeline.hub import NEAR, ScriptedHub, agent, only, with_budget
from tests.pipeline.model import SHORT, ScriptedClient, Step

pytestmark = pytest.mark.unit

EASY = "Thanks!"
HARD = "Prove step by step that there are infinitely many primes."
ORDERED = "ledger l JOIN message m ON m.id = l.message ORDER BY m.position, l.tier DESC"
"""Ids of one millisecond have no order; of one message, simple came before complex."""
TIERS = {"simple": "coin", "complex": "dear"}


def two_tiers(**tiering: object) -> Agent:
    return agent(deployments=only(NEAR), tiers=TIERS, tiering=TieringSettings(**tiering))  # type: ignore[arg-type]


def names_itself(request: Request) -> Sequence[Step]:
    return (f"I am {request.model}.", Done("stop", SHORT))


def hub_of(database: Database, served: Agent, **more: object) -> ScriptedHub:
    return ScriptedHub(database, served=served, clients={NEAR: ScriptedClient(names_itself)}, **more)  # type: ignore[arg-type]


async def tiers(hub: ScriptedHub) -> list[tuple[str, str, str]]:
    """Tier, why and kind of each ledger row, message by message."""
    # Rows of either engine.
    return [tuple(row) for row in await hub.rows(f"SELECT l.tier, l.tier_why, l.kind FROM {ORDERED}")]  # type: ignore[misc]


async def test_easy_goes_cheap_and_hard_goes_strong(database: Database) -> None:
    hub = hub_of(database, two_tiers())

    assert await hub.answered(message(EASY, 1), message(HARD, 2)) == ["I am coin.", "I am dear."]

    assert await tiers(hub) == [("simple", "difficulty", "answer"), ("complex", "difficulty", "answer")]
    told = (await hub.answered(message("/why", 3)))[-1]
    assert "The complex tier was chosen: difficulty " in told
    assert "the threshold 0.50" in told


async def test_the_threshold_is_the_agents(sqlite_database: Database) -> None:
    hub = hub_of(sqlite_database, two_tiers(threshold=0.0))

    assert await hub.answered(message(EASY)) == ["I am dear."]


async def test_without_tiering_the_complex_tier_is_asked(sqlite_database: Database) -> None:
    hub = hub_of(sqlite_database, agent(deployments=only(NEAR), tiers=TIERS))

    assert await hub.answered(message(EASY, 1), message(f"/strong {EASY}", 2)) == ["I am dear."] * 2

    assert await tiers(hub) == [("complex", "", "answer")] * 2


async def test_a_weak_answer_is_escalated_charged_twice_and_told(database: Database) -> None:
    hub = hub_of(database, two_tiers())
    hub.near.will("I don't know.", Done("stop", Usage(input=20, output=5)))

    assert await hub.answered(message(EASY, 1)) == ["I am dear."]

    assert await tiers(hub) == [("simple", "difficulty", "answer"), ("complex", "escalated", "escalation")]
    assert [row[0] for row in await hub.rows(f"SELECT l.cost_nusd FROM {ORDERED}")] == [25, 250]
    assert await hub.open_holds() == 0
    told = (await hub.answered(message("/why", 2)))[-1]
    assert "The simple tier's answer said that it does not know, so the complex tier was asked too." in told
    assert [row[0] for row in await hub.rows("SELECT text FROM turn WHERE role = 'assistant'")] == ["I am dear."]


async def test_escalation_can_be_switched_off(sqlite_database: Database) -> None:
    hub = hub_of(sqlite_database, two_tiers(escalate=False))
    hub.near.will("I don't know.", Done("stop", SHORT))

    assert await hub.answered(message(EASY)) == ["I don't know."]
    assert len(hub.near.calls) == 1


async def test_an_escalation_without_money_does_not_ask_the_cheap_tier_again(database: Database) -> None:
    served = with_budget(2_000, "cheaper", deployments=only(NEAR), tiers=TIERS, tiering=TieringSettings())
    hub = hub_of(database, served)
    hub.near.will("I don't know.", Done("stop", SHORT))

    assert await hub.answered(message(EASY, 1)) == ["I don't know."]

    assert await tiers(hub) == [("simple", "difficulty", "answer")]


async def test_a_weak_answer_stands_where_its_deployment_is_gone_by_now(database: Database) -> None:
    hub = hub_of(database, two_tiers())

    def weak_at_last(_: Request) -> Sequence[Step]:
        hub.endpoints.pop(NEAR)  # as a reload does
        return ("I don't know.", Done("stop", SHORT))

    hub.near.usual = weak_at_last

    assert await hub.answered(message(EASY, 1)) == ["I don't know."]
    assert await hub.open_holds() == 0


@pytest.mark.parametrize("failure", ["error", "money"])
async def test_where_escalation_comes_to_nothing_the_first_answer_is_given(database: Database, failure: str) -> None:
    served = with_budget(2_000, deployments=only(NEAR), tiers=TIERS, tiering=TieringSettings())
    hub = hub_of(database, served if failure == "money" else two_tiers())
    hub.near.will("I don't know.", Done("stop", SHORT))
    if failure == "error":
        hub.near.will(AgentError(Kind.OVERLOADED, "busy", sent=True))

    assert await hub.answered(message(EASY, 1)) == ["I don't know."]

    assert (await tiers(hub))[0][0] == "simple"
    assert await hub.open_holds() == 0
    assert (await hub.row("SELECT COUNT(*) FROM ledger WHERE tier = 'simple'"))[0] == 1
    assert "but the complex tier could not answer" in (await hub.answered(message("/why", 2)))[-1]


async def test_people_can_ask_for_the_strong_model(database: Database) -> None:
    hub = hub_of(database, two_tiers())

    assert await hub.answered(message(f"/strong {EASY}", 1)) == ["I am dear."]

    assert hub.near.calls[0].turns[-1].text == EASY
    assert await tiers(hub) == [("complex", "asked", "answer")]
    assert "The complex tier was asked for." in (await hub.answered(message("/why", 2)))[-1]
    assert (await hub.answered(message("/strong", 3)))[-1] == phrases.STRONG_HOW


@pytest.mark.parametrize(
    ("strong", "admins", "answer"),
    [
        ("nobody", ("chat:u1",), phrases.STRONG_NONE),
        ("operator", (), phrases.ROLE_MISSING.format(name="strong", role="operator")),
        ("operator", ("chat:u1",), "I am dear."),
    ],
)
async def test_the_settings_say_who_may_ask_for_it(
    sqlite_database: Database, strong: str, admins: tuple[str, ...], answer: str
) -> None:
    hub = hub_of(sqlite_database, two_tiers(strong=strong), admins=admins)

    assert await hub.answered(message(f"/strong {EASY}")) == [answer]


async def test_a_budget_too_small_for_the_strong_model_is_honest_about_it(database: Database) -> None:
    served = with_budget(1_500, "cheaper", deployments=only(NEAR), tiers=TIERS, tiering=TieringSettings())
    hub = hub_of(database, served)

    assert await hub.answered(message(f"/strong {EASY}", 1)) == ["I am coin." + phrases.NOT_STRONG]

    assert await tiers(hub) == [("simple", "spent", "answer")]
    assert "The budget had no room for the complex tier" in (await hub.answered(message("/why", 2)))[-1]


def press(action: str, part: str) -> Press:
    return Press(
        conversation=conversation(),
        part_id=part,
        sender=Sender("u1", "Somebody"),
        action=action,
        event_id=f"{action}/{part}",
    )


async def test_what_is_asked_again_goes_strong(database: Database) -> None:
    hub = hub_of(database, two_tiers())
    await hub.answered(message(EASY, 1))

    await hub.front.pressed(press("again", next(iter(hub.channel.shown))))
    await hub.work()

    assert hub.channel.texts()[-1] == "I am dear."
    assert (await tiers(hub))[-1] == ("complex", "again", "answer")


@pytest.mark.parametrize(("heeded", "after"), [(True, ("complex", "disliked")), (False, ("simple", "difficulty"))])
async def test_what_follows_a_disliked_cheap_answer_goes_strong_once(
    database: Database, heeded: bool, after: tuple[str, str]
) -> None:
    hub = hub_of(database, two_tiers(disliked=heeded))
    await hub.answered(message(EASY, 1))
    await hub.front.pressed(press("bad", next(iter(hub.channel.shown))))

    await hub.answered(message(EASY, 2))
    await hub.answered(message(EASY, 3))

    rows = [row[:2] for row in await tiers(hub)]
    assert rows == [("simple", "difficulty"), after, ("simple", "difficulty")]


async def test_a_disliked_strong_answer_changes_nothing(sqlite_database: Database) -> None:
    hub = hub_of(sqlite_database, two_tiers())
    await hub.answered(message(HARD, 1))
    await hub.front.pressed(press("bad", next(iter(hub.channel.shown))))

    assert (await hub.answered(message(EASY, 2)))[-1] == "I am coin."
