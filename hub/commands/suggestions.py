"""What the argument of a command can be: shown by platforms while a person types."""

from hub.config.settings import Settings
from hub.messages import Conversation

MOST = 25
"""Discord shows no more."""


def suggestions(command: str, typed: str, conversation: Conversation, settings: Settings) -> list[str]:
    """The values that begin with what was typed, upper and lower case alike; none for a command without a list."""
    del conversation  # which agents are offered depends on it
    values = sorted(settings.regions) if command == "region" else []
    beginning = typed.strip().casefold()
    return [value for value in values if value.casefold().startswith(beginning)][:MOST]
