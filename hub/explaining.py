"""`trunkline route`: who would answer somebody from a place, and why, by the settings alone."""

from collections.abc import Collection

from hub.config.settings import Agent, Settings
from hub.errors import TrunklineError
from hub.messages import Hints
from hub.routing import choose, explain, place_of, whereabouts


class NoSuchQuestion(TrunklineError):
    """The route that is asked for cannot be explained."""


def explained(settings: Settings, agent: str, place: str, down: Collection[str] = ()) -> list[str]:
    """The decision in sentences, as `/why` tells it.

    `place` is a region's name, a time zone, a country code or `lat,lon`; empty: somebody who tells nothing. `agent` may
    be empty where there is only one. `down` names deployments that are taken to be down. Raises NoSuchQuestion.
    """
    asked = _agent(settings, agent)
    names = {each.name for each in asked.deployments}
    if unknown := sorted(set(down) - names):
        raise NoSuchQuestion(f"{asked.name} has no deployment {unknown[0]}; it has {', '.join(sorted(names))}.")
    where = whereabouts(_hints(settings, place), "", settings.regions, settings.hub.default_region)
    route = choose(asked, where, settings.regions, healthy=lambda name: name not in down)
    return explain(route)


def _agent(settings: Settings, name: str) -> Agent:
    known = ", ".join(sorted(settings.agents))
    if not name and len(settings.agents) == 1:
        return next(iter(settings.agents.values()))
    if not name:
        raise NoSuchQuestion(f"Say which agent, with --agent: {known}.")
    if name not in settings.agents:
        raise NoSuchQuestion(f"There is no agent {name}; there are {known}.")
    return settings.agents[name]


def _hints(settings: Settings, place: str) -> Hints:
    if not place:
        return Hints()
    if place in settings.regions:
        return Hints(region=place)
    found = place_of(place)
    if found is None:
        raise NoSuchQuestion(
            f"{place} is no place: give a time zone like Asia/Tokyo, a country code like JP, lat,lon, or a region."
        )
    return Hints(time_zone=place) if "/" in place else Hints(location=found)
