"""An owner makes a code; whoever sends it is let in, as often as the code says and for as long."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from hub import phrases
from hub.admission import code_in, new_code
from hub.admission.invitations import LIVES_MS, TRIES_AN_HOUR
from hub.clock import Clock
from hub.config.settings import Access, Grant
from hub.store import Database
from tests.pipeline.channel import message
from tests.pipeline.hub import ScriptedHub, changed
from tests.pipeline.test_inbox import Still

pytestmark = pytest.mark.unit

OpenWithClock = Callable[[Clock], Awaitable[Database]]
BY_INVITATION = Access(open=False, invitations=True)


def house(database: Database, **changes: object) -> ScriptedHub:
    return ScriptedHub(database, access=BY_INVITATION, admins=("chat:uowner",), **changes)


async def a_code(hub: ScriptedHub, uses: str = "", number: int = 1) -> str:
    said = await hub.answered(message(f"/invite {uses}", number, chat="owner"))
    return said[-1].rpartition(" ")[2]


@pytest.mark.parametrize("spelled", ["/join {}", "/start {}", "!hub join {}", "/JOIN@my_bot  {} \n"])
async def test_a_stranger_with_a_code_is_in(database: Database, spelled: str) -> None:
    hub = house(database)
    code = await a_code(hub)

    assert (await hub.answered(message("Hello", 1)))[-1] == phrases.BY_INVITATION
    assert (await hub.answered(message(spelled.format(code.upper()), 2)))[-1] == phrases.WELCOME
    assert (await hub.answered(message("Hello", 3)))[-1] == "You said: Hello"
    assert (await hub.answered(message("/join again", 4)))[-1] == phrases.WELCOME


async def test_a_code_is_good_for_so_many_people(database: Database) -> None:
    hub = house(database)
    code = await a_code(hub, "2")

    await asyncio.gather(*(hub.say(message(f"/join {code}", 1, chat=str(chat))) for chat in range(5)))
    await hub.work()

    assert sorted(hub.channel.texts()[1:]) == sorted([phrases.WELCOME] * 2 + [phrases.NO_SUCH_CODE] * 3)
    assert len(await hub.rows("SELECT id FROM guest")) == 2


async def test_one_person_uses_one_up_only_once(database: Database) -> None:
    hub = house(database)
    code = await a_code(hub, "2")

    for number in range(3):
        await hub.answered(message(f"/join {code}", number))

    assert (await hub.row("SELECT uses_left FROM invitation"))[0] == 1


@pytest.mark.parametrize(("late_ms", "said"), [(-1000, phrases.WELCOME), (1, phrases.NO_SUCH_CODE)])
async def test_a_code_is_good_for_a_week(open_with_clock: OpenWithClock, late_ms: int, said: str) -> None:
    clock = Still()
    hub = house(await open_with_clock(clock))
    code = await a_code(hub)

    clock.ms += LIVES_MS + late_ms

    assert (await hub.answered(message(f"/join {code}", 1)))[-1] == said


async def test_guessing_comes_to_an_end(open_with_clock: OpenWithClock) -> None:
    clock = Still()
    hub = house(await open_with_clock(clock))
    code = await a_code(hub)

    for number in range(TRIES_AN_HOUR):
        assert (await hub.answered(message(f"/join wrong{number}", number)))[-1] == phrases.NO_SUCH_CODE
    assert (await hub.answered(message(f"/join {code}", 50)))[-1] == phrases.TOO_MANY_CODES
    clock.ms += 3_600_001
    assert (await hub.answered(message(f"/join {code}", 51)))[-1] == phrases.WELCOME


async def test_a_code_is_good_for_one_account(sqlite_database: Database) -> None:
    hub = house(sqlite_database)
    code = await a_code(hub)
    main = hub.settings.channels[0]
    hub.settings = changed(hub.settings, channels=(main, changed(main, account="other")))
    hub.outlets["chat", "other"] = hub.outlets["chat", "main"]
    elsewhere = message(f"/join {code}")
    elsewhere = changed(elsewhere, conversation=changed(elsewhere.conversation, account="other"))

    assert (await hub.answered(elsewhere))[-1] == phrases.NO_SUCH_CODE


async def test_a_process_that_dies_after_letting_somebody_in_lets_in_nobody_else(database: Database) -> None:
    killed = house(database)
    code = await a_code(killed, "5")
    await killed.say(message(f"/join {code}"))
    (claim,) = await killed.inbox.claim(1)
    await killed.admission.join(claim.conversation, claim.waiting[0].message.sender, code, ())

    later = house(database, channel=killed.channel)
    await later.inbox.take_over()
    await later.work()

    assert later.channel.texts()[-1] == phrases.WELCOME
    assert (await later.row("SELECT uses_left FROM invitation"))[0] == 4


async def test_in_a_group_nobody_joins_and_nobody_is_told(sqlite_database: Database) -> None:
    hub = house(sqlite_database)
    code = await a_code(hub)
    asked = message(f"/join {code}", 1)

    await hub.answered(changed(asked, conversation=changed(asked.conversation, private=False)))

    assert len(hub.channel.texts()) == 1
    assert await hub.rows("SELECT id FROM guest") == []


@pytest.mark.parametrize(
    ("text", "chat", "private", "said"),
    [
        ("/invite", "owner", False, phrases.IN_PRIVATE),
        ("/invite 0", "owner", True, "from 1 to 1,000"),
        ("/invite 1001", "owner", True, "from 1 to 1,000"),
        ("/invite everyone", "owner", True, "from 1 to 1,000"),
        ("/invite 12", "owner", True, "for 12 people"),
        ("/invite", "owner", True, "for one person"),
        ("/invite", "guest", True, "only for people with the role owner"),
    ],
)
async def test_who_invites_and_how(sqlite_database: Database, text: str, chat: str, private: bool, said: str) -> None:
    hub = house(sqlite_database)
    await hub.execute("INSERT INTO guest (id, invitation, at_ms) VALUES ('chat/main/uguest', '', 0)")
    asked = message(text, 1, chat=chat)

    shown = await hub.answered(changed(asked, conversation=changed(asked.conversation, private=private)))

    assert said in shown[-1]
    assert len(await hub.rows("SELECT id FROM invitation")) == ("This invitation" in shown[-1])


async def test_where_everyone_may_write_nobody_is_invited(sqlite_database: Database) -> None:
    hub = ScriptedHub(sqlite_database, admins=("chat:u1",))

    assert await hub.answered(message("/invite")) == [phrases.NO_INVITATIONS]


async def test_the_code_is_in_no_prompt(sqlite_database: Database) -> None:
    hub = house(sqlite_database)
    code = await a_code(hub)

    await hub.answered(message("Hello", 2, chat="owner"))

    assert code not in str(hub.near.calls)
    assert code not in str([tuple(row) for row in await hub.rows("SELECT * FROM invitation")])


def test_codes_can_be_typed_and_do_not_repeat() -> None:
    codes = {new_code() for _ in range(1000)}

    assert len(codes) == 1000
    assert all(code_in(f"/join {code}") == code and len(code) == 16 for code in codes)


@pytest.mark.parametrize("text", ["/join", "/start", "join abcdef", "/join a b", "/join abc", f"/join {'a' * 1000}"])
def test_what_is_no_code(text: str) -> None:
    assert code_in(text) == ""


async def test_who_owns_one_agent_lets_nobody_into_the_account(sqlite_database: Database) -> None:
    hub = house(sqlite_database)
    hub.settings = changed(hub.settings, roles=(Grant("chat:uguest", "owner", "support"),))
    await hub.execute("INSERT INTO guest (id, invitation, at_ms) VALUES ('chat/main/uguest', '', 0)")

    said = (await hub.answered(message("/invite", 2, chat="guest")))[-1]

    assert "only for people with the role owner" in said
