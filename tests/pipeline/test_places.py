"""Where a person is: what they choose, what they share, what is kept of it, and who answers then."""

import msgspec
import pytest

from hub import phrases
from hub.messages import Hints, Message, Press, Sender
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, agent, changed, settings

pytestmark = pytest.mark.unit

NEW_YORK = (40.71, -74.01)


def told(text: str, number: int = 1, chat: str = "1", **hints: object) -> Message:
    return changed(message(text, number, chat), hints=msgspec.convert(hints, Hints))


async def person(hub: ScriptedHub) -> tuple[str, str, Hints]:
    row = await hub.row("SELECT region, region_source, hints FROM person")
    return row[0], row[1], msgspec.json.decode(row[2], type=Hints)


async def homes(hub: ScriptedHub) -> list[str]:
    return [row[0] for row in await hub.rows("SELECT home_region FROM conversation ORDER BY id")]


async def test_a_chosen_region_is_kept_and_answers(database: Database) -> None:
    hub = ScriptedHub(database)

    said = await hub.answered(message("/region East", 1), message("Hello", 2), message("/region", 3))

    assert said[0] == phrases.REGION_CHOSEN.format(region="east")
    assert hub.far.calls
    assert not hub.near.calls
    assert said[2].splitlines() == [
        "You chose the region east.",
        "You are answered from east.",
        "/region NAME chooses one of east, west; /region clear forgets what I know of your place.",
    ]
    assert await person(hub) == ("east", "command", Hints())
    assert await homes(hub) == ["east"]


async def test_a_choice_is_forgotten_with_everything_else(database: Database) -> None:
    hub = ScriptedHub(database)

    said = await hub.answered(
        told("", 1, location=NEW_YORK), message("/region east", 2), message("/region clear", 3), message("/region", 4)
    )

    assert said[2] == phrases.REGION_FORGOTTEN
    assert said[3].startswith("Nothing tells where you are, so the default region west counts.")
    assert await person(hub) == ("", "", Hints())
    assert await homes(hub) == ["west"]


@pytest.mark.parametrize("name", ["nowhere", "eas", "east west", "@everyone"])
async def test_an_unknown_region_changes_nothing_and_is_not_repeated(sqlite_database: Database, name: str) -> None:
    hub = ScriptedHub(sqlite_database)

    assert await hub.answered(message(f"/region {name}")) == [phrases.REGION_UNKNOWN.format(names="east, west")]
    assert await person(hub) == ("", "", Hints())


async def test_what_the_page_is_set_to_counts_before(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)

    assert await hub.answered(told("/region east", region="west")) == [phrases.REGION_BEHIND_PAGE.format(region="west")]
    assert (await person(hub))[0] == "east"


async def test_a_region_that_is_no_more_is_no_choice(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)
    await hub.answered(message("/region east", 1))
    hub.settings = changed(hub.settings, regions={"west": hub.settings.regions["west"]})

    assert (await hub.answered(message("/region", 2)))[-1].startswith("Nothing tells where you are")


async def test_a_shared_location_is_kept_roughly_and_told_in_one_sentence(database: Database) -> None:
    hub = ScriptedHub(database)

    (said,) = await hub.answered(told("", location=NEW_YORK))
    await hub.answered(message("Hello", 2))

    assert said == phrases.LOCATION_KEPT
    assert await person(hub) == ("", "", Hints(location=(40.7, -74.0)))
    assert [len(client.calls) for client in (hub.near, hub.far)] == [0, 1]
    assert await homes(hub) == ["east"]
    why = (await hub.answered(message("/why", 3)))[-1]
    assert why.startswith("You shared a location. (An earlier message told; /region clear forgets it.)")


async def test_a_location_behind_a_choice_says_so(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)

    said = await hub.answered(message("/region west", 1), told("", 2, location=NEW_YORK))

    assert said[1] == phrases.LOCATION_BEHIND_CHOICE.format(region="west")


async def test_a_place_with_words_is_a_question(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)

    assert await hub.answered(told("What is near?", location=NEW_YORK)) == ["You said: What is near?"]
    assert hub.far.calls
    assert await person(hub) == ("", "", Hints())  # the words may be about another place than the person's


async def test_a_place_off_the_globe_is_no_location(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database)

    assert await hub.answered(told("", location=(91.0, 0.0))) == [phrases.NO_TEXT]
    assert await person(hub) == ("", "", Hints())


async def test_a_location_among_collected_messages_is_told_apart(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(busy="collect"))

    said = await hub.answered(message("one", 1), told("", 2, location=NEW_YORK), message("two", 3))

    assert said == ["You said: one", phrases.LOCATION_KEPT, "You said: two"]


