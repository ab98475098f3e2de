"""/pause and /resume: an agent, or the whole hub, answers nobody for a while. Commands work all the same."""

from hub.commands.command import HUB, Call, Told, agents_and_hub, command, for_the_named, subject_of
from hub.steering import PAUSE, QUEUE, TELL, WHOLE_HUB
from hub.store import statement


async def _pause(call: Call) -> Told:
    agent, how = subject_of(call), (call.given[1:] or [TELL])[0].casefold()
    if problem := _unknown(call, agent):
        return Told(problem)
    if how not in (TELL, QUEUE):
        return Told("Write /pause AGENT, or /pause AGENT queue: messages then wait for /resume.")
    text = "its messages wait" if how == QUEUE else "people are told so"
    changes = call.steering.set(f"{PAUSE}/{agent}", how, call.caller.id)
    return Told(f"{agent or 'The whole hub'} is paused; {text}. /resume {agent or HUB} ends it.", tuple(changes))


async def _resume(call: Call) -> Told:
    agent = subject_of(call)
    if problem := _unknown(call, agent):
        return Told(problem)
    changes = (*call.steering.clear(f"{PAUSE}/{agent}"), statement("steering.wake"))
    return Told(f"{agent or 'The whole hub'} answers again.", changes)


def _unknown(call: Call, agent: str) -> str:
    if agent == WHOLE_HUB or agent in call.settings.agents:
        return ""
    return f"There is no such agent. Name one of {', '.join(sorted(call.settings.agents))}, or {HUB}."


PAUSE_COMMAND = command(
    "pause",
    "Let an agent, or the whole hub, answer nobody for a while",
    _pause,
    arguments="agent or hub",
    role="operator",
    values=agents_and_hub("operator"),
    needs=for_the_named,
)
RESUME = command(
    "resume",
    "Let an agent, or the whole hub, answer again",
    _resume,
    arguments="agent or hub",
    role="operator",
    values=agents_and_hub("operator"),
    needs=for_the_named,
)
