"""The inbox: what people wrote, stored before anyone is told, ordered in each conversation, held by one at a time."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

import msgspec

from hub.context.compose import HISTORY_STEP
from hub.messages import Conversation, Hints, Message, Sender, storable_message
from hub.revisions import Revisions, asks_anew, replacing
from hub.shares import Account
from hub.store import Database, Row, Rows, Statement, Undone, statement

MESSAGES_AT_ONCE = 20
"""Messages of one conversation that a claim loads: what `collect` can answer together."""

log = logging.getLogger(__name__)

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
    region: str
    """The person's own choice, remembered; empty: none."""
    deleted: bool = False
    """Its author has taken it back."""
    hints: Hints = Hints()  # kept from earlier messages of the person
    replaced: bool = False
    """Its author has edited it: the newer revision is answered instead."""
    tier: str = "free"  # of the person: free, paid, enterprise
    known_ms: int = 0
    """When the person first wrote."""
    anew: bool = False  # asked with /fresh: no earlier answer is reused
    words_of: str = ""  # the message whose words /fresh asks again; empty: it has its own


class Unfinished(msgspec.Struct, frozen=True):
    """The delivery record that an earlier owner of the turn left behind."""

    id: str
    message: str
    state: str
    sending: bool
    parts: tuple[str, ...]
    text: str | None
    joined: tuple[str, ...]
    """Ids of further messages that it answers."""
    created_ms: int


class Past(msgspec.Struct, frozen=True):
    """One earlier turn of the conversation."""

    role: str
    text: str
    tokens: int
    agent: str = ""
    message: str = ""
    """Id of the message that it belongs to."""
    at_ms: int = 0
    position: int = 0


class Accepted(msgspec.Struct, frozen=True):
    """A message that is stored now."""

    message: Message
    ends_before: int = 0
    """Answers to messages before this position end now; 0: none does."""


class Claim(msgspec.Struct, frozen=True):
    """A conversation that this process holds, with all that its next turn needs."""

    conversation: Conversation
    key: str
    fence: int
    holder: str
    """Stands for this claim alone; its fence is given out again where its commit failed."""
    stop_position: int
    waiting: tuple[Waiting, ...]
    replies: dict[str, Unfinished]
    """By message id."""
    past: tuple[Past, ...]
    agent: str = ""  # chosen with /agent; empty: the one that serves
    left_position: int = 0
    """What waits up to here cannot be answered: the bot has left the chat."""
    bot_streak: int = 0
    """Messages of bots since a person wrote."""
    handover: str = ""
    """While people answer in the agent's stead: the id of the handover."""
    context_from: int = 0
    noted: bool = False
    """There may be pinned facts or a summary."""


