"""A counterexample is small, keeps the schema, and anybody can run it."""

import json
import sqlite3
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlglot import exp
from test_verify import SCHEMA, TRAPS

from conftest import shared
from sqlwright import sql
from sqlwright.schema import Schema, read_ddl
from sqlwright.verify import results
from sqlwright.verify.counterexample import Counterexample, describe
from sqlwright.verify.judge import Verdict, judge
from sqlwright.verify.shrink import columns_read, shrink
from sqlwright.verify.witness import Witness

Rows = list[tuple[Any, ...]]


def statements(script: str) -> list[str]:
    """The script's statements, as a client would split them."""
    bare = "\n".join(line for line in script.splitlines() if not line.startswith("--"))
    return [part.strip() for part in f"{bare}\n".split(";\n") if part.strip()]


def run(script: str, execute: Callable[[str], Rows]) -> tuple[Rows, Rows]:
    """What the script's two queries return."""
    found = []
    for statement in statements(script):
        rows = execute(statement)
        if statement.split()[0] in ("SELECT", "WITH", "(SELECT", "("):
            found.append(rows)
    first, second = found
    return first, second


def on_sqlite(script: str) -> tuple[Rows, Rows]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE orders (mine INT)")  # of the same name: not to be touched
    try:
        found = run(script, lambda text: connection.execute(text).fetchall())
        assert connection.execute("SELECT * FROM orders").fetchall() == []
        return found
    finally:
        connection.close()


def on_duckdb(script: str) -> tuple[Rows, Rows]:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE orders (mine INT)")
        found = run(script, lambda text: connection.execute(text).fetchall())
        assert connection.execute("SELECT * FROM orders").fetchall() == []
        return found


def on_postgres(script: str, url: str) -> tuple[Rows, Rows]:
    import psycopg

    def execute(text: str) -> Rows:
        cursor = connection.execute(text.encode())
        return cursor.fetchall() if cursor.description else []

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS orders (mine INT)")
        before = connection.execute("SELECT COUNT(*) FROM orders").fetchall()
        found = run(script, execute)
        assert connection.execute("SELECT COUNT(*) FROM orders").fetchall() == before
        return found


def example_of(name: str, dialect: str = "postgres") -> Counterexample:
    found = judged(*TRAPS[name], SCHEMA, dialect).counterexample
    assert found is not None
    return found


def judged(one: str, two: str, schema: Schema, dialect: str) -> Verdict:
    return judge(sql.read(one, dialect), sql.read(two, dialect), schema, dialect)


@pytest.mark.parametrize("name", TRAPS)
def test_scripts_return_what_they_say(name: str, postgres_server: str) -> None:
    example = example_of(name)
    for first, second in (
        on_sqlite(example.script("sqlite")),
        on_duckdb(example.script("duckdb")),
        on_postgres(example.script(), postgres_server),
    ):
        assert results.same_bag(first, example.original.rows)
        assert results.same_bag(second, example.proposal.rows)


def test_a_script_says_what_it_is() -> None:
    script = example_of("NOT IN with a NULL").script()
    assert "-- The original returns no rows." in script
    assert "-- The rewrite returns 1 row:\n--   name\n--   'a'" in script
    assert "FOREIGN KEY (customer_id) REFERENCES customers (id)" in script
    assert "city" not in script  # no query reads it
    assert script.rstrip().endswith("ROLLBACK;")


def test_letters_of_a_value_never_leave_their_comment() -> None:
    schema = read_ddl("CREATE TABLE notes (id INT PRIMARY KEY, text VARCHAR(40) NOT NULL)")
    hostile = "a\n; DROP TABLE notes; -- '"
    texts = ("SELECT text AS t FROM notes", "SELECT text AS t FROM notes WHERE id = 2")
    bound = [sql.bind(sql.read(text, "sqlite"), schema, "sqlite") for text in texts]
    witness = Witness(schema.tables, (((1, hostile),),))
    example = describe(witness, bound[0], bound[1], ([(hostile,)], []), "SQLite", "sqlite")
    comments = [line for line in example.script().splitlines() if "DROP" in line]
    assert len(comments) == 2  # the value in its INSERT, and the comment
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(example.script())
    connection.close()


