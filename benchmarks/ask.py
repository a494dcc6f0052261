"""How often `ask` answers questions over the demo database as a person did, by rows returned.

    python benchmarks/ask.py --model models/mini|none [--questions FILE.jsonl] [--samples 5]
        [--half A|B] [--only en-01 …] [--no-rules] [--totals] [--out FILE.md]

With --model none the rules of `ask` (ask/compose) write alone.

The questions are in benchmarks/ask/tpch.jsonl, half English, half Russian, over one table and over
two, written by hand with a query each; none comes from the generator of the training data
(data/asking.py). Those of benchmarks/ask/unseen.jsonl, half and half too, were written by an author
who had seen neither that generator nor its word lists, and are for measuring, not for improving.
Those of benchmarks/ask/varied.jsonl are worded in many ways over TPC-H and three small databases
whose files stand beside them; every other line, half A, was looked into while the rules were made,
and of half B only the totals.

The database is TPC-H at scale 0.01, made here once (build/bench/ask.sqlite), or the one that a
question names. Before anything is asked, every reference runs there: it must return rows, and no
tie may decide where it is cut.

A right answer returns the rows of the reference in any order; its columns may stand in another
order (`right`), or others may stand beside them (`with more columns`). Once with knowledge
(tables.md, docs, standards, past queries of examples/tpch; of the small databases there is none),
once without.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from sqlglot import exp

from sqlwright import sql
from sqlwright.ask import Answer, ask
from sqlwright.database import Database, connect
from sqlwright.errors import SqlwrightError
from sqlwright.knowledge import learn
from sqlwright.knowledge.search import Index, open_index
from sqlwright.model import Model, load_model
from sqlwright.rates import rate
from sqlwright.verify.results import same_bag

HERE = Path(__file__).parent
TPCH = HERE.parent / "examples" / "tpch"
WORK = HERE.parent / "build" / "bench"
QUESTIONS = HERE / "ask" / "tpch.jsonl"
_MOST_ROWS = 5000
_MOST_PERMUTED = 6  # columns whose orders are all tried


@dataclass(frozen=True, slots=True)
class Graded:
    """What became of one question."""

    id: str
    language: str
    tables: int
    knowledge: bool
    offered: bool
    right: bool  # the chosen query
    wider: bool  # it returns the wanted columns, and others beside them
    rules_right: bool  # the best reading by rules
    first_right: bool  # the model's surest answer
    any_right: bool  # at least one of the candidates
    whole: bool  # chosen by rules, which placed every word
    author: str  # who wrote the chosen one: rules, model or nobody
    sql: str
    why: str


def questions(path: Path = QUESTIONS) -> list[dict[str, Any]]:
    """The frozen set of the file, one question a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def why_unfit(item: dict[str, Any], database: Database) -> str | None:
    """What is wrong with the reference of a question on this database."""
    query = sql.read(item["sql"], database.dialect)
    try:
        found = database.rows(query, max_rows=_MOST_ROWS)
    except SqlwrightError as error:
        return str(error)
    if not found.rows:
        return "it returns no row"
    if found.truncated:
        return f"it returns more than {_MOST_ROWS} rows"
    limit = query.args.get("limit")
    if limit is None:
        return None
    keys = database.rows(_sort_keys(query), max_rows=len(found.rows) + 1).rows
    cut = keys[len(found.rows) - 1 :]
    return "a tie decides where it is cut" if len(cut) == 2 and cut[0] == cut[1] else None


def _sort_keys(query: exp.Query) -> exp.Query:
    """The values that a query sorts by, for all its rows; a name of its own select list counts."""
    uncut = query.copy()
    uncut.set("limit", None)
    named = {item.alias: item.this for item in uncut.expressions if isinstance(item, exp.Alias)}
    for ordered in uncut.args["order"].expressions:
        key = ordered.this
        if isinstance(key, exp.Column) and not key.table and key.name in named:
            ordered.set("this", named[key.name].copy())
    keys = [ordered.this.copy() for ordered in uncut.args["order"].expressions]
    return uncut.select(*keys, append=False)


