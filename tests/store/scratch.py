"""A small table of accounts that the store's tests play with."""

from hub.store import Database, Rows, Sql, Statement

TABLE = Sql("scratch.table", "CREATE TABLE account (id TEXT PRIMARY KEY, held BIGINT NOT NULL, most BIGINT NOT NULL)")
OPEN = Sql("scratch.open", "INSERT INTO account (id, held, most) VALUES (:id, 0, :most)", expects=1)
HOLD = Sql("scratch.hold", "UPDATE account SET held = held + :cost WHERE id = :id AND held + :cost <= most", expects=1)
HOLD_RETURNING = Sql(
    "scratch.hold_returning",
    "UPDATE account SET held = held + :cost WHERE id = :id AND held + :cost <= most RETURNING id, held",
    expects=1,
)
HELD = Sql("scratch.held", "SELECT id, held FROM account ORDER BY id")
NOW = Sql("scratch.now", "SELECT CAST(:now AS BIGINT) AS now")


def sql(text: str, *, expects: int | None = None, **values: object) -> Statement:
    """A statement of its own, named after the test."""
    return Statement(Sql("scratch.own", text, expects), values)


def hold(account: str, cost: int) -> Statement:
    return Statement(HOLD, {"id": account, "cost": cost})


async def open_accounts(database: Database, *accounts: str, most: int = 100) -> None:
    """The table, with these accounts in it, nothing held."""
    await database.run(Statement(TABLE, {}), *(Statement(OPEN, {"id": account, "most": most}) for account in accounts))


async def held(database: Database) -> dict[str, int]:
    """What each account holds, as committed."""
    rows: Rows = await database.read(Statement(HELD, {}))
    return {row["id"]: row["held"] for row in rows}
