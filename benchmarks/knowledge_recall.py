"""How many of the nearest passages an index of vectors finds, with embeddings of real texts.

    nice python benchmarks/knowledge_recall.py

Every column of the shared schemas is a text ("price of order items in spree"); the English
questions of benchmarks/retrieval are asked. Prints which share of the ten nearest, by comparing
all, is among the first ten that a search for forty finds; the last row is as `learn` makes it.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import fmean, median

sys.path.insert(0, str(Path(__file__).parent / "retrieval"))

import numpy as np
from check import HERE, SCHEMAS, schema_of

from sqlwright.knowledge import store_lance
from sqlwright.knowledge.meaning import PACKAGED, Meaning
from sqlwright.knowledge.passages import Kind, Passage
from sqlwright.knowledge.store import About, Row, open_store


def texts() -> list[str]:
    """A text for each column of each schema."""
    found = dict[str, None]()
    for path in sorted(SCHEMAS.glob("*.sql")):
        for table in schema_of(path.stem).tables:
            for column in table.columns:
                said = f"{column.name} of {table.name} in {path.stem}".replace("_", " ")
                found[f"{said}: {column.comment}" if column.comment else said] = None
    return list(found)


def questions() -> list[str]:
    """The English questions of the retrieval benchmark."""
    files = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.json")))
    tasks = (task for data in files for task in data["tasks"])
    return [task["text"] for task in tasks if task["language"] == "en"]


def main() -> None:
    """Embed, index, ask, and print a row for each share of partitions that is looked into."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    model, said = Meaning(PACKAGED), texts()
    vectors = np.array(model.embed(said), np.float32)
    asked = np.array(model.embed(questions()), np.float32)
    store_lance.HELD = 0  # or else an index of this size is compared one by one
    rows = [
        Row(Passage("document", one, one, str(number)), "texts", one, vector.tobytes())
        for number, (one, vector) in enumerate(zip(said, vectors, strict=True))
    ]

    def given(kinds: Sequence[Kind]) -> Sequence[Row]:
        return rows if "document" in kinds else ()

    print(f"{len(rows):,} texts, {len(asked)} questions\n")
    print("| partitions | looked into | recall of the nearest ten | p50, ms |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, closing(open_store(folder + "/index")) as store:
        with store.writing():
            store.write(given, About("", PACKAGED, "d", counts={"document": 1}, width=384))
        store.about()
        partitions = store_lance.partitions(len(rows))
        for looked in (partitions // 8, partitions // 4, partitions // store_lance.PROBES):
            shares, took = [], []
            for vector in asked:
                wanted = set(np.argsort(-(vectors @ vector))[:10].tolist())
                start = time.perf_counter()
                found = found_by(store, vector, looked)
                took.append((time.perf_counter() - start) * 1e3)
                shares.append(len(wanted & found) / 10)
            print(f"| {partitions} | {looked} | {fmean(shares):.3f} | {median(took):.1f} |")


def found_by(store: object, vector: np.ndarray, looked: int) -> set[int]:
    """The rows that a search finds which looks into so many partitions."""
    table = store._table("rest")  # type: ignore[attr-defined]
    near = table.search(vector, query_type="vector").distance_type("cosine").nprobes(looked)
    near = near.refine_factor(store_lance.REFINED).select(["source", "_distance"]).limit(40)
    return {int(source) for source in near.to_arrow()["source"].to_pylist()[:10]}


if __name__ == "__main__":
    main()
