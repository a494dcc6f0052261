"""Turns what a team already has into passages: its schema, documents, standards and past queries.

Each kind of file has a module of its own: here a file is given to the one that reads it. It does
not judge them: a bad past query becomes a passage like any other.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlwright.errors import DataError, SqlError, UsageError
from sqlwright.knowledge import dbt, dictionaries, documents, examples, logs, workload
from sqlwright.knowledge.excluding import (
    NOTHING,
    Excluding,
    columns_excluded,
    schema_without,
)
from sqlwright.knowledge.masking import personal
from sqlwright.knowledge.passages import Kind, Passage
from sqlwright.knowledge.queries import PastQuery, from_query, split_queries, tables_named
from sqlwright.knowledge.reading import check_not_empty, header, lines, named
from sqlwright.knowledge.sections import LONGEST, from_document
from sqlwright.knowledge.tables import from_schema, from_views
from sqlwright.schema import read_ddl, read_views

__all__ = [
    "LONGEST",
    "PastQuery",
    "columns_excluded",
    "digest",
    "files",
    "from_document",
    "from_file",
    "from_schema",
    "read_text",
    "split_queries",
    "tables_named",
]

TEXTS = (".md", ".markdown", ".txt", ".rst")
QUERIES = (".sql", ".ddl")
TABULAR = (".csv", ".tsv", ".xlsx", ".xlsm")
LOGS = (".log", ".jsonl", ".ndjson", ".json")
SUFFIXES = (*QUERIES, *TEXTS, *documents.SUFFIXES, *TABULAR, *LOGS)
_TABLE = re.compile(r"^\s*CREATE\s+(\w+\s+){0,2}?TABLE\b", re.IGNORECASE | re.MULTILINE)
_VIEW = re.compile(r"^\s*CREATE\b[^;()]{0,200}?\bVIEW\b", re.IGNORECASE | re.MULTILINE)
_STANDARDS = re.compile(
    r"standard|style[_ -]?guide|convention|guideline|стандарт|соглашени", re.IGNORECASE
)


def files(path: Path) -> Iterator[Path]:
    """The file itself, or every file of the folder that can be learned from, in a stable order.

    Of a folder, tables and logs count only if they are of a kind that is known: others lie there
    for other ends. Where a folder is a dbt project with a manifest, the models' SQL comes from it.

    Raises:
        UsageError: if there is nothing of that name, or it is a file of another kind.
        DataError: if a table of the folder cannot be read.
    """
    if path.is_dir():
        yield from _files_of(path)
    elif not path.exists():
        raise UsageError(f"there is no file or folder {path}: check the path")
    elif path.suffix.lower() not in SUFFIXES:
        kinds = ", ".join(SUFFIXES)
        raise UsageError(f"{path} is not a kind of file that can be learned from: give {kinds}")
    else:
        yield path


def _files_of(folder: Path) -> Iterator[Path]:
    projects = set[Path]()  # of dbt: their .sql files are templates, not queries
    for name, folders, names in os.walk(folder):
        here = Path(name)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if manifest := dbt.find(here):
            yield manifest
            if manifest.parent == here:
                folders.clear()  # a target folder: the rest was made from the manifest
                continue
            projects.add(here)
            folders[:] = [name for name in folders if name != "target"]
        is_project = not projects.isdisjoint((here, *here.parents))
        for file in sorted(here / name for name in names if not name.startswith(".")):
            if not (is_project and file.suffix.lower() in QUERIES) and _is_known(file):
                yield file


def _is_known(path: Path) -> bool:
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        first = header(path)
        return workload.is_workload(first) or dictionaries.is_dictionary(first)
    if suffix in (".xlsx", ".xlsm"):
        # what Excel holds open leaves a file of this name that is no table
        return not path.name.startswith("~$") and dictionaries.is_xlsx_dictionary(path)
    if suffix == ".log":
        return logs.is_log(path)
    if suffix == ".jsonl":
        return examples.is_examples(path)
    return suffix in SUFFIXES and suffix not in LOGS


def read_text(path: Path) -> str:
    """The file's text, without passwords in addresses and without personal data.

    Raises:
        DataError: if the file cannot be read, or is not UTF-8, with the line.
    """
    return personal("\n".join(text for _, text in lines(path)))


def from_file(
    path: Path,
    dialect: str | None = None,
    say: Callable[[str], None] | None = None,
    excluding: Excluding = NOTHING,
) -> list[Passage]:
    """The passages of one file: what it is, its suffix and its first lines say.

    Args:
        path: one of those that `files` gives.
        dialect: of its queries; where None, each query's own look.
        say: gets a line at a time, for a person: how far a long file is, and what was left out.
        excluding: columns to keep out of what declares columns; past queries are not searched for
            them here, for other files may declare more.

    Raises:
        DataError: if the file cannot be read, or is damaged.
        MissingExtra: if the package that reads it is not installed.
    """
    tell = say or (lambda line: None)
    suffix = path.suffix.lower()
    if suffix in (*TEXTS, *QUERIES):
        return _from_text(path, dialect, excluding)
    check_not_empty(path)
    if suffix in documents.SUFFIXES:
        found = documents.from_file(path, _kind(path), tell)
    elif suffix in TABULAR:
        found = _from_table(path, dialect, tell, excluding)
    elif suffix == ".jsonl" and examples.is_examples(path):
        found = examples.from_file(path)
    elif suffix == ".json" and (path.name == dbt.NAME or dbt.is_manifest(path)):
        found = dbt.from_manifest(path, dialect, excluding)
    else:
        found = workload.from_file(path, dialect, tell)
    return _distinct([_masked(passage) for passage in found])


def stamped(passages: Sequence[Passage], path: Path, database: str) -> list[Passage]:
    """The file's passages with its time where they tell none, and the database that they speak of.

    A standard speaks of none: it holds for each.
    """
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    time = changed.replace(tzinfo=None).isoformat(timespec="seconds")
    return [
        replace(
            passage,
            time=passage.time or time,
            database="" if passage.kind == "standard" else database,
        )
        for passage in passages
    ]


def digest(path: Path, excluding: Excluding = NOTHING) -> str:
    """What tells one content of a file, and what is kept out of it, from another: a SHA-256.

    Raises:
        DataError: if the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    for pattern in sorted(excluding.patterns):
        found.update(f"\0{pattern}".encode())
    return found.hexdigest()