def open_database(name: str) -> tuple[Database, Index | None]:
    """A small database made from the file of its name, or `tpch`."""
    if name == "tpch":
        return prepare()
    WORK.mkdir(parents=True, exist_ok=True)
    file = WORK / f"ask-{name}.sqlite"
    file.unlink(missing_ok=True)
    with sqlite3.connect(file) as made:
        made.executescript((HERE / "ask" / f"{name}.sql").read_text(encoding="utf-8"))
    return connect(str(file)), None


def prepare() -> tuple[Database, Index]:
    """The database at scale 0.01 and what `learn` makes of the example's files."""
    WORK.mkdir(parents=True, exist_ok=True)
    file = WORK / "ask.sqlite"
    make = [sys.executable, str(TPCH / "make_database.py"), str(file), "--scale", "0.01"]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    database = connect(str(file))
    paths = [TPCH / name for name in ("tables.md", "docs", "standards.md", "queries")]
    learn(WORK / "ask-knowledge", database.schema, paths, dialect="sqlite", embedding="none")
    return database, open_index(WORK / "ask-knowledge")


def agrees(
    wanted: Sequence[tuple[Any, ...]], found: Sequence[tuple[Any, ...]]
) -> tuple[bool, bool]:
    """(same rows, their columns in some order; same rows once other columns are left out)."""
    if len(wanted) != len(found):
        return False, False
    if not wanted:
        return True, True
    width, wide = len(wanted[0]), len(found[0])
    if wide < width or wide > _MOST_PERMUTED:
        same = same_bag(wanted, found)
        return same, same
    for order in permutations(range(wide), width):
        if same_bag(wanted, [tuple(row[i] for i in order) for row in found]):
            return wide == width, True
    return False, False


def grade(item: dict[str, Any], answer: Answer, database: Database, knowledge: bool) -> Graded:
    """The answer next to the reference."""
    reference = sql.read(item["sql"], database.dialect)
    wanted = database.rows(reference, max_rows=_MOST_ROWS).rows
    judged: dict[str, tuple[bool, bool]] = {}
    for candidate in answer.candidates:
        if candidate.query is None:
            continue
        try:
            rows = database.rows(candidate.query, seconds=20, max_rows=_MOST_ROWS).rows
        except SqlwrightError:
            continue
        for source in (candidate.source, *candidate.also):
            judged[source] = agrees(wanted, rows)
    chosen = judged.get(answer.chosen.source, (False, False)) if answer.chosen else (False, False)
    return Graded(
        id=item["id"], language=item["language"], knowledge=knowledge,
        tables=item.get("tables") or len(list(reference.find_all(exp.Table))),
        offered=answer.chosen is not None, right=chosen[0], wider=chosen[1],
        rules_right=judged.get("rules", (False, False))[0],
        first_right=judged.get("model", (False, False))[0],
        any_right=any(right for right, _ in judged.values()),
        whole=answer.chosen is not None and answer.chosen.is_whole,
        author=answer.chosen.source.split()[0] if answer.chosen else "nobody",
        sql=answer.chosen.text if answer.chosen else "", why=answer.why,
    )  # fmt: skip


def run(
    items: Sequence[dict[str, Any]], model: Model | None,
    opened: dict[str, tuple[Database, Index | None]], samples: int, rules: bool, say: bool,
) -> Iterator[Graded]:  # fmt: skip
    """Every question with knowledge and without."""
    for knowledge in (True, False):
        for item in items:
            database, index = opened[_name_of(item)]
            try:
                answer = ask(
                    item["question"], database=database, model=model,
                    knowledge=index if knowledge else None, samples=samples, run=True,
                    limit=_MOST_ROWS, seconds=20, language="en", rules=rules,
                )  # fmt: skip
            except SqlwrightError as error:  # such as a query that never ends
                answer = Answer(item["question"], database.dialect, None, (), None, str(error))
            found = grade(item, answer, database, knowledge)
            mark = "right" if found.right else "wider" if found.wider else "WRONG"
            if say:
                print(f"{found.id} {'with' if knowledge else 'without'}: {mark}  "
                      f"{' '.join(found.sql.split())}", flush=True)  # fmt: skip
            yield found


