"""How far the shared SQL is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.store.dialect import numbered, returns_rows, split

pytestmark = pytest.mark.unit

NOW = "clock()"


@pytest.mark.parametrize(
    ("text", "compiled", "names"),
    [
        ("SELECT :a, :b, :a", "SELECT $1, $2, $1", ("a", "b")),
        ("SELECT :now - :age", "SELECT clock() - $1", ("age",)),
        # what looks like a parameter and is none
        ("SELECT x::text, ':a', \"col:a\" -- :a\n, :b", "SELECT x::text, ':a', \"col:a\" -- :a\n, $1", ("b",)),
        ("SELECT 'it''s :a' /* :b\n:c */ || :d", "SELECT 'it''s :a' /* :b\n:c */ || $1", ("d",)),
        ("SELECT :a::bigint", "SELECT $1::bigint", ("a",)),
        ("SELECT :cost_2,:cost", "SELECT $1,$2", ("cost_2", "cost")),
    ],
)
def test_names_become_numbers(text: str, compiled: str, names: tuple[str, ...]) -> None:
    assert numbered(text, now=NOW) == (compiled, names)


def test_now_can_be_a_value() -> None:
    assert numbered("SELECT :a, :now", now=None) == ("SELECT $1, $2::bigint", ("a", "now"))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT 1", True),
        ("-- why\nselect 1", True),
        ("VALUES (1)", True),
        ("INSERT INTO t (a) VALUES (1)", False),
        ("INSERT INTO t (a) SELECT b FROM u", False),
        ("INSERT INTO t (a) VALUES (1) RETURNING a", True),
        ("UPDATE t SET a = 'RETURNING'", False),
        ("UPDATE t SET a = 1 -- RETURNING", False),
        ("WITH x AS (SELECT 1) SELECT * FROM x", True),
        ("WITH x AS (SELECT 1) UPDATE t SET a = (SELECT 1)", False),
        # PostgreSQL's own: only the inner change returns
        ("WITH x AS (DELETE FROM t RETURNING a) INSERT INTO u SELECT a FROM x", False),
        ("WITH x AS (DELETE FROM t RETURNING a) SELECT a FROM x", True),
        ("CREATE TABLE t (a TEXT)", False),
    ],
)
def test_whether_rows_come_back(text: str, rows: bool) -> None:
    assert returns_rows(text) is rows


def test_a_script_is_split_where_its_statements_end() -> None:
    script = """
    -- first; still first
    CREATE TABLE a (x TEXT DEFAULT ';'); /* between; */
    CREATE TABLE b (y TEXT -- why; indeed
    );
    -- nothing more;
    """
    first, second = split(script)
    assert first.endswith("DEFAULT ';')")
    assert second.startswith("/* between; */")
    assert second.endswith(")")


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_no_quoted_text_is_ever_read(texts: list[str]) -> None:
    literals = ["'" + text.replace("'", "''") + "'" for text in texts]
    script = "; ".join(f"SELECT {literal}, :p" for literal in literals)
    assert len(split(script)) == len(texts)
    assert numbered(script, now=None) == ("; ".join(f"SELECT {literal}, $1" for literal in literals), ("p",))
