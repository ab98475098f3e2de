"""What the argument of a command can be: shown by platforms while a person types."""

from hub.commands.caller import caller_in
from hub.commands.registry import REGISTRY
from hub.config.settings import Settings
from hub.messages import Conversation, Sender

MOST = 25
"""Discord shows no more."""


def suggestions(command: str, typed: str, conversation: Conversation, sender: Sender, settings: Settings) -> list[str]:
    """The values that begin with what was typed, upper and lower case alike; none for a command without a list.

    Nor for one whose role the person has nowhere.
    """
    found = REGISTRY.get(command)
    caller = caller_in(conversation, sender, settings)
    if found is None or found.values is None or not caller.holds(found.spec.role):
        return []
    beginning = typed.strip().casefold()
    return [value for value in found.values(caller, settings) if value.startswith(beginning)][:MOST]
