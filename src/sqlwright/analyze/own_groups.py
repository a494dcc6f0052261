"""Filters that hold on both sides of a subquery, and are written on one side only."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.reads import (
    alias_of,
    alike,
    has_plain_joins,
    tests_of_subqueries,
)
from sqlwright.analyze.scope import (
    COMPARISONS,
    Source,
    conditions,
    enclosing,
    group_keys,
    is_constant,
    keys,
    owner,
    selects,
    source_of,
    sources,
    where,
)
from sqlwright.analyze.tree import copy_with, set_where
from sqlwright.schema import Schema

_CUT = ("limit", "offset", "fetch", "qualify", "with_", "windows", "distinct")


def implied_filter(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """The newest row of each group meets the filter of the groups: outside it helps to find it.

    Bad:
        SELECT amount FROM payments
        WHERE id IN (SELECT MAX(p.id) FROM payments p WHERE p.id > 900 GROUP BY p.method)
    Good:
        SELECT amount FROM payments
        WHERE id > 900
          AND id IN (SELECT MAX(p.id) FROM payments p WHERE p.id > 900 GROUP BY p.method)

    Silent unless MIN or MAX of the table's own key is looked up and an index or key begins with
    the filtered column, and where the filter is there already.

    По-русски: последняя строка каждой группы отвечает и фильтру групп: снаружи он помогает её
    найти. Молчит, если ищется не MIN или MAX собственного ключа таблицы, если индекс или ключ не
    начинается с этого столбца и если фильтр уже есть.
    """
    for test, outer, body, row, inner in _own_groups(query, schema):
        present = {_spelled(part, outer, row, schema) for part in where(outer)}
        new = []
        for part in where(body):
            column = _filtered(part, body, inner, schema)
            if column is None or not _begins_an_index(row, column.name):
                continue
            moved = _moved(part, column, row)
            if moved.sql() not in present:
                new.append(moved)
        if not new:
            continue
        copy, (twin,) = copy_with(query, outer)
        assert isinstance(twin, exp.Select)
        set_where(twin, [*where(twin), *new])
        yield found(
            test,
            "implied-filter",
            "slow",
            f"`{shown(new[0])}` holds outside the subquery too, where an index can use it",
            f"`{shown(new[0])}` верно и вне подзапроса, где его может использовать индекс",
            rewrite=copy,
        )


def late_filter(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A filter on the key of groups, written outside, lets all the other groups be computed first.

    Bad:
        SELECT p.amount FROM payments p WHERE p.order_id = 7
          AND p.id IN (SELECT MAX(q.id) FROM payments q GROUP BY q.order_id, q.method)
    Good:
        SELECT p.amount FROM payments p WHERE p.order_id = 7
          AND p.id IN (SELECT MAX(q.id) FROM payments q WHERE q.order_id = 7
                       GROUP BY q.order_id, q.method)

    It speaks of MIN or MAX of the table's own key, and of derived tables joined on the key of their
    groups. Silent where the filter is on another column, and where it is inside already.

    По-русски: фильтр по ключу групп, написанный снаружи, заставляет сначала вычислить и все прочие
    группы. Речь о MIN или MAX собственного ключа таблицы и о производных таблицах, соединённых по
    ключу своих групп. Молчит, когда фильтр по другому столбцу и когда он уже внутри.
    """
    for _, outer, body, row, inner in _own_groups(query, schema):
        grouped = {
            k.name.lower() for k in group_keys(body, schema) or [] if _is_of(k, body, inner, schema)
        }
        present = {_spelled(part, body, inner, schema) for part in where(body)}
        for part in where(outer):
            column = _filtered(part, outer, row, schema)
            if column is None or column.name.lower() not in grouped:
                continue
            moved = _moved(part, column, inner)
            if moved.sql() not in present:
                yield _pushed(query, body, part, moved)
                break
    yield from _into_derived(query, schema)


def _pushed(query: exp.Query, body: exp.Select, part: exp.Expr, moved: exp.Expr) -> Finding:
    copy, (twin,) = copy_with(query, body)
    assert isinstance(twin, exp.Select)
    set_where(twin, [*where(twin), moved])
    return found(
        part,
        "late-filter",
        "slow",
        f"`{shown(part)}` is asked after all groups are computed: ask it inside too",
        f"`{shown(part)}` проверяется после вычисления всех групп: спросите и внутри",
        rewrite=copy,
    )


