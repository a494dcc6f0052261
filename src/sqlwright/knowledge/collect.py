"""Turns what a team already has into passages: its schema, documents, standards and past queries.

It does not judge them: a bad past query becomes a passage like any other.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlglot import exp

from sqlwright import sql
from sqlwright.errors import DataError, SqlError, UsageError
from sqlwright.knowledge.passages import Kind, Passage
from sqlwright.schema import Schema, Table, read_ddl

DOCUMENTS = (".md", ".markdown", ".txt", ".rst")
LONGEST = 1500  # letters in a document's passage: about 256 tokens, what embeddings take
_STANDARDS = re.compile(
    r"standard|style[_ -]?guide|convention|guideline|стандарт|соглашени", re.IGNORECASE
)
_SECRET = re.compile(r"(\b[\w+.-]+://)[^\s/@'\"]*:[^\s/@'\"]*@")


@dataclass(frozen=True, slots=True)
class PastQuery:
    """One query of a file: the line it begins on, what its comment says, and its SQL."""

    line: int
    comment: str
    text: str


def from_schema(schema: Schema) -> list[Passage]:
    """One passage a table: its columns, keys, comments and number of rows."""
    return [
        Passage(
            "table",
            table.name.lower(),
            _describe(table),
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


def files(path: Path) -> Iterator[Path]:
    """The file itself, or every file of the folder that can be learned from, in a stable order.

    Raises:
        UsageError: if there is nothing of that name, or it is a file of another kind.
    """
    if path.is_dir():
        for here, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                if not name.startswith(".") and _is_readable(Path(name)):
                    yield Path(here, name)
    elif not path.exists():
        raise UsageError(f"there is no file or folder {path}: check the path")
    elif not _is_readable(path):
        kinds = ", ".join((".sql", *DOCUMENTS))
        raise UsageError(f"{path} is not a kind of file that can be learned from: give {kinds}")
    else:
        yield path


def _is_readable(path: Path) -> bool:
    return path.suffix.lower() in (".sql", ".ddl", *DOCUMENTS)


def read_text(path: Path) -> str:
    """The file's text, without passwords in addresses.

    Raises:
        DataError: if the file cannot be read, or is not UTF-8, with the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path}, line {line}: not UTF-8 text: save the file as UTF-8") from None
    return _SECRET.sub(r"\1***@", text.replace("\r\n", "\n").replace("\0", ""))


def from_file(path: Path, dialect: str | None = None) -> list[Passage]:
    """The passages of one document, one file of past queries, or one file of DDL."""
    text = read_text(path)
    if path.suffix.lower() not in (".sql", ".ddl"):
        kind: Kind = "standard" if _STANDARDS.search(path.stem) else "document"
        return from_document(text, str(path), kind)
    if re.search(r"^\s*CREATE\s+(\w+\s+)?TABLE\b", text, re.IGNORECASE | re.MULTILINE):
        return _from_ddl(text, path, dialect)
    return [_query_passage(query, f"{path}:{query.line}", dialect) for query in split_queries(text)]


def _from_ddl(text: str, path: Path, dialect: str | None) -> list[Passage]:
    try:
        found = from_schema(read_ddl(text, dialect))
    except SqlError as error:
        raise DataError(f"{path}: {error}") from None
    return [replace(passage, source=f"{path}, {passage.source}") for passage in found]


def split_queries(text: str) -> Iterator[PastQuery]:
    """The queries of a file, separated by semicolons, each with the comment before it."""
    start = 0
    ends = [match.start() for match in _SEPARATOR.finditer(text) if match[0] == ";"]
    for end in (*ends, len(text)):
        piece = text[start:end]
        comment = _OPENING.match(piece)
        said = _uncomment(comment[0]) if comment else ""
        body = piece[comment.end() :] if comment else piece
        if body.strip():
            before = text[: start + len(piece) - len(piece.lstrip())]
            yield PastQuery(before.count("\n") + 1, said, body.strip())
        start = end + 1


_SEPARATOR = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$(\w*)\$.*?\$\1\$|;""",
    re.DOTALL,
)
_OPENING = re.compile(r"(?:\s*(?:--[^\n]*(?:\n|$)|/\*.*?\*/))+\s*", re.DOTALL)


def _uncomment(text: str) -> str:
    lines = (re.sub(r"^\s*(--|/?\*+)\s?|\*/\s*$", "", line).strip() for line in text.splitlines())
    return " ".join(line for line in lines if line)


def _query_passage(query: PastQuery, source: str, dialect: str | None) -> Passage:
    text = f"-- {query.comment}\n{query.text}" if query.comment else query.text
    try:
        tree = sql.read(query.text, dialect or sql.guess_dialect(query.text))
    except SqlError:
        return Passage("query", query.comment or "a query that does not parse", text, source)
    tables = tables_named(tree)
    title = query.comment or "query of " + ", ".join(tables)
    return Passage("query", title, text, source, tables, sql.fingerprint(tree))


def tables_named(query: exp.Query) -> tuple[str, ...]:
    """The tables that the query reads, in lower case, without those that its WITH makes."""
    made = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    names = {table.name.lower() for table in query.find_all(exp.Table)}
    return tuple(sorted(name for name in names - made if name))


def from_document(text: str, source: str, kind: Kind) -> list[Passage]:
    """One passage a section, titled by its headings; long sections are cut at paragraphs."""
    found = []
    for line, path, body in _sections(text, Path(source).stem):
        title = " > ".join(path[-2:]) if kind == "document" else path[-1]
        found += [
            Passage(kind, title, part, f"{source}:{line + offset}")
            for offset, part in _parts(body.splitlines())
        ]
    return found


def _sections(text: str, name: str) -> Iterator[tuple[int, list[str], str]]:
    """(first line, headings, body) of every section that says something."""
    path, start, body, fenced = [name], 1, list[str](), False
    for number, line in enumerate(text.splitlines(), 1):
        fenced ^= line.lstrip().startswith("```")
        heading = None if fenced else re.match(r"(#{1,6})\s+(.+?)\s*#*$", line)
        if heading is None:
            body.append(line)
            continue
        if any(map(str.strip, body)):
            yield start, path, "\n".join(body)
        path = [*path[: len(heading[1]) - 1], heading[2]]
        start, body = number + 1, []
    if any(map(str.strip, body)):
        yield start, path, "\n".join(body)


def _parts(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(line offset, text) of parts no longer than LONGEST where paragraphs and lists allow it."""
    part = ""
    start = 0
    for number, block in _blocks(lines):
        if part and len(part) + len(block) > LONGEST:
            yield start, part.strip()
            part = ""
        start = start if part else number
        part += block
    if part:
        yield start, part.strip()


def _blocks(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(line offset, text) of paragraphs and items of lists, with the empty lines after them."""
    block = ""
    start = 0
    for number, line in enumerate(lines):
        begins = line.lstrip().startswith(("- ", "* ", "|")) or block.endswith("\n\n")
        if block and line.strip() and begins:
            yield start, block
            block = ""
        if line.strip() or block:
            start = start if block else number
            block += line.rstrip() + "\n"
    if block:
        yield start, block
