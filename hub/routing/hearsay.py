"""What the processes of a hub tell each other of deployments: whom they leave alone, and until when.

Only that travels, not every call: each process goes on learning from its own calls, and what it saw itself goes before
what it is told, since the path from another machine to a deployment may be broken where its own is not.
"""

from collections.abc import Iterable

import msgspec

from hub.routing.fleet import Fleet
from hub.routing.member import Member

OPEN, EJECTED = "open", "ejected"
FRESH_S = 5.0
"""A call that went well so lately proves more than what another process says."""


class News(msgspec.Struct, frozen=True):
    """Of one deployment, from one process."""

    deployment: str
    state: str
    """OPEN: its breaker; EJECTED: it does worse than its like."""
    left_s: float
    """Until it is tried again; below zero where that is over, and nobody has said yet that it is well."""
    why: str = ""
    """Of a breaker: the kind of the fault."""


def own_news(fleet: Fleet) -> dict[str, News]:
    """What this process found out itself, by deployment."""
    now = fleet.now()
    found = (_of(member, now) for member in fleet.members.values())
    return {news.deployment: news for news in found if news}


def _of(member: Member, now: float) -> News | None:
    breaker = member.breaker
    if breaker.open and not breaker.hearsay:
        return News(member.name, OPEN, breaker.open_until - now, breaker.why)
    if now < member.ejected_until and member.ejected_until != member.told_until:
        return News(member.name, EJECTED, member.ejected_until - now)
    return None


def heed(fleet: Fleet, news: Iterable[News]) -> None:
    """Go by all that the other processes say now.

    Whose breaker is open elsewhere is left alone here for as long, and then tried here; where the others call it well
    before, its traffic comes back little by little. Whoever answered here within five seconds is left alone by nobody's
    word but this process's own.
    """
    now = fleet.now()
    openings: dict[str, News] = {}
    for each in news:
        before = openings.get(each.deployment)
        if each.state == OPEN and (before is None or each.left_s > before.left_s):
            openings[each.deployment] = each
        elif each.state == EJECTED:
            _eject(fleet, each, now)
    for name, member in fleet.members.items():
        opening, breaker = openings.get(name), member.breaker
        if opening is None and breaker.hearsay:
            breaker.close()
            member.come_back(now)
        elif opening and opening.left_s > 0 and now - member.fine_at > FRESH_S:
            breaker.told(now + opening.left_s, opening.why)


def _eject(fleet: Fleet, news: News, now: float) -> None:
    member = fleet.members.get(news.deployment)
    if member and news.left_s > 0 and now >= member.ejected_until and fleet.may_eject(member, now):
        member.leave_out(now + news.left_s)
