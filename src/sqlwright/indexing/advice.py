"""Index advice for one query or for many: ideas, a copy, what is worth building."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from typing import Literal

from sqlwright import sql
from sqlwright.database import Database, read_url
from sqlwright.errors import SqlError, UsageError
from sqlwright.indexing.ideas import ideas
from sqlwright.indexing.outcome import Asked, Outcome
from sqlwright.indexing.tried import try_out
from sqlwright.knowledge.queries import split_queries
from sqlwright.schema import Schema
from sqlwright.verify.copies import open_copy


def read_asked(
    texts: Iterable[tuple[str, str]], schema: Schema, dialect: str
) -> tuple[list[Asked], list[str]]:
    """The queries of named texts, each named by its place, and what was left out and why.

    Two that are the same count as one that runs twice; literals make them differ.
    """
    found: dict[str, Asked] = {}
    left: list[str] = []
    for name, text in texts:
        for part in split_queries(text):
            place = f"{name}:{part.line}"
            try:
                query = sql.read(part.text, dialect)
                sql.bind(query, schema, dialect)
            except SqlError as error:
                left.append(f"{place}: {error}")
                continue
            key = sql.write(query, dialect)
            known = found.get(key)
            weight = known.weight + 1 if known else 1.0
            found[key] = Asked(known.name if known else place, query, weight)
    return list(found.values()), left


def advise_indexes(
    asked: Sequence[Asked],
    database: Database,
    where: str,
    *,
    scratch: str | None = None,
    how: Literal["auto", "planner", "copy"] = "auto",
    seconds: float = 10.0,
    most_rows: int = 3_000_000,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """The indexes that are worth building for the queries: by HypoPG, or as measured in a copy.

    None is advised that the database has, or that one which it has begins with.

    Args:
        asked: queries over the database's schema.
        where: the address that the database was opened with.
        scratch: URL of a PostgreSQL server for the copy; see `verify.copies.open_copy`.
        how: `planner` asks the user's own PostgreSQL, which needs the extension HypoPG there;
            `copy` builds and times; `auto` asks the planner where it can.
        seconds: limit of one run of a query.
        most_rows: rows that are copied at most.
        say: told in a few words what is being done.

    Raises:
        UsageError: if no copy of such a database can be made.
        DatabaseError: if it cannot be copied.
    """
    schema = database.schema
    found = {one.name: ideas(one.query, schema) for one in asked}
    if not any(found.values()):
        return Outcome((), (), 0, 0)
    if how != "copy" and database.dialect == "postgres":
        from sqlwright.verify.hypothetical import Hypothetical, has_hypopg

        if has_hypopg(read_url(where)):
            with closing(Hypothetical(read_url(where))) as imagined:
                return try_out(imagined, asked, found, seconds=seconds, say=say)
    if how == "planner":
        raise UsageError(
            "hypothetical indexes need PostgreSQL with the extension HypoPG (CREATE EXTENSION"
            " hypopg): use --how copy"
        )
    tables = {table.name for one in asked for table in sql.tables_of(one.query, schema)}
    copied = open_copy(
        where, database, sorted(tables), scratch=scratch, most_rows=most_rows, say=say
    )
    with closing(copied) as copy:
        return try_out(copy, asked, found, seconds=seconds, say=say)
