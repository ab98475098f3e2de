"""/export and /forget: what a person can see and take away of what the hub has of them."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from hub import phrases
from hub.agents.port import AgentError, Kind
from hub.books import audit
from hub.commands import COMMANDS
from hub.config.settings import Budget, Budgets, Limit
from hub.erasing import finish_forgetting
from hub.messages import Press, Sender
from hub.store import Database, Rows, Sql, Statement
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, changed
from tests.pipeline.test_steering import admin, last, steered, trail

pytestmark = pytest.mark.unit

TABLES = (
    *("conversation", "message", "person", "reply", "feedback", "turn", "orphan", "membership", "handover"),
    *("ledger", "hold", "guest", "stranger", "outgoing", "confirmation", "erasure", "press", "pin", "summary"),
    *("recall", "recall_posting", "recall_vector"),
)


def asked_word(said: str) -> str:
    found = re.search(r"/forget \S+ (\w+)", said)
    assert found
    return found[1]


async def everything(database: Database) -> Rows:
    """Every table there is."""
    of_sqlite = "SELECT name FROM sqlite_schema WHERE type = 'table'"
    of_postgresql = "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema()"
    return await database.read(Statement(Sql("test tables", of_sqlite, None, of_postgresql), {}))


async def traces(hub: ScriptedHub, *secrets: str, tables: Sequence[str] = TABLES) -> Iterator[str]:
    """Where in the store one of these still stands."""
    found = []
    for table in tables:
        for row in await hub.rows(f"SELECT * FROM {table}"):
            text = repr(tuple(row))
            found += [f"{table}: {text}" for secret in secrets if secret in text]
    return iter(found)


async def test_a_person_forgets_themselves(database: Database) -> None:
    hub = steered(database)
    hub.channel.name = "chat"
    await hub.answered(message("My secret is blue", 1, "77"), message("/feedback a fine shade", 2, "77"))
    await hub.answered(message("/pin A secret shade", 9, "77"))
    await hub.execute("INSERT INTO summary (conversation, agent, text) VALUES ('chat/main/77', 'support', 'a secret')")
    await hub.answered(message("Hello", 1, "2"))
    before = (await hub.row("SELECT SUM(cost_nusd), COUNT(*) FROM ledger"))[0:2]
    number = (await hub.row("SELECT number FROM person WHERE id = 'chat/u77'"))[0]

    asked = await last(hub, message("/forget me", 3, "77"))
    assert asked.startswith("This erases what you wrote")
    assert await last(hub, message("/forget me wrong1", 4, "77")) != phrases.FORGOTTEN
    word = asked_word(hub.channel.texts()[-1])
    assert await last(hub, message(f"/forget me {word}", 5, "77")) == phrases.FORGOTTEN
    await finish_forgetting(database)

    assert list(await traces(hub, "secret", "shade", "u77", "chat/main/77")) == []
    assert (await hub.row("SELECT SUM(cost_nusd), COUNT(*) FROM ledger"))[0:2] == before
    assert [row[0] for row in await hub.rows(f"SELECT person FROM ledger WHERE person = {number}")]
    assert await hub.rows("SELECT * FROM message WHERE conversation = 'chat/main/2'")

    assert await last(hub, message("Hello again", 6, "77")) == "You said: Hello again"
    assert (await hub.row("SELECT number FROM person WHERE id = 'chat/u77'"))[0] != number


async def test_an_owner_forgets_somebody_and_the_trail_does_not_name_them(database: Database) -> None:
    hub = steered(database)
    await hub.answered(message("My secret is blue", 1, "77"))
    number = (await hub.row("SELECT number FROM person WHERE id = 'chat/u77'"))[0]

    word = asked_word(await last(hub, admin("/forget chat:u77", 2)))
    assert await last(hub, admin(f"/forget chat:u77 {word}", 3)) == "chat:u77 is forgotten; the sums remain."

    assert await hub.rows("SELECT * FROM person WHERE id = 'chat/u77'") == []
    assert await hub.rows("SELECT * FROM message WHERE conversation = 'chat/main/77'") == []
    assert [arguments for *_, arguments in await trail(hub)] == [str(number), f"{number} (asked first)"]


async def test_holds_for_calls_that_were_not_made_are_forgotten_too(database: Database) -> None:
    """They have no row in the ledger."""
    hub = steered(database)
    hub.near.will(AgentError(Kind.UNREACHABLE, "scripted", sent=False))
    await hub.answered(message("My secret is blue", 1, "77"))
    assert {row[0] for row in await hub.rows("SELECT state FROM hold")} == {"released", "settled"}

    word = asked_word(await last(hub, admin("/forget chat:u77", 2)))
    await hub.answered(admin(f"/forget chat:u77 {word}", 3))

    assert list(await traces(hub, "secret", "chat/main/77")) == []


async def test_what_waits_is_forgotten_when_it_is_done(database: Database) -> None:
    hub = steered(database)
    await hub.answered(message("Hello", 1, "77"), admin("/pause hub queue", 1))
    await hub.answered(message("My secret is blue", 2, "77"))
    word = asked_word(await last(hub, admin("/forget chat:u77", 2)))

    await hub.answered(admin(f"/forget chat:u77 {word}", 3))
    await hub.rested()
    await hub.work()
    await finish_forgetting(database)

    assert list(await traces(hub, "secret", "chat/u77", "chat/main/77")) == []
    assert await hub.rows("SELECT * FROM erasure") == []


async def test_where_others_wrote_too_an_empty_place_stays_and_the_books_are_right(database: Database) -> None:
    hub = steered(database)
    await hub.answered(message("Hello", 1, "5"), message("My secret is blue", 2, "5", id="77"))
    await hub.answered(message("And so on", 3, "5"), message("A secret indeed", 4, "5", id="77"))
    word = asked_word(await last(hub, admin("/forget chat:77", 5)))

    await hub.answered(admin(f"/forget chat:77 {word}", 6))
    await finish_forgetting(database)

    assert list(await traces(hub, "secret", "chat/77")) == []
    assert (await audit(database)).problems == ()
    assert [row[0] for row in await hub.rows("SELECT text FROM turn WHERE role = 'user'")] == ["Hello", "And so on"]
    assert await last(hub, message("Go on", 7, "5")) == "You said: Go on"


async def test_the_last_who_is_forgotten_takes_the_empty_places_along(database: Database) -> None:
    hub = steered(database)
    await hub.answered(message("Hello", 1, "5"), message("Good day", 2, "5", id="77"))

    for number, person in enumerate(("77", "u5")):
        word = asked_word(await last(hub, admin(f"/forget chat:{person}", 10 + 2 * number)))
        await hub.answered(admin(f"/forget chat:{person} {word}", 11 + 2 * number))
    await finish_forgetting(database)

    assert await hub.rows("SELECT * FROM message WHERE conversation = 'chat/main/5'") == []
    assert await hub.rows("SELECT * FROM conversation WHERE id = 'chat/main/5'") == []
    assert (await audit(database)).problems == ()


async def test_what_others_had_asked_again_is_forgotten_with_its_author(database: Database) -> None:
    hub = steered(database)
    await hub.answered(message("My secret is blue", 1, "5", id="77"))
    part = next(part for part, text in hub.channel.shown.items() if "secret" in text)
    again = Press(
        conversation=message("", 0, "5").conversation,
        part_id=part,
        sender=Sender("u5"),
        action="again",
        event_id="e1",
    )
    await hub.front.pressed(again)
    await hub.work()
    await hub.answered(message("/fresh", 2, "5", id="u6"), message("Hello", 3, "5", id="u6"))
    assert len(hub.near.calls) == 4

    word = asked_word(await last(hub, admin("/forget chat:77", 5)))
    await hub.answered(admin(f"/forget chat:77 {word}", 6))
    await finish_forgetting(database)

    assert list(await traces(hub, "secret", "chat/77")) == []
    assert [row[0] for row in await hub.rows("SELECT text FROM turn WHERE role = 'user'")] == ["Hello"]
    assert await hub.rows("SELECT * FROM erasure") == []
    assert (await audit(database)).problems == ()


async def test_what_waits_to_be_asked_again_is_forgotten_when_it_is_done(database: Database) -> None:
    hub = steered(database)
    await hub.answered(message("My secret is blue", 1, "5", id="77"), admin("/pause hub queue", 1))
    again = Press(
        conversation=message("", 0, "5").conversation,
        part_id=next(part for part, text in hub.channel.shown.items() if "secret" in text),
        sender=Sender("u5"),
        action="again",
        event_id="e1",
    )
    await hub.front.pressed(again)
    await hub.work()
    word = asked_word(await last(hub, admin("/forget chat:77", 2)))

    await hub.answered(admin(f"/forget chat:77 {word}", 3))
    await hub.rested()
    await hub.work()
    await finish_forgetting(database)

    assert len(hub.near.calls) == 1
    assert list(await traces(hub, "secret", "chat/77")) == []
    assert await hub.rows("SELECT * FROM erasure") == []


async def test_no_budget_of_a_chat_tells_whose_it_was(database: Database) -> None:
    hub = steered(database)
    each = Budget(limits=(Limit("day", "nusd", 1_000_000),))
    hub.settings = changed(hub.settings, budgets=Budgets(chat=each))
    await hub.answered(message("Hello", 1, "77"), message("Hello", 1, "78"))
    assert len(await hub.rows("SELECT id FROM budget")) == 2

    word = asked_word(await last(hub, message("/forget me", 2, "77")))
    await hub.answered(message(f"/forget me {word}", 3, "77"))
    await finish_forgetting(database)

    tables = [row["name"] for row in await everything(database)]
    assert {"budget", "hold", "note"} <= set(tables)
    assert list(await traces(hub, "chat/main/77", "u77", tables=tables)) == []
    assert [row[0] for row in await hub.rows("SELECT name FROM budget")] == ["chat/main/78"]
    assert (await audit(database)).problems == ()
    assert await last(hub, message("Hello again", 4, "77")) == "You said: Hello again"


async def test_what_is_under_way_is_forgotten_when_it_is_booked_or_delivered(database: Database) -> None:
    hub = steered(database)
    await hub.answered(message("My secret is blue", 1, "77"))
    number = (await hub.row("SELECT number FROM person WHERE id = 'chat/u77'"))[0]
    await hub.execute("UPDATE hold SET state = 'held'")  # as of a summary that is being made
    await hub.execute(
        "INSERT INTO outgoing (source, place, text, files, state, due_ms) "
        f"VALUES ('human/{number}/a/1', '{{}}', 'My secret', '', 'pending', 0)"
    )
    word = asked_word(await last(hub, admin("/forget chat:u77", 2)))
    await hub.answered(admin(f"/forget chat:u77 {word}", 3))
    assert [place.partition(":")[0] for place in await traces(hub, "secret", "chat/main/77")] == ["hold", "outgoing"]

    await hub.execute("UPDATE hold SET state = 'settled'")
    await finish_forgetting(database)
    assert [place.partition(":")[0] for place in await traces(hub, "secret", "chat/main/77")] == ["outgoing"]
    await hub.execute("UPDATE outgoing SET state = 'delivered'")
    await finish_forgetting(database)

    assert list(await traces(hub, "secret", "chat/main/77")) == []
    assert await hub.rows("SELECT * FROM erasure") == []


async def test_a_word_confirms_for_its_own_person_place_and_purpose_alone(sqlite_database: Database) -> None:
    hub = steered(sqlite_database)
    await hub.answered(message("Hello", 1, "77"), message("Hello", 1, "78"))
    word = asked_word(await last(hub, admin("/forget chat:u77", 2)))

    for number, other in enumerate(
        (
            admin(f"/forget chat:u78 {word}", 3),
            message(f"/forget chat:u77 {word}", 4, "5", id="admin"),
            message(f"/forget me {word}", 5, "77"),
        )
    ):
        assert "forgotten" not in await last(hub, other), number
    assert len(await hub.rows("SELECT * FROM person WHERE id IN ('chat/u77', 'chat/u78')")) == 2


async def test_a_word_is_good_for_a_few_minutes_and_once(sqlite_database: Database) -> None:
    hub = steered(sqlite_database)
    await hub.answered(message("Hello", 1, "77"))
    word = asked_word(await last(hub, admin("/forget chat:u77", 2)))
    await hub.execute("UPDATE confirmation SET expires_ms = 1")

    assert "forgotten" not in await last(hub, admin(f"/forget chat:u77 {word}", 3))


async def test_conversations_are_written_to_a_file(database: Database, tmp_path: Path) -> None:
    hub = steered(database)
    hub.settings = changed(hub.settings, path=tmp_path / "regions.toml")
    await hub.answered(message("Hello", 1, "77"), message("And now?", 2, "77"), message("Not mine", 1, "78"))

    said = await last(hub, message("/export", 3, "77"))

    (file,) = (tmp_path / "var" / "exports").iterdir()
    assert said == phrases.EXPORTED.format(count=3, file=file.name)
    lines = [msgspec.json.decode(line) for line in file.read_bytes().splitlines()]
    assert [(line["text"], line["answer"]) for line in lines][:2] == [
        ("Hello", "You said: Hello"),
        ("And now?", "You said: And now?"),
    ]
    assert file.stat().st_mode & 0o077 == 0
    assert str(file) in await last(hub, admin("/export chat:u77", 4))

    word = asked_word(await last(hub, admin("/forget chat:u77", 5)))
    await hub.answered(admin(f"/forget chat:u77 {word}", 6))
    assert not file.exists()


@pytest.mark.parametrize("command", ["/export chat:u78", "/forget chat:u78"])
async def test_nobody_but_an_owner_reaches_anothers_data(sqlite_database: Database, command: str) -> None:
    hub = steered(sqlite_database)
    await hub.answered(message("Hello", 1, "78"))

    name = command.split()[0]
    assert await last(hub, message(command, 1, "77")) == f"{name} is only for people with the role owner here."


async def test_words_on_the_last_answer_are_kept_with_it(database: Database) -> None:
    hub = steered(database)

    said = await hub.answered(
        message("/feedback too early", 1), message("Hello", 2), message("/feedback a fine answer", 3)
    )

    assert said[0] == phrases.NOTHING_ANSWERED
    assert said[2] == phrases.FEEDBACK_KEPT
    row = await hub.row("SELECT f.words, f.value, r.agent FROM feedback f JOIN reply r ON r.id = f.reply")
    assert tuple(row) == ("a fine answer", "none", "support")
    assert {"feedback", "export", "forget"} <= {spec.name for spec in COMMANDS}
