"""Which columns a SELECT reads of each table of its FROM, and taking such a table out of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.once import every, once
from sqlwright.analyze.scope import (
    Source,
    columns_of,
    conditions,
    conjuncts,
    enclosing,
    equalities,
    owner,
    sources,
    where,
)
from sqlwright.analyze.tree import set_where
from sqlwright.schema import Schema

Read = tuple[exp.Column, Source]

_MORE = (
    "group", "having", "limit", "offset", "fetch", "order", "qualify", "with_", "windows",
    "distinct", "joins", "laterals",
)  # fmt: skip


def reads(select: exp.Select, schema: Schema) -> list[Read] | None:
    """Every column below the SELECT that comes from its own FROM, with its source; stars are none.

    None when some name is uncertain.
    """
    return once("reads", select, schema, lambda: _reads(select, schema))


def _reads(select: exp.Select, schema: Schema) -> list[Read] | None:
    here = sources(select, schema)
    by_name = {source.name: source for source in here}
    if len(by_name) < len(here) or "" in by_name:
        return None
    aliases = {p.alias.lower() for p in select.expressions if p.alias}
    found: list[Read] = []
    for column in columns_of(select):
        if isinstance(column.this, exp.Star):
            continue
        if column.table and column.table.lower() not in by_name:
            continue
        held = owner(column, schema)
        if held is None:
            if column.name.lower() in aliases and not any(s.has(column.name) for s in here):
                continue  # ORDER BY and friends, of an output column
            return None
        if held[0] is select:
            if not column.table and column.name.lower() in aliases and _is_below_outputs(column):
                return None  # engines differ on which of the two it means
            found.append((column, held[1]))
    return found


def _is_below_outputs(column: exp.Column) -> bool:
    clause = column.find_ancestor(exp.Order, exp.Group, exp.Having, exp.Select)
    return not isinstance(clause, exp.Select)


def is_starred(select: exp.Select, source: Source) -> bool:
    """Whether a star among the outputs takes in the source."""
    return any(
        isinstance(p, exp.Star)
        or (
            isinstance(p, exp.Column)
            and isinstance(p.this, exp.Star)
            and p.table.lower() == source.name
        )
        for p in select.expressions
    )


def has_plain_joins(select: exp.Select, *, left: bool = False) -> bool:
    """Whether all joins are commas, CROSS or inner with ON; with `left`, LEFT JOIN may be there."""
    sides = ("LEFT",) if left else ()
    return not any(
        (join.side and join.side not in sides)
        or join.kind in ("SEMI", "ANTI", "STRAIGHT")
        or join.args.get("using")
        or join.args.get("method")
        or isinstance(join.this, exp.Lateral | exp.Unnest)
        for join in select.args.get("joins") or []
    ) and not select.args.get("laterals")


def alias_of(source: Source) -> exp.Identifier:
    """The name by which columns of the source are written, as it was written."""
    alias = source.node.args.get("alias")
    name = alias.this if isinstance(alias, exp.TableAlias) else source.node.this
    return name.copy() if isinstance(name, exp.Identifier) else exp.to_identifier(source.name)


def is_hidden(column: exp.Column, name: str, top: exp.Select, schema: Schema) -> bool:
    """Whether a subquery between the column and `top` has a table of that name of its own."""
    select = enclosing(column)
    while select is not None and select is not top:
        if any(source.name == name for source in sources(select, schema)):
            return True
        select = enclosing(select)
    return False


def alike(column: exp.Expr, select: exp.Select, schema: Schema) -> list[exp.Column]:
    """The columns that every row that passes the SELECT's conditions holds equal to this one."""
    if not isinstance(column, exp.Column):
        return []
    pairs = once("pairs", select, schema, partial(_pairs, select))
    found: list[exp.Column] = [column]
    known = {_place(column, schema)}
    grew = True
    while grew:
        grew = False
        for left, right in pairs:
            for mine, other in ((left, right), (right, left)):
                if _place(mine, schema) in known and _place(other, schema) not in known:
                    known.add(_place(other, schema))
                    found.append(other)  # type: ignore[arg-type]
                    grew = True
    return found


