"""Drift: what should be the same and is not, between the processes of a hub and between the deployments of an agent."""

from collections.abc import Iterable, Mapping, Sequence

from hub.agents.port import Model
from hub.config.settings import Settings
from hub.routing.sight import Sight

_WHAT = {"prompt": "prompt", "models": "models", "limits": "limits", "deployments": "deployments"}


def drift(sights: Sequence[Sight], settings: Settings) -> list[str]:
    """A line for each thing that differs; none where all is as it should be."""
    return [*between_processes(sights), *answered_otherwise(sights), *limited_otherwise(settings)]


def between_processes(sights: Sequence[Sight]) -> list[str]:
    """What the processes have in force of an agent: a reload reached some of them, or their files differ."""
    agents = sorted({each.agent for sight in sights for each in sight.written})
    lines = []
    for agent in agents:
        written = [each for sight in sights for each in sight.written if each.agent == agent]
        if len(written) < len(sights):
            lines.append(f"{agent}: {len(written)} of {len(sights)} processes have it; `trunkline reload` tells all")
        for field, words in _WHAT.items():
            found = _counted(getattr(each, field) for each in written)
            if len(found) > 1:
                shares = ", ".join(f"{number} with {value or 'none'}" for value, number in found.items())
                lines.append(
                    f"{agent}: not all processes have the same {words} ({shares}); `trunkline reload` tells all"
                )
    return lines


def answered_otherwise(sights: Iterable[Sight]) -> list[str]:
    """Deployments of one agent that were asked for one model and answer as several."""
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    for sight in sights:
        for seen in sight.seen:
            for asked, named in seen.answers_as.items():
                found.setdefault((seen.agent, asked), {}).setdefault(named, set()).add(seen.deployment)
    return [
        f"{agent}: asked for {asked}, {_shares({named: sorted(who) for named, who in by_name.items()}, 'answers as')}"
        for (agent, asked), by_name in sorted(found.items())
        if len(by_name) > 1
    ]


def limited_otherwise(settings: Settings) -> list[str]:
    """Deployments of one agent and API that take different numbers of calls at once."""
    lines = []
    for agent in settings.agents.values():
        for api in dict.fromkeys(each.api for each in agent.deployments):
            caps: dict[str, list[str]] = {}
            for each in agent.deployments:
                if each.api == api:
                    caps.setdefault(str(each.max_concurrency), []).append(each.name)
            if len(caps) > 1:
                lines.append(f"{agent.name}: max_concurrency differs: {_shares(caps, 'takes')}")
    return lines


def listed_otherwise(settings: Settings, lists: Mapping[str, Sequence[Model]]) -> list[str]:
    """Models of an agent that some of its deployments list and others do not, or that take more in one place.

    `lists` by deployment, of those that could be asked and named any. A model that nobody lists is no drift: a list
    need not have every name by which a model answers.
    """
    lines = []
    for agent in settings.agents.values():
        for model in dict.fromkeys(agent.tiers.values()):
            listed = {each.name: lists[each.name] for each in agent.deployments if lists.get(each.name)}
            having = {name: each for name, of in listed.items() for each in of if each.name == model}
            lacking = sorted(listed.keys() - having.keys())
            if having and lacking:
                lines.append(f"{agent.name}: {', '.join(sorted(having))} lists {model}, {', '.join(lacking)} does not")
            takes: dict[str, list[str]] = {}
            for name, each in having.items():
                if each.context:
                    takes.setdefault(f"{each.context:,} tokens", []).append(name)
            if len(takes) > 1:
                lines.append(f"{agent.name}: {model} is cut at different lengths: {_shares(takes, 'takes')}")
    return lines


def _shares(who: Mapping[str, Sequence[str]], verb: str) -> str:
    return "; ".join(f"{', '.join(names)} {verb} {value}" for value, names in sorted(who.items()))


def _counted(values: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for value in values:
        found[value] = found.get(value, 0) + 1
    return found
