"""Real engines, opened so that they can only be read."""

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest
from sqlglot import exp, parse_one

from conftest import make_shop, run_on_mariadb
from sqlwright import sql
from sqlwright.database import Database, connect
from sqlwright.errors import DatabaseError, QueryTimeout, SqlError, UsageError
from sqlwright.schema import ForeignKey

# What must never reach an engine, and must change nothing if it did.
HOSTILE = [
    "SELECT 1; DELETE FROM order_lines",
    "DELETE FROM order_lines",
    "WITH gone AS (DELETE FROM order_lines RETURNING *) SELECT * FROM gone",
    "UPDATE orders SET total = 0",
    "INSERT INTO customers VALUES (9, 'x', 'y', NULL)",
    "DROP TABLE order_lines",
    "CREATE TABLE t AS SELECT 1 AS a",
    "SELECT * INTO t FROM orders",
    "COPY orders TO 'stolen.csv'",
    "COPY orders TO PROGRAM 'touch stolen'",
    "ATTACH 'stolen.db' AS stolen",
    "PRAGMA writable_schema = 1",
    "PRAGMA user_version = 7",
    "VACUUM INTO 'stolen.db'",
    "SELECT pg_sleep(3)",
    "SELECT load_extension('x')",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT set_config('default_transaction_read_only', 'off', false)",
    "SET default_transaction_read_only = off",
    "BEGIN; SET TRANSACTION READ WRITE; DELETE FROM order_lines; COMMIT",
    "EXPORT DATABASE 'stolen'",
    "INSTALL httpfs",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM dblink('', 'DELETE FROM order_lines')",
    "DO $$ BEGIN DELETE FROM order_lines; END $$",
    "SELECT 1 /* ; */ ; DELETE FROM order_lines --",
    "EXPLAIN ANALYZE DELETE FROM order_lines",
    "SELECT * FROM orders FOR UPDATE",
    "CALL pg_stat_reset()",
    "SELECT * FROM orders INTO OUTFILE 'stolen'",
    "SELECT 1 INTO DUMPFILE 'stolen'",
    "SELECT total INTO @a FROM orders",
    "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE order_lines",
    "SELECT LOAD_FILE('/etc/passwd')",
    "SELECT SLEEP(3)",
    "SELECT BENCHMARK(100000000, MD5('a'))",
    "SELECT GET_LOCK('a', 9)",
    "SET SESSION TRANSACTION READ WRITE",
    "SET STATEMENT tx_read_only = 0 FOR DELETE FROM order_lines",
    "TRUNCATE TABLE order_lines",
    "RENAME TABLE order_lines TO gone",
    "CREATE TABLE pg_temp.order_lines (a int)",
    "CREATE DATABASE stolen",
    "DROP DATABASE shop",
    "HANDLER orders OPEN",
    "REPLACE INTO customers VALUES (1, 'x', 'y', NULL)",
]


def digest(address: str) -> str:
    """A digest of everything in the database, read by the engine's own driver."""
    tables = ("customers", "orders", "order_lines")
    if address.startswith("postgresql"):
        import psycopg

        with psycopg.connect(address) as connection:
            rows = [
                connection.execute(f"SELECT * FROM {t} ORDER BY 1, 2").fetchall() for t in tables
            ]
            rows.append(
                connection.execute(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
                ).fetchall()
            )
            rows.append(
                connection.execute(
                    "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp' ORDER BY 1"
                ).fetchall()
            )
        return hashlib.sha256(repr(rows).encode()).hexdigest()
    if address.startswith("mysql"):
        found = [run_on_mariadb(address, f"SELECT * FROM shop.{t} ORDER BY 1, 2") for t in tables]
        found.append(run_on_mariadb(address, "SHOW DATABASES"))
        found.append(run_on_mariadb(address, "SHOW TABLES FROM shop"))
        return hashlib.sha256(repr(found).encode()).hexdigest()
    return hashlib.sha256(Path(address.removeprefix("duckdb:///")).read_bytes()).hexdigest()


