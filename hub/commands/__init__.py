"""Slash commands, for every channel."""

from hub.commands.answers import answer_command, help_text
from hub.commands.registry import COMMANDS, Invocation, is_stop, recognize
from hub.commands.suggestions import suggestions

__all__ = ["COMMANDS", "Invocation", "answer_command", "help_text", "is_stop", "recognize", "suggestions"]
