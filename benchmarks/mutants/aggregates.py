"""Kinds of mutation that change aggregates, groups, windows, order and what is returned."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from mutants.edits import change, columns_in, drop, parts, require, selects, shown, without
from sqlwright.analyze.scope import has_aggregate, is_nullable
from sqlwright.analyze.tree import copy_with
from sqlwright.schema import Schema, kind_of

Found = Iterator[tuple[str, exp.Query]]
_ADDING = (exp.Sum, exp.Avg)


def count_star_to_column(query: exp.Query, schema: Schema) -> Found:
    """COUNT(*) becomes COUNT of a column, first of those that may be NULL."""
    for select in selects(query):
        stars = [c for c in select.find_all(exp.Count) if _is_of(c, select) and _is_star(c)]
        for star in stars:
            found = [column for _, column in columns_in(select, schema)]
            qualified = [c for c in found if _nullable_in(c, select, schema)]
            for column in (qualified or found)[:2]:
                new = exp.Count(this=column.copy())
                yield (
                    f"{star.sql()} as {new.sql()}",
                    change(query, star, lambda _, new=new: new),
                )


def _nullable_in(column: exp.Column, select: exp.Select, schema: Schema) -> bool:
    probe = column.copy()
    probe.parent = select  # so that it is looked up there
    return is_nullable(probe, schema)


def _is_of(node: exp.Expr, select: exp.Select) -> bool:
    return node.find_ancestor(exp.Select) is select


def _is_star(count: exp.Expr) -> bool:
    return isinstance(count.this, exp.Star) or count.this is None


def count_column_to_star(query: exp.Query, schema: Schema) -> Found:
    """COUNT of a column becomes COUNT(*)."""
    for node in query.find_all(exp.Count):
        if not _is_star(node) and not isinstance(node.this, exp.Distinct):
            yield shown(node), change(query, node, lambda _: exp.Count(this=exp.Star()))


def distinct_leaves_aggregate(query: exp.Query, schema: Schema) -> Found:
    """COUNT(DISTINCT x) becomes COUNT(x)."""
    for node in query.find_all(exp.Distinct):
        if isinstance(node.parent, exp.AggFunc) and len(node.expressions) == 1:
            new = node.expressions[0].copy()
            yield shown(node.parent), change(query, node, lambda _, new=new: new)


def distinct_enters_aggregate(query: exp.Query, schema: Schema) -> Found:
    """COUNT(x) becomes COUNT(DISTINCT x), so do SUM and AVG."""
    for node in query.find_all(exp.Count, *_ADDING):
        if isinstance(node.this, exp.Distinct) or _is_star(node) or _is_windowed(node):
            continue
        new = exp.Distinct(expressions=[node.this.copy()])
        yield shown(node), change(query, node.this, lambda _, new=new: new)


def _is_windowed(node: exp.Expr) -> bool:
    return isinstance(node.parent, exp.Window | exp.Filter)


_AGGREGATES: dict[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.Sum: (exp.Avg, exp.Max), exp.Avg: (exp.Sum, exp.Min), exp.Min: (exp.Max,),
    exp.Max: (exp.Min,), exp.Stddev: (exp.Avg,), exp.StddevSamp: (exp.Avg,),
}  # fmt: skip


def aggregate_changed(query: exp.Query, schema: Schema) -> Found:
    """SUM becomes AVG or MAX, MIN becomes MAX, and so on."""
    for node in query.find_all(*_AGGREGATES):
        if isinstance(node.this, exp.Distinct):
            continue
        for kind in _AGGREGATES[type(node)]:
            new = kind(this=node.this.copy())
            yield (
                f"{shown(node)} as {kind.__name__.upper()}",
                change(query, node, lambda _, new=new: new),
            )


def average_over_all(query: exp.Query, schema: Schema) -> Found:
    """AVG(x) becomes SUM(x) / COUNT(*), which counts NULL in."""
    for node in query.find_all(exp.Avg):
        if not _is_windowed(node) and not isinstance(node.this, exp.Distinct):
            total = exp.Cast(
                this=exp.Sum(this=node.this.copy()), to=exp.DataType.build("double precision")
            )
            new = exp.Paren(this=exp.Div(this=total, expression=exp.Count(this=exp.Star())))
            yield shown(node), change(query, node, lambda _, new=new: new)


def else_dropped(query: exp.Query, schema: Schema) -> Found:
    """A CASE loses its ELSE, so NULL stands for 0."""
    for node in query.find_all(exp.Case):
        default = node.args.get("default")
        if default is not None and not isinstance(default, exp.Null):
            yield shown(node), change(query, node, lambda twin: twin.set("default", None))


def else_added(query: exp.Query, schema: Schema) -> Found:
    """A CASE gets ELSE 0, where NULL was skipped by an aggregate or shown."""
    for node in query.find_all(exp.Case):
        default = node.args.get("default")
        if any(isinstance(b.this, exp.Boolean) for b in node.args["ifs"]) or _refuses_zero(node):
            continue  # ELSE is never reached, or fails the comparison as NULL does
        if default is None or isinstance(default, exp.Null):
            result = node.args["ifs"][0].args["true"]
            zero = exp.Literal.string("") if result.is_string else exp.Literal.number(0)
            yield shown(node), change(query, node, lambda twin, z=zero: twin.set("default", z))


def _refuses_zero(node: exp.Expr) -> bool:
    """Is the node compared with a constant so that 0 fails as NULL does?"""
    parent = node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    if not isinstance(parent, exp.EQ | exp.GT | exp.GTE | exp.Between):
        return False
    bound = parent.args["low"] if isinstance(parent, exp.Between) else parent.right
    return bound.find(exp.Column, exp.Neg) is None and bound.sql() not in ("0", "0.0")


def group_key_dropped(query: exp.Query, schema: Schema) -> Found:
    """GROUP BY loses a key; where it is read, its greatest value stands."""
    for select in selects(query):
        group = select.args.get("group")
        if group is None or len(group.expressions) < 2:
            continue
        for at, key in enumerate(group.expressions):
            if isinstance(key, exp.Column):
                copy, (twin,) = copy_with(query, select)
                assert isinstance(twin, exp.Select)
                _drop_key(twin, at, key)
                yield shown(key), copy


def _drop_key(select: exp.Select, at: int, key: exp.Column) -> None:
    kept = [e for n, e in enumerate(select.args["group"].expressions) if n != at]
    select.args["group"].set("expressions", kept)
    holders = [*select.selects, select.args.get("having"), select.args.get("order")]
    for holder in holders:
        for column in list(holder.find_all(exp.Column)) if holder is not None else ():
            inside = column.find_ancestor(exp.AggFunc, exp.Select)
            if column == key and inside is select:
                column.replace(exp.Max(this=column.copy()))


def group_key_added(query: exp.Query, schema: Schema) -> Found:
    """GROUP BY gets one more key, or a SELECT that had none its first."""
    for select in selects(query):
        group = select.args.get("group")
        if group is None and not any(has_aggregate(item) for item in select.selects):
            continue
        if group is not None and not group.expressions:
            continue
        old = list(group.expressions) if group is not None else []
        read = {column.sql() for column in select.find_all(exp.Column)}
        fitting = [c for _, c in columns_in(select, schema) if c not in old and c.sql() in read]
        others = [c for _, c in columns_in(select, schema) if c not in old and c not in fitting]
        for column in (*fitting[:2], *others[:1]):
            keys = [*(key.copy() for key in old), column.copy()]
            yield (
                column.sql(),
                change(
                    query,
                    select,
                    lambda twin, keys=keys: twin.set("group", exp.Group(expressions=keys)),
                ),
            )


def rollup_dropped(query: exp.Query, schema: Schema) -> Found:
    """GROUP BY ROLLUP, CUBE or GROUPING SETS becomes a plain GROUP BY."""
    wide = (exp.Rollup, exp.Cube, exp.GroupingSets)
    for group in query.find_all(exp.Group):
        if group.find(*wide) is None:
            continue
        keys = [column.copy() for column in group.find_all(exp.Column)]
        new = exp.Group(expressions=list({key.sql(): key for key in keys}.values()))
        yield shown(group), change(query, group, lambda _, new=new: new)


def having_dropped(query: exp.Query, schema: Schema) -> Found:
    """A conjunct of HAVING is lost."""
    for select in selects(query):
        for part in parts(select, "having"):
            yield shown(part), without(query, part)


def having_moved(query: exp.Query, schema: Schema) -> Found:
    """A condition on an aggregate is asked of each row instead."""
    for select in selects(query):
        for part in parts(select, "having"):
            if not has_aggregate(part) or part.find(exp.Count):
                continue
            row = part.copy()
            for aggregate in list(row.find_all(exp.AggFunc)):
                aggregate.replace(aggregate.this.copy())
            copy, (twin, home) = copy_with(query, part, select)
            drop(twin)
            assert isinstance(home, exp.Select)
            require(home, row)
            yield shown(part), copy


def partition_dropped(query: exp.Query, schema: Schema) -> Found:
    """A window loses a key of its PARTITION BY."""
    for node in query.find_all(exp.Window):
        for at in range(len(node.args.get("partition_by") or ())):

            def edit(twin: exp.Expr, at: int = at) -> None:
                keys = twin.args["partition_by"]
                twin.set("partition_by", [k for n, k in enumerate(keys) if n != at])

            yield f"key {at + 1} of {shown(node)}", change(query, node, edit)


_RANKS: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.Rank: exp.DenseRank, exp.DenseRank: exp.Rank, exp.RowNumber: exp.Rank,
    exp.Lag: exp.Lead, exp.Lead: exp.Lag,
}  # fmt: skip


def window_changed(query: exp.Query, schema: Schema) -> Found:
    """RANK becomes DENSE_RANK, a window's order is turned or lost, its frame is lost."""
    for node in query.find_all(exp.Window):
        if (turned := _RANKS.get(type(node.this))) is not None:
            arguments = {k: v for k, v in node.this.copy().args.items() if v is not None}
            new = turned(**arguments)
            yield (
                f"{turned.__name__}: {shown(node)}",
                change(query, node.this, lambda _, new=new: new),
            )
        order, frame = node.args.get("order"), node.args.get("spec")
        if order is not None:
            first = order.expressions[0]
            yield f"order turned: {shown(node)}", change(query, first, _turn)
            if isinstance(node.this, exp.AggFunc) and frame is None:
                yield (
                    f"order lost: {shown(node)}",
                    change(query, node, lambda twin: twin.set("order", None)),
                )
        if frame is not None and isinstance(node.this, exp.AggFunc) and _is_by_rows(frame):
            yield (
                f"frame lost: {shown(node)}",
                change(query, node, lambda twin: twin.set("spec", None)),
            )


