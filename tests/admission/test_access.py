"""What the settings alone say of a sender."""

import pytest

from hub.admission import Standing, is_owner, known_standing
from hub.config.settings import Access
from hub.messages import Conversation, Sender
from tests.pipeline.hub import agent, settings

pytestmark = pytest.mark.unit

IN_GROUP = Conversation("chat", "main", "-100", workspace="T1", private=False)
ALONE = Conversation("chat", "main", "7")
LISTED = Access(
    open=False, people=frozenset({"1"}), chats=frozenset({"-100"}), workspaces=frozenset({"T2"}), bots=frozenset({"9"})
)


@pytest.mark.parametrize(
    ("access", "where", "sender", "standing"),
    [
        pytest.param(Access(), ALONE, Sender("5"), "admitted", id="open to everyone"),
        pytest.param(Access(), ALONE, Sender("5", bot=True), "bot", id="a bot"),
        pytest.param(Access(every_bot=True), ALONE, Sender("5", bot=True), "admitted", id="every bot"),
        pytest.param(Access(bots=frozenset({"5"})), ALONE, Sender("5", bot=True), "admitted", id="this bot"),
        pytest.param(Access(bots=frozenset({"5"})), ALONE, Sender("6", bot=True), "bot", id="another bot"),
        pytest.param(LISTED, ALONE, Sender("1"), "admitted", id="by person"),
        pytest.param(LISTED, ALONE, Sender("5", name="1"), "stranger", id="a name is no id"),
        pytest.param(LISTED, IN_GROUP, Sender("5"), "admitted", id="by chat"),
        pytest.param(
            LISTED, Conversation("chat", "main", "x", workspace="T2"), Sender("5"), "admitted", id="workspace"
        ),
        pytest.param(LISTED, Conversation("chat", "other", "7"), Sender("5"), "admitted", id="another account is open"),
        pytest.param(LISTED, ALONE, Sender("o1"), "admitted", id="an owner"),
        pytest.param(LISTED, ALONE, Sender("o1", bot=True), "bot", id="a bot is no owner"),
        pytest.param(LISTED, ALONE, Sender("9", bot=True), "admitted", id="a bot by id needs no other entry"),
        pytest.param(
            Access(open=False, every_bot=True), ALONE, Sender("5", bot=True), "stranger", id="an unlisted bot"
        ),
        pytest.param(Access(open=False, invitations=True), ALONE, Sender("5"), "perhaps", id="perhaps invited"),
        pytest.param(
            Access(open=False, invitations=True, every_bot=True), ALONE, Sender("5", bot=True), "stranger", id="no bot"
        ),
        pytest.param(Access(open=False), ALONE, Sender(""), "stranger", id="nobody"),
    ],
)
def test_standing(access: Access, where: Conversation, sender: Sender, standing: str) -> None:
    house = settings(agent(), access=access, admins=("chat:o1", "other:5"))

    assert known_standing(where, sender, house) is Standing(standing)


def test_an_owner_is_one_of_this_platform() -> None:
    house = settings(agent(), admins=("other:5", "chat:o1"))

    assert is_owner(ALONE, Sender("o1"), house)
    assert not is_owner(ALONE, Sender("5"), house)


def test_where_no_workspace_is_known_none_is_allowed() -> None:
    house = settings(agent(), access=Access(open=False, workspaces=frozenset({"T1"})))

    assert known_standing(ALONE, Sender("5"), house) is Standing.STRANGER
