"""What people do on Slack, through the whole hub: stop, edit, delete, react, press, ask again, command, mention."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port
from tests.wire.fakes.model import FakeModel
from tests.wire.fakes.process import serving
from tests.wire.fakes.slack import BOT_USER, TEAM, FakeSlack, chat_id, ts_of
from tests.wire.hub_process import HubProcess
from tests.wire.memory_hub import until
from tests.wire.test_hub_slack import SECRETS, settings_for

pytestmark = pytest.mark.wire

WAY = 'app_token = "env:SLACK_APP_TOKEN"'


@asynccontextmanager
async def hub_on(slack: FakeSlack, model: FakeModel, folder: Path) -> AsyncIterator[HubProcess]:
    async with serving(slack), serving(model):
        hub = HubProcess(settings_for(folder, slack, model, way=WAY, port=free_port()), SECRETS)
        hub.start()
        try:
            yield hub
            hub.terminate()
            assert await hub.ended() == 0
            assert hub.defects() == []
        finally:
            hub.end()
    assert slack.complaints == []


def newest(slack: FakeSlack, chat: int) -> str:
    return (slack.books.answers(chat) or [""])[-1]


def press(slack: FakeSlack, chat: int, part: int, action: str, kind: str = "im", **more: str) -> None:
    container = {"type": "message", "message_ts": ts_of(part), "channel_id": chat_id(chat, kind), **more}
    slack.press(
        {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": f"U{chat:08d}", "team_id": TEAM},
            "container": container,
            "channel": {"id": chat_id(chat, kind)},
            "actions": [{"action_id": f"hub_{action}", "block_id": "b", "type": "button", "action_ts": "5.1"}],
        }
    )


def changed(chat: int, ts: str, text: str, before: str) -> dict[str, Any]:
    said = {"type": "message", "user": f"U{chat:08d}", "ts": ts}
    return {
        "type": "message",
        "subtype": "message_changed",
        "channel": chat_id(chat),
        "channel_type": "im",
        "message": said | {"text": text, "edited": {"user": f"U{chat:08d}", "ts": ts[:-1] + "9"}},
        "previous_message": said | {"text": before},
        "ts": ts[:-1] + "9",
    }


async def test_what_people_do(tmp_path: Path) -> None:
    slack, model = FakeSlack(), FakeModel(chunks=200, between_s=0.03)
    finished = FakeModel.answer

    def part(chat: int) -> int:
        return next((number for (of, number), _ in slack.books.shown.items() if of == chat), 0)

    async with hub_on(slack, model, tmp_path):
        # a button below what grows: the answer ends there
        slack.say(1, "#stop-1: a long story")
        # a deletion while it is answered: what was begun goes away
        gone = ts_of(slack.say(2, "#gone-1: never mind"))
        # an edit of what waits behind another message: the newer words are answered
        slack.say(3, "#wait-1: first")
        edited = ts_of(slack.say(3, "#wait-2: old words"))
        await until(lambda: "hub_stop" in slack.buttons.get((1, part(1)), []))
        press(slack, 1, part(1), "stop")
        deleted = {"type": "message", "subtype": "message_deleted", "channel": chat_id(2), "channel_type": "im"}
        before = {"user": "U00000002", "ts": gone, "text": "#gone-1: never mind"}
        slack.event(deleted | {"deleted_ts": gone, "previous_message": before, "ts": slack.next_ts()})
        slack.event(changed(3, edited, "#wait-3: new words", "#wait-2: old words"))
        await until(lambda: "Stopped here" in newest(slack, 1))
        await until(lambda: slack.books.shown and part(2) and not slack.books.answers(2))
        await until(lambda: "hub_again" in slack.buttons.get((1, part(1)), []))

        model.chunks, model.between_s = 5, 0
        # a mention in a channel, its thread, and who talks to others
        root = ts_of(slack.say(4, f"<@{BOT_USER}> #room-1: hello", kind="channel"))
        await until(lambda: newest(slack, 4) == finished(model, "#room-1"))
        slack.say(4, "#room-2: and then?", kind="channel", thread_ts=root)
        await until(lambda: newest(slack, 4) == finished(model, "#room-2"))
        assert all(key in slack.streamed for key in slack.books.shown if key[0] == 4)
        assert slack.streaming == set()
        # a reaction, and "ask again" below the answer, in its thread
        item = {"type": "message", "channel": chat_id(4, "channel"), "ts": ts_of(part(4))}
        reaction = {"type": "reaction_added", "user": "U1", "reaction": "+1", "item_user": BOT_USER, "item": item}
        heard = slack.event(reaction | {"event_ts": slack.next_ts()})
        press(slack, 4, part(4), "again", "channel", thread_ts=root)
        await until(lambda: len(slack.books.answers(4)) == 3)
        await until(lambda: newest(slack, 4) == finished(model, "#room-1") and heard.acked)
        # a command in a channel: its answer is for that person alone
        command = {"command": "/hub", "text": "help", "team_id": TEAM, "user_id": "U1", "trigger_id": "1.2.abc"}
        where = {"channel_id": chat_id(4, "channel"), "response_url": f"{slack.server.url}/commands/w1"}
        slack.command(command | where)
        await until(lambda: slack.responses.shown)
        assert len(slack.books.answers(4)) == 3
        await until(lambda: newest(slack, 3).endswith(" end #wait-3"))
        assert not any("#wait-2:" in text for text in slack.books.answers(3))


async def test_what_was_written_while_the_hub_was_down_is_answered_once_and_in_order(tmp_path: Path) -> None:
    slack, model = FakeSlack(), FakeModel(chunks=5)
    async with hub_on(slack, model, tmp_path) as hub:
        slack.say(1, "#one-1: hello")
        root = ts_of(slack.say(2, f"<@{BOT_USER}> #two-1: hello", kind="channel"))
        await until(lambda: all(newest(slack, chat) for chat in (1, 2)) and slack.buttons)
        await until(lambda: newest(slack, 1).endswith("#one-1") and newest(slack, 2).endswith("#two-1"))
        hub.terminate()
        assert await hub.ended() == 0
        slack.deaf = True
        for number in range(2, 5):
            slack.say(1, f"#one-{number}: and this?")
            slack.say(2, f"#two-{number}: and this?", kind="channel", thread_ts=root)
        slack.say(3, "#three-1: for the first time")
        slack.say(2, "#nobody: among ourselves", kind="channel")
        slack.deaf = False
        hub.start()
        slack.say(1, "#one-5: are you there?")
        await until(lambda: len(slack.books.answers(1)) == 5 and len(slack.books.answers(2)) == 4)
        await until(lambda: newest(slack, 1).endswith("#one-5") and newest(slack, 3).endswith("#three-1"))
        await until(lambda: newest(slack, 2).endswith("#two-4"))
        await asyncio.sleep(0.3)  # a second answer would come now
    verdict = slack.books.verdict()
    assert verdict.unanswered == ["#nobody"]
    assert (verdict.answered_twice, verdict.out_of_order, verdict.orphans, verdict.other) == ([], [], [], [])
