"""The token stands in every URL of the Bot API; libraries log URLs."""

import logging

_TALKATIVE = ("telegram.Bot", "telegram.request.BaseRequest", "httpx", "httpcore", "aiohttp.client", "aiohttp.internal")
"""Loggers that write addresses, or what they send and receive."""


class Redaction(logging.Filter):
    """Replaces one token wherever a record would show it."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if self._token in text:
            record.msg, record.args = text.replace(self._token, "<token>"), ()
        return True

    def install(self) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).addFilter(self)

    def remove(self) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).removeFilter(self)
