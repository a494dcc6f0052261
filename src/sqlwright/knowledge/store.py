"""Where an index is kept, behind one interface: a folder, or PostgreSQL for those who share it.

Either keeps an index as builds: a new one is written whole beside the old one and then counts; the
one before it stays until the next `learn`, for those who have it open. An index can be rebuilt from
its sources at any time, so a damaged one is deleted, never repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from sqlwright.errors import DataError, UsageError
from sqlwright.knowledge.passages import KINDS, Kind, Passage

FORMAT = 4  # 2: words of trees; 3: times, databases, examples; 4: tables and the rest apart
FAINT = 1 / 3  # what a word of the other language counts
TABLES: tuple[Kind, ...] = ("table",)
REST: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind not in TABLES)


@dataclass(frozen=True, slots=True)
class About:
    """What an index says of itself.

    Attributes:
        build: the build that counts.
        embedding: name of the embedding that its vectors were made with, or `none`.
        digest: the beginning of that embedding's SHA-256, or empty.
        dialect: of the database that was learned, or empty.
        tables: names of the tables that are known, in lower case.
        counts: passages by kind.
        files: digests of the files that were learned, by origin: what has not changed is kept.
        databases: names of the databases that its passages speak of, in order.
        width: how many numbers its vectors have; 0 where there are none.
    """

    build: str
    embedding: str
    digest: str
    dialect: str = ""
    tables: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    databases: tuple[str, ...] = ()
    width: int = 0
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as it is stored.

    Attributes:
        origin: the file that it came from, relative to the store's home, or `/schema` and the like.
        words: its search words.
        vector: float32 numbers one after the other; empty where it has no meaning to search by.
    """

    passage: Passage
    origin: str
    words: str = ""
    vector: bytes = b""


@dataclass(frozen=True, slots=True)
class Only:
    """Which passages a search may find.

    Attributes:
        kinds: those of these kinds.
        database: where it is not empty, those that speak of this database, and those that speak of
            none: a standard holds for each.
        since: where it is not empty, an ISO 8601 date or time: those of that time or later. What
            has no time is left out: it may be older.
    """

    kinds: tuple[Kind, ...] = KINDS
    database: str = ""
    since: str = ""

    @property
    def is_of_tables(self) -> bool:
        """Are tables asked for, or the rest?

        Raises:
            ValueError: if both are: they are ranked apart.
        """
        if "table" in self.kinds and len(self.kinds) > 1:
            raise ValueError("tables and other passages are ranked apart: ask for them apart")
        return "table" in self.kinds

    @property
    def is_all(self) -> bool:
        """Do all tables pass, or all of the rest?"""
        wanted = TABLES if self.is_of_tables else REST
        return set(self.kinds) >= set(wanted) and not self.database and not self.since


class Store(Protocol):
    """An opened place for one index, empty or filled.

    Tables and all others are kept and ranked apart, for there are few tables and they would drown:
    each by its own BM25, and each with its own vectors. What is found is named by a number, which
    holds for the build that was asked; numbers rise in the order in which passages were learned.

    Attributes:
        label: how to name it to a person, without a password.
        home: the folder that origins are relative to.
        journal: the folder that a `learn` may keep its work in until it is done.
    """

    label: str
    home: Path
    journal: Path

    def is_index(self) -> bool:
        """Does it hold an index?"""

    def about(self) -> About:
        """What the newest build says of itself; what is asked next is asked of that build.

        Raises:
            DataError: if there is no index, or it is damaged, or of another version of sqlwright.
        """

    def tables(self, names: Sequence[str], database: str = "", since: str = "") -> list[int]:
        """The passages that describe these tables, in the order of the names.

        Args:
            database: as in `Only`; so is `since`.
        """

    def by_words(
        self, words: Sequence[str], only: Only, limit: int, faint: Sequence[str] = ()
    ) -> list[int]:
        """The passages that hold any of the words, best first by BM25.

        BM25 as in Robertson & Zaragoza 2009 (k1 = 1.2, b = 0.75), over all tables, or over all the
        rest, whichever of them may be found. Of a large index, words that a fifth of the passages
        hold may be left out.

        Args:
            only: kinds that are `table` alone, or others.
            faint: other words, of which each counts `FAINT` of what a word counts.
        """

    def by_vector(self, vector: Sequence[float], only: Only, limit: int) -> list[int]:
        """The passages whose vectors are nearest by cosine, nearest first; `only` as above."""

    def rows(self, numbers: Sequence[int]) -> list[Row]:
        """The rows of these numbers, in that order, without their vectors."""

    def all_rows(self, kinds: Sequence[Kind] = KINDS, *, whole: bool = True) -> Iterator[Row]:
        """Every row of these kinds, tables first, else in the order in which they were learned.

        Args:
            whole: with search words and vectors, or without.
        """

    def writing(self) -> AbstractContextManager[None]:
        """Holds the place for one writer.

        Raises:
            UsageError: if the place holds something else.
            DataError: if another process is writing, or the place cannot be written.
        """

    def check_vectors(self) -> None:
        """Raises a UsageError where vectors cannot be kept."""

    def write(self, rows: Callable[[Sequence[Kind]], Iterable[Row]], about: About) -> About:
        """Writes a new build and makes it the one that counts. Must be called inside `writing`.

        Args:
            rows: gives the rows of these kinds, each time from the first one.

        Raises:
            DataError: if there is no room for it; what was there stays.
        """

    def close(self) -> None:
        """Lets go of what is held open."""


