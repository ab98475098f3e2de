"""Every command of an admin is refused to everyone without the role: on every channel, by every way in."""

import itertools

import pytest

from hub import phrases
from hub.commands import COMMANDS, ROLES, recognize
from hub.config.settings import Grant, Serves
from hub.messages import Message, Press
from hub.store import Database
from tests.pipeline.channel import ScriptedChannel
from tests.pipeline.hub import ScriptedHub, agent, changed
from tests.pipeline.platforms import PLATFORMS, Happened, Platform

pytestmark = pytest.mark.unit

NEEDED = (
    ("/status", "viewer"),
    ("/fleet", "viewer"),
    ("/costs by agent since week", "viewer"),
    ("/report week", "viewer"),
    ("/alerts", "viewer"),
    ("/audit", "viewer"),
    ("/audit bills", "viewer"),
    ("/pause hub", "operator"),
    ("/pause support queue", "operator"),
    ("/resume support", "operator"),
    ("/model support simple dear", "operator"),
    ("/tier {person} paid", "operator"),
    ("/reload", "operator"),
    ("/budget hub daily 0", "owner"),
    ("/budget support monthly 0", "owner"),
    ("/budget {person} daily 0", "owner"),
    ("/invite 5", "owner"),
    ("/export {person}", "owner"),
    ("/forget {person}", "owner"),
)
OWNER, CALLER = 11, 12
CALLERS = ("nobody", *ROLES[1:-1], "owner of another agent")
CHANGED_BY_COMMANDS = ("override", "steering", "budget_change", "audit", "confirmation", "erasure", "invitation")


def test_no_command_of_an_admin_is_left_out() -> None:
    named = {called.name for command, _ in NEEDED if (called := recognize(command))}
    assert named == {spec.name for spec in COMMANDS if spec.role != "everyone"} | {"export", "forget"}


def hub_on(database: Database, platform: Platform, caller: str) -> ScriptedHub:
    where = (Serves(platform.name),)
    hub = ScriptedHub(database, served=agent(serves=where), channel=ScriptedChannel(platform.name))
    person, owner = (f"{platform.name}:{platform.person(number)}" for number in (CALLER, OWNER))
    grants = [Grant(owner, "owner"), Grant(f"elsewhere:{platform.person(CALLER)}", "owner")]
    if caller == "owner of another agent":
        grants.append(Grant(person, "owner", "sales"))
    elif caller != "nobody":
        grants.append(Grant(person, caller))
    sales = agent(name="sales", serves=())
    hub.settings = changed(hub.settings, roles=tuple(grants), agents={**hub.settings.agents, "sales": sales})
    return hub


def refused_to(caller: str) -> list[tuple[str, str]]:
    """Commands, each with the role that it needs, that this caller may not use."""
    if caller == "owner of another agent":
        # These show a person the agents that they may see.
        return [each for each in NEEDED if each[0].split()[0] not in ("/fleet", "/costs")]
    held = ROLES.index("everyone" if caller == "nobody" else caller)
    return [each for each in NEEDED if ROLES.index(each[1]) > held]


async def happen(hub: ScriptedHub, *happened: Happened) -> None:
    for each in happened:
        if isinstance(each, Press):
            await hub.front.pressed(each)
        else:
            await hub.front.accept([each])
        await hub.work()


async def changes(hub: ScriptedHub) -> list[str]:
    return [table for table in CHANGED_BY_COMMANDS if await hub.rows(f"SELECT * FROM {table}")]


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("kind", PLATFORMS, ids=lambda kind: kind.__name__)
async def test_whoever_lacks_the_role_is_refused_by_every_way_in(
    kind: type[Platform], caller: str, sqlite_database: Database
) -> None:
    platform, numbers = kind(), itertools.count(100)
    hub = hub_on(sqlite_database, platform, caller)
    who = platform.person(CALLER)
    for command, role in refused_to(caller):
        command = command.format(person=f"{platform.name}:{platform.person(OWNER)}")
        called = recognize(command)
        assert called
        ways = platform.ways(command, who, next(numbers))
        for way in ways:
            happened = platform.ways(command, who, next(numbers))[way]
            assert all(isinstance(each, Message) for each in happened)
            await happen(hub, *happened)
            said = hub.channel.texts()[-1]
            assert said == phrases.ROLE_MISSING.format(name=called.name, role=role), (way, command)
    assert await changes(hub) == []
    assert await hub.rows("SELECT * FROM person WHERE tier <> 'free'") == []


