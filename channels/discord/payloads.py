"""The parts of Discord's gateway payloads that the hub reads; what else they hold is not looked at."""

import msgspec
from msgspec import Raw

NONE = Raw(b"")


class User(msgspec.Struct, frozen=True):
    id: str
    username: str = ""
    global_name: str | None = None
    bot: bool = False

    @property
    def shown(self) -> str:
        return self.global_name or self.username


class Member(msgspec.Struct, frozen=True):
    nick: str | None = None
    user: User | None = None


class File(msgspec.Struct, frozen=True):
    id: str
    filename: str = ""
    content_type: str | None = None
    size: int = 0


class Sticker(msgspec.Struct, frozen=True):
    id: str
    name: str = ""
    format_type: int = 0


class Words(msgspec.Struct, frozen=True):
    content: str = ""
    author: User | None = None
    attachments: Raw = NONE
    sticker_items: Raw = NONE
    flags: int = 0


class Snapshot(msgspec.Struct, frozen=True):
    message: Words = Words()


class Post(msgspec.Struct, frozen=True):
    """A message, in MESSAGE_CREATE and MESSAGE_UPDATE."""

    id: str
    channel_id: str
    author: User | None = None
    content: str = ""
    timestamp: str = ""
    edited_timestamp: str | None = None
    type: int = 0
    guild_id: str | None = None
    webhook_id: str | None = None
    flags: int = 0
    member: Member | None = None
    mentions: list[User] = []
    mention_roles: list[str] = []
    attachments: Raw = NONE
    sticker_items: Raw = NONE
    referenced_message: Raw = NONE
    message_snapshots: Raw = NONE


class Deletion(msgspec.Struct, frozen=True):
    channel_id: str
    id: str = ""
    ids: list[str] = []
    guild_id: str | None = None


class Emoji(msgspec.Struct, frozen=True):
    name: str | None = None


class Reaction(msgspec.Struct, frozen=True):
    user_id: str
    channel_id: str
    message_id: str
    emoji: Emoji
    guild_id: str | None = None
    message_author_id: str | None = None
    member: Member | None = None


class ThreadMember(msgspec.Struct, frozen=True):
    user_id: str | None = None


class Thread(msgspec.Struct, frozen=True):
    id: str
    type: int = 0
    name: str = ""
    parent_id: str | None = None
    guild_id: str | None = None
    last_message_id: str | None = None
    member: ThreadMember | None = None
    """There where the bot itself is in the thread."""


class ThreadMembers(msgspec.Struct, frozen=True):
    """THREAD_MEMBERS_UPDATE."""

    id: str
    added_members: list[ThreadMember] = []
    removed_member_ids: list[str] = []


class ThreadList(msgspec.Struct, frozen=True):
    """THREAD_LIST_SYNC."""

    threads: list[Thread] = []


class RoleTags(msgspec.Struct, frozen=True):
    bot_id: str | None = None


class Role(msgspec.Struct, frozen=True):
    id: str
    tags: RoleTags = RoleTags()


class Place(msgspec.Struct, frozen=True):
    """A channel of a guild."""

    id: str
    type: int = 0
    last_message_id: str | None = None


class Guild(msgspec.Struct, frozen=True):
    """GUILD_CREATE and GUILD_UPDATE; the latter has neither channels nor threads."""

    id: str
    preferred_locale: str = ""
    joined_at: str = ""
    channels: list[Place] = []
    threads: list[Thread] = []
    roles: list[Role] = []


class LostGuild(msgspec.Struct, frozen=True):
    """GUILD_DELETE, and each guild in READY."""

    id: str
    unavailable: bool = False
    """The platform cannot reach it for now; the bot is still in it."""


class Ready(msgspec.Struct, frozen=True):
    session_id: str
    user: User
    guilds: list[LostGuild] = []


class Option(msgspec.Struct, frozen=True):
    name: str
    value: str | int | float | bool | None = None
    focused: bool = False
    """What the person is typing now."""


class Asked(msgspec.Struct, frozen=True):
    """What an interaction is about: a command's name and options, or a button's id."""

    name: str = ""
    options: list[Option] = []
    custom_id: str = ""


class Interaction(msgspec.Struct, frozen=True):
    id: str
    application_id: str
    type: int
    token: str
    data: Asked = Asked()
    channel_id: str | None = None
    channel: Thread | None = None
    guild_id: str | None = None
    member: Member | None = None
    user: User | None = None
    message: Deletion | None = None
    """Only its ids."""
    locale: str = ""
    guild_locale: str = ""


class Frame(msgspec.Struct, frozen=True):
    """One dispatch of the gateway."""

    op: int = -1
    t: str | None = None
    s: int | None = None
    d: Raw = NONE
