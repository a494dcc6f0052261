"""Where an index is kept, behind one interface: a folder, or PostgreSQL for those who share it.

Either keeps an index as builds: a new one is written whole beside the old one and then counts; the
one before it stays until the next `learn`, for those who have it open. An index can be rebuilt from
its sources at any time, so a damaged one is deleted, never repaired.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from sqlwright.errors import DataError, UsageError
from sqlwright.knowledge.passages import Kind, Passage

FORMAT = 2  # 2: past queries carry the words of their trees
FAINT = 0.15


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
    """

    build: str
    embedding: str
    digest: str
    dialect: str = ""
    tables: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as it is stored: with its origin, its search words and its vector."""

    passage: Passage
    origin: str
    words: str = ""
    vector: tuple[float, ...] = ()


class Store(Protocol):
    """An opened place for one index, empty or filled.

    Attributes:
        label: how to name it to a person, without a password.
        home: the folder that origins are relative to.
    """

    label: str
    home: Path

    def is_index(self) -> bool:
        """Does it hold an index?"""

    def about(self) -> About:
        """What the newest build says of itself; what is asked next is asked of that build.

        Raises:
            DataError: if there is no index, or it is damaged, or of another version of sqlwright.
        """

    def tables(self, names: Sequence[str], limit: int) -> list[Row]:
        """The passages that describe these tables, in the order in which they were learned."""

    def by_words(
        self,
        words: Sequence[str],
        kinds: Sequence[Kind],
        limit: int,
        faint: Sequence[str] = (),
    ) -> list[Row]:
        """The passages of these kinds that hold any of the words, best first by BM25.

        BM25 as in Robertson & Zaragoza 2009 (k1 = 1.2, b = 0.75), over the whole index whatever
        the kinds. Rows that a search returns may lack their vectors.

        Args:
            faint: other words, of which each counts `FAINT` of what a word counts.
        """

    def by_vector(self, vector: Sequence[float], kinds: Sequence[Kind], limit: int) -> list[Row]:
        """The passages of these kinds whose vectors are nearest by cosine, nearest first."""

    def all_rows(self) -> list[Row]:
        """Every row, in the order in which it was learned."""

    def writing(self) -> AbstractContextManager[None]:
        """Holds the place for one writer.

        Raises:
            UsageError: if the place holds something else.
            DataError: if another process is writing, or the place cannot be written.
        """

    def check_vectors(self) -> None:
        """Raises a UsageError where vectors cannot be kept."""

    def write(self, rows: Sequence[Row], about: About) -> About:
        """Writes a new build and makes it the one that counts. Must be called inside `writing`."""

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
    return About(**{**values, "tables": tuple(values["tables"])})


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


def busy(label: str) -> DataError:
    """The error for a place that another process writes to."""
    return DataError(f"another sqlwright learn is writing to {label}: wait until it ends")
