"""The token stands in every URL of the Bot API; libraries log URLs."""

import logging

_TALKATIVE = ("telegram.Bot", "telegram.request.BaseRequest", "httpx", "httpcore", "aiohttp.client", "aiohttp.internal")
"""Loggers that write addresses, or what they send and receive."""


class Redaction(logging.Filter):
    """Replaces an account's secrets wherever a record would show them."""

    def __init__(self, *secrets: str) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if secret]

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        for secret in self._secrets:
            if secret in text:
                text = text.replace(secret, "<token>")
                record.msg, record.args = text, ()
        return True

    def install(self) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).addFilter(self)

    def remove(self) -> None:
        for name in _TALKATIVE:
            logging.getLogger(name).removeFilter(self)
