"""What Discord's gateway says, made into what the hub understands."""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec import Raw

from channels.discord import payloads as p
from channels.discord.attachments import attachments_of, readable
from channels.discord.places import Places
from hub.messages import Conversation, Hints, Membership, Message, Press, Sender, storable

_log = logging.getLogger(__name__)
_T = TypeVar("_T")

BUTTON = "hub:"
"""Before the action in a button's id; nothing else stands in it."""
ACTIONS = ("stop", "again", "good", "bad")
_REACTIONS = {"👍": "good", "👎": "bad"}
_SAID = frozenset({0, 19})
"""Types of message that a person wrote: a plain one and a reply; the others are notices of the platform."""
_THREAD_STARTER = 21
"""The notice at the top of a thread which shows the message that it was made from."""
_THREADS = frozenset({10, 11, 12})
_WITHOUT_MESSAGES = frozenset({4, 14, 15, 16})
"""Categories, directories, forums and media channels: what is written in them stands in threads."""
_COMMAND, _COMPONENT, _AUTOCOMPLETE = 2, 3, 4
_MENTION = re.compile(r"<@[!&]?(\d+)>")
DISCORD_EPOCH_MS = 1_420_070_400_000
"""The first moment of an id, whose upper bits are a time."""

_frame = msgspec.json.Decoder(p.Frame)


class Deleted(msgspec.Struct, frozen=True):
    """Somebody deleted a message."""

    conversation: Conversation
    platform_id: str


class Began(msgspec.Struct, frozen=True):
    """A new session, not one resumed: what was written before it is not told by it."""


class Standing(msgspec.Struct, frozen=True):
    """A server: the newest message of each of its channels and threads; none where the bot is new in it."""

    guild: str
    newest: Mapping[str, int]
    """Id of the last message by id of the place."""


class Reopened(msgspec.Struct, frozen=True):
    """A thread that was put away before this session began: whether the bot is in it is not told."""

    thread: str


class Choosing(msgspec.Struct, frozen=True):
    """Somebody types a command's argument and waits for what it can be."""

    conversation: Conversation
    sender: Sender
    command: str
    typed: str


class Ticket(msgspec.Struct, frozen=True):
    """How an interaction is answered; the token is good for 15 minutes and never leaves this channel."""

    id: str
    application: str
    token: str
    command: bool


class Event(msgspec.Struct, frozen=True):
    """Something for the hub or for its catching up; with a ticket where the platform waits for a word."""

    what: Message | Press | Deleted | Membership | Began | Standing | Reopened | Choosing | None
    ticket: Ticket | None = None
    place: str = ""
    """The channel, thread or private chat in which order is kept; empty: none."""


