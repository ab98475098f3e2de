"""Logs for machines: one object a line, without secrets, without what an unknown error says."""

import json
import logging
import sys

import pytest

from hub.errors import TrunklineError
from hub.watch.logs import CountedLines, JsonLines, TextLines, scrubbed
from hub.watch.meters import Meters

pytestmark = pytest.mark.unit

TELEGRAM = "123456789:AAHkq0dZ4n1l6J2fXy_3c-bVtQxWzE9rSuM"


def record(message: str, *words: object, error: BaseException | None = None) -> logging.LogRecord:
    caught = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("hub.turn", logging.ERROR, __file__, 1, message, words, caught)


def raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error):
        caught = sys.exc_info()[1]
    assert isinstance(caught, Exception)
    return caught


def test_a_line_is_an_object() -> None:
    line = JsonLines().format(record("the turn of %s\nfailed", "telegram/main/7"))
    assert "\n" not in line
    told = json.loads(line)
    assert {name: told[name] for name in ("level", "logger", "message")} == {
        "level": "error",
        "logger": "hub.turn",
        "message": "the turn of telegram/main/7\nfailed",
    }
    assert told["time"].endswith("+00:00")


def test_an_unknown_error_is_told_without_its_words() -> None:
    told = JsonLines().format(record("it failed", error=raised(ValueError("my secret diary"))))
    assert "diary" not in told
    error = json.loads(told)["error"]
    assert error["type"] == "ValueError"
    assert error["where"][-1].endswith(" raised")


def test_an_error_of_the_hub_is_told_with_its_sentence() -> None:
    told = json.loads(JsonLines().format(record("it failed", error=raised(TrunklineError("The disk is full.")))))
    assert told["error"]["message"] == "The disk is full."


@pytest.mark.parametrize(
    "secret",
    [
        f"bot{TELEGRAM}",
        "xoxb-123456789-abcdefghij",
        "xapp-1-A123-456-abcdef",
        "sk-proj-abcdefghijklmnopqrst",
    ],
)
def test_what_looks_like_a_token_is_left_out(secret: str) -> None:
    for formatter in (JsonLines(), TextLines()):
        line = formatter.format(record("POST https://host.example.com/%s/sendMessage failed", secret))
        assert secret.removeprefix("bot") not in line
        assert "sendMessage failed" in line


def test_passwords_in_addresses_and_bearers_are_left_out() -> None:
    assert scrubbed("postgresql://hub:hunter2@db/hub") == "postgresql://[secret]@db/hub"
    assert scrubbed("Authorization: Bearer abc.def") == "Authorization: Bearer [secret]"
    assert scrubbed("at 12:30:45 telegram/main/123456789 waits") == "at 12:30:45 telegram/main/123456789 waits"


def test_lines_are_counted_by_the_part_that_wrote_them() -> None:
    meters = Meters()
    handler = CountedLines(meters)
    handler.emit(record("one"))
    handler.emit(logging.LogRecord("telegram.ext._x.7", logging.WARNING, "", 1, "two", (), None))
    value = meters.registry.get_sample_value
    assert value("trunkline_log_records_total", {"level": "error", "logger": "hub.turn"}) == 1
    assert value("trunkline_log_records_total", {"level": "warning", "logger": "telegram"}) == 1