def open_store(where: Path | str) -> Store:
    """The store at the address: a folder, or a postgresql:// URL.

    Raises:
        UsageError: if the address is of another kind.
    """
    if isinstance(where, str) and "://" in where:
        if not where.startswith(("postgresql", "postgres:")):
            raise UsageError("knowledge is kept in a folder or at a postgresql:// URL: give one")
        from sqlwright.knowledge.store_postgres import PostgresStore

        return PostgresStore(where)
    from sqlwright.knowledge.store_lance import LanceStore

    return LanceStore(Path(where))


def read_about(values: dict[str, Any], label: str, remove: str) -> About:
    """What an index says of itself, from what its store kept.

    Args:
        values: what was kept.
        label: the store's.
        remove: what to delete where it is of another version.

    Raises:
        DataError: if it was made by another version of sqlwright.
        TypeError, KeyError, AttributeError: if it is none, for the store to say so.
    """
    if values.get("format") != FORMAT:
        raise DataError(
            f"the knowledge in {label} was made by another version of sqlwright: delete {remove}"
            " and run sqlwright learn again"
        )
    names = {name: tuple(values[name]) for name in ("tables", "databases")}
    return About(**{**values, **names})


def row_of(values: dict[str, Any]) -> Row:
    """A stored row as a value."""
    passage = Passage(
        values["kind"],
        values["title"],
        values["text"],
        values["source"],
        tuple(values["tables"]),
        values["fingerprint"],
        values["time"],
        values["database"],
    )
    return Row(passage, values["origin"], values.get("words", ""), values.get("vector") or b"")


def clean(text: str) -> str:
    """The text without what not every store takes: NUL, and halves of a letter."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def cleaned(row: Row) -> Row:
    """The row as every store takes it."""
    said = row.passage
    passage = replace(
        said,
        title=clean(said.title),
        text=clean(said.text),
        source=clean(said.source),
        tables=tuple(map(clean, said.tables)),
        time=clean(said.time),
        database=clean(said.database),
    )
    return replace(row, passage=passage, origin=clean(row.origin), words=clean(row.words))


def missing(label: str) -> DataError:
    """The error for a place without an index."""
    return DataError(f"{label} holds no knowledge: make it with sqlwright learn")


def damaged(label: str, what: str, remove: str) -> DataError:
    """The error for an index that cannot be read."""
    return DataError(
        f"the knowledge in {label} is damaged ({what}): delete {remove} and run sqlwright learn"
        " again"
    )


def unwritten(label: str, error: Exception) -> DataError:
    """The error for an index that cannot be written, as on a full disk."""
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    full = ("no space left", "file too large", "quota", "disk full", "os error 28", "os error 27")
    is_full = any(sign in str(error).lower() for sign in full)
    why = "there is no room left on the disk" if is_full else first[:200]
    return DataError(
        f"{label} cannot be written ({why}): what it held is as it was; make room and run sqlwright"
        " learn again, it goes on from where it stopped"
    )


def busy(label: str) -> DataError:
    """The error for a place that another process writes to."""
    return DataError(f"another sqlwright learn is writing to {label}: wait until it ends")