async def test_what_comes_only_now_and_then_is_used_for_later_messages_in_any_chat(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(told("Hello", 1, time_zone="America/New_York"))

    elsewhere = changed(message("And here?", 2, chat="2"), sender=message("").sender)
    await hub.answered(elsewhere)

    assert [len(client.calls) for client in (hub.near, hub.far)] == [0, 2]
    assert await homes(hub) == ["east", "east"]  # the second was opened by one of whom this was known


async def test_the_home_is_made_of_what_is_known_also_after_a_restart(database: Database) -> None:
    await ScriptedHub(database).answered(message("/region east", 1))
    hub = ScriptedHub(database)

    await hub.say(changed(message("Hello", 1, chat="2"), sender=message("").sender))

    assert await homes(hub) == ["east", "east"]


async def test_hints_are_written_only_when_they_tell_something_new(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(told("one", 1, language="de"))
    await hub.execute('UPDATE person SET hints = \'{"language": "de"}\'')  # the same, spelled in another way

    await hub.answered(told("two", 2, language="de"), message("three", 3))
    assert (await hub.row("SELECT hints FROM person"))[0] == '{"language": "de"}'

    await hub.answered(told("four", 4, language="es"))
    assert (await person(hub))[2] == Hints(language="es")


async def test_a_strict_agents_zone_is_never_decided_by_a_guess(sqlite_database: Database) -> None:
    strict = agent(residency="strict", default_zone="us")
    regions = settings(strict).regions
    hub = ScriptedHub(sqlite_database, served=strict)
    hub.settings = changed(hub.settings, regions={**regions, "east": changed(regions["east"], residency="eu")})

    await hub.answered(told("Hello", 1, location=NEW_YORK))
    assert [len(client.calls) for client in (hub.near, hub.far)] == [1, 0]

    await hub.answered(message("/region east", 2), message("Hello", 3))
    assert [len(client.calls) for client in (hub.near, hub.far)] == [1, 1]
    assert await homes(hub) == ["east"]


async def test_what_is_said_in_one_zone_is_read_by_no_model_in_another(database: Database) -> None:
    hub = ScriptedHub(database, served=agent(residency="strict", default_zone="us"))
    east = changed(hub.settings.regions["east"], residency="eu")
    hub.settings = changed(hub.settings, regions={**hub.settings.regions, "east": east})

    await hub.answered(told("My diagnosis is gout.", 1))
    await hub.answered(told("And mine?", 2, region="east"))
    await hub.answered(told("What did I say?", 3), told("And I?", 4, region="east"))

    near, far = ([[turn.text for turn in call.turns] for call in client.calls] for client in (hub.near, hub.far))
    assert far[-1] == ["And mine?", "You said: And mine?", "And I?"]
    assert near[-1] == ["My diagnosis is gout.", "You said: My diagnosis is gout.", "What did I say?"]


def of_both(text: str, number: int, who: str, **hints: object) -> Message:
    """What one of two people wrote in their group."""
    written = changed(told(text, number, **hints), sender=Sender(f"u-{who}", who))
    return changed(written, conversation=changed(written.conversation, private=False))


async def again(hub: ScriptedHub, part: str, who: str) -> None:
    group = of_both("", 0, who).conversation
    sender = Sender(f"u-{who}", who)
    await hub.front.pressed(Press(conversation=group, part_id=part, sender=sender, action="again", event_id="e1"))
    await hub.work()


@pytest.mark.parametrize("how", ["again", "fresh"])
async def test_what_another_asked_is_asked_again_in_the_zone_where_they_asked_it(database: Database, how: str) -> None:
    hub = ScriptedHub(database, served=agent(residency="strict", default_zone="us"))
    east = changed(hub.settings.regions["east"], residency="eu")
    hub.settings = changed(hub.settings, regions={**hub.settings.regions, "east": east})
    await hub.answered(of_both("My diagnosis is gout.", 1, "Anna"))
    part = next(iter(hub.channel.shown))

    await hub.answered(of_both("/region east", 2, "Bob"))
    if how == "again":
        await again(hub, part, "Bob")
    else:
        await hub.answered(of_both("/fresh", 3, "Bob"))

    assert [len(client.calls) for client in (hub.near, hub.far)] == [2, 0]
    await hub.answered(of_both("And mine?", 4, "Bob"))
    assert len(hub.far.calls) == 1


@pytest.mark.parametrize("how", ["again", "fresh"])
async def test_what_nobody_in_its_zone_could_answer_is_asked_again_by_nobody_else(
    sqlite_database: Database, how: str
) -> None:
    hub = ScriptedHub(sqlite_database, served=agent(residency="strict", default_zone="ch"))
    regions = hub.settings.regions
    alps = changed(regions["east"], name="alps", residency="ch")  # where no deployment stands
    hub.settings = changed(hub.settings, regions={**regions, "alps": alps})
    await hub.answered(of_both("My diagnosis is gout.", 1, "Anna"))
    part = next(iter(hub.channel.shown))

    await hub.answered(of_both("/region east", 2, "Bob"))
    if how == "again":
        await again(hub, part, "Bob")
    else:
        assert (await hub.answered(of_both("/fresh", 3, "Bob")))[-1] == phrases.NOTHING_ANSWERED

    assert [len(client.calls) for client in (hub.near, hub.far)] == [0, 0]


async def test_where_somebody_is_says_nothing_of_who_asks_their_question_again(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(of_both("Hello", 1, "Anna", time_zone="America/New_York"))

    await again(hub, next(iter(hub.channel.shown)), "Bob")

    rows = await hub.rows("SELECT id, hints FROM person ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("chat/u-Anna", '{"time_zone":"America/New_York"}'),
        ("chat/u-Bob", "{}"),
    ]
    assert [len(client.calls) for client in (hub.near, hub.far)] == [1, 1]


async def test_why_tells_nobody_where_somebody_else_is(database: Database) -> None:
    hub = ScriptedHub(database)
    await hub.answered(of_both("Hello", 1, "Anna", time_zone="America/New_York"))

    assert (await hub.answered(of_both("/why", 2, "Bob")))[-1] == phrases.NOTHING_ANSWERED
    assert (await hub.answered(of_both("/why", 3, "Anna")))[-1].startswith("Your time zone is America/New_York.")
    await hub.answered(of_both("Hello", 4, "Bob"))
    assert (await hub.answered(of_both("/why", 5, "Bob")))[-1].startswith("Nothing tells where you are")
