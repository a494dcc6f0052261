"""What a query leaves open, and whether that matters on one database.

LIMIT inside a query picks among ties, ROW_NUMBER numbers ties freely: where a database has no such
tie, the query is determined there all the same, and a difference on it counts. What no look at the
rows can settle (random numbers) has a reason that always holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from sqlwright.schema import Schema, Table
from sqlwright.verify.cuts import (
    attach,
    bare,
    context_of,
    is_cut,
    limits,
    picks,
    ranked,
    without_limit,
)
from sqlwright.verify.results import plain

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """A query over the same rows that shows whether a part of another one is determined there.

    Attributes:
        query: for a cut its rows without LIMIT, the order's keys last; for a window its keys.
        reason: what the part leaves open.
        keys: how many of the last columns are the order's.
        window: (offset, limit) of a cut, None for a window.
        groups: of DISTINCT ON, how many columns before the keys say which rows are one.
    """

    query: exp.Query
    reason: str
    keys: int
    window: tuple[int, int | None] | None
    groups: int = 0


def why_never_determined(query: exp.Query, schema: Schema) -> str | None:
    """Why two runs may answer differently whatever the rows are, or None."""
    for node in query.walk():
        if isinstance(node, exp.Rand | exp.Randn | exp.Uuid):
            return f"{node.sql_name().lower()}() answers differently each time"
        if isinstance(node, exp.Anonymous) and node.name.lower() in _RANDOM:
            return f"{node.name.lower()}() answers differently each time"
        if isinstance(node, exp.AnyValue | exp.First | exp.Last) and not node.find(exp.Order):
            return f"{node.sql_name().lower()}() may answer any value of its group"
    for scope in traverse_scope(query):
        if reason := _why_bare(scope, schema):
            return reason
    return None


_RANDOM = ("random", "rand", "uuid", "gen_random_uuid", "newid", "sysdate", "clock_timestamp")


def _why_bare(scope: Scope, schema: Schema) -> str | None:
    """A column that is neither grouped nor aggregated may answer any value of its group."""
    select = scope.expression
    if not isinstance(select, exp.Select):
        return None
    group = select.args.get("group")
    if group is None and not any(
        isinstance(node, exp.AggFunc) and not node.find_ancestor(exp.Window, exp.Subquery)
        for item in select.selects
        for node in item.find_all(exp.AggFunc)
    ):
        return None
    keys = list(group.expressions) if group is not None else []
    keys = [inner for key in keys for inner in (key, *key.find_all(exp.Column))]
    free = [
        column
        for item in select.selects
        for column in _outside_aggregates(item, keys)
        if column.table in scope.sources
    ]
    for column in free:
        source = scope.sources.get(column.table)
        table = schema.table(source.name) if isinstance(source, exp.Table) else None
        if table is None or not _holds_key(table, column.table, keys):
            return f"{column.sql()} is neither grouped nor aggregated: any of its values may come"
    return None


_AGGREGATED = (exp.AggFunc, exp.Filter, exp.WithinGroup, exp.Subquery, exp.Grouping)


def _outside_aggregates(node: exp.Expr, keys: Sequence[exp.Expr]) -> Iterator[exp.Column]:
    if node in keys or isinstance(node, _AGGREGATED):
        return
    if isinstance(node, exp.Query | exp.Exists | exp.Window):
        return
    if isinstance(node, exp.Column):
        yield node
    for child in node.iter_expressions():
        yield from _outside_aggregates(child, keys)


def _holds_key(table: Table, alias: str, keys: Sequence[exp.Expr]) -> bool:
    named = {k.name.lower() for k in keys if isinstance(k, exp.Column) and k.table == alias}
    return any({column.lower() for column in key} <= named for key in table.keys())


def read_probes(query: exp.Query) -> tuple[list[Probe], str | None]:
    """Probes of everything inside the query that ties leave open, or why one cannot be made.

    The outermost ORDER BY and LIMIT are not among them: comparing the results allows for ties.
    """
    found: list[Probe] = []
    for scope in traverse_scope(query):
        select = scope.expression
        if not isinstance(select, exp.Query):
            continue
        cut = select is not query and is_cut(select) and not _is_in_exists(select)
        windows = _windows(select) if isinstance(select, exp.Select) else []
        chosen = isinstance(select, exp.Select) and picks(select) is not None
        if not cut and not windows and not chosen:
            continue
        if scope.external_columns:
            return [], "a part of it depends on the row around it and leaves ties open"
        context = context_of(select)
        if chosen:
            found.append(_one_of_each(select, context))
        if cut:
            probe = _cut(select, context)
            if probe is None:
                return [], "LIMIT without an order that settles every tie picks its rows freely"
            found.append(probe)
        assert isinstance(select, exp.Select) or not windows
        found += [_window(window, select, context) for window in windows]  # type: ignore[arg-type]
    return found, None


def _is_in_exists(node: exp.Expr) -> bool:
    parent = node.parent
    while isinstance(parent, exp.Subquery | exp.Paren):
        parent = parent.parent
    return isinstance(parent, exp.Exists)


_ORDER_DEPENDENT = (
    exp.RowNumber, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue, exp.Ntile,
)  # fmt: skip


def _one_of_each(select: exp.Query, context: Sequence[exp.CTE]) -> Probe:
    """A probe of DISTINCT ON: determined where the first rows of each group that tie are alike."""
    copy = without_limit(select)
    assert isinstance(copy, exp.Select)
    on = picks(copy)
    assert on is not None
    groups = on.expressions if isinstance(on, exp.Tuple) else [on]
    order = copy.args.get("order")
    keys = [ordered.this for ordered in order.expressions] if order is not None else []
    copy.set("distinct", None)
    for number, key in enumerate([*groups, *keys]):
        copy.select(exp.alias_(key.copy(), f"_key_{number}"), copy=False)
    reason = "DISTINCT ON picks among rows that tie"
    return Probe(attach(copy, context), reason, len(keys), None, len(groups))


def _windows(select: exp.Select) -> list[exp.Window]:
    """Windows of the select itself whose answers ties leave open."""
    places = [*select.selects, select.args.get("qualify"), select.args.get("order")]
    return [
        window
        for place in places
        if place is not None
        for window in place.find_all(exp.Window)
        if window.parent_select is select and _depends_on_order(window)
    ]


def _depends_on_order(window: exp.Window) -> bool:
    inner = window.this
    inner = inner.this if isinstance(inner, exp.IgnoreNulls | exp.RespectNulls) else inner
    frame = window.args.get("spec")
    by_rows = frame is not None and (frame.args.get("kind") or "").upper() == "ROWS"
    return isinstance(inner, _ORDER_DEPENDENT) or by_rows


def _cut(select: exp.Query, context: Sequence[exp.CTE]) -> Probe | None:
    window, shown = limits(select), ranked(select)
    if window is None or shown is None:
        return None
    return Probe(
        attach(shown[0], context),
        "LIMIT without an order that settles every tie picks its rows freely",
        shown[1],
        window,
    )


def _window(window: exp.Window, select: exp.Select, context: Sequence[exp.CTE]) -> Probe:
    copy = bare(select, "distinct", "qualify")
    order = window.args.get("order")
    partition = window.args.get("partition_by") or []
    keys = [ordered.this for ordered in order.expressions] if order is not None else []
    shown = [
        exp.alias_(key.copy(), f"_key_{number}") for number, key in enumerate([*partition, *keys])
    ]
    copy.set("expressions", shown or [exp.alias_(exp.Literal.number(1), "_key_0")])
    inner = window.this
    name = inner.sql_name().lower() if isinstance(inner, exp.Func) else "a window"
    reason = f"{name}() over rows that tie answers freely"
    return Probe(attach(copy, context), reason, len(shown), None)


def is_determined(probe: Probe, run: Callable[[exp.Query], list[Row]]) -> bool:
    """Is what the probe looks at the same for every choice among ties, on the rows loaded now?"""
    rows = [tuple(map(plain, row)) for row in run(probe.query)]
    if probe.groups:
        return _is_one_of_each(rows, probe.groups, probe.keys)
    if probe.window is None:
        return len(set(rows)) == len(rows)
    offset, limit = probe.window
    edges = [offset] + ([offset + limit] if limit is not None else [])
    return all(_is_clear(rows, edge, probe.keys) for edge in edges)


def _is_one_of_each(rows: Sequence[Row], groups: int, keys: int) -> bool:
    """Are the rows that may be the first of their group alike? They come in the order's order."""
    first: dict[Row, Row] = {}
    for row in rows:
        end = len(row) - keys
        group = row[end - groups : end]
        leader = first.setdefault(group, row)
        if row[end:] == leader[end:] and row != leader:
            return False
    return True


def _is_clear(rows: Sequence[Row], edge: int, keys: int) -> bool:
    """Do the rows on both sides of the edge differ in their keys, or are all that tie alike?"""
    if not 0 < edge < len(rows):
        return True

    def key(row: Row) -> Row:
        return row[len(row) - keys :] if keys else ()

    tie = key(rows[edge])
    if key(rows[edge - 1]) != tie:
        return True
    return len({row for row in rows if key(row) == tie}) == 1
