"""What knowledge adds where the right answer hangs on it: the same model, with it and without.

    python benchmarks/retrieval/facts.py [--model mini] [--each 24] [--out FILE.json]

Queries over the schemas of real applications, which the model was not trained on, in pairs: one
where a fact holds and the query has a better form, one where it does not and the query must stay.

- key: DISTINCT is needless where the schema says that the rows have a key.
- not null: NOT IN may become NOT EXISTS where neither column is ever NULL.
- index: a standard of the house says that a correlated aggregate stays where its inner column has
  an index, and is else grouped once and joined.
- standard: a standard asks for a form (EXISTS, IN, WITH, COUNT(1), ...), or none does.

With knowledge: a document of standards and the schema are learned, and search finds what is told to
the model, as `optimize` does it. Without: names and types of columns, and no passage. Who answers
without reading is right in half of them. Right is the wanted query, up to layout.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlglot import exp

from sqlwright import sql
from sqlwright.analyze import analyze
from sqlwright.context import find_passages, fitted, request
from sqlwright.data.facts import bare, invent_fact
from sqlwright.data.invent import invent_query
from sqlwright.data.notes import NOTES
from sqlwright.errors import SqlError
from sqlwright.knowledge.index import learn
from sqlwright.knowledge.search import open_index
from sqlwright.model import Model, load_model
from sqlwright.prompt import Request, answer_of, canonical, render
from sqlwright.rates import difference
from sqlwright.rewrite import is_restricted, names_for
from sqlwright.schema import Schema, read_ddl
from sqlwright.shards import HELD_OUT

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
SCHEMAS = Path(__file__).parents[3] / "shared" / "data" / "schemas"
KINDS = ("key", "not null", "index", "standard")
_OTHER_RULES = (
    "Every report names its owner in the first line.",
    "Money is stored in the currency of the contract.",
    "Queries that run longer than a minute are reviewed.",
)


@dataclass(frozen=True, slots=True)
class Question:
    """A query, the answer wanted, and what there is to be known."""

    kind: str
    holds: bool
    query: exp.Query
    answer: str
    schema: Schema
    rules: tuple[str, ...]


def questions(each: int) -> Iterator[Question]:
    """As many of each kind where the fact holds as where it does not, over all schemas in turn."""
    schemas = [read_ddl(p.read_text(encoding="utf-8")) for p in sorted(SCHEMAS.glob("*.sql"))]
    for kind in KINDS:
        left = {True: each, False: each}
        seed = HELD_OUT
        while any(left.values()):
            seed += 1
            rng = Random(seed)
            tables = (t for t in schemas[seed % len(schemas)].tables if len(t.columns) < 40)
            schema = Schema(tuple(tables))
            made = _standard(schema, rng) if kind == "standard" else _fact(schema, rng, kind)
            if made is not None and left[made.holds] and len(made.query.sql()) < 500:
                left[made.holds] -= 1
                yield made


def _fact(schema: Schema, rng: Random, kind: str) -> Question | None:
    fact = invent_fact(schema, rng, kind)
    if fact is None:
        return None
    answer = canonical(fact.answer.sql(comments=False), "sqlite")
    # what a rule of the index says is what makes the query better where none is
    holds = fact.holds if kind != "index" else not fact.holds
    return Question(kind, holds, fact.query, answer, fact.schema, fact.passages)


def _standard(schema: Schema, rng: Random) -> Question | None:
    query = invent_query(schema, rng)
    note = rng.choice(NOTES)
    changed = note.change(query, schema, rng)
    if changed is None or changed.sql() == query.sql():
        return None
    holds = rng.random() < 0.5
    wanted = changed if holds else query
    rules = (rng.choice(note.texts),) if holds else ()
    answer = canonical(wanted.sql(comments=False), "sqlite")
    return Question("standard", holds, query, answer, schema, rules)


def requests(question: Question, model: Model, folder: Path, number: int) -> list[Request]:
    """Without knowledge, and with it."""
    query = sql.read(question.query.sql(comments=False), "sqlite")
    plain = bare(question.schema)
    without = fitted(request(query, "optimize", "", (), plain, "sqlite", model.family), (), model)
    document = folder / f"{number}-standards.md"
    texts = [*_OTHER_RULES, *question.rules]
    Random(number).shuffle(texts)
    document.write_text(
        "# Standards\n\n" + "\n\n".join(f"## Rule {n}\n{t}" for n, t in enumerate(texts, 1)),
        encoding="utf-8",
    )
    where = folder / f"{number}-know"
    used = Schema(sql.tables_of(query, question.schema))
    learn(where, used, [document], dialect="sqlite", embedding="none")
    with closing(open_index(where)) as index:
        findings = analyze(query, question.schema)
        hits = find_passages(index, query, findings, question.schema, "sqlite")
        asked = request(query, "optimize", "", (), question.schema, "sqlite", model.family)
        told = fitted(asked, hits, model)
    return [without.request, told.request]


def is_right(answer: str, question: Question) -> bool:
    """Is it the wanted query, up to layout?"""
    try:
        return (
            canonical(sql.write(sql.read(answer, "sqlite"), "sqlite"), "sqlite") == question.answer
        )
    except SqlError:
        return False


def main() -> None:
    """The command at the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="mini")
    parser.add_argument("--each", type=int, default=24)
    parser.add_argument("--out", type=Path)
    said = parser.parse_args()
    model = load_model(said.model)
    asked = list(questions(said.each))
    with tempfile.TemporaryDirectory() as folder:
        pairs = []
        for number, question in enumerate(asked):
            pairs.append(requests(question, model, Path(folder), number))
            print(f"learned {number + 1} of {len(asked)}", file=sys.stderr, flush=True)
    texts = [render(one, model.family) for pair in pairs for one in pair]
    print(f"answering {len(texts)} prompts", file=sys.stderr, flush=True)
    if is_restricted(model):
        of = [question.schema for question in asked for _ in range(2)]
        every = [one for pair in pairs for one in pair]
        names = [names_for(one, schema) for one, schema in zip(every, of, strict=True)]
        found = model.complete(texts, max_new_tokens=320, names=names)
    else:
        found = model.complete(texts, max_new_tokens=320)
    answers = [answer_of(one[0], model.family) for one in found]
    lines = []
    for number, question in enumerate(asked):
        both = answers[2 * number : 2 * number + 2]
        lines.append({"kind": question.kind, "holds": question.holds,
                      "right": [is_right(text, question) for text in both],
                      "query": question.query.sql(), "wanted": question.answer,
                      "answers": both, "rules": question.rules,
                      "told": list(pairs[number][1].passages)})  # fmt: skip
    print(page(lines, said.model))
    if said.out:
        said.out.write_text(json.dumps(lines, ensure_ascii=False, indent=1), encoding="utf-8")


def page(lines: list[dict[str, object]], model: str) -> str:
    """The figures as a table."""
    shown = [
        f"{model}, {len(lines)} questions; right answers, 95 % intervals (Wilson), and the paired"
        " difference in points (bootstrap; clear only if McNemar's test agrees)",
        "",
        "| questions | number | without | with | difference | so it is |",
        "|---|---|---|---|---|---|",
    ]
    chosen = {"all": lines, **{k: [x for x in lines if x["kind"] == k] for k in KINDS}}
    chosen |= {"fact holds": [x for x in lines if x["holds"]],
               "it does not": [x for x in lines if not x["holds"]]}  # fmt: skip
    for name, some in chosen.items():
        pairs = [tuple(x["right"]) for x in some]  # type: ignore[arg-type]
        told = difference(name, pairs)
        shown.append(
            f"| {name} | {len(some)} | {told.one} | {told.other}"
            f" | {100 * told.difference:+.0f} [{100 * told.low:+.0f}, {100 * told.high:+.0f}]"
            f" | {told.verdict} |"
        )
    return "\n".join(shown)


if __name__ == "__main__":
    main()
