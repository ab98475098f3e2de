"""/strong: one question for the agent's complex tier. With words behind it, it is that question and is answered so."""

from hub import phrases
from hub.commands.caller import Caller, caller_of
from hub.commands.command import Call, Told, command
from hub.commands.recognition import Invocation
from hub.config.settings import Agent, Settings
from hub.inbox import Claim, Waiting
from hub.routing import agent_for

NAME = "strong"
NOBODY = "nobody"


def may_ask_strong(called: Invocation, caller: Caller, agent: Agent | None) -> bool:
    """Whether this call is a question that the complex tier answers."""
    if called.name != NAME or not called.arguments or agent is None or "complex" not in agent.tiers:
        return False
    if agent.tiering is None:
        return True  # it answers everything
    return agent.tiering.strong != NOBODY and caller.may(agent.tiering.strong, agent.name)


def is_question(called: Invocation, claim: Claim, waiting: Waiting, settings: Settings) -> bool:
    """Whether what was called is no command to carry out but a question to answer."""
    if called.name != NAME:
        return False
    agent = agent_for(claim.conversation, settings.agents, claim.agent)
    return may_ask_strong(called, caller_of(claim, waiting, settings), agent)


async def _strong(call: Call) -> Told:
    agent = call.agent
    if agent is None:
        return Told(call.words(phrases.NOT_SERVED))
    if "complex" not in agent.tiers or (agent.tiering and agent.tiering.strong == NOBODY):
        return Told(call.words(phrases.STRONG_NONE))
    if not call.arguments:
        return Told(call.words(phrases.STRONG_HOW))
    # A question of somebody who may ask it does not come here.
    role = agent.tiering.strong if agent.tiering else ""
    return Told(call.words(phrases.ROLE_MISSING, name=NAME, role=role))


STRONG = command(NAME, "Ask the stronger model this one question", _strong, arguments="your question")
