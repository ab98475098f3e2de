"""A report as Markdown, which each channel renders in its own way."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from hub.money.amounts import format_tokens, format_usd
from hub.reports.advice import Proposal, Spike
from hub.reports.figures import BudgetLine, Figures, Latency, Line, Sums

MOST_LINES = 6
"""Of one table; the others are summed."""
NARROW = 36
"""Characters of fixed width in a line on a phone: wider tables come apart there."""
LEAST_LABEL, WELL_KNOWN = 8, 16
"""Characters of a label: never fewer, and so many that no column has to go for it."""
_TITLES = {
    "agent": "Agents",
    "model": "Models",
    "tier": "Tiers",
    "channel": "Channels",
    "region": "Regions",
    "kind": "Kinds of calls",
}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Report(msgspec.Struct, frozen=True):
    """What a report says, before it is put into words."""

    hub: str
    figures: Figures
    spikes: Sequence[tuple[Spike, str]]
    """With the likely cause in words."""
    unused: Sequence[str]
    proposals: Sequence[Proposal]
    names: Mapping[int, str]
    """What people call themselves, by the opaque number."""
    late: bool = False
    """It should have been sent long before."""


def written(report: Report, zone: ZoneInfo) -> str:
    """The whole report. Nothing in it is longer than a screen of a phone."""
    figures = report.figures
    parts = [
        _head(report, zone),
        _split("agent", figures),
        _answers(figures),
        *(_split(dimension, figures) for dimension in _TITLES if dimension != "agent"),
        _saved(figures),
        _budgets(figures.budgets, zone),
        _people(report),
        _quality(figures, zone),
        _look(report, zone),
        _proposals(report.proposals),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(report: Report, zone: ZoneInfo) -> str:
    figures, now = report.figures, report.figures.total.now
    lines = [f"# {_plain(report.hub)}: {span_name(figures, zone)}"]
    if report.late:
        lines += ["", "*This report is late: no hub was running when it was due.*"]
    if not now.calls:
        return "\n".join([*lines, "", "Nobody asked anything."])
    conversations = sum(figures.conversations.values())
    counts = f"{now.answers:,} messages, {conversations:,} conversations, {figures.people:,} people"
    change = _change(now.cost_nusd, figures.total.before.cost_nusd, figures)
    each = f"A message {_each(now, now.answers)}, a conversation {_each(now, conversations)}"
    lines += [
        "",
        f"**{format_usd(now.cost_nusd)}** {change}, {counts}.",
        f"{each}, a person {_each(now, figures.people)}.",
    ]
    if marked := _marked(figures.marked):
        lines.append(marked)
    return "\n".join(lines)


def span_name(figures: Figures, zone: ZoneInfo) -> str:
    """Like `week 2026-W47 (Mon 16 Nov to Sun 22 Nov)`."""
    first = _local(figures.span.start_ms, zone)
    last = _local(figures.span.end_ms - 1, zone)
    match str(figures.span.kind):
        case "day":
            return f"day {first:%Y-%m-%d} ({_WEEKDAYS[first.weekday()]})"
        case "week":
            return f"week {first:%G-W%V} ({_day(first)} to {_day(last)})"
        case _:
            return f"month {first:%Y-%m}"


def _split(dimension: str, figures: Figures) -> str:
    """What each cost; one that is alone says nothing that the head does not, unless it is the agents."""
    lines = figures.by[dimension]
    if not lines or (len(lines) < 2 and dimension != "agent"):
        return ""
    shown = [*lines[:MOST_LINES]]
    if rest := lines[MOST_LINES:]:
        label = f"{len(rest)} others"
        shown.append(Line(label, sum((r.now for r in rest), Sums()), sum((r.before for r in rest), Sums())))
    rows = [
        [
            line.label or ("the FAQ" if dimension == "model" else "none"),
            format_usd(line.now.cost_nusd),
            _change(line.now.cost_nusd, line.before.cost_nusd, figures, brief=True),
            _share(line.now, figures.total.now),
        ]
        for line in shown
    ]
    return _table(_TITLES[dimension], [dimension, "cost", "change", "share"], rows)


def _answers(figures: Figures) -> str:
    rows = [
        [line.label, f"{line.now.answers:,}", _seconds(figures.latency.get(line.label)), _liked(figures, line.label)]
        for line in figures.by["agent"][:MOST_LINES]
        if line.now.answers
    ]
    return _table("Answers", ["agent", "messages", "p95", "liked"], rows)


def _saved(figures: Figures) -> str:
    faq, again = figures.by_faq, figures.reused
    lines = []
    if faq.answers:
        share = 100 * faq.answers // figures.total.now.answers
        text = f"- The FAQ answered {faq.answers:,} messages ({share} %); models would have cost about "
        lines.append(f"{text}{format_usd(faq.cost_nusd)}.")
    if again.answers:
        share = 100 * again.answers // figures.total.now.answers
        text = f"- {again.answers:,} messages ({share} %) were given an earlier answer again; it had cost "
        lines.append(f"{text}{format_usd(again.saved_nusd)}.")
    return "\n".join(["## Saved", "", *lines]) if lines else ""


def _budgets(budgets: Sequence[BudgetLine], zone: ZoneInfo) -> str:
    lines = []
    for each in budgets:
        share = 100 * each.spent // each.limit if each.limit else 100
        at_this_pace = (
            f"used up on {_local(each.spent_at_ms, zone):%d %b %H:%M}"
            if each.spent_at_ms is not None
            else f"{_amount(each, each.at_end)} at its end"
        )
        amounts = f"{_amount(each, each.spent)} of {_amount(each, each.limit)}"
        lines.append(f"- {each.name}, {each.period}: {amounts} ({share} %); at this pace {at_this_pace}.")
    return "\n".join(["## Budgets", "", *lines]) if lines else ""


def _people(report: Report) -> str:
    figures = report.figures
    if figures.people < 2:
        return ""
    rows = [
        [
            _plain(report.names.get(each.person, "")) or f"person {each.person}",
            format_usd(each.cost_nusd),
            f"{100 * each.cost_nusd // figures.total.now.cost_nusd if figures.total.now.cost_nusd else 0} %",
        ]
        for each in figures.dearest
    ]
    return _table("Who spends most", ["person", "cost", "share"], rows)


def _quality(figures: Figures, zone: ZoneInfo) -> str:
    now = figures.total.now
    if not now.calls:
        return ""
    lines = ["## Quality", ""]
    if over := figures.latency.get(""):
        lines.append(
            f"- Answers took {over.p50_ms / 1000:.1f} s (half), {over.p95_ms / 1000:.1f} s (95 of 100), "
            f"{over.p99_ms / 1000:.1f} s (99 of 100)."
        )
    failed = f"- {100 * now.failed / now.calls:.1f} % of {now.calls:,} calls failed"
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in figures.errors[:4])
    lines.append(f"{failed}: {kinds}." if kinds else f"{failed}.")
    votes = [votes for (dimension, _), votes in figures.votes.items() if dimension == "agent"]
    if good_and_bad := sum(each.good + each.bad for each in votes):
        good = sum(each.good for each in votes)
        lines.append(f"- {100 * good // good_and_bad} % of {good_and_bad:,} votes were good{_judged(figures)}.")
    if busiest := _busiest(figures, zone):
        lines.append(f"- Busiest: {busiest}.")
    return "\n".join(lines)


def _judged(figures: Figures) -> str:
    """By model and region, where there are several."""
    found = [
        f"{label} {votes.percent_good} %"
        for dimension in ("model", "region")
        if len(named := {key[1]: votes for key, votes in sorted(figures.votes.items()) if key[0] == dimension}) > 1
        for label, votes in named.items()
    ]
    return f" ({', '.join(found[:MOST_LINES])})" if found else ""


def _busiest(figures: Figures, zone: ZoneInfo) -> str:
    """The three hours of the week (of the day, in a report on one) with the most calls, in the hub's zone."""
    hours: dict[tuple[int, int], int] = {}
    for each in figures.quarters:
        at = _local(each.start_ms, zone)
        hour = at.weekday(), at.hour
        hours[hour] = hours.get(hour, 0) + each.calls
    top = sorted(hours, key=lambda hour: (-hours[hour], hour))[:3]
    alone = str(figures.span.kind) == "day"
    return ", ".join(
        f"{'' if alone else f'{_WEEKDAYS[day]} '}{hour:02}:00 ({hours[day, hour]:,} calls)" for day, hour in top
    )


