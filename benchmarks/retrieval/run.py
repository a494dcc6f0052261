"""How well search finds what helps: python benchmarks/retrieval/run.py [--out FILE.json] [NAME ...]

For each schema with frozen questions (NAME.json here; they need the shared schemas) its tables,
documents and past queries of the file are learned into a new folder, and each question and query is
searched for, by each voice alone and by all of them. Prints recall at 5 and at 10 (share of the
relevant passages that are among so many) and the mean reciprocal rank of the first relevant one. Of
a query only past queries count: the tables that it names are always found.

How the voices are weighed was chosen on every other schema, beginning with the first one in the
order of names; of all schemas the rest is printed by itself too.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from check import HERE, schema_of

from sqlwright.knowledge import learn, open_index
from sqlwright.knowledge.passages import Passage

DEPTH = 10
VOICES = ("words", "meaning", "structure", "named", "used", "all")


@dataclass(frozen=True, slots=True)
class Found:
    """What one voice found for one task: places of the relevant passages from 1, and how many."""

    schema: str
    kind: str
    voice: str
    places: tuple[int, ...]
    relevant: int

    def recall(self, at: int) -> float:
        """Share of the relevant ones among the first so many."""
        return sum(place <= at for place in self.places) / self.relevant

    @property
    def reciprocal(self) -> float:
        """1 / the place of the first relevant one, 0 where there is none."""
        return 1 / min(self.places) if self.places else 0.0


def written(data: dict[str, Any], folder: Path) -> list[Path]:
    """The documents and past queries of a file, as a team has them, in a file each."""
    paths = []
    for number, document in enumerate(data["documents"]):
        paths.append(folder / f"document{number}.md")
        paths[-1].write_text(f"# {document['title']}\n\n{document['text']}\n", encoding="utf-8")
    for number, query in enumerate(data["queries"]):
        paths.append(folder / f"query{number}.sql")
        paths[-1].write_text(f"-- {query['comment']}\n{query['sql']};\n", encoding="utf-8")
    return paths


def relevant(task: dict[str, Any]) -> set[str]:
    """What the task needs, as `names` names passages."""
    found = {f"query{number}" for number in task["queries"]}
    if task["kind"] == "question":
        found |= {f"table {name.lower()}" for name in task["tables"]}
        found |= {f"document{number}" for number in task["documents"]}
    return found


def name_of(passage: Passage) -> str:
    """How `relevant` names it."""
    if passage.kind == "table":
        return f"table {passage.title}"
    return Path(passage.source.partition(":")[0]).stem


def measured(name: str, embedding: str | None) -> list[Found]:
    """Every task of one file by every voice."""
    data = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    found = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        learn(folder / "index", schema_of(data["schema"]), written(data, folder), dialect="mysql",
              embedding=embedding)  # fmt: skip
        index = open_index(folder / "index")
        for task in data["tasks"]:
            wanted = relevant(task)
            if not wanted:
                continue
            only = ("query",) if task["kind"] == "query" else ()
            for voice, passages in index.voices(task["text"], kinds=only).items():
                names = list(dict.fromkeys(map(name_of, passages)))[:DEPTH]
                places = tuple(n for n, found_name in enumerate(names, 1) if found_name in wanted)
                kind = f"{task['kind']} {task['language']}".strip()
                found.append(Found(name, kind, voice, places, len(wanted)))
        index.close()
    return found


def table(found: Sequence[Found]) -> str:
    """A table in Markdown: a row a kind of task and voice."""
    lines = ["| searched for | tasks | voice | recall at 5 | recall at 10 | MRR |",
             "|---|---|---|---|---|---|"]  # fmt: skip
    for kind in sorted({one.kind for one in found}):
        for voice in VOICES:
            some = [one for one in found if (one.kind, one.voice) == (kind, voice)]
            if some:
                five, ten = (fmean(one.recall(at) for one in some) for at in (5, 10))
                mean = fmean(one.reciprocal for one in some)
                shown = "**all**" if voice == "all" else voice
                lines.append(
                    f"| {kind} | {len(some)} | {shown} | {five:.3f} | {ten:.3f} | {mean:.3f} |"
                )
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--embedding", help="use-multilingual, a folder of weights, or none")
    options = parser.parse_args()
    names = options.names or sorted(path.stem for path in HERE.glob("*.json"))
    found = [one for name in names for one in measured(name, options.embedding)]
    print(f"{len(names)} schemas\n\n{table(found)}")
    if not options.names:
        others = names[1::2]
        left = [one for one in found if one.schema in others]
        print(f"\nthe {len(others)} schemas on which nothing was chosen\n\n{table(left)}")
    if options.out:
        rows = [{"schema": one.schema, "kind": one.kind, "voice": one.voice, "places": one.places,
                 "relevant": one.relevant} for one in found]  # fmt: skip
        options.out.write_text(json.dumps(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
