"""`trunkline db …`: back the database up, put a backup back, check the books, export everything."""

from pathlib import Path
from typing import Annotated

import typer

from hub.app import look_in
from hub.backups import name_at, sqlite_file
from hub.books import Books, audit
from hub.clock import SystemClock
from hub.config.settings import Settings
from hub.store import lock
from hub.store.backup import SnapshotFile, backup, problems, restore
from hub.store.database import StoreError
from hub.store.export import Style, export
from hub.terminal import DEFAULT_CONFIG, ConfigOption, awaited, settings_of, told

app = typer.Typer(help="Back up, restore, check and export the database.", no_args_is_help=True)
ON_POSTGRESQL = (
    "The database is on PostgreSQL, which has its own tools: back up with `pg_dump --format=custom`, restore with "
    "`pg_restore` while no hub runs, and archive the write-ahead log for any point in time (docs/runbook.md)."
)


@app.command("backup")
def make(
    path: Annotated[str, typer.Argument(help="A new file, or a folder, which gets one named by the time.")],
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Copy the database to PATH, also while the hub runs, and check the copy."""
    settings = told(lambda: settings_of(config))
    target = told(lambda: _target(path))
    told(lambda: awaited(backup(_file(settings), target)))
    typer.echo(f"{target} is a backup of {target.stat().st_size:,} bytes.")
    _say(told(lambda: awaited(_audit_file(target))))


@app.command("restore")
def put_back(path: Path, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Put the backup at PATH in the database's place, while no hub runs; the present one is kept beside it."""
    settings = told(lambda: settings_of(config))
    database = told(lambda: _file(settings))
    aside = database.with_name(f"{database.stem}-before-{name_at(SystemClock().now_ms()).removeprefix('hub-')}")
    kept = told(lambda: awaited(_restore(path, database, aside)))
    # Before the books: whatever is found in them, this has happened.
    typer.echo(f"{database} is what {path} was." + (f" What stood there is {aside.name} now." if kept else ""))
    _say(told(lambda: awaited(_audit_file(database))))


@app.command()
def verify(
    path: Annotated[Path | None, typer.Argument(help="A backup; without it, the database itself.")] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Check a backup, or the database of a running hub: its pages, its sums, its order."""
    if path is not None:
        backup_path = path
        damage = told(lambda: awaited(problems(backup_path)))
        books = None if damage else told(lambda: awaited(_audit_file(backup_path)))
    else:
        settings = told(lambda: settings_of(config))
        damage = [] if _on_postgresql(settings) else told(lambda: awaited(problems(_file(settings))))
        books = None if damage else told(lambda: awaited(look_in(settings, audit)))
    for each in damage:
        typer.echo(each)
    if books is None:
        raise typer.Exit(1)
    _say(books)


@app.command("export")
def write(
    folder: Path,
    config: ConfigOption = DEFAULT_CONFIG,
    style: Annotated[Style, typer.Option("--format", "-f", help="How rows are written.")] = Style.JSONL,
) -> None:
    """Write every table into FOLDER, one file each, as it stands at one moment. It holds what people wrote."""
    settings = told(lambda: settings_of(config))
    counts = told(lambda: awaited(export(settings.hub.database, settings.path.parent, folder, style)))
    for table, rows in counts.items():
        typer.echo(f"{rows:>12,}  {table}.{style}")


async def _restore(path: Path, database: Path, aside: Path) -> bool:
    found = await problems(path)
    if found:
        raise StoreError(f"{path} is not sound: {found[0]}. Nothing was changed.")
    try:
        if not database.parent.exists():
            database.parent.mkdir(mode=0o700, parents=True)
            lock.give_to_owner(database.parent)
        release = await lock.take(database, clock=SystemClock(), wait_s=0)
    except OSError as error:
        raise StoreError(f"{database} cannot be replaced: {error.strerror}.") from error
    try:
        return await restore(path, database, aside)
    finally:
        release()


async def _audit_file(path: Path) -> Books:
    copy = SnapshotFile(path)
    try:
        return await audit(copy)
    finally:
        copy.close()


def _say(books: Books) -> None:
    for problem in books.problems:
        typer.echo(problem)
    if books.problems:
        raise typer.Exit(1)
    typer.echo(
        f"The books are right: {books.messages:,} messages of {books.conversations:,} conversations, {books.calls:,} "
        f"calls, {books.budgets:,} budgets, {books.open_holds:,} open holds."
    )


def _target(written: str) -> Path:
    """What ends in a slash is a folder, also where there is none yet."""
    path = Path(written)
    try:
        folder = written.endswith("/") or path.is_dir()
        return path / name_at(SystemClock().now_ms()) if folder else path
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}.") from error


def _file(settings: Settings) -> Path:
    if _on_postgresql(settings):
        raise StoreError(ON_POSTGRESQL)
    return sqlite_file(settings)


def _on_postgresql(settings: Settings) -> bool:
    return not settings.hub.database.startswith("sqlite:")
