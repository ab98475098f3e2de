"""What was spent, summed from the ledger."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from hub.store import Database, Row, statement

QUARTER_MS = 900_000
"""Days begin at whole quarters of an hour in every time zone, so a sum of quarters is a sum of days in any of them."""


class CostsBy(StrEnum):
    """What the costs are split by."""

    AGENT = "agent"
    MODEL = "model"
    USER = "user"
    """By the opaque number of the person."""
    REGION = "region"
    KIND = "kind"
    """answer, retry, hedge, summary, embedding or classification."""
    DAY = "day"
    CHANNEL = "channel"


class Costs(msgspec.Struct, frozen=True):
    """A sum of ledger rows."""

    label: str
    calls: int
    input_tokens: int
    """With the cached ones."""
    cached_tokens: int
    output_tokens: int
    """With the reasoning ones."""
    reasoning_tokens: int
    cost_nusd: int
    estimated_nusd: int
    """So much of the cost is estimated: a stream ended before its usage came."""
    presumed_nusd: int
    """So much of the cost is presumed: its process died; late bills are taken off."""
    unpriced: int
    """Calls of models without a known price; they count nothing in the cost."""


async def costs(
    database: Database, by: CostsBy, since_ms: int, until_ms: int, zone: ZoneInfo, agent: str = ""
) -> list[Costs]:
    """The costs from `since_ms` until just before `until_ms`: days in their order, everything else dearest first.

    With `agent`, those of this one alone.
    Days are those of `zone`, also where the clock changes. Raises StoreError.
    """
    rows = await database.read(statement("money.costs", by=str(by), since_ms=since_ms, until_ms=until_ms, agent=agent))
    found = [_costs(row) for row in rows]
    if by is CostsBy.DAY:
        return _by_day(found, zone)
    return sorted(found, key=lambda each: (-each.cost_nusd, each.label))


def total(rows: Iterable[Costs], label: str = "total") -> Costs:
    """The sum of several."""
    sums = dict.fromkeys((name for name in Costs.__struct_fields__ if name != "label"), 0)
    for row in rows:
        for name in sums:
            sums[name] += getattr(row, name)
    return Costs(label=label, **sums)


def _by_day(quarters: list[Costs], zone: ZoneInfo) -> list[Costs]:
    days: dict[str, list[Costs]] = {}
    for quarter in sorted(quarters, key=lambda each: int(each.label)):
        begins_s = int(quarter.label) * QUARTER_MS // 1000
        day = datetime.fromtimestamp(begins_s, tz=zone).date().isoformat()
        days.setdefault(day, []).append(quarter)
    return [total(parts, day) for day, parts in days.items()]


def _costs(row: Row) -> Costs:
    return Costs(**{name: row[name] for name in Costs.__struct_fields__})
