"""Updates of the Bot API made into what the hub knows: messages, presses, and where the bot came and went."""

import re

import msgspec
from msgspec import Raw

from channels.rendering.cutting import sanitized
from channels.telegram.attachments import attachments
from channels.telegram.payloads import Callback, Carrier, Chat, Post, Reaction, Update, User, part
from channels.telegram.words import words_of
from hub.messages import Attachment, Conversation, Hints, Membership, Message, Press, Sender

ALLOWED = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "message_reaction",
    "my_chat_member",
)
"""The kinds of update that the hub asks for."""

Event = Message | Press | Membership


class Me(msgspec.Struct, frozen=True):
    """The bot itself, as others mention it."""

    id: int = 0
    username: str = ""


class _Emoji(msgspec.Struct):
    emoji: str = ""


class _Entity(msgspec.Struct):
    type: str
    offset: int
    length: int
    user: User | None = None


class _Replied(Carrier, frozen=True, rename={"sender": "from"}):
    sender: User | None = None
    forum_topic_created: Raw = Raw(b"")


class _Words(msgspec.Struct):
    text: str = ""


class _Place(msgspec.Struct):
    latitude: float
    longitude: float


def event_of(update: Update, account: str, me: Me = Me()) -> Event | None:  # noqa: B008 - immutable
    """What an update is to the hub, or None where it is nothing."""
    return message_of(update, account, me) or press_of(update, account) or membership_of(update, account)


def message_of(update: Update, account: str, me: Me = Me()) -> Message | None:  # noqa: B008 - immutable
    """The hub's message, or None for what is none: another kind of update or chat, a service notice, a moved pin."""
    post = update.post
    if post is None or post.chat.type not in _CHATS:
        return None
    sender = _author(post)
    if sender is None:
        return None
    forwarded = bool(post.forward_origin) and not post.is_automatic_forward
    words = words_of(post)
    if not forwarded:
        words = _without_name(words, me)
    replied = part(post.reply_to_message, _Replied)
    files = tuple(attachments(post))
    place = part(post.location, _Place)
    if not (words or files or place) or (update.edited and not words):
        return None
    return Message(
        conversation=_conversation(post, account),
        platform_id=str(post.message_id),
        sender=sender,
        text="" if forwarded else words,
        sent_ms=(post.edit_date or post.date) * 1000,
        revision=post.edit_date if update.edited else 0,
        quoted=words if forwarded else _quoted(post, replied),
        attachments=files or _asked_about(post, replied),
        addressed=post.chat.type == "private" or _addressed(post, replied, me),
        hints=_hints(post.sender, place),
    )


def _author(post: Post) -> Sender | None:
    """Who wrote. A group's anonymous admins are the group, a channel's authors the channel: each one stable id.

    What is copied from a channel into its group counts as written by a bot: nobody typed it there.
    """
    if post.sender_chat is not None:
        return _as_chat(post.sender_chat, bot=post.is_automatic_forward)
    if post.sender is not None:
        return _sender(post.sender)
    return _as_chat(post.chat) if post.chat.type == "channel" else None


def _conversation(post: Post, account: str) -> Conversation:
    # A number without the mark of a topic only counts a chain of replies; it is no place to send to.
    thread = str(post.message_thread_id) if post.is_topic_message and post.message_thread_id else ""
    return _place_of(post.chat, account, thread)


def _place_of(chat: Chat, account: str, thread: str = "") -> Conversation:
    return Conversation("telegram", account, str(chat.id), thread, private=chat.type == "private")


def _addressed(post: Post, replied: _Replied | None, me: Me) -> bool:
    """In a group: a reply to the bot, its @name, or a command that names the bot or nobody."""
    # In a topic every message "replies" to the one that opened it.
    if replied and replied.sender and replied.sender.id == me.id and not replied.forum_topic_created:
        return True
    if post.rich_message:  # its mentions are in its words
        return bool(me.username) and bool(re.search(rf"@{re.escape(me.username)}\b", words_of(post), re.I))
    text = post.text or post.caption
    units = text.encode("utf-16-le", "surrogatepass")  # the platform counts in UTF-16 units
    for entity in part(post.entities or post.caption_entities, list[_Entity]) or ():
        start, end = entity.offset * 2, (entity.offset + entity.length) * 2
        words = units[start:end].decode("utf-16-le", "replace").casefold()
        _, at, name = words.partition("@")
        if entity.type == "mention" and name == me.username.casefold():
            return True
        if entity.type == "text_mention" and entity.user is not None and entity.user.id == me.id:
            return True
        if entity.type == "bot_command" and not entity.offset and (not at or name == me.username.casefold()):
            return True
    return False


