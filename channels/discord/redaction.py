"""Tokens stand in headers and in the addresses of interactions; libraries log both, and network failures at length."""

import logging
import re

_TALKATIVE = (
    "discord.client",
    "discord.gateway",
    "discord.http",
    "discord.state",
    "aiohttp.client",
    "aiohttp.internal",
)
_INTERACTION = re.compile(r"(/(?:interactions|webhooks)/\d+/)[^/\s?\"']+|(['\"]token['\"]: *['\"])[^'\"]+")


class Redaction(logging.Filter):
    """Replaces the bot's token and those of interactions, and tells a failure by its name instead of its stack."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        shown = _INTERACTION.sub(lambda found: f"{found[1] or found[2]}<token>", text.replace(self._token, "<token>"))
        if record.exc_info and record.exc_info[0]:
            shown = f"{shown} ({record.exc_info[0].__name__})"
            record.exc_info = record.exc_text = None
        if shown != text:
            record.msg, record.args = shown, ()
        return True

    def install(self) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).addFilter(self)

    def remove(self) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).removeFilter(self)
