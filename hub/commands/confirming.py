"""Asking first: what destroys something is done when the same person says so once more, in the same conversation."""

import hashlib

from hub.commands.command import Call
from hub.store import Statement, statement

GOOD_FOR_MS = 5 * 60_000
GOOD_FOR = "five minutes"
_WORDS = "amber basil cedar delta ember fjord grove heron ivory jade lemon maple olive pearl quartz river saffron tulip"


def ask_first(call: Call, name: str, about: str) -> tuple[str, Statement]:
    """The word that confirms, and its record; an earlier question of the same command gives way."""
    digest = hashlib.blake2b(call.steering.new_id().encode(), digest_size=8).digest()
    words = _WORDS.split()
    word = f"{words[digest[0] % len(words)]}{digest[1] % 90 + 10}"
    asked = statement("steering.ask_first", id=_key(call, name), word=word, arguments=about, lives_ms=GOOD_FOR_MS)
    return word, asked


async def confirmed(call: Call, name: str, about: str, word: str) -> Statement | None:
    """What uses up the word; None where it confirms nothing (any more). Raises StoreError."""
    rows = await call.database.read(statement("steering.asked", id=_key(call, name)))
    if not rows or (rows[0]["word"], rows[0]["arguments"]) != (word.casefold(), about):
        return None
    return statement("steering.confirmed", id=_key(call, name))


def _key(call: Call, name: str) -> str:
    """Of one person in one conversation, without naming either."""
    return hashlib.blake2b(f"{call.claim.key}\n{call.caller.id}\n{name}".encode(), digest_size=16).hexdigest()
