"""Logs for machines: one object a line, without secrets, without what an unknown error says."""

import asyncio
import json
import logging
import sys

import pytest

from hub.errors import TrunklineError
from hub.watch.logs import NOISY, OWN, CountedLines, JsonLines, LogFormat, TextLines, log_to_stderr, scrubbed
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


def test_lines_for_people_tell_no_more_of_it() -> None:
    told = TextLines().format(record("it failed", error=raised(ValueError("my secret diary"))))
    assert "diary" not in told
    assert "in raised" in told
    assert told.endswith("ValueError")
    assert "Traceback" in told, "what a test looks for in the log of a hub"
    try:
        raise TrunklineError("It broke.") from raised(ValueError("my secret diary"))
    except TrunklineError as error:
        both = TextLines().format(record("it failed", error=error))
    assert both.index("ValueError") < both.index("TrunklineError: It broke.")
    assert "diary" not in both.replace('"my secret diary"', "")
    ours = TextLines().format(record("it failed", error=raised(TrunklineError("The disk is full."))))
    assert ours.endswith("TrunklineError: The disk is full.")


@pytest.mark.parametrize("formatter", [JsonLines(), TextLines()])
async def test_a_task_that_nobody_waited_for_is_told_without_its_words(formatter: logging.Formatter) -> None:
    async def dies() -> None:
        raise ValueError("my secret diary")

    task = asyncio.ensure_future(dies())
    await asyncio.wait([task])
    said = f"Task exception was never retrieved\nfuture: {task!r}"
    assert "diary" in said
    line = formatter.format(logging.LogRecord("asyncio", logging.ERROR, "", 1, said, (), None))
    assert "never retrieved" in line
    assert "diary" not in line
    task.exception()


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
        "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q",
        "MTk4NjIyNDgzNDcxOTI1MjQ4" + ".Cl2FMQ." + "ZnCjm1XVW7vRze4b7Cq4se7kKWs",
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


@pytest.mark.parametrize("verbose", [True, False])
def test_more_is_told_by_the_hub_itself_and_never_by_a_library(
    verbose: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """At that level discord.py and slack_sdk write down what they receive and send."""
    root = logging.getLogger()
    before = root.level, root.handlers[:]
    try:
        log_to_stderr(LogFormat.TEXT, verbose=verbose)
        for name in ("hub.turn", "channels.discord.session"):
            logging.getLogger(name).debug("ours")
        for name in ("discord.gateway", "slack_sdk.web.async_client", "slack_bolt.AsyncApp", "asyncpg"):
            logging.getLogger(name).debug("my diary")
    finally:
        for name in (*OWN, *NOISY):
            logging.getLogger(name).setLevel(logging.NOTSET)
        root.handlers[:] = before[1]
        root.setLevel(before[0])
    written = capsys.readouterr().err
    assert "diary" not in written
    assert written.count("ours") == (2 if verbose else 0)
