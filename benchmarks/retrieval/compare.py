"""Two ways of searching, task by task: python benchmarks/retrieval/compare.py ONE.json OTHER.json

Both files are what `run.py --out` wrote of the same schemas. For each language of the question and
of what is relevant to it (sections and past queries; tables have none) it prints the recall at 5,
at 10 and the mean reciprocal rank of all voices together, first with ONE, then with OTHER, and the
95 % interval of the difference over tasks (paired bootstrap, 4,000 draws).
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from check import HERE
from run import Found, relevant

from sqlwright.knowledge.words import is_cyrillic

SCORES: dict[str, Callable[[Found], float]] = {
    "recall at 5": lambda found: found.recall(5),
    "recall at 10": lambda found: found.recall(10),
    "MRR": lambda found: found.reciprocal,
}


def together(path: Path) -> list[Found]:
    """What all voices together found, as it was written."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return [Found(**row) for row in rows if row["voice"] == "all"]


def languages(data: dict[str, Any], task: dict[str, Any]) -> str:
    """In which languages is what the task needs written?"""
    texts = [data["documents"][place]["text"] for place in task["documents"]]
    texts += [data["queries"][place]["comment"] for place in task["queries"]]
    return " and ".join(sorted({"ru" if is_cyrillic(text) else "en" for text in texts}))


def asked(schemas: Sequence[str]) -> list[tuple[str, str]]:
    """Of each task with something relevant, in the order of `run.py`: its kind, those languages."""
    found = []
    for schema in schemas:
        data = json.loads((HERE / f"{schema}.json").read_text(encoding="utf-8"))
        for task in data["tasks"]:
            if relevant(task):
                kind = f"{task['kind']} {task['language']}".strip()
                found.append((kind, languages(data, task)))
    return found


def interval(differences: Sequence[float]) -> str:
    """Of their mean."""
    draw = random.Random(0)
    means = sorted(fmean(draw.choices(differences, k=len(differences))) for _ in range(4000))
    return f"{means[100]:+.3f} to {means[-101]:+.3f}"


def main() -> None:
    """Print a row for each group of questions and score."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("one", type=Path)
    parser.add_argument("other", type=Path)
    options = parser.parse_args()
    one, other = together(options.one), together(options.other)
    tasks = asked(list(dict.fromkeys(row.schema for row in one)))
    assert [(row.schema, row.kind) for row in one] == [(row.schema, row.kind) for row in other]
    assert [row.kind for row in one] == [kind for kind, _ in tasks]
    groups = sorted({task for task in tasks if task[0].startswith("question") and task[1]})
    print("| asked | written | tasks | score | one | other | the difference |")
    print("|---|---|---|---|---|---|---|")
    for kind, written in [*((kind, "") for kind in sorted({kind for kind, _ in groups})), *groups]:
        places = [n for n, task in enumerate(tasks) if task == (kind, written or task[1])]
        for name, score in SCORES.items():
            a, b = ([score(rows[place]) for place in places] for rows in (one, other))
            difference = interval([y - x for x, y in zip(a, b, strict=True)])
            print(f"| {kind} | {written or 'any'} | {len(places)} | {name} | {fmean(a):.3f}"
                  f" | {fmean(b):.3f} | {difference} |")  # fmt: skip


if __name__ == "__main__":
    main()
