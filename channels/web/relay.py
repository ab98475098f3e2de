"""Where the process that answers is not the one that has the page: what grows goes through notes of both.

Level, not edge, as in the feed: the note has the newest form of the newest answer's parts, and whoever shows the page
looks a few times a second while an answer is awaited.
"""

from collections import OrderedDict

import msgspec

from channels.web.feed import Part
from hub.channel import Notes
from hub.errors import TrunklineError
from hub.messages import storable

EVERY_S = 0.4
"""Between two forms of an answer that grows, and between two looks."""
KEPT_S = 300.0
CONVERSATIONS_REMEMBERED = 10_000


class Relay:
    """Of one process: what it answers is left for the others, what they answer is found."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._answering: OrderedDict[str, dict[str, Part]] = OrderedDict()
        """Parts of the newest answer by conversation, of those that are made here."""
        self._found: OrderedDict[str, dict[str, Part]] = OrderedDict()
        """What was last seen of the others' answers."""

    async def show(self, conversation: str, part: Part) -> None:
        """Leave it for whoever has the page. The store shows what could not be left."""
        part = msgspec.structs.replace(part, text=storable(part.text))
        before = self._answering.get(conversation, {})
        same = {id_: each for id_, each in before.items() if each.reply_to == part.reply_to}
        self._answering[conversation] = same | {part.id: part}
        _bound(self._answering)
        left = msgspec.json.encode(list(self._answering[conversation].values())).decode()
        try:
            await self._notes.leave(_key(conversation), left, KEPT_S)
        except TrunklineError:
            return

    async def look(self, conversation: str) -> list[Part]:
        """The parts that others have changed since the last look."""
        try:
            left = await self._notes.find(_key(conversation))
        except TrunklineError:
            return []
        parts = msgspec.json.decode(left, type=list[Part]) if left else []
        own, before = self._answering.get(conversation, {}), self._found.get(conversation, {})
        self._found[conversation] = {part.id: part for part in parts}
        _bound(self._found)
        return [part for part in parts if part.id not in own and before.get(part.id) != part]


def _key(conversation: str) -> str:
    return f"showing/{conversation}"


def _bound(table: OrderedDict[str, dict[str, Part]]) -> None:
    while len(table) > CONVERSATIONS_REMEMBERED:
        table.popitem(last=False)