ODD = {
    "names that are words of SQL": (
        'CREATE TABLE "order" ("select" INT PRIMARY KEY, "group" INT, "Mixed Case" INT)',
        'SELECT "select" FROM "order" WHERE "group" > 3 AND "Mixed Case" = 7',
        'SELECT "select" FROM "order" WHERE "group" >= 3 AND "Mixed Case" = 7',
    ),
    "types of one engine": (
        "CREATE TABLE t (id BIGSERIAL PRIMARY KEY, at TIMESTAMP WITH TIME ZONE NOT NULL,"
        " ok BOOLEAN, share DOUBLE PRECISION, code UUID, kind mood, amount NUMERIC(12, 3))",
        "SELECT code, kind, ok FROM t WHERE share > 0.5 AND amount = 12.345 AND ok",
        "SELECT code, kind, ok FROM t WHERE share > 0.5 AND ok",
    ),
    "a table that refers to itself": (
        "CREATE TABLE people (id INT PRIMARY KEY, boss INT REFERENCES people (id), age INT)",
        "SELECT p.id FROM people p JOIN people b ON b.id = p.boss WHERE b.age > 40",
        "SELECT p.id FROM people p JOIN people b ON b.id = p.boss WHERE p.age > 40",
    ),
    "integer division": (
        "CREATE TABLE t (id INT PRIMARY KEY, a INT NOT NULL)",
        "SELECT id FROM t WHERE a / 2 = 3",
        "SELECT id FROM t WHERE a = 6",
    ),
    "a table of which nothing is read": (
        "CREATE TABLE t (a INT, b INT); CREATE TABLE u (c INT NOT NULL UNIQUE)",
        "SELECT COUNT(*) AS n FROM t, u",
        "SELECT COUNT(*) AS n FROM t",
    ),
    "every column by a star": (
        "CREATE TABLE t (a INT, b INT, c INT, d INT, e INT, f INT, g INT, h INT, i INT, j INT)",
        "SELECT * FROM t WHERE j = 5",
        "SELECT * FROM t",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_scripts_of_odd_schemas_run(name: str, postgres_server: str) -> None:
    ddl, one, two = ODD[name]
    verdict = judged(one, two, read_ddl(ddl, "postgres"), "postgres")
    assert verdict.outcome == "different", verdict.reason
    example = verdict.counterexample
    assert example is not None
    for first, second in (
        on_sqlite(example.script("sqlite")),
        on_duckdb(example.script("duckdb")),
        on_postgres(example.script("postgres"), postgres_server),
    ):
        assert results.same_bag(text_of(first), text_of(example.original.rows))
        assert results.same_bag(text_of(second), text_of(example.proposal.rows))


def text_of(rows: Any) -> Rows:
    """Rows whose values other than numbers are texts: a UUID is one in some drivers only."""
    return [tuple(v if isinstance(v, int | float | None) else str(v) for v in row) for row in rows]


def test_mysql_gets_a_database_of_its_own() -> None:
    example = example_of("IN becomes a join", "mysql")
    parts = statements(example.script())
    assert parts[0] == "CREATE DATABASE sqlwright_counterexample"
    assert parts[-1] == "DROP DATABASE sqlwright_counterexample"
    assert not [part for part in parts if "TEMPORARY" in part]


def on_mariadb(script: str, url: str) -> tuple[Rows, Rows]:
    import pymysql

    socket = url.split("unix_socket=")[1]
    with pymysql.connect(unix_socket=socket, user="root", charset="utf8mb4") as connection:
        cursor = connection.cursor()
        cursor.execute("DROP DATABASE IF EXISTS sqlwright_counterexample")

        def execute(text: str) -> Rows:
            cursor.execute(text)
            return list(cursor.fetchall())

        return run(script, execute)


# MariaDB has no FILTER; its usual collation takes "a" for "A" and "a " for "a", as MySQL's does
@pytest.mark.parametrize(
    "name",
    sorted(
        TRAPS.keys()
        - {"the sum of nothing", "TRIM of one side only", "the case of a joined text counts"}
    ),
)
def test_scripts_run_on_mariadb(name: str, mariadb_server: str) -> None:
    verdict = judged(*TRAPS[name], SCHEMA, "mysql")
    example = verdict.counterexample
    assert example is not None, verdict.reason
    first, second = on_mariadb(example.script(), mariadb_server)
    assert results.same_bag(rounded(first), rounded(example.original.rows))
    assert results.same_bag(rounded(second), rounded(example.proposal.rows))


def rounded(rows: Any) -> Rows:
    """Rows with the digits of an average that MariaDB keeps."""
    return [tuple(round(v, 4) if isinstance(v, float | Decimal) else v for v in r) for r in rows]


def test_every_trap_has_a_small_counterexample() -> None:
    for name in TRAPS:
        example = example_of(name, "sqlite")
        assert sum(len(table.rows) for table in example.tables) <= 3, name
        assert json.loads(json.dumps(example.as_dict()))["script"] == example.script()


def test_a_null_that_is_left_matters() -> None:
    """Where no NULL is needed for the difference none is shown."""
    for name in ("a lost predicate", "UNION becomes UNION ALL", "IN becomes a join"):
        cells = [v for table in example_of(name, "sqlite").tables for r in table.rows for v in r]
        assert None not in cells, name
    table = example_of("COUNT of a nullable column", "sqlite").tables[0]
    assert any(None in row for row in table.rows)


def _query(text: str, schema: Schema) -> exp.Query:
    return sql.bind(sql.read(text, "sqlite"), schema, "sqlite")


FAMILY = read_ddl(
    """CREATE TABLE parents (id INT PRIMARY KEY, born DATE, city VARCHAR(20), grade INT);
       CREATE TABLE children (id INT PRIMARY KEY, parent_id INT NOT NULL REFERENCES parents (id),
                              note VARCHAR(20), code UUID, age INT CHECK (age >= 18));"""
)


def big_family() -> Witness:
    parents = tuple((n, f"1990-02-{n:02}", f"city {n}", n % 3) for n in range(1, 21))
    children = tuple((100 + n, n % 20 + 1, f"note {n}", f"u{n}", 18 + n) for n in range(60))
    return Witness(FAMILY.tables, (parents, children))


def test_shrinking_keeps_keys_and_what_refers_goes_with_it() -> None:
    seen = []

    def differs(witness: Witness) -> bool:
        parents, children = witness.rows
        ids = [row[0] for row in parents]
        assert len(set(ids)) == len(ids)
        assert {row[1] for row in children} <= set(ids)
        assert all(row[4] >= 18 for row in children)
        seen.append(witness.count())
        # two children of one parent, one of them with the note
        return any(
            child[2] == "note 7" and sum(other[1] == child[1] for other in children) > 1
            for child in children
        )

    queries = [_query("SELECT c.note, c.age, c.code, p.city, p.born FROM children c"
                      " JOIN parents p ON p.id = c.parent_id", FAMILY)]  # fmt: skip
    small = shrink(big_family(), differs, 10.0, queries)
    parents, children = small.rows
    assert (len(parents), len(children)) == (1, 2)
    assert parents[0][0] == children[0][1] == children[1][1] == 1
    assert parents[0][1:3] == ("2020-01-01", "a")  # read, without a part in the difference
    assert parents[0][3] != 1 or small.rows[0][0][3] in (0, 1, 2)  # not read: as it was
    assert sorted(len(row[2]) for row in children) == [1, 6]  # the note, and a plain one
    assert all(row[3].startswith("u") for row in children)  # no UUID is plainer than another
    assert len(seen) < 150  # taking rows one by one would ask some hundred times


def test_equal_values_stay_equal() -> None:
    schema = read_ddl("CREATE TABLE a (x INT); CREATE TABLE b (y INT); CREATE TABLE c (z INT)")
    witness = Witness(schema.tables, (((977,),), ((977,),), ((431,),)))

    def differs(found: Witness) -> bool:
        x, y, z = (rows[0][0] if rows else None for rows in found.rows)
        return x == y != z and None not in (x, y, z)

    small = shrink(witness, differs, 5.0, [_query("SELECT x, y, z FROM a, b, c", schema)])
    (x,), (y,), (z,) = (rows[0] for rows in small.rows)
    assert x == y != z
    assert {x, z} == {1, 2}


def test_shrinking_stops_in_time() -> None:
    import time

    def slow(witness: Witness) -> bool:
        time.sleep(0.05)
        return True

    start = time.monotonic()
    shrink(big_family(), slow, 0.3, [_query("SELECT note FROM children", FAMILY)])
    assert time.monotonic() - start < 0.6


def test_a_key_that_was_never_kept_does_not_stop_it() -> None:
    schema = read_ddl("CREATE TABLE t (id INT PRIMARY KEY, a INT)")
    witness = Witness(schema.tables, (((1, 5), (1, 5), (2, 6)),))
    query = _query("SELECT a FROM t", schema)
    small = shrink(witness, lambda w: sum(r[0] == 1 for r in w.rows[0]) == 2, 5.0, [query])
    assert [row[0] for row in small.rows[0]] == [1, 1]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("SELECT city FROM parents", "parents.city"),
        ("SELECT p.city FROM parents p JOIN children p2 ON p2.age > 3", "parents.city children.age"),
        ("SELECT COUNT(*) FROM parents", ""),
        ("SELECT t.c FROM (SELECT city AS c, grade FROM parents) AS t", "parents.city parents.grade"),
        ("SELECT 1 FROM parents JOIN children USING (id)", "parents.id children.id"),
    ],
)  # fmt: skip
def test_columns_that_are_read(text: str, columns: str) -> None:
    found = columns_read([_query(text, FAMILY)], FAMILY.tables)
    names = [f"{FAMILY.tables[t].name}.{FAMILY.tables[t].columns[c].name}" for t, c in found]
    assert set(columns.split()) <= set(names)
    assert len(names) == len(columns.split())


