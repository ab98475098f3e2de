"""When a report is due: each period's once, whatever restarts, other processes and clocks do.

The truth is one row for each period. The first run of a hub marks the newest finished period as skipped, so that a new
hub does not report on the time before it; from then on every period that ended has its report, in order, late or not.
"""

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.config.settings import ReportSettings
from hub.errors import TrunklineError
from hub.money.periods import Period, PeriodKind, period

LATE_MS = 3_600_000
"""What comes an hour after its time says so."""

YEARS = (1971, 9999)
"""From the first to before the last: the calendar of Python ends there, and nothing was ever spent beyond."""


class NoPeriod(TrunklineError):
    """That names no day, week or month."""


def named_period(text: str, zone: ZoneInfo) -> Period:
    """The period of `2026-11-20`, `2026-W47` or `2026-11`. Raises NoPeriod."""
    for form, kind, tail in (
        ("%Y-%m-%d", PeriodKind.DAY, ""),
        ("%G-W%V-%u", PeriodKind.WEEK, "-1"),
        ("%Y-%m", PeriodKind.MONTH, ""),
    ):
        with suppress(ValueError):
            first = datetime.strptime(text + tail, form).replace(tzinfo=zone)
            if YEARS[0] <= first.year < YEARS[1]:
                return beginning(kind, first.date().isoformat(), zone)
    raise NoPeriod(f"{text!r} is no day, week or month; write it like 2026-11-20, 2026-W47 or 2026-11.")


def newest_ended(kind: PeriodKind, at_ms: int, zone: ZoneInfo) -> Period:
    """The last period of a kind that is over."""
    return period(kind, period(kind, at_ms, zone).start_ms - 1, zone)


def beginning(kind: PeriodKind, label: str, zone: ZoneInfo) -> Period:
    """The period whose first calendar day is `label`."""
    noon = datetime.combine(date.fromisoformat(label), time(12), zone)
    return period(kind, int(noon.timestamp() * 1000), zone)


def following(kind: PeriodKind, label: str, zone: ZoneInfo) -> Period:
    """The period after the one whose first calendar day is `label`."""
    return period(kind, beginning(kind, label, zone).end_ms, zone)


def due_ms(report: ReportSettings, span: Period, zone: ZoneInfo) -> int:
    """When the report on a period is due: at its hour, on its day after the period's end.

    Where the clock leaves that hour out, as long after the gap; where it comes twice, the first time.
    """
    ended = datetime.fromtimestamp(span.end_ms / 1000, UTC).astimezone(zone).date()
    match report.period:
        case "week":
            day = ended + timedelta(days=report.weekday)
        case "month":
            day = ended + timedelta(days=report.day - 1)
        case _:
            day = ended
    # In a gap Python reads the time with the offset before it, which lies as far behind the gap.
    return int(datetime.combine(day, time(report.hour, report.minute), zone).timestamp() * 1000)
