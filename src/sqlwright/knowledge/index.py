"""What is known about one database: `learn` fills an index, which `search` opens.

An index is in a folder or, for those who share one, in PostgreSQL: `where` names either. Rows are
taken from the old index, or from what was read, one after the other: a million of them need not
fit in memory.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path

import sqlwright
from sqlwright.errors import DataError
from sqlwright.knowledge.describing import WRITTEN, Known, finished
from sqlwright.knowledge.excluding import NOTHING, Excluding
from sqlwright.knowledge.gathering import Run, Sources, gather, moved
from sqlwright.knowledge.journal import Journal, key_of
from sqlwright.knowledge.meaning import (
    WORDS_ONLY,
    Meaning,
    default_name,
    prose,
    weights_digest,
)
from sqlwright.knowledge.passages import Kind
from sqlwright.knowledge.poison import why_suspicious
from sqlwright.knowledge.reading import GOES_ON
from sqlwright.knowledge.store import FORMAT, About, Row, Store, open_store
from sqlwright.schema import Facts, Schema

NOTHING_TOLD = Facts()
_AT_ONCE = 256  # texts that are embedded before that is noted


@dataclass(frozen=True, slots=True)
class Learned:
    """What an index holds after `learn`.

    Attributes:
        counts: passages by kind.
        unread: `file:line` of queries that do not parse; they are found by their words only.
        embedding: the embedding that gives their meaning, or `none`.
        label: how to name the index to a person, without a password.
        suspicious: sources of passages that read like orders to a model, with the reason; they
            are found and shown, and never given to a model.
        notes: what was left out of files, in sentences.
    """

    counts: dict[str, int]
    unread: tuple[str, ...]
    embedding: str
    label: str
    suspicious: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def learn(
    where: Path | str,
    schema: Schema | None = None,
    paths: Sequence[Path] = (),
    progress: Callable[[str], None] | None = None,
    *,
    dialect: str | None = None,
    embedding: str | None = None,
    with_practice: bool = False,
    facts: Facts = NOTHING_TOLD,
    database: str = "",
    excluding: Excluding = NOTHING,
) -> Learned:
    """Learns a database's schema and the files of the paths; what was learned of them goes first.

    Passages of other sources stay. Addresses of databases are not stored. One that is interrupted
    leaves the index as it was, and the next one goes on from there.

    Args:
        where: the index that is or will be: a folder, or a postgresql:// URL.
        schema: of a database that was read.
        paths: DDL, documents, query files, folders of them.
        progress: gets one line at a time, for a person.
        dialect: of the past queries; where None, that of the index, or each query's own look.
        embedding: `use-multilingual`, a folder of weights, or `none`; where None, that of the
            index, or the packaged one where it is installed.
        with_practice: also learn the good practice that ships with sqlwright.
        facts: what that database told beside its schema.
        database: the name of the database that all this speaks of; what was learned of others
            stays.
        excluding: columns to keep out of everything.

    Raises:
        UsageError: if a path does not exist, the place holds something else, or a pattern of
            `excluding` matches no column.
        DataError: if a file cannot be read, nothing is found, another process is writing, or the
            disk is full.
    """
    say = progress or (lambda line: None)
    with closing(open_store(where)) as store, store.writing():
        old = store.about() if store.is_index() else None
        spoken = dialect or (old.dialect if old else "")
        name = embedding or (old.embedding if old else default_name())
        digest = "" if name == WORDS_ONLY else weights_digest(name)
        if digest:
            store.check_vectors()
        before = old.files if old and old.dialect == spoken else {}
        run = Run(spoken or None, database, excluding, before, say)
        purpose = f"format {FORMAT}, sqlwright {sqlwright.__version__}, dialect {spoken}"
        with closing(Journal(store.journal, purpose, digest, store.label)) as journal:
            sources = gather(
                *(store if old else None, store.home, journal, schema, facts, paths, run),
                with_practice=with_practice,
            )
            found = _survey(sources)
            about = _about(old, sources, found, name, digest, spoken)
            if about != old or sources.is_new:
                _write(store, old, sources, found, about, say)
            journal.remove()
    return Learned(
        *(dict(about.counts), tuple(found.unread), name, store.label),
        *(tuple(found.suspicious), tuple(sources.notes)),
    )


def copy(source: Path | str, target: Path | str) -> Learned:
    """Copies an index over another as it is; its vectors are not computed again.

    Raises:
        UsageError: if the target holds something else.
        DataError: if there is no source, or another process is writing to the target.
    """
    with closing(open_store(source)) as old, closing(open_store(target)) as new:
        about = old.about()
        move = partial(moved, home=old.home, other=new.home)

        def rows(kinds: Sequence[Kind]) -> Iterator[Row]:
            return (replace(row, origin=move(row.origin)) for row in old.all_rows(kinds))

        with new.writing():
            if about.digest:
                new.check_vectors()
            files = {move(origin): digest for origin, digest in about.files.items()}
            new.write(rows, replace(about, files=files))
        unread = tuple(_unread(old.all_rows(("query",), whole=False)))
    return Learned(dict(about.counts), unread, about.embedding, new.label)


@dataclass(slots=True)
class _Survey:
    """What one look at all rows tells."""

    known: Known = field(default_factory=Known)
    counts: Counter[str] = field(default_factory=Counter)
    databases: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)
    suspicious: list[str] = field(default_factory=list)


def _survey(sources: Sources) -> _Survey:
    found = _Survey()
    for row in chain(sources.kept(whole=False), sources.new()):
        passage = row.passage
        found.counts[passage.kind] += 1
        found.databases |= {passage.database} - {""}
        if passage.kind == "table":
            found.known.add_table(passage)
        if sources.is_learned(row.origin):
            found.unread.extend(_unread([row]))
            if reason := why_suspicious(f"{passage.title}\n{passage.text}"):
                found.suspicious.append(f"{passage.source}: {reason}")
    if not found.counts:
        raise DataError("nothing was found to learn from: give --db, or files or folders")
    for row in chain(sources.kept(WRITTEN, whole=False), sources.new(WRITTEN)):
        found.known.add_document(row.passage)
    return found


def _unread(rows: Iterable[Row]) -> list[str]:
    passages = (row.passage for row in rows)
    return [p.source for p in passages if p.kind == "query" and not p.fingerprint]


def _about(
    old: About | None, sources: Sources, found: _Survey, name: str, digest: str, dialect: str
) -> About:
    files = old.files if old else {}
    files = {origin: d for origin, d in files.items() if not sources.is_learned(origin)}
    files |= {origin: d for origin, (_, d) in sources.files.items()}
    is_same = old is not None and old.digest == digest
    return About(
        old.build if old else "",
        name,
        digest,
        dialect,
        tuple(sorted(found.known.tables)),
        dict(found.counts),
        files,
        tuple(sorted(found.databases)),
        old.width if old and is_same else 0,
    )


def _write(
    store: Store,
    old: About | None,
    sources: Sources,
    found: _Survey,
    about: About,
    say: Callable[[str], None],
) -> None:
    """Embeds what has no vector yet, and writes the new build."""
    is_embedded = old is not None and old.digest == about.digest
    if about.digest:
        _embed(sources, about.embedding, say, is_embedded=is_embedded)
        about = replace(about, width=sources.journal.width or about.width)

    def rows(kinds: Sequence[Kind]) -> Iterator[Row]:
        for row in sources.kept(kinds):
            words = row.words if old and old.dialect == about.dialect else ""
            vector = row.vector if is_embedded else _vector(sources.journal, row, about.embedding)
            yield finished(replace(row, words=words, vector=vector), found.known, about.dialect)
        for row in sources.new(kinds):
            vector = _vector(sources.journal, row, about.embedding)
            yield finished(replace(row, vector=vector), found.known, about.dialect)

    say(f"writing {sum(about.counts.values()):,} passages{GOES_ON}")
    store.write(rows, about)


def _vector(journal: Journal, row: Row, embedding: str) -> bytes:
    if embedding == WORDS_ONLY or not (text := prose(row.passage, embedding)):
        return b""
    return journal.vector(key_of(text))


def _embed(sources: Sources, name: str, say: Callable[[str], None], *, is_embedded: bool) -> None:
    """Puts into the journal the vectors of what has none yet, each text once.

    Args:
        is_embedded: have the rows of the old build vectors of this embedding?
    """
    journal = sources.journal

    def texts() -> Iterator[tuple[bytes, str]]:
        rows = sources.new() if is_embedded else chain(sources.kept(), sources.new())
        for row in rows:
            if text := prose(row.passage, name):
                key = key_of(text)
                if not journal.has_vector(key):
                    yield key, text

    wanted = {key for key, _ in texts()}
    if wanted and is_embedded:
        had = ((key_of(prose(row.passage, name)), row.vector) for row in sources.gone())
        journal.keep_vectors((key, one) for key, one in had if one and key in wanted)
        wanted = {key for key in wanted if not journal.has_vector(key)}
    if not wanted:
        return
    say(f"embedding {len(wanted):,} passages with {name}")
    model, done = Meaning(name), 0
    waiting = texts()
    while part := dict(islice(waiting, _AT_ONCE)):
        vectors = model.embed(list(part.values()))
        packed = (array("f", vector).tobytes() for vector in vectors)
        journal.keep_vectors(zip(part, packed, strict=True))
        done += len(part)
        say(f"embedded {done:,} of {len(wanted):,} passages{GOES_ON}")
