"""Facts about columns from a bounded sample of rows, where an engine keeps no statistics.

Columns that the schema lacks are never named in a query, so what was excluded is never read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlwright.engines.reading import Rows
from sqlwright.errors import DatabaseError, QueryTimeout
from sqlwright.schema import Column, Schema, Table, kind_of
from sqlwright.schema.facts import LEAST_ROWS, LONGEST_VALUE, MOST_VALUES, ColumnFacts

SAMPLE = 10_000  # rows of a table that are looked at
SLICES = 20  # places in a large table that its sample comes from
SECONDS_A_QUERY = 5.0
_COLUMNS_A_QUERY = 100
EXACT = "COUNT(DISTINCT {})"

Fetch = Callable[[str, float, int], Rows]
Quote = Callable[[str], str]
Found = dict[tuple[str, str], ColumnFacts]


def quoted(name: str) -> str:
    """The name as standard SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def quoted_for_mysql(name: str) -> str:
    """The name as MySQL quotes it."""
    return "`" + name.replace("`", "``") + "`"


def sampled(
    tables: Sequence[Table],
    fetch: Fetch,
    source: Callable[[Table, float], tuple[str, bool]],
    *,
    quote: Quote = quoted,
    distinct: str = EXACT,
    values: bool = True,
    seconds: float = 60.0,
) -> tuple[Found, list[str]]:
    """(facts by table and column, tables that could not be read).

    Args:
        tables: those to look at, with the columns that may be read.
        fetch: the engine's: text, seconds, most rows.
        source: the sample of a table as a text for FROM, within some seconds, and whether it is
            spread over a larger table.
        quote: how the engine quotes a name.
        distinct: how it counts the different values of a column, `{}`.
        values: also the frequent values of columns that have few.
        seconds: for all tables together; what is not read by then is left out.
    """
    found: Found = {}
    unread = []
    stop = time.monotonic() + seconds
    for table in tables:

        def ask(text: str, most: int, stop: float = stop) -> Rows:
            left = stop - time.monotonic()
            if left <= 0:
                raise QueryTimeout("the time for reading values is over")
            return fetch(text, min(SECONDS_A_QUERY, left), most)

        try:
            sample, is_spread = source(table, min(SECONDS_A_QUERY, max(stop - time.monotonic(), 0)))
            counted = _of_table(table, sample, is_spread, ask, quote, distinct, values)
            for column, facts in counted:
                if distinct != EXACT:
                    facts = replace(facts, is_exact=False)
                found[(table.name.lower(), column.name.lower())] = facts
        except DatabaseError:  # no right to read it, or it takes too long
            unread.append(table.name)
    return found, unread


def _of_table(
    table: Table,
    sample: str,
    is_spread: bool,
    ask: Callable[[str, int], Rows],
    quote: Quote,
    distinct: str,
    values: bool,
) -> Iterator[tuple[Column, ColumnFacts]]:
    for start in range(0, len(table.columns), _COLUMNS_A_QUERY):
        columns = table.columns[start : start + _COLUMNS_A_QUERY]
        counts = ["COUNT(*)"]
        for column in columns:
            counts.append(f"COUNT({quote(column.name)})")
            compares = _is_comparable(column)
            counts.append(distinct.format(quote(column.name)) if compares else "0")
        row = ask(f"SELECT {', '.join(counts)} FROM {sample}", 1).rows[0]
        total, is_all = row[0], not is_spread and row[0] < SAMPLE
        for place, column in enumerate(columns):
            filled, different = row[1 + 2 * place], row[2 + 2 * place]
            facts = _facts(column, total, filled, different, is_all)
            if values and is_worth_listing(table, column, facts.distinct):
                facts = replace(facts, values=_values(column, sample, ask, quote))
            yield column, facts


def _facts(column: Column, total: int, filled: int, distinct: int, is_all: bool) -> ColumnFacts:
    if not total:
        return ColumnFacts()
    # in a part of the rows, values that come often enough are likely all that there are
    is_known = _is_comparable(column) and (is_all or distinct * 10 <= filled)
    known = distinct if is_known else None
    return ColumnFacts(known, (total - filled) / total, (), is_all)


def _is_comparable(column: Column) -> bool:
    """Can its values be told apart by every engine? PostgreSQL cannot compare JSON, nor XML."""
    return kind_of(column.type) != "other" and not column.type.upper().startswith(("JSON", "XML"))


def is_worth_listing(table: Table, column: Column, distinct: int | None) -> bool:
    """Do the column's values say what it is for? Not those of keys, and no dates or measures."""
    name = column.name.lower()
    keys = [*table.keys(), *(key.columns for key in table.foreign_keys)]
    if any(name in map(str.lower, key) for key in keys if len(key) == 1):
        return False
    if column.type.upper().startswith(("ENUM", "SET(", "UUID", "JSON", "XML", "INET")):
        return False  # the type of an enum lists them
    return kind_of(column.type) in ("text", "int") and 0 < (distinct or 0) <= MOST_VALUES


def _values(
    column: Column, sample: str, ask: Callable[[str, int], Rows], quote: Quote
) -> tuple[str, ...]:
    name = quote(column.name)
    rows = ask(
        f"SELECT {name}, COUNT(*) AS held FROM {sample} WHERE {name} IS NOT NULL GROUP BY {name}"
        f" HAVING COUNT(*) >= {LEAST_ROWS} ORDER BY held DESC, {name}",
        MOST_VALUES,
    ).rows
    return listed(value for value, _ in rows)


def listed(values: Iterable[Any]) -> tuple[str, ...]:
    """The values as texts; none of them where one is too long to be a code."""
    texts = tuple(" ".join(str(value).split()) for value in values)
    return () if any(len(text) > LONGEST_VALUE for text in texts) else texts


def slices(table: str, columns: str, key: str, low: int, high: int) -> str:
    """A sample for FROM out of many places of a table along a numbered key, each read by it."""
    step = max((high - low) // SLICES, 1)
    parts = [
        f"SELECT * FROM (SELECT {columns} FROM {table} WHERE {key} >= {low + step * number}"
        f" AND {key} < {low + step * (number + 1)} ORDER BY {key} LIMIT {SAMPLE // SLICES})"
        f" AS slice_{number}"
        for number in range(SLICES)
    ]
    return f"({' UNION ALL '.join(parts)}) AS sampled"


def first_rows(table: str, columns: str) -> str:
    """A sample for FROM: the rows that come first."""
    return f"(SELECT {columns} FROM {table} LIMIT {SAMPLE}) AS sampled"


def base_tables(schema: Schema, views: Iterable[str]) -> list[Table]:
    """The tables that are worth looking at: no views, which may be slow."""
    lowered = {name.lower() for name in views}
    return [table for table in schema.tables if table.name.lower() not in lowered and table.columns]