def _without_name(text: str, me: Me) -> str:
    """What was said, without the bot's own @name at either end: it only says whom it was said to."""
    if not me.username or "@" not in text:
        return text
    name = re.escape(f"@{me.username}")
    return re.sub(rf"\A{name}\b[ ,:\n]*|(?<!\S){name}\Z", "", text, flags=re.IGNORECASE).strip()


_CHATS = ("private", "group", "supergroup", "channel")
_ACTIONS = ("stop", "again", "good", "bad")
_REACTIONS = {"👍": "good", "❤": "good", "🔥": "good", "👏": "good", "👎": "bad", "💩": "bad"}


def press_of(update: Update, account: str) -> Press | None:
    """The hub's press, or None: another kind of update, a button or a reaction that says nothing to the hub."""
    if update.callback_query is not None:
        return _pressed(update.callback_query, account)
    if update.message_reaction is not None:
        return _reacted(update.message_reaction, account, f"reaction-{update.update_id}")
    return None


def _pressed(pressed: Callback, account: str) -> Press | None:
    if pressed.message is None or pressed.data not in _ACTIONS:
        return None
    return Press(
        conversation=_conversation(pressed.message, account),
        part_id=str(pressed.message.message_id),
        sender=_sender(pressed.sender),
        action=pressed.data,
        event_id=f"callback-{pressed.id}",
    )


def _reacted(reacted: Reaction, account: str, event_id: str) -> Press | None:
    if reacted.user is not None:
        sender = _sender(reacted.user)
    elif reacted.actor_chat is not None:
        sender = _as_chat(reacted.actor_chat)
    else:
        return None
    emojis = [each.emoji for each in part(reacted.new_reaction, list[_Emoji]) or ()]
    known = [_REACTIONS[each] for each in emojis if each in _REACTIONS]
    if emojis and not known:
        return None
    return Press(
        conversation=_place_of(reacted.chat, account),
        part_id=str(reacted.message_id),
        sender=sender,
        action=known[-1] if known else "none",
        event_id=event_id,
    )


def membership_of(update: Update, account: str) -> Membership | None:
    """Where the bot came or went. In a private chat: the person blocked it, or takes it back."""
    changed = update.my_chat_member
    if changed is None or changed.old_chat_member.inside == changed.new_chat_member.inside:
        return None
    return Membership(
        conversation=_place_of(changed.chat, account),
        joined=changed.new_chat_member.inside,
        by=_sender(changed.sender),
        # Numbers may begin anew after a week without updates: the time tells two events apart.
        event_id=f"member-{update.update_id}-{changed.date}",
    )


def migration_of(update: Update) -> tuple[int, int] | None:
    """Old and new id of a group that became a supergroup."""
    post = update.message
    return (post.chat.id, post.migrate_to_chat_id) if post is not None and post.migrate_to_chat_id else None


def _sender(user: User) -> Sender:
    return Sender(str(user.id), sanitized(f"{user.first_name} {user.last_name}".strip()), user.is_bot)


def _as_chat(chat: Chat, *, bot: bool = False) -> Sender:
    return Sender(str(chat.id), sanitized(chat.title), bot)


def _quoted(post: Post, replied: _Replied | None) -> str:
    """The passage that the person marked, else the whole message that they reply to.

    Of a message in another chat the platform hands out the marked passage alone.
    """
    marked = part(post.quote, _Words)
    if marked and marked.text:
        return sanitized(marked.text)
    return words_of(replied) if replied else ""


def _asked_about(post: Post, replied: _Replied | None) -> tuple[Attachment, ...]:
    """Who writes about a file by replying to it means that file."""
    carrier = replied or part(post.external_reply, Carrier)
    return tuple(attachments(carrier)) if carrier else ()


def _hints(user: User | None, place: _Place | None) -> Hints:
    tag, has_territory = _language(user.language_code if user else "")
    return Hints(
        location=(place.latitude, place.longitude) if place else None,
        locale=tag if has_territory else "",
        language="" if has_territory else tag,
    )


def _language(code: str) -> tuple[str, bool]:
    """The tag as usually written (`pt-br` -> `pt-BR`, `zh-hans` -> `zh-Hans`), and whether it names a territory."""
    language, *subtags = code.replace("_", "-").split("-")
    if not (language.isascii() and language.isalpha()):
        return "", False
    territory = ""
    written = [language.lower()]
    for subtag in subtags:
        if (len(subtag) == 2 and subtag.isalpha()) or (len(subtag) == 3 and subtag.isdigit()):
            territory = subtag.upper()
            written.append(territory)
        elif len(subtag) == 4 and subtag.isalpha():
            written.append(subtag.title())
    return "-".join(written), bool(territory)
