"""What the Bot API hands out, read straight from its JSON.

Only the fields that the hub uses are read, and the parts that may fail on their own (attachments, quotes, places) are
read apart, so that a part that this version does not know never costs a person's words.
"""

import json
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from msgspec import Raw

_NONE = Raw(b"")
T = TypeVar("T")


class User(msgspec.Struct, frozen=True):
    id: int
    is_bot: bool = False
    first_name: str = ""
    last_name: str = ""
    language_code: str = ""


class Chat(msgspec.Struct, frozen=True):
    id: int
    type: str = ""
    title: str = ""


class Carrier(msgspec.Struct, frozen=True):
    """What can carry words and files: a message, and a message of another chat that is replied to."""

    text: str = ""
    caption: str = ""
    rich_message: Raw = _NONE
    poll: Raw = _NONE
    checklist: Raw = _NONE
    venue: Raw = _NONE
    photo: Raw = _NONE
    document: Raw = _NONE
    voice: Raw = _NONE
    video: Raw = _NONE
    video_note: Raw = _NONE
    animation: Raw = _NONE
    audio: Raw = _NONE
    sticker: Raw = _NONE
    contact: Raw = _NONE


class Post(Carrier, frozen=True, kw_only=True, rename={"sender": "from"}):
    """A message of the Bot API."""

    message_id: int
    date: int
    chat: Chat
    sender: User | None = None
    sender_chat: Chat | None = None
    edit_date: int = 0
    message_thread_id: int = 0
    is_topic_message: bool = False
    is_automatic_forward: bool = False
    migrate_to_chat_id: int = 0
    entities: Raw = _NONE
    caption_entities: Raw = _NONE
    forward_origin: Raw = _NONE
    reply_to_message: Raw = _NONE
    external_reply: Raw = _NONE
    quote: Raw = _NONE
    location: Raw = _NONE


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
    actor_chat: Chat | None = None
    new_reaction: Raw = _NONE


class Standing(msgspec.Struct, frozen=True):
    """What a member of a chat is there."""

    status: str = ""
    is_member: bool = False

    @property
    def inside(self) -> bool:
        """Who is restricted may be inside or not; every other standing says it by itself."""
        return self.status in ("creator", "administrator", "member") or self.is_member


class OwnStanding(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """The bot's own standing in a chat changed."""

    chat: Chat
    sender: User
    date: int
    old_chat_member: Standing
    new_chat_member: Standing


class Update(msgspec.Struct, frozen=True):
    update_id: int
    message: Post | None = None
    edited_message: Post | None = None
    channel_post: Post | None = None
    edited_channel_post: Post | None = None
    callback_query: Callback | None = None
    message_reaction: Reaction | None = None
    my_chat_member: OwnStanding | None = None

    @property
    def post(self) -> Post | None:
        """The message, new or edited, of whatever kind of chat."""
        return self.message or self.edited_message or self.channel_post or self.edited_channel_post

    @property
    def edited(self) -> bool:
        return self.edited_message is not None or self.edited_channel_post is not None


class Unread(msgspec.Struct, frozen=True):
    """An update that could not be read, and why, without any of its text."""

    update_id: int
    reason: str


class _Envelope(msgspec.Struct):
    result: list[Raw]


class _Numbered(msgspec.Struct):
    update_id: int


_envelope = msgspec.json.Decoder(_Envelope)
_update = msgspec.json.Decoder(Update)
_numbered = msgspec.json.Decoder(_Numbered)


def read(payload: bytes, confirmed: int) -> list[Update | Unread]:
    """The updates in an answer to getUpdates; `confirmed` is the number that the first one has at the least.

    An update without a readable number counts as the one after its predecessor: the platform numbers them so.
    Raises ValueError where the whole answer is not of the Bot API.
    """
    updates: list[Update | Unread] = []
    following = confirmed
    for raw in _elements(payload):
        update = read_one(raw, following)
        updates.append(update)
        following = update.update_id + 1
    return updates


def read_one(raw: bytes | Raw, following: int = 0) -> Update | Unread:
    """One update, as a webhook brings it; `following` is the number of one that does not say its own."""
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


def part(raw: Raw, kind: type[T]) -> T | None:
    """A part that is read apart; None where it is not there or not of the kind."""
    if not raw:
        return None
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError:
        return None


def _elements(payload: bytes) -> Iterable[Raw]:
    try:
        return _envelope.decode(payload).result
    except msgspec.DecodeError:
        return _envelope.decode(_mended(payload)).result


def _mended(payload: bytes) -> bytes:
    """Without half surrogate pairs and bytes that are no UTF-8, which a text may hold. Raises ValueError."""
    loaded = json.loads(payload.decode("utf-8", "replace"))
    return json.dumps(loaded, ensure_ascii=False).encode("utf-8", "replace")
