"""A whole channel in memory: it shows what people would see, and refuses what it is told to refuse."""

import asyncio
import re
from collections import defaultdict, deque

import msgspec

from hub.channel import Ambiguous, Capabilities, Forbidden, Gone, Hub, Pace, Refused, Unreachable
from hub.messages import Attachment, Conversation, Message, Sender, Target

ACCOUNTS = [("chat", "main")]
"""What everything is said in that says nothing else."""
FAST = Pace(overall=1e6, chat=1e6, group=1e6, unconfirmed=1000)


class HappenedAfterAll(Ambiguous):
    """No answer came, but the platform did it."""


class Act(msgspec.Struct, frozen=True):
    """One request that the platform carried out."""

    what: str
    chat: str
    part: str
    text: str = ""
    final: bool = False


class ScriptedChannel:
    """Implements hub.channel.Channel. `will` says how the next requests of a kind go: an error, or None for well."""

    def __init__(
        self, name: str = "chat", *, pace: Pace = FAST, edit_every_s: float = 1.0, part_size: int = 1_000_000
    ) -> None:
        self.name = name
        self.account = "main"
        self.capabilities = Capabilities(pace=pace, edit_every_s=edit_every_s)
        self.shown: dict[str, str] = {}
        """Text by message id, of what stands in the chats now."""
        self.files: dict[str, bytes] = {}
        """By the platform's handle, what `fetch` finds."""
        self.acts: list[Act] = []
        self.down = False
        self.stall: asyncio.Event | None = None
        """While it is unset, placeholders hang before they are sent."""
        self.reached = asyncio.Event()
        """Set by every request that arrives."""
        self._part_size = part_size
        self._script: dict[str, deque[Exception | None]] = defaultdict(deque)

    def will(self, what: str, *outcomes: Exception | None) -> None:
        self._script[what].extend(outcomes)

    def texts(self) -> list[str]:
        return list(self.shown.values())

    def of(self, what: str) -> list[Act]:
        return [act for act in self.acts if act.what == what]

    def delete(self, part: str) -> None:
        """A person, or an admin, deletes it."""
        del self.shown[part]

    async def listen(self, hub: Hub) -> None:
        await asyncio.Event().wait()

    def split(self, text: str) -> list[str]:
        return [text[at : at + self._part_size] for at in range(0, len(text), self._part_size)] or [""]

    async def placeholder(self, target: Target) -> str:
        self.reached.set()
        if self.stall:
            await self.stall.wait()
        failure = self._failure("placeholder")
        part = f"out-{len(self.acts)}"
        self.shown[part] = self.capabilities.placeholder
        self.acts.append(Act("placeholder", target.conversation.chat, part))
        if failure:
            raise failure
        return part

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        self.reached.set()
        failure = self._failure("final" if final else "growth")
        if part_id not in self.shown:
            raise Gone
        text.encode()  # as any platform's client does
        self.shown[part_id] = text
        self.acts.append(Act("edit", target.conversation.chat, part_id, text, final))
        if failure:
            raise failure

    async def typing(self, target: Target) -> None:
        self._failure("typing")
        self.acts.append(Act("typing", target.conversation.chat, ""))

    async def remove(self, target: Target, part_id: str) -> None:
        self._failure("remove")
        self.shown.pop(part_id, None)
        self.acts.append(Act("remove", target.conversation.chat, part_id))

    async def fetch(self, attachment: Attachment, at_most: int) -> bytes:
        self.reached.set()
        if self.stall:
            await self.stall.wait()
        self._failure("fetch")
        self.acts.append(Act("fetch", "", "", attachment.fetch))
        data = self.files[attachment.fetch]
        if len(data) > at_most:
            raise Refused
        return data

    async def probe(self) -> str:
        self._failure("probe")
        return f"{self.name} is there"

    async def close(self) -> None:
        pass

    def _failure(self, what: str) -> Exception | None:
        """Raises what happened before the request was carried out; returns what is to be raised afterwards."""
        if self.down:
            raise Unreachable
        outcome = self._script[what].popleft() if self._script[what] else None
        if outcome and not isinstance(outcome, HappenedAfterAll):
            raise outcome
        return outcome


def conversation(chat: str = "1", thread: str = "", channel: str = "chat") -> Conversation:
    return Conversation(channel, "main", chat, thread)


def message(
    text: str,
    number: int | str = 1,
    chat: str = "1",
    *,
    revision: int = 0,
    attachments: tuple[Attachment, ...] = (),
    **sender: object,
) -> Message:
    """What somebody wrote in a private chat."""
    return Message(
        conversation=conversation(chat),
        platform_id=str(number),
        sender=msgspec.convert({"id": f"u{chat}", "name": "Somebody", **sender}, Sender),
        text=text,
        sent_ms=1_700_000_000_000,
        revision=revision,
        attachments=attachments,
    )


class FilingChannel(ScriptedChannel):
    """Shows what stands between braces as a file; `takes_files`: whether it may."""

    def __init__(self) -> None:
        super().__init__(part_size=4)
        self.takes_files = True

    def split_with_files(self, text: str) -> list[str]:
        parts = re.split(r"(\{[^}]*\})", text)
        return [each for part in parts if part for each in ([part] if part[0] == "{" else self.split(part))]

    async def edit(self, target: Target, part_id: str, text: str, *, final: bool, last: bool = True) -> None:
        if text[0] == "{" and final and len(text) > 4 and not self.takes_files:
            raise Forbidden
        await super().edit(target, part_id, text, final=final, last=last)
