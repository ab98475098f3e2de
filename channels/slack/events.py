"""What Slack hands over, made into the hub's values. Pure: nothing is asked for, nothing is sent."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from channels.slack.text import plain
from hub.messages import Attachment, Conversation, Membership, Message, Press, Sender, storable

_SPOKEN = frozenset({"", "bot_message", "file_share", "me_message", "thread_broadcast"})
"""Subtypes of messages that somebody wrote; the others are notices of joins, topics, pins."""
_GOOD = frozenset({"+1", "thumbsup"})
_BAD = frozenset({"-1", "thumbsdown"})
ACTIONS = ("stop", "again", "good", "bad")
"""Buttons have the action ids `hub_stop` and so on."""
_ALONE = "@"
"""Stands in the id of what is answered to one person alone, before that person's id."""

Json = Mapping[str, Any]


class Myself(msgspec.Struct, frozen=True):
    """Who the bot is, as auth.test says."""

    user: str
    bot: str
    team: str
    account: str
    name: str = ""
    team_name: str = ""


class Said(msgspec.Struct, frozen=True):
    """A message, and why it may be meant for the bot."""

    message: Message
    in_thread: bool
    """A reply in a channel's thread that does not mention the bot: addressed if the bot is in that thread."""
    team: str = ""
    """The author's own; in a channel that two workspaces share it may be the other one."""


class Deleted(msgspec.Struct, frozen=True):
    conversation: Conversation
    platform_id: str


def read_event(body: Json, me: Myself) -> Said | Deleted | Press | Membership | None:
    """What an Events API payload says, or None for what the hub does not act on, its own messages among it."""
    event = _table(body.get("event"))
    team = _word(body.get("team_id")) or me.team
    match event.get("type"):
        case "reaction_added" | "reaction_removed":
            return _reaction(body, event, team, me)
        case "member_joined_channel" | "channel_left" | "group_left" | "app_uninstalled" | "tokens_revoked":
            return _membership(body, event, team, me)
        case "app_mention":
            return _said(event, event, team, me)
        case "message":
            return _message(event, team, me)
    return None


def _message(event: Json, team: str, me: Myself) -> Said | Deleted | None:
    subtype = _word(event.get("subtype"))
    if subtype == "message_deleted":
        return _deleted(event, _table(event.get("previous_message")), _word(event.get("deleted_ts")), team, me)
    if subtype == "message_changed":
        now, before = _table(event.get("message")), _table(event.get("previous_message"))
        if now.get("subtype") == "tombstone":  # a deleted message whose thread stays
            return _deleted(event, before, _word(now.get("ts")), team, me)
        # Slack also "changes" a message to show a preview of a link in it.
        if not now.get("edited") or now.get("text") == before.get("text"):
            return None
        return _said(event, now, team, me)
    return _said(event, event, team, me) if subtype in _SPOKEN else None


def _said(event: Json, said: Json, team: str, me: Myself) -> Said | None:
    chat, ts = _word(event.get("channel")), _word(said.get("ts"))
    user, bot = _word(said.get("user")), _word(said.get("bot_id"))
    if not (chat and is_ts(ts)) or user == me.user or (bot and bot == me.bot) or not (user or bot):
        return None
    if _word(said.get("subtype")) not in _SPOKEN:
        return None
    raw = _word(said.get("text"))
    text = storable(plain(raw, me.user))
    attachments = (*_files(said.get("files")), *_shared_files(said.get("attachments")))
    quoted = storable(plain(_shared(said.get("attachments")), me.user))
    if not (text or attachments or quoted):
        return None
    conversation = _conversation(chat, ts, _word(said.get("thread_ts")), _word(event.get("channel_type")), team, me)
    called = f"<@{me.user}>" in raw or text.startswith("!hub") or event.get("type") == "app_mention"
    mine = _word(said.get("parent_user_id")) == me.user
    edited = _word(_table(said.get("edited")).get("ts"))
    message = Message(
        conversation=conversation,
        platform_id=ts,
        sender=Sender(user or bot, bot=bool(bot) or said.get("subtype") == "bot_message"),
        text=text,
        sent_ms=_micros(edited if is_ts(edited) else ts) // 1000,
        revision=_micros(edited) if is_ts(edited) else 0,
        quoted=quoted,
        attachments=attachments,
        addressed=conversation.private or called or mine,
    )
    return Said(
        message,
        in_thread=not message.addressed and bool(said.get("thread_ts")),
        team=_word(said.get("user_team")) or _word(said.get("team")) or team,
    )


