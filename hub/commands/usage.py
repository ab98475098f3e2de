"""/usage: what a person's own messages came to. Nothing of anybody else."""

from hub import phrases
from hub.commands.command import Call, Told, command
from hub.commands.tables import fenced
from hub.money.amounts import format_usd
from hub.money.cached import cached
from hub.money.periods import PeriodKind, period
from hub.store import statement

_PERIODS = (
    (PeriodKind.DAY, phrases.USAGE_DAY),
    (PeriodKind.WEEK, phrases.USAGE_WEEK),
    (PeriodKind.MONTH, phrases.USAGE_MONTH),
)


async def _usage(call: Call) -> Told:
    zone = call.settings.hub.timezone
    starts = {kind: period(kind, call.now_ms, zone).start_ms for kind in PeriodKind}
    (row,) = await call.database.read(
        statement(
            "people.usage",
            person=call.caller.person,
            since_ms=min(starts.values()),
            **{f"{kind}_ms": start for kind, start in starts.items()},
        )
    )
    heads = (phrases.USAGE_MESSAGES, phrases.USAGE_TOKENS, phrases.USAGE_COST)
    table = [["", *map(call.words, heads)]]
    for kind, name in _PERIODS:
        messages, tokens, cost_nusd = (row[f"{kind}_{what}"] for what in ("messages", "tokens", "nusd"))
        table.append([call.words(name), f"{messages:,}", f"{tokens:,}", format_usd(cost_nusd)])
    lines = [call.words(phrases.USAGE_ZONE, zone=zone.key), "", *fenced(table, figures=3)]
    if row["uncertain_nusd"] > 0:
        lines.append(call.words(phrases.USAGE_UNCERTAIN, cost=format_usd(row["uncertain_nusd"])))
    from_cache = await cached(call.database, starts[PeriodKind.MONTH], person=call.caller.person)
    if from_cache.cached_tokens:
        lines.append(call.words(phrases.CACHED, **from_cache.values))
    if row["reused"]:
        saved = format_usd(row["saved_nusd"])
        lines.append(call.words(phrases.USAGE_REUSED, answers=f"{row['reused']:,}", saved=saved))
    if row["unpriced"]:
        lines.append(call.words(phrases.USAGE_UNPRICED, calls=f"{row['unpriced']:,}"))
    return Told("\n".join(lines))


USAGE = command("usage", "What your own messages came to: today, this week, this month", _usage)
