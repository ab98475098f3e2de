"""/status, /alerts and /report: how the hub is, what is wrong, and what a day, week or month came to."""

from hub.commands.command import Call, Told, command, for_the_hub
from hub.commands.tables import fenced, moment
from hub.drift import drift
from hub.fleet_state import State, is_healthy, read_sights, span, states
from hub.money.amounts import format_tokens, format_usd
from hub.money.periods import Period, PeriodKind
from hub.reports.desk import report_id
from hub.reports.figures import GOOD_ENDS, BudgetLine, budget_line, budget_over
from hub.reports.making import words_of_report
from hub.reports.schedule import NoPeriod, named_period, newest_ended
from hub.store import statement

HOUR_MS = 3_600_000
NEAR_ITS_END = 0.8
"""Of a budget's limit."""
ERRORS_SHOWN = 5
DEPLOYMENTS_SHOWN = 20
_KINDS = tuple(str(kind) for kind in PeriodKind)


async def _status(call: Call) -> Told:
    (depth,) = await call.database.read(statement("inbox.depth"))
    (under_way,) = await call.database.read(statement("steering.under_way"))
    alerts = await call.database.read(statement("reports.alerts"))
    channels = await call.steering.reach()
    table = [[name, said[:60]] for name, said in sorted(channels.items())]
    table += [
        ["messages waiting", f"{depth['messages']:,}, in {depth['conversations']:,} conversations"],
        ["answers under way", f"{under_way['turns']:,}"],
        ["paused", ", ".join(name for name, each in call.settings.agents.items() if each.paused) or "nobody"],
        ["alerts open", f"{len(alerts)}: /alerts shows them" if alerts else "none"],
    ]
    lines = [*fenced(table), *await _deployments(call)]
    if processes := await call.steering.processes():
        lines += ["Processes:", *fenced(processes)]
    if errors := await _errors(call):
        lines += ["Errors of the last hour:", *fenced(errors, figures=1)]
    if near := await _near_their_end(call):
        lines += ["Budgets near their end:", *fenced(near, figures=1)]
    return Told("\n".join(lines))


async def _deployments(call: Call) -> list[str]:
    """How each deployment is, by all processes together, the sickest first; and what differs that should not."""
    sights = await read_sights(call.database)
    found = states(sights)
    if not found:
        return ["No process has shown its deployments yet."]
    shown = found[:DEPLOYMENTS_SHOWN]
    lines = [
        "Deployments: health, first word p50/p95, calls under way:",
        *fenced([_deployment(each) for each in shown]),
    ]
    if len(found) > len(shown):
        rest = sum(not is_healthy(each) for each in found[DEPLOYMENTS_SHOWN:])
        lines.append(f"and {len(found) - len(shown)} more, {rest or 'none'} of them unwell")
    lines += [f"- {each.deployment}: {each.why}" for each in shown if each.why]
    if differing := drift(sights, call.steering.written()):
        lines += ["What should be the same and is not:", *(f"- {each}" for each in differing)]
    return lines


def _deployment(state: State) -> list[str]:
    return [
        state.deployment,
        state.health,
        span(state.p50_s, state.p95_s) or "no calls yet",
        f"{state.under_way} of {state.places}",
    ]


async def _errors(call: Call) -> list[list[str]]:
    recent = await call.database.read(statement("reports.recent", since_ms=call.now_ms - HOUR_MS))
    bad = sorted((row for row in recent if row["outcome"] not in GOOD_ENDS), key=lambda row: -row["calls"])
    return [
        [row["agent"], row["region"], row["model"], row["outcome"], f"{row['calls']:,}"] for row in bad[:ERRORS_SHOWN]
    ]


async def _near_their_end(call: Call) -> list[list[str]]:
    rows = await call.database.read(statement("reports.budgets", at_ms=call.now_ms))
    near = [budget_line(row, call.now_ms) for row in rows if row["spent_amount"] >= NEAR_ITS_END * row["limit_amount"]]
    return [_budget(line, call) for line in near if budget_over(line, call.settings)]


def _budget(line: BudgetLine, call: Call) -> list[str]:
    shown = format_usd if line.unit == "nusd" else format_tokens
    ends = "" if line.spent_at_ms is None else f"gone {moment(line.spent_at_ms, call.settings.hub.timezone)}"
    return [line.name, line.period, ends, f"{shown(line.spent)} of {shown(line.limit)}"]


async def _alerts(call: Call) -> Told:
    rows = await call.database.read(statement("reports.alerts"))
    zone = call.settings.hub.timezone
    if not rows:
        nobody = "" if call.settings.alerts.to else " Nobody is told of any: set `to` under [alerts]."
        return Told(f"Nothing is wrong as far as I know.{nobody}")
    return Told("\n".join(f"- since {moment(row['since_ms'], zone)}: {row['text']}" for row in rows))


async def _report(call: Call) -> Told:
    span = _span(call)
    if span is None:
        return Told("Write /report day, week or month, or which one: 2026-11-20, 2026-W47, 2026-11.")
    rows = await call.database.read(statement("reports.text", id=report_id(span)))
    if rows and rows[0]["text"]:
        return Told(rows[0]["text"])
    if span.start_ms > call.now_ms:
        return Told(f"{call.given[-1]} has not begun yet: name one that has.")
    return Told(await words_of_report(call.database, call.settings, span, at_ms=call.now_ms))


def _span(call: Call) -> Period | None:
    """The newest of a kind that has ended, or the one that is named; None where the words name neither."""
    zone = call.settings.hub.timezone
    word = call.given[-1].casefold() if call.given else "week"
    if word in _KINDS:
        return newest_ended(PeriodKind(word), call.now_ms, zone)
    try:
        return named_period(word.upper(), zone)
    except NoPeriod:
        return None


STATUS = command(
    "status",
    "How the hub is: channels, queue, deployments, errors, alerts, budgets near their end",
    _status,
    role="viewer",
    needs=for_the_hub,
)
ALERTS = command("alerts", "What is wrong right now", _alerts, role="viewer", needs=for_the_hub)
REPORT = command(
    "report",
    "What a day, week or month came to",
    _report,
    arguments="day, week, month, or which",
    role="viewer",
    needs=for_the_hub,
    values=lambda _caller, _settings: _KINDS,
)
