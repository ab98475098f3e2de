"""Handing a conversation to people: what is asked goes to their chat, what they answer comes back through the bot."""

import hashlib
import re

import msgspec

from hub.config.settings import Serves, Settings
from hub.inbox import Claim, Waiting
from hub.messages import Conversation, with_mentions
from hub.outgoing import queued
from hub.store import Database, Statement, statement

LAST_TURNS = 2
LONGEST = 700
"""Characters of one turn that people are shown."""
_HEAD = re.compile(r"\W*#(?P<id>[0-9a-f]{6})\b")
"""How each message of a handover begins in the people's chat: a reply to it quotes it."""


class Handover(msgspec.Struct, frozen=True):
    """A conversation in which people answer."""

    id: str
    person: int
    """The opaque number of who asked for them."""
    key: str
    place: Conversation


def chats_of_people(settings: Settings) -> tuple[Serves, ...]:
    """Where people answer: `humans` under [alerts], else `to`."""
    return settings.alerts.humans or settings.alerts.to


def is_of_people(conversation: Conversation, settings: Settings) -> bool:
    """Whether this is such a chat."""
    return any(
        (place.channel, place.account, place.chat) == (conversation.channel, conversation.account, conversation.chat)
        and place.workspace in ("", conversation.workspace)
        for place in chats_of_people(settings)
    )


def new_handover(claim: Claim, waiting: Waiting, fresh_id: str) -> Handover:
    """One that begins with this message."""
    short = hashlib.blake2b(fresh_id.encode(), digest_size=3).hexdigest()
    return Handover(short, waiting.person, claim.key, claim.conversation)


def begin(handover: Handover, claim: Claim, waiting: Waiting, words: str, settings: Settings) -> list[Statement]:
    """Part of the transaction that tells the person so."""
    said = [f"{_who(turn.role, waiting)}: {turn.text}" for turn in claim.past[-LAST_TURNS:]]
    if words:
        said.append(f"{_name(waiting)}: {words}")
    how = f"Reply to this message, or write /human {handover.id} and your words; /human {handover.id} done ends it."
    head = f"🙋 #{handover.id} {_name(waiting)} asks for a person ({claim.conversation.channel})."
    text = "\n\n".join([head, *map(_quoted, said), how])
    return [
        statement(
            "handover.open",
            id=handover.id,
            person=handover.person,
            conversation=handover.key,
            place=msgspec.json.encode(handover.place).decode(),
        ),
        statement("handover.hand", conversation=handover.key, id=handover.id),
        *queued(_source(handover.person, handover.id, waiting), chats_of_people(settings), text),
    ]


def forwarded(claim: Claim, waiting: Waiting, settings: Settings) -> list[Statement]:
    """What the person writes meanwhile, on its way to the people's chat."""
    text = f"💬 #{claim.handover} {_name(waiting)}:\n\n{_quoted(with_mentions(waiting.message))}"
    return queued(_source(waiting.person, claim.handover, waiting), chats_of_people(settings), text)


def answered(handover: Handover, waiting: Waiting, words: str) -> list[Statement]:
    """What somebody of the people's chat writes, on its way to the person."""
    place = handover.place
    where = Serves(place.channel, place.account, place.workspace, place.chat, thread=place.thread)
    return queued(_source(handover.person, handover.id, waiting), (where,), f"👤 {words}")


def end(handover: Handover, waiting: Waiting, words: str = "") -> list[Statement]:
    """The agent answers again; `words` tell the person so where they did not end it themselves."""
    return [
        statement("handover.take_back", id=handover.id),
        statement("handover.close", id=handover.id),
        *(answered(handover, waiting, words) if words else ()),
    ]


async def handover_of(database: Database, short: str) -> Handover | None:
    """The open one with this id. Raises StoreError."""
    rows = await database.read(statement("handover.find", id=short.casefold().lstrip("#")))
    if not rows:
        return None
    place = msgspec.json.decode(rows[0]["place"], type=Conversation)
    return Handover(rows[0]["id"], rows[0]["person"], rows[0]["conversation"], place)


def quoted_id(waiting: Waiting) -> str:
    """The handover that a reply in the people's chat belongs to; empty: it is no such reply."""
    found = _HEAD.match(waiting.message.quoted)
    return found["id"] if found else ""


def _source(person: int, handover: str, waiting: Waiting) -> str:
    return f"human/{person}/{handover}/{waiting.id}"


def _name(waiting: Waiting) -> str:
    name = " ".join(re.sub(r"[^\w .'-]", " ", waiting.message.sender.name).split())
    return name[:40] or "Somebody"


def _who(role: str, waiting: Waiting) -> str:
    return _name(waiting) if role == "user" else "The agent"


def _quoted(text: str) -> str:
    cut = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return "\n".join(f"> {line}" for line in cut.splitlines())
