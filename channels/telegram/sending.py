"""What a refusal by the Bot API means to the hub."""

import logging

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    TelegramError,
)

from channels.telegram.transport import AskedToWait, NotSent
from hub import channel as port

_log = logging.getLogger(__name__)

_GONE = (
    "chat not found",
    "message to edit not found",
    "message to delete not found",
    "message_id_invalid",
    "message can't be edited",
    "message can't be deleted",
    "message thread not found",
    "user not found",
    "peer_id_invalid",
    "group chat was deactivated",
)
"""Words of the Bot API for a chat or a message that is no more, or no longer the bot's to change."""


_MOVES_REMEMBERED = 10_000


class Moves:
    """Groups that became supergroups while this process runs. The platform tells it again to whoever asks the old."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._to: dict[int, int] = {}

    def learn(self, old: int, new: int) -> None:
        """The group `old` is the supergroup `new` from now on."""
        if self._to.get(old) == new:
            return
        if len(self._to) >= _MOVES_REMEMBERED:
            self._to.clear()
        self._to[old] = new
        _log.warning(
            "Telegram %s: the group %d became the supergroup %d; write that where regions.toml names the group.",
            self._account,
            old,
            new,
        )

    def now(self, chat: int) -> int:
        """The chat's present id."""
        return self._to.get(chat, chat)


def unchanged(error: TelegramError) -> bool:
    """Whether an edit was refused only because the message shows this text already."""
    return isinstance(error, BadRequest) and "message is not modified" in str(error).lower()


def markup_refused(error: TelegramError) -> bool:
    """Whether the platform refused the entities rather than the text."""
    words = str(error).lower()
    return isinstance(error, BadRequest) and ("can't parse" in words or "entit" in words)


def is_a_file(error: TelegramError) -> bool:
    """Whether an edit of a text was refused because the message shows a file."""
    return isinstance(error, BadRequest) and "no text in the message" in str(error).lower()


def already_away(error: TelegramError) -> bool:
    """Whether a removal was refused only because there is nothing left to remove."""
    return isinstance(error, BadRequest) and "message to delete not found" in str(error).lower()


def brief(error: TelegramError) -> str:
    """The platform's reason, cut short: an answer of some proxy may be a whole page. Never the token."""
    if isinstance(error, InvalidToken):
        return "the token is not known"
    return str(error)[:200].rstrip(".")


def translated(error: TelegramError) -> port.ChannelError:
    """The hub's word for a failed request. What is not known to be a refusal is ambiguous."""
    match error:
        case AskedToWait():
            return port.RetryAfter(error.seconds)
        case NotSent():
            return port.Unreachable(f"Telegram cannot be reached ({brief(error)}).")
        case BadRequest() if any(words in str(error).lower() for words in _GONE):
            return port.Gone(f"Telegram: {brief(error)}.")
        case BadRequest():
            return port.Refused(f"Telegram refuses this message: {brief(error)}.")
        case Forbidden():
            return port.Forbidden(f"Telegram: {brief(error)}.")
        case InvalidToken():
            return port.Forbidden("Telegram does not know the bot's token; take a fresh one from @BotFather.")
        case ChatMigrated():
            return port.Gone("The chat became a supergroup with another number.")
    return port.Ambiguous(f"Telegram gave no clear answer ({type(error).__name__}: {brief(error)}).")
