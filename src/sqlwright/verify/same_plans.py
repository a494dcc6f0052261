"""Whether one engine does exactly the same for two texts: then they return the same rows there.

An engine's optimizer knows more identities than `canonical.py`, and has long been tested. What it
prints of its plan shows sameness only where nothing is left out of the print; each function says
what its engine leaves out, and refuses texts that use it. Tables are declared with their keys, so
that the optimizer may use them, and are empty.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlglot import exp

from sqlwright.engines.sampling import quoted
from sqlwright.errors import DatabaseError, QueryTimeout
from sqlwright.schema import Table, kind_of

Run = Callable[[str], Sequence[tuple[Any, ...]]]

_CHANGES = re.compile(
    r"\b(random|rand|uuid|\w*uuid\w*|now|today|\w*timestamp|current_\w+|nextval|setseed|changes"
    r"|last_insert_rowid|total_changes|sysdate|localtime|age)\b",
    re.IGNORECASE,
)


def same_in_sqlite(tables: Sequence[Table], first: str, second: str) -> str | None:
    """That SQLite compiles both texts into one program, or None.

    The listing of a program (EXPLAIN) holds every instruction that runs. It cuts a floating-point
    constant after 16 digits and a blob at its first zero byte: such texts are refused. Columns get
    a collation of their own each, so that programs are only equal if they are under any collation;
    a PRIMARY KEY is not declared NOT NULL, since SQLite lets NULL into it.

    Args:
        tables: those that the texts read.
        first: a query in SQLite's own dialect, as the other one.
    """
    if _CHANGES.search(first) or _CHANGES.search(second) or _is_long(first) or _is_long(second):
        return None
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for table in tables:
            connection.execute(_sqlite_table(table, connection))
        programs = [connection.execute(f"EXPLAIN {text}").fetchall() for text in (first, second)]
    except (sqlite3.Error, sqlite3.Warning, OverflowError):
        return None
    finally:
        connection.close()
    if programs[0] != programs[1] or any(map(_is_cut_short, programs[0])):
        return None
    return "SQLite compiles both to the same program"


def _is_cut_short(step: Sequence[Any]) -> bool:
    # a Blob without a text is room for a Bloom filter
    return step[1] in ("VOpen", "VFilter") or (step[1] == "Blob" and step[5] is not None)


def _is_long(text: str) -> bool:
    return any(
        len(number.replace(".", "").lstrip("0")) > 15
        for number in re.findall(r"\d+\.\d*|\.\d+|\d+(?=[eE])|\d{16,}", text)
    )


def _sqlite_table(table: Table, connection: sqlite3.Connection) -> str:
    lines = []
    key = {name.lower() for name in table.primary_key}
    for place, column in enumerate(table.columns):
        name = f"c_{table.name.lower()}_{place}"
        line = f"{_quoted(column.name)} {column.type}"
        if kind_of(column.type) in ("text", "other"):
            connection.create_collation(name, _by_code)
            line += f" COLLATE {_quoted(name)}"
        if not column.nullable and column.name.lower() not in key:
            line += " NOT NULL"
        lines.append(line)
    if table.primary_key:
        lines.append(f"PRIMARY KEY ({_names(table.primary_key)})")
    lines += [
        f"UNIQUE ({_names(unique)})" for unique in table.keys() if unique != table.primary_key
    ]
    return f"CREATE TABLE {_quoted(table.name)} ({', '.join(lines)})"


def _by_code(left: str, right: str) -> int:
    return (left > right) - (left < right)


def _quoted(name: str) -> str:
    return quoted(name.lower())


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(_quoted, names))


# passes that look at the rows that are there: the tables of a plan are empty, a user's are not
_PASSES_BY_ROWS = (
    "statistics_propagation,compressed_materialization,empty_result_pullup,row_group_pruner,"
    "join_filter_pushdown,late_materialization,partial_aggregate_pushdown,sampling_pushdown"
)
_PLACES = re.compile(r"(table|window|group|groupings|aggregate|mark|cte|union|unnest|setop)_index$")
_SPELLING = frozenset(
    ("alias", "ctename", "query_location", "query_location_length", "estimated_cardinality")
)


def same_in_duckdb(tables: Sequence[Table], first: str, second: str) -> str | None:
    """That DuckDB optimizes both texts into one logical plan, or None.

    EXPLAIN prints a computed column by its alias alone, so it shows nothing. This compares the plan
    as DuckDB serializes it to run it elsewhere (json_serialize_plan), where every expression,
    constant, type, frame and limit is in it. Aliases are dropped, and the numbers of tables
    counted anew. Settings are the engine's own.

    Args:
        tables: those that the texts read.
        first: a query in DuckDB's dialect, as the other one.
    """
    import duckdb

    if _CHANGES.search(first) or _CHANGES.search(second):
        return None
    try:
        connection = _duckdb(tuple(tables), os.getpid()).cursor()
        plans = [_duckdb_plan(connection, text) for text in (first, second)]
    except (duckdb.Error, ValueError, RecursionError):
        return None
    if plans[0] is None or plans[0] != plans[1]:
        return None
    return "DuckDB optimizes both to the same plan"


@lru_cache(maxsize=4)
def _duckdb(tables: tuple[Table, ...], process: int) -> Any:
    """A database of these empty tables: making it takes longer than a plan. No fork shares it."""
    import duckdb

    connection = duckdb.connect(
        ":memory:", config={"threads": 1, "enable_external_access": "false"}
    )
    connection.execute(f"SET disabled_optimizers = '{_PASSES_BY_ROWS}'")
    for table in tables:
        connection.execute(_duckdb_table(table))
    return connection


def _duckdb_table(table: Table) -> str:
    lines = [
        f"{_quoted(c.name)} {c.type}{'' if c.nullable else ' NOT NULL'}" for c in table.columns
    ]
    if table.primary_key:
        lines.append(f"PRIMARY KEY ({_names(table.primary_key)})")
    lines += [
        f"UNIQUE ({_names(unique)})" for unique in table.keys() if unique != table.primary_key
    ]
    return f"CREATE TABLE {_quoted(table.name)} ({', '.join(lines)})"


def _duckdb_plan(connection: Any, text: str) -> Any:
    row = connection.execute("SELECT json_serialize_plan(?, optimize := true)", [text]).fetchone()
    found = json.loads(row[0])
    return None if found.get("error") else _renumbered(found, {})


def _renumbered(node: Any, places: dict[int, int]) -> Any:
    if isinstance(node, list):
        return [_renumbered(item, places) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        name: places.setdefault(value, len(places))
        if _PLACES.search(name) and isinstance(value, int)
        else _renumbered(value, places)
        for name, value in node.items()
        if name not in _SPELLING
    }


_PG_SILENT = re.compile(
    r"Values Scan|Recursive Union|Table Function Scan|Sample Scan|WindowAgg|Custom Scan|OVER \("
)


def same_in_postgres(run: Run, first: exp.Query, second: exp.Query) -> str | None:
    """That PostgreSQL plans both queries alike, or None; from version 17 on.

    EXPLAIN (VERBOSE, COSTS OFF) prints every expression, but not the count of a LIMIT, the lists of
    VALUES, UNION or UNION ALL of a recursive query, the columns of DISTINCT ON, grouping sets'
    numbers, nor, in some versions, the frame of a window: such queries are refused, but for the
    same LIMIT on both outermost queries. Before version 17 a subplan's EXISTS looks like its value.

    Args:
        run: all rows of a text, in a database that has the tables with their keys.
        first: as `sql.bind` returns it, as the other one.
    """
    limits = [_pg_limit(query) for query in (first, second)]
    if limits[0] is None or limits[0] != limits[1]:
        return None
    texts = [
        _renamed(query).sql("postgres", identify=True, comments=False) for query in (first, second)
    ]
    if any(map(_CHANGES.search, texts)):
        return None
    try:
        if int(run("SHOW server_version_num")[0][0]) < 170000:
            return None
        plans = [
            _by_appearance(
                "\n".join(str(row[0]) for row in run(f"EXPLAIN (VERBOSE, COSTS OFF) {t}"))
            )
            for t in texts
        ]
    except (DatabaseError, QueryTimeout, ValueError, IndexError):
        return None
    if plans[0] != plans[1] or _PG_SILENT.search(plans[0]):
        return None
    return "PostgreSQL plans both alike"


def _by_appearance(plan: str) -> str:
    """The plan with its tables named as they appear in it; of a lone one the name is left out."""
    if re.search(r"'[^'\n]*\bt\d", plan):
        return plan  # a text that looks like such a name
    names = {name: f"t{at}" for at, name in enumerate(dict.fromkeys(re.findall(r"\bt\d+\b", plan)))}
    renamed = re.sub(r"\bt\d+\b", lambda found: names[found.group()], plan)
    # PostgreSQL prints no prefix where a query reads one table only
    return renamed.replace("t0.", "") if len(names) == 1 else renamed


def _pg_limit(query: exp.Query) -> str | None:
    """The outermost LIMIT and OFFSET as text; None where the plan would leave something out."""
    silent = (exp.GroupingSets, exp.Rollup, exp.Cube, exp.Lateral, exp.TableSample)
    if query.find(*silent) or any(d.args.get("on") for d in query.find_all(exp.Distinct)):
        return None
    cuts = [query.args[name] for name in ("limit", "offset") if query.args.get(name)]
    if sum(1 for _ in query.find_all(exp.Limit, exp.Fetch, exp.Offset)) != len(cuts):
        return None
    return " ".join(cut.sql("postgres") for cut in cuts)


def _renamed(query: exp.Query) -> exp.Query:
    """A copy whose tables and CTEs are named by their places, since plans print their names."""
    copy = query.copy()
    _rename(copy, {}, {}, iter(range(1, 10_000)))
    return copy


def _rename(
    node: exp.Expr, outer: dict[str, str], ctes: dict[str, str], places: Iterator[int]
) -> None:
    with_ = node.args.get("with_")
    if with_ is not None:
        ctes = dict(ctes)
        for cte in with_.expressions:
            own_name = f"w{next(places)}"
            inner = {**ctes, cte.alias: own_name} if with_.args.get("recursive") else ctes
            _rename(cte.this, outer, inner, places)
            ctes[cte.alias] = own_name
            cte.args["alias"].set("this", exp.to_identifier(ctes[cte.alias]))
    own = dict(outer)
    if isinstance(node, exp.Select):
        for item in _items(node):
            if isinstance(item, exp.Subquery):
                _rename(item.this, outer, ctes, places)
            name = item.alias_or_name
            if isinstance(item, exp.Table) and item.name in ctes:
                item.set("this", exp.to_identifier(ctes[item.name]))
            own[name] = f"t{next(places)}"
            alias = item.args.get("alias")
            if alias is None:
                item.set("alias", exp.TableAlias(this=exp.to_identifier(own[name])))
            else:
                alias.set("this", exp.to_identifier(own[name]))
    froms = {id(item) for item in _items(node)} if isinstance(node, exp.Select) else set()
    _rename_columns(node, own, ctes, places, froms)


def _items(select: exp.Select) -> list[exp.Expr]:
    start = select.args.get("from_")
    joins = select.args.get("joins") or []
    return [*([start.this] if start is not None else []), *(join.this for join in joins)]


def _rename_columns(
    node: exp.Expr, own: dict[str, str], ctes: dict[str, str], places: Iterator[int], done: set[int]
) -> None:
    for child in node.iter_expressions():
        if id(child) in done or isinstance(child, exp.With):
            continue
        if isinstance(child, exp.Column) and child.table in own:
            child.set("table", exp.to_identifier(own[child.table]))
        elif isinstance(child, exp.Select | exp.SetOperation):
            _rename(child, own, ctes, places)
        else:
            _rename_columns(child, own, ctes, places, done)
