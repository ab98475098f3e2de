"""Who calls a command, and what they may."""

from collections.abc import Mapping

import msgspec

from hub.config.settings import Settings
from hub.inbox import Claim, Waiting
from hub.messages import Conversation
from hub.routing import agent_for

ROLES = ("everyone", "viewer", "operator", "owner")
"""Each may do what those before it may."""
WHOLE_HUB = ""


class Caller(msgspec.Struct, frozen=True):
    """The person behind one call of a command."""

    id: str
    """`channel:platform id`, as [hub] admins names people; never by name."""
    person: int
    """The opaque number."""
    conversation: Conversation
    agent: str
    """The agent that answers in the conversation, which roles for single agents are looked up by; empty: none."""
    roles: Mapping[str, str]
    """Role by name of the agent that it was granted for; WHOLE_HUB for all of them."""

    def may(self, role: str, agent: str | None = None) -> bool:
        """Whether the person has this role or a higher one, for the agent named; None: for the one answering here."""
        granted = (self.roles.get(WHOLE_HUB), self.roles.get(self.agent if agent is None else agent))
        return max(ROLES.index(each or ROLES[0]) for each in granted) >= ROLES.index(role)


def caller_of(claim: Claim, waiting: Waiting, settings: Settings) -> Caller:
    """Whoever wrote the message, with the roles that the settings grant them."""
    person = f"{claim.conversation.channel}:{waiting.message.sender.id}"
    agent = agent_for(claim.conversation, settings.agents, claim.agent)
    return Caller(
        id=person,
        person=waiting.person,
        conversation=claim.conversation,
        agent=agent.name if agent else "",
        roles={WHOLE_HUB: "owner"} if person in settings.hub.admins else {},
    )
