"""An index in a folder, for one machine: written whole beside the old one, then swapped in.

knowledge.json       what it was made of and with; names the build that counts
build-XXXXXXXX/      one LanceDB database with a table `tables` and one `rest`, and the words of the
                     rest that are common; the build before it stays until the next `learn`, for
                     those who have it open
writing.lock         held by the one `learn` that may write
journal/             what a `learn` that was interrupted had done
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from sqlwright.errors import DataError, MissingExtra, UsageError
from sqlwright.knowledge import store
from sqlwright.knowledge.held import Held
from sqlwright.knowledge.passages import KINDS, Kind
from sqlwright.knowledge.store import REST, TABLES, About, Only, Row

ABOUT = "knowledge.json"
HELD = 20_000  # rows of a table that is held in memory: a hundred megabytes at most
# Of vectors' partitions every second one is looked into, and five times as many as are wanted are
# compared exactly: 99 of 100 of the nearest are found (benchmarks/knowledge_recall.py).
PROBES, REFINED = 2, 5
# Words that stand in more than one of so many passages say little, and all who hold one are read.
COMMON = 5
CACHE = 1 << 30  # bytes of indexes kept in memory
_TEXTS = ("kind", "title", "text", "source", "fingerprint", "time", "database")
_SHOWN = (*_TEXTS, "tables", "origin", "words")
_AT_ONCE = 2048  # rows
_COMMON_WORDS = "common.txt"
_SAMPLE = 5_000  # passages whose words are counted


class LanceStore:
    """A folder with an embedded LanceDB database.

    A passage's number is its row's in LanceDB, twice, and one more where it is of a table.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._build = ""
        self._open: dict[str, Any] = {}
        self._held: dict[str, Held | None] = {}
        self._common: frozenset[str] = frozenset()
        self._names: dict[str, list[tuple[int, str, str]]] | None = None
        self._opening = threading.Lock()
        self._read: tuple[tuple[int, ...], About] | None = None
        self.label = str(folder)
        # so that a project that moves with its knowledge keeps its origins
        self.home = folder.resolve().parent
        self.journal = folder / "journal"

    def is_index(self) -> bool:
        return (self._folder / ABOUT).is_file()

    def about(self) -> About:
        try:
            state = (self._folder / ABOUT).stat()
        except OSError:
            raise store.missing(self.label) from None
        # a search asks each time, and the names of thousands of tables take long to read
        seen = (state.st_mtime_ns, state.st_ino, state.st_size)
        if self._read is None or self._read[0] != seen:
            self._read = (seen, self._read_about())
        about = self._read[1]
        if not (self._folder / about.build).is_dir() or os.sep in about.build:
            raise self._damaged(about.build)
        if about.build != self._build:
            self._build = about.build
            self.close()
        return about

    def _read_about(self) -> About:
        try:
            values = json.loads((self._folder / ABOUT).read_text(encoding="utf-8"))
            return store.read_about(values, self.label, "the folder")
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise self._damaged(ABOUT) from None

    def tables(self, names: Sequence[str], database: str = "", since: str = "") -> list[int]:
        if not names or self._table("tables") is None:
            return []
        known, speaks_of = self._tables_by_name(), ("", database)
        return [
            number
            for name in names
            for number, whose, time in known.get(store.clean(name), ())
            if (not database or whose in speaks_of) and time >= since
        ]

    def _tables_by_name(self) -> dict[str, list[tuple[int, str, str]]]:
        """Of each table the numbers of its passages, with their databases and times."""
        if self._names is None:
            query = self._table("tables").search().select(["title", "database", "time"])
            found: dict[str, list[tuple[int, str, str]]] = {}
            for one in self._ask(query.with_row_id(True)).to_pylist():
                said = (2 * one["_rowid"] + 1, one["database"], one["time"])
                found.setdefault(one["title"], []).append(said)
            self._names = found
        return self._names

    def by_words(
        self, words: Sequence[str], only: Only, limit: int, faint: Sequence[str] = ()
    ) -> list[int]:
        from lancedb.query import MatchQuery

        table = self._table("tables" if only.is_of_tables else "rest")
        if table is None:
            return []
        words, faint = list(map(store.clean, words)), list(map(store.clean, faint))
        if (held := self._in_memory(table.name)) is not None:
            return _numbers(held.by_words(words, faint, only, limit), only.is_of_tables)
        words = [word for word in words if word not in self._common] or words
        # a word counts as often as it stands here, and two clauses would take ten times as long
        times = round(1 / store.FAINT) if faint else 1
        text = " ".join(words * times + faint)
        query = table.search(MatchQuery(text, "words"), query_type="fts").select(["_score"])
        return self._best(query, only, limit, "_score", -1)

    def by_vector(self, vector: Sequence[float], only: Only, limit: int) -> list[int]:
        table = self._table("tables" if only.is_of_tables else "rest")
        if table is None or "vector" not in table.schema.names:
            return []
        if (held := self._in_memory(table.name)) is not None:
            return _numbers(held.by_vector(vector, only, limit), only.is_of_tables)
        near = table.search(list(vector), query_type="vector").distance_type("cosine")
        probes = max(1, _partitions(table.count_rows()) // PROBES)
        near = near.nprobes(probes).refine_factor(REFINED).select(["_distance"])
        return self._best(near, only, limit, "_distance", 1)

    def _in_memory(self, name: str) -> Held | None:
        """All of a small table, read when it is first asked; None of a large one."""
        with self._opening:
            if name not in self._held:
                self._held[name] = None
                if self._open[name].count_rows() <= HELD:
                    query = self._open[name].search().with_row_id(True)
                    self._held[name] = Held(self._ask(query))
            return self._held[name]

    def _best(self, query: Any, only: Only, limit: int, column: str, sign: int) -> list[int]:
        """The numbers, best first; of equals that which was learned first."""
        if not only.is_all:
            query = query.where(_only(only))
        found = self._ask(query.with_row_id(True).limit(limit))
        scores = (sign * score for score in found[column].to_pylist())
        ranked = sorted(zip(scores, found["_rowid"].to_pylist(), strict=True))
        return _numbers([number for _, number in ranked], only.is_of_tables)

    def rows(self, numbers: Sequence[int]) -> list[Row]:
        found = {}
        for name, is_table in (("tables", 1), ("rest", 0)):
            wanted = sorted({number // 2 for number in numbers if number % 2 == is_table})
            if not wanted:
                continue
            table, columns = self._table(name), [*_SHOWN, "_rowid"]
            if (held := self._in_memory(name)) is not None:
                some = held.rows(wanted, columns)
            else:
                query = table.take_row_ids(wanted).select([*_SHOWN]).with_row_id()
                some = self._ask(query).to_pylist()
            for values in some:
                found[2 * values["_rowid"] + is_table] = store.row_of(values)
        return [found[number] for number in numbers]

    def all_rows(self, kinds: Sequence[Kind] = KINDS, *, whole: bool = True) -> Iterator[Row]:
        for name, held in (("tables", TABLES), ("rest", REST)):
            wanted = tuple(kind for kind in held if kind in kinds)
            if wanted and self._table(name) is not None:
                yield from self._stream(self._table(name), Only(wanted), whole)

    def _stream(self, table: Any, only: Only, whole: bool) -> Iterator[Row]:
        columns = [*_SHOWN] if whole else [*_SHOWN[:-1]]
        has_vectors = whole and "vector" in table.schema.names
        query = table.search().select([*columns, "vector"] if has_vectors else columns)
        if not only.is_all:
            query = query.where(_only(only))
        try:
            for batch in query.to_batches(batch_size=_AT_ONCE):
                vectors = batch.column("vector") if has_vectors else None
                some = batch.drop_columns(["vector"]) if has_vectors else batch
                for place, values in enumerate(some.to_pylist()):
                    if vectors is not None and vectors[place].is_valid:
                        values["vector"] = vectors[place].values.to_numpy().tobytes()
                    yield store.row_of(values)
        except (OSError, ValueError, RuntimeError) as error:
            raise self._damaged(type(error).__name__) from None

    def check_vectors(self) -> None:
        """Any folder can keep vectors."""

    def close(self) -> None:
        self._open, self._held, self._names = {}, {}, None

    def _table(self, name: str) -> Any:
        """A LanceDB table of the build, opened when it is first asked; None where it is empty."""
        with self._opening:
            if not self._open:
                _require()
                import lancedb

                try:
                    session = lancedb.Session(CACHE, CACHE // 4)
                    place = lancedb.connect(str(self._folder / self._build), session=session)
                    opened = {one: place.open_table(one) for one in ("tables", "rest")}
                    self._open = {
                        one: table if table.count_rows() else None for one, table in opened.items()
                    }
                    common = self._folder / self._build / _COMMON_WORDS
                    self._common = frozenset(common.read_text(encoding="utf-8").split("\n"))
                except (OSError, ValueError, RuntimeError):
                    raise self._damaged(self._build) from None
            return self._open[name]

    def _ask(self, query: Any) -> Any:
        try:
            return query.to_arrow()
        except (OSError, ValueError, RuntimeError) as error:
            raise self._damaged(type(error).__name__) from None

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

    def write(self, rows: Callable[[Sequence[Kind]], Iterable[Row]], about: About) -> About:
        _require()
        before = self.about().build if self.is_index() else ""
        for path in self._folder.glob("build-*"):
            if path.name != before:
                shutil.rmtree(path, ignore_errors=True)
        build = f"build-{uuid.uuid4().hex[:8]}"
        try:
            folder, words = self._folder / build, Counter[str]()
            many = sum(about.counts.get(kind, 0) for kind in REST)
            _fill(folder, "tables", rows(TABLES), about.width)
            _fill(folder, "rest", _counting(rows(REST), words, many), about.width)
            common = [word for word, count in words.items() if count > min(many, _SAMPLE) / COMMON]
            (folder / _COMMON_WORDS).write_text("\n".join(common), encoding="utf-8")
            return _swap_in(self._folder, replace(about, build=build))
        except (OSError, RuntimeError) as error:
            shutil.rmtree(self._folder / build, ignore_errors=True)
            raise store.unwritten(self.label, error) from None


def _require() -> None:
    if not find_spec("lancedb"):
        raise MissingExtra("the knowledge index", "knowledge")


def _numbers(rows: Sequence[int], is_of_tables: bool) -> list[int]:
    return [2 * row + is_of_tables for row in rows]


def _only(only: Only) -> str:
    parts = ["kind IN (" + ", ".join(map(_quoted, only.kinds)) + ")"]
    if only.database:
        parts.append(f"database IN ('', {_quoted(only.database)})")
    if only.since:
        parts.append(f"time >= {_quoted(only.since)}")
    return " AND ".join(parts)


def _quoted(text: str) -> str:
    return "'" + store.clean(text).replace("'", "''") + "'"


def _is_foreign(path: Path) -> bool:
    # a learn that was killed leaves its lock, its journal and a build
    return path.name not in ("writing.lock", "journal") and not path.name.startswith("build-")


def _fill(folder: Path, name: str, rows: Iterable[Row], width: int) -> None:
    """Writes one LanceDB table of a build, a few thousand rows at a time, with its indexes."""
    import lancedb
    import pyarrow as pa

    fields = [pa.field(name, pa.string()) for name in (*_TEXTS, "origin", "words")]
    fields.append(pa.field("tables", pa.list_(pa.string())))
    if width:
        fields.append(pa.field("vector", pa.list_(pa.float32(), width)))
    schema = pa.schema(fields)
    batches = pa.RecordBatchReader.from_batches(schema, _batches(rows, schema, width))
    table = lancedb.connect(str(folder)).create_table(name, batches, on_bad_vectors="null")
    if count := table.count_rows():
        _add_indexes(table, count)


def _counting(rows: Iterable[Row], words: Counter[str], many: int) -> Iterator[Row]:
    """The rows as they come; counts in how many of a few thousand of them each word stands."""
    every = max(1, many // _SAMPLE)
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
        values: dict[str, Any] = {name: [getattr(one, name) for one in said] for name in _TEXTS}
        values["tables"] = [one.tables for one in said]
        values |= {name: [getattr(row, name) for row in part] for name in ("origin", "words")}
        columns = [pa.array(values[f.name], f.type) for f in schema if f.name != "vector"]
        if width:
            none = b"\0" * width * 4
            numbers = np.frombuffer(b"".join(row.vector or none for row in part), np.float32)
            is_none = pa.array([not row.vector for row in part])
            columns.append(pa.FixedSizeListArray.from_arrays(numbers, width, mask=is_none))
        yield pa.record_batch(columns, schema=schema)


def _add_indexes(table: Any, count: int) -> None:
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
    if count > HELD and "vector" in table.schema.names:
        # RaBitQ: Gao & Long 2024, one bit a number
        how = IvfRq(distance_type="cosine", num_partitions=_partitions(count), sample_rate=64)
        table.create_index("vector", config=how)


def _partitions(count: int) -> int:
    return min(1024, count // 100)


def _swap_in(folder: Path, about: About) -> About:
    """Replaces knowledge.json in one step, after everything that it names is on the disk."""
    new = folder / f"{ABOUT}.new"
    with new.open("w", encoding="utf-8") as file:
        json.dump(asdict(about), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / ABOUT)
    return about
