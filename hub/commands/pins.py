"""/pin, /pins and /unpin: facts that every prompt of this conversation with this agent has, until they are taken away.

They are data for the model, never orders. /new keeps them.
"""

from hub import phrases
from hub.commands.command import Call, Told, command, place_of_sender
from hub.config.settings import Agent
from hub.context.background import pins_fit
from hub.context.compose import LEAST_FOR_MESSAGE, minimum_tokens
from hub.context.tokens import count
from hub.routing import memory_of, zone_of
from hub.store import Rows, statement

MOST = 20
LONGEST = 300
"""Characters of one."""
ALL = "all"


async def _pin(call: Call) -> Told:
    agent = call.agent
    if agent is None:
        return Told(call.words(phrases.NOT_SERVED))
    fact = " ".join((call.arguments or call.waiting.message.quoted).split())
    if not fact:
        return Told(call.words(phrases.PIN_HOW))
    if len(fact) > LONGEST:
        return Told(call.words(phrases.PIN_TOO_LONG, most=LONGEST))
    facts = await pinned(call, agent)
    if any(row["text"] == fact for row in facts):
        return Told(call.words(phrases.PINNED, fact=fact))
    room = agent.context.tokens - minimum_tokens(agent.prompt) + LEAST_FOR_MESSAGE
    if len(facts) >= MOST or not pins_fit([*(row["text"] for row in facts), fact], room, count):
        return Told(call.words(phrases.PINS_FULL))
    changes = (
        statement("background.pin", **_whose(call, agent), id=call.waiting.id, person=call.caller.person, text=fact),
        statement("background.noted", conversation=call.claim.key),
    )
    return Told(call.words(phrases.PINNED, fact=fact), changes)


async def _pins(call: Call) -> Told:
    facts = await pinned(call, call.agent) if call.agent else []
    if not facts:
        return Told(call.words(phrases.PINS_NONE))
    lines = [f"{place}. {row['text']}" for place, row in enumerate(facts, 1)]
    return Told("\n".join([*lines, "", call.words(phrases.PINS_HOW)]))


async def _unpin(call: Call) -> Told:
    agent = call.agent
    facts = await pinned(call, agent) if agent else []
    if agent is None or not facts:
        return Told(call.words(phrases.PINS_NONE))
    if call.arguments.casefold() == ALL:
        return Told(call.words(phrases.UNPINNED_ALL), (statement("background.unpin_all", **_whose(call, agent)),))
    word = call.arguments
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 4 else 0
    if not 0 < number <= len(facts):
        return Told(call.words(phrases.UNPIN_HOW, most=len(facts)))
    row = facts[number - 1]
    gone = statement("background.unpin", **_whose(call, agent), id=row["id"])
    return Told(call.words(phrases.UNPINNED, fact=row["text"]), (gone,))


async def pinned(call: Call, agent: Agent) -> Rows:
    """What is pinned here with this agent, by `id` and `text`, the oldest first. Raises StoreError."""
    return await call.database.read(statement("background.pins", **_whose(call, agent)))


def _whose(call: Call, agent: Agent) -> dict[str, str]:
    """What was said in one residency zone, and what was pinned, is read by nobody in another."""
    zone = zone_of(agent, place_of_sender(call.waiting, call.settings))
    return {"conversation": call.claim.key, "agent": memory_of(agent.name, zone)}


PIN = command("pin", "A fact that is kept in mind here, also after /new", _pin, arguments="the fact")
PINS = command("pins", "The facts that are kept in mind here", _pins)
UNPIN = command("unpin", "Let go of a pinned fact, by its number, or all", _unpin, arguments="number, or all")
