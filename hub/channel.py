"""The port between the hub and a messaging platform: all that a channel knows of the hub stands in this file."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from hub.errors import TrunklineError
from hub.messages import Attachment, Conversation, Exchange, File, Membership, Message, Press, Seen, Sender, Target


class Pace(msgspec.Struct, frozen=True):
    """How often a bot may send, in sends a second."""

    overall: float
    """Over all chats of the account."""
    chat: float
    """In one private chat."""
    group: float
    """In one group."""
    unconfirmed: int = 1
    """Placeholders that may be under way at once: so many can be orphaned when the process is killed."""


class Capabilities(msgspec.Struct, frozen=True):
    """What a platform can do, so that delivery need not know which one it is."""

    pace: Pace
    edit_every_s: float = 1.0
    """Least time between two growing edits of one answer."""
    first_part_within: int | None = None
    """So many characters of a draft are enough to know its first part, which alone is shown while it grows."""
    placeholder: str = "…"
    """Shown until the first words come; carries no answer text."""
    threads_apart: bool = False
    """Whether a thread has limits of its own, beside those of the chat that it is in."""


class ChannelError(TrunklineError):
    """The platform did not take a request."""


class RetryAfter(ChannelError):
    """The platform asks to wait. `seconds` is its own figure; the request did not happen."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"The platform asks to wait {seconds:g} s.")
        self.seconds = seconds


class Unreachable(ChannelError):
    """The request never left: it can be repeated safely."""


class Ambiguous(ChannelError):
    """The request left and no answer came: it may or may not have happened."""


class Gone(ChannelError):
    """The chat or the message is no more."""


class Forbidden(ChannelError):
    """The person blocked the bot, or the bot lacks a right."""


class Refused(ChannelError):
    """The platform refuses this content; the same content will be refused again."""


class CommandSpec(msgspec.Struct, frozen=True):
    """A slash command as people see it; each channel shows it in its own menu."""

    name: str
    help: str
    arguments: str = ""
    role: str = "everyone"
    """`everyone`, `viewer`, `operator` or `owner`."""
    translations: Mapping[str, str] = {}
    """Help in other languages, by language tag."""
    suggests: bool = False
    """Whether `Hub.suggest` knows what its argument can be."""


class Hub(Protocol):
    """What a channel may ask of the hub."""

    async def accept(self, messages: Sequence[Message]) -> None:
        """Store the messages, durably, each once. Only after this returns may the platform be told.

        An edit of a message that the hub has never seen is ignored, unless it is marked as `caught_up`. Raises
        TrunklineError where the store cannot take them: the platform must then not be told.
        """
        ...

    async def history(self, conversation: Conversation, limit: int) -> list[Exchange]:
        """The newest `limit` exchanges of a conversation, oldest first."""
        ...

    async def stop(self, conversation: Conversation) -> None:
        """End whatever is being answered in the conversation."""
        ...

    async def pressed(self, press: Press) -> None:
        """A button or a reaction: once for each event id, through the same gate as every message."""
        ...

    async def deleted(self, conversation: Conversation, platform_id: str) -> None:
        """Somebody deleted a message: an answer that is not there yet is not made."""
        ...

    async def membership(self, membership: Membership) -> None:
        """The bot was added to a chat or removed from it; the same event twice is one.

        A whole workspace is meant where it stands as the chat, too.
        """
        ...

    async def last_seen(self, channel: str, account: str, since_ms: int) -> list[Seen]:
        """The newest stored message of each conversation of the account that had one since then, newest first.

        What a platform has after these is what people wrote while no hub ran; handing over too much is no harm. Each
        message found so is marked as `caught_up`.
        """
        ...

    async def suggest(self, conversation: Conversation, sender: Sender, command: str, typed: str) -> list[str]:
        """What the command's argument can be here, beginning with what was typed; at most 25."""
        ...


class Notes(Protocol):
    """What the processes of one account leave each other, where one listens and others answer; kept for a time.

    Each raises TrunklineError where the store is away.
    """

    async def leave(self, key: str, value: str, lives_s: float) -> None:
        """Keep the value under this key, in place of an earlier one, for so many seconds."""
        ...

    async def find(self, key: str) -> str:
        """The value; empty where there is none (any more)."""
        ...

    async def drop(self, key: str) -> None:
        """Forget it."""
        ...


class Ration(Protocol):
    """What a platform allows all processes of an account together, beside the gate's pace."""

    async def take(self, what: str, most: int, within_s: float, share: float = 1.0) -> float:
        """Count one more of `most` in any `within_s` seconds, where less than this share of them is used.

        0.0 where it is counted; else nothing is, and this is how many seconds to wait. Raises TrunklineError where the
        store is away.
        """
        ...


class Channel(Protocol):
    """One account on one messaging platform."""

    name: str
    account: str
    capabilities: Capabilities

    async def listen(self, hub: Hub) -> None:
        """Hand over messages until cancelled. A refusal by the platform is logged and retried, never raised."""
        ...

    def split(self, text: str) -> list[str]:
        """The text as parts that the platform takes, in order; at least one."""
        ...

    async def placeholder(self, target: Target) -> str:
        """Send a message without answer text; its platform id. Raises ChannelError."""
        ...

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        """Make the message show this text, one of those that `split` made; the same text twice is no error.

        `final`: it will not grow any more. `last`: it is the answer's last part, below which its buttons stand.
        Raises ChannelError.
        """
        ...

    async def typing(self, target: Target) -> None:
        """Show that an answer is being made. Raises ChannelError."""
        ...

    async def remove(self, target: Target, part_id: str) -> None:
        """Delete one of the bot's own messages. Raises ChannelError."""
        ...

    async def probe(self) -> str:
        """One cheap request that proves address and token; a word on who answered. Raises ChannelError."""
        ...

    async def close(self) -> None:
        """Let go of connections; `listen` has ended before."""
        ...


@runtime_checkable
class Fetches(Protocol):
    """A channel whose messages can carry files."""

    async def fetch(self, attachment: Attachment, at_most: int) -> bytes:
        """The file, from the platform's own file host and nowhere else.

        Raises ChannelError; Refused where it has more than `at_most` bytes.
        """
        ...


@runtime_checkable
class ShowsFiles(Protocol):
    """A channel that shows long code as a file, where that reads better than a row of messages."""

    def split_with_files(self, text: str) -> list[str]:
        """Like `split`, but code that would fill more than two messages is one part, whole.

        `edit` shows such a part as a file once it is final, and until then its beginning as text. Where the platform
        takes no file, `edit` raises Refused or Forbidden, and the same message can be the first that shows the part as
        `split` makes it.
        """
        ...


@runtime_checkable
class Posts(Protocol):
    """A channel that can speak first: reports, alerts, an admin's words."""

    async def post(self, conversation: Conversation, text: str, files: Sequence[File] = ()) -> str:
        """Send one message that answers nobody; its platform id.

        Either `text`, one of those that `split` made, or `files`, which are all pictures or all none: so each post is
        one request that shows something, and what failed can be told apart.
        `conversation` may come from regions.toml, so it says no more than channel, account, workspace and chat. Raises
        ChannelError; Ambiguous where it may or may not stand there: such a message is never repeated.
        """
        ...
