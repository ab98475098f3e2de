"""Where is the sender, who serves the chat, and which deployment answers."""

from hub.routing.choose import (
    SOURCES,
    NoRegionInZone,
    Route,
    bound_region,
    choose,
    explain,
    home_region,
    memory_of,
    zone_of,
)
from hub.routing.directory import Directory, agent_for, directory_of
from hub.routing.fleet import Fleet, Visit
from hub.routing.geography import distance_km, on_the_globe, place_of
from hub.routing.localities import lot_of
from hub.routing.member import Member, Verdict
from hub.routing.remembered import NOTHING, combined, to_keep
from hub.routing.retry_budget import RetryBudget
from hub.routing.whereabouts import Whereabouts, whereabouts

__all__ = [
    "NOTHING",
    "SOURCES",
    "Directory",
    "Fleet",
    "Member",
    "NoRegionInZone",
    "RetryBudget",
    "Route",
    "Verdict",
    "Visit",
    "Whereabouts",
    "agent_for",
    "bound_region",
    "choose",
    "combined",
    "directory_of",
    "distance_km",
    "explain",
    "home_region",
    "lot_of",
    "memory_of",
    "on_the_globe",
    "place_of",
    "to_keep",
    "whereabouts",
    "zone_of",
]
