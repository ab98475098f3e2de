"""What a refusal means."""

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from channels.telegram.sending import already_away, translated, unchanged
from channels.telegram.transport import AskedToWait, NotSent, Unanswered
from hub import channel as port

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (AskedToWait(7), port.RetryAfter),
        (NotSent("refused"), port.Unreachable),
        (Unanswered("cut"), port.Ambiguous),
        (TimedOut(), port.Ambiguous),
        (NetworkError("Bad Gateway"), port.Ambiguous),
        (TelegramError("Invalid server response"), port.Ambiguous),
        (Conflict("x"), port.Ambiguous),
        (Forbidden("bot was blocked by the user"), port.Forbidden),
        (InvalidToken("The token `1:secret` was rejected"), port.Forbidden),
        (BadRequest("Chat not found"), port.Gone),
        (BadRequest("Message to edit not found"), port.Gone),
        (BadRequest("Message can't be edited"), port.Gone),
        (ChatMigrated(5), port.Gone),
        (BadRequest("Message is too long"), port.Refused),
        (BadRequest("Message text is empty"), port.Refused),
    ],
)
def test_each_has_its_word(error: TelegramError, kind: type[port.ChannelError]) -> None:
    found = translated(error)
    assert type(found) is kind
    assert "secret" not in str(found)


def test_the_platforms_own_wait_is_kept() -> None:
    found = translated(AskedToWait(7.5))
    assert isinstance(found, port.RetryAfter)
    assert found.seconds == 7.5


def test_the_same_text_again_is_no_failure() -> None:
    assert unchanged(BadRequest("Message is not modified: specified new message content …"))
    assert not unchanged(BadRequest("Message to edit not found"))
    assert already_away(BadRequest("Message to delete not found"))
