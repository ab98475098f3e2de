"""What Discord's gateway says, made into what the hub understands."""

import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec import Raw

from channels.discord import payloads as p
from hub.messages import Attachment, Conversation, Hints, Message, Press, Sender, storable

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

BUTTON = "hub:"
"""Before the action in a button's id; nothing else stands in it."""
ACTIONS = ("stop", "again", "good", "bad")
_REACTIONS = {"👍": "good", "👎": "bad"}
_SAID = frozenset({0, 19})
"""Types of message that a person wrote: a plain one and a reply; the others are notices of the platform."""
_THREADS = frozenset({10, 11, 12})
_VOICE = 1 << 13
"""The flag of a voice message."""
_COMMAND, _COMPONENT = 2, 3
_MENTION = re.compile(r"<@[!&]?(\d+)>")
_DISCORD_EPOCH_MS = 1_420_070_400_000

_frame = msgspec.json.Decoder(p.Frame)


class Deleted(msgspec.Struct, frozen=True):
    """Somebody deleted a message."""

    conversation: Conversation
    platform_id: str


class Ticket(msgspec.Struct, frozen=True):
    """How an interaction is answered; the token is good for 15 minutes and never leaves this channel."""

    id: str
    application: str
    token: str
    command: bool


class Event(msgspec.Struct, frozen=True):
    """Something for the hub; with a ticket where the platform waits for a word."""

    what: Message | Press | Deleted | None
    ticket: Ticket | None = None