def _is_by_rows(frame: exp.Expr) -> bool:
    # RANGE up to the current row is what a window has without a frame
    return frame.args.get("kind") == "ROWS" and not isinstance(
        frame.parent.this if frame.parent else None, exp.Rank | exp.DenseRank | exp.RowNumber
    )


def _turn(ordered: exp.Expr) -> None:
    ordered.set("desc", not ordered.args.get("desc"))


def _orders(query: exp.Query) -> Iterator[exp.Order]:
    for order in query.find_all(exp.Order):
        if isinstance(order.parent, exp.Select | exp.SetOperation | exp.Subquery):
            yield order


def order_turned(query: exp.Query, schema: Schema) -> Found:
    """A key of ORDER BY runs the other way."""
    for order in _orders(query):
        for key in order.expressions:
            yield shown(key), change(query, key, _turn)


def order_dropped(query: exp.Query, schema: Schema) -> Found:
    """ORDER BY is lost, or its last key, or its first two change places."""
    for order in _orders(query):
        yield shown(order), change(query, order, lambda twin: twin.pop() and None)
        if len(order.expressions) > 1:
            yield (
                f"last key of {shown(order)}",
                change(query, order, lambda twin: twin.set("expressions", twin.expressions[:-1])),
            )
            yield f"first keys of {shown(order)}", change(query, order, _swap_first)


