"""Alerts: what is wrong now, told once when it begins and once when it ends, each with the command that helps."""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime

import msgspec

from hub.backups import Overdue
from hub.clock import Clock
from hub.config.settings import Serves, Settings
from hub.money.amounts import format_tokens, format_usd
from hub.money.periods import PeriodKind, period
from hub.outgoing import queued
from hub.reports.figures import GOOD_ENDS, BudgetLine, budget_line, budget_over, latencies
from hub.store import Database, Row, Rows, Undone, statement

log = logging.getLogger(__name__)

WINDOW_MS = 900_000
"""Errors and times are those of the last quarter of an hour."""
ENOUGH_CALLS = 20
"""Fewer say nothing about a share or a percentile."""
REGION_CALLS = 5
QUIET_MS = 300_000
"""What was not seen for so long is over: something that comes and goes is one alert."""
DAYS_BEFORE = 7
HANDOVER = "human"
"""As the source of an outgoing text: words between a person and those who answer in the agent's stead."""
_DOWN = frozenset({"unreachable", "timed_out", "overloaded", "cut"})


class Wrong(msgspec.Struct, frozen=True):
    """One thing that is wrong now."""

    key: str
    """The same for as long as it lasts."""
    text: str
    """What, how much, and the command that helps."""


class Alerts:
    """Looks at the hub's own books; any number of processes may, each alert is told by one."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        database: Database,
        clock: Clock,
        overdue: Callable[[], Overdue | None] = lambda: None,
    ) -> None:
        """`overdue`: the backup that this process has not made and should have."""
        self._settings = settings
        self._database = database
        self._clock = clock
        self._overdue = overdue
        self._average: tuple[int, int] | None = None
        """Today's first moment, and what a day of the week before cost on average."""

    async def look(self) -> None:
        """Tell what began and what ended since the last look. Raises StoreError."""
        settings = self._settings()
        if not settings.alerts.to:
            return
        now_ms = self._clock.now_ms()
        for wrong in await self._wrong(settings, now_ms):
            await self._begin(wrong, settings)
        await self._end(settings, now_ms)

    async def _begin(self, wrong: Wrong, settings: Settings) -> None:
        """Told in the transaction that finds it new."""
        (known,) = await self._database.run(statement("reports.alert_seen", key=wrong.key, text=wrong.text))
        if known:
            return
        source = f"alert/{wrong.key}/{self._clock.now_ms()}"
        with suppress(Undone):  # another process found it first
            await self._database.run(
                statement("reports.alert_begins", key=wrong.key, text=wrong.text),
                *queued(source, settings.alerts.to, f"⚠️ {wrong.text}"),
            )
            log.warning("alert: %s", wrong.text)

    async def _end(self, settings: Settings, now_ms: int) -> None:
        for row in await self._database.read(statement("reports.alerts_quiet", seen_ms=now_ms - QUIET_MS)):
            lasted = max(1, (now_ms - QUIET_MS - row["since_ms"]) // 60_000)
            text = f"✅ Over after {lasted} min: {row['text']}"
            with suppress(Undone):  # another process told it
                await self._database.run(
                    statement("reports.alert_over", key=row["key"], since_ms=row["since_ms"]),
                    *queued(f"alert/{row['key']}/{row['since_ms']}/over", settings.alerts.to, text),
                )

    async def _wrong(self, settings: Settings, now_ms: int) -> list[Wrong]:
        window = {"since_ms": now_ms - WINDOW_MS}
        recent = await self._database.read(statement("reports.recent", **window))
        times = await self._database.read(statement("reports.latency", **window, until_ms=now_ms + 1))
        budgets = await self._database.read(statement("reports.budgets", at_ms=now_ms))
        (waiting,) = await self._database.read(statement("reports.waiting"))
        failed = await self._database.read(statement("outgoing.undelivered", since_ms=now_ms - 24 * 3_600_000))
        limits = settings.alerts
        return [
            *_failing(recent, limits.error_rate),
            *_slow(times, limits.p95_s),
            *_regions_down(recent),
            *_refused(recent),
            *_marked(recent),
            *_queue(waiting["messages"], limits.queue),
            *_budgets([budget_line(row, now_ms) for row in budgets], settings),
            *_undelivered(failed),
            *_not_backed_up(self._overdue(), settings),
            *await self._spending(settings, now_ms),
        ]

    async def _spending(self, settings: Settings, now_ms: int) -> list[Wrong]:
        """Today against the daily average of the week before; that average is looked up once a day."""
        today = period(PeriodKind.DAY, now_ms, settings.hub.timezone)
        if self._average is None or self._average[0] != today.start_ms:
            first = today.start_ms - DAYS_BEFORE * 24 * 3_600_000
            (before,) = await self._database.read(
                statement("reports.spent_between", since_ms=first, until_ms=today.start_ms)
            )
            self._average = (today.start_ms, before["cost_nusd"] // DAYS_BEFORE)
        usual = self._average[1]
        (spent,) = await self._database.read(
            statement("reports.spent_between", since_ms=today.start_ms, until_ms=today.end_ms)
        )
        cost: int = spent["cost_nusd"]
        if not usual or cost <= settings.alerts.spend_factor * usual:
            return []
        text = f"Today has cost {format_usd(cost)} so far; a day of the week before cost {format_usd(usual)}."
        return [Wrong(f"spend/{today.label}", f"{text} /costs shows where it goes.")]


def _failing(recent: Rows, most: float) -> Iterable[Wrong]:
    for agent in sorted({row["agent"] for row in recent}):
        calls = sum(row["calls"] for row in recent if row["agent"] == agent)
        bad = _counted(row for row in recent if row["agent"] == agent and row["outcome"] not in GOOD_ENDS)
        failed = sum(bad.values())
        if calls >= ENOUGH_CALLS and failed > most * calls:
            kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(bad.items(), key=lambda each: -each[1])[:3])
            text = f"{agent}: {100 * failed // calls} % of {calls} calls failed in a quarter of an hour ({kinds})."
            yield Wrong(f"errors/{agent}", f"{text} /fleet shows its deployments.")


def _counted(rows: Iterable[Row]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[row["outcome"]] = found.get(row["outcome"], 0) + row["calls"]
    return found


def _slow(times: Rows, most_s: float) -> Iterable[Wrong]:
    calls: dict[str, int] = {}
    for row in times:
        calls[row["agent"]] = calls.get(row["agent"], 0) + row["calls"]
    for agent, took in sorted(latencies(times).items()):
        if agent and calls[agent] >= ENOUGH_CALLS and took.p95_ms > most_s * 1000:
            text = f"{agent}: five of a hundred answers take longer than {took.p95_ms / 1000:.0f} s."
            yield Wrong(f"slow/{agent}", f"{text} /fleet shows its deployments.")


def _regions_down(recent: Rows) -> Iterable[Wrong]:
    for region in sorted({row["region"] for row in recent if row["region"]}):
        outcomes = _counted(row for row in recent if row["region"] == region)
        calls = sum(outcomes.values())
        if calls >= REGION_CALLS and set(outcomes) <= _DOWN:
            text = f"Region {region} is down: none of {calls} calls came to an answer."
            yield Wrong(f"region/{region}", f"{text} /status shows what is reached.")


def _refused(recent: Rows) -> Iterable[Wrong]:
    """One is enough: whose key is refused is left alone for minutes, so no share of many calls would tell."""
    told = {
        "unauthorized": "refuses the key: renew it",
        "missing": "has no such model or address: correct it in regions.toml",
    }
    for outcome, words in told.items():
        for agent, region in sorted({(row["agent"], row["region"]) for row in recent if row["outcome"] == outcome}):
            text = f"A deployment of {agent} in {region} {words}, then /reload; /status shows which."
            yield Wrong(f"{outcome}/{agent}/{region}", text)


def _marked(recent: Rows) -> Iterable[Wrong]:
    for mark, words in (
        ("unpriced", "has no known price, so its calls count as nothing; name it under [models], then /reload"),
        (
            "overrun",
            "was billed above what was held for it; its bound is wider from now on; /audit bills shows them",
        ),
    ):
        for model in sorted({row["model"] for row in recent if row["mark"] == mark}):
            yield Wrong(f"{mark}/{model}", f"The model {model} {words}.")


def _queue(messages: int, most: int) -> Iterable[Wrong]:
    if messages > most:
        yield Wrong("queue", f"{messages:,} messages wait for an answer. /status shows what they wait for.")


def _budgets(budgets: Iterable[BudgetLine], settings: Settings) -> Iterable[Wrong]:
    for each in budgets:
        amounts = f"{_amount(each, each.spent)} of {_amount(each, each.limit)}"
        soon = "" if each.spent_at_ms is None else f", gone on {_moment(each.spent_at_ms, settings)} at this pace"
        for share in _alert_at(each, settings):
            if each.limit and each.spent >= share * each.limit:
                state = f"{amounts}{soon}" if share < 1 else amounts
                text = f"{each.name}: {share * 100:.0f} % of the budget for the {each.period} is spent ({state})."
                yield Wrong(f"budget/{each.id}/{share:g}", f"{text} {_changes(each)}")


def _changes(each: BudgetLine) -> str:
    if each.scope == "workspace":
        return "`workspace` under [budgets] in regions.toml changes it, with /reload."
    return f"/budget {each.name} changes it."


def _alert_at(each: BudgetLine, settings: Settings) -> tuple[float, ...]:
    budget = budget_over(each, settings)
    return budget.alert_at if budget else ()


def _undelivered(failed: Rows) -> Iterable[Wrong]:
    for row in failed:
        if not row["source"].startswith("alert/"):  # or one chat that cannot be reached would ring for ever
            place = msgspec.json.decode(row["place"], type=Serves)
            state = "could not be sent to" if row["state"] == "failed" else "may not have arrived in"
            source, what, shown = _outgoing(row["source"])
            text = f"{what} {state} {place.channel} {place.chat} ({row['error'].removesuffix('.')})."
            yield Wrong(f"outgoing/{source}/{row['place']}", f"{text} {shown}")


def _outgoing(source: str) -> tuple[str, str, str]:
    """Of something that the hub said of its own accord: what is one alert, in words, and the command that helps."""
    kind, _, rest = source.partition("/")
    if kind != HANDOVER:
        return source, f"The {source.replace('/', ' ').removesuffix('.')}", "/report shows it."
    handover = rest.split("/")[1]
    return f"{kind}/{handover}", f"What was written in #{handover}", "/human, where people answer, shows who waits."


def _not_backed_up(overdue: Overdue | None, settings: Settings) -> Iterable[Wrong]:
    if overdue is None:
        return
    if overdue.error:
        what = f"Backups of the database fail: {overdue.error.removesuffix('.')}."
    else:
        what = f"A backup of the database was begun on {_time(overdue.since_ms, settings)} and has not ended."
    there = "no backup yet" if overdue.newest_ms is None else f"no backup since {_time(overdue.newest_ms, settings)}"
    helps = "It is tried again every minute; `trunkline db backup PATH` makes one elsewhere meanwhile."
    yield Wrong("backup", f"{what} There is {there}. {helps}")


def _amount(budget: BudgetLine, amount: int) -> str:
    return format_usd(amount) if budget.unit == "nusd" else format_tokens(amount)


def _moment(at_ms: int, settings: Settings) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(settings.hub.timezone):%Y-%m-%d}"


def _time(at_ms: int, settings: Settings) -> str:
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(settings.hub.timezone):%Y-%m-%d %H:%M}"
