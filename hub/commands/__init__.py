"""Slash commands, for every channel."""

from hub.commands.caller import ROLES, Caller
from hub.commands.command import Call, Command, Told, command
from hub.commands.conversation import FRESH
from hub.commands.dispatch import answer_command
from hub.commands.recognition import Invocation, is_stop, recognize
from hub.commands.region import place_noted
from hub.commands.registry import COMMANDS, REGISTRY
from hub.commands.suggestions import suggestions

__all__ = [
    "COMMANDS",
    "FRESH",
    "REGISTRY",
    "ROLES",
    "Call",
    "Caller",
    "Command",
    "Invocation",
    "Told",
    "answer_command",
    "command",
    "is_stop",
    "place_noted",
    "recognize",
    "suggestions",
]
