"""Where is the sender, who serves the chat, and which deployment answers."""

from hub.routing.choose import NoRegionInZone, Route, choose, explain, home_region, zone_of
from hub.routing.directory import Directory, agent_for, directory_of
from hub.routing.geography import distance_km, place_of
from hub.routing.whereabouts import Whereabouts, whereabouts

__all__ = [
    "Directory",
    "NoRegionInZone",
    "Route",
    "Whereabouts",
    "agent_for",
    "choose",
    "directory_of",
    "distance_km",
    "explain",
    "home_region",
    "place_of",
    "whereabouts",
    "zone_of",
]
