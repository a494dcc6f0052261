"""What is known about one database: `learn` fills an index, which `search` opens.

An index is in a folder or, for those who share one, in PostgreSQL: `where` names either.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from sqlwright import sql
from sqlwright.errors import DataError, SqlError
from sqlwright.knowledge import collect
from sqlwright.knowledge.meaning import (
    WORDS_ONLY,
    Meaning,
    default_name,
    prose,
    weights_digest,
)
from sqlwright.knowledge.passages import Passage
from sqlwright.knowledge.poison import why_suspicious
from sqlwright.knowledge.practice import practice
from sqlwright.knowledge.store import About, Row, open_store
from sqlwright.knowledge.structure import structure_words
from sqlwright.knowledge.words import sql_words, words
from sqlwright.schema import Schema

_DATABASE = "/schema"  # the origin of what --db said: those of files are relative paths
_PRACTICE = "/practice"


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
) -> Learned:
    """Learns a database's schema and the files of the paths; what was learned of them goes first.

    Passages of other sources stay. Addresses of databases are not stored.

    Args:
        where: the index that is or will be: a folder, or a postgresql:// URL.
        schema: of a database that was read.
        paths: DDL, documents, query files, folders of them.
        progress: gets one line at a time, for a person.
        dialect: of the past queries; where None, that of the index, or each query's own look.
        embedding: a folder of weights, or `none`; where None, that of the index, or the packaged
            one where it is installed.
        with_practice: also learn the good practice that ships with sqlwright.

    Raises:
        UsageError: if a path does not exist, or the place holds something else.
        DataError: if a file cannot be read, nothing is found, or another process is writing.
    """
    say = progress or (lambda line: None)
    with closing(open_store(where)) as store, store.writing():
        old = store.about() if store.is_index() else None
        dialect = dialect or (old.dialect if old else "") or None
        name = embedding or (old.embedding if old else default_name())
        digest = "" if name == WORDS_ONLY else weights_digest(name)
        if digest:
            store.check_vectors()
        kept = store.all_rows() if old else []
        if old and old.dialect != (dialect or ""):
            kept = [replace(row, words="") for row in kept]
        found = _collect(store.home, schema, paths, dialect, _unchanged(old, kept, dialect), say)
        new = found.rows
        origins = [_origin(store.home, path) for path in paths] + ([_DATABASE] if schema else [])
        if with_practice:
            origins.append(_PRACTICE)
            new = [*new, *(Row(passage, _PRACTICE) for passage in practice())]
        rows = [row for row in kept if not _is_under(row.origin, origins)] + new
        if not rows:
            raise DataError("nothing was found to learn from: give --db, or files or folders")
        rows = _finish(rows, dialect or "")
        if digest:
            usable = kept if old and old.digest == digest else []
            rows = _with_vectors(rows, usable, name, say)
        else:
            rows = [replace(row, vector=()) for row in rows]
        counts = Counter[str](row.passage.kind for row in rows)
        tables = {row.passage.title for row in rows if row.passage.kind == "table"}
        files = {o: d for o, d in (old.files if old else {}).items() if not _is_under(o, origins)}
        files |= found.files
        about = About("", name, digest, dialect or "", tuple(sorted(tables)), dict(counts), files)
        store.write(rows, about)
    suspicious, notes = tuple(_suspicious(new)), tuple(found.notes)
    return Learned(dict(counts), tuple(_unread(new)), name, store.label, suspicious, notes)


def copy(source: Path | str, target: Path | str) -> Learned:
    """Copies an index over another as it is; its vectors are not computed again.

    Raises:
        UsageError: if the target holds something else.
        DataError: if there is no source, or another process is writing to the target.
    """
    with closing(open_store(source)) as old, closing(open_store(target)) as new:
        about = old.about()
        rows = [
            replace(row, origin=_moved(row.origin, old.home, new.home)) for row in old.all_rows()
        ]
        with new.writing():
            if about.digest:
                new.check_vectors()
            new.write(rows, about)
    return Learned(about.counts, tuple(_unread(rows)), about.embedding, new.label)


@dataclass(frozen=True, slots=True)
class _Collected:
    rows: list[Row]
    files: dict[str, str]  # digests by origin
    notes: list[str]


def _unchanged(
    old: About | None, kept: Sequence[Row], dialect: str | None
) -> dict[str, tuple[str, list[Row]]]:
    """The rows of each file that was learned, with the digest that it had, by origin."""
    if old is None or old.dialect != (dialect or ""):
        return {}
    found: dict[str, tuple[str, list[Row]]] = {o: (d, []) for o, d in old.files.items()}
    for row in kept:
        if row.origin in found:
            found[row.origin][1].append(row)
    return found


def _collect(
    home: Path,
    schema: Schema | None,
    paths: Sequence[Path],
    dialect: str | None,
    before: Mapping[str, tuple[str, list[Row]]],
    say: Callable[[str], None],
) -> _Collected:
    found = _Collected([], {}, [])
    if schema is not None:
        found.rows.extend(Row(passage, _DATABASE) for passage in collect.from_schema(schema))
        say(f"schema: {len(found.rows)} tables")
    for path in paths:
        for file in collect.files(path):
            origin = _origin(home, file)
            if origin in found.files:
                continue
            digest = collect.digest(file)
            found.files[origin] = digest
            was, rows = before.get(origin, ("", []))
            if was == digest:
                found.rows.extend(rows)
                say(f"{file}: as it was")
                continue
            last: list[str] = []

            def tell(line: str, last: list[str] = last) -> None:
                say(line)
                last[:] = [line]

            passages = collect.from_file(file, dialect, tell)
            found.notes.extend(last)  # the last word on a file is of what was left out
            say(f"{file}: {len(passages)} passages")
            found.rows.extend(Row(passage, origin) for passage in passages)
    return found


def _origin(home: Path, path: Path) -> str:
    return os.path.relpath(path.resolve(), home)


def _moved(origin: str, home: Path, other: Path) -> str:
    return origin if origin.startswith("/") else os.path.relpath(home / origin, other)


def _is_under(origin: str, origins: Sequence[str]) -> bool:
    is_inside = not origin.startswith(("..", "/"))
    return any(
        origin == one or origin.startswith(one + os.sep) or (one == "." and is_inside)
        for one in origins
    )


def _unread(rows: Sequence[Row]) -> list[str]:
    passages = (row.passage for row in rows)
    return [p.source for p in passages if p.kind == "query" and not p.fingerprint]


def _suspicious(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if reason := why_suspicious(f"{row.passage.title}\n{row.passage.text}"):
            yield f"{row.passage.source}: {reason}"


def _finish(rows: Sequence[Row], dialect: str) -> list[Row]:
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
        replace(row, words=_kept_words(row) or " ".join(_words_of(row.passage, described, dialect)))
        for row in finished
    ]


def _kept_words(row: Row) -> str:
    """Those of a past query that was learned before: they hang on itself and the dialect alone."""
    return row.words if row.passage.kind == "query" else ""


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


def _words_of_tree(text: str, dialect: str) -> list[str]:
    """The structure of a past query, where it parses."""
    try:
        return structure_words(sql.read(text, dialect or sql.guess_dialect(text)))
    except SqlError:
        return []


def _words_of(passage: Passage, described: Mapping[str, Sequence[str]], dialect: str) -> list[str]:
    """The search words of a passage; `described` has what documents say of a table, by its name."""
    if passage.kind == "query":
        return [*sql_words(passage.text), *_words_of_tree(passage.text, dialect)]
    title, texts = words(passage.title), (passage.text, *described.get(passage.title, ()))
    text = [word for part in texts for word in words(part)]
    return [*title, *text] if passage.kind == "table" else [*title, *title, *text]


def _with_vectors(
    rows: Sequence[Row], kept: Sequence[Row], name: str, say: Callable[[str], None]
) -> list[Row]:
    """The rows with vectors; those whose text was embedded before keep theirs."""
    before = {prose(row.passage, name): row.vector for row in kept if row.vector}
    wanted = list(dict.fromkeys(prose(row.passage, name) for row in rows))
    missing = [text for text in wanted if text not in before]
    if missing:
        say(f"embedding {len(missing)} passages with {name}")
        vectors = Meaning(name).embed(missing)
        before |= {text: tuple(vector) for text, vector in zip(missing, vectors, strict=True)}
    return [replace(row, vector=before[prose(row.passage, name)]) for row in rows]
