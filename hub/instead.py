"""What happens instead of an answer by a model: while an agent is paused, and while people answer in its stead."""

import msgspec

from hub import phrases
from hub.commands import recognize
from hub.config.settings import Agent
from hub.inbox import Claim, Waiting
from hub.steering import QUEUE
from hub.store import Statement


class Instead(msgspec.Struct, frozen=True):
    """One of: words for the person, a rest until things have changed, or an end without words."""

    words: str = ""
    rests: bool = False
    outcome: str = ""
    changes: tuple[Statement, ...] = ()


def instead_of_answering(claim: Claim, waiting: Waiting, agent: Agent | None) -> Instead | None:
    """None: the agent answers."""
    if agent is None or not agent.paused:
        return None
    # Behind a question that waits, a command would wait as well, /resume among them.
    waits = agent.paused == QUEUE and not any(recognize(each.message.text) for each in claim.waiting)
    return Instead(rests=True) if waits else Instead(phrases.PAUSED)
