"""`trunkline …`: run the hub, check and reload its settings, look at costs and at the fleet."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from hub.app import probe, read_settings
from hub.app import run as run_hub
from hub.clock import SystemClock
from hub.config.environment import environment_of
from hub.config.settings import Settings
from hub.errors import TrunklineError
from hub.web.server import loop_factory

app = typer.Typer(
    help="A chat-channel bot hub with regional routing, hard budgets and a cost ledger.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
T = TypeVar("T")
ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The settings file.", envvar="TRUNKLINE_CONFIG")]
DEFAULT_CONFIG = Path("regions.toml")


def main() -> None:
    """The console script."""
    app()


@app.command()
def run(config: ConfigOption = DEFAULT_CONFIG, *, verbose: bool = False) -> None:
    """Serve until SIGTERM; SIGHUP reads the settings anew."""
    _log_to_stderr(verbose=verbose)
    _told(lambda: _awaited(run_hub(config, environment_of(config, os.environ))))


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
    typer.echo(f"{config.name} is right: {len(settings.agents)} agents, {len(settings.channels)} channels.")


@app.command()
def reload(config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Have the running hub read its settings anew: applied whole, or refused whole."""
    _told(lambda: _settings(config))
    pid_file = config.parent / "var" / "hub.pid"
    try:
        os.kill(int(pid_file.read_text(encoding="ascii")), signal.SIGHUP)
    except (OSError, ValueError):
        _fail("No hub is running on these settings. Start it with `trunkline run`.")
    typer.echo("The running hub was told; its log says what came of it.")


class By(StrEnum):
    """What costs are summed by."""

    AGENT = "agent"
    MODEL = "model"
    USER = "user"
    REGION = "region"
    KIND = "kind"
    DAY = "day"
    CHANNEL = "channel"


class Format(StrEnum):
    """How tables are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def _settings(config: Path) -> Settings:
    return read_settings(config, environment_of(config, os.environ), SystemClock())


def _awaited(work: Coroutine[Any, Any, T]) -> T:
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(work)


def _told(work: Callable[[], T]) -> T:
    """What goes wrong is one clear sentence on stderr and exit code 2."""
    try:
        return work()
    except TrunklineError as error:
        _fail(str(error))


def _fail(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)


def _log_to_stderr(*, verbose: bool) -> None:
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    for noisy in ("httpx", "httpcore", "aiosqlite", "asyncio", "uvicorn.error", "telegram"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
