"""From a command as it was called to its answer: the one place where roles are checked."""

from collections.abc import Mapping
from difflib import get_close_matches

from hub import phrases
from hub.admission import Admission
from hub.commands.caller import ROLES, caller_of
from hub.commands.command import Call, Command, Told
from hub.commands.recognition import ALIASES, Invocation
from hub.commands.registry import REGISTRY
from hub.commands.trail import audited
from hub.config.settings import Settings
from hub.inbox import Claim, Waiting
from hub.steering import Steering
from hub.store import Database


async def answer_command(
    called: Invocation,
    claim: Claim,
    waiting: Waiting,
    database: Database,
    settings: Settings,
    *,
    now_ms: int,
    admission: Admission,
    steering: Steering,
    registry: Mapping[str, Command] = REGISTRY,
) -> Told:
    """The answer to a command, also to one that there is not or that the person may not use. Raises StoreError."""
    caller = caller_of(claim, waiting, settings)
    call = Call(
        arguments=called.arguments,
        caller=caller,
        claim=claim,
        waiting=waiting,
        settings=settings,
        database=database,
        now_ms=now_ms,
        admission=admission,
        commands=tuple(each.spec for each in registry.values() if caller.holds(each.spec.role)),
        steering=steering,
    )
    found = registry.get(called.name)
    if found is None:
        return Told(_unknown(called.name, call))
    needed = found.needed(call)
    if not any(caller.may(needed.role, agent) for agent in needed.agents):
        return Told(call.words(phrases.ROLE_MISSING, name=found.spec.name, role=needed.role))
    told = await found.run(call)
    return told if needed.role == ROLES[0] else audited(told, found.spec.name, call)


def _unknown(name: str, call: Call) -> str:
    own = {spec.name: spec.name for spec in call.commands}
    near = get_close_matches(name, {**own, **ALIASES}, n=1, cutoff=0.7)
    if near:
        return call.words(phrases.PERHAPS_COMMAND, name=name, near=ALIASES.get(near[0], near[0]))
    return call.words(phrases.UNKNOWN_COMMAND, name=name)