def _look(report: Report, zone: ZoneInfo) -> str:
    lines = [
        f"- {spike.agent} on {_day(at)} at {at:%H:%M}: {format_usd(spike.cost_nusd)} in an hour, "
        f"usually {format_usd(spike.usual_nusd)}; {cause}."
        for spike, cause in report.spikes
        for at in [_local(spike.start_ms, zone)]
    ]
    lines += [f"- {agent} is hardly used." for agent in report.unused]
    return "\n".join(["## Worth a look", "", *lines]) if lines else ""


def _proposals(proposals: Sequence[Proposal]) -> str:
    lines = [f"{number}. {each.text}" for number, each in enumerate(proposals, 1)]
    return "\n".join(["## Proposals", "", *lines]) if lines else ""


def _marked(marked: Mapping[str, int]) -> str:
    parts = [f"{format_usd(marked[name])} {name}" for name in ("estimated", "presumed", "overrun") if marked[name]]
    if marked["unpriced"]:
        parts.append(f"{marked['unpriced']:,} calls without a known price")
    return f"Of this: {', '.join(parts)}." if parts else ""


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Narrow enough for a phone: the last column goes where it must, then long labels are shortened."""
    if not rows:
        return ""
    if _width(heads, rows) > NARROW and len(heads) > 3 and _width(heads, rows) - NARROW > _spare(rows):
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    room = max(LEAST_LABEL, max(len(row[0]) for row in rows) - max(0, _width(heads, rows) - NARROW))
    rows = [[_shortened(row[0], room), *row[1:]] for row in rows]
    line = "| " + " | ".join("---" if place == 0 else "---:" for place in range(len(heads))) + " |"
    return "\n".join([f"## {title}", "", _row(heads), line, *map(_row, rows)])


def _width(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Characters of the table in columns of fixed width, two blanks between them."""
    columns = zip(heads, *rows, strict=True)
    return sum(max(map(len, column)) for column in columns) + 2 * (len(heads) - 1)


