"""Two charts of a report as PNG, to be read on a phone, on light and on dark backgrounds.

matplotlib takes up to a second to import, so it is imported only here, and only by a thread that draws.
"""

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from hub.reports.figures import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_PX, HEIGHT_PX, DPI = 1080, 810, 150
"""Upright phones are 1,080 pixels wide; platforms scale down what is larger."""
PADDING_IN = 0.2
"""Inches of paper around everything: dark apps round the corners of pictures."""
MOST_SERIES = 5
_INK, _PAPER, _GRID = "#1f2933", "#ffffff", "#d8dee6"
_COLOURS = ("#2f6fde", "#e4812f", "#2a9d6f", "#b04bb5", "#d1495b", "#7a8794")
"""Told apart by people with any kind of colour vision, and legible beside each other in grey."""


class Days(msgspec.Struct, frozen=True):
    """What was spent on each day, by agent: the dearest agents and the others together."""

    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    """Name and US dollars a day."""


class Bars(msgspec.Struct, frozen=True):
    """This span beside the one before, for each agent."""

    labels: tuple[str, ...]
    now: tuple[float, ...]
    before: tuple[float, ...]
    span: str


def days_of(figures: Figures, zone: ZoneInfo) -> Days:
    """Cost a day and agent, in the hub's zone."""
    agents = [line.label for line in figures.by["agent"]]
    named = agents[:MOST_SERIES] if len(agents) > MOST_SERIES + 1 else agents
    spent: dict[str, dict[str, int]] = {}
    day_ms = figures.span.start_ms
    while day_ms < figures.span.end_ms:
        spent.setdefault(_day(day_ms, zone), {})
        day_ms += 6 * 3_600_000  # no day is shorter, whatever the clock does
    for each in figures.quarters:
        of_day = spent.setdefault(_day(each.start_ms, zone), {})
        name = each.agent if each.agent in named else "others"
        of_day[name] = of_day.get(name, 0) + each.cost_nusd
    names = [*named, "others"] if len(named) < len(agents) else named
    series = tuple((name, tuple(of_day.get(name, 0) / 1e9 for of_day in spent.values())) for name in names)
    return Days(tuple(spent), series)


def bars_of(figures: Figures) -> Bars:
    """The dearest agents against the span before."""
    lines = figures.by["agent"][: MOST_SERIES + 1]
    return Bars(
        tuple(line.label for line in lines),
        tuple(line.now.cost_nusd / 1e9 for line in lines),
        tuple(line.before.cost_nusd / 1e9 for line in lines),
        str(figures.span.kind),
    )


def draw(days: Days, bars: Bars) -> tuple[bytes, bytes]:
    """Both charts. Takes a second or two: not for an event loop's own thread. Raises ImportError without the extra."""
    return _draw_days(days), _draw_bars(bars)


def _draw_days(days: Days) -> bytes:
    figure, axes = _canvas("Cost a day, USD")
    bottom = [0.0] * len(days.labels)
    for (name, values), colour in zip(days.series, _COLOURS, strict=False):
        axes.bar(days.labels, values, bottom=bottom, label=name, color=colour, width=0.72, edgecolor=_PAPER)
        bottom = [low + value for low, value in zip(bottom, values, strict=True)]
    _thin_out(axes, len(days.labels))
    if days.series:
        axes.legend(loc="upper left", bbox_to_anchor=(0, -0.1), ncols=2, frameon=False, fontsize=11, labelcolor=_INK)
    return _png(figure)


def _draw_bars(bars: Bars) -> bytes:
    figure, axes = _canvas(f"Cost by agent, USD, and the {bars.span} before")
    places = list(range(len(bars.labels)))[::-1]
    axes.barh([place + 0.2 for place in places], bars.now, height=0.38, color=_COLOURS[0], label=f"this {bars.span}")
    axes.barh([place - 0.2 for place in places], bars.before, height=0.38, color=_COLOURS[5], label="before")
    axes.set_yticks(places, bars.labels)
    axes.grid(visible=True, axis="x", color=_GRID)
    axes.grid(visible=False, axis="y")
    axes.legend(loc="upper left", bbox_to_anchor=(0, -0.1), ncols=2, frameon=False, fontsize=11, labelcolor=_INK)
    return _png(figure)


def _canvas(title: str) -> "tuple[Figure, Axes]":
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    padded = ConstrainedLayoutEngine(w_pad=PADDING_IN, h_pad=PADDING_IN)
    figure = Figure(figsize=(WIDTH_PX / DPI, HEIGHT_PX / DPI), dpi=DPI, facecolor=_PAPER, layout=padded)
    axes = figure.add_subplot(facecolor=_PAPER)
    axes.set_title(title, loc="left", fontsize=15, color=_INK, fontweight="bold", pad=14)
    axes.tick_params(labelsize=12, colors=_INK, length=0)
    axes.grid(visible=True, axis="y", color=_GRID)
    axes.set_axisbelow(True)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure, axes


def _thin_out(axes: "Axes", days: int) -> None:
    """A month has more days than a phone has room for names."""
    every = max(1, -(-days // 8))
    for place, label in enumerate(axes.get_xticklabels()):
        label.set_visible(place % every == 0)


def _png(figure: "Figure") -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=DPI, facecolor=_PAPER)
    return out.getvalue()


def _day(at_ms: int, zone: ZoneInfo) -> str:
    moment = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
    return f"{moment.day} {moment:%b}"
