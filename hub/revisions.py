"""What an author has changed of a message since it was stored: edits and deletions."""

from collections.abc import Sequence

import msgspec

from hub.messages import Conversation, Message, asked_again_id, original_id, storable
from hub.store import Database, Row, Statement, statement

ASKED_ANEW_WITHIN_MS = 10 * 60 * 1000
"""After its answer, an edit asks anew for so long; later ones only tidy up what nobody waits for."""

MESSAGES_IN_REACH = 200
"""The newest messages of a conversation among which the older revisions of an edit are looked for."""

EXCHANGED_MEANWHILE = 10_000
"""The same for what was found in the platform's history: it can be older, and comes only after an absence."""

_TAKEN_BACK = (
    ("inbox.take_back", "id"),
    ("inbox.forget_turns", "message"),
    ("background.stale_summary", "message"),
)

_decode_message = msgspec.json.Decoder(Message).decode


class Revision(msgspec.Struct, frozen=True):
    """One stored revision of a message."""

    id: str
    conversation: str
    message: Message
    waiting: bool
    deleted: bool
    got_through: tuple[str, ...]
    """Platform ids of an answer that was delivered although a newer revision was stored already."""
    ended_ms_ago: int
    """How long it has been finished."""
    alone: bool
    """Whether its answer was made for it and no other message."""


class Older(msgspec.Struct, frozen=True):
    """What older revisions of an edit have left."""

    stale: frozenset[str]
    """Ids of those whose turns are forgotten."""
    got_through: tuple[str, ...]
    """Platform ids of answers that were to end and were delivered all the same: they are to be taken away."""


class Revisions:
    """A message's revisions, and deletions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, message: Message) -> list[Revision]:
        """The stored revisions of the message, in the order they were stored. Raises StoreError."""
        prefix = message.key.removesuffix(str(message.revision))
        key = message.conversation.key
        reach = EXCHANGED_MEANWHILE if message.caught_up else MESSAGES_IN_REACH
        rows = await self._database.read(statement("inbox.revisions", conversation=key, prefix=prefix, reach=reach))
        found = [_revision(row) for row in rows]
        return [each for each in found if each.message.platform_id == message.platform_id]

    async def leave_behind(self, id_: str, message: Message, guard: Statement) -> "Older | None":
        """What an edit's own turn leaves behind; None where a newer revision was stored. Raises StoreError, Undone.

        What was asked and answered before is no part of the context any more, if it was about nothing else.
        """
        known = await self.of(message)
        if any(each.message.revision > message.revision for each in known):
            return None
        older = [each for each in known if each.id != id_]
        stale = frozenset(each.id for each in older if each.alone)
        forgetting = [
            statement(name, message=each)
            for each in sorted(stale)
            for name in ("inbox.forget_turns", "background.stale_summary")
        ]
        await self._database.run(guard, *forgetting)
        return Older(stale, tuple(part for each in older for part in each.got_through))

    async def take_back(self, where: Conversation, platform_id: str) -> int | None:
        """Mark what there is of a deleted message; the position of the one that may be being answered.

        It keeps its place in the order and ends without an answer when its turn comes. What was answered already is no
        part of the context any more, nor is what was answered together with it. Raises StoreError.
        """
        rows = await self._database.read(statement("inbox.unfinished", conversation=where.key))
        found = [row for row in rows if original_id(_decode_message(row["payload"]).platform_id) == platform_id]
        start = f"{where.channel}/{where.account}/{where.chat}/{platform_id}"
        those = {
            "conversation": where.key,
            "start": f"{start}/",
            "again": asked_again_id(start),
            "most": MESSAGES_IN_REACH,
        }
        names = ("background.stale_summaries", "inbox.forget_said", "inbox.forget")
        forgetting = [statement(name, **those) for name in names]
        if not found:
            await self._database.run(*forgetting)
            return None
        # What is settled already and only being delivered has its turns, too.
        marks = [statement(name, **{key: row["id"]}) for row in found for name, key in _TAKEN_BACK]
        oldest = statement("inbox.stop_oldest", conversation=where.key, position=found[0]["position"])
        await self._database.run(*marks, oldest, *forgetting)
        return int(found[0]["position"]) if found[0]["position"] == rows[0]["position"] else None

    async def fate(self, message: str) -> str:
        """What its author has done with the message since it was claimed: `deleted`, `replaced`, or nothing.

        Raises StoreError.
        """
        (row,) = await self._database.read(statement("inbox.fate", id=message))
        if row["deleted_ms"] is not None:
            return "deleted"
        return "replaced" if row["replaced_ms"] is not None else ""


def asks_anew(edited: Message, known: Sequence[Revision]) -> bool:
    """Whether an edit is to be answered: it changes something, of a message that waits or was answered just now."""
    if not known:
        return False
    newest = max(known, key=lambda each: each.message.revision)
    if newest.message.revision >= edited.revision or newest.deleted or _says(newest.message) == _says(edited):
        return False
    return newest.waiting or newest.ended_ms_ago <= ASKED_ANEW_WITHIN_MS


def replacing(known: Sequence[Revision]) -> list[Statement]:
    """What is stored together with an edit: those that wait are replaced, an answer under way to one of them ends."""
    waiting = [each for each in known if each.waiting]
    marks = [statement("inbox.replace", id=each.id) for each in waiting]
    return [*marks, statement("inbox.stop_replaced", conversation=waiting[0].conversation)] if waiting else []


def _says(message: Message) -> tuple[object, ...]:
    # Platforms tell of an edit, too, when they only add a preview; a file's handle changes with every reading.
    files = [(each.kind, each.name, each.media_type, each.size_bytes) for each in message.attachments]
    return storable(message.text).strip(), *files


def _revision(row: Row) -> Revision:
    got_through = row["replaced_ms"] is not None and row["reply_state"] == "delivered"
    return Revision(
        id=row["id"],
        conversation=row["conversation"],
        message=_decode_message(row["payload"]),
        waiting=row["state"] == "waiting",
        deleted=row["deleted_ms"] is not None,
        got_through=tuple(msgspec.json.decode(row["parts"])) if got_through else (),
        ended_ms_ago=row["ended_ms_ago"] or 0,
        alone=(row["joined"] or "[]") == "[]",
    )
