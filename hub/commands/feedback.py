"""/feedback: words on the last answer, kept with it."""

from hub import phrases
from hub.commands.command import Call, Told, command
from hub.store import statement

LONGEST = 1_000
"""Characters that are kept."""


async def _feedback(call: Call) -> Told:
    if not call.arguments:
        return Told(call.words(phrases.FEEDBACK_HOW))
    rows = await call.database.read(
        statement("reply.last_answer", conversation=call.claim.key, before=call.waiting.position)
    )
    if not rows:
        return Told(call.words(phrases.NOTHING_ANSWERED))
    said = statement("reply.comment", reply=rows[0]["id"], person=call.caller.person, words=call.arguments[:LONGEST])
    return Told(call.words(phrases.FEEDBACK_KEPT), (said,))


FEEDBACK = command("feedback", "Say what you think of the last answer", _feedback, arguments="your words")
