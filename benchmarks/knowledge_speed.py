"""How fast knowledge is learned and searched, and how much memory that takes.

    nice python benchmarks/knowledge_speed.py                        # learn, and search in 10,000
    nice python benchmarks/knowledge_speed.py --sizes 1000000 --no-learn
    python benchmarks/knowledge_speed.py --sizes 10000 --where 'postgresql://...'

Everything is invented (knowledge_invented.py), the same each time. `learn` reads real files: 1,000
tables of DDL and 10,000 past queries, once from nothing, once with nothing changed, once with one
file changed. For searching, an index of each size is written with search words as `learn` makes
them and random vectors around centers; questions are embedded for real. Times are of whole
`Index.search` calls, of a process that has searched before; memory is the most that its process
held. Recall is that of the nearest ten by the index of vectors, against all compared one by one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import shutil
import subprocess
import sys
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from typing import Any

from knowledge_invented import Invention, lexicon

from sqlwright.knowledge import learn, open_index
from sqlwright.knowledge.meaning import PACKAGED, Meaning, default_name, weights_digest
from sqlwright.knowledge.passages import Kind
from sqlwright.knowledge.ranking import DEPTH
from sqlwright.knowledge.store import REST, About, Only, Row, open_store

ENGLISH = (
    "Which {} have no {} this year?", "How is the {} of a {} computed?", "{} by {} and month",
    "average {} per {} in Europe", "What does the {} of a {} mean?", "late {} of each {}",
    "number of {} without {}", "cheapest {} for every {}", "Who changed the {} of the {} last?",
    "compare {} with {} of last quarter", "list {} whose {} is missing", "share of {} in all {}",
)  # fmt: skip
RUSSIAN = (
    "У каких {} нет {} в этом году?", "Как считается {} по {}?", "{} и {} по месяцам",
    "средняя {} на {} в Европе", "Что означает {} у {}?", "опоздавшие {} по {}",
    "сколько {} без {}", "самые дешевые {} для {}", "кто последним менял {} и {}",
    "сравнить {} и {} за квартал", "список {}, где не указан {}", "доля {} во всех {}",
)  # fmt: skip


def main() -> None:
    """Measure what is asked for, each part in a process of its own, and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000])
    parser.add_argument("--searches", type=int, default=200, help="of each kind")
    parser.add_argument("--tables", type=int, default=1_000)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--no-learn", action="store_true")
    parser.add_argument("--keep", action="store_true", help="search what an earlier run has filled")
    parser.add_argument("--add", action="store_true", help="learn one page more into each index")
    parser.add_argument("--where", help="postgresql://, in place of a folder")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/knowledge_speed"))
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--said", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(STEPS[options.step](**options.said)))
        return
    options.folder.mkdir(parents=True, exist_ok=True)
    print(f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores, load {load()} at first\n")
    if not options.no_learn:
        print_learned(options)
    for size in options.sizes:
        where = options.where or str(options.folder / f"index-{size}")
        if not options.keep:
            if options.where is None:
                shutil.rmtree(where, ignore_errors=True)
            filled = step("fill", where=where, size=size)
            print(f"{size:,} passages written in {filled['seconds']:.0f} s, "
                  f"{filled['memory']:.1f} GB at most\n")  # fmt: skip
        print_searched(size, step("search", where=where, size=size, searches=options.searches))
        if options.add:
            page = options.folder / "page.md"
            page.write_text(f"# Late orders\n\nLate is what came after {time.ctime()}.", "utf-8")
            found = step("learn", where=where, files=str(page), embedding=None)
            print(f"one page more learned into {size:,} passages in {found['seconds']:.0f} s, "
                  f"{found['memory']:.1f} GB at most\n")  # fmt: skip
    print(f"load {load()} at last")


def load() -> str:
    """Of the last minute: other processes make times longer."""
    return f"{os.getloadavg()[0]:.1f}"


def step(name: str, **said: Any) -> Any:
    """What one step found, in a process of its own: memory is measured by the process."""
    command = [sys.executable, __file__, "--step", name, "--said", json.dumps(said)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def memory() -> float:
    """The most that this process held, in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


# --- learn


def print_learned(options: argparse.Namespace) -> None:
    """A row for each embedding and run."""
    files = options.folder / "files"
    shutil.rmtree(files, ignore_errors=True)
    write_files(files, options.tables, options.queries)
    print(f"learn of {options.tables:,} tables and {options.queries:,} past queries\n")
    print("| embedding | run | seconds | GB |\n|---|---|---|---|")
    for embedding in dict.fromkeys(("none", default_name())):
        index = options.folder / f"learned-{embedding}"
        shutil.rmtree(index, ignore_errors=True)
        for run in ("from nothing", "nothing changed", "one file of 100 queries changed"):
            if run.startswith("one"):
                path = files / "queries-000.sql"
                text = path.read_text(encoding="utf-8").replace(" > 10", " > 10 + 1")
                path.write_text(f"-- changed {embedding}\nSELECT 1 AS one;\n{text}", "utf-8")
            found = step("learn", where=str(index), files=str(files), embedding=embedding)
            print(f"| {embedding} | {run} | {found['seconds']:.1f} | {found['memory']:.2f} |")
    print()


def write_files(folder: Path, tables: int, queries: int) -> None:
    """DDL and past queries, a hundred a file."""
    folder.mkdir(parents=True)
    invention, chance = Invention(tables), random.Random(7)
    for start in range(0, tables, 100):
        ddl = (invention.ddl(n) for n in range(start, min(start + 100, tables)))
        (folder / f"tables-{start // 100:03}.sql").write_text("\n\n".join(ddl), encoding="utf-8")
    for start in range(0, queries, 100):
        found = []
        for _ in range(min(100, queries - start)):
            language = invention.russian if chance.random() < 0.4 else invention.english
            comment, _ = language.text(chance, chance.randint(4, 10))
            found.append(f"-- {comment}\n{invention.query(chance)[0]};")
        path = folder / f"queries-{start // 100:03}.sql"
        path.write_text("\n\n".join(found), encoding="utf-8")


def step_learn(where: str, files: str, embedding: str | None) -> dict[str, float]:
    """One `learn` of the files."""
    start = time.perf_counter()
    learn(where, paths=[Path(files)], dialect="mysql", embedding=embedding)
    return {"seconds": time.perf_counter() - start, "memory": memory()}


# --- search


def tables_for(size: int) -> int:
    """How many tables an index of so many passages speaks of."""
    return max(size // 50, 50)


def step_fill(where: str, size: int) -> dict[str, float]:
    """An index of so many passages."""
    invention = Invention(tables_for(size))
    name = default_name()

    def rows(kinds: Sequence[Kind]) -> Iterator[Row]:
        return invention.rows(size, kinds, with_vectors=name == PACKAGED)

    digest = weights_digest(name) if name == PACKAGED else ""
    tables = tuple(sorted(table.name for table in invention.tables))
    databases = tuple(f"base{number}" for number in range(10))
    about = About("", name, digest, "mysql", tables, {"query": size}, {}, databases,
                  384 if digest else 0)  # fmt: skip
    start = time.perf_counter()
    with closing(open_store(where)) as store, store.writing():
        store.write(rows, about)
    return {"seconds": time.perf_counter() - start, "memory": memory()}


def questions(templates: Sequence[str], nouns: Sequence[str], count: int) -> list[str]:
    """So many different questions."""
    chance = random.Random(len(templates[0]))
    return [
        templates[n % len(templates)].format(*chance.sample(list(nouns), 2)) for n in range(count)
    ]


def step_search(where: str, size: int, searches: int) -> dict[str, Any]:
    """Times of each kind of search, in milliseconds; memory; recall of the index of vectors."""
    invention, chance = Invention(tables_for(size)), random.Random(11)
    english, russian = lexicon()
    asked = {
        "question in English": questions(ENGLISH, english, searches),
        "question in Russian": questions(RUSSIAN, russian, searches),
        "query": [invention.query(chance)[0] for _ in range(searches)],
    }
    options: dict[str, dict[str, Any]] = {
        "": {},
        ", of one database": {"database": "base3"},
        ", since a date": {"since": "2024-06-01"},
        ", past queries only": {"kinds": ("query",)},
    }
    taken = dict[str, list[tuple[float, float]]]()
    with closing(open_index(where)) as index:
        for texts in asked.values():
            for text in texts[:10]:
                index.search(text + " ")
        for kind, texts in asked.items():
            for more, said in options.items():
                some = texts if not more else texts[: searches // 4]
                search = partial(index.search, **said)
                taken[kind + more] = [timed(search, text) for text in some]
    if index.about.digest:
        meaning = Meaning(index.about.embedding)
        texts = asked["question in English"]
        taken["(embedding of a question)"] = [timed(meaning.embed, [text]) for text in texts]
    held = memory()
    return {"taken": taken, "memory": held, "recall": recall(where, size)}


def timed(action: Callable[..., object], text: object) -> tuple[float, float]:
    """How long it takes, and how long processors work on it, in milliseconds."""
    start, worked = time.perf_counter(), time.process_time()
    action(text)
    return (time.perf_counter() - start) * 1e3, (time.process_time() - worked) * 1e3


def recall(where: str, size: int) -> float | None:
    """Of the nearest ten passages, how many the index of vectors finds; None without one."""
    rows = islice(Invention(tables_for(size)).rows(5000, REST, seed=2), 0, 4000, 80)
    with closing(open_store(where)) as store:
        about = store.about()
        if not about.width or not hasattr(store, "_table"):
            return None
        table, shares = store._table("rest"), []
        for row in rows:
            vector = array("f", row.vector)
            near = table.search(list(vector), query_type="vector").distance_type("cosine")
            exact = near.bypass_vector_index().with_row_id(True).select(["_distance"]).limit(10)
            wanted = {2 * number for number in exact.to_arrow()["_rowid"].to_pylist()}
            found = store.by_vector(vector, Only(REST), DEPTH)[:10]  # as a search asks
            shares.append(len(wanted & set(found)) / 10)
    return fmean(shares)


def print_searched(size: int, found: dict[str, Any]) -> None:
    """A row for each kind of search."""
    print("| passages | searched for | searches | p50, ms | p95, ms | processors, p50, ms |")
    print("|---|---|---|---|---|---|")
    for kind, times in found["taken"].items():
        walls, works = (sorted(each) for each in zip(*times, strict=True))
        p95 = walls[int(len(walls) * 0.95)]
        print(f"| {size:,} | {kind} | {len(walls)} | {median(walls):.1f} | {p95:.1f} |"
              f" {median(works):.1f} |")  # fmt: skip
    print(f"\n{size:,} passages: {found['memory']:.2f} GB at most", end="")
    shown = "" if found["recall"] is None else f"; recall of the nearest ten {found['recall']:.3f}"
    print(shown + "\n", flush=True)


STEPS: dict[str, Callable[..., Any]] = {
    "learn": step_learn,
    "fill": step_fill,
    "search": step_search,
}

if __name__ == "__main__":
    main()