def _kind(path: Path) -> Kind:
    return "standard" if _STANDARDS.search(path.stem) else "document"


def declares(path: Path) -> bool:
    """May the file declare columns? Then patterns of columns to keep out are tried on it."""
    return path.suffix.lower() in (*QUERIES, *TABULAR) or path.name == dbt.NAME


def _from_text(path: Path, dialect: str | None, excluding: Excluding) -> list[Passage]:
    text = read_text(path)
    if path.suffix.lower() in TEXTS:
        return from_document(text, str(path), _kind(path))
    if _TABLE.search(text):
        return _from_ddl(text, path, dialect, excluding)
    found = _from_ddl(text, path, dialect, excluding) if _VIEW.search(text) else []
    return found + [
        from_query(query, f"{path}:{query.line}", dialect)
        for query in split_queries(text)
        if not _VIEW.match(query.text)
    ]


def _from_table(
    path: Path, dialect: str | None, say: Callable[[str], None], excluding: Excluding
) -> list[Passage]:
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return dictionaries.from_xlsx(path, excluding)
    first = header(path)
    if workload.is_workload(first):
        return workload.from_file(path, dialect, say)
    if dictionaries.is_dictionary(first):
        return dictionaries.from_csv(path, excluding)
    has = f"has the columns {named(first)}" if first else "holds no rows"
    raise DataError(f"{path} {has}: {dictionaries.NEEDED}; {workload.NEEDED}")


def _masked(passage: Passage) -> Passage:
    return replace(passage, title=personal(passage.title), text=personal(passage.text))


def _distinct(passages: Sequence[Passage]) -> list[Passage]:
    """The passages, each with a source of its own: search shows a source once."""
    seen = Counter[str]()
    found = []
    for passage in passages:
        seen[passage.source] += 1
        part = f", part {seen[passage.source]}" if seen[passage.source] > 1 else ""
        found.append(replace(passage, source=passage.source + part))
    return found


def _from_ddl(text: str, path: Path, dialect: str | None, excluding: Excluding) -> list[Passage]:
    found = list[Passage]()
    try:
        if _TABLE.search(text):
            found += from_schema(schema_without(read_ddl(text, dialect), excluding))
        views = read_views(text, dialect)
    except SqlError as error:
        raise DataError(f"{path}: {error}") from None
    kept = {n: one for n, one in views.items() if not excluding.is_named_in(one, (n,))}
    found += from_views(kept)
    return [replace(passage, source=f"{path}, {passage.source}") for passage in found]
