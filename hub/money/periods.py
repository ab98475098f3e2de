"""Calendar periods in a time zone: the day, week or month that a moment lies in, right across every clock change."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec


class PeriodKind(StrEnum):
    """How long a budget lasts."""

    DAY = "day"
    WEEK = "week"
    """From Monday (ISO 8601)."""
    MONTH = "month"


class Period(msgspec.Struct, frozen=True):
    """From `start_ms` until just before `end_ms`; periods of one kind and zone follow each other without a gap."""

    kind: PeriodKind
    start_ms: int
    end_ms: int
    label: str
    """Its first calendar day, like `2026-11-01`."""


def period(kind: PeriodKind, at_ms: int, zone: ZoneInfo) -> Period:
    """The period that a moment lies in.

    It is found by comparing moments, not calendar days: where the clock goes back over midnight the same
    calendar day comes twice, and only its first midnight starts a period.
    """
    first = _first_day(kind, datetime.fromtimestamp(at_ms // 1000, tz=zone).date())
    if at_ms >= midnight_ms(_next(kind, first), zone):
        first = _next(kind, first)
    return Period(kind, midnight_ms(first, zone), midnight_ms(_next(kind, first), zone), first.isoformat())


def midnight_ms(day: date, zone: ZoneInfo) -> int:
    """The first moment of a calendar day.

    00:00 where it exists; the moment the clock jumps to where it is left out; the earlier one where it comes twice.
    """
    local = datetime.combine(day, time(0), zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        moment = _jump(day, zone)
    return int(moment.timestamp()) * 1000


def _jump(day: date, zone: ZoneInfo) -> datetime:
    """When a day starts that has no 00:00: the first minute whose calendar day is `day` or later."""
    before = datetime.combine(day, time(0), zone).astimezone(UTC) - timedelta(days=1)
    low, high = 0, 3 * 24 * 60
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(minutes=middle)).astimezone(zone).date() < day:
            low = middle + 1
        else:
            high = middle
    return before + timedelta(minutes=low)


def _first_day(kind: PeriodKind, day: date) -> date:
    if kind is PeriodKind.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if kind is PeriodKind.WEEK else day


def _next(kind: PeriodKind, first: date) -> date:
    if kind is PeriodKind.MONTH:
        return (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first + timedelta(days=7 if kind is PeriodKind.WEEK else 1)
