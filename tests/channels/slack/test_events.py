"""Each kind of payload, by hand after Slack's reference, and what it becomes."""

from typing import Any

import pytest

from channels.slack.events import (
    Deleted,
    Json,
    Myself,
    Said,
    asker_of,
    chat_of,
    read_buttons,
    read_command,
    read_event,
    read_shortcut,
)
from hub.messages import Attachment, Conversation, Membership, Message, Press, Sender

pytestmark = pytest.mark.unit

ME = Myself(user="U0BOT", bot="B0BOT", team="T1", account="main")
TS, LATER = "1531420618.000200", "1531420700.000300"


def envelope(event: dict[str, Any]) -> Json:
    return {"type": "event_callback", "team_id": "T9", "event_id": "Ev1", "event": event}


def message(**more: Any) -> dict[str, Any]:
    return {"type": "message", "channel": "D1", "channel_type": "im", "user": "U1", "text": "hello", "ts": TS} | more


def read(**more: Any) -> Message:
    said = read_event(envelope(message(**more)), ME)
    assert isinstance(said, Said)
    return said.message


def test_a_direct_message() -> None:
    assert read() == Message(
        conversation=Conversation("slack", "main", "D1", workspace="T9"),
        platform_id=TS,
        sender=Sender("U1"),
        text="hello",
        sent_ms=1531420618000,
    )


def test_a_thread_in_a_direct_message_is_a_conversation_of_its_own() -> None:
    assert read(thread_ts="1.000001").conversation.thread == "1.000001"
    assert read(thread_ts=TS).conversation.thread == ""  # it is the message that the thread began with


@pytest.mark.parametrize(
    ("more", "addressed", "in_thread", "thread"),
    [
        ({}, False, False, TS),
        ({"text": "<@U0BOT> hello"}, True, False, TS),
        ({"type": "app_mention", "channel_type": None}, True, False, TS),
        ({"text": "!hub usage"}, True, False, TS),
        ({"thread_ts": "1.000001"}, False, True, "1.000001"),
        ({"thread_ts": "1.000001", "parent_user_id": "U0BOT"}, True, False, "1.000001"),
        ({"thread_ts": "1.000001", "subtype": "thread_broadcast"}, False, True, "1.000001"),
        ({"channel_type": "mpim", "channel": "G1"}, False, False, TS),
    ],
)
def test_in_a_channel(more: dict[str, Any], addressed: bool, in_thread: bool, thread: str) -> None:
    said = read_event(envelope(message(**({"channel": "C1", "channel_type": "channel"} | more))), ME)
    assert isinstance(said, Said)
    assert (said.message.addressed, said.in_thread) == (addressed, in_thread)
    assert said.message.conversation.thread == thread
    assert not said.message.conversation.private


def test_an_app_mention_and_the_message_have_one_key() -> None:
    first = read(channel="C1", channel_type="channel", text="<@U0BOT> hi")
    second = read(channel="C1", type="app_mention", channel_type=None, text="<@U0BOT> hi")
    assert first == second


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("<@U0BOT>: what &lt;b&gt; &amp; c?", "what <b> & c?"),
        ("ask <@U2> or <@U3|nick>", "ask @U2 or @nick"),
        (
            "see <https://a.example/x|the page> and <https://b.example>",
            "see the page (https://a.example/x) and https://b.example",
        ),
        ("<https://b.example|b.example>", "https://b.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<#C1|general> <!here> <!subteam^S1|@crew>", "#general @here @crew"),
        ("hello <@U0BOT>", "hello"),
    ],
)
def test_what_is_written_is_read_plain(written: str, seen: str) -> None:
    assert read(text=written).text == seen


def test_an_edit_counts_up() -> None:
    edit = {
        "type": "message",
        "subtype": "message_changed",
        "channel": "C1",
        "channel_type": "channel",
        "message": {"type": "message", "user": "U1", "text": "new", "ts": TS, "edited": {"user": "U1", "ts": LATER}},
        "previous_message": {"type": "message", "user": "U1", "text": "old", "ts": TS},
        "ts": LATER,
    }
    said = read_event(envelope(edit), ME)
    assert isinstance(said, Said)
    assert (said.message.text, said.message.platform_id) == ("new", TS)
    assert said.message.revision == 1531420700000300
    assert said.message.sent_ms == 1531420700000
    assert said.message.conversation.thread == TS
    assert read_event(envelope(edit | {"previous_message": {"text": "new", "ts": TS}}), ME) is None
    unfurled = edit | {"message": {"user": "U1", "text": "new", "ts": TS}}
    assert read_event(envelope(unfurled), ME) is None


