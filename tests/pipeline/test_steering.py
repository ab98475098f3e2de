"""What admins change with commands: in force in every process at once, and in the trail."""

import pytest

from hub import phrases
from hub.config.settings import Grant
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, agent, changed

pytestmark = pytest.mark.unit

ADMIN = "admin"


def admin(text: str, number: int) -> object:
    return message(text, number, "9", id=ADMIN)


def steered(database: Database, **more: object) -> ScriptedHub:
    return ScriptedHub(database, admins=(f"chat:{ADMIN}",), **more)  # type: ignore[arg-type]


async def trail(hub: ScriptedHub) -> list[tuple[str, str, str]]:
    """Who, what and with which arguments; those of one millisecond have no order, so none is asked for."""
    rows = await hub.rows("SELECT by_person, command, arguments FROM audit")
    return sorted((row[0], row[1], row[2]) for row in rows)


async def last(hub: ScriptedHub, *messages: object) -> str:
    return (await hub.answered(*messages))[-1]  # type: ignore[arg-type]


async def test_a_pause_holds_in_every_process_from_the_next_message_on(database: Database) -> None:
    here, there = steered(database), steered(database)
    await there.answered(message("Hello", 1))

    assert await last(here, admin("/pause support", 2)) == (
        "support is paused; people are told so. /resume support ends it."
    )
    assert await last(there, message("Hello again", 3)) == phrases.PAUSED
    assert len(there.near.calls) == 1

    assert await last(here, admin("/resume support", 4)) == "support answers again."
    assert await last(there, message("And now?", 5)) == "You said: And now?"
    assert await trail(here) == [(f"chat:{ADMIN}", "pause", "support"), (f"chat:{ADMIN}", "resume", "support")]


async def test_what_waits_during_a_pause_is_answered_after_it(database: Database) -> None:
    hub = steered(database)
    await hub.answered(admin("/pause hub queue", 1))

    await hub.answered(message("Hello", 2))
    assert await hub.outcomes() == ["", "answered"]
    assert not hub.near.calls

    await hub.answered(admin("/resume hub", 3))
    assert hub.channel.texts()[-1] == "You said: Hello"


async def test_what_waits_for_long_during_a_pause_is_looked_at_less_often(database: Database) -> None:
    hub = ScriptedHub(database, admins=(f"chat:{ADMIN}",))
    await hub.answered(admin("/pause hub queue", 1))
    await hub.answered(message("Hello", 1, chat="new"), message("Hello", 1, chat="old"))
    await hub.execute("UPDATE message SET accepted_ms = accepted_ms - 3600000 WHERE conversation = 'chat/main/old'")
    await hub.rested()
    before_ms = hub.clock.now_ms()
    await hub.work()
    rows = await hub.rows("SELECT due_ms FROM conversation WHERE due_ms IS NOT NULL ORDER BY id")
    new_ms, old_ms = (row[0] - before_ms for row in rows)
    assert new_ms < 60_000 < 110_000 < old_ms
    await hub.answered(admin("/resume hub", 2))
    await hub.rested()
    await hub.work()
    assert hub.channel.texts()[-2:] == ["You said: Hello"] * 2


async def test_the_command_that_ends_a_pause_does_not_wait_behind_a_question(database: Database) -> None:
    hub = steered(database)
    await hub.answered(admin("/pause hub queue", 1), admin("Hello", 2))

    said = await hub.answered(admin("/resume hub", 3))

    assert said[-2:] == [phrases.PAUSED, "The whole hub answers again."]


async def test_another_model_is_asked_at_once_in_every_process(database: Database) -> None:
    here, there = steered(database), steered(database)

    assert await last(here, admin("/model support simple dear", 1)) == (
        "support: simple asks dear from the next message on."
    )
    await there.answered(message("Hello", 2))
    assert [call.model for call in there.near.calls] == ["dear"]
    assert "regions.toml: coin" in await last(here, admin("/model support", 3))

    await here.answered(admin("/model support simple default", 4))
    await there.answered(message("Hello", 5))
    assert [call.model for call in there.near.calls] == ["dear", "coin"]


async def test_a_model_without_a_known_price_is_refused(sqlite_database: Database) -> None:
    hub = steered(sqlite_database)

    assert (await last(hub, admin("/model support simple acme-99b", 1))).startswith(
        "The price of acme-99b at openai is not known"
    )
    await hub.answered(message("Hello", 2))
    assert hub.near.calls[0].model == "coin"


async def test_a_person_has_a_tier(database: Database) -> None:
    hub = steered(database)
    await hub.answered(message("Hello", 1))

    assert await last(hub, admin("/tier chat:u1", 2)) == "chat:u1 has the tier free."
    assert await last(hub, admin("/tier chat:u1 paid", 3)) == "chat:u1 has the tier paid from now on."
    assert (await last(hub, admin("/tier chat:nobody paid", 4))).startswith("Nobody with this id")
    assert (await last(hub, admin("/tier", 5))).startswith("Write /tier, who, and one of free, paid, enterprise. Name ")
    row = await hub.row("SELECT tier, number FROM person WHERE id = 'chat/u1'")
    assert row[0] == "paid"
    assert [arguments for *_, arguments in await trail(hub)] == ["", "", str(row[1]), f"{row[1]} paid"]


async def test_a_reload_reaches_the_other_processes(database: Database) -> None:
    here, there = steered(database), steered(database)
    await there.steering.look()
    there.reloads = ["seen", "not twice"]

    assert (await last(here, admin("/reload", 1))).startswith("regions.toml was read anew")
    await there.steering.look()
    await there.steering.look()
    assert there.reloads == ["not twice"]

    here.reloads = ["regions.toml: [hub] name is blank"]
    assert await last(here, admin("/reload", 2)) == "Nothing was changed:\nregions.toml: [hub] name is blank"


async def test_a_role_for_one_agent_is_for_that_agent_alone(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    hub.settings = changed(hub.settings, roles=(Grant("chat:u1", "operator", "support"),))

    assert (await last(hub, message("/pause support", 1))).startswith("support is paused")
    assert await last(hub, message("/pause hub", 2)) == "/pause is only for people with the role operator here."
    assert await last(hub, message("/pause sales", 3)) == "/pause is only for people with the role operator here."


async def test_the_trail_keeps_no_secret(sqlite_database: Database) -> None:
    hub = steered(sqlite_database)
    await hub.answered(
        admin("/pause sk-proj-9f8e7d6c5b4a3928", 1), admin("/pause 123456:AAF9-telegramtoken_1234567", 2)
    )

    assert [arguments for *_, arguments in await trail(hub)] == ["…", "…"]
    assert "/pause …" in await last(hub, admin("/audit", 3))


async def test_an_agent_that_is_served_nowhere_else_is_the_same_value(sqlite_database: Database) -> None:
    hub = steered(sqlite_database)
    assert hub.steering.settings() is hub.settings
    assert agent().paused == ""