def _deleted(event: Json, before: Json, ts: str, team: str, me: Myself) -> Deleted | None:
    chat = _word(event.get("channel"))
    if not (chat and is_ts(ts)) or _word(before.get("user")) == me.user:
        return None
    thread = _word(before.get("thread_ts"))
    return Deleted(_conversation(chat, ts, thread, _word(event.get("channel_type")), team, me), ts)


def _conversation(chat: str, ts: str, thread: str, kind: str, team: str, me: Myself) -> Conversation:
    """A private chat, one of its threads, or a channel's thread: the answer to a message in a channel opens one.

    A message that others have replied to names itself as its thread; it stays where it was before.
    """
    if thread == ts:
        thread = ""
    private = kind == "im" or (not kind and chat.startswith("D"))
    return Conversation(
        channel="slack",
        account=me.account,
        chat=chat,
        thread=thread or ("" if private else ts),
        workspace=team,
        private=private,
    )


def _reaction(body: Json, event: Json, team: str, me: Myself) -> Press | None:
    item = _table(event.get("item"))
    name = _word(event.get("reaction")).partition("::")[0]
    chat, ts, user = _word(item.get("channel")), _word(item.get("ts")), _word(event.get("user"))
    if event.get("item_user") != me.user or user == me.user or name not in _GOOD | _BAD or not (chat and ts):
        return None
    action = "none" if event.get("type") == "reaction_removed" else "good" if name in _GOOD else "bad"
    made_of = f"{event.get('type')}/{chat}/{ts}/{user}/{name}/{event.get('event_ts')}"
    return Press(
        conversation=_where(chat, "", team, me),
        part_id=ts,
        sender=Sender(user),
        action=action,
        event_id=_word(body.get("event_id")) or made_of,
    )


def read_buttons(body: Json, me: Myself) -> list[Press]:
    """The presses in an interaction payload; buttons of others are none."""
    container, user = _table(body.get("container")), _table(body.get("user"))
    chat = _word(container.get("channel_id")) or _word(_table(body.get("channel")).get("id"))
    ts = _word(container.get("message_ts")) or _word(_table(body.get("message")).get("ts"))
    thread = _word(container.get("thread_ts")) or _word(_table(body.get("message")).get("thread_ts"))
    team = _word(_table(body.get("team")).get("id")) or me.team
    found: list[Press] = []
    for each in body.get("actions") or ():
        action = _word(_table(each).get("action_id")).removeprefix("hub_")
        if action in ACTIONS and chat and ts and user.get("id"):
            found.append(
                Press(
                    conversation=_where(chat, thread, team, me),
                    part_id=ts,
                    sender=Sender(_word(user.get("id"))),
                    action=action,
                    event_id=f"{chat}/{ts}/{user.get('id')}/{action}/{_table(each).get('action_ts')}",
                )
            )
    return found


def read_command(body: Json, me: Myself, now_ms: int, names: Collection[str] = ()) -> Message | None:
    """`/hub stop` as the message `!hub stop`; several words that name no command are a question.

    Slack gives a command no id but that of its trigger, and no thread.
    """
    chat, user, trigger = (_word(body.get(key)) for key in ("channel_id", "user_id", "trigger_id"))
    if not (chat and user and trigger):
        return None
    text = plain(_word(body.get("text")), me.user) or "help"
    first, *more = text.split()
    command = not (names and more) or first.casefold() in names
    return Message(
        conversation=_alone(chat, "" if command else user, _word(body.get("team_id")) or me.team, me),
        platform_id=f"{trigger}{_ALONE}{user}",
        sender=Sender(user),
        text=storable(f"!hub {text}" if command else text),
        sent_ms=now_ms,
        alone=command and not chat.startswith("D"),
    )


def read_shortcut(body: Json, me: Myself, now_ms: int) -> Message | None:
    """A message that a person wants answered for themselves alone: it is the quote of a question without words."""
    said, user = _table(body.get("message")), _word(_table(body.get("user")).get("id"))
    chat, trigger = _word(_table(body.get("channel")).get("id")), _word(body.get("trigger_id"))
    quoted = "\n".join(each for each in (_word(said.get("text")), _shared(said.get("attachments"))) if each)
    attachments = tuple(_files(said.get("files")))
    if not (chat and user and trigger and (quoted or attachments)):
        return None
    return Message(
        conversation=_alone(chat, user, _word(_table(body.get("team")).get("id")) or me.team, me),
        platform_id=f"{trigger}{_ALONE}{user}",
        sender=Sender(user),
        text="",
        quoted=storable(plain(quoted, me.user)),
        attachments=attachments,
        sent_ms=now_ms,
    )


