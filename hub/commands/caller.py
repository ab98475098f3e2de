"""Who calls a command, and what they may."""

from collections.abc import Iterable, Mapping

import msgspec

from hub.config.settings import Settings
from hub.inbox import Claim, Waiting
from hub.messages import Conversation, Sender
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

    def holds(self, role: str) -> bool:
        """Whether the person has this role or a higher one for the hub or for any agent."""
        return any(self.may(role, each) for each in ("", *self.roles))

    def those(self, role: str, agents: Iterable[str]) -> list[str]:
        """Of these agents, the ones that the person has the role for."""
        return [each for each in agents if self.may(role, each)]


def caller_of(claim: Claim, waiting: Waiting, settings: Settings) -> Caller:
    """Whoever wrote the message, with the roles that the settings grant them."""
    return caller_in(claim.conversation, waiting.message.sender, settings, claim.agent, waiting.person)


def caller_in(
    conversation: Conversation, sender: Sender, settings: Settings, chosen: str = "", person: int = 0
) -> Caller:
    """Somebody in a conversation. Roles go by the platform's id alone, and no bot has any."""
    known = f"{conversation.channel}:{sender.id}"
    agent = agent_for(conversation, settings.agents, chosen)
    roles: dict[str, str] = {}
    for grant in settings.roles if not sender.bot else ():
        if grant.person == known:
            roles[grant.agent] = max(grant.role, roles.get(grant.agent, ROLES[0]), key=ROLES.index)
    return Caller(known, person, conversation, agent.name if agent else "", roles)
