"""Two queries compared on real data, inside real engines."""

import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlglot import parse_one
from test_database import HOSTILE, digest

from conftest import make_shop, run_on_mariadb
from sqlwright import sql
from sqlwright.database import Database, connect
from sqlwright.errors import SqlError
from sqlwright.verify.on_data import OnData, compare_on_data

FACTS = """
CREATE TABLE facts (id INT PRIMARY KEY, g INT, a VARCHAR(9), b VARCHAR(9), x DOUBLE PRECISION,
                    d DECIMAL(12, 4), day DATE, ts TIMESTAMP NULL);
"""


def facts() -> str:
    """Rows with NULLs, duplicates, and floats whose sum depends on the order."""
    rows = []
    for n in range(400):
        a, b = ("'a'", "'bc'") if n % 2 else ("'ab'", "'c'")
        x = "NULL" if n % 11 == 0 else f"{(n * 7919 % 1000) / 7 + 1e6 * (n % 3)!r}"
        ts = "NULL" if n % 5 == 0 else f"'2024-01-{n % 28 + 1:02d} 10:00:00.25'"
        rows.append(
            f"({n}, {n % 40}, {a}, {b}, {x}, {n % 10}.50, '2024-02-{n % 28 + 1:02d}', {ts})"
        )
    return f"INSERT INTO facts VALUES {', '.join(rows)}"