def asker_of(platform_id: str) -> str:
    """Who alone sees the answer to this message; empty where all in the chat do."""
    return platform_id.partition(_ALONE)[2]


def _alone(chat: str, user: str, team: str, me: Myself) -> Conversation:
    """In a channel, what is asked in private is a conversation of its own: nothing of it reaches anybody else."""
    return _where(chat, "" if chat.startswith("D") else user, team, me)


def _membership(body: Json, event: Json, team: str, me: Myself) -> Membership | None:
    """The bot came to a channel or left it; or the app was taken out of the workspace, which is the chat then."""
    kind, chat = _word(event.get("type")), _word(event.get("channel"))
    joined = kind == "member_joined_channel"
    gone = kind == "app_uninstalled" or (kind == "tokens_revoked" and _table(event.get("tokens")).get("bot"))
    if joined and event.get("user") != me.user:
        return None
    if gone:
        chat = team
    if not chat:
        return None
    made_of = f"{kind}/{chat}/{event.get('event_ts') or body.get('event_time')}"
    return Membership(
        conversation=_where(chat, "", team, me),
        joined=joined,
        by=Sender(_word(event.get("inviter" if joined else "actor_id"))),
        event_id=_word(body.get("event_id")) or made_of,
    )


def _where(chat: str, thread: str, team: str, me: Myself) -> Conversation:
    private = chat.startswith("D")
    return Conversation("slack", me.account, chat, thread, workspace=team, private=private)


def chat_of(body: Json) -> str:
    """The chat that a payload of any kind is about: within it, order is kept."""
    event = _table(body.get("event"))
    for found in (
        event.get("channel"),
        _table(event.get("item")).get("channel"),
        body.get("channel_id"),
        _table(body.get("channel")).get("id"),
    ):
        if isinstance(found, str) and found:
            return found
    return ""


def is_message(body: Json) -> bool:
    """Whether the payload brings something that somebody wrote."""
    event = _table(body.get("event"))
    return event.get("type") in ("message", "app_mention") and _word(event.get("subtype")) in _SPOKEN


def _files(files: Any) -> list[Attachment]:
    found = []
    for file in files if isinstance(files, list) else ():
        table = _table(file)
        if table.get("id") and table.get("mode") != "tombstone":
            media, size = _word(table.get("mimetype")), table.get("size")
            found.append(
                Attachment(
                    _kind(table, media),
                    storable(_word(table.get("name"))),
                    media,
                    size if isinstance(size, int) else 0,
                    _word(table.get("id")),
                )
            )
    return found


def _kind(file: Json, media: str) -> str:
    if file.get("subtype") == "slack_audio":
        return "voice"
    family = media.partition("/")[0]
    return {"image": "image", "video": "video", "audio": "voice", "": "other"}.get(family, "document")


def _shared_files(attachments: Any) -> list[Attachment]:
    """The files of messages that the person forwarded."""
    tables = [_table(each) for each in attachments] if isinstance(attachments, list) else []
    return [file for each in tables if each.get("is_share") for file in _files(each.get("files"))]


def _shared(attachments: Any) -> str:
    """The words of messages that the person forwarded."""
    tables = [_table(each) for each in attachments] if isinstance(attachments, list) else []
    return "\n".join(_word(each.get("text")) for each in tables if each.get("is_share") or each.get("is_msg_unfurl"))


def _table(value: Any) -> Json:
    return value if isinstance(value, Mapping) else {}


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""


def is_ts(ts: str) -> bool:
    """Whether this is a time stamp of Slack's, the id of a message."""
    seconds, dot, rest = ts.partition(".")
    return bool(dot) and ts.isascii() and seconds.isdigit() and rest.isdigit() and len(ts) <= 20


def _micros(ts: str) -> int:
    """Slack's time stamps are seconds with six digits behind the dot, and the ids of messages."""
    seconds, _, rest = ts.partition(".")
    return int(seconds) * 1_000_000 + int(rest[:6].ljust(6, "0"))
