"""Logs: lines for people, or JSON objects for machines; without secrets, without what people wrote.

An unknown error's own words may repeat what a person wrote, so only those of the hub's own errors are kept.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from hub.errors import TrunklineError
from hub.watch.meters import Meters

OWN = ("hub", "channels")
NOISY = ("httpx", "httpcore", "aiosqlite", "asyncio", "uvicorn.error", "telegram", "urllib3", "opentelemetry")
"""Theirs is told from warning on."""
SECRETS = re.compile(
    r"(?<!\d)\d{5,20}:[\w-]{30,}|\bxox[a-z]-[\w-]{8,}|\bxapp-[\w-]{8,}|(?<=Bearer )\S+|\bsk-[\w-]{16,}"
    r"|\bAIza[\w-]{30,}|\b[\w-]{23,30}\.[\w-]{6,7}\.[\w-]{27,}"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)
"""Tokens of platforms and providers, and passwords in addresses, should a library put one into a line."""
CAUSES_AT_MOST = 5
_LED_TO = "That led to this:"


class LogFormat(StrEnum):
    """What a log line is."""

    TEXT = "text"
    JSON = "json"


def log_to_stderr(style: LogFormat, *, verbose: bool) -> None:
    """From here on the process logs to its standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if style is LogFormat.JSON else TextLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for own in OWN:  # libraries show whole payloads when they are asked for more, with people's words in them
        logging.getLogger(own).setLevel(logging.DEBUG if verbose else logging.NOTSET)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)


class TextLines(logging.Formatter):
    """For people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return scrubbed(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        record.message = _message(record)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        """The frames and the error's type, and those of what led to it; words only where they are the hub's own."""
        return f"\n{_LED_TO}\n".join(map(_stack, reversed(_chain(ei[1]))))


class JsonLines(logging.Formatter):
    """An object a line: `time` (UTC), `level`, `logger`, `message`; of an error its `type` and `where` it came from."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrubbed(_message(record)),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            line["error"] = {"type": type(error).__name__, "where": _where(error)}
            if isinstance(error, TrunklineError):
                line["error"]["message"] = scrubbed(str(error))
        return json.dumps(line, ensure_ascii=False)


class CountedLines(logging.Handler):
    """Counts lines from warning on, by the part that wrote them."""

    def __init__(self, meters: Meters) -> None:
        super().__init__(logging.WARNING)
        self._meters = meters

    def emit(self, record: logging.LogRecord) -> None:
        self._meters.log_records.labels(record.levelname.lower(), _part(record.name)).inc()


def scrubbed(text: str) -> str:
    """The text without what looks like a secret."""
    return SECRETS.sub("[secret]", text)


def _chain(error: BaseException) -> list[BaseException]:
    """The error, then what led to it."""
    chain = [error]
    while len(chain) < CAUSES_AT_MOST:
        last = chain[-1]
        before = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if before is None:
            break
        chain.append(before)
    return chain


def _stack(error: BaseException) -> str:
    words = f": {error}" if isinstance(error, TrunklineError) else ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"Traceback (most recent call last):\n{frames}{type(error).__name__}{words}"


def _message(record: logging.LogRecord) -> str:
    """asyncio puts the task below its first line, with the words of the error that ended it."""
    text = record.getMessage()
    return text.partition("\n")[0] if record.name == "asyncio" else text


def _part(logger: str) -> str:
    """Of our own loggers the module, of others the package: a bounded number."""
    return logger if logger.startswith(("hub.", "channels.")) and logger.count(".") < 4 else logger.partition(".")[0]


def _where(error: BaseException) -> list[str]:
    """The frames, innermost last, without the source line."""
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
