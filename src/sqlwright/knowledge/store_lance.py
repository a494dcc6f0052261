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
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlwright.errors import DataError, MissingExtra, UsageError
from sqlwright.knowledge import store
from sqlwright.knowledge.held import Held
from sqlwright.knowledge.passages import KINDS, Kind
from sqlwright.knowledge.store import REST, TABLES, About, Only, Row
from sqlwright.knowledge.store_lance_build import (
    ABOUT,
    SAMPLE,
    TEXTS,
    counting,
    fill,
    partitions,
    swap_in,
)

HELD = 20_000  # rows of a table that is held in memory: a hundred megabytes at most
# Of vectors' partitions every second one is looked into, and five times as many as are wanted are
# compared exactly: 99 of 100 of the nearest are found (benchmarks/knowledge_recall.py).
PROBES, REFINED = 2, 5
# Among so many times as many as are wanted those since a time are looked for.
FURTHER = 4
# Words that stand in more than one of so many passages say little, and all who hold one are read.
COMMON = 5
CACHE = 1 << 30  # bytes of indexes kept in memory
_SHOWN = (*TEXTS, "tables", "origin", "words")
_AT_ONCE = 2048  # rows
_NEVER = "\U0010ffff"  # later than any time
_COMMON_WORDS = "common.txt"


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
        # since then so few rows are that looking further did not find enough of them
        self._late = dict.fromkeys(("tables", "rest"), _NEVER)
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
        ask = partial(table.search, MatchQuery(text, "words"), query_type="fts")
        return self._best(ask, only, limit, "_score", -1)

    def by_vector(self, vector: Sequence[float], only: Only, limit: int) -> list[int]:
        table = self._table("tables" if only.is_of_tables else "rest")
        if table is None or "vector" not in table.schema.names:
            return []
        if (held := self._in_memory(table.name)) is not None:
            return _numbers(held.by_vector(vector, only, limit), only.is_of_tables)
        probes = max(1, partitions(table.count_rows()) // PROBES)

        def ask() -> Any:
            near = table.search(list(vector), query_type="vector").distance_type("cosine")
            return near.nprobes(probes).refine_factor(REFINED)

        return self._best(ask, only, limit, "_distance", 1)

    def _in_memory(self, name: str) -> Held | None:
        """All of a small table, read when it is first asked; None of a large one."""
        with self._opening:
            if name not in self._held:
                self._held[name] = None
                if self._open[name].count_rows() <= HELD:
                    query = self._open[name].search().with_row_id(True)
                    self._held[name] = Held(self._ask(query))
            return self._held[name]

    def _best(
        self, ask: Callable[[], Any], only: Only, limit: int, column: str, sign: int
    ) -> list[int]:
        """The numbers, best first; of equals that which was learned first.

        To search among the rows since a time, an engine first lists them all. Where many are as
        late, it is faster to look further and to pass over what is older.
        """
        name = "tables" if only.is_of_tables else "rest"
        found: list[tuple[float, int, str]] = []
        further = FURTHER * limit if only.since and only.since < self._late[name] else 0
        if further:
            anytime = self._ranked(ask(), replace(only, since=""), further, column, sign)
            found = [row for row in anytime if row[2] >= only.since]
            if len(found) < limit and len(anytime) == further:
                self._late[name], further = only.since, 0
        if not further:
            found = self._ranked(ask(), only, limit, column, sign)
        return _numbers([number for _, number, _ in found[:limit]], only.is_of_tables)

    def _ranked(
        self, query: Any, only: Only, limit: int, column: str, sign: int
    ) -> list[tuple[float, int, str]]:
        """Score, row and time, best first."""
        if not only.is_all:
            query = query.where(_only(only))
        found = self._ask(query.select([column, "time"]).with_row_id(True).limit(limit))
        scores = (sign * score for score in found[column].to_pylist())
        times = (time or "" for time in found["time"].to_pylist())
        return sorted(zip(scores, found["_rowid"].to_pylist(), times, strict=True))

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
        self._late = dict.fromkeys(("tables", "rest"), _NEVER)

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
            fill(folder, "tables", rows(TABLES), about.width, HELD)
            fill(folder, "rest", counting(rows(REST), words, many), about.width, HELD)
            common = [word for word, count in words.items() if count > min(many, SAMPLE) / COMMON]
            (folder / _COMMON_WORDS).write_text("\n".join(common), encoding="utf-8")
            return swap_in(self._folder, replace(about, build=build))
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