class Reader:
    """Reads one account's gateway. It remembers who the bot is, its guilds' languages and their threads."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._me = ""
        self._session = ""
        self._locales: dict[str, str] = {}
        self._roles: set[str] = set()
        self._parents: dict[str, str] = {}
        self._joined: set[str] = set()
        self._kinds: dict[str, Callable[[p.Frame], Iterator[Event]]] = {
            "READY": self._ready,
            "GUILD_CREATE": self._guild,
            "GUILD_UPDATE": self._guild,
            "THREAD_CREATE": self._thread,
            "THREAD_UPDATE": self._thread,
            "THREAD_LIST_SYNC": self._threads,
            "THREAD_MEMBERS_UPDATE": self._thread_members,
            "MESSAGE_CREATE": self._message,
            "MESSAGE_UPDATE": self._message,
            "MESSAGE_DELETE": self._deletion,
            "MESSAGE_DELETE_BULK": self._deletion,
            "MESSAGE_REACTION_ADD": self._reaction,
            "MESSAGE_REACTION_REMOVE": self._reaction,
            "INTERACTION_CREATE": self._interaction,
        }

    def read(self, raw: str) -> list[Event]:
        """The events in one frame; none in what is of no interest or cannot be read. Never raises."""
        try:
            frame = _frame.decode(storable(raw))
        except ValueError:
            _log.warning("Discord %s: a frame of the gateway cannot be read and is passed over.", self._account)
            return []
        read = self._kinds.get(frame.t or "")
        if read is None:
            return []
        try:
            return list(read(frame))
        except ValueError as error:
            _log.warning("Discord %s: %s cannot be read and is passed over: %s", self._account, frame.t, error)
            return []

    # -- what is remembered ------------------------------------------------------------------------------------------

    def _ready(self, frame: p.Frame) -> Iterator[Event]:
        ready = _decoded(frame.d, p.Ready)
        self._me = ready.user.id
        self._session = hashlib.blake2b(ready.session_id.encode(), digest_size=8).hexdigest()
        yield from ()

    def _guild(self, frame: p.Frame) -> Iterator[Event]:
        guild = _decoded(frame.d, p.Guild)
        self._locales[guild.id] = guild.preferred_locale
        self._roles.update(role.id for role in guild.roles if role.tags.bot_id == self._me)
        for thread in guild.threads:
            self._know(thread)
        yield from ()

    def _thread(self, frame: p.Frame) -> Iterator[Event]:
        self._know(_decoded(frame.d, p.Thread))
        yield from ()

    def _threads(self, frame: p.Frame) -> Iterator[Event]:
        for thread in _decoded(frame.d, p.ThreadList).threads:
            self._know(thread)
        yield from ()

    def _thread_members(self, frame: p.Frame) -> Iterator[Event]:
        change = _decoded(frame.d, p.ThreadMembers)
        if any(member.user_id == self._me for member in change.added_members):
            self._joined.add(change.id)
        if self._me in change.removed_member_ids:
            self._joined.discard(change.id)
        yield from ()

    def _know(self, thread: p.Thread) -> None:
        if thread.parent_id:
            self._parents[thread.id] = thread.parent_id
        if thread.member is not None:
            self._joined.add(thread.id)

    # -- what the hub is told ----------------------------------------------------------------------------------------

    def _message(self, frame: p.Frame) -> Iterator[Event]:
        post = _decoded(frame.d, p.Post)
        edited = frame.t == "MESSAGE_UPDATE"
        author = post.author
        # An update without a time of editing only adds the preview of a link.
        if author is None or author.id == self._me or post.type not in _SAID or (edited and not post.edited_timestamp):
            return
        text = self._plain(post)
        attachments = tuple(_attachments(post))
        quoted, replied_to_me = self._quoted(post)
        if not (text or attachments or quoted):
            return
        revision = _ms(post.edited_timestamp) if edited and post.edited_timestamp else 0
        yield Event(
            Message(
                conversation=self._conversation(post.channel_id, post.guild_id),
                platform_id=post.id,
                sender=_sender(author, post.member, bot=author.bot or post.webhook_id is not None),
                text=text,
                sent_ms=revision or _ms(post.timestamp),
                revision=revision,
                quoted=quoted,
                attachments=attachments,
                addressed=post.guild_id is None or replied_to_me or self._mentioned(post),
                hints=Hints(workspace_locale=_territorial(self._locales.get(post.guild_id or "", ""))),
            )
        )

    def _deletion(self, frame: p.Frame) -> Iterator[Event]:
        deletion = _decoded(frame.d, p.Deletion)
        conversation = self._conversation(deletion.channel_id, deletion.guild_id)
        for number in deletion.ids or [deletion.id]:
            yield Event(Deleted(conversation, number))

    def _reaction(self, frame: p.Frame) -> Iterator[Event]:
        reaction = _decoded(frame.d, p.Reaction)
        action = _REACTIONS.get(_without_skin(reaction.emoji.name or ""), "")
        others = reaction.message_author_id not in (None, self._me)
        if not action or others or reaction.user_id == self._me:
            return
        user = (reaction.member.user if reaction.member else None) or p.User(reaction.user_id)
        yield Event(
            Press(
                conversation=self._conversation(reaction.channel_id, reaction.guild_id),
                part_id=reaction.message_id,
                sender=_sender(user, reaction.member, bot=user.bot),
                action=action if frame.t == "MESSAGE_REACTION_ADD" else "none",
                # A reaction has no id of its own; the number of the frame is the same when a session is resumed.
                event_id=f"{self._session}-{frame.s}",
            )
        )

    def _interaction(self, frame: p.Frame) -> Iterator[Event]:
        asked = _decoded(frame.d, p.Interaction)
        user = asked.user or (asked.member.user if asked.member else None)
        if user is None or not asked.channel_id or asked.type not in (_COMMAND, _COMPONENT):
            return
        if asked.channel is not None and asked.channel.type in _THREADS:
            self._know(msgspec.structs.replace(asked.channel, member=None))
        conversation = self._conversation(asked.channel_id, asked.guild_id)
        sender = _sender(user, asked.member, bot=user.bot)
        ticket = Ticket(asked.id, asked.application_id, asked.token, asked.type == _COMMAND)
        if asked.type == _COMMAND:
            yield Event(_command(asked, conversation, sender), ticket)
            return
        action = asked.data.custom_id.removeprefix(BUTTON)
        if action in ACTIONS and asked.message is not None and asked.data.custom_id.startswith(BUTTON):
            press = Press(
                conversation=conversation,
                part_id=asked.message.id,
                sender=sender,
                action=action,
                event_id=asked.id,
            )
            yield Event(press, ticket)
        else:
            yield Event(None, ticket)

    # -- the parts of a message --------------------------------------------------------------------------------------

    def _conversation(self, channel: str, guild: str | None) -> Conversation:
        parent = self._parents.get(channel)
        return Conversation(
            channel="discord",
            account=self._account,
            chat=parent or channel,
            thread=channel if parent else "",
            workspace=guild or "",
            private=guild is None,
        )

    def _mentioned(self, post: p.Post) -> bool:
        return (
            any(user.id == self._me for user in post.mentions)
            or not self._roles.isdisjoint(post.mention_roles)
            or post.channel_id in self._joined
        )

    def _plain(self, post: p.Post) -> str:
        """The text with names for the people in it, and without the mention of the bot."""
        names = {user.id: user.shown for user in post.mentions}

        def name(found: re.Match[str]) -> str:
            number = found[1]
            if number == self._me or number in self._roles:
                return ""
            return f"@{names[number]}" if number in names else found[0]

        return _MENTION.sub(name, post.content).strip()

    def _quoted(self, post: p.Post) -> tuple[str, bool]:
        """The text replied to or forwarded, and whether it is the bot's."""
        if snapshots := _part(post.message_snapshots, list[p.Snapshot]):
            return "\n\n".join(each.message.content for each in snapshots), False
        words = _part(post.referenced_message, p.Words)
        if words is None:
            return "", False
        return words.content, words.author is not None and words.author.id == self._me


