"""Schema changes: numbered files, applied in order, each in one transaction, on both engines."""

import re
from collections.abc import Sequence
from importlib import resources

import msgspec

from hub.store.database import Database, Sql, Statement, StoreError, Undone
from hub.store.dialect import split

_FILE = re.compile(r"(?P<number>\d{4})_(?P<name>\w+)\.sql")

# Only one process at a time changes a schema; SQLite's write transaction sees to that by itself.
_ALONE = Sql("migrate.alone", "SELECT 1", postgresql="SELECT pg_advisory_xact_lock(7231845120094)")
_TABLE = Sql(
    "migrate.table",
    "CREATE TABLE IF NOT EXISTS schema_version"
    " (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_ms BIGINT NOT NULL)",
)
_VERSION = Sql("migrate.version", "SELECT coalesce(max(number), 0) AS number FROM schema_version")
_RECORD = Sql(
    "migrate.record",
    "INSERT INTO schema_version (number, name, applied_ms) VALUES (:number, :name, :now) ON CONFLICT DO NOTHING",
    expects=1,
)


class Migration(msgspec.Struct, frozen=True):
    """One numbered change of the schema."""

    number: int
    name: str
    statements: tuple[str, ...]


def migrations() -> tuple[Migration, ...]:
    """Every change that this code knows, in order. Raises ValueError where a number is missing or stands twice."""
    found = []
    for file in resources.files("hub.store").joinpath("migrations").iterdir():
        if match := _FILE.fullmatch(file.name):
            text = file.read_text(encoding="utf-8")
            found.append(Migration(int(match["number"]), match["name"], tuple(split(text))))
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

    `upgrade=False` makes an empty database ready and leaves an older one alone. Raises StoreError where the database is
    newer than the code, or older and not to be upgraded.
    """
    known = migrations() if known is None else known
    newest = known[-1].number if known else 0
    at = await version(database)
    if at > newest:
        raise StoreError(
            f"The database has schema version {at}, this program knows {newest}: run the newer release that made it."
        )
    if 0 < at < newest and not upgrade:
        raise StoreError(
            f"The database has schema version {at}, not {newest}: start the hub once to bring it up to date."
        )
    for migration in known[at:]:
        await _apply(database, migration)
    return newest


async def _apply(database: Database, migration: Migration) -> None:
    name = f"migration {migration.number:04d}_{migration.name}"
    record = Statement(_RECORD, {"number": migration.number, "name": migration.name})
    changes = [Statement(Sql(name, text), {}) for text in migration.statements]
    try:
        await database.run(Statement(_ALONE, {}), record, *changes)
    except Undone as undone:
        if undone.name != _RECORD.name:
            raise
        # Another process was first with it.
