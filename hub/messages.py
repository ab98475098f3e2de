"""The values that travel through the hub. No behaviour of a platform, no database, no network."""

import unicodedata
from typing import TypeVar

import msgspec

S = TypeVar("S", bound=msgspec.Struct)


class Sender(msgspec.Struct, frozen=True):
    """Who wrote. `id` is the platform's own; `name` is for display only and never decides anything."""

    id: str
    name: str = ""
    bot: bool = False


class Hints(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of the place a message came from, as the platform told it, unchecked."""

    region: str = ""
    """The person's own choice, by name of a region."""
    location: tuple[float, float] | None = None
    """Latitude and longitude in degrees."""
    time_zone: str = ""
    """An IANA zone name."""
    locale: str = ""
    """A language tag with a territory, like `pt-BR`."""
    workspace_locale: str = ""
    language: str = ""
    """A language tag without a territory, like `pt`."""


ADMINS = "admin"
"""The chat of the web page that everybody sees who is signed in as admin: what the hub says of its own accord."""


class Conversation(msgspec.Struct, frozen=True):
    """The unit of context and of order: a private chat, a thread, a topic, or a channel."""

    channel: str
    account: str
    chat: str
    thread: str = ""
    workspace: str = ""
    private: bool = True

    @property
    def key(self) -> str:
        """`channel/account/chat` or `channel/account/chat/thread`; slashes inside a part are escaped."""
        parts = (
            (self.channel, self.account, self.chat, self.thread)
            if self.thread
            else (self.channel, self.account, self.chat)
        )
        return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)

    @property
    def is_workspace(self) -> bool:
        """Whether a whole workspace is meant, by having its id as the chat's."""
        return bool(self.workspace) and self.chat == self.workspace


class Attachment(msgspec.Struct, frozen=True):
    """A file beside a message: what it is and how the channel can fetch it."""

    kind: str
    """`image`, `document`, `voice`, `video` or `other`."""
    name: str = ""
    media_type: str = ""
    size_bytes: int = 0
    fetch: str = ""
    """The platform's own handle (a file id, never a URL from a person)."""


class File(msgspec.Struct, frozen=True):
    """A file that the hub sends."""

    name: str
    media_type: str
    data: bytes


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A normalized inbound event."""

    conversation: Conversation
    platform_id: str
    sender: Sender
    text: str
    sent_ms: int
    revision: int = 0
    """0 for a new message; an edit counts up."""
    quoted: str = ""
    attachments: tuple[Attachment, ...] = ()
    addressed: bool = True
    """In a group: whether it mentions the bot, replies to it, or stands in a thread that the bot is in."""
    hints: Hints = Hints()
    caught_up: bool = False
    """Found in the platform's history after the hub was away: it may be edited and new all the same."""
    alone: bool = False
    """Whoever asked is shown the answer and nobody else of the conversation: so it is no part of their context."""
    author: str = ""
    """Display name of who wrote it, where somebody else has it asked again."""

    @property
    def key(self) -> str:
        """What makes a message itself: redelivery meets this key and is answered once."""
        where = self.conversation
        return f"{where.channel}/{where.account}/{where.chat}/{self.platform_id}/{self.revision}"


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody pressed a button below an answer, or reacted to it."""

    conversation: Conversation
    part_id: str
    """Platform id of the answer's message."""
    sender: Sender
    action: str
    """`stop`, `again`, `good` or `bad`; `none` where a reaction was taken back."""
    event_id: str
    """The platform's own, or one made of what it says: the same press has the same id however often it is delivered."""


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """The bot was added to a chat or a whole workspace, or removed from it."""

    conversation: Conversation
    joined: bool
    by: Sender
    """Who did it; an empty id where the platform does not say."""
    event_id: str


class Seen(msgspec.Struct, frozen=True):
    """The newest message of a conversation that the hub has stored."""

    conversation: Conversation
    platform_id: str
    sent_ms: int


