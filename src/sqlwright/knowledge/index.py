"""What is known about one database: `learn` fills a folder, `open_index` opens it for searching.

Search joins rankings by words (BM25), by meaning (embeddings, where there are any) and, for tables,
by the passages that use them. What a query itself names comes first, always.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlwright import sql
from sqlwright.errors import DataError, SqlError
from sqlwright.knowledge import collect, store
from sqlwright.knowledge.meaning import (
    PACKAGED,
    WORDS_ONLY,
    Meaning,
    default_name,
    weights_digest,
    why_missing,
)
from sqlwright.knowledge.passages import KINDS, Hit, Kind, Passage
from sqlwright.knowledge.store import About, Row
from sqlwright.knowledge.words import is_cyrillic, spellings, sql_words, words
from sqlwright.schema import Schema

# Reciprocal rank fusion: Cormack et al., SIGIR 2009, who found 60 by trial; little depends on it.
RANK_OFFSET = 60
DEPTH = 40  # how far down each ranking is read


@dataclass(frozen=True, slots=True)
class Learned:
    """What an index holds after `learn`.

    Attributes:
        counts: passages by kind.
        unread: `file:line` of queries that do not parse; they are found by their words only.
        embedding: the embedding that gives their meaning, or `none`.
    """

    counts: dict[str, int]
    unread: tuple[str, ...]
    embedding: str


def learn(
    folder: Path,
    schema: Schema | None = None,
    paths: Sequence[Path] = (),
    progress: Callable[[str], None] | None = None,
    *,
    dialect: str | None = None,
    embedding: str | None = None,
) -> Learned:
    """Learns a database's schema and the files of the paths; what was learned of them goes first.

    Passages of other sources stay. Addresses of databases are not stored.

    Args:
        folder: where the index is or will be.
        schema: of a database that was read.
        paths: DDL, documents, query files, folders of them.
        progress: gets one line at a time, for a person.
        dialect: of the past queries; where None, that of the index, or each query's own look.
        embedding: a folder of weights, or `none`; where None, that of the index, or the packaged
            one where it is installed.

    Raises:
        UsageError: if a path does not exist, or the folder holds something else.
        DataError: if a file cannot be read, nothing is found, or another process is writing.
    """
    say = progress or (lambda line: None)
    with store.writing(folder):
        old = store.read_about(folder) if store.is_index(folder) else None
        dialect = dialect or (old.dialect if old else "") or None
        name = embedding or (old.embedding if old else default_name())
        kept = store.read_rows(folder) if old else []
        new = _collect(folder, schema, paths, dialect, say)
        origins = [_origin(folder, path) for path in paths] + (["schema"] if schema else [])
        rows = [row for row in kept if not _is_under(row.origin, origins)] + new
        if not rows:
            raise DataError("nothing was found to learn from: give --db, or files or folders")
        rows = _finish(rows)
        digest = "" if name == WORDS_ONLY else weights_digest(name)
        if digest:
            usable = kept if old and old.digest == digest else []
            rows = _with_vectors(rows, usable, name, say)
        else:
            rows = [replace(row, vector=()) for row in rows]
        counts = Counter[str](row.passage.kind for row in rows)
        tables = {row.passage.title for row in rows if row.passage.kind == "table"}
        about = About("", name, digest, dialect or "", tuple(sorted(tables)), dict(counts))
        store.write(folder, rows, about)
    return Learned(dict(counts), tuple(_unread(new)), name)


def _collect(
    folder: Path,
    schema: Schema | None,
    paths: Sequence[Path],
    dialect: str | None,
    say: Callable[[str], None],
) -> list[Row]:
    found = []
    if schema is not None:
        found = [Row(passage, "schema") for passage in collect.from_schema(schema)]
        say(f"schema: {len(found)} tables")
    seen = set[str]()
    for path in paths:
        for file in collect.files(path):
            if (origin := _origin(folder, file)) in seen:
                continue
            seen.add(origin)
            passages = collect.from_file(file, dialect)
            say(f"{file}: {len(passages)} passages")
            found += [Row(passage, origin) for passage in passages]
    return found


def _origin(folder: Path, path: Path) -> str:
    # relative, so that a project that moves with its knowledge keeps its origins
    return os.path.relpath(path.resolve(), folder.resolve().parent)


def _is_under(origin: str, origins: Sequence[str]) -> bool:
    return any(origin == one or origin.startswith(one + os.sep) or one == "." for one in origins)


def _unread(rows: Sequence[Row]) -> list[str]:
    passages = (row.passage for row in rows)
    return [p.source for p in passages if p.kind == "query" and not p.fingerprint]


def _finish(rows: Sequence[Row]) -> list[Row]:
    """The rows with their search words, and with the tables that documents name.

    A section headed by a table's name describes it: its words lead to the table as well, which is
    how a Russian question finds a table with an English name.
    """
    owners: dict[str, set[str]] = {}
    known = {row.passage.title for row in rows if row.passage.kind == "table"}
    for row in rows:
        if row.passage.kind == "table":
            for line in row.passage.text.splitlines():
                if line.startswith("- "):
                    owners.setdefault(line[2:].split()[0].lower(), set()).add(row.passage.title)
    described: dict[str, list[str]] = {}
    finished = []
    for row in rows:
        passage = row.passage
        if passage.kind in ("document", "standard"):
            if (head := _headed_by(passage.title)) in known:
                described.setdefault(head, []).append(f"{passage.title}\n{passage.text}")
            passage = replace(passage, tables=_tables_in(passage, known, owners))
        finished.append(replace(row, passage=passage))
    return [
        replace(row, words=" ".join(_words_of(row.passage, described.get(row.passage.title, ()))))
        for row in finished
    ]


def _headed_by(title: str) -> str:
    return title.split(" > ")[-1].split(":")[0].strip().strip("`").lower()


def _tables_in(passage: Passage, known: set[str], owners: dict[str, set[str]]) -> tuple[str, ...]:
    """Tables that a document names in code quotes or heads a section with, or a column of theirs.

    A bare word does not count: orders are also what customers make.
    """
    named = {_headed_by(passage.title)} & known
    for quoted in passage.text.split("`")[1::2]:
        for word in quoted.lower().replace("(", " ").replace(".", " ").replace(",", " ").split():
            named |= {word} & known
            owner = owners.get(word, set())
            named |= owner if len(owner) == 1 else set()
    return tuple(sorted(named))


def _words_of(passage: Passage, described: Sequence[str]) -> list[str]:
    if passage.kind == "query":
        return sql_words(passage.text)
    title = words(passage.title)
    text = [word for part in (passage.text, *described) for word in words(part)]
    return [*title, *text] if passage.kind == "table" else [*title, *title, *text]


def _with_vectors(
    rows: Sequence[Row], kept: Sequence[Row], name: str, say: Callable[[str], None]
) -> list[Row]:
    """The rows with vectors; those whose text was embedded before keep theirs."""
    before = {_prose(row.passage, name): row.vector for row in kept if row.vector}
    wanted = list(dict.fromkeys(_prose(row.passage, name) for row in rows))
    missing = [text for text in wanted if text not in before]
    if missing:
        say(f"embedding {len(missing)} passages with {name}")
        vectors = Meaning(name).embed(missing)
        before |= {text: tuple(vector) for text, vector in zip(missing, vectors, strict=True)}
    return [replace(row, vector=before[_prose(row.passage, name)]) for row in rows]


def _prose(passage: Passage, embedding: str) -> str:
    """What of a passage has a meaning that the embedding can take: of a query, its comment.

    To the packaged model Russian is a long row of unknown letters: it is left out.
    """
    text = passage.title if passage.kind == "query" else f"{passage.title}\n{passage.text}"
    if embedding == PACKAGED:
        text = re.sub(r"\w*[\u0400-\u04ff]\w*[^\w\s]?", "", text)
    return " ".join(text.split())


def open_index(folder: Path) -> Index:
    """The index in the folder, for searching.

    Raises:
        DataError: if there is none, or it is damaged.
    """
    about = store.read_about(folder)
    return Index(folder, about, store.open_rows(folder, about))


class Index:
    """An open index.

    Attributes:
        about: what it was made of and with.
        note: why search goes by words only, and what to do about it; None when it does not.
    """

    def __init__(self, folder: Path, about: About, rows: Any) -> None:
        self._folder = folder
        self._rows = rows
        self.about = about
        self.note = why_missing(about.embedding)

    @cached_property
    def _meaning(self) -> Meaning | None:
        # loading takes seconds: only when a question in prose asks for it
        if self.note is not None:
            return None
        meaning = Meaning(self.about.embedding)
        if meaning.digest != self.about.digest:
            raise DataError(
                f"the knowledge in {self._folder} was made with other weights than"
                f" {self.about.embedding} has now: run sqlwright learn on a source of it again"
            )
        return meaning

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
            limit: the most hits; at least 1.

        Raises:
            DataError: if the index is damaged, or its embedding has changed since it was made.
        """
        self._refresh()
        allowed = tuple(kinds) or KINDS
        query = self._as_query(text)
        named = {name.lower() for name in tables} | set(query or ())
        hits = [Hit(row.passage, 1.0, "the query names it") for row in self._tables(named, allowed)]
        asked = list(dict.fromkeys(sql_words(text) if query else words(text)))
        rankings = {"words": self._by_words(asked, allowed)}
        if not query:
            rankings["meaning"] = self._by_meaning(text, allowed)
        if not query and "table" in allowed:
            rankings["used"] = self._by_use(asked)
        taken = {hit.passage.source for hit in hits}
        for hit in _fuse(rankings, spellings(text)):
            key = hit.passage.fingerprint or hit.passage.source
            if hit.passage.source not in taken and key not in taken:
                taken |= {key, hit.passage.source}
                hits.append(hit)
        return hits[: max(limit, 1)]

    def passages(self, kinds: Sequence[Kind] = ()) -> list[Passage]:
        """Every passage of these kinds, in the order in which they were learned."""
        allowed = tuple(kinds) or KINDS
        found = (row.passage for row in store.read_rows(self._folder))
        return [passage for passage in found if passage.kind in allowed]

    def _as_query(self, text: str) -> tuple[str, ...]:
        """The known tables that the text names, if it is a query."""
        if "select" not in text.lower():
            return ()
        try:
            tree = sql.read(text, self.about.dialect or sql.guess_dialect(text))
        except SqlError:
            return ()
        known = set(self.about.tables)
        names = collect.tables_named(tree)
        return tuple(name for name in names if name in known or not known)

    def _tables(self, names: Iterable[str], kinds: Sequence[Kind]) -> list[Row]:
        if not names or "table" not in kinds:
            return []
        listed = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(names))
        return self._ask(self._rows.search().where(f"kind = 'table' AND title IN ({listed})"))

    def _by_words(self, asked: Sequence[str], kinds: Sequence[Kind]) -> list[Row]:
        from lancedb.query import MatchQuery

        if not asked:
            return []
        query = MatchQuery(" ".join(asked), "words")
        return self._ask(self._rows.search(query, query_type="fts").where(_only(kinds)))

    def _by_meaning(self, text: str, kinds: Sequence[Kind]) -> list[Row]:
        # the packaged model would place Russian at random
        if (self.about.embedding == PACKAGED and is_cyrillic(text)) or self._meaning is None:
            return []
        vector = self._meaning.embed([text])[0]
        query = self._rows.search(vector, query_type="vector").distance_type("cosine")
        found = self._ask(query.where(_only(kinds)))
        # what is left of a Russian passage for the packaged model is no sentence
        return [row for row in found if len(words(_prose(row.passage, self.about.embedding))) > 2]

    def _by_use(self, asked: Sequence[str]) -> list[Row]:
        """Tables by the past queries and documents that match and use them."""
        votes = Counter[str]()  # three tables: more would push what the words found away
        for rank, row in enumerate(self._by_words(asked, ("query", "document"))[:10]):
            votes.update(dict.fromkeys(row.passage.tables, RANK_OFFSET - rank))
        places = {name: place for place, (name, _) in enumerate(votes.most_common(3))}
        found = self._tables(places, ("table",))
        return sorted(found, key=lambda row: places[row.passage.title])

    def _refresh(self) -> None:
        """Turns to the newest build, if there is one: `learn` keeps only the one before it."""
        about = store.read_about(self._folder)
        if about.build != self.about.build:
            if about.digest != self.about.digest:
                self.__dict__.pop("_meaning", None)
            self._rows, self.about = store.open_rows(self._folder, about), about
            self.note = why_missing(about.embedding)

    def _ask(self, query: Any) -> list[Row]:
        try:
            return [store.row_of(values) for values in query.limit(DEPTH).to_list()]
        except (OSError, ValueError, RuntimeError) as error:
            raise store.damaged(self._folder, type(error).__name__) from None


def _only(kinds: Sequence[Kind]) -> str:
    return "kind IN (" + ", ".join(f"'{kind}'" for kind in kinds) + ")"


def _fuse(rankings: dict[str, list[Row]], asked: dict[str, str]) -> list[Hit]:
    """The rows of all rankings by the sum of 1 / (60 + rank), with the reason for each."""
    scores = Counter[Passage]()
    reasons: dict[Passage, list[str]] = {}
    for voice, rows in rankings.items():
        for rank, row in enumerate(rows, 1):
            scores[row.passage] += 1 / (RANK_OFFSET + rank)  # type: ignore[assignment]
            if voice == "words":
                held = set(row.words.split())
                shared = dict.fromkeys(asked[word] for word in asked if word in held)
                reasons.setdefault(row.passage, []).append("words: " + ", ".join([*shared][:5]))
            elif voice == "used":
                reasons.setdefault(row.passage, []).append("used by passages that match")
            elif rank <= 10:
                reasons.setdefault(row.passage, []).append("meaning")
    return [
        Hit(passage, score, "; ".join(reasons.get(passage, ["meaning"])))
        for passage, score in scores.most_common()
    ]