@pytest.mark.parametrize("kind", [each for each in PLATFORMS if each.name != "console"], ids=lambda kind: kind.__name__)
async def test_no_press_and_no_reaction_runs_what_an_owner_wrote(
    kind: type[Platform], sqlite_database: Database
) -> None:
    platform, numbers = kind(), itertools.count(100)
    hub = hub_on(sqlite_database, platform, "nobody")
    who, owner = platform.person(CALLER), platform.person(OWNER)
    await happen(hub, platform.written("/model support", owner, next(numbers)))
    trail = len(await hub.rows("SELECT * FROM audit"))
    assert trail == 1
    part, shown = list(hub.channel.shown)[-1], hub.channel.texts()

    row = await hub.row("SELECT conversation FROM reply")
    for press in platform.pressed(part, who, next(numbers)):
        # On the platform itself they stand in the same chat; whoever is not in it cannot press there.
        there = changed(press, conversation=changed(press.conversation, **_key_of(row[0])))
        await happen(hub, there)

    assert hub.channel.texts() == shown
    assert len(await hub.rows("SELECT * FROM audit")) == trail


@pytest.mark.parametrize("kind", PLATFORMS, ids=lambda kind: kind.__name__)
async def test_an_owner_lends_no_role_to_anothers_words(kind: type[Platform], sqlite_database: Database) -> None:
    platform, numbers = kind(), itertools.count(100)
    hub = hub_on(sqlite_database, platform, "nobody")
    await happen(hub, platform.written("/pause hub", platform.person(CALLER), next(numbers)))
    part = list(hub.channel.shown)[-1]

    row = await hub.row("SELECT conversation FROM reply")
    for press in platform.pressed(part, platform.person(OWNER), next(numbers)):
        await happen(hub, changed(press, conversation=changed(press.conversation, **_key_of(row[0]))))

    assert await changes(hub) == []


@pytest.mark.parametrize("kind", PLATFORMS, ids=lambda kind: kind.__name__)
async def test_a_quoted_or_forwarded_command_is_none(kind: type[Platform], sqlite_database: Database) -> None:
    platform = kind()
    hub = hub_on(sqlite_database, platform, "nobody")
    owner = platform.person(OWNER)

    await happen(hub, changed(platform.written("What is this?", owner, 100), quoted="/pause hub"))
    await happen(hub, changed(platform.written("x", owner, 101), text="", quoted="/pause hub"))

    assert await changes(hub) == []


@pytest.mark.parametrize("kind", PLATFORMS, ids=lambda kind: kind.__name__)
async def test_an_owner_is_not_refused(kind: type[Platform], sqlite_database: Database) -> None:
    platform, numbers = kind(), itertools.count(100)
    hub = hub_on(sqlite_database, platform, "nobody")
    owner = platform.person(OWNER)
    for way in platform.ways("/pause support", owner, next(numbers)):
        await happen(hub, *platform.ways("/pause support", owner, next(numbers))[way])
        assert hub.channel.texts()[-1].startswith("support is paused"), way
        await happen(hub, platform.written("/resume support", owner, next(numbers)))


async def test_a_bot_with_an_owners_id_has_no_role(sqlite_database: Database) -> None:
    platform = PLATFORMS[0]()
    hub = hub_on(sqlite_database, platform, "nobody")
    written = platform.written("/pause hub", platform.person(OWNER), 100)

    await happen(hub, changed(written, sender=changed(written.sender, bot=True)))

    assert await changes(hub) == []


def _key_of(conversation: str) -> dict[str, str]:
    _, _, chat, *thread = conversation.split("/")
    return {"chat": chat, "thread": thread[0] if thread else ""}