def _pairs(select: exp.Select) -> list[tuple[exp.Expr, exp.Expr]]:
    """The columns that the SELECT's conditions hold equal, two by two."""
    found = equalities(conditions(select))
    return [pair for pair in found if all(isinstance(side, exp.Column) for side in pair)]


def _place(column: exp.Expr, schema: Schema) -> tuple[object, ...]:
    held = owner(column, schema)  # type: ignore[arg-type]
    if held is None:
        return (column.sql(),)
    return (id(held[0]), held[1].name, column.name.lower())


def take_out(select: exp.Select, node: exp.Expr, dropped: Iterable[exp.Expr]) -> bool:
    """Take one item from FROM, in place, with the conditions `dropped`; False where that is not
    possible: the first item goes only when an inner join or a comma follows it.

    What else was in its ON, or in that of the join that becomes the first, stands in WHERE then.
    """
    start, joins = select.args["from_"], list(select.args.get("joins") or [])
    gone = list(dropped)
    if start.this is node:
        if not joins or joins[0].side or joins[0].kind not in ("", "INNER", "CROSS"):
            return False
        join = joins[0]
        start.set("this", join.this)
    else:
        join = next(j for j in joins if j.this is node)
    kept = [p for p in where(select) if not _is_one_of(p, gone)]
    kept += [p for p in conjuncts(join.args.get("on")) if not _is_one_of(p, gone)]
    join.pop()
    for other in joins:
        if other is join or other.side or not other.args.get("on"):
            continue
        parts = conjuncts(other.args["on"])
        rest = [p for p in parts if not _is_one_of(p, gone)]
        if len(rest) == len(parts):
            continue
        if rest:
            other.set("on", _joined(rest))
        else:
            other.set("on", None)
            other.set("kind", "CROSS")
    set_where(select, kept)
    return True


def _joined(parts: list[exp.Expr]) -> exp.Expr:
    holder = exp.Select()
    set_where(holder, parts)
    joined = holder.args["where"].this
    assert isinstance(joined, exp.Expr)
    return joined


def _is_one_of(part: exp.Expr, parts: list[exp.Expr]) -> bool:
    return any(part is other for other in parts)


def is_for_truth(node: exp.Expr) -> bool:
    """Whether only the truth of a condition counts where it stands, so that NULL is like false."""
    parent = node.parent
    while isinstance(parent, exp.Paren | exp.And | exp.Or):
        parent = parent.parent
    return isinstance(parent, exp.Where | exp.Having | exp.Join)


def is_conjunct(node: exp.Expr) -> bool:
    """Whether it is one of the conjuncts of WHERE."""
    parent = node.parent
    while isinstance(parent, exp.Paren | exp.And):
        parent = parent.parent
    return isinstance(parent, exp.Where)


def tests_of_subqueries(query: exp.Query) -> Iterator[tuple[exp.In, exp.Select, exp.Select]]:
    """Each `x IN (SELECT y ...)` that is a conjunct of WHERE, the SELECT around it, and its own."""
    for test in every(query, exp.In):
        outer, body = enclosing(test), test.args.get("query")
        if outer is None or body is None or not is_conjunct(test):
            continue
        body = body.unnest()
        if isinstance(body, exp.Select) and len(body.expressions) == 1:
            yield test, outer, body


def only_table(body: exp.Select, schema: Schema) -> Source | None:
    """The one table that a SELECT picks rows and columns of, if it does nothing more to them."""
    inner = sources(body, schema)
    if len(inner) != 1 or inner[0].table is None or any(body.args.get(c) for c in _MORE):
        return None
    return inner[0]


def positions(columns: Iterable[Read], source: Source) -> Iterator[exp.Column]:
    """The columns among those read that come from the source."""
    return (column for column, held in columns if held is source or held == source)
