"""/help, /new, /stop, /why: the conversation itself."""

from hub import phrases
from hub.commands.command import Call, Told, command
from hub.commands.pins import pinned
from hub.routing import explain
from hub.store import statement

FRESH = "fresh"
ANSWERS_IN_REACH = 1_000
"""The newest ones of a conversation, among which /why looks for the asker's own."""


async def _help(call: Call) -> Told:
    lines = [f"/{spec.name} – {spec.translations.get(call.language, spec.help)}" for spec in call.commands]
    return Told("\n".join([call.words(phrases.GREETING, hub=call.settings.hub.name), "", *lines]))


async def _new(call: Call) -> Told:
    claim = call.claim
    begin = statement(
        "inbox.begin_context", conversation=claim.key, fence=claim.fence, position=call.waiting.position + 1
    )
    told = call.words(phrases.FRESH_START)
    if claim.noted and call.agent and await pinned(call, call.agent):
        told += f" {call.words(phrases.PINS_STAY)}"
    return Told(told, (begin,))


async def _stop(call: Call) -> Told:
    # What was being answered ended when the message was accepted.
    return Told(call.words(phrases.STOPPED))


async def _fresh(call: Call) -> Told:
    # With words, or after an answer, it is a question, which the turn asks anew.
    return Told(call.words(phrases.NOTHING_ANSWERED))


async def _why(call: Call) -> Told:
    rows = await call.database.read(
        statement(
            "reply.last_route",
            conversation=call.claim.key,
            person=call.caller.person,
            before=call.waiting.position,
            reach=ANSWERS_IN_REACH,
        )
    )
    return Told("\n".join(explain(rows[0]["route"])) if rows else call.words(phrases.NOTHING_ANSWERED))


HELP = command("help", "What I can do", _help)
NEW = command("new", "Begin anew: what was said before is no longer taken into account", _new)
FRESH_COMMAND = command(FRESH, "Ask anew: no earlier answer is given again", _fresh, arguments="your question")
STOP = command("stop", "End the answer that is being made", _stop)
WHY = command("why", "Which agent in which region answered last, and why", _why)
