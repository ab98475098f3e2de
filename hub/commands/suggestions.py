"""What the argument of a command can be: shown by platforms while a person types."""

from hub.commands.registry import REGISTRY
from hub.config.settings import Settings
from hub.messages import Conversation

MOST = 25
"""Discord shows no more."""


def suggestions(command: str, typed: str, conversation: Conversation, settings: Settings) -> list[str]:
    """The values that begin with what was typed, upper and lower case alike; none for a command without a list."""
    found = REGISTRY.get(command)
    if found is None or found.values is None:
        return []
    beginning = typed.strip().casefold()
    return [value for value in found.values(conversation, settings) if value.startswith(beginning)][:MOST]
