"""The command menu: what is shown beside the input field, for everyone and for admins, in every language there is."""

import logging
import re
from collections.abc import Iterator, Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, Forbidden, TelegramError

from channels.telegram.patience import NOT_OF_THE_BOT_API, SOMETHING_ELSE, Patience
from channels.telegram.sending import brief
from hub.channel import CommandSpec

_log = logging.getLogger(__name__)

_NAME = re.compile(r"[a-z0-9_]{1,32}")
_DESCRIPTION = 256
_COMMANDS = 100
_LANGUAGE = re.compile(r"[a-z]{2}")
"""The platform takes two-letter codes alone."""


class Menu:
    """Set only where the platform shows another. `admins` are the ids of people who see every command."""

    def __init__(
        self, bot: Bot, account: str, commands: Sequence[CommandSpec], admins: Sequence[str], patience: Patience
    ) -> None:
        self._bot = bot
        self._account = account
        self._commands = commands
        self._admins = admins
        self._patience = patience
        self.published = False
        """Whether every menu is up to date."""

    async def publish(self) -> None:
        """Bring every menu up to date, however long the platform takes; a chat that refuses goes without one."""
        for scope, language, wanted in self._wanted():
            while True:
                try:
                    await self._set(scope, language, wanted)
                except (BadRequest, Forbidden) as error:
                    # An admin who never wrote to the bot has no chat with it.
                    _log.debug("Telegram %s: a command menu was refused: %s", self._account, brief(error))
                except TelegramError as error:
                    await self._patience.after(error)
                    continue
                except NOT_OF_THE_BOT_API:
                    await self._patience.wait(SOMETHING_ELSE)
                    continue
                break
        self._patience.recovered()
        self.published = True

    async def _set(self, scope: BotCommandScope, language: str, wanted: tuple[BotCommand, ...]) -> None:
        code = language or None
        if await self._bot.get_my_commands(scope=scope, language_code=code) != wanted:
            await self._bot.set_my_commands(wanted, scope=scope, language_code=code)
            _log.info(
                "Telegram %s: the command menu is set (%s%s).", self._account, scope.type, language and f", {language}"
            )

    def _wanted(self) -> Iterator[tuple[BotCommandScope, str, tuple[BotCommand, ...]]]:
        if not self._commands:
            return
        everyone = [each for each in self._commands if each.role == "everyone"]
        scopes: list[tuple[BotCommandScope, Sequence[CommandSpec]]] = [
            (BotCommandScopeAllPrivateChats(), everyone),
            (BotCommandScopeAllGroupChats(), everyone),
        ]
        # In a private chat, the chat's id is the person's.
        scopes += [(BotCommandScopeChat(int(admin)), self._commands) for admin in self._admins]
        for language in ("", *_languages(self._commands)):
            for scope, commands in scopes:
                yield scope, language, _shown(commands, language)


def _languages(commands: Sequence[CommandSpec]) -> list[str]:
    tags = {_base(tag) for each in commands for tag in each.translations}
    return sorted(tag for tag in tags if _LANGUAGE.fullmatch(tag))


def _shown(commands: Sequence[CommandSpec], language: str) -> tuple[BotCommand, ...]:
    """Commands with a name that the platform takes, each with its arguments and its help."""
    shown = []
    for each in commands:
        if _NAME.fullmatch(each.name):
            words = f"{each.arguments} – {_help(each, language)}" if each.arguments else _help(each, language)
            shown.append(BotCommand(each.name, words[:_DESCRIPTION].strip()))
    return tuple(shown[:_COMMANDS])


def _help(command: CommandSpec, language: str) -> str:
    if not language:
        return command.help
    translated = {_base(tag): text for tag, text in command.translations.items()}
    return command.translations.get(language) or translated.get(language) or command.help


def _base(tag: str) -> str:
    return tag.replace("_", "-").partition("-")[0].lower()