async def unsteered(_version: int) -> None:
    """For an inbox whose settings nobody changes."""


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
        heed: Callable[[int], Awaitable[None]] = unsteered,
        arrived: asyncio.Event | None = None,
        stored: Callable[[str], None] = lambda _: None,
        claims: Callable[[], str] = lambda: "",
        accounts: Callable[[], Collection[Account]],
    ) -> None:
        """`stored` is told the home region of what others may claim now.

        `claims`: home regions of what is claimed here, between commas; empty: all. `accounts`: channels and accounts.
        """
        self._database = database
        self._claimed_regions = claims
        self.accounts = accounts
        self._heed = heed
        """Given the version of what admins changed, before what was claimed is looked at."""
        self._process = process
        self._new_id = new_id
        self._home_region = home_region
        self.lease_ms = lease_ms
        self._revisions = Revisions(database)
        self._claims = 0
        self._unsure = ""
        """The holder of a claim that failed: whatever it holds, nobody works on."""
        self._stored = stored
        self.arrived = arrived or asyncio.Event()
        """Set whenever there may be something to claim."""

    async def accept(
        self,
        messages: Sequence[Message],
        *,
        stops: Callable[[Message], bool],
        hurries: Callable[[Message], bool] = lambda _: False,
    ) -> list[Accepted]:
        """Store each message once; those that were new. Where `stops` is true, what was asked before it ends.

        Where `hurries` is true, a conversation that rests is due at once.
        An edit is stored where it asks anew, and ends the answer to what it replaces. Raises StoreError where the
        store cannot take them; some may then be stored, which redelivery finds out.
        """
        by_conversation: dict[str, list[Message]] = {}
        for message in messages:
            by_conversation.setdefault(message.conversation.key, []).append(message)
        stored = await asyncio.gather(
            *(self._accept_in_order(some, stops, hurries) for some in by_conversation.values())
        )
        return [each for some in stored for each in some]

    async def _accept_in_order(
        self, messages: list[Message], stops: Callable[[Message], bool], hurries: Callable[[Message], bool]
    ) -> list[Accepted]:
        stored: list[Accepted] = []
        for message in messages:
            if message.revision:
                accepted = await self._accept_edit(message)
            else:
                accepted = await self._accept(message, stop=stops(message), hurry=hurries(message))
            if accepted:
                stored.append(accepted)
        return stored

    async def _accept(self, message: Message, *, stop: bool, hurry: bool) -> Accepted | None:
        key = message.conversation.key
        then = [statement("inbox.hurry", conversation=key)] if hurry else []
        if stop:
            then.append(statement("inbox.stop", conversation=key, including=0))
        return await self.accept_one(message, then=then)

    async def _accept_edit(self, message: Message) -> Accepted | None:
        known = await self._revisions.of(message)
        if message.caught_up and not known:
            # Also as what it was before the edit it is known then, should the platform still tell of that.
            return await self.accept_one(msgspec.structs.replace(message, revision=0))
        return await self.accept_one(message, then=replacing(known)) if asks_anew(message, known) else None

    async def accept_one(
        self, message: Message, *, also: Sequence[Statement] = (), then: Sequence[Statement] = ()
    ) -> Accepted | None:
        """Store the message between the other statements; None where its key is known or another is undone.

        Of the statements after it, the last may return the conversation's new `stop_position`. Raises StoreError.
        """
        message = storable_message(message)
        conversation = message.conversation
        key = conversation.key
        person = f"{conversation.channel}/{message.sender.id}"
        statements = [
            *also,
            statement(
                "inbox.open_conversation",
                conversation=key,
                channel=conversation.channel,
                account=conversation.account,
                place=_encode(conversation).decode(),
                home_region=self._home_region(message),
                bot=int(message.sender.bot),
            ),
            self.know(person, message.sender),
            statement(
                "inbox.store_message",
                id=self._new_id(),
                key=message.key,
                conversation=key,
                person=person,
                payload=_encode(message).decode(),
            ),
            *then,
        ]
        if self._database.in_order:
            self.arrived.set()  # who claims now comes next to this in line, so both are in one commit
        try:
            done = await self._database.run(*statements)
        except Undone:
            return None  # its key is known: a redelivery
        finally:
            if not self._database.in_order:  # also of what failed: it may be stored all the same
                self.arrived.set()
        self._stored(done[len(also)][0]["home_region"])
        return Accepted(message, done[-1][0]["stop_position"] if then and done[-1] else 0)

    def know(self, person: str, sender: Sender) -> Statement:
        """Give a person, by `channel/platform id`, an opaque number where there is none yet."""
        return statement("inbox.know_person", person=person, number=self._opaque_number(), name=sender.name[:200])

    def _opaque_number(self) -> int:
        # Made from a fresh id, not from the person: nothing leads back from the ledger but the person's row.
        return int.from_bytes(hashlib.blake2b(self._new_id().encode(), digest_size=7).digest())

    async def stop(self, key: str) -> None:
        """End what was asked in the conversation up to now."""
        await self._database.run(statement("inbox.stop", conversation=key, including=1))

    async def claim(self, most: int, accounts: Iterable[Account] = (), *, of_one: int = 0) -> list[Claim]:
        """Hold up to `most` conversations that are due, the longest waiting first.

        Of these accounts, or of all, and up to `of_one` of each. Raises StoreError; what was held all the same is due
        again with the next claim.
        """
        if self._unsure:
            await self._database.run(statement("inbox.let_go_of_all", holder=self._unsure))
            self._unsure = ""
        self._claims += 1
        holder = f"{self._process}:{self._claims}"
        try:
            which = list(accounts) or list(self.accounts())
            return await self._claim(holder, most, which, of_one or most)
        except BaseException:
            self._unsure = holder
            raise

    async def _claim(self, holder: str, most: int, accounts: list[Account], of_one: int) -> list[Claim]:
        regions = {"regions": found} if (found := self._claimed_regions()) else {}
        which = {"accounts": _encode(accounts).decode(), "of_one": of_one, "most": most, "lease_ms": self.lease_ms}
        claiming = statement("inbox.claim_of" if regions else "inbox.claim", holder=holder, **which, **regions)
        loading = (
            statement("inbox.claimed_messages", holder=holder, most=MESSAGES_AT_ONCE),
            statement("inbox.claimed_replies", holder=holder),
            statement("inbox.claimed_turns", holder=holder, step=HISTORY_STEP),
        )
        if self._database.in_order:  # one way to the writer
            held, *loaded = await self._database.run(claiming, *loading)
        else:
            # Every worker is woken and one finds something: to the others it is one round trip, not six.
            held = await self._database.read(claiming)
            # And these read: a transaction at READ COMMITTED would not see more, and cost two more.
            loaded = [await self._database.read(each) for each in loading] if held else []
        if not held:
            return []
        await self._heed(held[0]["steering"])
        parts = [_grouped(rows) for rows in loaded]
        claims = (_claimed(row, holder, *(rows.get(row["id"], ()) for rows in parts)) for row in held)
        return [claim for claim in claims if claim]

    async def renew(self, claims: Iterable[Claim]) -> dict[str, int]:
        """Hold on to the conversations; the stop position of each that is still held, by key."""
        renewals = [statement("inbox.renew", **held_by(claim), lease_ms=self.lease_ms) for claim in claims]
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
            statement("inbox.let_go", **held_by(claim), finished=len(outcomes), pause_ms=pause_ms),
        )
        if released[0]["waiting"]:
            self.arrived.set()

    async def give_back(self, claims: Iterable[Claim]) -> None:
        """Whoever claims next goes on with the conversations at once."""
        await self._database.run(*(statement("inbox.give_back", **held_by(claim)) for claim in claims))

    async def take_over(self) -> int:
        """What an earlier process of this machine held is due now; how many conversations that were."""
        (freed,) = await self._database.run(statement("inbox.take_over"))
        return len(freed)


