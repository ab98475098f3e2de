"""The inbox: what people wrote, stored before anyone is told, ordered in each conversation, held by one at a time."""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TypeVar

import msgspec

from hub.context.compose import HISTORY_STEP
from hub.messages import (
    Conversation,
    Exchange,
    Hints,
    Membership,
    Message,
    Press,
    Seen,
    Sender,
    asked_again,
    original_id,
    storable,
    with_mentions,
)
from hub.store import Database, Row, Rows, Statement, Undone, statement

MESSAGES_AT_ONCE = 20
"""Messages of one conversation that a claim loads: what `collect` can answer together."""

ANSWERS_IN_REACH = 200  # the newest of a conversation, whose buttons still work

SEEN_AT_MOST = 1_000
"""Conversations whose newest message a channel is told at start."""

T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

_encode = msgspec.json.Encoder().encode
_decode_message = msgspec.json.Decoder(Message).decode
_decode_hints = msgspec.json.Decoder(Hints).decode
_decode_place = msgspec.json.Decoder(Conversation).decode


class Waiting(msgspec.Struct, frozen=True):
    """A message that is not finished."""

    id: str
    position: int
    person: int
    message: Message
    accepted_ms: int
    region: str  # the person's own choice, remembered; empty: none
    deleted: bool = False  # its author has taken it back
    hints: Hints = Hints()  # kept from earlier messages of the person


class Unfinished(msgspec.Struct, frozen=True):
    """The delivery record that an earlier owner of the turn left behind."""

    id: str
    message: str
    state: str
    sending: bool
    parts: tuple[str, ...]
    text: str | None
    joined: tuple[str, ...]  # ids of further messages that it answers
    created_ms: int


class Past(msgspec.Struct, frozen=True):  # one earlier turn of the conversation
    role: str
    text: str
    tokens: int
    agent: str = ""
    position: int = 0


class Claim(msgspec.Struct, frozen=True):
    """A conversation that this process holds, with all that its next turn needs."""

    conversation: Conversation
    key: str
    fence: int
    stop_position: int
    waiting: tuple[Waiting, ...]
    replies: dict[str, Unfinished]  # by message id
    past: tuple[Past, ...]
    agent: str = ""  # chosen with /agent; empty: the one that serves
    context_from: int = 0