def test_cells_that_differ_are_known() -> None:
    schema = read_ddl("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
    query = _query("SELECT id, a, b FROM t", schema)
    first: Rows = [(1, 5, date(2024, 1, 1)), (2, 6, 9)]
    second: Rows = [(2, 6, 9), (1, 5, date(2024, 1, 2)), (3, 3, 3)]
    witness = Witness(schema.tables, (((1, 5, 0),),))
    example = describe(witness, query, query, (first, second), "SQLite", "sqlite")
    assert example.original.differing == ((0, 2),)
    assert example.proposal.differing == ((1, 2), (2, 0), (2, 1), (2, 2))
    assert example.original.telling == (2,)
    turned = describe(witness, query, query, (first, first[::-1]), "SQLite", "sqlite")
    assert {row for row, _ in turned.original.differing} == {0, 1}


def test_published_pairs_have_scripts_that_run() -> None:
    """Differences among published pairs that were shown by hand, as scripts on DuckDB."""
    lines = shared("rewrites", "wetune-issues.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = [json.loads(line) for line in lines]
    tried = 0
    for pair in (p for p in pairs if p["id"] in ("wetune-13", "wetune-37", "wetune-65")):
        ddl = shared(*pair["schema"].split("/")).read_text(encoding="utf-8")
        dialect = sql.guess_dialect(pair["before"], pair["after"], ddl=ddl)
        verdict = judged(pair["before"], pair["after"], read_ddl(ddl), dialect)
        if example := verdict.counterexample:
            first, second = on_duckdb(example.script("duckdb"))
            assert results.same_bag(first, example.original.rows), pair["id"]
            assert results.same_bag(second, example.proposal.rows), pair["id"]
            tried += 1
    assert tried == 3


def printed(example: Counterexample, width: int = 110) -> str:
    """What a terminal of that width shows, with its colors."""
    from io import StringIO

    from rich.console import Console

    from sqlwright.show import show_counterexample

    console = Console(
        file=StringIO(),
        width=width,
        force_terminal=True,
        color_system="standard",
        highlight=False,
    )
    show_counterexample(console, example)
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue()


def test_a_terminal_shows_the_columns_that_differ() -> None:
    names = [f"c{n}" for n in range(14)]
    ddl = f"CREATE TABLE t (id INT PRIMARY KEY, {', '.join(f'{n} INT NOT NULL' for n in names)})"
    one = f"SELECT {', '.join(names)} FROM t"
    verdict = judged(one, one.replace("c12", "c12 + 1 AS c12"), read_ddl(ddl), "sqlite")
    assert verdict.counterexample is not None
    shown = printed(verdict.counterexample)
    original = shown[shown.index("the original returns") :]
    assert "(6 more columns)" in original
    assert "c12" in original
    assert "c13" not in original
    assert "\x1b[31m2\x1b[0m" in original  # red: the cell that differs


def test_a_terminal_shows_texts_that_look_like_nothing() -> None:
    schema = read_ddl("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), b VARCHAR(9))")
    query = _query("SELECT a, b FROM t", schema)
    rows: Rows = [("", None), ("[bold]", " ")]
    witness = Witness(schema.tables, (((1, "", None), (2, "[bold]", " ")),))
    shown = printed(describe(witness, query, query, (rows, []), "SQLite", "sqlite"))
    assert "''" in shown
    assert "' '" in shown
    assert "NULL" in shown
    assert "[bold]" in shown
    assert "the rewrite returns no rows" in shown.replace("\x1b[0m", "")
