"""How much of a region's traffic goes on to the next one as the region's health falls."""

from collections.abc import Sequence

OVERPROVISIONED = 1.4
"""Envoy's default: a region keeps all of its traffic until less than 1 / 1.4 = 71 % of it is well."""


def shares(health: Sequence[float]) -> list[float]:
    """What part of the traffic each region gets, nearest first; they sum up to one, or to zero where none is well.

    `health` is the share of each region that is well, 0 to 1. As Envoy's priority levels: each takes what it can
    carry, `min(1, 1.4 * health)`, of what those before it left; where all together cannot carry everything, in
    proportion to what they can.
    """
    can = [min(1.0, OVERPROVISIONED * each) for each in health]
    total = sum(can)
    if total <= 0.0:
        return [0.0] * len(can)
    if total < 1.0:
        return [each / total for each in can]
    left, found = 1.0, []
    for each in can:
        found.append(min(left, each))
        left = max(0.0, left - each)
    return found