def guard(claim: Claim) -> Statement:
    """First in a turn's writes: undoes the list where another claim holds the conversation by now, or none."""
    return statement("inbox.guard", **held_by(claim))


def held_by(claim: Claim) -> dict[str, str | int]:
    """For the statements that are guarded by themselves."""
    return {"conversation": claim.key, "fence": claim.fence, "holder": claim.holder}


def _grouped(rows: Rows) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["conversation"], []).append(row)
    return groups


def _claimed(row: Row, holder: str, messages: Rows, replies: Rows, turns: Rows) -> Claim | None:
    """None where what stands there cannot be read, which must end neither the other claims nor the process."""
    try:
        return Claim(
            conversation=_decode_place(row["place"]),
            key=row["id"],
            fence=row["fence"],
            holder=holder,
            stop_position=row["stop_position"],
            waiting=tuple(map(_waiting, messages)),
            replies={each["message"]: _unfinished(each) for each in replies},
            past=tuple(map(_past, turns)),
            agent=row["agent"],
            left_position=row["left_position"],
            bot_streak=row["bot_streak"],
            handover=row["handover"],
            context_from=row["context_from"],
            noted=bool(row["noted"]),
        )
    except msgspec.MsgspecError as error:
        log.error("what waits in %s cannot be read: %s", row["id"], error)
        return None


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
        replaced=row["replaced_ms"] is not None,
        tier=row["tier"],
        known_ms=row["known_ms"],
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
    return Past(row["role"], row["text"], row["tokens"], row["agent"], row["message"], row["at_ms"], row["position"])
