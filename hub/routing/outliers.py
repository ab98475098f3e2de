"""Outlier ejection: of deployments that should be alike, those that do much worse are left out for a while."""

from collections.abc import Sequence
from statistics import mean, median, pstdev

from hub.routing.member import Member

COMPARED_EVERY_S = 5.0
LEAST_CALLS = 10
"""Of a member since it was judged last, or it is not judged yet."""
STDEVS = 1.9
"""Below the pool's mean share of fine calls; Envoy's default …"""
LEAST_BELOW = 0.1
"""… and by so much at the least, since where all do alike the deviation is next to nothing."""
WORST_SHARE = 0.85
"""A member that does at least this well is no outlier, however well the others do."""
SLOWER = 4.0
LEAST_SLOW_S = 2.0
"""Slower to the first word than so many times the pool's median, and than so many seconds."""
EJECTED_S = 30.0
LONGEST_EJECTED_S = 300.0
"""It grows by the first with each ejection in a row, up to the second."""
MOST_EJECTED = 1 / 3
"""Of a pool at once, rounded down, but one where the pool has two or more: a fault of all is no fault of one."""


def eject(pool: Sequence[Member], now: float) -> list[Member]:
    """Compare the members of one agent by their calls since the last time; those that are left out from now on."""
    judged = [member for member in pool if member.fine + member.faults >= LEAST_CALLS and not member.breaker.open]
    room = room_in(pool, now)
    failing = _failing(judged)
    outliers = failing + [member for member in _slow(judged) if member not in failing]
    ejected = outliers[:room]
    for member in ejected:
        member.eject(now + min(EJECTED_S * (member.ejections + 1), LONGEST_EJECTED_S))
    for member in judged:
        if member not in ejected and now >= member.ejected_until:
            member.ejections = max(0, member.ejections - 1)
        member.forget_calls()
    return ejected


def room_in(pool: Sequence[Member], now: float) -> int:
    """How many more may be left out now."""
    return max(0, most_ejected(len(pool)) - sum(now < member.ejected_until for member in pool))


def most_ejected(size: int) -> int:
    """Of a pool of this size, at once."""
    return max(int(size * MOST_EJECTED), 1 if size > 1 else 0)


def _failing(judged: Sequence[Member]) -> list[Member]:
    """By their share of fine calls, the worst first."""
    if len(judged) < 2:
        return []
    share = {member.name: member.fine / (member.fine + member.faults) for member in judged}
    # Of so few, one alone can never be so many deviations off: there it is compared with the best.
    if len(judged) > 4:
        least = mean(share.values()) - max(STDEVS * pstdev(share.values()), LEAST_BELOW)
    else:
        least = max(share.values()) - (1 - WORST_SHARE)
    found = [member for member in judged if share[member.name] < min(least, WORST_SHARE)]
    return sorted(found, key=lambda member: share[member.name])


def _slow(judged: Sequence[Member]) -> list[Member]:
    """By their time to the first word, the slowest first."""
    took = {member.name: member.took_s / member.fine for member in judged if member.fine}
    if len(took) < 2:
        return []
    most = max(LEAST_SLOW_S, SLOWER * (median(took.values()) if len(took) > 2 else min(took.values())))
    return sorted((m for m in judged if took.get(m.name, 0.0) > most), key=lambda member: -took[member.name])
