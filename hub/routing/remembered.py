"""Hints that do not come with every message: what is kept of them, and what is known together with those of now."""

import msgspec

from hub.messages import Hints
from hub.routing.geography import on_the_globe

NOTHING = Hints()
_DEGREES = 1
"""Decimal places: about ten kilometres. More decides nothing, and each step of a moving person would be written."""


def combined(kept: Hints, heard: Hints) -> Hints:
    """What is known of a person's place: what this message tells, and beside it what earlier ones told.

    A language tag replaces both tags of before: they are one setting of the person, with a territory or without.
    """
    if kept in (NOTHING, heard):
        return heard
    tags = heard if heard.locale or heard.language else kept
    return Hints(
        region=heard.region,
        location=heard.location or kept.location,
        time_zone=heard.time_zone or kept.time_zone,
        locale=tags.locale,
        workspace_locale=heard.workspace_locale,
        language=tags.language,
    )


def to_keep(known: Hints) -> Hints:
    """The part that is the person's own: not the choice, which is kept by itself, nor what a workspace is set to."""
    place = known.location if known.location and on_the_globe(*known.location) else None
    return msgspec.structs.replace(
        known,
        region="",
        workspace_locale="",
        location=(round(place[0], _DEGREES), round(place[1], _DEGREES)) if place else None,
    )
