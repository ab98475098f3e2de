"""The most specific `serves` entry wins."""

import msgspec
import pytest

from hub.config.settings import Agent, Serves
from hub.messages import Conversation
from hub.routing import Directory, agent_for, directory_of
from tests.routing.places import agent_in

pytestmark = pytest.mark.unit


def serving(name: str, *serves: Serves, offers: tuple[Serves, ...] = ()) -> Agent:
    return msgspec.structs.replace(agent_in("eu-west", name=name), serves=serves, offers=offers)


AGENTS = {
    agent.name: agent
    for agent in (
        serving("anywhere", Serves("slack"), Serves("telegram")),
        serving("account", Serves("slack", account="sales")),
        serving("workspace", Serves("slack", workspace="T1")),
        serving("workspace-of-account", Serves("slack", account="sales", workspace="T1")),
        serving("chat", Serves("slack", chat="C1"), Serves("slack", chat="C2")),
        serving("chat-in-workspace", Serves("slack", workspace="T1", chat="C1")),
        serving("wished", offers=(Serves("slack", workspace="T1"),)),
    )
}


@pytest.mark.parametrize(
    ("account", "workspace", "chat", "agent"),
    [
        ("main", "T9", "C9", "anywhere"),
        ("sales", "T9", "C9", "account"),
        ("main", "T1", "C9", "workspace"),  # a workspace is more specific than an account
        ("sales", "T1", "C9", "workspace-of-account"),
        ("main", "T9", "C1", "chat"),
        ("sales", "T9", "C1", "chat"),  # a chat is more specific than anything else
        ("sales", "T1", "C1", "chat-in-workspace"),
        ("sales", "T1", "C2", "chat"),
        ("main", "", "C9", "anywhere"),
    ],
)
def test_the_most_specific_entry_wins(account: str, workspace: str, chat: str, agent: str) -> None:
    found = agent_for(Conversation("slack", account, chat, workspace=workspace), AGENTS)
    assert found
    assert found.name == agent


def test_a_thread_is_served_as_its_chat_is() -> None:
    found = agent_for(Conversation("slack", "main", "C1", thread="171.5", workspace="T9"), AGENTS)
    assert found is AGENTS["chat"]


def test_nobody_serves_a_channel_that_no_agent_names() -> None:
    assert agent_for(Conversation("discord", "main", "1"), AGENTS) is None
    assert agent_for(Conversation("slack", "main", "1"), {}) is None


def test_an_agent_may_be_chosen_where_it_serves_or_offers_itself() -> None:
    directory = Directory(AGENTS)
    names = [agent.name for agent in directory.offered(Conversation("slack", "main", "C9", workspace="T1"))]
    assert names == ["anywhere", "wished", "workspace"]
    assert [agent.name for agent in directory.offered(Conversation("telegram", "main", "1"))] == ["anywhere"]


def test_settings_are_indexed_once_and_anew_when_they_change() -> None:
    assert directory_of(AGENTS) is directory_of(AGENTS)
    changed = AGENTS | {"anywhere": serving("anywhere", Serves("discord"))}
    assert agent_for(Conversation("discord", "main", "1"), changed) is changed["anywhere"]
    assert agent_for(Conversation("discord", "main", "1"), AGENTS) is None


@pytest.mark.parametrize(
    ("chosen", "agent"),
    [
        ("", "workspace"),
        ("wished", "wished"),
        ("anywhere", "anywhere"),
        ("workspace", "workspace"),
        ("chat", "workspace"),  # not offered here
        ("gone", "workspace"),
    ],
)
def test_whom_people_chose_answers_as_long_as_it_is_offered(chosen: str, agent: str) -> None:
    found = agent_for(Conversation("slack", "main", "C9", workspace="T1"), AGENTS, chosen)
    assert found
    assert found.name == agent


GROUP = Conversation("telegram", "main", "-1", private=False)
QUIET, LOUD = Serves("telegram"), Serves("telegram", chat="-1", always=True)


@pytest.mark.parametrize(
    ("serves", "offers", "chosen", "all_answered", "matters"),
    [
        (QUIET, QUIET, "", False, False),
        (QUIET, QUIET, "other", False, False),
        (LOUD, QUIET, "", True, True),
        (LOUD, QUIET, "other", True, True),  # the chat is answered wholly, whoever is chosen
        (QUIET, LOUD, "", False, True),
        (QUIET, LOUD, "other", True, True),
        (QUIET, LOUD, "gone", False, True),
    ],
)
def test_either_entry_can_say_that_all_is_answered(
    serves: Serves, offers: Serves, chosen: str, all_answered: bool, matters: bool
) -> None:
    directory = Directory(
        {"usual": serving("usual", serves), "other": serving("other", Serves("web"), offers=(offers,))}
    )
    assert directory.answers_all(GROUP, chosen) is all_answered
    assert directory.choice_matters(GROUP) is matters
