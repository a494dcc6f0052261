"""Makes the demo database: TPC-H, generated here by tpchgen-cli, with its keys and a few indexes.

    python examples/tpch/make_database.py build/demo/tpch.sqlite --scale 0.05
    python examples/tpch/make_database.py --postgres URL --scale 0.05

It does nothing when the database is there already and was made by the same script at the same
scale. A SQLite file is written beside its place and renamed, PostgreSQL is filled in one
transaction: whoever looks sees the whole database or none.

Some indexes are missing on purpose (lineitem by part, by supplier, by date; partsupp by supplier),
as they are in many a real database: a slow query must then be helped by better SQL.
"""

from __future__ import annotations

import argparse
import csv
import re
import sqlite3
import subprocess
import sys
import sysconfig
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
MADE_HERE = 0x54504348  # the letters TPCH: nothing else is ever overwritten
TABLES = ("region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem")

# Amounts and dates are spelled for each engine:
# - SQLite: REAL, because a DECIMAL column there has NUMERIC affinity and stores 17.00 as the
#   integer 17, so that 17 / 2 would be 8 in one row and 17.5 / 2 = 8.75 in the next. A REAL column
#   always divides as real, and compares equal to the literal of the same spelling.
# - SQLite: DATE says what is meant; the values are ISO text, which sorts as dates do.
MONEY = {"sqlite": "REAL", "postgres": "NUMERIC(15, 2)"}

DDL = """
CREATE TABLE region (
    r_regionkey INTEGER NOT NULL PRIMARY KEY,
    r_name      VARCHAR(25) NOT NULL UNIQUE,
    r_comment   VARCHAR(152)
);
CREATE TABLE nation (
    n_nationkey INTEGER NOT NULL PRIMARY KEY,
    n_name      VARCHAR(25) NOT NULL UNIQUE,
    n_regionkey INTEGER NOT NULL REFERENCES region (r_regionkey),
    n_comment   VARCHAR(152)
);
CREATE TABLE supplier (
    s_suppkey   INTEGER NOT NULL PRIMARY KEY,
    s_name      VARCHAR(25) NOT NULL,
    s_address   VARCHAR(40) NOT NULL,
    s_nationkey INTEGER NOT NULL REFERENCES nation (n_nationkey),
    s_phone     VARCHAR(15) NOT NULL,
    s_acctbal   MONEY NOT NULL,
    s_comment   VARCHAR(101)
);
CREATE TABLE customer (
    c_custkey    INTEGER NOT NULL PRIMARY KEY,
    c_name       VARCHAR(25) NOT NULL,
    c_address    VARCHAR(40) NOT NULL,
    c_nationkey  INTEGER NOT NULL REFERENCES nation (n_nationkey),
    c_phone      VARCHAR(15) NOT NULL,
    c_acctbal    MONEY NOT NULL,
    c_mktsegment VARCHAR(10) NOT NULL,
    c_comment    VARCHAR(117)
);
CREATE TABLE part (
    p_partkey     INTEGER NOT NULL PRIMARY KEY,
    p_name        VARCHAR(55) NOT NULL,
    p_mfgr        VARCHAR(25) NOT NULL,
    p_brand       VARCHAR(10) NOT NULL,
    p_type        VARCHAR(25) NOT NULL,
    p_size        INTEGER NOT NULL,
    p_container   VARCHAR(10) NOT NULL,
    p_retailprice MONEY NOT NULL,
    p_comment     VARCHAR(23)
);
CREATE TABLE partsupp (
    ps_partkey    INTEGER NOT NULL REFERENCES part (p_partkey),
    ps_suppkey    INTEGER NOT NULL REFERENCES supplier (s_suppkey),
    ps_availqty   INTEGER NOT NULL,
    ps_supplycost MONEY NOT NULL,
    ps_comment    VARCHAR(199),
    PRIMARY KEY (ps_partkey, ps_suppkey)
);
CREATE TABLE orders (
    o_orderkey      INTEGER NOT NULL PRIMARY KEY,
    o_custkey       INTEGER NOT NULL REFERENCES customer (c_custkey),
    o_orderstatus   CHAR(1) NOT NULL,
    o_totalprice    MONEY NOT NULL,
    o_orderdate     DATE NOT NULL,
    o_orderpriority VARCHAR(15) NOT NULL,
    o_clerk         VARCHAR(15) NOT NULL,
    o_shippriority  INTEGER NOT NULL,
    o_comment       VARCHAR(79)
);
CREATE TABLE lineitem (
    l_orderkey      INTEGER NOT NULL REFERENCES orders (o_orderkey),
    l_partkey       INTEGER NOT NULL REFERENCES part (p_partkey),
    l_suppkey       INTEGER NOT NULL REFERENCES supplier (s_suppkey),
    l_linenumber    INTEGER NOT NULL,
    l_quantity      MONEY NOT NULL,
    l_extendedprice MONEY NOT NULL,
    l_discount      MONEY NOT NULL,
    l_tax           MONEY NOT NULL,
    l_returnflag    CHAR(1) NOT NULL,
    l_linestatus    CHAR(1) NOT NULL,
    l_shipdate      DATE NOT NULL,
    l_commitdate    DATE NOT NULL,
    l_receiptdate   DATE NOT NULL,
    l_shipinstruct  VARCHAR(25) NOT NULL,
    l_shipmode      VARCHAR(10) NOT NULL,
    l_comment       VARCHAR(44),
    PRIMARY KEY (l_orderkey, l_linenumber),
    FOREIGN KEY (l_partkey, l_suppkey) REFERENCES partsupp (ps_partkey, ps_suppkey)
);
"""