@pytest.fixture(scope="module", params=["sqlite", "duckdb", "postgres", "mariadb"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The shop, with a table of facts, on each engine."""
    found = make_shop(request.param, tmp_path_factory.mktemp("on-data"), request)
    if request.param == "sqlite":
        with sqlite3.connect(found) as lite:
            lite.executescript(FACTS + facts())
        lite.close()
    elif request.param == "duckdb":
        import duckdb

        with duckdb.connect(found.removeprefix("duckdb:///")) as duck:
            duck.execute(FACTS + facts())
    elif request.param == "postgres":
        import psycopg

        with psycopg.connect(found, autocommit=True) as server:
            server.execute(FACTS + facts())
    else:
        run_on_mariadb(
            found, "USE shop", FACTS.strip().rstrip(";").replace("MP NULL", "MP(6) NULL"), facts()
        )
    return found


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    """A connection that only reads."""
    with connect(address) as opened:
        yield opened


def compare(database: Database, original: str, proposal: str, **more: float) -> OnData:
    pair = [sql.read(text, database.dialect) for text in (original, proposal)]
    found = compare_on_data(database, *pair, **{"seconds": 20, **more})  # type: ignore[arg-type]
    assert json.loads(json.dumps(found.as_dict(), default=str))["outcome"] == found.outcome
    return found


SAME = {
    "itself": ("SELECT * FROM facts", "SELECT * FROM facts"),
    "another order": ("SELECT id FROM facts ORDER BY id", "SELECT id FROM facts ORDER BY id DESC"),
    "a join the other way": (
        "SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer_id",
        "SELECT o.id, c.name FROM customers c JOIN orders o ON o.customer_id = c.id",
    ),
    "one name twice": (
        "SELECT a.id, b.id FROM orders a JOIN orders b ON a.id = b.id",
        "SELECT id, id FROM orders",
    ),
    "no rows": ("SELECT id FROM facts WHERE id < 0", "SELECT g FROM facts WHERE id > 1000"),
    "integer and decimal": ("SELECT id * 1.0 FROM facts", "SELECT id FROM facts"),
    "trailing zeros": ("SELECT d FROM facts", "SELECT d * 1.00 FROM facts"),
    "a CTE": (
        "WITH w AS (SELECT g, COUNT(*) AS n FROM facts GROUP BY g) SELECT g, n FROM w",
        "SELECT g, COUNT(*) FROM facts GROUP BY g",
    ),
    "a union": (
        "SELECT a FROM facts UNION SELECT b FROM facts ORDER BY a",
        "SELECT DISTINCT v FROM (SELECT a AS v FROM facts UNION ALL SELECT b FROM facts) AS u",
    ),
    "a union, cut": (
        "SELECT id FROM facts UNION SELECT g FROM facts ORDER BY id LIMIT 3",
        "SELECT id FROM facts WHERE id < 3",
    ),
    "cut by a key": (
        "SELECT id, a FROM facts ORDER BY id LIMIT 5",
        "SELECT id, a FROM facts WHERE id < 5",
    ),
    "float sums in another order": (
        "SELECT g, SUM(x), AVG(x) FROM facts GROUP BY g",
        "SELECT g, SUM(x), AVG(x) FROM (SELECT * FROM facts ORDER BY x DESC LIMIT 400) AS f GROUP BY g",
    ),
    "float noise on the ninth digit": (
        "SELECT id, x FROM facts",
        "SELECT id, x + 1e-14 * x FROM facts",
    ),
    "noise beside zero": ("SELECT 0.1e0 + 0.2e0 - 0.3e0 AS z", "SELECT 0e0 AS z"),
    "dates and moments": ("SELECT day, ts FROM facts", "SELECT day, ts FROM facts WHERE id >= 0"),
}


@pytest.mark.parametrize("name", SAME)
def test_equal_results_are_not_told_apart(database: Database, name: str) -> None:
    found = compare(database, *SAME[name])
    assert found.outcome == "no difference found", found
    assert found.only_original == found.only_proposal == ()
    assert found.rows[0] == found.rows[1]


DIFFERENT = {
    "a row less": ("SELECT id FROM facts", "SELECT id FROM facts WHERE id <> 7"),
    "duplicates": ("SELECT g FROM facts", "SELECT DISTINCT g FROM facts"),
    "as many rows": ("SELECT g FROM facts WHERE id < 40", "SELECT g + 1 FROM facts WHERE id < 40"),
    "NULL is no zero": ("SELECT x FROM facts", "SELECT COALESCE(x, 0) FROM facts"),
    "NULL is no text": (
        "SELECT customer_id FROM orders",
        "SELECT CASE WHEN customer_id IS NULL THEN 0 ELSE customer_id END FROM orders",
    ),
    "other multiplicity": (
        "SELECT g FROM facts WHERE g < 2 UNION ALL SELECT 0",
        "SELECT g FROM facts WHERE g < 2 UNION ALL SELECT 1",
    ),
    "columns run together": (
        "SELECT a, b FROM facts WHERE a = 'a'",
        "SELECT 'ab' AS a, 'c' AS b FROM facts WHERE a = 'a'",
    ),
    "columns in another order": ("SELECT a, b FROM facts", "SELECT b, a FROM facts"),
    "fewer columns": ("SELECT a, b FROM facts", "SELECT a FROM facts"),
    "text and number": ("SELECT 1 AS v", "SELECT '1' AS v"),
    "the mark between columns": ("SELECT 'a|tb' AS v, 'c' AS w", "SELECT 'a' AS v, 'b|tc' AS w"),
    "the escape": ("SELECT '~1' AS v", "SELECT '~' AS v"),
    "big integers": ("SELECT 9007199254740993 AS v", "SELECT 9007199254740992 AS v"),
    "floats in the sixth digit": ("SELECT id, x FROM facts", "SELECT id, x * 1.00001 FROM facts"),
    "one float": (
        "SELECT id, x FROM facts",
        "SELECT id, CASE WHEN id = 1 THEN x + 1 ELSE x END FROM facts",
    ),
    "a sum of other rows": (
        "SELECT g, SUM(x) FROM facts GROUP BY g",
        "SELECT g, SUM(x) FROM facts WHERE id <> 1 GROUP BY g",
    ),
    "a day later": ("SELECT MIN(day) FROM facts", "SELECT MAX(day) FROM facts"),
    "the fraction of a second": (
        "SELECT ts FROM facts WHERE id = 1",
        "SELECT '2024-01-02 10:00:00' AS ts",
    ),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_different_results_are_told_apart(database: Database, name: str) -> None:
    found = compare(database, *DIFFERENT[name])
    assert found.outcome == "different", found
    if name != "fewer columns":
        assert found.only_original or found.only_proposal
    swapped = compare(database, *reversed(DIFFERENT[name]))
    assert swapped.outcome == "different"
    assert swapped.rows == found.rows[::-1]


def test_the_rows_that_differ_are_shown(database: Database) -> None:
    found = compare(
        database,
        "SELECT id, name, city FROM customers",
        "SELECT id, name, COALESCE(city, 'Рига|~') FROM customers",
    )
    assert found.rows == (3, 3)
    assert found.columns == ("id", "name", "city")
    assert found.only_original == ((2, "Bob", None),)
    assert found.only_proposal == ((2, "Bob", "Рига|~"),)


def test_few_rows_are_shown_of_many(database: Database) -> None:
    found = compare(database, "SELECT id FROM facts", "SELECT id + 1000 FROM facts")
    assert len(found.only_original) == len(found.only_proposal) == 5
    assert all(row[0] < 400 for row in found.only_original)


def test_chance_is_no_difference(database: Database) -> None:
    random = "RAND()" if database.dialect == "mysql" else "RANDOM()"
    for one, other, words in (
        (f"SELECT {random} AS r FROM facts", f"SELECT {random} AS r FROM facts", "each time"),
        ("SELECT id FROM facts LIMIT 3", "SELECT id FROM facts ORDER BY id DESC LIMIT 3", "LIMIT"),
    ):
        found = compare(database, one, other)
        assert found.outcome == "undecided", found
        assert words in found.reason


def test_order_is_said_not_to_count(database: Database) -> None:
    found = compare(database, "SELECT id FROM facts ORDER BY id", "SELECT id FROM facts")
    assert "order is not compared" in found.reason


def test_limits(database: Database) -> None:
    found = compare(database, "SELECT id FROM facts", "SELECT g FROM facts", max_rows=100)
    assert found.outcome == "undecided"
    assert "100 rows" in found.reason
    assert found.rows == (None, None)
    found = compare(database, "SELECT id FROM facts", "SELECT id FROM orders", max_rows=100)
    assert found.outcome == "different"
    assert found.rows == (None, 3)
    slow = "SELECT a.x + b.x + c.x + d.x AS s FROM facts a, facts b, facts c, facts d"
    found = compare(database, slow, slow, seconds=0.5)
    assert found.outcome == "undecided"
    assert "0.5 s" in found.reason
    assert found.seconds < 5
    assert compare(database, "SELECT 1 AS a", "SELECT 1 AS a").outcome == "no difference found"


def test_a_query_that_fails_is_named(database: Database) -> None:
    found = compare(database, "SELECT id FROM facts", "SELECT nothing FROM facts")
    assert found.outcome == "undecided"
    assert "proposed query does not run" in found.reason
    if database.dialect == "sqlite":
        return  # it takes the first of several rows
    found = compare(
        database,
        "SELECT name FROM customers",
        "SELECT (SELECT o.id FROM orders o WHERE o.customer_id = c.id) FROM customers c",
    )
    assert found.outcome == "different"
    assert "proposed query fails on the data" in found.reason


def test_an_engine_that_dies_is_no_difference(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    import psycopg

    address = make_shop("postgres", tmp_path, request)
    with connect(address) as database:
        query = sql.read("SELECT id FROM orders", "postgres")
        assert database.schema
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'sqlwright'"
            )
        found = compare_on_data(database, query, query, seconds=5)
        assert found.outcome == "undecided"
        assert "terminating connection" in found.reason


def test_hostile_texts_change_nothing(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = digest(address)
    with connect(address) as database:
        good = sql.read("SELECT id FROM orders", database.dialect)
        for text in HOSTILE:
            with pytest.raises(SqlError):
                compare(database, "SELECT id FROM orders", text)
        for tree in (parse_one("DELETE FROM order_lines"), parse_one("DROP TABLE orders")):
            with pytest.raises(SqlError):
                compare_on_data(database, good, tree, seconds=1)  # type: ignore[arg-type]
            with pytest.raises(SqlError):
                compare_on_data(database, tree, good, seconds=1)  # type: ignore[arg-type]
        # names and texts that would break out of a text put together carelessly
        odd = """SELECT 'x''); DELETE FROM order_lines; --' AS "a"") UNION SELECT 1; --" FROM orders"""
        if database.dialect == "mysql":
            odd = odd.replace('""', "``").replace('"', "`")
        assert compare(database, odd, odd).outcome == "no difference found"
    assert digest(address) == before
    assert os.listdir(tmp_path) == []


def test_mariadb_texts_that_its_collation_counts_as_one(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = make_shop("mariadb", tmp_path, request)
    run_on_mariadb(
        address,
        "CREATE TABLE shop.words (w VARCHAR(9) COLLATE utf8mb4_general_ci, e ENUM('x', 'Y'), v VARBINARY(3))",
        "INSERT INTO shop.words VALUES ('a', 'x', x'ff'), ('A', 'x', x'fe'), ('é ', 'Y', NULL), ('e', 'Y', NULL)",
    )
    with connect(address) as database:
        one, other = "SELECT MIN(w) FROM words", "SELECT w FROM words WHERE w = 'a' LIMIT 1"
        assert compare(database, one, one).outcome == "no difference found"
        found = compare(database, "SELECT 'a' AS w", "SELECT 'A' AS w")
        assert found.outcome == "undecided"  # DISTINCT w may give either
        assert "spelled" in found.reason
        assert compare(database, "SELECT 'a' AS w", "SELECT 'b' AS w").outcome == "different"
        assert compare(database, "SELECT v FROM words", "SELECT v FROM words").rows == (4, 4)
        found = compare(
            database, "SELECT v FROM words WHERE e = 'x'", "SELECT x'fffe' UNION ALL SELECT x'fe'"
        )
        assert found.outcome == "different"
        assert found.only_original == (("0xFF",),)
        assert other


def test_postgres_types(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    import psycopg

    address = make_shop("postgres", tmp_path, request)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
        connection.execute(
            "CREATE TABLE odd (id uuid, m mood, j jsonb, z timestamptz, i interval, t text[], f float4,"
            " n numeric, y bytea, k boolean)"
        )
        connection.execute(
            "INSERT INTO odd VALUES (gen_random_uuid(), 'ok', '{\"b\": 1, \"a\": [2]}', now(), '1 day',"
            " '{a,\"b,c\"}', 'NaN', 'NaN', '\\x00ff', true), (NULL, 'sad', NULL, 'infinity', '24:00:00',"
            " NULL, '-0', 1e30, NULL, false)"
        )
    with connect(address) as database:
        whole = "SELECT * FROM odd"
        assert (
            compare(database, whole, "SELECT * FROM odd WHERE TRUE").outcome
            == "no difference found"
        )
        same = (
            ("SELECT i FROM odd", "SELECT CAST('1 day' AS interval) FROM odd"),
            ("SELECT f FROM odd", "SELECT CASE WHEN k THEN f ELSE 0 END FROM odd"),
            ("SELECT k FROM odd", "SELECT CASE WHEN k THEN 1 ELSE 0 END FROM odd"),
            ("SELECT k FROM odd", "SELECT CASE WHEN k THEN 1e0 ELSE 0e0 END::float8 FROM odd"),
            ("SELECT z FROM odd", "SELECT z AT TIME ZONE 'UTC' AT TIME ZONE 'UTC' FROM odd"),
        )
        for one, other in same:
            found = compare(database, one, other)
            assert found.outcome == "no difference found", (one, found)
        for one, other in (
            ("SELECT z FROM odd", "SELECT z + CAST('1 second' AS interval) FROM odd"),
            (
                "SELECT t FROM odd",
                "SELECT string_to_array('a,b,c', ',') FROM odd WHERE k UNION ALL SELECT NULL",
            ),
            ("SELECT j FROM odd", "SELECT NULL::jsonb FROM odd"),
            ("SELECT f FROM odd WHERE k", "SELECT 'Infinity'::float8"),
        ):
            assert compare(database, one, other).outcome == "different", one
