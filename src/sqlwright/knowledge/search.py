"""An open index, searched: what a text names comes first, then what joins it, then the rest.

What a query itself names is always found, whatever the limit; the tables that join the named ones
over foreign keys come next; then the passages that the voices of `ranking` agree on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlwright.errors import DataError, UsageError, did_you_mean
from sqlwright.knowledge import collect
from sqlwright.knowledge.joins import Graph, between, graph_of
from sqlwright.knowledge.meaning import PACKAGED, Meaning, why_missing
from sqlwright.knowledge.passages import KINDS, Hit, Kind, Passage
from sqlwright.knowledge.ranking import (
    DEPTH,
    Asked,
    Lookup,
    Ranked,
    rank,
    read_asked,
    reason,
    shown,
    woven,
)
from sqlwright.knowledge.store import TABLES, Only, Row, Store, open_store
from sqlwright.knowledge.words import is_cyrillic

_AT_HAND = 2_000  # rows: a few megabytes
_ASKED = 200  # texts whose vectors are at hand: one is often asked about several kinds
_SMALL = 20_000  # passages that are searched sooner than a thread begins


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
        self._fetched: dict[int, Row] = {}
        self._embedded: dict[str, list[float]] = {}

    def close(self) -> None:
        """Lets go of what is held open."""
        if (threads := self.__dict__.pop("_threads", None)) is not None:
            threads.shutdown()
            self.__dict__.pop("_lookup", None)
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
        return graph_of(row.passage for row in self._store.all_rows(TABLES, whole=False))

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.about.tables)

    @cached_property
    def _lookup(self) -> Lookup:
        is_small = sum(self.about.counts.values()) <= _SMALL
        begin = _at_once if is_small else self._threads.submit
        return Lookup(self._store, self._by_meaning, self._rows, begin)

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, thread_name_prefix="sqlwright-search")

    def search(
        self,
        text: str,
        *,
        tables: Sequence[str] = (),
        kinds: Sequence[Kind] = (),
        database: str = "",
        since: str = "",
        limit: int = 8,
    ) -> list[Hit]:
        """The passages that help with the text, best first; past queries of one template only once.

        Args:
            text: a question or an instruction in English or Russian, or a query.
            tables: tables that are named for sure: their passages come first.
            kinds: only passages of these kinds; all where empty.
            database: only what speaks of this database, or of none: a standard holds for each.
            since: only what is of this ISO 8601 date or later; what has no time may be older and
                is left out. Tables that are named are there however old they are.
            limit: the most hits; at least 1. Tables that are named are there whatever it is.

        Raises:
            UsageError: if nothing speaks of the database, or `since` is no date.
            DataError: if the index is damaged, or its embedding has changed since it was made.
        """
        self._refresh()
        only = self._only(kinds, database, since)
        asked = read_asked(text, self.about.dialect)
        named = self._named(asked, tables)
        hits = [Hit(row.passage, 1.0, "the query names it") for row in self._tables(named, only)]
        bridges = between(self._joins, sorted(named)) if len(named) > 1 else []
        for row in self._tables(bridges, only):
            hits.append(Hit(row.passage, 1.0, "it joins tables that the query names"))
        wanted = max(limit, 1) - len(hits)
        return [*hits, *self._ranked(asked, only, wanted, {hit.passage.source for hit in hits})]

    def _ranked(self, asked: Asked, only: Only, wanted: int, certain: Collection[str]) -> list[Hit]:
        """So many hits by rank, without those that are there for certain, one of each template."""
        hits = list[Hit]()
        if wanted < 1:
            return hits
        ranked = rank(asked, self._lookup, only, is_named=bool(certain))
        places = woven(ranked, asked.query is None)
        taken: set[object] = set(certain)
        spelled = shown(asked)
        # most often the first few are enough, and fetching all would take as long as finding them
        for start in range(0, len(places), wanted + 4):
            some = places[start : start + wanted + 4]
            rows = self._rows([place.number for place in some])
            for place, row in zip(some, rows, strict=True):
                passage = row.passage
                # an example is not hidden by the query that it once was
                template = (passage.kind, passage.fingerprint) if passage.fingerprint else None
                if passage.source in taken or template in taken:
                    continue
                taken |= {passage.source, template} - {None}
                hits.append(Hit(passage, place.score, reason(place, row, spelled), place.ranks))
                if len(hits) == wanted:
                    return hits
        return hits

    def voices(
        self, text: str, *, kinds: Sequence[Kind] = (), database: str = "", since: str = ""
    ) -> dict[str, list[Passage]]:
        """What each voice of `ranking` finds by itself, and "all" of them together, best first."""
        self._refresh()
        asked = read_asked(text, self.about.dialect)
        only = self._only(kinds, database, since)
        ranked = rank(asked, self._lookup, only)
        voices = {voice: _alone(ranked, voice) for voice in (*ranked.rest, *ranked.tables)}
        found = dict[str, list[Passage]]()
        for voice, one in (voices | {"all": ranked}).items():
            numbers = [place.number for place in woven(one, asked.query is None)]
            found[voice] = [row.passage for row in self._rows(numbers)]
        return found

    def passages(self, kinds: Sequence[Kind] = ()) -> list[Passage]:
        """Every passage of these kinds, tables first, else as they were learned."""
        self._refresh()
        rows = self._store.all_rows(tuple(kinds) or KINDS, whole=False)
        return [row.passage for row in rows]

    def _named(self, asked: Asked, tables: Sequence[str]) -> set[str]:
        """The tables that are named for sure: those given, and the known ones of a query."""
        known = self._known
        found = collect.tables_named(asked.query) if asked.query is not None else ()
        return {name.lower() for name in tables} | {n for n in found if n in known or not known}

    def _only(self, kinds: Sequence[Kind], database: str = "", since: str = "") -> Only:
        if since:
            try:
                since = _as_stored(since)
            except ValueError:
                raise UsageError(
                    f"since takes a date as 2026-05-31, or a time as 2026-05-31T12:00, not {since}"
                ) from None
        known = self.about.databases
        if database and database not in known:
            listed = f" It speaks of {', '.join(known[:9])}." if known else " It names none."
            hint = did_you_mean(database, known) or listed
            raise UsageError(f"the knowledge speaks of no database {database}.{hint}")
        return Only(tuple(kinds) or KINDS, database, since)

    def _tables(self, names: Collection[str], only: Only) -> list[Row]:
        if not names or "table" not in only.kinds:
            return []
        return self._rows(self._store.tables(sorted(names), only.database))

    def _rows(self, numbers: Sequence[int]) -> list[Row]:
        """The rows of these numbers; the last ones that were fetched are at hand."""
        missing = [number for number in dict.fromkeys(numbers) if number not in self._fetched]
        if missing:
            self._fetched.update(zip(missing, self._store.rows(missing), strict=True))
        found = [self._fetched[number] for number in numbers]
        while len(self._fetched) > _AT_HAND:
            del self._fetched[next(iter(self._fetched))]
        return found

    def _by_meaning(self, text: str, wanted: Sequence[Only]) -> Sequence[Sequence[int]]:
        # the packaged model would place Russian at random
        if (self.about.embedding == PACKAGED and is_cyrillic(text)) or self._meaning is None:
            return [()] * len(wanted)
        if text not in self._embedded:
            while len(self._embedded) >= _ASKED:
                del self._embedded[next(iter(self._embedded))]
            self._embedded[text] = self._meaning.embed([text])[0]
        vector = self._embedded[text]
        return [self._store.by_vector(vector, only, DEPTH) for only in wanted]

    def _refresh(self) -> None:
        """Turns to the newest build, if there is one: `learn` keeps only the one before it."""
        about = self._store.about()
        if about.build != self.about.build:
            if about.digest != self.about.digest:
                self.__dict__.pop("_meaning", None)
                self._embedded = {}
            self.__dict__.pop("_joins", None)
            self.__dict__.pop("_known", None)
            self.__dict__.pop("_lookup", None)
            self.about, self._fetched = about, {}
            self.note = why_missing(about.embedding)


def _as_stored(time: str) -> str:
    """The time as passages have theirs: of UTC, so that the letters compare as the times do."""
    found = datetime.fromisoformat(time)
    if found.tzinfo is not None:
        found = found.astimezone(UTC).replace(tzinfo=None)
    return found.isoformat() if len(time) > len("2026-05-31") else found.date().isoformat()


def _at_once(action: Callable[..., Any], *arguments: Any) -> Future[Any]:
    done = Future[Any]()
    done.set_result(action(*arguments))
    return done


def _alone(ranked: Ranked, voice: str) -> Ranked:
    parts = (ranked.tables, ranked.rest)
    return Ranked(*({voice: part[voice]} if voice in part else {} for part in parts))
