"""What the Bot API hands out, read straight from its JSON, and made into the hub's messages.

Only the fields that the hub uses are read, and the parts that may fail on their own (attachments, quotes, places) are
read apart, so that a part that this version does not know never costs a person's words.
"""

import json
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Raw

from channels.rendering.cutting import sanitized
from hub.messages import Attachment, Conversation, Hints, Message, Press, Sender

ALLOWED = ("message", "edited_message", "callback_query", "message_reaction")
"""The kinds of update that the hub asks for."""

_NONE = Raw(b"")
_T = TypeVar("_T")


class User(msgspec.Struct, frozen=True):
    id: int
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    language_code: str = ""


class Chat(msgspec.Struct, frozen=True):
    id: int
    type: str


class Post(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """A message of the Bot API."""

    message_id: int
    date: int
    chat: Chat
    sender: User | None = None
    text: str = ""
    caption: str = ""
    edit_date: int = 0
    message_thread_id: int = 0
    is_topic_message: bool = False
    entities: Raw = _NONE
    caption_entities: Raw = _NONE
    forward_origin: Raw = _NONE
    reply_to_message: Raw = _NONE
    quote: Raw = _NONE
    location: Raw = _NONE
    photo: Raw = _NONE
    document: Raw = _NONE
    voice: Raw = _NONE
    video: Raw = _NONE
    video_note: Raw = _NONE
    animation: Raw = _NONE
    audio: Raw = _NONE
    sticker: Raw = _NONE


class Update(msgspec.Struct, frozen=True):
    update_id: int
    message: Post | None = None
    edited_message: Post | None = None
    callback_query: "Callback | None" = None
    message_reaction: "Reaction | None" = None


class Callback(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """Somebody pressed a button."""

    id: str
    sender: User
    message: Post | None = None
    data: str = ""


class Reaction(msgspec.Struct, frozen=True):
    """Somebody changed their reactions to a message."""

    chat: Chat
    message_id: int
    date: int
    user: User | None = None
    new_reaction: Raw = _NONE


class _Emoji(msgspec.Struct):
    emoji: str = ""


class _Entity(msgspec.Struct):
    type: str
    offset: int
    length: int


class _Replied(msgspec.Struct, rename={"sender": "from"}):
    sender: User | None = None
    forum_topic_created: Raw = _NONE


class Me(msgspec.Struct, frozen=True):
    """The bot itself, as others mention it."""

    id: int = 0
    username: str = ""


class _Envelope(msgspec.Struct):
    result: list[Raw]


class _Numbered(msgspec.Struct):
    update_id: int


class _Words(msgspec.Struct):
    text: str = ""
    caption: str = ""


class _Place(msgspec.Struct):
    latitude: float
    longitude: float


class _File(msgspec.Struct):
    file_id: str
    file_name: str = ""
    mime_type: str = ""
    file_size: int = 0


_envelope = msgspec.json.Decoder(_Envelope)
_update = msgspec.json.Decoder(Update)
_numbered = msgspec.json.Decoder(_Numbered)


class Unread(msgspec.Struct, frozen=True):
    """An update that could not be read, and why, without any of its text."""

    update_id: int
    reason: str


def read(payload: bytes, confirmed: int) -> list[Update | Unread]:
    """The updates in an answer to getUpdates; `confirmed` is the number that the first one has at the least.

    An update without a readable number counts as the one after its predecessor: the platform numbers them so.
    Raises ValueError where the whole answer is not of the Bot API.
    """
    updates: list[Update | Unread] = []
    following = confirmed
    for raw in _elements(payload):
        update = _read_one(raw, following)
        updates.append(update)
        following = update.update_id + 1
    return updates


def _elements(payload: bytes) -> Iterable[Raw]:
    try:
        return _envelope.decode(payload).result
    except msgspec.DecodeError:
        return _envelope.decode(_mended(payload)).result


def _read_one(raw: Raw, following: int) -> Update | Unread:
    try:
        return _update.decode(raw)
    except ValueError:
        pass
    try:
        return _update.decode(_mended(bytes(raw)))
    except ValueError as error:
        reason = str(error)
    try:
        return Unread(_numbered.decode(raw).update_id, reason)
    except ValueError:
        return Unread(following, reason)


def _mended(payload: bytes) -> bytes:
    """Without half surrogate pairs and bytes that are no UTF-8, which a text may hold. Raises ValueError."""
    loaded = json.loads(payload.decode("utf-8", "replace"))
    return json.dumps(loaded, ensure_ascii=False).encode("utf-8", "replace")


def message_of(update: Update, account: str, me: Me = Me()) -> Message | None:  # noqa: B008 - immutable
    """The hub's message, or None for what is none: another kind of update or chat, a service notice, a moved pin."""
    post = update.message or update.edited_message
    if post is None or post.sender is None or post.chat.type not in _CHATS:
        return None
    words = sanitized(post.text or post.caption)
    attachments = tuple(_attachments(post))
    place = _part(post.location, _Place)
    if not (words or attachments or place) or (update.edited_message is not None and not words):
        return None
    forwarded = bool(post.forward_origin)
    return Message(
        conversation=_conversation(post, account),
        platform_id=str(post.message_id),
        sender=_sender(post.sender),
        text="" if forwarded else words,
        sent_ms=(post.edit_date or post.date) * 1000,
        revision=post.edit_date if update.edited_message is not None else 0,
        quoted=words if forwarded else _quoted(post),
        attachments=attachments,
        addressed=post.chat.type == "private" or _addressed(post, me),
        hints=_hints(post.sender, place),
    )


def _conversation(post: Post, account: str) -> Conversation:
    # A number without the mark of a topic only counts a chain of replies; it is no place to send to.
    thread = str(post.message_thread_id) if post.is_topic_message and post.message_thread_id else ""
    private = post.chat.type == "private"
    return Conversation("telegram", account, str(post.chat.id), thread, private=private)


def _addressed(post: Post, me: Me) -> bool:
    """In a group: a reply to the bot, its @name, or a command that names the bot or nobody."""
    replied = _part(post.reply_to_message, _Replied)
    # In a topic every message "replies" to the one that opened it.
    if replied and replied.sender and replied.sender.id == me.id and not replied.forum_topic_created:
        return True
    text = post.text or post.caption
    units = text.encode("utf-16-le", "surrogatepass")  # the platform counts in UTF-16 units
    for entity in _part(post.entities or post.caption_entities, list[_Entity]) or ():
        start, end = entity.offset * 2, (entity.offset + entity.length) * 2
        words = units[start:end].decode("utf-16-le", "replace").casefold()
        _, at, name = words.partition("@")
        if entity.type == "mention" and name == me.username.casefold():
            return True
        if entity.type == "bot_command" and not entity.offset and (not at or name == me.username.casefold()):
            return True
    return False


_CHATS = ("private", "group", "supergroup")
_ACTIONS = ("stop", "again", "good", "bad")
_REACTIONS = {"👍": "good", "❤": "good", "🔥": "good", "👏": "good", "👎": "bad", "💩": "bad"}


def press_of(update: Update, account: str) -> Press | None:
    """The hub's press, or None: another kind of update, a button or a reaction that says nothing to the hub."""
    if (pressed := update.callback_query) is not None:
        if pressed.message is None or pressed.data not in _ACTIONS:
            return None
        return Press(
            conversation=_conversation(pressed.message, account),
            part_id=str(pressed.message.message_id),
            sender=_sender(pressed.sender),
            action=pressed.data,
            event_id=f"callback-{pressed.id}",
        )
    reacted = update.message_reaction
    if reacted is None or reacted.user is None:
        return None
    emojis = [each.emoji for each in _part(reacted.new_reaction, list[_Emoji]) or ()]
    known = [_REACTIONS[each] for each in emojis if each in _REACTIONS]
    if emojis and not known:
        return None
    private = reacted.chat.type == "private"
    return Press(
        conversation=Conversation("telegram", account, str(reacted.chat.id), private=private),
        part_id=str(reacted.message_id),
        sender=_sender(reacted.user),
        action=known[-1] if known else "none",
        event_id=f"reaction-{update.update_id}",
    )


def _sender(user: User) -> Sender:
    return Sender(str(user.id), sanitized(f"{user.first_name} {user.last_name}".strip()), user.is_bot)


def _quoted(post: Post) -> str:
    """The passage that the person marked, else the whole message that they reply to."""
    for raw in (post.quote, post.reply_to_message):
        words = _part(raw, _Words)
        if words and (words.text or words.caption):
            return sanitized(words.text or words.caption)
    return ""


def _hints(user: User, place: _Place | None) -> Hints:
    tag, has_territory = _language(user.language_code)
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


_KINDS = {
    "document": "document",
    "voice": "voice",
    "video": "video",
    "video_note": "video",
    "animation": "video",
    "audio": "other",
    "sticker": "image",
}


def _attachments(post: Post) -> Iterable[Attachment]:
    if post.photo:
        # The same picture in several sizes, the largest last.
        sizes = _part(post.photo, list[_File])
        yield _attachment("image", sizes[-1] if sizes else None, "image/jpeg")
    for field, kind in _KINDS.items():
        raw: Raw = getattr(post, field)
        # A moving picture comes a second time as a document.
        if raw and not (field == "document" and post.animation):
            yield _attachment(kind, _part(raw, _File))


def _attachment(kind: str, file: _File | None, media_type: str = "") -> Attachment:
    if file is None:
        return Attachment("other")
    return Attachment(kind, sanitized(file.file_name), file.mime_type or media_type, file.file_size, file.file_id)


def _part(raw: Raw, kind: type[_T]) -> _T | None:
    if not raw:
        return None
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError:
        return None
