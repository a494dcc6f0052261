"""Past queries as passages: splits files of them at semicolons, keeps the comment before each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.knowledge.passages import Passage


@dataclass(frozen=True, slots=True)
class PastQuery:
    """One query of a file: the line it begins on, what its comment says, and its SQL."""

    line: int
    comment: str
    text: str


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


def from_query(query: PastQuery, source: str, dialect: str | None) -> Passage:
    """The passage of one past query, with its tables where it parses; where not, of its words."""
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