def _own_groups(
    query: exp.Query, schema: Schema
) -> Iterator[tuple[exp.In, exp.Select, exp.Select, Source, Source]]:
    """`row.key IN (SELECT MAX(key) FROM the same table ...)`: test, both SELECTs, both sources."""
    for test, outer, body in tests_of_subqueries(query):
        fold = body.expressions[0].unalias()
        here = sources(body, schema)
        if any(body.args.get(c) for c in _CUT) or len(here) != 1 or here[0].table is None:
            continue
        if not isinstance(fold, exp.Max | exp.Min) or not isinstance(fold.this, exp.Column):
            continue
        if frozenset([fold.this.name.lower()]) not in keys(here[0], schema):
            continue
        for column in alike(test.this, outer, schema):
            row = source_of(column, outer, schema)
            if row is None or row.table is not here[0].table or row.optional:
                continue
            if column.name.lower() == fold.this.name.lower():
                yield test, outer, body, row, here[0]
                break


def _is_of(node: exp.Expr, select: exp.Select, source: Source, schema: Schema) -> bool:
    return isinstance(node, exp.Column) and source_of(node, select, schema) == source


def _filtered(
    part: exp.Expr, select: exp.Select, source: Source, schema: Schema
) -> exp.Column | None:
    """The column of the source that the condition compares with constants, or None."""
    if isinstance(part, COMPARISONS):
        values = [part.expression]
    elif isinstance(part, exp.In) and part.expressions:
        values = part.expressions
    elif isinstance(part, exp.Between):
        values = [part.args["low"], part.args["high"]]
    else:
        return None
    if not _is_of(part.this, select, source, schema) or not all(map(is_constant, values)):
        return None
    assert isinstance(part.this, exp.Column)
    return part.this


def _moved(part: exp.Expr, column: exp.Column, source: Source) -> exp.Expr:
    new = part.copy()
    new.set("this", exp.Column(this=column.this.copy(), table=alias_of(source)))
    return new


def _spelled(part: exp.Expr, select: exp.Select, source: Source, schema: Schema) -> str:
    column = _filtered(part, select, source, schema)
    return _moved(part, column, source).sql() if column is not None else ""


def _begins_an_index(source: Source, column: str) -> bool:
    assert source.table is not None
    starts = [key[0] for key in source.table.keys() if key]
    starts += [index.columns[0] for index in source.table.indexes if index.columns]
    return column.lower() in (name.lower() for name in starts)


def _into_derived(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Filters that an equality carries over to the key of a derived table's groups."""
    for select in selects(query):
        here = sources(select, schema)
        derived = [s for s in here if isinstance(s.node, exp.Subquery) and not s.optional]
        if len(here) < 2 or not derived or not has_plain_joins(select, left=True):
            continue
        for part in where(select):
            is_plain = isinstance(part, (exp.In, *COMPARISONS)) and _stands_alone(part, schema)
            if not is_plain or not isinstance(part.this, exp.Column):
                continue
            for column in alike(part.this, select, schema)[1:]:
                source = source_of(column, select, schema)
                if source not in derived or source is None:
                    continue
                moved = _inside(part, column, source, schema)
                if moved is not None:
                    assert isinstance(source.body, exp.Select)
                    yield _pushed(query, source.body, part, moved)
                    break


def _stands_alone(part: exp.Expr, schema: Schema) -> bool:
    """Whether the condition compares with constants, or with a subquery that names nothing else."""
    body = part.args.get("query")
    if body is None:
        values = part.expressions if isinstance(part, exp.In) else [part.expression]
        return bool(values) and all(map(is_constant, values))
    for column in body.find_all(exp.Column):
        held = owner(column, schema)
        inside = enclosing(part)
        if held is None or held[0] is inside or (inside and held[0] in _above(inside)):
            return False
    return True


def _above(select: exp.Select) -> list[exp.Select]:
    found_selects, node = [], enclosing(select)
    while node is not None:
        found_selects.append(node)
        node = enclosing(node)
    return found_selects


def _inside(part: exp.Expr, column: exp.Column, source: Source, schema: Schema) -> exp.Expr | None:
    """The condition over what the derived table groups by, unless it is inside already."""
    body, names = source.body, source.columns
    if not isinstance(body, exp.Select) or names is None or len(names) != len(body.expressions):
        return None
    if body.is_star or any(body.args.get(clause) for clause in _CUT) or body.find(exp.Window):
        return None
    key = body.expressions[names.index(column.name.lower())].unalias()
    grouped = group_keys(body, schema)
    if not isinstance(key, exp.Column) or grouped is None or key not in grouped:
        return None
    new = part.copy()
    new.set("this", key.copy())
    return None if any(p == new for p in conditions(body)) else new
