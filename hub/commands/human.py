"""/human: a person asks for people; people answer in their own chat, and end it there."""

from hub import phrases
from hub.commands.command import Call, Told, command
from hub.commands.tables import fenced, moment
from hub.handover import (
    Handover,
    answered,
    begin,
    chats_of_people,
    end,
    handover_of,
    is_of_people,
    new_handover,
    quoted_id,
)
from hub.store import statement

DONE = "done"


async def _human(call: Call) -> Told:
    if is_of_people(call.claim.conversation, call.settings):
        return await _among_people(call)
    if call.claim.handover:
        if call.arguments.casefold() != DONE:
            return Told(call.words(phrases.HUMAN_ASKED))
        handover = await handover_of(call.database, call.claim.handover)
        return Told(call.words(phrases.HUMAN_OVER), tuple(end(handover, call.waiting) if handover else ()))
    if call.arguments.casefold() == DONE:
        return Told(call.words(phrases.HUMAN_OVER))
    if not chats_of_people(call.settings):
        return Told(call.words(phrases.HUMAN_NOBODY))
    handover = new_handover(call.claim, call.waiting, call.steering.new_id())
    changes = begin(handover, call.claim, call.waiting, call.arguments, call.settings)
    return Told(call.words(phrases.HUMAN_ASKED), tuple(changes))


async def _among_people(call: Call) -> Told:
    """In their own chat: `/human ID words`, `/human ID done`; in a reply to what was handed over, without the id."""
    if not call.given:
        return await _open(call)
    handover = await handover_of(call.database, quoted_id(call.waiting)) if quoted_id(call.waiting) else None
    words = call.arguments
    if handover is None:
        handover = await handover_of(call.database, call.given[0])
        words = call.arguments[len(call.given[0]) :].strip()
    if handover is None:
        return Told(f"Nobody waits under {call.given[0]!r}. /human shows who does.")
    return _to_person(call, handover, words)


def _to_person(call: Call, handover: Handover, words: str) -> Told:
    if not words:
        return Told(f"Write /human {handover.id} and your words, or /human {handover.id} {DONE}.")
    if words.casefold() == DONE:
        over = tuple(end(handover, call.waiting, phrases.HUMAN_OVER))
        return Told(f"#{handover.id} is over; the agent answers again.", over)
    return Told(f"On its way to #{handover.id}.", tuple(answered(handover, call.waiting, words)))


async def _open(call: Call) -> Told:
    rows = await call.database.read(statement("handover.all"))
    if not rows:
        return Told("Nobody waits for a person.")
    zone = call.settings.hub.timezone
    table = [[f"#{row['id']}", row["conversation"].partition("/")[0], moment(row["since_ms"], zone)] for row in rows]
    return Told("\n".join([*fenced(table), f"/human ID and your words answer; /human ID {DONE} ends it."]))


HUMAN = command("human", "Let a person answer; /human done brings me back", _human, arguments="your words")
