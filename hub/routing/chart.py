"""Where an agent's deployments stand, and in which order of distance anyone sees them."""

import math
from collections.abc import Mapping

import msgspec

from hub.config.settings import Agent, Deployment, Region
from hub.routing.whereabouts import Whereabouts

Vector = tuple[float, float, float]
REMEMBERED = 1024
"""Orders, each for one place: people of a time zone share theirs."""


class Stand(msgspec.Struct, frozen=True):
    """The deployments of an agent in one region."""

    region: Region
    deployments: tuple[Deployment, ...]


class Chart:
    """Of one agent."""

    def __init__(self, agent: Agent, regions: Mapping[str, Region]) -> None:
        self.agent, self.regions = agent, regions
        grouped: dict[str, list[Deployment]] = {}
        for deployment in agent.deployments:
            grouped.setdefault(deployment.region, []).append(deployment)
        self.lost = tuple(each for name, those in grouped.items() if name not in regions for each in those)
        """Deployments in regions that are not known."""
        stands = [Stand(regions[name], tuple(those)) for name, those in grouped.items() if name in regions]
        self._stands = [(_vector(each.region.latitude, each.region.longitude), each) for each in stands]
        self._orders: dict[tuple[float, float, str], tuple[Stand, ...]] = {}

    def nearest(self, where: Whereabouts) -> tuple[Stand, ...]:
        """All stands: first the region that was chosen by name, then by distance, those as far away by name."""
        place = (where.latitude, where.longitude, where.region)
        order = self._orders.get(place)
        if order is None:
            if len(self._orders) >= REMEMBERED:
                self._orders.clear()
            order = self._orders[place] = self._ordered(where)
        return order

    def _ordered(self, where: Whereabouts) -> tuple[Stand, ...]:
        x, y, z = _vector(where.latitude, where.longitude)
        chosen = where.region
        ranks = [
            # The square of the chord through the globe grows with the great circle, and costs no arcs.
            (stand.region.name != chosen, (a - x) ** 2 + (b - y) ** 2 + (c - z) ** 2, stand.region.name, index)
            for index, ((a, b, c), stand) in enumerate(self._stands)
        ]
        ranks.sort()
        return tuple(self._stands[index][1] for *_, index in ranks)


_charts: dict[str, Chart] = {}


def chart_of(agent: Agent, regions: Mapping[str, Region]) -> Chart:
    """The chart of an agent, drawn once for the same settings."""
    chart = _charts.get(agent.name)
    if chart is None or chart.agent is not agent or chart.regions is not regions:
        chart = _charts[agent.name] = Chart(agent, regions)
    return chart


def _vector(latitude: float, longitude: float) -> Vector:
    north, east = math.radians(latitude), math.radians(longitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)
