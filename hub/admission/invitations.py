"""Invitations: an owner makes a code, whoever sends it is let in. Only a digest of a code is looked up."""

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence

from hub.messages import Conversation, Sender
from hub.store import Database, Statement, Undone, statement

LIVES_MS = 7 * 24 * 3600 * 1000
"""After that a code is good for nothing."""
MOST_USES = 1_000
TRIES_AN_HOUR = 5
"""Codes that one chat may try; a code is 80 bits of chance, so nobody guesses one even from many chats."""
HOUR_MS = 3_600_000

_CODE = re.compile(r"\s*(?:/|!hub\s+)(?:join|start)(?:@\w{1,64})?\s+(?P<code>[A-Za-z0-9]{4,64})\s*", re.I)


def new_code() -> str:
    """16 letters and digits, to be typed in upper or lower case; any platform takes them in a link."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


def code_in(text: str) -> str:
    """The code of `/join CODE` or `/start CODE` (what a link to a Telegram bot sends); empty where there is none."""
    found = _CODE.fullmatch(text[:200])
    return found["code"].lower() if found else ""


def make_invitation(conversation: Conversation, code: str, uses: int) -> Statement:
    """Makes a code good for the account of this conversation."""
    return statement(
        "admission.invite",
        id=_digest(conversation, code),
        lives_ms=LIVES_MS,
        uses=uses,
    )


async def is_guest(database: Database, conversation: Conversation, sender: Sender) -> bool:
    """Whether the sender has taken up an invitation to this account. Raises StoreError."""
    return bool(await database.read(statement("admission.guest", id=guest_id(conversation, sender))))


async def take_up(
    database: Database, conversation: Conversation, sender: Sender, code: str, guard: Sequence[Statement]
) -> bool | None:
    """Let the sender in if the code is good; None: too many were tried here. Raises StoreError, Undone by `guard`."""
    chat = chat_id(conversation)
    (tried,) = await database.run(statement("admission.try_code", id=chat, within_ms=HOUR_MS))
    if tried[0]["tries"] > TRIES_AN_HOUR:
        return None
    invitation = _digest(conversation, code)
    try:
        await database.run(
            *guard,
            statement("admission.use_invitation", id=invitation),
            statement("admission.let_in", id=guest_id(conversation, sender), invitation=invitation),
        )
    except Undone as undone:
        if undone.index < len(guard):
            raise
        return False
    return True


def guest_id(conversation: Conversation, sender: Sender) -> str:
    """Who is let in where: an invitation is good for one account."""
    return f"{conversation.channel}/{conversation.account}/{sender.id}"


def chat_id(conversation: Conversation) -> str:
    """A chat with all its threads."""
    return f"{conversation.channel}/{conversation.account}/{conversation.chat}"


def _digest(conversation: Conversation, code: str) -> str:
    named = f"{conversation.channel}/{conversation.account}/{code.lower()}"
    return hashlib.blake2b(named.encode(), digest_size=16).hexdigest()
