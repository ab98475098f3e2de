"""What the bot must be allowed to do, and what for; deploy/slack-manifest.yaml asks for the same."""

from collections.abc import Iterable

SCOPES = {
    "app_mentions:read": "see where people mention it",
    "channels:history": "read messages in public channels",
    "channels:read": "know which public channels it is in",
    "chat:write": "answer",
    "commands": "offer /hub",
    "files:read": "see files that people send",
    "files:write": "send reports with charts and tables",
    "groups:history": "read messages in private channels it was invited to",
    "groups:read": "know which private channels it is in",
    "im:history": "read direct messages",
    "im:read": "know who wrote it direct messages",
    "mpim:history": "read group messages it was invited to",
    "mpim:read": "know which group messages it is in",
    "reactions:read": "take reactions as feedback",
    "users:read": "know a person's time zone",
}
"""Bot token scopes -> what the bot cannot do without."""

COMMAND, SHORTCUT = "/hub", "hub_ask"
"""The slash command, and the callback id of the shortcut on messages."""

EVENTS = (
    "app_mention",
    "app_uninstalled",
    "channel_left",
    "group_left",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
)
"""Bot events that the app subscribes to."""


def missing(granted: Iterable[str]) -> dict[str, str]:
    """The scopes that the token lacks, and what for."""
    have = {scope.strip() for scope in granted}
    return {scope: purpose for scope, purpose in SCOPES.items() if scope not in have}