def test_hostile_texts_change_nothing(
    shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)  # a file written by a relative path would land here
    before = digest(shop)
    with connect(shop) as database:
        for text in HOSTILE:
            with pytest.raises(SqlError):
                database.rows(sql.read(text, database.dialect), seconds=1)
        # and past the parser: a tree that nobody read, and the engine asked directly
        with pytest.raises(SqlError):
            database.rows(parse_one("DELETE FROM order_lines"), seconds=1)  # type: ignore[arg-type]
        for text in HOSTILE:
            try:
                database._engine.fetch(text, 1, 10)
            except (DatabaseError, QueryTimeout):
                continue
    assert digest(shop) == before
    assert os.listdir(folder) == []


def test_reads_the_schema(shop: str) -> None:
    with connect(shop) as database:
        schema = database.schema
    orders, lines, customers = map(schema.table, ("orders", "order_lines", "customers"))
    assert orders
    assert lines
    assert customers
    assert orders.primary_key == ("id",)
    assert lines.primary_key == ("order_id", "line")
    assert orders.foreign_keys == (ForeignKey(("customer_id",), "customers", ("id",)),)
    assert customers.unique == (("name",),)
    # MariaDB makes an index of its own for a foreign key
    assert [i.columns for i in orders.indexes if i.columns != ("customer_id",)] == [("placed",)]
    assert [c.nullable for c in orders.columns] == [False, True, False, False]
    assert [t.rows for t in (customers, orders, lines)] == [3, 3, 3]


@pytest.mark.parametrize("engine", ["postgres", "mariadb"])
def test_reads_comments(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with connect(make_shop(engine, tmp_path, request)) as database:
        orders = database.schema.table("orders")
    assert orders
    assert orders.comment == "what customers bought"
    column = orders.column("total")
    assert column
    assert column.comment == "with tax"


def read(database: Database, text: str) -> exp.Query:
    return sql.read(text, database.dialect)


def test_rows_are_limited_and_timed(shop: str) -> None:
    with connect(shop) as database:
        found = database.rows(
            read(database, "SELECT id, name FROM customers ORDER BY id"), max_rows=2
        )
        assert found.rows == ((1, "Ann"), (2, "Bob"))
        assert found.columns == ("id", "name")
        assert found.truncated
        assert not database.rows(read(database, "SELECT id FROM customers")).truncated
        assert 0 < database.time(read(database, "SELECT id FROM customers"), seconds=5) < 5


def test_a_slow_query_is_stopped_and_the_connection_lives_on(shop: str) -> None:
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
        " SELECT COUNT(*) FROM n AS a, n AS b, n AS c, n AS d WHERE a.i + b.i + c.i + d.i < 5000"
    )
    with connect(shop) as database:
        with pytest.raises(QueryTimeout, match=r"0\.3 s"):
            database.time(read(database, endless), seconds=0.3)
        assert database.rows(read(database, "SELECT 1 AS one")).rows == ((1,),)


def test_plans_name_the_table(shop: str) -> None:
    with connect(shop) as database:
        assert "orders" in database.plan(read(database, "SELECT total FROM orders WHERE total > 1"))


def test_an_engine_that_refuses_is_one_sentence(shop: str) -> None:
    with (
        connect(shop) as database,
        pytest.raises(DatabaseError, match="refused the query") as caught,
    ):
        database.rows(read(database, "SELECT nothing FROM nowhere"))
    assert "\n" not in str(caught.value)


def test_addresses_that_cannot_be_opened(tmp_path: Path) -> None:
    text = tmp_path / "text.sqlite"
    text.write_text("no database at all, but long enough")
    for address, error, words in (
        (str(tmp_path / "none.db"), UsageError, "no such database file"),
        (str(text), DatabaseError, "not a SQLite or DuckDB database"),
        ("oracle://host/x", UsageError, "no engine for oracle"),
        ("sqlite://", UsageError, "names no file"),
        ("post gres://", UsageError, "not a URL"),
    ):
        with pytest.raises(error, match=words):
            connect(address)


def test_a_password_is_never_told() -> None:
    for address in (
        "postgresql://me:hush-hush@127.0.0.1:1/x",
        "mysql://me:hush-hush@127.0.0.1:1/x",
        "mariadb://me:hush-hush@127.0.0.1:1/x?password=hush-hush",
    ):
        with pytest.raises(DatabaseError) as caught:
            connect(address)
        assert "hush-hush" not in str(caught.value)
        assert "me:***@" in str(caught.value)