INDEXES = (
    "CREATE INDEX orders_by_customer ON orders (o_custkey)",
    "CREATE INDEX orders_by_date ON orders (o_orderdate)",
    "CREATE INDEX supplier_by_nation ON supplier (s_nationkey)",
    "CREATE INDEX customer_by_nation ON customer (c_nationkey)",
)


def statements(dialect: str) -> list[str]:
    """The CREATE TABLE statements, parents before children."""
    text = DDL.replace(" MONEY ", f" {MONEY[dialect]} ")
    return [part.strip() for part in text.split(";") if part.strip()]


def fingerprint(dialect: str, scale: float) -> int:
    """A positive 31-bit number that changes with the tables, the indexes and the scale."""
    made_of = "\n".join([*statements(dialect), *INDEXES, repr(scale)])
    return zlib.crc32(made_of.encode()) & 0x7FFFFFFF


def generate(scale: float, folder: Path) -> None:
    """Writes one CSV file a table into the folder. The same scale gives the same bytes."""
    program = Path(sysconfig.get_path("scripts")) / "tpchgen-cli"
    command = [str(program), "csv", "--quiet", "-s", str(scale), "--output-dir", str(folder)]
    try:
        subprocess.run(command, check=True)
    except FileNotFoundError:
        sys.exit("make_database: tpchgen-cli is not installed: run pip install tpchgen-cli")
    except subprocess.CalledProcessError as error:
        sys.exit(f"make_database: tpchgen-cli failed with exit code {error.returncode}")