class Target(msgspec.Struct, frozen=True):
    """Where an answer goes: the conversation, and the message that it answers."""

    conversation: Conversation
    reply_to: str


class Exchange(msgspec.Struct, frozen=True):
    """One message and what was answered, as a page shows it after a reload."""

    message_id: str
    text: str
    sent_ms: int
    reply_id: str = ""
    answer: str = ""
    state: str = "waiting"
    """`waiting`, or the state of the reply."""
    agent: str = ""
    region: str = ""


_LONGEST_NAME, _END_OF_NAME = 48, 15
"""Characters. Of a longer name the beginning is kept, and the end, where its kind is told."""


def plain_name(attachment: Attachment) -> str:
    """The file's name on one line, without what could end a bracket or a quotation; empty where it has none."""
    plain = " ".join(
        storable("".join(" " if _ends_something(letter) else letter for letter in attachment.name)).split()
    )
    if len(plain) <= _LONGEST_NAME:
        return plain
    return f"{plain[: _LONGEST_NAME - _END_OF_NAME - 1].rstrip()}…{plain[-_END_OF_NAME:].lstrip()}"


def _ends_something(letter: str) -> bool:
    """Quotation marks, brackets and line breaks of any script; also what cannot be seen."""
    return letter in "\"'`<>" or not letter.isprintable() or unicodedata.category(letter) in ("Ps", "Pe", "Pi", "Pf")


def mention(attachment: Attachment) -> str:
    """A word on a file, like `[image photo.jpg]`."""
    kind = attachment.kind if attachment.kind != "other" else "file"
    name = plain_name(attachment)
    return f"[{kind} {name}]" if name else f"[{kind}]"


def with_mentions(message: Message) -> str:
    """What was written, below a word on each file that came with it."""
    mentions = " ".join(map(mention, message.attachments))
    return "\n".join(part for part in (mentions, message.text) if part)


_ASKED_AGAIN = "~"


def asked_again(message: Message, sender: Sender, event_id: str, region: str = "") -> Message:
    """The same question once more, by whoever pressed the button; the press makes its id.

    Where its author is, says nothing of somebody else who presses; `region` binds what others wrote, as a choice does.
    """
    platform_id = f"{asked_again_id(original_id(message.platform_id))}{event_id}"
    hints = message.hints
    if sender.id != message.sender.id:
        hints = Hints(region=region, workspace_locale=hints.workspace_locale)
    return msgspec.structs.replace(
        message, platform_id=platform_id, revision=0, sender=sender, hints=hints, author=author_for(message, sender)
    )


def author_for(message: Message, sender: Sender) -> str:
    """What `author` is where the sender has the message asked again; empty where they wrote it."""
    return message.author or ("" if sender.id == message.sender.id else message.sender.name or "?")


def asked_again_id(platform_id: str) -> str:
    """How the ids of a message begin that is asked again."""
    return f"{platform_id}{_ASKED_AGAIN}"


def original_id(platform_id: str) -> str:
    """The platform's own id of a message, also where it was asked again."""
    return platform_id.partition(_ASKED_AGAIN)[0]


def was_asked_again(message: Message) -> bool:
    """Whether somebody wants another answer to a message that has one."""
    return _ASKED_AGAIN in message.platform_id


def storable(text: str) -> str:
    """The text as any database and any JSON takes it: NUL and lone surrogates become U+FFFD, nothing else changes."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "\ufffd").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def storable_message(message: Message) -> Message:
    """The message with every text in it storable."""
    return msgspec.structs.replace(
        message,
        text=storable(message.text),
        quoted=storable(message.quoted),
        sender=clean(message.sender),
        hints=clean(message.hints),
        attachments=tuple(map(clean, message.attachments)),
    )


def clean(value: S) -> S:
    """The value with every text in it storable."""
    changes = {
        name: clean
        for name in value.__struct_fields__
        if isinstance(text := getattr(value, name), str) and (clean := storable(text)) is not text
    }
    return msgspec.structs.replace(value, **changes) if changes else value
