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
from fnmatch import fnmatchcase
from pathlib import Path

from sqlwright.errors import DataError, SqlError, UsageError, did_you_mean
from sqlwright.knowledge import dbt, dictionaries, documents, logs, workload
from sqlwright.knowledge.masking import personal
from sqlwright.knowledge.passages import Kind, Passage
from sqlwright.knowledge.queries import PastQuery, from_query, split_queries, tables_named
from sqlwright.knowledge.reading import check_not_empty, header, lines, named
from sqlwright.knowledge.sections import LONGEST, from_document
from sqlwright.schema import Schema, Table, read_ddl

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
_STANDARDS = re.compile(
    r"standard|style[_ -]?guide|convention|guideline|стандарт|соглашени", re.IGNORECASE
)


def from_schema(schema: Schema) -> list[Passage]:
    """One passage a table: its columns, keys, comments and number of rows."""
    return [
        Passage(
            "table",
            table.name.lower(),
            personal(_describe(table)),
            f"table {table.name}",
            (table.name.lower(),),
        )
        for table in schema.tables
    ]


def _describe(table: Table) -> str:
    rows = "" if table.rows is None else f", {table.rows:,} rows"
    lines = [f"table {table.name}{rows}" + (f": {table.comment}" if table.comment else "")]
    for column in table.columns:
        null = "" if column.nullable else " not null"
        comment = f": {column.comment}" if column.comment else ""
        lines.append(f"- {column.name} {column.type}{null}{comment}")
    lines += [f"key: {', '.join(key)}" for key in table.keys()]
    lines += [
        f"{', '.join(key.columns)} -> {key.table} ({', '.join(key.references)})"
        for key in table.foreign_keys
    ]
    lines += [f"index: {', '.join(index.columns)}" for index in table.indexes]
    return "\n".join(lines)


def columns_excluded(schema: Schema, patterns: Sequence[str]) -> Schema:
    """The schema without the columns whose `table.column` matches a pattern, in any case.

    Keys, indexes and checks that name such a column go with it: their text would name it.

    Args:
        schema: what was read of a database.
        patterns: as a shell has them, such as `*.password` or `customers.*`.

    Raises:
        UsageError: if a pattern matches no column: a slip of the pen must not let one through.
    """
    names = [f"{table.name}.{column.name}" for table in schema.tables for column in table.columns]
    for pattern in patterns:
        if not any(fnmatchcase(name.lower(), pattern.lower()) for name in names):
            hint = did_you_mean(pattern, names) or " Give table.column, * stands for any letters."
            raise UsageError(f"--exclude {pattern} matches no column of the schema.{hint}")
    gone = {
        name.lower()
        for name in names
        if any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)
    }
    return Schema(tuple(_without(table, gone) for table in schema.tables))


def _without(table: Table, gone: set[str]) -> Table:
    def stays(columns: Sequence[str], of: str = table.name) -> bool:
        return not any(f"{of}.{column}".lower() in gone for column in columns)

    lost = [column.name for column in table.columns if not stays([column.name])]
    return replace(
        table,
        columns=tuple(column for column in table.columns if stays([column.name])),
        primary_key=table.primary_key if stays(table.primary_key) else (),
        unique=tuple(key for key in table.unique if stays(key)),
        foreign_keys=tuple(
            key
            for key in table.foreign_keys
            if stays(key.columns) and stays(key.references, key.table)
        ),
        indexes=tuple(index for index in table.indexes if stays(index.columns)),
        checks=tuple(
            check
            for check in table.checks
            if not any(re.search(rf"\b{re.escape(name)}\b", check, re.I) for name in lost)
        ),
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
    return suffix in SUFFIXES and suffix not in LOGS


def read_text(path: Path) -> str:
    """The file's text, without passwords in addresses and without personal data.

    Raises:
        DataError: if the file cannot be read, or is not UTF-8, with the line.
    """
    return personal("\n".join(text for _, text in lines(path)))


def from_file(
    path: Path, dialect: str | None = None, say: Callable[[str], None] | None = None
) -> list[Passage]:
    """The passages of one file: what it is, its suffix and its first lines say.

    Args:
        path: one of those that `files` gives.
        dialect: of its queries; where None, each query's own look.
        say: gets a line at a time, for a person: how far a long file is, and what was left out.

    Raises:
        DataError: if the file cannot be read, or is damaged.
        MissingExtra: if the package that reads it is not installed.
    """
    tell = say or (lambda line: None)
    suffix = path.suffix.lower()
    if suffix in (*TEXTS, *QUERIES):
        return _from_text(path, dialect)
    check_not_empty(path)
    if suffix in documents.SUFFIXES:
        found = documents.from_file(path, _kind(path), tell)
    elif suffix in TABULAR:
        found = _from_table(path, dialect, tell)
    elif suffix == ".json" and (path.name == dbt.NAME or dbt.is_manifest(path)):
        found = dbt.from_manifest(path, dialect)
    else:
        found = workload.from_file(path, dialect, tell)
    return _distinct([_masked(passage) for passage in found])


def digest(path: Path) -> str:
    """What tells one content of a file from another: its SHA-256.

    Raises:
        DataError: if the file cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None


def _kind(path: Path) -> Kind:
    return "standard" if _STANDARDS.search(path.stem) else "document"


def _from_text(path: Path, dialect: str | None) -> list[Passage]:
    text = read_text(path)
    if path.suffix.lower() in TEXTS:
        return from_document(text, str(path), _kind(path))
    if re.search(r"^\s*CREATE\s+(\w+\s+)?TABLE\b", text, re.IGNORECASE | re.MULTILINE):
        return _from_ddl(text, path, dialect)
    return [from_query(query, f"{path}:{query.line}", dialect) for query in split_queries(text)]


def _from_table(path: Path, dialect: str | None, say: Callable[[str], None]) -> list[Passage]:
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return dictionaries.from_xlsx(path)
    first = header(path)
    if workload.is_workload(first):
        return workload.from_file(path, dialect, say)
    if dictionaries.is_dictionary(first):
        return dictionaries.from_csv(path)
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


def _from_ddl(text: str, path: Path, dialect: str | None) -> list[Passage]:
    try:
        found = from_schema(read_ddl(text, dialect))
    except SqlError as error:
        raise DataError(f"{path}: {error}") from None
    return [replace(passage, source=f"{path}, {passage.source}") for passage in found]
