"""Every named statement is understood by both engines, against the newest schema."""

import asyncpg
import pytest

from hub.store import Database, Sql, Statement
from hub.store.dialect import numbered
from hub.store.named import all_named, parse, statement
from hub.store.postgresql import SERVER_NOW

pytestmark = pytest.mark.wire

NAMED = sorted(all_named().values(), key=lambda sql: sql.name)


async def test_sqlite_understands_every_named_statement(sqlite_database: Database) -> None:
    for sql in NAMED:
        values = dict.fromkeys(numbered(sql.text, now="")[1])
        await sqlite_database.run(Statement(Sql(sql.name, f"EXPLAIN {sql.text}"), values))


async def test_postgresql_understands_every_named_statement(postgresql_url: str) -> None:
    connection = await asyncpg.connect(postgresql_url)
    try:
        for sql in NAMED:
            text, names = numbered(sql.postgresql or sql.text, now=SERVER_NOW)
            try:
                prepared = await connection.prepare(text)
            except asyncpg.PostgresError as error:
                pytest.fail(f"{sql.name}: {error}")
            assert len(prepared.get_parameters()) == len(names)
            # What a statement is given is str, int, float or None, and what it returns as well.
            types = {type_.name for type_ in prepared.get_parameters()}
            types |= {attribute.type.name for attribute in prepared.get_attributes()}
            assert types <= {"text", "int8", "int4", "numeric", "float8", "bool"}, sql.name
    finally:
        await connection.close()


async def plan_of(database: Database, sql: Sql) -> list[str]:
    """What SQLite would do."""
    values = dict.fromkeys(numbered(sql.text, now="")[1], 0)
    plan = await database.read(Statement(Sql("plan", f"EXPLAIN QUERY PLAN {sql.text}"), values))
    assert plan or " INTO " in sql.text
    return [row["detail"] for row in plan]


PERIODIC = ["due", "lost", "left", "newest", "clock_set_back", "undelivered", "forget"]
"""Of what the hub says: run at least once a minute, and at each start, beside all that was said in months."""


@pytest.mark.parametrize("name", PERIODIC)
async def test_what_is_run_by_the_clock_never_reads_all_that_was_said(sqlite_database: Database, name: str) -> None:
    used = await plan_of(sqlite_database, all_named()[f"outgoing.{name}"])
    assert all(" USING INDEX outgoing_" in detail for detail in used if "outgoing" in detail), used


SMALL = {"SCAN erasure", "SCAN handover"}
"""What is open of these is a handful."""


@pytest.mark.parametrize("sql", [sql for sql in NAMED if sql.name.startswith("forget.")], ids=lambda sql: sql.name)
async def test_who_forgets_one_person_reads_no_table_whole(sqlite_database: Database, sql: Sql) -> None:
    plan = await plan_of(sqlite_database, sql)
    assert {detail for detail in plan if detail.startswith("SCAN")} <= SMALL


async def test_who_forgets_one_person_reads_the_empty_places_of_their_conversations_only(
    sqlite_database: Database,
) -> None:
    first, *_ = await plan_of(sqlite_database, all_named()["forget.messages"])
    assert first == "SEARCH message USING INDEX message_order (conversation=?)"


@pytest.mark.parametrize("name", ["claim", "claim_of"])
async def test_a_claim_looks_up_each_account_by_itself(sqlite_database: Database, name: str) -> None:
    used = await plan_of(sqlite_database, all_named()[f"inbox.{name}"])
    reads = [detail for detail in used if detail.startswith("S") and "PRIMARY KEY" not in detail]
    assert reads[0].startswith("SCAN asked")
    assert " conversation_due (channel=? AND account=? AND due_ms<?)" in reads[1]


FLOOD = """
    INSERT INTO conversation (id, channel, account, place, home_region, created_ms, due_ms)
    SELECT number, 'telegram', 'main', '{}', 'west', 1, 1000 + number FROM generate_series(1, 20000) AS each (number)
"""


@pytest.mark.parametrize("planned", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize(
    ("name", "index", "account", "region"),
    [("claim", "due", "web", "west"), ("claim_of", "home", "web", "west"), ("claim_of", "home", "telegram", "east")],
)
async def test_a_claim_reads_nothing_of_others_floods(
    postgresql_url: str, name: str, index: str, account: str, region: str, planned: str
) -> None:
    text, names = numbered(all_named()[f"inbox.{name}"].postgresql, now=SERVER_NOW)
    values = {"holder": "p", "lease_ms": 1, "most": 9, "of_one": 9, "regions": region}
    values["accounts"] = f'[["{account}","main"]]'
    connection = await asyncpg.connect(postgresql_url)
    try:
        await connection.execute(FLOOD)
        await connection.execute("ANALYZE conversation")
        await connection.execute(f"SET plan_cache_mode = {planned}")
        plan = await connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS OFF) {text}", *(values[each] for each in names))
    finally:
        await connection.close()
    lines = [row[0] for row in plan]
    assert any(f"Index Scan using conversation_{index} " in line for line in lines), lines
    assert not any("Rows Removed" in line or "Seq Scan on conversation" in line for line in lines), lines


async def test_both_forms_of_a_statement_take_the_same_values() -> None:
    for sql in NAMED:
        if sql.postgresql:
            assert set(numbered(sql.text, now="")[1]) == set(numbered(sql.postgresql, now="")[1]), sql.name


def test_a_statement_is_found_by_its_name() -> None:
    found = statement(NAMED[0].name, a=1)
    assert (found.sql, dict(found.values)) == (NAMED[0], {"a": 1})
    with pytest.raises(KeyError):
        statement("nowhere.nothing")


def test_a_file_is_read_into_its_statements() -> None:
    text = "-- why\n-- name: one expects 2\nSELECT 1\n\n-- name: two\nSELECT 2\n-- postgresql\nSELECT 3\n"
    assert parse("room", text) == {
        "room.one": Sql("room.one", "SELECT 1", 2),
        "room.two": Sql("room.two", "SELECT 2", None, "SELECT 3"),
    }


def test_what_locks_rows_does_so_on_postgresql_alone() -> None:
    text = "-- name: one expects 1 by key\nSELECT id FROM t WHERE id = :id FOR NO KEY UPDATE\n"
    words = "SELECT id FROM t WHERE id = :id"
    assert parse("room", text) == {"room.one": Sql("room.one", words, 1, f"{words} FOR NO KEY UPDATE", by_key=True)}


@pytest.mark.parametrize("sql", [sql for sql in NAMED if sql.by_key], ids=lambda sql: sql.name)
async def test_what_names_its_row_by_key_does(sqlite_database: Database, sql: Sql) -> None:
    first, *_ = await plan_of(sqlite_database, sql)
    table = sql.text.split()[1]
    assert first == f"SEARCH {table} USING INDEX sqlite_autoindex_{table}_1 (id=?)"


def test_a_name_that_stands_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"room\.one stands twice"):
        parse("room", "-- name: one\nSELECT 1\n-- name: one\nSELECT 2\n")
