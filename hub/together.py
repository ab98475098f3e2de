"""Which messages one answer is made for, and which get none."""

from hub.commands import recognize
from hub.config.settings import Agent
from hub.inbox import Claim, Waiting
from hub.people import shares_location


def unanswered(claim: Claim, waiting: Waiting, *, begun: bool) -> str:
    """Why the message gets no answer at all; empty where it does."""
    if not begun and replaced(claim, waiting):
        return "replaced"
    return "stopped" if not begun and waiting.position < claim.stop_position else ""


def replaced(claim: Claim, waiting: Waiting) -> bool:
    """Whether the person has edited the message since: the newer revision is answered instead."""
    message = waiting.message
    return waiting.replaced or any(
        later.message.platform_id == message.platform_id and later.message.revision > message.revision
        for later in claim.waiting
    )


def answered_together(claim: Claim, waiting: Waiting, agent: Agent) -> list[Waiting]:
    """The messages that one answer is made for: one, or with `busy = "collect"` all that came meanwhile."""
    if agent.busy != "collect" or waiting.message.alone:
        return [waiting]
    together = [waiting]
    for later in claim.waiting[1:]:
        if (
            recognize(later.message.text)
            or shares_location(later.message)
            or later.message.sender != waiting.message.sender
        ):
            break
        together.append(later)
    return together


def still_valid(claim: Claim, together: list[Waiting]) -> list[Waiting]:
    """Those that their authors have not taken back or replaced."""
    return [together[0], *(each for each in together[1:] if not (each.deleted or replaced(claim, each)))]
