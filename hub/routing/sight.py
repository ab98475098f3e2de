"""What one process sees of its fleet at a moment, as it shows it to the others and to admins."""

from collections.abc import Mapping
from hashlib import blake2b

import msgspec

from hub.config.settings import Agent, Settings
from hub.routing.fleet import Fleet
from hub.routing.member import Member

HEALTHY = "healthy"
SICKEST = ("open", "half-open", "ejected", "stalled", "resting", "lacks a model", "full", "warming up", HEALTHY)
"""Every state of a deployment, the worst first."""


class Seen(msgspec.Struct, frozen=True):
    """One deployment."""

    deployment: str
    agent: str
    region: str
    api: str
    health: str
    """Of SICKEST."""
    why: str
    """Why it is left alone, in a sentence; empty where it is not."""
    under_way: int
    """Calls, those included that wait for their place."""
    places: int
    """Calls at once that it takes now, by what was found out; `most` by the settings."""
    most: int
    calls: int
    """That the percentiles are of: the last fine ones."""
    p50_s: float | None
    """To the first word."""
    p95_s: float | None
    answers_as: Mapping[str, str]
    """What the provider says answered, by the model that was asked."""


class Written(msgspec.Struct, frozen=True):
    """What the settings say of one agent, so that two processes can be compared."""

    agent: str
    prompt: str
    """A fingerprint of its prompt and its FAQ."""
    models: str
    limits: str
    deployments: str
    """A fingerprint of where they are reached, and how many calls each takes."""


class Sight(msgspec.Struct, frozen=True):
    """Of one process."""

    seen: tuple[Seen, ...]
    written: tuple[Written, ...]


def sight(fleet: Fleet, settings: Settings) -> Sight:
    """All deployments and agents as they are now."""
    now = fleet.now()
    return Sight(
        tuple(_seen(member, now) for member in fleet.members.values()),
        tuple(_written(agent) for agent in settings.agents.values()),
    )


def health(member: Member, now: float) -> str:
    """One of SICKEST."""
    if member.breaker.open:
        return "half-open" if member.breaker.half_open(now) else "open"
    if now < member.ejected_until:
        return "ejected"
    if member.stalled(now):
        return "stalled"
    if now < member.rests_until:
        return "resting"
    if any(member.lacks(model, now) for model in tuple(member.lacks_until)):
        return "lacks a model"
    if not member.has_room():
        return "full"
    return HEALTHY if member.warmth(now) == 1.0 else "warming up"


def _seen(member: Member, now: float) -> Seen:
    return Seen(
        deployment=member.name,
        agent=member.deployment.agent,
        region=member.deployment.region,
        api=member.deployment.api,
        health=health(member, now),
        why=member.obstacle(now),
        under_way=member.under_way,
        places=member.limit.whole,
        most=member.deployment.max_concurrency,
        calls=len(member.recent),
        p50_s=member.percentile_s(0.5),
        p95_s=member.percentile_s(0.95),
        answers_as=dict(member.answers_as),
    )


def _written(agent: Agent) -> Written:
    reached = [
        (each.name, each.region, each.api, each.url, each.max_concurrency, each.weight) for each in agent.deployments
    ]
    return Written(
        agent=agent.name,
        prompt=_fingerprint(agent.prompt, agent.faq),
        models=", ".join(f"{tier} {model}" for tier, model in sorted(agent.tiers.items())),
        limits=f"{agent.context.tokens} tokens, {agent.context.max_output} of output",
        deployments=_fingerprint(*map(str, sorted(reached))),
    )


def _fingerprint(*texts: str) -> str:
    found = blake2b(digest_size=4, person=b"trunkline-sight")
    for text in texts:
        found.update(b"%d:" % len(text) + text.encode())
    return found.hexdigest()
