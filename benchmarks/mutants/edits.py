"""What every kind of mutation shares: finding places in a bound query and changing a copy of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from sqlwright.analyze.scope import Source, conjuncts, schema_column, sources
from sqlwright.analyze.tree import copy_with
from sqlwright.schema import Schema, kind_of

#: A kind of mutation: all its (place, mutated query) in one bound query, which stays as it was.
Mutator = Callable[[exp.Query, Schema], Iterator[tuple[str, exp.Query]]]


def shown(node: exp.Expr) -> str:
    """The node in short, to name a place."""
    text = " ".join(node.sql(comments=False).split())
    return text if len(text) <= 90 else f"{text[:60]} ... {text[-25:]}"


def change(
    query: exp.Query, node: exp.Expr, edit: Callable[[exp.Expr], exp.Expr | None]
) -> exp.Query:
    """A copy in which `edit` changed the node's twin in place, or gave what replaces it."""
    copy, (twin,) = copy_with(query, node)
    new = edit(twin)
    if new is None:
        return copy
    if twin is copy:
        assert isinstance(new, exp.Query)
        return new
    twin.replace(new)
    return copy


def without(query: exp.Query, part: exp.Expr) -> exp.Query:
    """A copy that lacks one conjunct of a WHERE, HAVING or ON."""
    copy, (twin,) = copy_with(query, part)
    drop(twin)
    return copy


def drop(part: exp.Expr) -> None:
    """Take the conjunct out of its condition; a condition that was nothing else goes with it."""
    while isinstance(part.parent, exp.Paren):
        part = part.parent
    parent = part.parent
    if isinstance(parent, exp.Connector):
        kept = parent.right if parent.left is part else parent.left
        parent.replace(kept.copy())
    elif isinstance(parent, exp.Join):
        parent.set("on", exp.true())
    elif parent is not None:
        parent.pop()


def require(select: exp.Select, part: exp.Expr) -> None:
    """Add a conjunct to the WHERE of the SELECT."""
    part = exp.Paren(this=part) if isinstance(part, exp.Or) else part
    clause = select.args.get("where")
    if clause is None:
        select.set("where", exp.Where(this=part))
        return
    old = clause.this
    old = exp.Paren(this=old) if isinstance(old, exp.Or) else old
    clause.set("this", exp.And(this=old, expression=part))


def demand(join: exp.Join, part: exp.Expr) -> None:
    """Add a conjunct to the ON of the join."""
    old = join.args.get("on")
    part = exp.Paren(this=part) if isinstance(part, exp.Or) else part
    if old is None:
        join.set("on", part)
        return
    old = exp.Paren(this=old) if isinstance(old, exp.Or) else old
    join.set("on", exp.And(this=old, expression=part))


def selects(query: exp.Query) -> Iterator[exp.Select]:
    """Every SELECT, the outermost first."""
    yield from query.find_all(exp.Select)


def parts(select: exp.Select, *clauses: str) -> Iterator[exp.Expr]:
    """The conjuncts of the named clauses: where, having, on."""
    for clause in clauses:
        if clause == "on":
            for join in select.args.get("joins") or ():
                yield from conjuncts(join.args.get("on"))
        elif (holder := select.args.get(clause)) is not None:
            yield from conjuncts(holder.this)


def is_link(part: exp.Expr) -> bool:
    """Is it an equality of columns of two sources?"""
    return (
        isinstance(part, exp.EQ)
        and isinstance(part.left, exp.Column)
        and isinstance(part.right, exp.Column)
        and part.left.table != part.right.table
    )


def names_of(node: exp.Expr) -> set[str]:
    """The sources that the columns in it come from."""
    return {column.table for column in node.find_all(exp.Column)}


def kind(column: exp.Column, schema: Schema) -> str | None:
    """What the column holds, as `schema.kind_of` says it; None where it is not a table's."""
    held = schema_column(column, schema)
    return kind_of(held[1].type) if held else None


def columns_in(select: exp.Select, schema: Schema) -> Iterator[tuple[Source, exp.Column]]:
    """Every column of the schema's tables in the SELECT's FROM, qualified."""
    for source in sources(select, schema):
        if source.table is not None:
            for column in source.table.columns:
                yield source, exp.column(column.name.lower(), table=source.name)


def in_predicate(node: exp.Expr) -> bool:
    """Does the node sit in a condition, and not in LIMIT, an interval or a window?"""
    parent = node.parent
    while parent is not None and not isinstance(parent, exp.Query):
        if isinstance(parent, exp.Interval | exp.Limit | exp.Offset | exp.DataType | exp.Window):
            return False
        if isinstance(parent, exp.Where | exp.Having | exp.Join | exp.If):
            return True
        parent = parent.parent
    return False


def numbered(found: Iterator[tuple[str, exp.Query]]) -> Iterator[tuple[str, exp.Query]]:
    """The same, with a number after places that read alike."""
    seen: dict[str, int] = {}
    for place, query in found:
        seen[place] = seen.get(place, 0) + 1
        yield (place if seen[place] == 1 else f"{place} #{seen[place]}"), query
