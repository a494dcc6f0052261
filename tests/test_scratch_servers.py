"""Scratch tables on real servers, beside a user's tables that must not change nor be read."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlglot import parse_one
from test_database import HOSTILE, digest

from conftest import make_shop, run_on_mariadb
from sqlwright import sql
from sqlwright.database import connect
from sqlwright.errors import DatabaseError, QueryTimeout, UsageError
from sqlwright.schema import Column, Schema, Table
from sqlwright.verify.judge import judge
from sqlwright.verify.scratch import Scratch
from sqlwright.verify.scratch_servers import open_server_scratch
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness

DIALECTS = {"postgres": "postgres", "mariadb": "mysql"}


@pytest.fixture(params=["postgres", "mariadb"])
def engine(request: pytest.FixtureRequest) -> str:
    """A server's name."""
    return str(request.param)


@pytest.fixture
def server(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The address of the small shop on a server."""
    return make_shop(engine, tmp_path, request)


@pytest.fixture
def schema(server: str) -> Schema:
    """The shop's schema, read from its catalog."""
    with connect(server) as database:
        return database.schema


@pytest.fixture
def scratch(server: str, schema: Schema, engine: str) -> Iterator[Scratch]:
    """Empty scratch tables for the whole shop; nothing of them is left at the end."""
    before = digest(server)
    opened = open_server_scratch(server, schema.tables, DIALECTS[engine])
    yield opened
    opened.close()
    assert digest(server) == before


def witness(schema: Schema, **rows: list[tuple[Value, ...]]) -> Witness:
    """Rows of the tables that are named, and none of the others."""
    return Witness(schema.tables, tuple(tuple(rows.get(t.name, ())) for t in schema.tables))


def written(text: str, scratch: Scratch) -> str:
    """The text as the checker writes it: every name quoted, in lower case."""
    return parse_one(text, read="postgres").sql(scratch.dialect, identify=True)


SHOP: dict[str, list[tuple[Value, ...]]] = {
    "customers": [(1, "it's \\", None, "2020-02-29"), (2, "b", "Тула", None)],
    "orders": [(10, 1, 5.5, "2024-01-01"), (11, 1, 7, "2024-01-02"), (12, None, 1, "2024-01-03")],
}


def test_rows_come_back_as_they_were_loaded(scratch: Scratch, schema: Schema) -> None:
    assert scratch.run(written("SELECT * FROM orders", scratch), 5) == []  # the user's has rows
    scratch.load(witness(schema, **SHOP))
    found = scratch.run(written("SELECT name, city FROM customers ORDER BY id", scratch), 5)
    assert found == [("it's \\", None), ("b", "Тула")]
    twice = "SELECT COUNT(*) FROM orders AS a JOIN orders AS b ON a.customer_id = b.customer_id"
    assert scratch.run(written(twice, scratch), 5) == [(4,)]
    # a column that depends on a grouped key: no engine runs it without that key declared
    grouped = (
        "SELECT c.name, COUNT(*) AS n FROM customers AS c JOIN orders AS o"
        " ON o.customer_id = c.id GROUP BY c.id"
    )
    assert scratch.run(written(grouped, scratch), 5) == [("it's \\", 2)]
    scratch.load(witness(schema, orders=[(1, None, 1, "2024-01-01")]))
    assert scratch.run(written("SELECT COUNT(*) FROM customers", scratch), 5) == [(0,)]
    assert scratch.run(written("SELECT id FROM orders", scratch), 5) == [(1,)]


def test_a_value_that_a_type_does_not_take_spoils_one_witness(
    scratch: Scratch, schema: Schema
) -> None:
    for wrong in (
        {"customers": [(1, "x" * 41, None, None)]},
        {"customers": [(1, "x", None, "2020-02-30")]},
        {"customers": [(1, "x", None, None), (1, "y", None, None)]},  # the key twice
        {"orders": [(1, None, None, "2020-01-01")]},  # NULL where none may be
    ):
        with pytest.raises(DatabaseError, match="does not take a witness") as caught:
            scratch.load(witness(schema, **wrong))
        assert "\n" not in str(caught.value)
        scratch.load(witness(schema, **SHOP))
        assert scratch.run(written("SELECT COUNT(*) FROM orders", scratch), 5) == [(3,)]


def test_hostile_texts_change_and_reach_nothing(
    scratch: Scratch, schema: Schema, server: str
) -> None:
    before = digest(server)
    scratch.load(witness(schema, **SHOP))
    others = (
        "SELECT * FROM public.orders",
        "SELECT * FROM shop.orders",
        "SELECT * FROM pg_catalog.pg_class",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM pg_class",
        "SELECT * FROM unknown",
    )
    for text in (*HOSTILE, *others):
        with pytest.raises(DatabaseError):
            scratch.run(text, 1)
    # and past the reading of the text: the connection itself
    for text in HOSTILE:
        try:
            scratch._engine.fetch(text, 1, 10)  # type: ignore[attr-defined]
        except DatabaseError:
            continue
    assert digest(server) == before
    assert scratch.run(written("SELECT COUNT(*) FROM orders", scratch), 5) == [(3,)]


def test_a_slow_query_is_stopped(scratch: Scratch, schema: Schema) -> None:
    scratch.load(witness(schema, orders=[(n, None, n, "2024-01-01") for n in range(300)]))
    slow = "SELECT COUNT(*) FROM orders AS a, orders AS b, orders AS c, orders AS d WHERE a.total + b.total + c.total + d.total < 3"
    with pytest.raises(QueryTimeout, match=r"0\.3 s"):
        scratch.run(written(slow, scratch), 0.3)
    assert scratch.run(written("SELECT COUNT(*) FROM orders", scratch), 5) == [(300,)]


def test_a_schema_that_the_server_does_not_have(server: str, engine: str) -> None:
    table = Table(
        "Things; DROP TABLE orders",
        (
            Column("Id", "INT", nullable=False),
            Column("size", "ENUM('small','large')"),
            Column("odd", "INT); DROP TABLE orders; --"),
            Column("price", "DECIMAL(6, 2)"),
            Column("made", "TIMESTAMP"),
            Column("sure", "BOOLEAN"),
        ),
        primary_key=("Id",),
    )
    before = digest(server)
    scratch = open_server_scratch(server, [table], DIALECTS[engine])
    row = (1, "small", "3", 1.239, "2020-01-01 00:00:00", True)
    scratch.load(Witness((table,), ((row,),)))
    name = '"things; drop table orders"'
    found = scratch.run(written(f"SELECT price, sure FROM {name}", scratch), 5)
    assert [(float(price), bool(sure)) for price, sure in found] == [(1.24, True)]
    scratch.close()
    scratch.close()  # twice does no harm
    assert digest(server) == before


def test_postgres_types_are_the_servers_own(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    import psycopg

    address = make_shop("postgres", tmp_path, request)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad')")
        connection.execute("CREATE DOMAIN small AS int CHECK (VALUE < 10)")
        connection.execute(
            "CREATE TABLE notes (id uuid PRIMARY KEY, feel mood NOT NULL, feels mood[], doc jsonb,"
            ' n small, at timestamptz, tags text[], code char(4), name text COLLATE "C")'
        )
    with connect(address) as database:
        notes = database.schema.table("notes")
    assert notes
    assert notes.columns[1].type == "ENUM('sad','ok','glad')"
    scratch = open_server_scratch(address, [notes], "postgres")
    ids = ["00000000-0000-0000-0000-00000000000" + digit for digit in "12"]
    rows = (
        (ids[0], "glad", "{sad}", '{"a": 1}', 3, "2020-01-01 12:00:00+03", "{x,y}", "ab", "B"),
        (ids[1], "ok", None, "[]", None, None, "{}", None, "a"),
    )
    scratch.load(Witness((notes,), (rows,)))
    # labels order as declared, not as text; the cast finds a type of that name
    found = scratch.run(
        'SELECT "feel" FROM "notes" WHERE "feel" > CAST(\'sad\' AS "mood") ORDER BY "feel"', 5
    )
    assert found == [("ok",), ("glad",)]
    found = scratch.run("SELECT doc ->> 'a', tags[2], code, feels FROM notes ORDER BY name", 5)
    assert found[0][:3] == ("1", "y", "ab  ")
    with pytest.raises(DatabaseError, match="does not take"):
        scratch.load(
            Witness((notes,), (((ids[0], "cross", None, None, 1, None, None, None, ""),),))
        )
    scratch.close()


def test_mariadb_compares_text_as_the_column_does(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = make_shop("mariadb", tmp_path, request)
    run_on_mariadb(
        address,
        "CREATE TABLE shop.words (a VARCHAR(9) COLLATE utf8mb4_general_ci, b VARCHAR(9) COLLATE utf8mb4_bin,"
        " size ENUM('small', 'large'), t TEXT UNIQUE, d DATETIME(3))",
    )
    with connect(address) as database:
        words = database.schema.table("words")
    assert words
    scratch = open_server_scratch(address, [words], "mysql")
    scratch.load(
        Witness(
            (words,),
            ((("A", "A", "large", "x", "2020-01-01 00:00:00.5"), ("b", "b", "small", "y", None)),),
        )
    )
    assert scratch.run("SELECT a FROM words WHERE a = 'a'", 5) == [("A",)]
    assert scratch.run("SELECT b FROM words WHERE b = 'a'", 5) == []
    assert scratch.run("SELECT size FROM words ORDER BY size", 5) == [("small",), ("large",)]
    scratch.close()


def test_without_the_right_to_make_tables(server: str, engine: str, schema: Schema) -> None:
    if engine == "postgres":
        import psycopg

        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("DROP ROLE IF EXISTS reader")
            connection.execute("CREATE ROLE reader LOGIN PASSWORD 'hush'")
            connection.execute("REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
        address, words = server.replace("postgres:@", "reader:hush@"), "TEMPORARY"
    else:
        run_on_mariadb(server, "CREATE OR REPLACE USER reader@localhost IDENTIFIED BY 'hush'",
                       "GRANT SELECT ON shop.* TO reader@localhost")  # fmt: skip
        address, words = server.replace("root@", "reader:hush@"), "CREATE and DROP"
    before = digest(server)
    with pytest.raises(DatabaseError, match=words) as caught:
        open_server_scratch(address, schema.tables, DIALECTS[engine])
    assert "hush" not in str(caught.value)
    assert digest(server) == before
    if engine == "postgres":
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute("GRANT TEMPORARY ON DATABASE postgres TO PUBLIC")


def test_a_server_of_another_dialect(server: str, engine: str, schema: Schema) -> None:
    with pytest.raises(UsageError, match="cannot run"):
        open_server_scratch(server, schema.tables, "sqlite")


KILLED = """
import os, signal, sys
from sqlwright.schema import Column, Table
from sqlwright.verify.scratch_servers import open_server_scratch
from sqlwright.verify.witness import Witness
table = Table("orders", (Column("id", "INT"),))
scratch = open_server_scratch(sys.argv[1], [table], sys.argv[2])
scratch.load(Witness((table,), (((1,),),)))
if sys.argv[3] == "kill":
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[3] == "error":
    raise SystemExit("an error in the midst")
"""


@pytest.mark.parametrize("how", ["kill", "error"])
def test_a_killed_process_leaves_nothing(
    server: str, engine: str, how: str, schema: Schema
) -> None:
    before = digest(server)
    live = open_server_scratch(server, schema.tables, DIALECTS[engine])
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, server, DIALECTS[engine], how], capture_output=True
    )
    assert ended.returncode == (-9 if how == "kill" else 1), ended.stderr
    # where a database was left behind, the next one drops it, and not the one that is in use
    other = open_server_scratch(server, schema.tables[:1], DIALECTS[engine])
    live.load(witness(schema, **SHOP))
    other.close()
    assert live.run(written("SELECT COUNT(*) FROM orders", live), 5) == [(3,)]
    live.close()
    if engine == "postgres":
        import time

        import psycopg

        with psycopg.connect(server, autocommit=True) as connection:
            for _ in range(50):  # the server notices the dead process in a moment
                found = connection.execute(
                    "SELECT COUNT(*) FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'"
                ).fetchone()
                if found == (0,):
                    break
                time.sleep(0.1)
        assert found == (0,)
    assert digest(server) == before


def test_types_are_taken_from_the_server_not_the_schema(
    server: str, engine: str, schema: Schema
) -> None:
    """A schema that says less than the server: TEXT for a DATE."""
    tables = tuple(
        replace(t, columns=tuple(replace(c, type="TEXT") for c in t.columns)) for t in schema.tables
    )
    scratch = open_server_scratch(server, tables, DIALECTS[engine])
    with pytest.raises(DatabaseError):
        scratch.load(witness(Schema(tables), orders=[(1, None, 1, "no date")]))
    scratch.close()


@pytest.mark.parametrize("engine", ["postgres", "mariadb"])
def test_verdicts_rest_on_the_users_own_server(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    from test_verify import SAME, SCHEMA, TRAPS

    url = make_shop(engine, tmp_path, request)
    dialect = {"postgres": "postgres", "mariadb": "mysql"}[engine]
    before = digest(url)
    for name in ("EXISTS becomes a join", "NOT IN with a NULL", "LEFT becomes INNER"):
        pair = [sql.read(text, dialect) for text in TRAPS[name]]
        verdict = judge(*pair, SCHEMA, dialect, server=url)
        assert verdict.outcome == "different", verdict.reason
        assert verdict.counterexample
        assert "in place of" not in verdict.counterexample.engine
    pair = [sql.read(text, dialect) for text in SAME["decorrelated"]]
    verdict = judge(*pair, SCHEMA, dialect, server=url)
    assert verdict.outcome == "no difference found", verdict.reason
    assert "in place of" not in verdict.reason
    assert digest(url) == before
    nowhere = f"{url.split('://')[0]}://nobody@127.0.0.1:1/nothing"
    verdict = judge(*pair, SCHEMA, dialect, server=nowhere)
    assert verdict.outcome == "no difference found", verdict.reason
    assert "judged in memory" in " ".join(verdict.notes)
