"""An index in a folder, for one machine: written whole beside the old one, then swapped in.

knowledge.json       what it was made of and with; names the build that counts
build-XXXXXXXX/      one LanceDB database; the one before it stays until the next `learn`, for
                     those who have it open
writing.lock         held by the one `learn` that may write
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlwright.errors import DataError, MissingExtra, UsageError
from sqlwright.knowledge import store
from sqlwright.knowledge.passages import Kind
from sqlwright.knowledge.store import About, Row

ABOUT = "knowledge.json"


class LanceStore:
    """A folder with an embedded LanceDB table."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._build = ""
        self._open: Any = None
        self.label = str(folder)
        # so that a project that moves with its knowledge keeps its origins
        self.home = folder.resolve().parent

    def is_index(self) -> bool:
        return (self._folder / ABOUT).is_file()

    def about(self) -> About:
        if not self.is_index():
            raise store.missing(self.label)
        try:
            values = json.loads((self._folder / ABOUT).read_text(encoding="utf-8"))
            about = store.read_about(values, self.label, "the folder")
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise self._damaged(ABOUT) from None
        if not (self._folder / about.build).is_dir() or os.sep in about.build:
            raise self._damaged(about.build)
        if about.build != self._build:
            self._build, self._open = about.build, None
        return about

    def tables(self, names: Sequence[str], limit: int) -> list[Row]:
        if not names:
            return []
        quoted = (store.clean(name).replace("'", "''") for name in names)
        listed = ", ".join(f"'{name}'" for name in quoted)
        query = self._table().search().where(f"kind = 'table' AND title IN ({listed})")
        return self._ask(query, limit)

    def by_words(
        self,
        words: Sequence[str],
        kinds: Sequence[Kind],
        limit: int,
        faint: Sequence[str] = (),
    ) -> list[Row]:
        from lancedb.query import BooleanQuery, MatchQuery, Occur

        parts = [
            (Occur.SHOULD, MatchQuery(store.clean(" ".join(some)), "words", boost=weight))
            for some, weight in ((words, 1.0), (faint, store.FAINT))
            if some
        ]
        match = parts[0][1] if len(parts) == 1 else BooleanQuery(parts)
        return self._ask(self._table().search(match, query_type="fts").where(_only(kinds)), limit)

    def by_vector(self, vector: Sequence[float], kinds: Sequence[Kind], limit: int) -> list[Row]:
        near = self._table().search(list(vector), query_type="vector").distance_type("cosine")
        return self._ask(near.where(_only(kinds)), limit)

    def all_rows(self) -> list[Row]:
        try:
            found = self._table().to_arrow().to_pylist()
        except (OSError, ValueError, RuntimeError) as error:
            raise self._damaged(type(error).__name__) from None
        return [store.row_of(values) for values in sorted(found, key=_number)]

    def check_vectors(self) -> None:
        """Any folder can keep vectors."""

    def close(self) -> None:
        self._open = None

    def _table(self) -> Any:
        """The LanceDB table of the build, opened when it is first asked."""
        if self._open is None:
            _require()
            import lancedb

            try:
                table = lancedb.connect(str(self._folder / self._build)).open_table("passages")
                table.count_rows()
            except (OSError, ValueError, RuntimeError):
                raise self._damaged(self._build) from None
            self._open = table
        return self._open

    def _ask(self, query: Any, limit: int) -> list[Row]:
        try:
            found = query.limit(limit).to_list()
        except (OSError, ValueError, RuntimeError) as error:
            raise self._damaged(type(error).__name__) from None
        return [store.row_of(values) for values in sorted(found, key=_place)]

    def _damaged(self, what: str) -> DataError:
        return store.damaged(self.label, what, "the folder")

    @contextmanager
    def writing(self) -> Iterator[None]:
        import fcntl

        folder = self._folder
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder} is a file: give a folder for the knowledge")
        if folder.is_dir() and not self.is_index() and any(map(_is_foreign, folder.iterdir())):
            raise UsageError(
                f"{folder} holds other files: give a folder of its own for the knowledge"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / "writing.lock").open("w")
        except OSError as error:
            raise DataError(f"{folder} cannot be written: {error.strerror}") from None
        with lock:
            try:
                # the system lets go if we are killed
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise store.busy(self.label) from None
            yield

    def write(self, rows: Sequence[Row], about: About) -> About:
        _require()
        import lancedb
        import pyarrow as pa

        before = self.about().build if self.is_index() else ""
        for path in self._folder.glob("build-*"):
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
        cleaned = map(store.cleaned, rows)
        values = [_values(number, row, bool(about.digest)) for number, row in enumerate(cleaned)]
        build = f"build-{uuid.uuid4().hex[:8]}"
        table = lancedb.connect(str(self._folder / build)).create_table(
            "passages", pa.Table.from_pylist(values, schema=pa.schema(fields))
        )
        _add_indexes(table)
        return _swap_in(self._folder, replace(about, build=build))


def _require() -> None:
    if not find_spec("lancedb"):
        raise MissingExtra("the knowledge index", "knowledge")


def _only(kinds: Sequence[Kind]) -> str:
    return "kind IN (" + ", ".join(f"'{kind}'" for kind in kinds) + ")"


def _number(values: dict[str, Any]) -> int:
    return int(values["id"])


def _place(values: dict[str, Any]) -> tuple[float, float, int]:
    # rows that are equally good come in the order in which they were learned
    return (-values.get("_score", 0.0), values.get("_distance", 0.0), _number(values))


def _is_foreign(path: Path) -> bool:
    # a learn that was killed leaves its lock and a build
    return path.name != "writing.lock" and not path.name.startswith("build-")


def _values(number: int, row: Row, with_vector: bool) -> dict[str, Any]:
    values = {**asdict(row.passage), "id": number, "origin": row.origin, "words": row.words}
    return {**values, "vector": row.vector} if with_vector else values


def _add_indexes(table: Any) -> None:
    from lancedb.index import FTS, Bitmap

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


def _swap_in(folder: Path, about: About) -> About:
    """Replaces knowledge.json in one step, after everything that it names is on the disk."""
    new = folder / f"{ABOUT}.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump(asdict(about), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / ABOUT)
    return about
