"""The hub's commands in Discord's own menu."""

from collections.abc import Mapping, Sequence
from typing import Any

from hub.channel import CommandSpec

_CHAT_INPUT = 1
_STRING = 3
_EVERYWHERE = [0, 1]
"""In servers and in private chats with the bot."""


def menu_of(commands: Sequence[CommandSpec]) -> list[dict[str, Any]]:
    """What a bulk overwrite is given. Commands of admins are not shown: they are there for who types them."""
    return [_shown(command) for command in commands if command.role == "everyone"]


def _shown(command: CommandSpec) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": command.name,
        "description": command.help[:100],
        "type": _CHAT_INPUT,
        "contexts": _EVERYWHERE,
    }
    if command.arguments:
        name = "".join(char if char.isalnum() else "-" for char in command.arguments.lower()).strip("-")
        shown["options"] = [{"type": _STRING, "name": name[:32] or "text", "description": command.arguments[:100]}]
    return shown


def same(wanted: Sequence[Mapping[str, Any]], registered: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the platform already shows this menu; what it adds of its own is not looked at."""
    return _fingerprint(wanted) == _fingerprint(registered)


def _fingerprint(commands: Sequence[Mapping[str, Any]]) -> list[Any]:
    return sorted(
        (
            command["name"],
            command["description"],
            [(option["name"], option["description"], option["type"]) for option in command.get("options") or ()],
        )
        for command in commands
        if command.get("type", _CHAT_INPUT) == _CHAT_INPUT
    )
