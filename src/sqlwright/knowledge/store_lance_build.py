"""Writing a build of an index in a folder: its LanceDB tables with their indexes."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from sqlwright.knowledge import store
from sqlwright.knowledge.store import About, Row

ABOUT = "knowledge.json"
TEXTS = ("kind", "title", "text", "source", "fingerprint", "time", "database")
SAMPLE = 5_000  # passages whose words are counted
_AT_ONCE = 2048  # rows


def fill(folder: Path, name: str, rows: Iterable[Row], width: int, held: int) -> None:
    """Writes one LanceDB table of a build, a few thousand rows at a time, with its indexes.

    Args:
        held: vectors of more rows get an index.
    """
    import lancedb
    import pyarrow as pa

    fields = [pa.field(name, pa.string()) for name in (*TEXTS, "origin", "words")]
    fields.append(pa.field("tables", pa.list_(pa.string())))
    if width:
        fields.append(pa.field("vector", pa.list_(pa.float32(), width)))
    schema = pa.schema(fields)
    batches = pa.RecordBatchReader.from_batches(schema, _batches(rows, schema, width))
    table = lancedb.connect(str(folder)).create_table(name, batches, on_bad_vectors="null")
    if count := table.count_rows():
        _add_indexes(table, count, held)


def counting(rows: Iterable[Row], words: Counter[str], many: int) -> Iterator[Row]:
    """The rows as they come; counts in how many of a few thousand of them each word stands."""
    every = max(1, many // SAMPLE)
    for number, row in enumerate(rows):
        if number % every == 0:
            words.update(set(row.words.split()))
        yield row


def _batches(rows: Iterable[Row], schema: Any, width: int) -> Iterator[Any]:
    import numpy as np
    import pyarrow as pa

    cleaned = map(store.cleaned, rows)
    while part := list(islice(cleaned, _AT_ONCE)):
        said = [row.passage for row in part]
        values: dict[str, Any] = {name: [getattr(one, name) for one in said] for name in TEXTS}
        values["tables"] = [one.tables for one in said]
        values |= {name: [getattr(row, name) for row in part] for name in ("origin", "words")}
        columns = [pa.array(values[f.name], f.type) for f in schema if f.name != "vector"]
        if width:
            none = b"\0" * width * 4
            numbers = np.frombuffer(b"".join(row.vector or none for row in part), np.float32)
            is_none = pa.array([not row.vector for row in part])
            columns.append(pa.FixedSizeListArray.from_arrays(numbers, width, mask=is_none))
        yield pa.record_batch(columns, schema=schema)


def _add_indexes(table: Any, count: int, held: int) -> None:
    from lancedb.index import FTS, Bitmap, BTree, IvfRq

    # the words are stemmed and split already: nothing more is to be done to them
    table.create_index(
        "words",
        config=FTS(
            base_tokenizer="whitespace",
            with_position=False,
            lower_case=False,
            stem=False,
            remove_stop_words=False,
            ascii_folding=False,
            max_token_length=None,
        ),
    )
    for column in ("kind", "database"):
        table.create_index(column, config=Bitmap())
    for column in ("title", "time"):
        table.create_index(column, config=BTree())
    if count > held and "vector" in table.schema.names:
        # RaBitQ: Gao & Long 2024, one bit a number
        how = IvfRq(distance_type="cosine", num_partitions=partitions(count), sample_rate=64)
        table.create_index("vector", config=how)


def partitions(count: int) -> int:
    """How many parts the vectors of so many rows are put into."""
    return min(1024, count // 100)


def swap_in(folder: Path, about: About) -> About:
    """Replaces knowledge.json in one step, after everything that it names is on the disk."""
    new = folder / f"{ABOUT}.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump(asdict(about), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / ABOUT)
    return about
