"""Tokens never reach a log: the SDK's own logger is quiet, and what it says is looked through."""

import logging
import re
from collections.abc import Iterable

_TICKET = re.compile(r"(wss?://[^\s?'\"]+)\?[^\s'\")]*")
"""The address of a Socket Mode connection lets anyone in who has it."""


class Redaction(logging.Filter):
    """Replaces the secrets wherever a record would show them; an error is named without its traceback."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if secret)

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        for secret in self._secrets:
            text = text.replace(secret, "<secret>")
        record.msg, record.args = _TICKET.sub(r"\1", text), ()
        record.exc_info = record.exc_text = None
        return True


def quiet_logger(account: str, secrets: Iterable[str]) -> logging.Logger:
    """A logger for the SDK. Its level is set on itself: the SDK prepares texts for debugging where it finds none."""
    logger = logging.getLogger(f"channels.slack.sdk.{account}")
    logger.setLevel(logging.WARNING)
    for old in list(logger.filters):
        logger.removeFilter(old)
    logger.addFilter(Redaction(secrets))
    return logger