def _swap_first(order: exp.Expr) -> None:
    first, second, *rest = order.expressions
    order.set("expressions", [second, first, *rest])


def limit_changed(query: exp.Query, schema: Schema) -> Found:
    """LIMIT is one more or one less, is lost, or comes after an OFFSET."""
    for node in query.find_all(exp.Limit):
        count = node.expression
        if not isinstance(count, exp.Literal) or not count.name.isdigit():
            continue
        for new_count in (int(count.name) + 1, int(count.name) - 1):
            new = exp.Literal.number(max(new_count, 0))
            yield f"{count.name} as {new.name}", change(query, count, lambda _, new=new: new)
        yield f"{count.name} lost", change(query, node, lambda twin: twin.pop() and None)
        if isinstance(node.parent, exp.Query) and not node.parent.args.get("offset"):
            offset = exp.Offset(expression=exp.Literal.number(1))
            yield (
                f"{count.name} after OFFSET 1",
                change(query, node.parent, lambda twin, new=offset: twin.set("offset", new)),
            )


def limit_added(query: exp.Query, schema: Schema) -> Found:
    """The whole result is cut after ten rows."""
    if not query.args.get("limit"):
        limit = exp.Limit(expression=exp.Literal.number(10))
        yield "LIMIT 10", change(query, query, lambda twin: twin.set("limit", limit))


def values_swapped(query: exp.Query, schema: Schema) -> Found:
    """Two values that a SELECT returns change places under their names."""
    for select in selects(query):
        items = select.selects
        for at in range(len(items) - 1):
            first, second = items[at], items[at + 1]
            if not (first.alias and second.alias) or first.unalias() == second.unalias():
                continue
            copy, (left, right) = copy_with(query, first, second)
            one, two = left.this.copy(), right.this.copy()
            left.set("this", two)
            right.set("this", one)
            yield f"{shown(first)} and {shown(second)}", copy


def column_changed(query: exp.Query, schema: Schema) -> Found:
    """A SELECT without groups returns another column of the same table and type."""
    for select in selects(query):
        if select.args.get("group"):
            continue
        every = [c for _, c in columns_in(select, schema)]
        for item in select.selects:
            column = item.unalias()
            if not isinstance(column, exp.Column):
                continue
            same = [
                c for c in every
                if c.table == column.table and c.name != column.name
                and _kind(c, select, schema) == _kind(column, select, schema)
            ]  # fmt: skip
            if same:
                yield (
                    f"{column.sql()} as {same[0].sql()}",
                    change(query, column, lambda _, new=same[0]: new.copy()),
                )


def _kind(column: exp.Column, select: exp.Select, schema: Schema) -> str | None:
    for source, found in columns_in(select, schema):
        if found.table == column.table and found.name == column.name:
            assert source.table is not None
            real = source.table.column(column.name)
            return kind_of(real.type) if real else None
    return None
