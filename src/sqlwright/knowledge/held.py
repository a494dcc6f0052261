"""A small part of an index, held in memory and searched there: a question to the disk takes longer.

It finds what the disk would find, in the same order: BM25 by the same formula, vectors by cosine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlwright.knowledge.store import FAINT, Only


class Held:
    """All rows of one Arrow table, with `_rowid`, their words by passage and their vectors."""

    def __init__(self, found: Any) -> None:
        import numpy as np

        self._table = found.combine_chunks()
        self._ids = self._table["_rowid"].to_numpy()  # [row], rising
        self._kinds, self._databases = _Coded(self._table["kind"]), _Coded(self._table["database"])
        self._times = np.array(self._table["time"].to_pylist(), dtype=str)
        self._terms, self._starts, self._rows, self._counts = _postings(self._table["words"])
        lengths = np.bincount(self._rows, self._counts, len(self._ids))  # [row], words
        # k1 = 1.2, b = 0.75
        self._lengths = 1.2 * (0.25 + 0.75 * lengths / max(lengths.mean(), 1))
        self._vectors = _vectors(self._table)
        self._asked: tuple[Sequence[float], Any] = ((), None)  # the last vector, and how near to it

    def rows(self, ids: Sequence[int], columns: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of these ids, in that order."""
        import numpy as np

        places = np.searchsorted(self._ids, np.asarray(ids))
        found: list[dict[str, Any]] = self._table.select(list(columns)).take(places).to_pylist()
        return found

    def by_words(
        self, words: Sequence[str], faint: Sequence[str], only: Only, limit: int
    ) -> list[int]:
        """The ids of the rows that hold any of the words, best first."""
        import numpy as np

        scores = np.zeros(len(self._ids))
        for weight, some in ((1.0, words), (FAINT, faint)):
            for term in (self._terms.get(word) for word in some):
                if term is not None:
                    part = slice(self._starts[term], self._starts[term + 1])
                    rows, counts = self._rows[part], self._counts[part]
                    rarity = np.log(1 + (len(scores) - len(rows) + 0.5) / (len(rows) + 0.5))
                    gain = 2.2 * counts / (counts + self._lengths[rows])
                    scores[rows] += weight * rarity * gain
        if not only.is_all:
            scores[~self._passing(only)] = 0
        # rounded, for the last digits of a sum depend on the order of its terms
        return self._best(scores.astype(np.float32), limit, 0)

    def by_vector(self, vector: Sequence[float], only: Only, limit: int) -> list[int]:
        """The ids of the rows whose vectors are nearest, nearest first."""
        import numpy as np

        if self._vectors is None:
            return []
        near = self._near(vector)
        if not only.is_all:
            near = np.where(self._passing(only), near, -2)
        return self._best(near, limit, -1.5)

    def _near(self, vector: Sequence[float]) -> Any:
        """The cosine of each row's vector; a question asks for several kinds, one after another."""
        import numpy as np

        asked, near = self._asked
        if asked is not vector:
            # by einsum, for the threads of a BLAS product wait for each other where others work too
            near = np.einsum("ij,j->i", self._vectors, np.asarray(vector, np.float32))
            near[np.isnan(near)] = -2  # rows without a vector
            self._asked = (vector, near)
        return near

    def _passing(self, only: Only) -> Any:
        passes = self._kinds.are_in(only.kinds)
        if only.database:
            passes &= self._databases.are_in(("", only.database))
        return passes & (self._times >= only.since) if only.since else passes

    def _best(self, scores: Any, limit: int, least: float) -> list[int]:
        """The ids of the highest scores above the least; of equals the first row."""
        import numpy as np

        found = np.flatnonzero(scores > least)
        if len(found) > limit:
            cut = np.partition(scores[found], -limit)[-limit]
            found = found[scores[found] >= cut]
        ranked = found[np.lexsort((found, -scores[found]))][:limit]
        ids: list[int] = self._ids[ranked].tolist()
        return ids


class _Coded:
    """A column of few different texts."""

    def __init__(self, column: Any) -> None:
        import numpy as np

        values, self._codes = np.unique(column.to_pylist(), return_inverse=True)
        self._code_of = {str(value): code for code, value in enumerate(values)}

    def are_in(self, values: Iterable[str]) -> Any:
        """Of each row: is its text one of these?"""
        import numpy as np

        found = np.zeros(len(self._codes), dtype=bool)
        for code in (self._code_of.get(value) for value in values):
            if code is not None:
                found |= self._codes == code
        return found


def _postings(words: Any) -> tuple[dict[str, int], Any, Any, Any]:
    """Each word's number; where its rows begin; of these the row, and how often it stands there."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    split = pc.split_pattern(words.combine_chunks(), " ")
    encoded = split.flatten().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    owners = pc.list_parent_indices(split).to_numpy(zero_copy_only=False).astype(np.int64)
    pairs = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64) * len(words) + owners
    pairs, counts = np.unique(pairs, return_counts=True)
    terms, rows = np.divmod(pairs, max(len(words), 1))
    known = encoded.dictionary.to_pylist()
    starts = np.searchsorted(terms, np.arange(len(known) + 1))
    return {word: number for number, word in enumerate(known)}, starts, rows, counts


def _vectors(table: Any) -> Any:
    """All vectors, each of length 1, [row, number]; not-a-number where there is none."""
    import numpy as np

    if "vector" not in table.schema.names:
        return None
    column = table["vector"].combine_chunks()
    is_there = column.is_valid().to_numpy(zero_copy_only=False)
    vectors = np.full((len(column), column.type.list_size), np.nan, np.float32)
    vectors[is_there] = column.drop_null().flatten().to_numpy().reshape(-1, column.type.list_size)
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return vectors / np.maximum(lengths, 1e-30)[:, None]
