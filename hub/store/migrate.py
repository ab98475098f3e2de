"""Schema changes: numbered files, applied in order, each in one transaction, on both engines.

A statement below a line `-- postgresql` is of that engine alone, and the words `WITHOUT ROWID` are of SQLite alone.

A file that begins with `-- runs with NNNN` changes nothing that programs of that version would stumble over: they go on
beside newer ones while a fleet is exchanged, and may even be started anew. Without that line, nobody older may run.
"""

import logging
import re
from collections.abc import Sequence
from importlib import resources

import msgspec

from hub.store.database import Database, Sql, Statement, StoreError, StoreUnavailable, Undone
from hub.store.dialect import split

log = logging.getLogger(__name__)

_RUNS_WITH = re.compile(r"^-- runs with (?P<number>\d{4})\s*$", re.M)
_POSTGRESQL = re.compile(r"(?:--.*\n)*-- postgresql\n")
_FILE = re.compile(r"(?P<number>\d{4})_(?P<name>\w+)\.sql")

# Only one process at a time changes a schema; SQLite's write transaction sees to that by itself.
_ALONE = Sql("migrate.alone", "SELECT 1", postgresql="SELECT pg_advisory_xact_lock(7231845120094)")
_TABLE = Sql(
    "migrate.table",
    "CREATE TABLE IF NOT EXISTS schema_version"
    " (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_ms BIGINT NOT NULL, runs_with BIGINT NOT NULL)",
)
_VERSION = Sql("migrate.version", "SELECT coalesce(max(number), 0) AS number FROM schema_version")
_RECORD = Sql(
    "migrate.record",
    "INSERT INTO schema_version (number, name, applied_ms, runs_with) VALUES (:number, :name, :now, :runs_with)"
    " ON CONFLICT DO NOTHING",
    expects=1,
)
_OLDEST = Sql(
    "migrate.oldest", "SELECT coalesce(max(runs_with), 0) AS number FROM schema_version WHERE number > :known"
)
_OLDER_PROCESSES = Sql(
    "migrate.older_processes",
    "SELECT count(*) AS count FROM process"
    " WHERE schema_number < :number AND seen_ms > CAST(:now AS BIGINT) - CAST(:silent_ms AS BIGINT)",
)
SILENT_MS = 10_000
"""A process whose last heartbeat is older does not run any more."""


class Migration(msgspec.Struct, frozen=True):
    """One numbered change of the schema."""

    number: int
    name: str
    statements: tuple[str, ...]
    runs_with: int = 0
    """The oldest version whose programs may run on the changed schema; 0: only those that know the change."""

    @property
    def oldest(self) -> int:
        return self.runs_with or self.number


def migrations() -> tuple[Migration, ...]:
    """Every change that this code knows, in order. Raises ValueError where a number is missing or stands twice."""
    found = []
    for file in resources.files("hub.store").joinpath("migrations").iterdir():
        if match := _FILE.fullmatch(file.name):
            text = file.read_text(encoding="utf-8")
            marked = _RUNS_WITH.search(text)
            runs_with = int(marked["number"]) if marked else 0
            found.append(Migration(int(match["number"]), match["name"], tuple(split(text)), runs_with))
    found.sort(key=lambda migration: migration.number)
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise ValueError("migrations must be numbered 0001, 0002 … without a gap")
    return tuple(found)


async def version(database: Database) -> int:
    """The number of the newest change applied; 0 for an empty database. Raises StoreError."""
    *_, rows = await database.run(Statement(_ALONE, {}), Statement(_TABLE, {}), Statement(_VERSION, {}))
    return int(rows[0]["number"])


async def migrate(database: Database, known: Sequence[Migration] | None = None, *, upgrade: bool = True) -> int:
    """Bring the schema up to what the code knows; its version. Several processes may do so at once.

    A newer schema is used where its changes are marked as running with this program. `upgrade=False` makes an empty
    database ready and leaves an older one alone. Raises StoreError where the database is newer than the code can use,
    older and not to be upgraded, or to be changed under running processes that could not go on.
    """
    known = migrations() if known is None else known
    newest = known[-1].number if known else 0
    at = await version(database)
    if at > newest:
        await _use_newer(database, at, newest)
        return at
    if 0 < at < newest and not upgrade:
        raise StoreError(
            f"The database has schema version {at}, not {newest}: start the hub once to bring it up to date."
        )
    for migration in known[at:]:
        if at:
            await _nobody_stumbles(database, migration)
        await _apply(database, migration)
    return newest


async def _use_newer(database: Database, at: int, newest: int) -> None:
    """Raises StoreError where a change since `newest` is not for this program."""
    (row,) = await database.read(Statement(_OLDEST, {"known": newest}))
    if row["number"] > newest:
        raise StoreError(
            f"The database has schema version {at}, this program knows {newest}: run the newer release that made it."
        )
    log.warning("the database has schema version %d, which also runs with this older program (%d)", at, newest)


async def _nobody_stumbles(database: Database, migration: Migration) -> None:
    """Raises StoreError while processes run that could not go on after the change."""
    try:
        (row,) = await database.read(Statement(_OLDER_PROCESSES, {"number": migration.oldest, "silent_ms": SILENT_MS}))
    except StoreUnavailable:
        raise
    except StoreError:
        return  # of a time when processes kept no rows
    if row["count"]:
        raise StoreError(
            f"{row['count']} processes of an older release are running, which cannot go on with schema version "
            f"{migration.number}: stop all of them, then start this release."
        )


def _change(name: str, text: str) -> Sql:
    if _POSTGRESQL.match(text):
        return Sql(name, "SELECT 1", postgresql=text)
    return Sql(name, text, postgresql=text.removesuffix(" WITHOUT ROWID"))


async def _apply(database: Database, migration: Migration) -> None:
    name = f"migration {migration.number:04d}_{migration.name}"
    values = {"number": migration.number, "name": migration.name, "runs_with": migration.oldest}
    changes = [Statement(_change(name, text), {}) for text in migration.statements]
    try:
        await database.run(Statement(_ALONE, {}), Statement(_RECORD, values), *changes)
    except Undone as undone:
        if undone.name != _RECORD.name:
            raise
        # Another process was first with it.
