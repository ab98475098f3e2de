"""Where a bot is: its servers with their languages, its roles, and which threads it is in."""

import hashlib

from channels.discord import payloads as p
from hub.messages import Conversation


class Places:
    """What one account's gateway has told of itself. Lives as long as the process; a new session tells it anew."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.me = ""
        """The bot's own id."""
        self.session = ""
        """Not the session's id, which is a secret, but always the same for the same."""
        self.guilds: set[str] = set()
        self._locales: dict[str, str] = {}
        self._roles: set[str] = set()
        self._parents: dict[str, str] = {}
        self._titles: dict[str, str] = {}
        self._joined: set[str] = set()

    def begin(self, ready: p.Ready) -> None:
        self.me = ready.user.id
        self.session = hashlib.blake2b(ready.session_id.encode(), digest_size=8).hexdigest()
        self.guilds = {guild.id for guild in ready.guilds}

    def know_guild(self, guild: p.Guild) -> None:
        self.guilds.add(guild.id)
        self._locales[guild.id] = guild.preferred_locale
        self._roles.update(role.id for role in guild.roles if role.tags.bot_id == self.me)
        for thread in guild.threads:
            self.know_thread(thread)

    def know_thread(self, thread: p.Thread) -> None:
        if thread.parent_id:
            self._parents[thread.id] = thread.parent_id
            self._titles[thread.id] = thread.name
        if thread.member is not None:
            self._joined.add(thread.id)

    def know_seen(self, conversation: Conversation) -> None:
        """A conversation that the hub was in before: a thread that nobody has mentioned yet is one that it is in."""
        if conversation.thread and conversation.thread not in self._parents:
            self._parents[conversation.thread] = conversation.chat
            self._joined.add(conversation.thread)

    def knows(self, thread: str) -> bool:
        return thread in self._parents

    def in_thread(self, thread: str) -> bool:
        return thread in self._joined

    def joined(self, thread: str) -> None:
        self._joined.add(thread)

    def left(self, thread: str) -> None:
        self._joined.discard(thread)

    def forget_thread(self, thread: str) -> None:
        self._joined.discard(thread)
        for known in (self._parents, self._titles):
            known.pop(thread, None)

    def locale(self, guild: str | None) -> str:
        return self._locales.get(guild or "", "")

    def title(self, post: p.Post) -> str:
        """Of a forum's post, whose first message has the number of its thread; nothing for any other message."""
        return self._titles.get(post.id, "") if post.id == post.channel_id else ""

    def mine(self, number: str) -> bool:
        """Whether the id is the bot's or that of a role which is the bot's alone."""
        return number == self.me or number in self._roles

    def meant(self, post: p.Post) -> bool:
        """Whether it mentions the bot or its role, or stands in a thread that the bot is in."""
        return (
            any(user.id == self.me for user in post.mentions)
            or not self._roles.isdisjoint(post.mention_roles)
            or post.channel_id in self._joined
        )

    def conversation(self, channel: str, guild: str | None) -> Conversation:
        parent = self._parents.get(channel)
        return Conversation(
            channel="discord",
            account=self.account,
            chat=parent or channel,
            thread=channel if parent else "",
            workspace=guild or "",
            private=guild is None,
        )

    def guild_itself(self, guild: str) -> Conversation:
        """A server as a whole, where the bot comes and goes."""
        return Conversation("discord", self.account, guild, workspace=guild, private=False)
