"""Roles are checked in one place, before any command runs."""

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from hub.clock import new_id
from hub.commands import COMMANDS, REGISTRY, ROLES, Call, Caller, Command, Invocation, Told, answer_command, command
from hub.commands.recognition import ALIASES
from hub.config.settings import Settings
from hub.inbox import Claim, Waiting
from hub.messages import Hints
from hub.store import Database
from tests.pipeline.channel import conversation, message
from tests.pipeline.hub import agent, changed, settings

pytestmark = pytest.mark.unit

AROUND: Any = {"now_ms": 0, "admission": None, "steering": SimpleNamespace(new_id=new_id)}
"""No command of these tests looks at it."""


def asked(text: str, sender: str = "u1", language: str = "") -> tuple[Claim, Waiting]:
    written = changed(message(text, id=sender), hints=Hints(language=language))
    waiting = Waiting("m1", 1, 7, written, 0, "")
    return Claim(conversation(), conversation().key, 1, "p:1", 0, (waiting,), {}, ()), waiting


def with_admin(*people: str) -> Settings:
    return settings(agent(), admins=people)


class Ran:
    """Commands of every role that remember who called them."""

    def __init__(self) -> None:
        self.callers: list[Caller] = []
        self.registry = {role: command(role, f"For {role}", self._run, role=role) for role in ROLES}

    async def _run(self, call: Call) -> Told:
        self.callers.append(call.caller)
        return Told(" ".join(spec.name for spec in call.commands))


async def call(ran: Ran, name: str, sender: str, served: Settings, database: Database) -> str:
    told = await answer_command(
        Invocation(name),
        *asked("", sender),
        database,
        served,
        **AROUND,
        registry=ran.registry,
    )
    return told.text


@pytest.mark.parametrize("role", ROLES)
async def test_an_admin_may_do_everything(role: str, sqlite_database: Database) -> None:
    ran = Ran()
    assert await call(ran, role, "u1", with_admin("chat:u1"), sqlite_database) == " ".join(ROLES)
    assert (ran.callers[0].id, ran.callers[0].person, ran.callers[0].agent) == ("chat:u1", 7, "support")


@pytest.mark.parametrize("admin", ["chat:u2", "slack:u1", "chat:Somebody"])
@pytest.mark.parametrize("role", ROLES[1:])
async def test_others_may_not(role: str, admin: str, sqlite_database: Database) -> None:
    ran = Ran()
    said = await call(ran, role, "u1", with_admin(admin), sqlite_database)
    assert said == f"/{role} is only for people with the role {role} here."
    assert ran.callers == []
    assert await call(ran, "everyone", "u1", with_admin(admin), sqlite_database) == "everyone"


@pytest.mark.parametrize(
    ("roles", "agent", "may"),
    [
        ({}, "support", ("everyone",)),
        ({"": "viewer"}, "support", ROLES[:2]),
        ({"support": "operator"}, "support", ROLES[:3]),
        ({"sales": "owner"}, "support", ROLES[:1]),
        ({"": "viewer", "support": "owner"}, "support", ROLES),
        ({"": "owner", "support": "viewer"}, "support", ROLES),
        ({"support": "owner"}, "", ("everyone",)),
    ],
)
def test_a_role_holds_for_the_hub_or_for_one_agent(roles: dict[str, str], agent: str, may: tuple[str, ...]) -> None:
    caller = Caller("chat:u1", 7, conversation(), agent, roles)
    assert tuple(role for role in ROLES if caller.may(role)) == may
    elsewhere = msgspec.structs.replace(caller, agent="other")
    assert tuple(role for role in ROLES if elsewhere.may(role, agent)) == may


@pytest.mark.parametrize(
    ("name", "near"),
    [("regoin", "region"), ("hlep", "help"), ("usages", "usage"), ("canel", "stop"), ("strat", "help")],
)
async def test_a_slip_of_the_finger_is_told_what_was_meant(name: str, near: str, sqlite_database: Database) -> None:
    told = await answer_command(Invocation(name), *asked(""), sqlite_database, with_admin(), **AROUND)
    assert told == Told(f"There is no command /{name}. Did you mean /{near}? /help lists all.")


async def test_nobody_is_pointed_to_a_command_that_is_not_theirs(sqlite_database: Database) -> None:
    ran = Ran()
    said = await call(ran, "viewr", "u1", with_admin(), sqlite_database)
    assert said == "There is no command /viewr; /help lists those that there are."


async def test_help_comes_in_the_persons_language(sqlite_database: Database) -> None:
    told = await answer_command(
        Invocation("help"),
        *asked("", language="de"),
        sqlite_database,
        with_admin(),
        **AROUND,
    )
    assert "/stop – Die Antwort beenden, die gerade entsteht" in told.text


def test_the_registry_is_sound() -> None:
    assert tuple(REGISTRY) == tuple(spec.name for spec in COMMANDS)
    assert set(ALIASES.values()) <= set(REGISTRY)
    assert not set(ALIASES) & set(REGISTRY)
    for entry in REGISTRY.values():
        assert isinstance(entry, Command)
        assert entry.spec.role in ROLES
        assert entry.spec.suggests == (entry.values is not None)
        assert entry.spec.name.isascii()
        assert entry.spec.name.islower()
        assert len(entry.spec.name) <= 32
