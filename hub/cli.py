"""`trunkline …`: run the hub, check and reload its settings, look at costs and at the fleet."""

import os
import signal
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from hub import database_cli
from hub.accounts import make_link
from hub.app import look_in
from hub.app import run as run_hub
from hub.clock import SystemClock
from hub.context.meaning import recalled_by
from hub.explaining import explained
from hub.hygiene import prompt_lines, prompts_text
from hub.money.costs import CostsBy
from hub.money.costs import costs as sum_costs
from hub.money.fleet import fleet as sum_fleet
from hub.money.listing import costs_csv, costs_json, costs_table, fleet_table
from hub.money.periods import PeriodKind, period
from hub.planning import plan_text, read_ledger
from hub.probing import probe
from hub.processes import Role
from hub.processes.joining import Part
from hub.reports.desk import write as write_report
from hub.reports.making import make as make_report
from hub.reports.schedule import named_period, newest_ended
from hub.standing import found
from hub.store import statement
from hub.terminal import DEFAULT_CONFIG, ConfigOption, environment_for
from hub.terminal import awaited as _awaited
from hub.terminal import fail as _fail
from hub.terminal import settings_of as _settings
from hub.terminal import told as _told
from hub.watch.logs import LogFormat, log_to_stderr

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(
    help="A chat-channel bot hub with regional routing, hard budgets and a cost ledger.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(database_cli.app, name="db")


def main() -> None:
    """The console script."""
    app()


@app.command()
def run(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    verbose: bool = False,
    log_format: Annotated[LogFormat, typer.Option(help="Lines for people, or JSON for machines.")] = LogFormat.TEXT,
    role: Annotated[Role, typer.Option(help="Of several on one PostgreSQL: what this process does.")] = Role.ALL,
    region: Annotated[str, typer.Option(help="Where it stands: it answers what comes from there.")] = "",
    listen: Annotated[
        str | None, typer.Option(help="HOST:PORT of its HTTP server instead of the one in regions.toml; '': none.")
    ] = None,
) -> None:
    """Serve until SIGTERM; SIGHUP reads the settings anew."""
    log_to_stderr(log_format, verbose=verbose)
    part = Part(role, region, listen)
    _told(lambda: _awaited(run_hub(config, environment_for(config), part=part)))


@app.command()
def check(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    live: Annotated[bool, typer.Option("--live", help="Also ask every deployment and platform.")] = False,
) -> None:
    """Print what is wrong in the settings, all of it; with --live also what does not answer."""
    settings = _told(lambda: _settings(config))
    for notice in settings.notices:
        typer.echo(notice)
    if live and not _told(lambda: _awaited(probe(settings, typer.echo))):
        raise typer.Exit(1)
    typer.echo(recalled_by())
    typer.echo(f"{config.name} is right. Agents: {len(settings.agents)}. Channels: {len(settings.channels)}.")


@app.command()
def reload(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Have the running hub read its settings anew: applied whole, or refused whole."""
    _told(lambda: _settings(config))
    told = 0
    for process in found(config.parent):
        with suppress(OSError):  # it was killed and left its file
            os.kill(process, signal.SIGHUP)
            told += 1
    if not told:
        _fail("No hub is running on these settings. Start it with `trunkline run`.")
    typer.echo("The running hub was told; its log says what came of it.")


class Format(StrEnum):
    """How tables are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How the figures are printed.")]


@app.command()
def costs(
    config: ConfigOption = DEFAULT_CONFIG,
    by: Annotated[CostsBy, typer.Option(help="What they are summed by.")] = CostsBy.AGENT,
    since: Annotated[str, typer.Option(help="From this day or time on, like 2026-11-20; this month's start.")] = "",
    until: Annotated[str, typer.Option(help="Up to this day or time, like 2026-11-20T09:30; now.")] = "",
    style: FormatOption = Format.TABLE,
) -> None:
    """What was spent: calls, tokens and money, summed from the ledger."""
    settings = _told(lambda: _settings(config))
    zone = settings.hub.timezone
    now_ms = SystemClock().now_ms()
    since_ms = _ms("--since", since, zone) if since else period(PeriodKind.MONTH, now_ms, zone).start_ms
    until_ms = _ms("--until", until, zone) if until else now_ms + 1
    if since_ms >= until_ms:
        _fail("--since must be before --until, which is now where it is left out; without --since, this month counts.")
    rows = _told(lambda: _awaited(look_in(settings, lambda db: sum_costs(db, by, since_ms, until_ms, zone))))
    match style:
        case Format.TABLE:
            _show(costs_table(rows, by))
        case Format.JSON:
            typer.echo(costs_json(rows, by))
        case Format.CSV:
            typer.echo(costs_csv(rows, by), nl=False)


@app.command()
def fleet(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Every agent: what it is for, its models, regions and channels, its budget and what is spent."""
    settings = _told(lambda: _settings(config))
    now_ms = SystemClock().now_ms()
    rows = _told(lambda: _awaited(look_in(settings, lambda db: sum_fleet(db, settings, now_ms))))
    _show(fleet_table(rows))


@app.command()
def route(
    config: ConfigOption = DEFAULT_CONFIG,
    place: Annotated[str, typer.Option("--from", help="A time zone, a country code, lat,lon or a region.")] = "",
    agent: Annotated[str, typer.Option(help="Whom they write to; not needed where there is one.")] = "",
    down: Annotated[list[str] | None, typer.Option(help="A deployment that is taken to be down; repeatable.")] = None,
) -> None:
    """Who would answer somebody from a place, and why; by the settings, whatever is up or down now."""
    settings = _told(lambda: _settings(config))
    for line in _told(lambda: explained(settings, agent, place, down or ())):
        typer.echo(line)


@app.command()
def plan(
    config: ConfigOption = DEFAULT_CONFIG,
    messages_per_minute: Annotated[float, typer.Option(min=0.001, max=1e9, help="The load to plan for.")] = 1000.0,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days of the ledger to go by.")] = 28,
) -> None:
    """How many deployments a load needs, where, and at what cost a month, with the arithmetic shown."""
    settings = _told(lambda: _settings(config))
    now_ms = SystemClock().now_ms()
    ledger = _told(lambda: _awaited(look_in(settings, lambda db: read_ledger(db, now_ms, days))))
    typer.echo(plan_text(ledger, messages_per_minute, settings), nl=False)


@app.command()
def prompts(
    config: ConfigOption = DEFAULT_CONFIG,
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days of the ledger to go by.")] = 28,
) -> None:
    """What each prompt weighs and costs, and what in it is repeated or bloated."""
    settings = _told(lambda: _settings(config))
    now_ms = SystemClock().now_ms()
    lines = _told(lambda: _awaited(look_in(settings, lambda db: prompt_lines(db, settings, now_ms, days))))
    typer.echo(prompts_text(lines, days), nl=False)


@app.command()
def report(
    config: ConfigOption = DEFAULT_CONFIG,
    day: Annotated[str, typer.Option(help="Like 2026-11-20.")] = "",
    week: Annotated[str, typer.Option(help="Like 2026-W47; without any, the last week that is over.")] = "",
    month: Annotated[str, typer.Option(help="Like 2026-11.")] = "",
    out: Annotated[Path | None, typer.Option(help="A folder for its text, charts and table.")] = None,
) -> None:
    """The report on a day, a week or a month: what was spent, for what and for whom."""
    settings = _told(lambda: _settings(config))
    zone, now_ms = settings.hub.timezone, SystemClock().now_ms()
    named = [each for each in (day, week, month) if each]
    if len(named) > 1:
        _fail("Name one of --day, --week and --month.")
    last = newest_ended(PeriodKind.WEEK, now_ms, zone)
    span = _told(lambda: named_period(named[0], zone)) if named else last
    if span.start_ms > now_ms:
        _fail(f"{named[0]} has not begun yet: name one that has.")
    made = _told(lambda: _awaited(look_in(settings, lambda db: make_report(db, settings, span, at_ms=now_ms))))
    typer.echo(made.text, nl=False)
    if out is not None:
        try:
            write_report(made, out)
        except OSError as error:
            _fail(f"{out} cannot be written: {error.strerror}.")


@app.command()
def orphans(
    config: ConfigOption = DEFAULT_CONFIG,
    most: Annotated[int, typer.Option(min=1, max=1_000_000, help="The newest so many.")] = 50,
) -> None:
    """Placeholders that nobody will edit any more, because a process died or a platform did not answer."""
    settings = _told(lambda: _settings(config))
    rows = _told(lambda: _awaited(look_in(settings, lambda db: db.read(statement("reply.orphans", most=most)))))
    for row in rows:
        at = datetime.fromtimestamp(row["at_ms"] / 1000, settings.hub.timezone)
        typer.echo(f"{at:%Y-%m-%d %H:%M:%S}  {row['conversation']}  {row['part'] or 'id unknown'}  {row['reason']}")
    if not rows:
        typer.echo("There are none.")


@app.command(name="admin-link")
def admin_link(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """A link that signs one browser in as admin of the web page, once, within ten minutes."""
    typer.echo(_told(lambda: make_link(_settings(config))))


def _show(table: "Table") -> None:
    from rich.console import Console  # the hub itself prints no table

    console = Console()
    # In a narrow terminal, or none, figures would be cut or left out: then lines are longer than the terminal's.
    for column in table.columns:
        if column.no_wrap:
            column.min_width = max(console.measure(cell).maximum for cell in column.cells)
    needed = console.measure(table, options=console.options.update(max_width=10_000)).minimum
    console.width = max(console.width, needed)
    console.print(table)


def _ms(option: str, text: str, zone: ZoneInfo) -> int:
    try:
        at = datetime.fromisoformat(text)
        return int(at.replace(tzinfo=at.tzinfo or zone).timestamp() * 1000)
    except (ValueError, OverflowError):
        _fail(f"{option}: {text!r} is no day or time; write it like 2026-11-20 or 2026-11-20T09:30.")
