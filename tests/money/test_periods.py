"""Periods across clock changes. The moments are written in UTC by hand."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.money.periods import PeriodKind, midnight_ms, period

pytestmark = pytest.mark.unit

HOUR_MS = 3_600_000


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("kind", "zone", "at", "start", "end", "label"),
    [
        # Berlin: months begin at 22:00 or 23:00 UTC of the day before
        ("month", "Europe/Berlin", "2026-11-30T22:59:59", "2026-10-31T23:00", "2026-11-30T23:00", "2026-11-01"),
        ("month", "Europe/Berlin", "2026-11-30T23:00:00", "2026-11-30T23:00", "2026-12-31T23:00", "2026-12-01"),
        # the month with the clock change ends by the new offset, both ways
        ("month", "Europe/Berlin", "2026-03-15T12:00", "2026-02-28T23:00", "2026-03-31T22:00", "2026-03-01"),
        ("month", "Europe/Berlin", "2026-10-15T12:00", "2026-09-30T22:00", "2026-10-31T23:00", "2026-10-01"),
        # a day of 23 hours and one of 25
        ("day", "Europe/Berlin", "2026-03-29T10:00", "2026-03-28T23:00", "2026-03-29T22:00", "2026-03-29"),
        ("day", "Europe/Berlin", "2026-10-25T10:00", "2026-10-24T22:00", "2026-10-25T23:00", "2026-10-25"),
        # the repeated hour, first and second time
        ("day", "America/New_York", "2026-11-01T05:30", "2026-11-01T04:00", "2026-11-02T05:00", "2026-11-01"),
        ("day", "America/New_York", "2026-11-01T06:30", "2026-11-01T04:00", "2026-11-02T05:00", "2026-11-01"),
        # leap day, and February of other years
        ("day", "Asia/Tokyo", "2028-02-29T00:00", "2028-02-28T15:00", "2028-02-29T15:00", "2028-02-29"),
        ("month", "Asia/Tokyo", "2028-02-10T00:00", "2028-01-31T15:00", "2028-02-29T15:00", "2028-02-01"),
        ("month", "Asia/Tokyo", "2027-02-10T00:00", "2027-01-31T15:00", "2027-02-28T15:00", "2027-02-01"),
        # over the year's end; a week from Monday
        ("month", "UTC", "2026-12-31T23:59:59", "2026-12-01T00:00", "2027-01-01T00:00", "2026-12-01"),
        ("week", "UTC", "2026-11-22T23:59:59", "2026-11-16T00:00", "2026-11-23T00:00", "2026-11-16"),
        ("week", "Europe/Berlin", "2026-03-29T21:59", "2026-03-22T23:00", "2026-03-29T22:00", "2026-03-23"),
        # Beirut leaves out the hour from midnight: the day starts at its 01:00
        ("day", "Asia/Beirut", "2026-03-29T05:00", "2026-03-28T22:00", "2026-03-29T21:00", "2026-03-29"),
        ("day", "Asia/Beirut", "2026-03-28T21:59:59", "2026-03-27T22:00", "2026-03-28T22:00", "2026-03-28"),
        # Santiago: the clock jumps at midnight in September, and falls back over midnight in April
        ("day", "America/Santiago", "2026-09-06T12:00", "2026-09-06T04:00", "2026-09-07T03:00", "2026-09-06"),
        ("day", "America/Santiago", "2026-04-05T03:30", "2026-04-04T03:00", "2026-04-05T04:00", "2026-04-04"),
        # a zone of three quarters of an hour
        ("day", "Asia/Kathmandu", "2026-11-21T18:14:59", "2026-11-20T18:15", "2026-11-21T18:15", "2026-11-21"),
        # Samoa left out the whole of 30 December 2011
        ("day", "Pacific/Apia", "2011-12-30T10:00", "2011-12-30T10:00", "2011-12-31T10:00", "2011-12-31"),
        ("day", "Pacific/Apia", "2011-12-30T09:59", "2011-12-29T10:00", "2011-12-30T10:00", "2011-12-29"),
        # St. John's fell back at 00:01 to 23:01 of the day before: one midnight counts, the first
        ("day", "America/St_Johns", "2008-11-02T02:31:30", "2008-11-02T02:30", "2008-11-03T03:30", "2008-11-02"),
        ("day", "America/St_Johns", "2008-11-02T02:29:59", "2008-11-01T02:30", "2008-11-02T02:30", "2008-11-01"),
    ],
)
def test_period(kind: str, zone: str, at: str, start: str, end: str, label: str) -> None:
    found = period(PeriodKind(kind), utc(at), ZoneInfo(zone))
    assert (found.start_ms, found.end_ms, found.label) == (utc(start), utc(end), label)


zones = st.sampled_from(
    ["Europe/Berlin", "America/Santiago", "Asia/Beirut", "America/Havana", "Australia/Lord_Howe", "Africa/Casablanca"]
)


@pytest.mark.property
@given(st.sampled_from(PeriodKind), st.integers(utc("2007-01-01"), utc("2037-01-01")), zones)
def test_every_moment_lies_in_one_period(kind: PeriodKind, at_ms: int, zone: str) -> None:
    place = ZoneInfo(zone)
    found = period(kind, at_ms, place)
    assert found.start_ms <= at_ms < found.end_ms
    assert period(kind, found.start_ms, place) == found
    assert period(kind, found.end_ms - 1, place) == found
    after = period(kind, found.end_ms, place)
    assert after.start_ms == found.end_ms
    assert after.label > found.label
    longest = {"day": 25, "week": 7 * 24 + 1, "month": 31 * 24 + 1}[kind]
    assert found.end_ms - found.start_ms <= longest * HOUR_MS


def test_days_start_on_quarter_hours_everywhere() -> None:
    """The costs of a day are summed from quarters of an hour."""
    for name in available_timezones() - {"Factory", "localtime"}:
        for month in range(12):
            day = datetime(2026, 1, 1, tzinfo=UTC).date() + timedelta(days=30 * month)
            assert midnight_ms(day, ZoneInfo(name)) % 900_000 == 0, name