def _name_of(item: dict[str, Any]) -> str:
    return str(item.get("database", "tpch"))


def half_of(items: list[dict[str, Any]], half: str) -> list[dict[str, Any]]:
    """Every other question: of half A the first, third, fifth."""
    return items[half == "B" :: 2] if half else items


def table(graded: Sequence[Graded]) -> str:
    """The rates with their 95 % intervals, in Markdown."""
    lines = [
        "| questions | knowledge | n | offered | right | with more columns | rules right |"
        " model's first right | any candidate right |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    cuts = [("all", lambda g: True)]
    cuts += [(f"{name}", lambda g, key=key: g.language == key)
             for name, key in (("English", "en"), ("Russian", "ru"))]  # fmt: skip
    cuts += [(f"{n} table{'s' * (n > 1)}", lambda g, n=n: g.tables == n) for n in (1, 2)]
    for name, fits in cuts:
        for knowledge in (True, False):
            some = [g for g in graded if g.knowledge == knowledge and fits(g)]
            if not some:
                continue
            cells = [
                str(rate([getattr(g, field) for g in some]))
                for field in (
                    "offered",
                    "right",
                    "wider",
                    "rules_right",
                    "first_right",
                    "any_right",
                )
            ]
            known = "yes" if knowledge else "no"
            lines.append(f"| {name} | {known} | {len(some)} | {' | '.join(cells)} |")
    lines += ["", "| chosen was written by | n | right |", "|---|---|---|"]
    kinds = {
        "rules, every word placed": [g for g in graded if g.whole],
        "rules, words left over": [g for g in graded if g.author == "rules" and not g.whole],
        "model": [g for g in graded if g.author == "model"],
        "nobody": [g for g in graded if g.author == "nobody"],
    }
    for name, some in kinds.items():
        lines.append(f"| {name} | {len(some)} | {sum(g.right for g in some)} |")
    return "\n".join(lines)


def main() -> None:
    """Prints every answer and the table; --out keeps the table and the answers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="mini")
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    parser.add_argument("--samples", type=int, default=5)
    parser.add_argument("--device", default=None)
    parser.add_argument("--half", choices=["A", "B"], default="", help="every other question")
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--no-rules", action="store_true", help="the model's answers alone")
    parser.add_argument("--totals", action="store_true", help="print no answer, only the table")
    parser.add_argument("--out", type=Path, default=None)
    said = parser.parse_args()
    asked = half_of(questions(said.questions), said.half)
    items = [i for i in asked if not said.only or i["id"] in said.only]
    opened = {name: open_database(name) for name in dict.fromkeys(map(_name_of, items))}
    for item in items:
        if reason := why_unfit(item, opened[_name_of(item)][0]):
            sys.exit(f"{said.questions}: the reference of {item['id']} cannot grade: {reason}")
    model = None if said.model == "none" else load_model(said.model, said.device)
    started = time.monotonic()
    graded = list(run(
        items, model, opened, said.samples, not said.no_rules, not said.totals
    ))  # fmt: skip
    took = time.monotonic() - started
    text = (
        f"{len(items)} questions over {', '.join(opened)} (SQLite), {said.samples} answers each,"
        f" {took:.0f} s on {platform.machine()} with {os.cpu_count()} cores.\n\n{table(graded)}\n"
    )
    print(text)
    if said.out:
        said.out.write_text(text, encoding="utf-8")
        answers = said.out.with_suffix(".jsonl")
        rows = [{n: getattr(g, n) for n in Graded.__slots__} for g in graded]
        answers.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows))


if __name__ == "__main__":
    main()
