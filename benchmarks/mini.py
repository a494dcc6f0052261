"""How well mini answers: on schemas of the generator that it never saw, and on TPC-H.

    python benchmarks/mini.py MODEL [--number N] [--device cuda] [--out FILE.json]

For each set and task: answers that are exactly the wanted one, that parse, that bind to the schema,
and that return the same rows as the question on small random databases of SQLite. TPC-H's names are
no part of the training vocabulary (data/names.py).
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import time
from collections import defaultdict
from pathlib import Path
from random import Random

from sqlglot import exp

from sqlwright import sql
from sqlwright.data.facts import with_indexes
from sqlwright.data.invent_schema import invent_schema
from sqlwright.data.pairs import Pair, invent_pair
from sqlwright.data.sources import quote
from sqlwright.errors import SqlError
from sqlwright.model import load_model
from sqlwright.prompt import answer_of, render, short_type
from sqlwright.schema import Schema, read_ddl
from sqlwright.shards import HELD_OUT

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def tpch() -> Schema:
    """The schema of the demo database."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "tpch"))
    from make_database import DDL  # type: ignore[import-not-found]

    return read_ddl(DDL.replace("MONEY", "DECIMAL(15, 2)"), "postgres")


def draw(number: int, schema: Schema | None) -> list[tuple[Schema, Pair]]:
    """Pairs over fresh schemas, or over the one given."""
    found: list[tuple[Schema, Pair]] = []
    seed = HELD_OUT
    while len(found) < number:
        rng = Random(seed)
        here = schema or with_indexes(invent_schema(rng), rng)
        pair = invent_pair(here, rng)
        seed += 1
        if pair is not None:
            found.append((here, pair))
    return found


def fill(schema: Schema, query: exp.Query, rng: Random) -> sqlite3.Connection:
    """A small database that keeps keys, with values from the query's literals."""
    database = sqlite3.connect(":memory:")
    literals = [node.name.replace("%", "") for node in query.find_all(exp.Literal)]
    numbers = [int(text) + step for text in literals if text.isdigit() for step in (-1, 0, 1)]
    texts = [text for text in literals if not text.replace(".", "").isdigit()]
    rows: dict[str, list[dict[str, object]]] = {}
    waiting = list(schema.tables)
    for _ in range(len(waiting) + 1):
        for table in list(waiting):
            known = [f for f in table.foreign_keys if f.table in rows or f.table == table.name]
            if len(known) < len(table.foreign_keys) and _ < len(schema.tables):
                continue
            waiting.remove(table)
            rows[table.name] = made = []
            seen: set[object] = set()
            for _row in range(rng.randint(3, 9)):
                row: dict[str, object] = {}
                for column in table.columns:
                    row[column.name] = value(short_type(column.type), numbers, texts, rng)
                    if column.nullable and column.name not in table.primary_key:
                        row[column.name] = None if rng.random() < 0.2 else row[column.name]
                for foreign in known:
                    target = rows.get(foreign.table)
                    if target:
                        picked = rng.choice(target)
                        for here, there in zip(foreign.columns, foreign.references, strict=True):
                            row[here] = picked[there]
                keys = {(key, tuple(row[c] for c in key)) for key in table.keys()}
                if not keys & seen:
                    seen |= keys
                    made.append(row)
            names = ", ".join(quote(column.name) for column in table.columns)
            database.execute(f"CREATE TABLE {quote(table.name)} ({names})")
            marks = ", ".join("?" * len(table.columns))
            for row in made:
                database.execute(
                    f"INSERT INTO {quote(table.name)} VALUES ({marks})",
                    [row[column.name] for column in table.columns],
                )
    return database


def value(kind: str, numbers: list[int], texts: list[str], rng: Random) -> object:
    """A value of that kind, often one that the query names."""
    if kind in ("int", "num", "real"):
        return rng.choice(numbers) if numbers and rng.random() < 0.5 else rng.randint(0, 12)
    if kind == "bool":
        return rng.randint(0, 1)
    if texts and rng.random() < 0.5:
        return rng.choice(texts)
    if kind in ("date", "time"):
        return f"{rng.randint(1990, 1998)}-0{rng.randint(1, 9)}-01"
    return rng.choice("ABCDFNOPRX")


def same_result(schema: Schema, first: str, second: str) -> bool | None:
    """Do both return the same rows on eight small databases? None where SQLite takes neither."""
    query = sql.read(first, "")
    for seed in range(8):
        database = fill(schema, query, Random(seed))
        try:
            wanted = _rows(database, first)
        except sqlite3.Error:
            return None
        try:
            found = _rows(database, second)
        except (sqlite3.Error, SqlError):
            return False
        finally:
            database.close()
        if wanted != found:
            return False
    return True


def _rows(database: sqlite3.Connection, text: str) -> list[str]:
    found = database.execute(sql.write(sql.read(text, ""), "sqlite")).fetchmany(5000)
    return sorted(repr([round(v, 5) if isinstance(v, float) else v for v in row]) for row in found)


def grade(schema: Schema, pair: Pair, answer: str) -> dict[str, bool | None]:
    """What is true of one answer."""
    exact = answer == pair.answer
    if pair.request.task == "check":
        return {"exact": exact}
    graded: dict[str, bool | None] = {
        "exact": exact,
        "parses": False,
        "binds": False,
        "same": False,
    }
    dialect = pair.request.dialect or ""
    try:
        query = sql.read(answer, dialect)
        graded["parses"] = True
        sql.bind(query, schema, dialect or "sqlite")
        graded["binds"] = True
    except SqlError:
        return graded
    # the wanted answer has the question's result; a broken question has none
    graded["same"] = True if exact else same_result(schema, pair.answer, answer)
    return graded


def main() -> None:
    """Prints a table, and writes every answer where --out says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--device", default=None)
    parser.add_argument("--out", type=Path, default=None)
    said = parser.parse_args()
    model = load_model(said.model, said.device)
    answers = []
    for name, schema in (("invented", None), ("tpch", tpch())):
        drawn = draw(said.number, schema)
        started = time.monotonic()
        prompts = [render(pair.request, "mini") for _, pair in drawn]
        made = model.complete(prompts, max_new_tokens=500)
        took = time.monotonic() - started
        table: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
        for (here, pair), (completion, *_) in zip(drawn, made, strict=True):
            answer = answer_of(completion, "mini")
            graded = grade(here, pair, answer)
            for key, good in graded.items():
                if good is not None:
                    table[pair.request.task][key].append(good)
                    table["all"][key].append(good)
            answers.append(
                {"set": name, "task": pair.request.task, "steps": pair.steps, "graded": graded,
                 "prompt": render(pair.request, "mini"), "wanted": pair.answer, "answer": answer}
            )  # fmt: skip
        print(f"{name}: {len(drawn)} questions, {took:.0f} s")
        for task, row in sorted(table.items()):
            cells = "  ".join(f"{k} {100 * sum(v) / len(v):5.1f}%" for k, v in row.items())
            print(f"  {task:9} {len(row['exact']):4}  {cells}")
    if said.out:
        said.out.write_text("\n".join(json.dumps(a, ensure_ascii=False) for a in answers) + "\n")


if __name__ == "__main__":
    main()
