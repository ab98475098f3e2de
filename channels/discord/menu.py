"""The hub's commands in Discord's own menu."""

from collections.abc import Mapping, Sequence
from typing import Any

from discord import Locale

from hub.channel import CommandSpec

MOST = 100
"""Commands of one application."""
_CHAT_INPUT = 1
_STRING = 3
_EVERYWHERE, _IN_SERVERS = [0, 1], [0]
"""In servers and in private chats with the bot; a server's rights mean nothing in the latter."""
_ADMINISTRATORS = 0
"""Rights that a member must have: none of them is enough, so that only a server's administrators see the command."""
_DESCRIPTION = 100
_LOCALES = tuple(each.value for each in Locale)


def menu_of(commands: Sequence[CommandSpec]) -> list[dict[str, Any]]:
    """What a bulk overwrite is given. A command for a role is shown to administrators; the hub asks for the role."""
    return [_shown(command) for command in commands[:MOST]]


def _shown(command: CommandSpec) -> dict[str, Any]:
    for_all = command.role == "everyone"
    shown: dict[str, Any] = {
        "name": command.name,
        "description": command.help[:_DESCRIPTION],
        "type": _CHAT_INPUT,
        "contexts": _EVERYWHERE if for_all else _IN_SERVERS,
    }
    if not for_all:
        shown["default_member_permissions"] = _ADMINISTRATORS
    if translated := _translated(command.translations):
        shown["description_localizations"] = translated
    if command.arguments:
        name = "".join(char if char.isalnum() else "-" for char in command.arguments.lower()).strip("-")
        option = {"type": _STRING, "name": name[:32] or "text", "description": command.arguments[:_DESCRIPTION]}
        shown["options"] = [{**option, "autocomplete": True} if command.suggests else option]
    return shown


def _translated(translations: Mapping[str, str]) -> dict[str, str]:
    """By Discord's own locales: `pt` serves `pt-BR`, where nothing nearer is there."""
    found = {locale: translations.get(locale) or translations.get(locale.partition("-")[0]) for locale in _LOCALES}
    return {locale: text[:_DESCRIPTION] for locale, text in found.items() if text}


def same(wanted: Sequence[Mapping[str, Any]], registered: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the platform already shows this menu; what it adds of its own is not looked at.

    `registered` must have been asked for with its translations.
    """
    return _fingerprint(wanted) == _fingerprint(registered)


def _fingerprint(commands: Sequence[Mapping[str, Any]]) -> list[Any]:
    return sorted(
        (
            command["name"],
            command["description"],
            sorted((command.get("description_localizations") or {}).items()),
            "everyone" if (who := command.get("default_member_permissions")) is None else str(who),
            sorted(command.get("contexts") or _EVERYWHERE),
            [
                (option["name"], option["description"], option["type"], bool(option.get("autocomplete")))
                for option in command.get("options") or ()
            ],
        )
        for command in commands
        if command.get("type", _CHAT_INPUT) == _CHAT_INPUT
    )