def rows(path: Path) -> Iterator[list[str]]:
    """The data rows of a CSV file, after its heading."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        next(reader)
        yield from reader


def descriptions() -> dict[str, str]:
    """What tables.md says: {"orders": ..., "orders.o_orderkey": ...}."""
    found: dict[str, str] = {}
    table = ""
    for line in (HERE / "tables.md").read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"## (\w+): (.+)", line):
            table, found[match[1]] = match[1], match[2]
        elif match := re.fullmatch(r"- `(\w+)`: (.+)", line):
            found[f"{table}.{match[1]}"] = match[2]
    return found


def make_sqlite(path: Path, scale: float) -> None:
    """Writes the SQLite file, unless it is there already."""
    wanted = fingerprint("sqlite", scale)
    if path.exists():
        if sqlite_mark(path) == (MADE_HERE, wanted):
            print(f"{path} is there already, at scale {scale:g}", flush=True)
            return
        if sqlite_mark(path)[0] != MADE_HERE:
            sys.exit(f"make_database: {path} was not made by this script: give another path")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".making-") as made:
        folder = Path(made)
        generate(scale, folder)
        with closing(sqlite3.connect(folder / "new.sqlite")) as connection:
            connection.execute("PRAGMA journal_mode = OFF")
            connection.execute("PRAGMA synchronous = OFF")
            for statement in statements("sqlite"):
                connection.execute(statement)
            for table in TABLES:
                fill_sqlite(connection, table, folder / f"{table}.csv")
            for statement in INDEXES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {MADE_HERE}")
            connection.execute(f"PRAGMA user_version = {wanted}")
            connection.commit()
            if broken := connection.execute("PRAGMA foreign_key_check").fetchone():
                sys.exit(f"make_database: a row of {broken[0]} has no parent in {broken[2]}")
        (folder / "new.sqlite").replace(path)


def sqlite_mark(path: Path) -> tuple[int, int]:
    """The two numbers that this script leaves in a file; zeros in a file of another kind."""
    with closing(sqlite3.connect(path)) as there:
        try:
            names = ("application_id", "user_version")
            made, version = (there.execute(f"PRAGMA {name}").fetchone()[0] for name in names)
        except sqlite3.DatabaseError:
            return (0, 0)
    return (made, version)


def fill_sqlite(connection: sqlite3.Connection, table: str, path: Path) -> None:
    """Loads one CSV file; column affinity turns its text into numbers."""
    width = len(connection.execute(f"PRAGMA table_info({table})").fetchall())
    marks = ", ".join("?" * width)
    cursor = connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows(path))
    print(f"  {table:<9} {cursor.rowcount:>9,} rows", flush=True)


def make_postgres(url: str, scale: float) -> None:
    """Fills the PostgreSQL database in one transaction, unless it is filled already.

    Tables of these names that it did not make itself are never replaced.
    """
    import psycopg

    mark = f"TPC-H at scale {scale:g}, made by make_database.py ({fingerprint('postgres', scale)})"
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        there = postgres_mark(cursor)
        if there == mark:
            print(f"the database is there already, at scale {scale:g}", flush=True)
            return
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {row[0] for row in cursor.fetchall()} & set(TABLES)
        if tables and "made by make_database.py" not in there:
            sys.exit(
                f"make_database: the database has a table {min(tables)} that this script did not"
                " make: give an empty database"
            )
        cursor.execute("SET LOCAL client_min_messages = warning")
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(TABLES)}")
        for statement in statements("postgres"):
            cursor.execute(statement)
        with tempfile.TemporaryDirectory() as made:
            generate(scale, Path(made))
            for table in TABLES:
                fill_postgres(cursor, table, Path(made) / f"{table}.csv")
        for statement in INDEXES:
            cursor.execute(statement)
        for name, text in descriptions().items():
            kind = "COLUMN" if "." in name else "TABLE"
            cursor.execute(psycopg.sql.SQL(f"COMMENT ON {kind} {name} IS {{}}").format(text))
        cursor.execute(psycopg.sql.SQL("COMMENT ON SCHEMA public IS {}").format(mark))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")  # or else the planner guesses, and timings wander


def postgres_mark(cursor) -> str:  # type: ignore[no-untyped-def]
    """What this script said of the database when it filled it, or something else."""
    cursor.execute("SELECT obj_description('public'::regnamespace)")
    return cursor.fetchone()[0] or ""


def fill_postgres(cursor, table: str, path: Path) -> None:  # type: ignore[no-untyped-def]
    """Loads one CSV file by COPY."""
    command = f"COPY {table} FROM STDIN (FORMAT csv, HEADER)"
    with path.open("rb") as file, cursor.copy(command) as copy:
        while block := file.read(1 << 20):
            copy.write(block)
    print(f"  {table:<9} {cursor.rowcount:>9,} rows", flush=True)


def scale_factor(text: str) -> float:
    """A scale that fits on a laptop, and at which TPC-H's formulas repeat no key.

    Below 240 suppliers the formula that spreads parts over suppliers gives the same pair twice when
    it steps by a third of them.
    """
    value = float(text)
    if not 0.01 <= value <= 10 or (value < 0.024 and round(value * 10_000) % 3 == 0):
        raise argparse.ArgumentTypeError("give a scale from 0.01 to 10, for example 0.05")
    return value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", nargs="?", type=Path, help="the SQLite file to make")
    parser.add_argument("--postgres", metavar="URL", help="a PostgreSQL database to fill instead")
    parser.add_argument("--scale", type=scale_factor, default=0.05, help="0.05 is 300,000 lines")
    options = parser.parse_args()
    if (options.path is None) == (options.postgres is None):
        parser.error("give the path of a SQLite file, or --postgres URL")
    started = time.perf_counter()
    if options.postgres:
        make_postgres(options.postgres, options.scale)
    else:
        make_sqlite(options.path, options.scale)
    print(f"done in {time.perf_counter() - started:.1f} s", flush=True)


if __name__ == "__main__":
    main()
