"""What every command of the command line does: read the settings, run to the end, say what went wrong."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from hub.app import read_settings
from hub.clock import SystemClock
from hub.config.environment import environment_of
from hub.config.settings import Settings
from hub.errors import TrunklineError
from hub.web.server import loop_factory

T = TypeVar("T")
ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The settings file.", envvar="TRUNKLINE_CONFIG")]
DEFAULT_CONFIG = Path("regions.toml")


def settings_of(config: Path) -> Settings:
    """Raises ConfigError."""
    return read_settings(config, environment_for(config), SystemClock())


def environment_for(config: Path) -> dict[str, str]:
    """The variables of the process and of `.env`. Raises ConfigError.

    PostgreSQL's own (PGPASSWORD, PGSSLROOTCERT …) are the process's from here on: its driver looks for them there.
    """
    found = environment_of(config, os.environ)
    os.environ.update({name: value for name, value in found.items() if name.startswith("PG")})
    return found


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """Run it on a loop of its own."""
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(work)


def told(work: Callable[[], T]) -> T:
    """What goes wrong is one clear sentence on stderr and exit code 2."""
    try:
        return work()
    except TrunklineError as error:
        fail(str(error))


def fail(text: str) -> NoReturn:
    """Say why, and end with exit code 2."""
    typer.echo(text, err=True)
    raise typer.Exit(2)