@pytest.mark.parametrize(
    "event",
    [
        {
            "subtype": "message_deleted",
            "deleted_ts": TS,
            "previous_message": {"user": "U1", "ts": TS, "thread_ts": "1.000001"},
        },
        {
            "subtype": "message_changed",
            "message": {"subtype": "tombstone", "ts": TS},
            "previous_message": {"user": "U1", "thread_ts": "1.000001"},
        },
    ],
)
def test_a_deletion(event: dict[str, Any]) -> None:
    found = read_event(
        envelope({"type": "message", "channel": "C1", "channel_type": "channel", "ts": LATER} | event), ME
    )
    assert found == Deleted(Conversation("slack", "main", "C1", "1.000001", "T9", private=False), TS)


@pytest.mark.parametrize(
    "event",
    [
        message(user="U0BOT"),
        message(bot_id="B0BOT", user=None),
        message(subtype="channel_join"),
        message(subtype="channel_topic"),
        message(text=""),
        message(ts="soon"),
        message(channel=None),
        message(user=None),
        message(user={"id": 7}, text=["x"]),
        {"type": "message", "subtype": "message_changed", "channel": "D1", "message": "x"},
        {
            "type": "message",
            "subtype": "message_deleted",
            "channel": "D1",
            "deleted_ts": TS,
            "previous_message": {"user": "U0BOT"},
        },
        {"type": "team_join"},
        {
            "type": "reaction_added",
            "reaction": "+1",
            "user": "U1",
            "item_user": "U2",
            "item": {"channel": "C1", "ts": TS},
        },
        {
            "type": "reaction_added",
            "reaction": "tada",
            "user": "U1",
            "item_user": "U0BOT",
            "item": {"channel": "C1", "ts": TS},
        },
        {"type": "reaction_added", "reaction": "+1", "item": "x"},
    ],
)
def test_what_is_none_of_the_hubs_business(event: dict[str, Any]) -> None:
    assert read_event(envelope(event), ME) is None


def test_another_bot_is_marked() -> None:
    assert read(bot_id="B7", user=None, subtype="bot_message").sender == Sender("B7", bot=True)
    assert read(bot_id="B7").sender == Sender("U1", bot=True)


def test_files_are_attachments_also_without_words() -> None:
    files = [
        {"id": "F1", "name": "cat.png", "mimetype": "image/png", "size": 12},
        {"id": "F2", "name": "a.pdf", "mimetype": "application/pdf", "size": 5},
        {"id": "F3", "name": "v.webm", "mimetype": "video/webm", "subtype": "slack_audio"},
        {"id": "F4", "mode": "tombstone"},
    ]
    assert read(subtype="file_share", text="", files=files).attachments == (
        Attachment("image", "cat.png", "image/png", 12, "F1"),
        Attachment("document", "a.pdf", "application/pdf", 5, "F2"),
        Attachment("voice", "v.webm", "video/webm", 0, "F3"),
    )


def test_a_forwarded_message_is_a_quote() -> None:
    shared = {"is_share": True, "text": "they said", "files": [{"id": "F1", "mimetype": "image/png"}]}
    found = read(text="", attachments=[shared, {"text": "a preview"}])
    assert (found.text, found.quoted) == ("", "they said")
    assert [file.fetch for file in found.attachments] == ["F1"]


@pytest.mark.parametrize(
    ("kind", "reaction", "action"),
    [
        ("reaction_added", "+1", "good"),
        ("reaction_added", "thumbsup::skin-tone-3", "good"),
        ("reaction_added", "-1", "bad"),
        ("reaction_removed", "+1", "none"),
    ],
)
def test_a_reaction_to_an_answer(kind: str, reaction: str, action: str) -> None:
    item = {"type": "message", "channel": "D1", "ts": TS}
    event = {"type": kind, "user": "U1", "reaction": reaction, "item_user": "U0BOT", "item": item, "event_ts": LATER}
    assert read_event(envelope(event), ME) == Press(
        conversation=Conversation("slack", "main", "D1", workspace="T9"),
        part_id=TS,
        sender=Sender("U1"),
        action=action,
        event_id="Ev1",
    )


def test_buttons() -> None:
    body = {
        "type": "block_actions",
        "team": {"id": "T9"},
        "user": {"id": "U1"},
        "container": {"message_ts": TS, "channel_id": "C1", "thread_ts": "1.000001"},
        "actions": [{"action_id": "hub_again", "action_ts": "5.1"}, {"action_id": "other"}, "garbage"],
    }
    (press,) = read_buttons(body, ME)
    assert (press.action, press.part_id, press.conversation.thread) == ("again", TS, "1.000001")
    assert press.event_id == f"C1/{TS}/U1/again/5.1"
    assert read_buttons({"actions": None}, ME) == []


