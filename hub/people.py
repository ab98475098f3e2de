"""What is remembered of people: their choice of a region, and hints on their place that come only now and then."""

from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from hub.inbox import Waiting
from hub.messages import Hints, Message
from hub.routing import NOTHING, combined, on_the_globe, to_keep
from hub.store import Database, Statement, statement

CONVERSATIONS_AT_MOST = 20_000
"""Looked up once while they are among the latest so many."""

_encode = msgspec.json.Encoder().encode
_decode_hints = msgspec.json.Decoder(Hints).decode


class Remembered(msgspec.Struct, frozen=True):
    """What is known of a person beside their message."""

    region: str = ""
    """Their own choice; empty: none."""
    hints: Hints = NOTHING


NOBODY = Remembered()


class People:
    """Looks up who writes in a conversation that is new to this process, so that its home is made of all that is known.

    Once a conversation, not once a message: its home is set when it is opened.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[str, Remembered] = OrderedDict()

    async def recall(self, messages: Iterable[Message]) -> None:
        """Look up the senders of conversations not seen before. Raises StoreError."""
        for message in messages:
            key = message.conversation.key
            if key not in self._known:
                self._known[key] = await self._read(f"{message.conversation.channel}/{message.sender.id}")
                if len(self._known) > CONVERSATIONS_AT_MOST:
                    self._known.popitem(last=False)

    def known(self, message: Message) -> Remembered:
        """What `recall` found."""
        return self._known.get(message.conversation.key, NOBODY)

    async def chosen_agent(self, conversation: str) -> str:
        """The agent that was chosen with /agent in the conversation with this key; empty: none. Raises StoreError."""
        rows = await self._database.read(statement("people.chosen_agent", conversation=conversation))
        return str(rows[0]["agent"]) if rows else ""

    async def _read(self, person: str) -> Remembered:
        rows = await self._database.read(statement("people.known", person=person))
        return Remembered(rows[0]["region"], _decode_hints(rows[0]["hints"])) if rows else NOBODY


def remember(waiting: Waiting) -> list[Statement]:
    """What the message tells of its sender's place beyond what is kept; no statement where it tells nothing new.

    A location beside words may be a place that the words are about, so it counts for this message alone.
    """
    heard = waiting.message.hints
    if heard.location and not shares_location(waiting.message):
        heard = msgspec.structs.replace(heard, location=None)
    if heard in (NOTHING, waiting.hints):
        return []
    keep = to_keep(combined(waiting.hints, heard))
    if keep == waiting.hints:
        return []
    return [statement("people.remember", person=waiting.person, hints=_encode(keep).decode())]


def shares_location(message: Message) -> bool:
    """Whether the message is a place on the globe and nothing else."""
    place = message.hints.location
    wordless = not (message.text.strip() or message.attachments)
    return place is not None and wordless and on_the_globe(*place)
