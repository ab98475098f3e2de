"""What the settings alone say of a sender: identity is the platform's own id, names decide nothing."""

from enum import StrEnum

from hub.config.settings import Access, Settings
from hub.messages import Conversation, Sender

_TO_EVERYONE = Access()


class Standing(StrEnum):
    """How somebody stands to an account."""

    ADMITTED = "admitted"
    PERHAPS = "perhaps"
    """The store knows whether an invitation was taken up."""
    STRANGER = "stranger"
    BOT = "bot"
    """A bot that nobody has allowed."""


def known_standing(conversation: Conversation, sender: Sender, settings: Settings) -> Standing:
    """What can be said without asking the store."""
    access = access_to(conversation, settings)
    if sender.bot and not (access.every_bot or sender.id in access.bots):
        return Standing.BOT
    if access.open or sender.id in access.people or (sender.bot and sender.id in access.bots):
        return Standing.ADMITTED
    if conversation.chat in access.chats or conversation.workspace in access.workspaces:
        return Standing.ADMITTED
    if is_owner(conversation, sender, settings):
        return Standing.ADMITTED
    return Standing.PERHAPS if access.invitations and not sender.bot else Standing.STRANGER


def access_to(conversation: Conversation, settings: Settings) -> Access:
    """What the account of a conversation says; to everyone where it says nothing."""
    for each in settings.channels:
        if each.channel == conversation.channel and each.account == conversation.account:
            return each.access
    return _TO_EVERYONE


def is_owner(conversation: Conversation, sender: Sender, settings: Settings) -> bool:
    """Whether `hub.admins` names the sender."""
    return not sender.bot and f"{conversation.channel}:{sender.id}" in settings.hub.admins
