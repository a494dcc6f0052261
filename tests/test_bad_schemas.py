"""Schemas as they come: odd, large, circular or cut short are read, and witnesses keep them."""

from itertools import islice

import pytest

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.schema import read_ddl
from sqlwright.verify.checks import read_checks
from sqlwright.verify.predicates import read_predicates
from sqlwright.verify.widths import fits
from sqlwright.verify.witness import witnesses

# name: (dialect, DDL, a query of it)
DRAWN = {
    "a reference to itself": (
        "postgres",
        "CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t)",
        "SELECT a.id FROM t a JOIN t b ON a.up = b.id WHERE b.id > 5",
    ),
    "references in a circle": (
        "postgres",
        "CREATE TABLE a (id int PRIMARY KEY, b_id int NOT NULL REFERENCES b);"
        " CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a)",
        "SELECT a.id FROM a JOIN b ON a.b_id = b.id",
    ),
    "a table that is not there": (
        "postgres",
        "CREATE TABLE t (id int PRIMARY KEY, x int REFERENCES gone (id), y int REFERENCES gone)",
        "SELECT id FROM t WHERE x > 5",
    ),
    "two references of one column": (
        "postgres",
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE q (id int PRIMARY KEY);"
        " CREATE TABLE t (id int PRIMARY KEY, x int NOT NULL REFERENCES p REFERENCES q)",
        "SELECT t.id FROM t JOIN p ON p.id = t.x JOIN q ON q.id = t.x",
    ),
    "1,000 columns": (
        "postgres",
        "CREATE TABLE t (id int PRIMARY KEY, "
        + ", ".join(f"c{n} {'int' if n % 2 else 'varchar(9)'}" for n in range(1000))
        + ")",
        "SELECT * FROM t WHERE c1 > 5",
    ),
    "reserved words and quotes": (
        "postgres",
        'CREATE TABLE "order" ("select" int PRIMARY KEY, "a b" int, "x""y" int, "Group" int)',
        'SELECT "select", "a b" FROM "order" WHERE "Group" > 5 AND "x""y" = 1',
    ),
    "backticks": (
        "mysql",
        "CREATE TABLE `or der` (`sel``ect` int PRIMARY KEY, `from` text, KEY `key` (`from`(9)))",
        "SELECT `from` FROM `or der` WHERE `sel``ect` > 5",
    ),
    "keys of few values": (
        "postgres",
        "CREATE TABLE t (a boolean, b boolean, PRIMARY KEY (a, b)); CREATE TABLE u (c char(1) PRIMARY KEY,"
        " a boolean NOT NULL, b boolean NOT NULL, FOREIGN KEY (a, b) REFERENCES t)",
        "SELECT c FROM u JOIN t USING (a, b)",
    ),
    "CHECKs and narrow types": (
        "postgres",
        """CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN pct AS int CHECK (VALUE BETWEEN 0 AND 100);
        CREATE TABLE t (id int PRIMARY KEY, m mood NOT NULL, p pct NOT NULL, q decimal(3, 1), s varchar(5),
          code text NOT NULL CHECK (code ~ '^[A-Z]{3}-[0-9]{4}$'), low int, high int,
          CHECK (low <= high), CHECK (s IN ('open', 'shut')))""",
        "SELECT id FROM t WHERE p > 50 AND s = 'open' AND q < 99.5",
    ),
    "types of every form": (
        "postgres",
        "CREATE TABLE t (id uuid PRIMARY KEY, a int[], j jsonb, i interval, n inet, z timestamptz, b bytea,"
        " m money, x xml, v bit(3))",
        "SELECT id FROM t WHERE z > '2024-01-01 00:00:00+00'",
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_witnesses_are_drawn_and_keep_the_schema(name: str) -> None:
    dialect, ddl, text = DRAWN[name]
    schema = read_ddl(ddl, dialect)
    query = sql.bind(sql.read(text, dialect), schema, dialect)
    tables = sql.tables_of(query, schema)
    drawn = 0
    for witness in islice(witnesses(tables, [read_predicates(query, schema)], 0, dialect), 12):
        drawn += witness.count()
        for table, rows in zip(witness.tables, witness.rows, strict=True):
            names = [column.name.lower() for column in table.columns]
            checks = read_checks(table, dialect)
            assert checks.unkept == ()
            for row in rows:
                assert checks.allows(dict(zip(names, row, strict=True)))
                for column, value in zip(table.columns, row, strict=True):
                    assert fits(column.type, value, dialect), (column, value)
                    assert value is not None or column.nullable, column
            for key in table.keys():
                at = [names.index(column.lower()) for column in key]
                found = [tuple(row[n] for n in at) for row in rows]
                whole = [item for item in found if None not in item]
                assert len(whole) == len(set(whole)), key
    assert drawn > 5


def test_two_thousand_tables_are_read() -> None:
    schema = read_ddl(
        ";".join(
            f"CREATE TABLE t{n} (id int PRIMARY KEY, p int REFERENCES t{max(n - 1, 0)})"
            for n in range(2000)
        )
    )
    assert len(schema.tables) == 2000
    assert sum(len(table.foreign_keys) for table in schema.tables) == 2000


@pytest.mark.parametrize(
    "ddl", ["", ";;", "SELECT 1", "CREATE TABLE t (", "CREATE TABLE 't", "\x00"]
)
def test_what_is_no_ddl_is_refused(ddl: str) -> None:
    with pytest.raises(SqlError):
        read_ddl(ddl)
