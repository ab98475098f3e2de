"""Signature, tiers, people, order in a chat, refusals of logs, and the manifest."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from channels.slack.people import REMEMBERED, People
from channels.slack.receiving import Lanes
from channels.slack.redaction import quiet_logger
from channels.slack.scopes import COMMAND, EVENTS, SCOPES, SHORTCUT, missing
from channels.slack.signature import genuine
from channels.slack.tiers import Tier
from hub.channel import Refused
from hub.commands import COMMANDS
from hub.messages import Hints

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[3]
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
    b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack"
    b".com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc"
    b"887a14d10d2c447fce8b6703c"
)
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
STAMP = "1531420618"


@pytest.mark.parametrize(
    ("stamp", "signature", "body", "now_s", "expected"),
    [
        (STAMP, SIGNATURE, BODY, 1531420618, True),  # Slack's own example
        (STAMP, SIGNATURE, BODY, 1531420618 + 300, True),
        (STAMP, SIGNATURE, BODY, 1531420618 + 301, False),
        (STAMP, SIGNATURE, BODY, 1531420618 - 301, False),
        (STAMP, SIGNATURE, BODY + b"x", 1531420618, False),
        (STAMP, SIGNATURE[:-1] + "4", BODY, 1531420618, False),
        (STAMP, "", BODY, 1531420618, False),
        (STAMP, "v0=é", BODY, 1531420618, False),
        ("soon", SIGNATURE, BODY, 1531420618, False),
        ("", SIGNATURE, BODY, 0, False),
        ("9" * 40, SIGNATURE, BODY, 0, False),
    ],
)
def test_the_signature(stamp: str, signature: str, body: bytes, now_s: float, expected: bool) -> None:
    assert genuine(SECRET, stamp, signature, body, now_s=now_s) is expected


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


async def test_growth_leaves_room_for_final_texts_and_the_tier_is_kept() -> None:
    time = Time()
    tier = Tier(70, now_s=time, sleep=time.sleep)
    assert [tier.try_take() for _ in range(10)].count(True) == 6
    for _ in range(4):
        await tier.take()
    assert time.now == 100.0
    for _ in range(5):
        await tier.take()
    assert time.now == pytest.approx(105.0)
    assert not tier.try_take()


async def test_people_are_asked_for_once_and_again_when_stale() -> None:
    time, asked = Time(), []

    async def ask(user: str) -> Mapping[str, Any]:
        asked.append(user)
        if user == "U9":
            raise Refused("no")
        return {"tz": "Asia/Tokyo", "locale": "ja", "real_name": "First"}

    people = People(ask, time, Tier(100, now_s=time, sleep=time.sleep))
    assert people.about("U1") == (Hints(), "")
    people.about("U1")
    people.about("U9")
    people.about("B7")
    await asyncio.sleep(0.01)
    assert people.about("U1") == (Hints(time_zone="Asia/Tokyo", language="ja"), "First")
    assert people.about("U9") == (Hints(), "")
    assert asked == ["U1", "U9"]
    time.now += 100_000
    assert people.about("U1")[1] == "First"
    await people.close()
    assert len(people._known) <= REMEMBERED


async def test_a_chat_is_served_in_order_and_others_beside_it() -> None:
    lanes, seen = Lanes(), []
    gate = asyncio.Event()

    async def pass_through(chat: str, name: str) -> None:
        async with lanes.of(chat):
            if name == "a1":
                await gate.wait()
            seen.append(name)

    tasks = [asyncio.create_task(pass_through(*each)) for each in (("a", "a1"), ("a", "a2"), ("b", "b1"), ("a", "a3"))]
    await asyncio.sleep(0.01)
    gate.set()
    await asyncio.gather(*tasks)
    assert seen == ["b1", "a1", "a2", "a3"]
    assert lanes._lanes == {}


def test_logs_show_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    logger = quiet_logger("test", ("xoxb-1", "", "xapp-2"))
    try:
        raise ValueError("xapp-2 in a traceback")
    except ValueError:
        logger.exception("failed with %s at wss://wss.slack.com/link/?ticket=t&app_id=5 (again)", "xoxb-1")
    assert "failed with <secret> at wss://wss.slack.com/link/ (again)" in caplog.text
    assert not any(word in caplog.text for word in ("xoxb-1", "xapp-2", "ticket"))
    assert not logger.isEnabledFor(logging.INFO)


def _listed(under: str) -> list[str]:
    """The items of one list in the manifest."""
    lines = (ROOT / "deploy" / "slack-manifest.yaml").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip() == f"{under}:") + 1
    indent = len(lines[start]) - len(lines[start].lstrip())
    found = []
    for line in lines[start:]:
        if len(line) - len(line.lstrip()) < indent:
            break
        found.append(line.strip().removeprefix("- "))
    return found


def test_the_manifest_asks_for_what_the_code_needs() -> None:
    assert _listed("bot") == sorted(SCOPES)
    assert _listed("bot_events") == sorted(EVENTS)
    assert f"command: {COMMAND}" in _listed("slash_commands")
    hint = next(line for line in _listed("slash_commands") if line.startswith("usage_hint: "))
    words = hint.removeprefix("usage_hint: ").strip('"').split(" | ")
    assert set(words) <= {command.name for command in COMMANDS} | {"a question"}
    assert f"callback_id: {SHORTCUT}" in _listed("shortcuts")
    assert "messages_tab_enabled: true" in _listed("app_home")
    assert _listed("interactivity") == ["is_enabled: true"]


def test_the_guide_names_each_scope_with_its_purpose() -> None:
    guide = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8").replace("`", "")
    assert all(f"| {scope} | {purpose} |" in guide for scope, purpose in SCOPES.items())


def test_the_guide_names_each_event_and_what_the_manifest_offers() -> None:
    guide = (ROOT / "docs" / "slack.md").read_text(encoding="utf-8")
    assert all(f"`{event}`" in guide for event in EVENTS)
    assert f"`{COMMAND}`" in guide
    (name,) = [line.removeprefix("name: ") for line in _listed("shortcuts") if line.startswith("name: ")]
    assert f"**{name}**" in guide


def test_a_missing_scope_is_found() -> None:
    granted = [f" {scope}" for scope in SCOPES if scope != "users:read"]
    assert missing(granted) == {"users:read": "know a person's time zone"}
    assert missing(SCOPES) == {}