def test_an_empty_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a)")
    connection.execute("DROP TABLE t")
    connection.commit()
    connection.close()
    with connect(str(path)) as database, pytest.raises(DatabaseError, match="no tables"):
        _ = database.schema


CHECKED = "CREATE TABLE goods (id INT PRIMARY KEY, n INT CHECK (n > 0), s {enum}, CHECK (n < id))"


@pytest.mark.parametrize("engine", ["sqlite", "duckdb", "postgres", "mariadb"])
def test_reads_checks_and_enums(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = make_shop(engine, tmp_path, request)
    if engine == "sqlite":
        with sqlite3.connect(address) as lite:
            lite.execute(CHECKED.format(enum="TEXT"))
        lite.close()
    elif engine == "duckdb":
        import duckdb

        with duckdb.connect(address.removeprefix("duckdb:///")) as duck:
            duck.execute(CHECKED.format(enum="ENUM('a', 'it''s')"))
    elif engine == "mariadb":
        run_on_mariadb(address, "USE shop", CHECKED.format(enum="ENUM('a', 'it''s')"))
    else:
        import psycopg

        with psycopg.connect(address, autocommit=True) as server:
            server.execute("CREATE TYPE public.mood AS ENUM ('a', 'it''s')")
            server.execute(CHECKED.format(enum="mood"))
    with connect(address) as database:
        goods = database.schema.table("goods")
    assert goods
    plain = {check.strip("()").replace("`", "") for check in goods.checks}
    assert plain == {"n > 0", "n < id"}
    if engine != "sqlite":
        assert goods.columns[2].type.replace(", ", ",") == "ENUM('a','it''s')"


def test_mariadb_reads_a_file_of_none(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A read-only transaction lets SELECT INTO OUTFILE write; the words of the text do not."""
    address = make_shop("mariadb", tmp_path, request)
    target = tmp_path / "stolen"
    with connect(address) as database:
        for text in (
            f"SELECT 1 INTO OUTFILE '{target}'",
            f"SELECT 1 /*! INTO OUTFILE '{target}' */",
            f"SELECT 1 /*M! INTO OUTFILE '{target}' */",
            f"SELECT 1 FROM orders UNION (SELECT 2 INTO DUMPFILE '{target}')",
        ):
            with pytest.raises(DatabaseError, match="INTO"):
                database._engine.fetch(text, 1, 10)
    assert not target.exists()


def test_mariadb_lives_on_when_rows_are_cut(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with connect(make_shop("mariadb", tmp_path, request)) as database:
        query = read(database, "SELECT id FROM orders ORDER BY id LIMIT 3")
        assert database.rows(query, max_rows=2).truncated
        assert database.rows(query, max_rows=3).rows == ((10,), (11,), (12,))
        # quotes that end nowhere for a server that reads backslashes otherwise
        assert database.rows(read(database, r"SELECT 'a\\', 'b''c', 'd\'e'")).rows == (
            ("a\\", "b'c", "d'e"),
        )


def test_mariadb_transactions_let_nothing_be_written(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The transaction alone, without the reading of words that comes before it."""
    address = make_shop("mariadb", tmp_path, request)
    before = digest(address)
    with connect(address) as database:
        for text in HOSTILE:
            if "INTO OUTFILE" in text or "DUMPFILE" in text or "BENCHMARK" in text:
                continue  # this is what the reading of words is for
            try:
                with database._engine._reading(0.5, 10) as cursor:  # type: ignore[attr-defined]
                    cursor.execute(text)
                    cursor.close()
            except DatabaseError:
                continue
        assert database.rows(read(database, "SELECT 1 AS one")).rows == ((1,),)
    assert digest(address) == before


def test_mariadb_dials_again_when_the_connection_is_lost(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = make_shop("mariadb", tmp_path, request)
    with connect(address) as database:
        number = database._engine._connection.thread_id()  # type: ignore[attr-defined]
        run_on_mariadb(address, f"KILL {number}")
        with pytest.raises(DatabaseError, match="MariaDB refused the query"):
            database.rows(read(database, "SELECT 1 AS one"))
        assert database.rows(read(database, "SELECT 1 AS one")).rows == ((1,),)