class Reader:
    """Reads one account's gateway, and the past of its channels. It remembers where the bot is."""

    def __init__(self, account: str) -> None:
        self._account = account
        self.places = Places(account)
        self._kinds: dict[str, Callable[[p.Frame], Iterator[Event]]] = {
            "READY": self._ready,
            "GUILD_CREATE": self._guild,
            "GUILD_UPDATE": self._guild_update,
            "GUILD_DELETE": self._lost_guild,
            "THREAD_CREATE": self._thread,
            "THREAD_UPDATE": self._thread_update,
            "THREAD_DELETE": self._lost_thread,
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

    def read_past(self, message: object, guild: str) -> list[Event]:
        """The same of a message as a channel's history shows it. Never raises."""
        try:
            post = _decoded(msgspec.json.encode(message), p.Post)
            return list(self._said(msgspec.structs.replace(post, guild_id=guild or None), caught_up=True))
        except ValueError as error:
            _log.warning("Discord %s: an old message cannot be read and is passed over: %s", self._account, error)
            return []

    # -- what is remembered ------------------------------------------------------------------------------------------

    def _ready(self, frame: p.Frame) -> Iterator[Event]:
        self.places.begin(_decoded(frame.d, p.Ready))
        yield Event(Began())

    def _guild(self, frame: p.Frame) -> Iterator[Event]:
        try:
            guild = _decoded(frame.d, p.Guild)
        except msgspec.ValidationError as error:
            # What is written there waits for this word, so it must not be without one.
            guild = p.Guild(_decoded(frame.d, p.LostGuild).id)
            _log.warning("Discord %s: what a server holds cannot be read: %s", self._account, error)
        known = guild.id in self.places.guilds
        self.places.know_guild(guild)
        places: list[p.Place | p.Thread] = [*guild.channels, *guild.threads] if known else []
        newest = {each.id: int(each.last_message_id or 0) for each in places if each.type not in _WITHOUT_MESSAGES}
        yield Event(Standing(guild.id, newest))
        if not known:
            yield self._membership(guild.id, joined=True, event_id=f"joined-{guild.id}-{guild.joined_at}")

    def _guild_update(self, frame: p.Frame) -> Iterator[Event]:
        self.places.know_guild(_decoded(frame.d, p.Guild))
        yield from ()

    def _lost_guild(self, frame: p.Frame) -> Iterator[Event]:
        guild = _decoded(frame.d, p.LostGuild)
        if guild.unavailable:
            return
        self.places.guilds.discard(guild.id)
        yield self._membership(guild.id, joined=False, event_id=f"{self.places.session}-{frame.s}")

    def _membership(self, guild: str, *, joined: bool, event_id: str) -> Event:
        where = self.places.guild_itself(guild)
        return Event(Membership(conversation=where, joined=joined, by=Sender(""), event_id=event_id))

    def _thread(self, frame: p.Frame) -> Iterator[Event]:
        self.places.know_thread(_decoded(frame.d, p.Thread))
        yield from ()

    def _thread_update(self, frame: p.Frame) -> Iterator[Event]:
        thread = _decoded(frame.d, p.Thread)
        unknown = not self.places.knows(thread.id)
        self.places.know_thread(thread)
        if unknown and thread.member is None:
            yield Event(Reopened(thread.id))

    def _lost_thread(self, frame: p.Frame) -> Iterator[Event]:
        self.places.forget_thread(_decoded(frame.d, p.Thread).id)
        yield from ()

    def _threads(self, frame: p.Frame) -> Iterator[Event]:
        for thread in _decoded(frame.d, p.ThreadList).threads:
            self.places.know_thread(thread)
        yield from ()

    def _thread_members(self, frame: p.Frame) -> Iterator[Event]:
        change = _decoded(frame.d, p.ThreadMembers)
        if any(member.user_id == self.places.me for member in change.added_members):
            self.places.joined(change.id)
        if self.places.me in change.removed_member_ids:
            self.places.left(change.id)
        yield from ()

    # -- what the hub is told ----------------------------------------------------------------------------------------

    def _message(self, frame: p.Frame) -> Iterator[Event]:
        post = _decoded(frame.d, p.Post)
        # An update without a time of editing only adds the preview of a link.
        if frame.t == "MESSAGE_CREATE" or post.edited_timestamp:
            yield from self._said(post)

    def _said(self, post: p.Post, *, caught_up: bool = False) -> Iterator[Event]:
        author = post.author
        words = readable(post.referenced_message, p.Words)
        to_me = words is not None and words.author is not None and words.author.id == self.places.me
        if post.type == _THREAD_STARTER and to_me:
            self.places.joined(post.channel_id)  # somebody opened it below an answer
        if author is None or author.id == self.places.me or post.type not in _SAID:
            return
        forwarded = readable(post.message_snapshots, list[p.Snapshot]) or []
        quoted = "\n\n".join(each.message.content for each in forwarded) or (words.content if words else "")
        text = "\n\n".join(filter(None, (self.places.title(post), self._plain(post))))
        attachments = tuple(attachments_of(post, forwarded))
        if not (text or attachments or quoted):
            return
        revision = _ms(post.edited_timestamp) if post.edited_timestamp else 0
        message = Message(
            conversation=self.places.conversation(post.channel_id, post.guild_id),
            platform_id=post.id,
            sender=_sender(author, post.member, bot=author.bot or post.webhook_id is not None),
            text=text,
            sent_ms=revision or _ms(post.timestamp),
            revision=revision,
            quoted=quoted,
            attachments=attachments,
            addressed=post.guild_id is None or to_me or self.places.meant(post),
            hints=Hints(workspace_locale=_territorial(self.places.locale(post.guild_id))),
            caught_up=caught_up,
        )
        yield Event(message, place=post.channel_id)

    def _deletion(self, frame: p.Frame) -> Iterator[Event]:
        deletion = _decoded(frame.d, p.Deletion)
        conversation = self.places.conversation(deletion.channel_id, deletion.guild_id)
        for number in deletion.ids or [deletion.id]:
            yield Event(Deleted(conversation, number), place=deletion.channel_id)

    def _reaction(self, frame: p.Frame) -> Iterator[Event]:
        reaction = _decoded(frame.d, p.Reaction)
        action = _REACTIONS.get(_without_skin(reaction.emoji.name or ""), "")
        others = reaction.message_author_id not in (None, self.places.me)
        if not action or others or reaction.user_id == self.places.me:
            return
        user = (reaction.member.user if reaction.member else None) or p.User(reaction.user_id)
        press = Press(
            conversation=self.places.conversation(reaction.channel_id, reaction.guild_id),
            part_id=reaction.message_id,
            sender=_sender(user, reaction.member, bot=user.bot),
            action=action if frame.t == "MESSAGE_REACTION_ADD" else "none",
            # A reaction has no id of its own; the number of the frame is the same when a session is resumed.
            event_id=f"{self.places.session}-{frame.s}",
        )
        yield Event(press, place=reaction.channel_id)

    def _interaction(self, frame: p.Frame) -> Iterator[Event]:
        asked = _decoded(frame.d, p.Interaction)
        user = asked.user or (asked.member.user if asked.member else None)
        if user is None or not asked.channel_id or asked.type not in (_COMMAND, _COMPONENT, _AUTOCOMPLETE):
            return
        if asked.channel is not None and asked.channel.type in _THREADS:
            self.places.know_thread(msgspec.structs.replace(asked.channel, member=None))
        conversation = self.places.conversation(asked.channel_id, asked.guild_id)
        sender = _sender(user, asked.member, bot=user.bot)
        ticket = Ticket(asked.id, asked.application_id, asked.token, asked.type == _COMMAND)
        if asked.type == _COMMAND:
            yield Event(_command(asked, conversation, sender), ticket, asked.channel_id)
        elif asked.type == _AUTOCOMPLETE:
            typed = next((str(each.value or "") for each in asked.data.options if each.focused), "")
            yield Event(Choosing(conversation, sender, asked.data.name, typed), ticket)
        else:
            yield Event(_button(asked, conversation, sender), ticket, asked.channel_id)

    # -- the parts of a message --------------------------------------------------------------------------------------

    def _plain(self, post: p.Post) -> str:
        """The text with names for the people in it, and without the mention of the bot."""
        names = {user.id: user.shown for user in post.mentions}

        def name(found: re.Match[str]) -> str:
            number = found[1]
            if self.places.mine(number):
                return ""
            return f"@{names[number]}" if number in names else found[0]

        return _MENTION.sub(name, post.content).strip()


def _button(asked: p.Interaction, conversation: Conversation, sender: Sender) -> Press | None:
    """What was pressed below an answer; None where the button is none of ours."""
    action = asked.data.custom_id.removeprefix(BUTTON)
    if action not in ACTIONS or asked.message is None or not asked.data.custom_id.startswith(BUTTON):
        return None
    return Press(conversation=conversation, part_id=asked.message.id, sender=sender, action=action, event_id=asked.id)


def _command(asked: p.Interaction, conversation: Conversation, sender: Sender) -> Message:
    words = [f"/{asked.data.name}", *(str(each.value) for each in asked.data.options if each.value is not None)]
    return Message(
        conversation=conversation,
        platform_id=asked.id,
        sender=sender,
        text=" ".join(words),
        sent_ms=(int(asked.id) >> 22) + DISCORD_EPOCH_MS,
        alone=not conversation.private,
        hints=Hints(
            locale=_territorial(asked.locale),
            language="" if _territorial(asked.locale) else asked.locale,
            workspace_locale=_territorial(asked.guild_locale),
        ),
    )


def _sender(user: p.User, member: p.Member | None, *, bot: bool) -> Sender:
    return Sender(user.id, (member.nick if member and member.nick else user.shown), bot)


def _territorial(locale: str) -> str:
    """The tag where it names a territory. Discord's `en-US` is also what it assumes of a guild that chose nothing."""
    territory = locale.rpartition("-")[2]
    return locale if territory != locale and (len(territory) == 2 or territory.isdigit()) else ""


def _without_skin(emoji: str) -> str:
    return emoji[:1] if emoji[1:] and "\U0001f3fb" <= emoji[1] <= "\U0001f3ff" else emoji


def _ms(timestamp: str) -> int:
    return int(datetime.fromisoformat(timestamp).timestamp() * 1000)


def _decoded(raw: Raw | bytes, kind: type[_T]) -> _T:
    return msgspec.json.decode(raw, type=kind)
