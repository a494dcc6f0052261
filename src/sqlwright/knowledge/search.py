"""An open index, searched: what a text names comes first, then what joins it, then the rest.

What a query itself names is always found, whatever the limit; the tables that join the named ones
over foreign keys come next; then the passages that the voices of `ranking` agree on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path

from sqlwright.errors import DataError
from sqlwright.knowledge import collect
from sqlwright.knowledge.joins import Graph, between, graph_of
from sqlwright.knowledge.meaning import PACKAGED, Meaning, prose, why_missing
from sqlwright.knowledge.passages import KINDS, Hit, Kind, Passage
from sqlwright.knowledge.ranking import DEPTH, Asked, fuse, rank, read_asked
from sqlwright.knowledge.store import Row, Store, open_store
from sqlwright.knowledge.words import is_cyrillic, words


def open_index(where: Path | str) -> Index:
    """The index in the folder or at the postgresql:// URL, for searching.

    Raises:
        DataError: if there is none, or it is damaged.
    """
    store = open_store(where)
    try:
        return Index(store)
    except DataError:
        store.close()
        raise


class Index:
    """An open index.

    Attributes:
        about: what it was made of and with.
        note: why search goes by words only, and what to do about it; None when it does not.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.about = store.about()
        self.note = why_missing(self.about.embedding)

    def close(self) -> None:
        """Lets go of what is held open."""
        self._store.close()

    @cached_property
    def _meaning(self) -> Meaning | None:
        # loading takes seconds: only when a question in prose asks for it
        if self.note is not None:
            return None
        meaning = Meaning(self.about.embedding)
        if meaning.digest != self.about.digest:
            raise DataError(
                f"the knowledge in {self._store.label} was made with other weights than"
                f" {self.about.embedding} has now: run sqlwright learn on a source of it again"
            )
        return meaning

    @cached_property
    def _joins(self) -> Graph:
        return graph_of(row.passage for row in self._store.tables(self.about.tables, _EVERY))

    def search(
        self,
        text: str,
        *,
        tables: Sequence[str] = (),
        kinds: Sequence[Kind] = (),
        limit: int = 8,
    ) -> list[Hit]:
        """The passages that help with the text, best first; past queries of one template only once.

        Args:
            text: a question or an instruction in English or Russian, or a query.
            tables: tables that are named for sure: their passages come first.
            kinds: only passages of these kinds; all where empty.
            limit: the most hits; at least 1. Tables that are named are there whatever it is.

        Raises:
            DataError: if the index is damaged, or its embedding has changed since it was made.
        """
        self._refresh()
        allowed = tuple(kinds) or KINDS
        asked = read_asked(text, self.about.dialect)
        named = self._named(asked, tables)
        hits = [Hit(row.passage, 1.0, "the query names it") for row in self._tables(named, allowed)]
        bridges = between(self._joins, sorted(named)) if len(named) > 1 else []
        for row in self._tables(bridges, allowed):
            hits.append(Hit(row.passage, 1.0, "it joins tables that the query names"))
        certain = len(hits)
        taken = {hit.passage.source for hit in hits}
        for hit in fuse(rank(asked, self._store, self._by_meaning, allowed), asked):
            key = hit.passage.fingerprint or hit.passage.source
            if hit.passage.source not in taken and key not in taken:
                taken |= {key, hit.passage.source}
                hits.append(hit)
        return hits[: max(limit, 1, certain)]

    def voices(self, text: str, *, kinds: Sequence[Kind] = ()) -> dict[str, list[Passage]]:
        """What each voice of `ranking` finds by itself, and "all" of them together, best first."""
        self._refresh()
        asked = read_asked(text, self.about.dialect)
        rankings = rank(asked, self._store, self._by_meaning, tuple(kinds) or KINDS)
        found = {voice: [row.passage for row in rows] for voice, rows in rankings.items()}
        return found | {"all": [hit.passage for hit in fuse(rankings, asked)]}

    def passages(self, kinds: Sequence[Kind] = ()) -> list[Passage]:
        """Every passage of these kinds, in the order in which they were learned."""
        self._refresh()
        allowed = tuple(kinds) or KINDS
        found = (row.passage for row in self._store.all_rows())
        return [passage for passage in found if passage.kind in allowed]

    def _named(self, asked: Asked, tables: Sequence[str]) -> set[str]:
        """The tables that are named for sure: those given, and the known ones of a query."""
        known = set(self.about.tables)
        found = collect.tables_named(asked.query) if asked.query is not None else ()
        return {name.lower() for name in tables} | {n for n in found if n in known or not known}

    def _tables(self, names: Collection[str], kinds: Sequence[Kind]) -> list[Row]:
        return self._store.tables(sorted(names), _EVERY) if names and "table" in kinds else []

    def _by_meaning(self, text: str, kinds: Sequence[Kind]) -> Sequence[Row]:
        # the packaged model would place Russian at random
        if (self.about.embedding == PACKAGED and is_cyrillic(text)) or self._meaning is None:
            return ()
        vector = self._meaning.embed([text])[0]
        found = self._store.by_vector(vector, kinds, DEPTH)
        # what is left of a Russian passage for the packaged model is no sentence
        return [row for row in found if len(words(prose(row.passage, self.about.embedding))) > 2]

    def _refresh(self) -> None:
        """Turns to the newest build, if there is one: `learn` keeps only the one before it."""
        about = self._store.about()
        if about.build != self.about.build:
            if about.digest != self.about.digest:
                self.__dict__.pop("_meaning", None)
            self.__dict__.pop("_joins", None)
            self.about = about
            self.note = why_missing(about.embedding)


_EVERY = 1_000_000  # tables: no schema has as many
