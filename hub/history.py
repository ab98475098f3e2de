"""What is stored of a conversation, as channels read it: exchanges, what was seen last, and where the bot is."""

from contextlib import suppress

import msgspec

from hub.config.settings import Serves
from hub.messages import ADMINS, Conversation, Exchange, Membership, Message, Seen, original_id, with_mentions
from hub.store import Database, Row, Undone, statement

SEEN_AT_MOST = 1_000
"""Conversations whose newest message a channel is told at start."""

_encode = msgspec.json.Encoder().encode
_decode_message = msgspec.json.Decoder(Message).decode


class History:
    """Reads what the inbox has stored; writes only where the bot is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def exchanges(self, conversation: Conversation, limit: int) -> list[Exchange]:
        """The newest exchanges of a conversation, oldest first. Raises StoreError.

        In the web page's chat of the admins they are what the hub posted there.
        """
        if conversation.channel == "web" and conversation.chat == ADMINS:
            return await self._posted(conversation, limit)
        rows = await self._database.read(statement("inbox.history", conversation=conversation.key, most=limit))
        return [_exchange(row) for row in rows]

    async def _posted(self, conversation: Conversation, limit: int) -> list[Exchange]:
        place = _encode(Serves(conversation.channel, conversation.account, chat=conversation.chat)).decode()
        rows = await self._database.read(statement("outgoing.posted", place=place, most=limit))
        posts = [(row["source"], row["text"], row["due_ms"]) for row in reversed(rows)]
        return [
            Exchange(source, "", at_ms, reply_id=source, answer=text, state="delivered")
            for source, text, at_ms in posts
        ]

    async def last_seen(self, channel: str, account: str, since_ms: int) -> list[Seen]:
        """The newest message of each conversation of the account that had one since then, newest first.

        Raises StoreError.
        """
        rows = await self._database.read(
            statement("inbox.last_seen", channel=channel, account=account, since_ms=since_ms, most=SEEN_AT_MOST)
        )
        newest = [_decode_message(row["payload"]) for row in rows]
        return [Seen(each.conversation, original_id(each.platform_id), each.sent_ms) for each in newest]

    async def membership(self, membership: Membership) -> bool:
        """Note that the bot came or went, once for each event; whether it was new. Raises StoreError.

        What waits in a chat that the bot has left cannot be answered, unless it comes back before that is found out.
        """
        where = membership.conversation
        change = "inbox.came_back" if membership.joined else "inbox.left"
        whole = f'"workspace":{_encode(where.workspace).decode()}' if where.is_workspace else ""
        with suppress(Undone):  # delivered twice
            await self._database.run(
                statement("inbox.press_once", id=f"{where.channel}/{where.account}/{membership.event_id}"),
                statement(
                    "inbox.membership",
                    conversation=where.key,
                    place=_encode(where).decode(),
                    joined=int(membership.joined),
                    by=f"{where.channel}/{membership.by.id}",
                ),
                statement(
                    change,
                    channel=where.channel,
                    account=where.account,
                    conversation=where.key,
                    under=f"{where.key}/",
                    workspace=whole,
                ),
            )
            return True
        return False


class _Routed(msgspec.Struct, frozen=True):
    region: str = ""


def _exchange(row: Row) -> Exchange:
    message = _decode_message(row["payload"])
    return Exchange(
        message_id=message.platform_id,
        text=with_mentions(message),
        sent_ms=message.sent_ms,
        reply_id=row["reply"] or "",
        answer=row["text"] or "",
        state=row["reply_state"] or (row["outcome"] or row["state"]),
        agent=row["agent"] or "",
        region=msgspec.json.decode(row["route"], type=_Routed).region if row["route"] else "",
    )