def _command(asked: p.Interaction, conversation: Conversation, sender: Sender) -> Message:
    words = [f"/{asked.data.name}", *(str(each.value) for each in asked.data.options if each.value is not None)]
    return Message(
        conversation=conversation,
        platform_id=asked.id,
        sender=sender,
        text=" ".join(words),
        sent_ms=(int(asked.id) >> 22) + _DISCORD_EPOCH_MS,
        hints=Hints(
            locale=_territorial(asked.locale),
            language="" if _territorial(asked.locale) else asked.locale,
            workspace_locale=_territorial(asked.guild_locale),
        ),
    )


def _sender(user: p.User, member: p.Member | None, *, bot: bool) -> Sender:
    return Sender(user.id, (member.nick if member and member.nick else user.shown), bot)


def _attachments(post: p.Post) -> Iterator[Attachment]:
    for file in _part(post.attachments, list[p.File]) or ():
        media_type = (file.content_type or "").partition(";")[0]
        kind = "voice" if post.flags & _VOICE else _KINDS.get(media_type.partition("/")[0], "document")
        # The address of a file expires; the message can be asked for a fresh one.
        fetch = f"{post.channel_id}/{post.id}/{file.id}"
        yield Attachment(kind, file.filename, media_type, file.size, fetch)
    for sticker in _part(post.sticker_items, list[p.Sticker]) or ():
        yield Attachment("image", sticker.name, "", 0, f"sticker/{sticker.id}")


_KINDS = {"image": "image", "video": "video", "audio": "other"}


def _territorial(locale: str) -> str:
    """The tag where it names a territory. Discord's `en-US` is also what it assumes of a guild that chose nothing."""
    territory = locale.rpartition("-")[2]
    return locale if territory != locale and (len(territory) == 2 or territory.isdigit()) else ""


def _without_skin(emoji: str) -> str:
    return emoji[:1] if emoji[1:] and "\U0001f3fb" <= emoji[1] <= "\U0001f3ff" else emoji


def _ms(timestamp: str) -> int:
    return int(datetime.fromisoformat(timestamp).timestamp() * 1000)


def _decoded(raw: Raw, kind: type[_T]) -> _T:
    return msgspec.json.decode(raw, type=kind)


def _part(raw: Raw, kind: type[_T]) -> _T | None:
    if not raw:
        return None
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.DecodeError:
        return None