class Inbox:
    """Accept, claim, renew, let go: each one transaction."""

    def __init__(
        self,
        database: Database,
        *,
        process: str,
        new_id: Callable[[], str],
        home_region: Callable[[Message], str],
        lease_ms: int,
    ) -> None:
        self._database = database
        self._process = process
        self._new_id = new_id
        self._home_region = home_region
        self.lease_ms = lease_ms
        self._claims = 0
        self.arrived = asyncio.Event()
        """Set whenever there may be something to claim."""

    async def accept(self, messages: Sequence[Message], *, stops: Callable[[Message], bool]) -> list[Message]:
        """Store each message once; those that were new. Where `stops` is true, what was asked before it ends.

        Raises StoreError where the store cannot take them; some may then be stored, which redelivery finds out.
        """
        by_conversation: dict[str, list[Message]] = {}
        for message in messages:
            by_conversation.setdefault(message.conversation.key, []).append(message)
        stored = await asyncio.gather(*(self._accept_in_order(some, stops) for some in by_conversation.values()))
        self.arrived.set()
        return [message for some in stored for message in some]

    async def _accept_in_order(self, messages: list[Message], stops: Callable[[Message], bool]) -> list[Message]:
        return [message for message in messages if await self._accept_one(message, stop=stops(message))]

    async def _accept_one(self, message: Message, *, stop: bool, also: Sequence[Statement] = ()) -> bool:
        message = _storable(message)
        conversation = message.conversation
        key = conversation.key
        person = f"{conversation.channel}/{message.sender.id}"
        statements = [
            statement(
                "inbox.open_conversation",
                conversation=key,
                channel=conversation.channel,
                account=conversation.account,
                place=_encode(conversation).decode(),
                home_region=self._home_region(message),
            ),
            self._know(person, message.sender),
            statement(
                "inbox.store_message",
                id=self._new_id(),
                key=message.key,
                conversation=key,
                person=person,
                payload=_encode(message).decode(),
            ),
        ]
        if message.revision:
            statements.append(_forget(conversation, message.platform_id))
        if stop:
            statements.append(statement("inbox.stop", conversation=key, including=0))
        try:
            await self._database.run(*also, *statements)
        except Undone:
            return False  # its key is known: a redelivery
        return True

    def _know(self, person: str, sender: Sender) -> Statement:
        return statement("inbox.know_person", person=person, number=self._opaque_number(), name=sender.name[:200])

    def _opaque_number(self) -> int:
        # Made from a fresh id, not from the person: nothing leads back from the ledger but the person's row.
        return int.from_bytes(hashlib.blake2b(self._new_id().encode(), digest_size=7).digest())

    async def stop(self, key: str) -> None:
        """End what was asked in the conversation up to now."""
        await self._database.run(statement("inbox.stop", conversation=key, including=1))

    async def pressed(self, press: Press) -> int | None:
        """Do what the button says, once for each event; for `stop`, the position before which answers end.

        A press below an answer that nobody knows does nothing. Raises StoreError.
        """
        conversation = press.conversation
        answer = await self._answer_at(conversation.key, press.part_id)
        if answer is None:
            return None
        once = statement("inbox.press_once", id=f"{conversation.channel}/{conversation.account}/{press.event_id}")
        sender = _clean(press.sender)
        if press.action == "again":
            asked = asked_again(_decode_message(answer["payload"]), sender, press.event_id)
            if await self._accept_one(asked, stop=False, also=[once]):
                self.arrived.set()
            return None
        position: int = answer["position"]
        if press.action == "stop":
            changes = [statement("inbox.stop_answer", conversation=conversation.key, position=position)]
        else:
            person = f"{conversation.channel}/{sender.id}"
            judged = statement("reply.judge", reply=answer["id"], person=person, value=press.action)
            changes = [self._know(person, sender), judged]
        try:
            await self._database.run(once, *changes)
        except Undone:
            return None  # it was pressed once and delivered twice
        return position + 1 if press.action == "stop" else None

    async def _answer_at(self, key: str, part: str) -> Row | None:
        rows = await self._database.read(statement("reply.newest", conversation=key, most=ANSWERS_IN_REACH))
        return next((row for row in rows if part in msgspec.json.decode(row["parts"])), None)

    async def take_back(self, where: Conversation, platform_id: str) -> int | None:
        """Mark what there is of a deleted message; the position of the one that may be being answered.

        It keeps its place in the order and ends without an answer when its turn comes. Raises StoreError.
        """
        rows = await self._database.read(statement("inbox.unfinished", conversation=(key := where.key)))
        found = [row for row in rows if _decode_message(row["payload"]).platform_id == platform_id]
        if not found:
            await self._database.run(_forget(where, platform_id))
            return None
        marks = [statement("inbox.take_back", id=row["id"]) for row in found]
        oldest = statement("inbox.stop_oldest", conversation=key, position=found[0]["position"])
        await self._database.run(*marks, oldest)
        return int(found[0]["position"]) if found[0]["position"] == rows[0]["position"] else None

    async def taken_back(self, message: str) -> bool:
        """Whether the author has deleted the message since it was claimed."""
        (row,) = await self._database.read(statement("inbox.taken_back", id=message))
        return row["deleted_ms"] is not None

    async def claim(self, most: int) -> list[Claim]:
        """Hold up to `most` conversations that are due, the longest waiting first."""
        self._claims += 1
        holder = f"{self._process}:{self._claims}"
        held, messages, replies, turns = await self._database.run(
            statement("inbox.claim", holder=holder, lease_ms=self.lease_ms, most=most),
            statement("inbox.claimed_messages", holder=holder, most=MESSAGES_AT_ONCE),
            statement("inbox.claimed_replies", holder=holder),
            statement("inbox.claimed_turns", holder=holder, step=HISTORY_STEP),
        )
        if not held:
            return []
        waiting_of = _grouped(messages, _waiting)
        replies_of = _grouped(replies, _unfinished)
        past_of = _grouped(turns, _past)
        return [
            Claim(
                conversation=_decode_place(row["place"]),
                key=row["id"],
                fence=row["fence"],
                stop_position=row["stop_position"],
                waiting=tuple(waiting_of.get(row["id"], ())),
                replies={reply.message: reply for reply in replies_of.get(row["id"], ())},
                past=tuple(past_of.get(row["id"], ())),
                agent=row["agent"],
                context_from=row["context_from"],
            )
            for row in held
        ]

    async def renew(self, claims: Iterable[Claim]) -> dict[str, int]:
        """Hold on to the conversations; the stop position of each that is still held, by key."""
        renewals = [
            statement("inbox.renew", conversation=claim.key, fence=claim.fence, lease_ms=self.lease_ms)
            for claim in claims
        ]
        answered = await self._database.run(*renewals)
        return {row["id"]: row["stop_position"] for rows in answered for row in rows}

    async def finish(self, claim: Claim, outcomes: dict[str, str], *also: Statement, pause_ms: int = 0) -> None:
        """The messages of `outcomes` (by id) are done, with what else belongs to it; the conversation is free again.

        `pause_ms`: how long the conversation then rests before it can be claimed. Raises Undone where another process
        holds the conversation by now: then nothing of this happened.
        """
        (*_, released) = await self._database.run(
            *also,
            *(statement("inbox.finish_message", id=message, outcome=outcome) for message, outcome in outcomes.items()),
            statement(
                "inbox.let_go",
                conversation=claim.key,
                fence=claim.fence,
                finished=len(outcomes),
                pause_ms=pause_ms,
            ),
        )
        if released[0]["waiting"]:
            self.arrived.set()

    async def take_over(self) -> int:
        """What an earlier process of this machine held is due now; how many conversations that were."""
        (freed,) = await self._database.run(statement("inbox.take_over"))
        return len(freed)

    async def history(self, key: str, limit: int) -> list[Exchange]:
        """The newest exchanges of a conversation, oldest first."""
        rows = await self._database.read(statement("inbox.history", conversation=key, most=limit))
        return [_exchange(row) for row in rows]

    async def last_seen(self, channel: str, account: str, since_ms: int) -> list[Seen]:
        """The newest message of each conversation of the account that had one since then, newest first."""
        rows = await self._database.read(
            statement("inbox.last_seen", channel=channel, account=account, since_ms=since_ms, most=SEEN_AT_MOST)
        )
        newest = [_decode_message(row["payload"]) for row in rows]
        return [Seen(each.conversation, original_id(each.platform_id), each.sent_ms) for each in newest]

    async def membership(self, membership: Membership) -> None:
        """Note that the bot came or went, once for each event. Raises StoreError."""
        where = membership.conversation
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
            )


