"""The folder that holds an index: written whole beside the old one, then swapped in.

    knowledge.json       what it was made of and with; names the build that counts
    build-XXXXXXXX/      one LanceDB database; the one before it stays until the next `learn`, for
                         those who have it open
    writing.lock         held by the one `learn` that may write

It can be rebuilt from its sources at any time, so a damaged one is deleted, never repaired.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlwright.errors import DataError, MissingExtra, UsageError
from sqlwright.knowledge.passages import Passage

FORMAT = 1
ABOUT = "knowledge.json"


@dataclass(frozen=True, slots=True)
class About:
    """What knowledge.json says.

    Attributes:
        build: the folder inside that holds the passages.
        embedding: name of the embedding that its vectors were made with, or `none`.
        digest: the beginning of that embedding's SHA-256, or empty.
        dialect: of the database that was learned, or empty.
        tables: names of the tables that are known, in lower case.
        counts: passages by kind.
    """

    build: str
    embedding: str
    digest: str
    dialect: str = ""
    tables: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as it is stored: with its origin, its search words and its vector."""

    passage: Passage
    origin: str
    words: str = ""
    vector: tuple[float, ...] = ()


def is_index(folder: Path) -> bool:
    """Does the folder hold an index?"""
    return (folder / ABOUT).is_file()


def read_about(folder: Path) -> About:
    """What the index says of itself.

    Raises:
        DataError: if there is no index, or it is damaged, or of another version of sqlwright.
    """
    if not is_index(folder):
        raise DataError(f"{folder} holds no knowledge: make it with sqlwright learn")
    try:
        values = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if values.get("format") != FORMAT:
            raise DataError(
                f"the knowledge in {folder} was made by another version of sqlwright: delete the"
                " folder and run sqlwright learn again"
            )
        about = About(**{**values, "tables": tuple(values["tables"])})
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise damaged(folder, ABOUT) from None
    if not (folder / about.build).is_dir() or os.sep in about.build:
        raise damaged(folder, about.build)
    return about


def damaged(folder: Path, what: str) -> DataError:
    """The error for an index that cannot be read."""
    return DataError(
        f"the knowledge in {folder} is damaged ({what}): delete the folder and run sqlwright learn"
        " again"
    )


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Holds the folder for one writer.

    Raises:
        UsageError: if the folder holds something else.
        DataError: if another process is writing, or the folder cannot be written.
    """
    import fcntl

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: give a folder for the knowledge")
    if folder.is_dir() and not is_index(folder) and any(map(_is_foreign, folder.iterdir())):
        raise UsageError(f"{folder} holds other files: give a folder of its own for the knowledge")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "writing.lock").open("w")
    except OSError as error:
        raise DataError(f"{folder} cannot be written: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system lets go if we are killed
        except OSError:
            raise DataError(
                f"another sqlwright learn is writing to {folder}: wait until it ends"
            ) from None
        yield


def _is_foreign(path: Path) -> bool:
    # a learn that was killed leaves its lock and a build
    return path.name != "writing.lock" and not path.name.startswith("build-")


def open_rows(folder: Path, about: About) -> Any:
    """The LanceDB table of the index."""
    if not find_spec("lancedb"):
        raise MissingExtra("the knowledge index", "knowledge")
    import lancedb

    try:
        table = lancedb.connect(str(folder / about.build)).open_table("passages")
        table.count_rows()
    except (OSError, ValueError, RuntimeError):
        raise damaged(folder, about.build) from None
    return table


def read_rows(folder: Path) -> list[Row]:
    """Every row of the index, in the order in which it was learned."""
    try:
        found = open_rows(folder, read_about(folder)).to_arrow().to_pylist()
    except (OSError, ValueError, RuntimeError) as error:
        raise damaged(folder, type(error).__name__) from None
    return [row_of(values) for values in sorted(found, key=lambda values: int(values["id"]))]


def row_of(values: dict[str, Any]) -> Row:
    """A stored row as a value."""
    passage = Passage(
        values["kind"],
        values["title"],
        values["text"],
        values["source"],
        tuple(values["tables"]),
        values["fingerprint"],
    )
    return Row(passage, values["origin"], values["words"], tuple(values.get("vector") or ()))


def write(folder: Path, rows: Sequence[Row], about: About) -> About:
    """Writes a new build and makes it the one that counts. Must be called inside `writing`."""
    if not find_spec("lancedb"):
        raise MissingExtra("the knowledge index", "knowledge")
    import lancedb
    import pyarrow as pa
    from lancedb.index import FTS, Bitmap

    before = read_about(folder).build if is_index(folder) else ""
    for path in folder.glob("build-*"):
        if path.name != before:
            shutil.rmtree(path, ignore_errors=True)
    fields = [
        pa.field(name, pa.string())
        for name in ("kind", "title", "text", "source", "origin", "fingerprint", "words")
    ]
    fields += [pa.field("id", pa.int64()), pa.field("tables", pa.list_(pa.string()))]
    if about.digest:
        width = len(rows[0].vector)
        fields.append(pa.field("vector", pa.list_(pa.float32(), width)))
    values = [_values(number, row, bool(about.digest)) for number, row in enumerate(rows)]
    build = f"build-{uuid.uuid4().hex[:8]}"
    table = lancedb.connect(str(folder / build)).create_table(
        "passages", pa.Table.from_pylist(values, schema=pa.schema(fields))
    )
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
    table.create_index("kind", config=Bitmap())
    return _swap_in(folder, About(**{**asdict(about), "build": build}))


def _values(number: int, row: Row, with_vector: bool) -> dict[str, Any]:
    values = {**asdict(row.passage), "id": number, "origin": row.origin, "words": row.words}
    return {**values, "vector": row.vector} if with_vector else values


def _swap_in(folder: Path, about: About) -> About:
    """Replaces knowledge.json in one step, after everything that it names is on the disk."""
    new = folder / f"{ABOUT}.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump(asdict(about), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / ABOUT)
    return about