COMMAND = {
    "command": "/hub",
    "text": "stop",
    "user_id": "U1",
    "channel_id": "C1",
    "team_id": "T9",
    "trigger_id": "1.2",
}


def test_a_slash_command() -> None:
    found = read_command(COMMAND, ME, 5, {"stop"})
    assert found is not None
    assert (found.text, found.platform_id, found.sent_ms, found.addressed) == ("!hub stop", "1.2@U1", 5, True)
    assert found.conversation == Conversation("slack", "main", "C1", workspace="T9", private=False)
    assert found.alone
    assert asker_of(found.platform_id) == "U1"
    assert asker_of(TS) == ""
    alias = read_command(COMMAND | {"text": "cancel"}, ME, 5, {"stop"})
    assert alias is not None
    assert alias.text == "!hub cancel"
    empty = read_command(COMMAND | {"text": ""}, ME, 5)
    assert empty is not None
    assert empty.text == "!hub help"
    assert read_command({}, ME, 5) is None
    direct = read_command(COMMAND | {"channel_id": "D1"}, ME, 5, {"stop"})
    assert direct is not None
    assert not direct.alone


@pytest.mark.parametrize(("chat", "thread"), [("C1", "U1"), ("D1", "")])
def test_a_slash_question_is_a_conversation_of_that_person_alone(chat: str, thread: str) -> None:
    found = read_command(COMMAND | {"text": "how long?", "channel_id": chat}, ME, 5, {"stop"})
    assert found is not None
    assert (found.text, found.conversation.thread) == ("how long?", thread)


def test_a_shortcut_quotes_the_message() -> None:
    body = {
        "type": "message_action",
        "callback_id": "hub_ask",
        "trigger_id": "1.2",
        "team": {"id": "T9"},
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "message": {"user": "U2", "ts": TS, "text": "how &lt;long&gt;?", "files": [{"id": "F1"}]},
    }
    found = read_shortcut(body, ME, 5)
    assert found is not None
    assert (found.text, found.quoted, found.sender.id, found.platform_id) == ("", "how <long>?", "U1", "1.2@U1")
    assert found.attachments == (Attachment("other", fetch="F1"),)
    assert found.conversation.thread == "U1"
    assert read_shortcut(body | {"message": {"text": ""}}, ME, 5) is None
    assert read_shortcut({}, ME, 5) is None


@pytest.mark.parametrize(
    ("event", "chat", "joined", "by"),
    [
        ({"type": "member_joined_channel", "user": "U0BOT", "channel": "C1", "inviter": "U1"}, "C1", True, "U1"),
        ({"type": "channel_left", "channel": "C1", "actor_id": "U1", "event_ts": TS}, "C1", False, "U1"),
        ({"type": "group_left", "channel": "G1"}, "G1", False, ""),
        ({"type": "app_uninstalled"}, "T9", False, ""),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": ["U0BOT"]}}, "T9", False, ""),
    ],
)
def test_joins_and_removals(event: dict[str, Any], chat: str, joined: bool, by: str) -> None:
    place = Conversation("slack", "main", chat, workspace="T9", private=False)
    expected = Membership(conversation=place, joined=joined, by=Sender(by), event_id="Ev1")
    assert read_event(envelope(event), ME) == expected
    unnamed = {"team_id": "T9", "event": event, "event_time": 7}
    again = read_event(unnamed, ME)
    assert isinstance(again, Membership)
    assert again == read_event(unnamed, ME)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "member_joined_channel", "user": "U1", "channel": "C1"},
        {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}},
        {"type": "channel_left"},
    ],
)
def test_the_coming_and_going_of_others(event: dict[str, Any]) -> None:
    assert read_event(envelope(event), ME) is None


def test_the_author_of_a_shared_channel_keeps_the_team() -> None:
    said = read_event(envelope(message(channel="C1", channel_type="channel", user_team="T5", team="T6")), ME)
    assert isinstance(said, Said)
    assert said.team == "T5"


def test_every_payload_has_its_chat() -> None:
    assert chat_of(envelope(message())) == "D1"
    assert chat_of(envelope({"type": "reaction_added", "item": {"channel": "C2"}})) == "C2"
    assert chat_of({"channel_id": "C3"}) == "C3"
    assert chat_of({"channel": {"id": "C4"}}) == "C4"
    assert chat_of({}) == ""
