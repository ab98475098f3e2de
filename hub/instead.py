"""What happens instead of an answer by a model: while an agent is paused, and while people answer in its stead."""

import msgspec

from hub import phrases
from hub.commands import recognize
from hub.config.settings import Agent, Settings
from hub.handover import answered, forwarded, handover_of, is_of_people, quoted_id
from hub.inbox import Claim, Waiting
from hub.steering import QUEUE
from hub.store import Database, Statement


class Instead(msgspec.Struct, frozen=True):
    """One of: words for the person, a rest until things have changed, or an end without words."""

    words: str = ""
    rests: bool = False
    outcome: str = ""
    changes: tuple[Statement, ...] = ()


async def instead_of_answering(
    claim: Claim, waiting: Waiting, agent: Agent | None, settings: Settings, database: Database
) -> Instead | None:
    """None: the agent answers. Asks the store only about a reply in the chat of the people. Raises StoreError."""
    if claim.handover:
        return Instead(outcome="handed over", changes=tuple(forwarded(claim, waiting, settings)))
    reply_to = quoted_id(waiting) if is_of_people(claim.conversation, settings) else ""
    if reply_to:
        handover = await handover_of(database, reply_to)
        if handover is None:
            return Instead(f"Nobody waits under #{reply_to} any more.")
        changes = answered(handover, waiting, waiting.message.text)
        return Instead(outcome="handed over", changes=tuple(changes))
    if agent is None or not agent.paused:
        return None
    # Behind a question that waits, a command would wait as well, /resume among them.
    waits = agent.paused == QUEUE and not any(recognize(each.message.text) for each in claim.waiting)
    return Instead(rests=True) if waits else Instead(phrases.PAUSED)
