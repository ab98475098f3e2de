"""/budget: what an admin sets is in force at once, in every process."""

import pytest

from hub.config.settings import Budget, Budgets, Limit
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import agent, changed, with_budget
from tests.pipeline.test_steering import admin, last, steered, trail

pytestmark = pytest.mark.unit


async def test_a_smaller_budget_stops_the_next_answer_of_another_process(database: Database) -> None:
    here, there = (steered(database, served=with_budget(10**9)) for _ in range(2))
    assert await last(there, message("Hello", 1)) == "You said: Hello"

    said = await last(here, admin("/budget support monthly 0", 2))
    assert said == "support: $0.00 monthly from now on. /budget support monthly reset goes back."
    assert (await last(there, message("Hello again", 3))).startswith("The budget for answers here is spent.")

    assert await last(here, admin("/budget support monthly reset", 4)) == (
        "support: $1.00 monthly again, as in regions.toml."
    )
    assert (await last(there, message("And now?", 5))).endswith("And now?")
    assert [arguments for *_, arguments in await trail(here)] == ["support monthly 0", "support monthly reset"]


async def test_a_limit_that_the_settings_do_not_have(database: Database) -> None:
    here, there = steered(database), steered(database)

    await here.answered(admin("/budget hub daily 1 tokens", 1))
    assert (await last(there, message("Hello", 2))).startswith("The budget for answers here is spent.")
    assert "1 tokens" in await last(here, admin("/budget hub", 3))

    said = await last(here, admin("/budget hub daily reset tokens", 4))
    assert said == "hub: no limit daily again, as in regions.toml."
    assert (await last(there, message("And now?", 5))).endswith("And now?")


async def test_one_persons_limit(database: Database) -> None:
    hub = steered(database)
    hub.settings = changed(hub.settings, budgets=Budgets(person=Budget((Limit("day", "nusd", 10**9),))))
    await hub.answered(message("Hello", 1), message("Hello", 1, "2"))

    await hub.answered(admin("/budget chat:u1 daily 0", 2))
    assert (await last(hub, message("And now?", 3))).startswith("The budget for answers here is spent.")
    assert await last(hub, message("And now?", 3, "2")) == "You said: And now?"
    number = (await hub.row("SELECT number FROM person WHERE id = 'chat/u1'"))[0]
    assert [arguments for *_, arguments in await trail(hub)] == [f"{number} daily 0"]

    assert "No person has a weekly limit" in await last(hub, admin("/budget chat:u1 weekly 5", 4))


async def test_how_budgets_stand_with_a_forecast(sqlite_database: Database) -> None:
    hub = steered(sqlite_database, served=with_budget(10**9))
    await hub.answered(message("Hello", 1))

    table = (await last(hub, admin("/budget", 2))).splitlines()

    assert table[0] == "```"
    assert table[1].split() == ["spent", "limit", "at", "its", "end", "gone", "on"]
    assert table[2].split()[:2] == ["support", "month"]
    assert table[2].split()[3] == "$1.00"
    assert table[-1] == "At this pace; days begin in Europe/Berlin."


@pytest.mark.parametrize(
    "words",
    [
        "support",
        "support monthly",
        "support yearly 5",
        "support monthly -5",
        "support monthly much",
        "support monthly 5 6",
        "support monthly 99999999999999999999",
        "support monthly 1.5 tokens",
        "nobody monthly 5",
        "chat:nobody daily 5",
    ],
)
async def test_what_is_no_budget_changes_nothing(sqlite_database: Database, words: str) -> None:
    hub = steered(sqlite_database)

    said = await last(hub, admin(f"/budget {words}", 1))

    assert "from now on" not in said
    assert await hub.rows("SELECT * FROM budget_change") == []


@pytest.mark.parametrize("whose", ["support", "hub"])
async def test_no_money_limit_over_a_model_whose_price_nobody_knows(sqlite_database: Database, whose: str) -> None:
    hub = steered(sqlite_database, served=agent(tiers={"simple": "nobodys-model"}))

    said = await last(hub, admin(f"/budget {whose} monthly 60", 1))
    assert said.startswith("The price of nobodys-model, which support asks, is not known")
    assert await last(hub, message("Hello", 2)) == "You said: Hello"

    await hub.answered(admin(f"/budget {whose} monthly 0 tokens", 3))
    assert (await last(hub, message("And now?", 4))).startswith("The budget for answers here is spent.")
