"""What happens instead of an answer by a model: while an agent is paused, and while people answer in its stead."""

import msgspec

from hub import phrases
from hub.commands import recognize
from hub.config.settings import Agent, Settings
from hub.handover import answered, chats_of_people, forwarded, handover_of, is_of_people, quoted_id
from hub.inbox import Claim, Waiting
from hub.steering import QUEUE
from hub.store import Database, Statement

SHORTEST_REST_MS = 20_000
LONGEST_REST_MS = 120_000
"""Each look is two transactions: ten thousand that wait are 500 looks a second with the shortest, 83 with this."""


class Instead(msgspec.Struct, frozen=True):
    """One of: words for the person, a rest until things have changed, or an end without words."""

    words: str = ""
    rests: bool = False
    outcome: str = ""
    changes: tuple[Statement, ...] = ()

    def rest_ms(self, waited_ms: int) -> int:
        """Until the next look whether things have changed: the longer a question has waited, the longer."""
        return min(max(waited_ms // 4, SHORTEST_REST_MS), LONGEST_REST_MS)


async def instead_of_answering(
    claim: Claim, waiting: Waiting, agent: Agent | None, settings: Settings, database: Database
) -> Instead | None:
    """None: the agent answers. Asks the store only about a reply in the chat of the people. Raises StoreError."""
    if claim.handover and chats_of_people(settings):  # since it began, the settings may have lost their chat
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
