"""What the bot must be allowed to do, and what for; deploy/slack-manifest.yaml asks for the same."""

from collections.abc import Iterable

SCOPES = {
    "app_mentions:read": "see where people mention it",
    "channels:history": "read threads in public channels",
    "chat:write": "answer",
    "commands": "offer /hub",
    "files:read": "see files that people send",
    "groups:history": "read threads in private channels it was invited to",
    "im:history": "read direct messages",
    "mpim:history": "read group messages it was invited to",
    "reactions:read": "take reactions as feedback",
    "users:read": "know a person's time zone",
}
"""Bot token scopes -> what the bot cannot do without."""

EVENTS = (
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "reaction_removed",
)
"""Bot events that the app subscribes to."""


def missing(granted: Iterable[str]) -> dict[str, str]:
    """The scopes that the token lacks, and what for."""
    have = {scope.strip() for scope in granted}
    return {scope: purpose for scope, purpose in SCOPES.items() if scope not in have}
