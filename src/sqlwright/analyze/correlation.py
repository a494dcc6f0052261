"""How a subquery is tied to the row outside it, and how to untie an aggregate by grouping once.

Decorrelation by grouping: Kim, TODS 1982; the outer join for empty groups ("COUNT bug"): Ganski and
Wong, SIGMOD 1987.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from sqlwright.analyze.joins import make_joins_explicit
from sqlwright.analyze.scope import (
    COMPARISONS,
    STRICT,
    columns_of,
    has_subquery,
    is_grouped,
    is_within,
    owner,
    source_of,
    sources,
    where,
)
from sqlwright.analyze.tree import copy_with, fresh, names_in, set_where
from sqlwright.schema import Schema, Table

_FOLDS = (exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Count)
Pair = tuple[exp.Expr, exp.Expr]


@dataclass(frozen=True, slots=True)
class Correlation:
    """What ties a subquery to the SELECT around it.

    `links` are the equalities (inner, outer); None when it is tied in another way too, or further
    out. `rest` are the conjuncts of its WHERE that tie nothing.
    """

    links: tuple[Pair, ...] | None
    rest: tuple[exp.Expr, ...]
    table: Table | None  # the inner table that the first link reads
    columns: tuple[str, ...]  # the inner columns of the links in that table


def correlation(select: exp.Select, outer: exp.Select, schema: Schema) -> Correlation | None:
    """The ties of a subquery; None when it stands alone or a name in it is uncertain."""
    held = [(column, owner(column, schema)) for column in columns_of(select)]
    if any(place is None for _, place in held):
        return None
    outside = {id(c): place[0] for c, place in held if place and not is_within(place[0], select)}
    if not outside:
        return None
    links: list[Pair] = []
    rest: list[exp.Expr] = []
    explained = 0
    for part in where(select):
        tied = [column for column in columns_of(part) if id(column) in outside]
        if not tied:
            rest.append(part)
            continue
        pair = _link(part, outside)
        if pair is not None:
            links.append(pair)
            explained += len(tied)
    whole = explained == len(outside) and all(place is outer for place in outside.values())
    first = source_of(links[0][0], select, schema) if _starts_with_column(links) else None  # type: ignore[arg-type]
    columns = tuple(
        dict.fromkeys(
            inner.name
            for inner, _ in links
            if isinstance(inner, exp.Column) and source_of(inner, select, schema) == first
        )
    )
    table = first.table if first else None
    return Correlation(tuple(links) if whole else None, tuple(rest), table, columns)


def _starts_with_column(links: list[Pair]) -> bool:
    return bool(links) and isinstance(links[0][0], exp.Column)


def _link(part: exp.Expr, outside: dict[int, exp.Select]) -> Pair | None:
    """(inner, outer) of an equality whose one side is wholly inside, the other wholly outside."""
    if not isinstance(part, exp.EQ) or has_subquery(part):
        return None
    for inner, outer in ((part.this, part.expression), (part.expression, part.this)):
        mine, theirs = columns_of(inner), columns_of(outer)
        is_apart = not any(id(c) in outside for c in mine)
        if mine and theirs and is_apart and all(id(c) in outside for c in theirs):
            return inner.unnest(), outer.unnest()
    return None


def joined_once(
    query: exp.Query, subquery: exp.Subquery, tie: Correlation, schema: Schema
) -> exp.Query | None:
    """A copy in which the tied aggregate is grouped once, joined, and read as a column."""
    select, outer = subquery.this, subquery.find_ancestor(exp.Select)
    if outer is None or tie.links is None or _why_not(select, outer, subquery, schema):
        return None
    copy, (twin_outer, twin) = copy_with(query, outer, subquery)
    assert isinstance(twin_outer, exp.Select)
    taken = names_in(query)
    grouped, value, is_count = _grouped(select, tie, taken)
    group_name = fresh(f"by_{tie.links[0][0].name or 'key'}", taken)
    value = value.transform(
        lambda n: exp.column(n.this, table=group_name) if isinstance(n, exp.Placeholder) else n
    )
    is_inner = not is_count and _drops_null(subquery, outer)
    twin.replace(value)
    _list_stars(twin_outer, schema)
    if not make_joins_explicit(twin_outer, schema):
        return None
    on = [
        exp.EQ(this=exp.column(projection.alias, table=group_name), expression=outside.copy())
        for projection, (_, outside) in zip(grouped.expressions, tie.links, strict=False)
    ]
    derived = exp.Subquery(this=grouped, alias=exp.TableAlias(this=exp.to_identifier(group_name)))
    join = exp.Join(this=derived, on=exp.and_(*on, copy=False), side=None if is_inner else "LEFT")
    twin_outer.append("joins", join)
    return copy


def _why_not(
    select: exp.Select, outer: exp.Select, subquery: exp.Subquery, schema: Schema
) -> str | None:
    inner_only = ("group", "having", "limit", "offset", "distinct", "with_", "qualify", "windows")
    if any(select.args.get(clause) for clause in inner_only) or select.find(exp.Window):
        return "the subquery does more than aggregate"
    if any(
        p.parent_select is select and not isinstance(p, _FOLDS)
        for p in select.find_all(exp.AggFunc)
    ):
        return "an aggregate whose value for no rows is not known"
    value = select.expressions[0].unalias()
    if value.find(exp.Filter, exp.WithinGroup, exp.Order):
        return "the aggregate has a clause of its own"
    if has_subquery(value) or any(
        column.find_ancestor(*_FOLDS) is None for column in columns_of(value)
    ):
        return "a column stands outside the aggregate"
    if any(source_of(column, select, schema) is None for column in columns_of(value)):
        return "an outer column is aggregated"
    clause = _clause_of(subquery, outer)
    if clause not in ("where", "expressions"):
        return "the subquery is in a clause that is read after grouping"
    if clause == "expressions" and (is_grouped(outer) or outer.find(exp.Window)):
        return "the value would have to be grouped too"
    joins = outer.args.get("joins") or []
    if outer.is_star and any(j.args.get("using") or j.args.get("method") for j in joins):
        return "a star over USING or NATURAL merges columns"
    if outer.args.get("from_") is None:
        return "nothing to join with"
    return None


def _clause_of(node: exp.Expr, outer: exp.Select) -> str | None:
    child: exp.Expr = node
    while child.parent is not None and child.parent is not outer:
        child = child.parent
    return child.arg_key


def _grouped(
    select: exp.Select, tie: Correlation, taken: set[str]
) -> tuple[exp.Select, exp.Expr, bool]:
    """The subquery grouped by its ties, and its value as an expression over placeholders."""
    assert tie.links is not None
    grouped = select.copy()
    outputs: list[exp.Expr] = []
    for inner, _ in tie.links:
        name = fresh(inner.name or "key", taken)
        outputs.append(exp.alias_(inner.copy(), name))
    value = select.expressions[0].unalias().copy()
    is_count = value.find(exp.Count) is not None
    if _is_one_strict_fold(value):
        name = fresh(_name_of(value), taken)
        outputs.append(exp.alias_(value, name))
        value = exp.Placeholder(this=name)
    else:
        holder = exp.Paren(this=value)
        for fold in list(value.find_all(*_FOLDS)):
            name = fresh(_name_of(fold), taken)
            outputs.append(exp.alias_(fold.copy(), name))
            read: exp.Expr = exp.Placeholder(this=name)
            if isinstance(fold, exp.Count):
                read = exp.Coalesce(this=read, expressions=[exp.Literal.number(0)])
            fold.replace(read)
        inner_value = holder.this
        is_simple = isinstance(inner_value, exp.Coalesce | exp.Func | exp.Placeholder)
        value = inner_value if is_simple else holder
    grouped.set("expressions", outputs)
    grouped.set("group", exp.Group(expressions=[inner.copy() for inner, _ in tie.links]))
    grouped.set("order", None)
    set_where(grouped, list(tie.rest))
    return grouped, value, is_count or not isinstance(value, exp.Placeholder)


def _is_one_strict_fold(value: exp.Expr) -> bool:
    """One aggregate that is NULL for no rows, under operators that keep NULL."""
    folds = list(value.find_all(*_FOLDS))
    if len(folds) != 1 or isinstance(folds[0], exp.Count):
        return False
    node: exp.Expr | None = folds[0]
    while node is not None and node is not value:
        node = node.parent
        if not isinstance(node, (*STRICT, exp.Div)):
            return False
    return True


def _name_of(value: exp.Expr) -> str:
    fold = value.find(*_FOLDS)
    column = fold.find(exp.Column) if fold is not None else None
    kind = fold.key if fold is not None else "value"
    return f"{kind}_{column.name}" if column is not None else f"{kind}_rows"


def _drops_null(subquery: exp.Subquery, outer: exp.Select) -> bool:
    """Whether a NULL value makes a conjunct of WHERE not true, so that the row is dropped."""
    node: exp.Expr | None = subquery.parent
    while isinstance(node, (*STRICT, exp.Div)):
        node = node.parent
    return isinstance(node, COMPARISONS) and any(node is part for part in where(outer))


def _list_stars(outer: exp.Select, schema: Schema) -> None:
    """Name the tables of a bare star, so that the joined group adds no columns to it."""
    if not any(isinstance(p, exp.Star) for p in outer.expressions):
        return
    names = [source.node.alias_or_name for source in sources(outer, schema)]
    expressions: list[exp.Expr] = []
    for projection in outer.expressions:
        if isinstance(projection, exp.Star):
            expressions += [exp.Column(this=exp.Star(), table=exp.to_identifier(n)) for n in names]
        else:
            expressions.append(projection)
    outer.set("expressions", expressions)