def _spare(rows: Sequence[Sequence[str]]) -> int:
    """Characters by which the labels can be shortened and still be told apart."""
    return max(0, max(len(row[0]) for row in rows) - WELL_KNOWN)


def _shortened(label: str, most: int) -> str:
    """With its beginning and its end, which tell models and agents apart."""
    if len(label) <= most:
        return label
    tail = (most - 1) // 3
    return f"{label[: most - 1 - tail]}…{label[len(label) - tail :]}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _change(now: int, before: int, figures: Figures, *, brief: bool = False) -> str:
    """Against the span before, in percent."""
    if not before:
        return "new" if brief else f"(nothing the {figures.span.kind} before)"
    percent = round(100 * (now - before) / before)
    change = f"{percent:+} %" if percent else "±0 %"
    return change if brief else f"({change} on the {figures.span.kind} before)"


def _share(part: Sums, whole: Sums) -> str:
    return f"{round(100 * part.cost_nusd / whole.cost_nusd) if whole.cost_nusd else 0} %"


def _each(sums: Sums, among: int) -> str:
    return format_usd(sums.cost_nusd // among) if among else "–"


def _liked(figures: Figures, agent: str) -> str:
    votes = figures.votes.get(("agent", agent))
    return f"{votes.percent_good} %" if votes else "–"


def _seconds(latency: Latency | None) -> str:
    return f"{latency.p95_ms / 1000:.1f} s" if latency else "–"


def _amount(budget: BudgetLine, amount: int) -> str:
    return format_usd(amount) if budget.unit == "nusd" else format_tokens(amount)


def _plain(name: str) -> str:
    """What somebody calls themselves, without anything that Markdown would take for its own."""
    kept = "".join(char for char in name if char.isprintable() and char not in "`*_~|[]<>#\\@")
    return " ".join(kept.split())[:40]


def _day(moment: datetime) -> str:
    return f"{_WEEKDAYS[moment.weekday()]} {moment.day} {moment:%b}"


def _local(at_ms: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
