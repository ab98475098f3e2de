"""Regions and an agent to route to, and a second, independent reading of tzdata to compare with."""

import math
from importlib import resources

from hub.config.settings import Agent, Budget, ContextSettings, Deployment, Region, Serves

Vector = tuple[float, float, float]

THREE = {
    region.name: region
    for region in (
        Region("us-west", "", 34.05, -118.24, "us"),
        Region("eu-west", "", 53.35, -6.26, "eu"),
        Region("ap-south", "", 1.35, 103.82, "sg"),
    )
}
TWELVE = THREE | {
    region.name: region
    for region in (
        Region("us-east", "", 39.04, -77.49, "us"),
        Region("ca-central", "", 45.5, -73.57, "ca"),
        Region("sa-east", "", -23.55, -46.63, "br"),
        Region("eu-central", "", 50.11, 8.68, "eu"),
        Region("af-south", "", -33.92, 18.42, "za"),
        Region("me-central", "", 25.2, 55.27, "ae"),
        Region("ap-west", "", 19.08, 72.88, "in"),
        Region("ap-northeast", "", 35.68, 139.69, "jp"),
        Region("ap-southeast", "", -33.87, 151.21, "au"),
    )
}


def agent_in(*regions: str, residency: str = "", default_zone: str = "", name: str = "support") -> Agent:
    """An agent with one deployment in each region."""
    return Agent(
        name=name,
        purpose="",
        prompt="",
        faq="",
        faq_first=False,
        serves=(Serves("telegram"),),
        offers=(),
        busy="queue",
        budget=Budget(),
        context=ContextSettings(),
        tiers={},
        residency=residency,
        default_zone=default_zone,
        deployments=tuple(Deployment(f"{name}-{region}", name, region, "openai") for region in regions),
    )


def zones_by_row() -> dict[str, tuple[str, Vector]]:
    """Country and place of every row of zone.tab, as a point on the unit sphere."""
    rows = (line.split("\t") for line in _text("zone.tab").splitlines() if not line.startswith("#"))
    return {zone: (country, _vector(position)) for country, position, zone, *_ in rows}


def links() -> dict[str, str]:
    """Name to target of every link."""
    rows = (line.split(" ") for line in _text("tzdata.zi").splitlines())
    return {row[2]: row[1] for row in rows if row[0] == "L"}


def nearest(point: Vector, regions: dict[str, Region]) -> list[str]:
    """Names of the regions by angle from the point, by vectors (routing itself uses haversines)."""
    return sorted(regions, key=lambda name: (angle(point, on_sphere(regions[name])), name))


def on_sphere(region: Region) -> Vector:
    return point(region.latitude, region.longitude)


def point(latitude: float, longitude: float) -> Vector:
    north, east = math.radians(latitude), math.radians(longitude)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def angle(one: Vector, other: Vector) -> float:
    """In radians; exact also for places close together or opposite."""
    (a, b, c), (x, y, z) = one, other
    cross = math.hypot(b * z - c * y, c * x - a * z, a * y - b * x)
    return math.atan2(cross, a * x + b * y + c * z)


def _vector(position: str) -> Vector:
    split = max(position.rfind("+"), position.rfind("-"))
    return point(_degrees(position[:split], 2), _degrees(position[split:], 3))


def _degrees(text: str, digits: int) -> float:
    sign = -1 if text[0] == "-" else 1
    whole, rest = text[1 : 1 + digits], text[1 + digits :]
    return sign * (int(whole) + int(rest[:2]) / 60 + int(rest[2:] or 0) / 3600)


def _text(file: str) -> str:
    return (resources.files("tzdata") / "zoneinfo" / file).read_text(encoding="utf-8")