def _forget(where: Conversation, platform_id: str) -> Statement:
    start = f"{where.channel}/{where.account}/{where.chat}/{platform_id}/"
    return statement("inbox.forget", conversation=where.key, start=start, most=ANSWERS_IN_REACH)


def _storable(message: Message) -> Message:
    """Lone surrogates and NUL cannot be stored in every database."""
    return msgspec.structs.replace(
        message,
        text=storable(message.text),
        quoted=storable(message.quoted),
        sender=_clean(message.sender),
        hints=_clean(message.hints),
        attachments=tuple(map(_clean, message.attachments)),
    )


def _clean(value: S) -> S:
    """The value with every text in it storable."""
    changes = {
        name: clean
        for name in value.__struct_fields__
        if isinstance(text := getattr(value, name), str) and (clean := storable(text)) is not text
    }
    return msgspec.structs.replace(value, **changes) if changes else value


def guard(claim: Claim) -> Statement:
    """First in every write of a turn: undoes the list where another process holds the conversation by now."""
    return statement("inbox.guard", conversation=claim.key, fence=claim.fence)


def _grouped(rows: Rows, made: Callable[[Row], T]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = {}
    for row in rows:
        groups.setdefault(row["conversation"], []).append(made(row))
    return groups


def _waiting(row: Row) -> Waiting:
    return Waiting(
        id=row["id"],
        position=row["position"],
        person=row["person"],
        message=_decode_message(row["payload"]),
        accepted_ms=row["accepted_ms"],
        region=row["region"],
        deleted=row["deleted_ms"] is not None,
        hints=_decode_hints(row["hints"]),
    )


def _unfinished(row: Row) -> Unfinished:
    return Unfinished(
        id=row["id"],
        message=row["message"],
        state=row["state"],
        sending=bool(row["sending"]),
        parts=tuple(msgspec.json.decode(row["parts"])),
        text=row["text"],
        joined=tuple(msgspec.json.decode(row["joined"])),
        created_ms=row["created_ms"],
    )


def _past(row: Row) -> Past:
    return Past(row["role"], row["text"], row["tokens"], row["agent"], row["position"])


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
        region=msgspec.json.decode(row["route"]).get("region", "") if row["route"] else "",
    )
