"""/agent: who answers in a chat, and who can be chosen for it."""

from hub import phrases
from hub.commands.caller import Caller
from hub.commands.command import Call, Told, command, place_of_sender
from hub.commands.region import move_home
from hub.config.settings import Agent, Settings
from hub.routing import agent_for, directory_of
from hub.store import statement

DEFAULT = "default"


async def _agent(call: Call) -> Told:
    here = directory_of(call.settings.agents).offered(call.claim.conversation)
    wish = call.arguments.casefold()
    if not here:
        return Told(call.words(phrases.NOT_SERVED))
    if not wish:
        return Told(_shown(call, here))
    if wish == DEFAULT:
        return _chosen(call, "", agent_for(call.claim.conversation, call.settings.agents))
    found = next((each for each in here if each.name == wish), None)
    if found is None:
        return Told(call.words(phrases.AGENT_UNKNOWN, names=", ".join(each.name for each in here)))
    return _chosen(call, found.name, found)


def _shown(call: Call, here: tuple[Agent, ...]) -> str:
    answering = call.agent
    lines = [_who(call, answering)]
    if len(here) > 1 or answering is None:
        lines += ["", *(f"{each.name} – {each.purpose}" if each.purpose else each.name for each in here)]
        lines += ["", call.words(phrases.AGENT_CHOICES)]
    return "\n".join(lines)


def _who(call: Call, agent: Agent | None) -> str:
    return call.words(phrases.AGENT_HERE, agent=agent.name) if agent else call.words(phrases.AGENT_NONE)


def _chosen(call: Call, choice: str, agent: Agent | None) -> Told:
    changes = [statement("people.choose_agent", conversation=call.claim.key, agent=choice)]
    where = place_of_sender(call.waiting, call.settings)
    changes.append(move_home(call.claim, where, call.settings, agent))
    if agent is None:
        return Told(call.words(phrases.AGENT_NONE), tuple(changes))
    return Told(call.words(phrases.AGENT_CHOSEN, agent=agent.name), tuple(changes))


def _values(caller: Caller, settings: Settings) -> list[str]:
    return [*(each.name for each in directory_of(settings.agents).offered(caller.conversation)), DEFAULT]


AGENT = command("agent", "Who answers in this chat, and who else can", _agent, arguments="agent", values=_values)
