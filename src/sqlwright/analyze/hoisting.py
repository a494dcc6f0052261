"""Moves a subquery of FROM into WITH, where that changes nothing."""

from __future__ import annotations

from sqlglot import exp

from sqlwright.analyze.scope import columns_of, is_within, owner
from sqlwright.analyze.tree import copy_with, fresh, names_in
from sqlwright.schema import Schema


def why_not_hoisted(query: exp.Query, subquery: exp.Subquery, schema: Schema) -> str | None:
    """Why the subquery must stay where it is, or None."""
    body = subquery.this
    if not isinstance(body, exp.Select | exp.SetOperation) or subquery.args.get("pivots"):
        return "it is no plain query"
    if subquery.find_ancestor(exp.Lateral) is not None:
        return "it is lateral"
    for column in columns_of(body):
        held = owner(column, schema)
        if held is not None and not is_within(held[0], body):
            return "it reads a row from outside"
        if held is None and column.table and not _names_inside(column.table, body):
            return "a name in it may come from outside"
    for with_ in query.find_all(exp.With):
        if with_.parent is not query and is_within(subquery, with_.parent or query):
            if not is_within(with_, body):
                return "it may read a WITH of its own surroundings"
    return None


def _names_inside(name: str, body: exp.Expr) -> bool:
    wanted = name.lower()
    items = body.find_all(exp.Table, exp.Subquery, exp.Lateral, exp.Unnest)
    return any(item.alias_or_name.lower() == wanted for item in items)


def hoisted(query: exp.Query, subquery: exp.Subquery, schema: Schema) -> exp.Query | None:
    """A copy of the query with the subquery named in its WITH, or None where it must stay."""
    if why_not_hoisted(query, subquery, schema) is not None:
        return None
    copy, (twin,) = copy_with(query, subquery)
    assert isinstance(twin, exp.Subquery)
    alias = twin.args.get("alias")
    wanted = twin.alias or "part"
    taken = names_in(query) - {wanted.lower()}
    taken |= {t.name.lower() for t in copy.find_all(exp.Table)}
    taken |= {cte.alias.lower() for cte in copy.find_all(exp.CTE)}
    taken |= {  # another subquery of that name would become unclear to a reader
        s.alias.lower() for s in copy.find_all(exp.Subquery) if s is not twin and s.alias
    }
    name = fresh(wanted, taken)
    identifier = exp.to_identifier(name, quoted=_is_quoted(alias) and name == wanted)
    columns = alias.args.get("columns") if isinstance(alias, exp.TableAlias) else None
    cte = exp.CTE(this=twin.this, alias=exp.TableAlias(this=identifier, columns=columns))
    table = exp.Table(this=identifier.copy())
    if name != twin.alias and twin.alias:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(twin.alias)))
    if twin.args.get("joins"):
        table.set("joins", twin.args["joins"])
    place = _place(copy, twin)
    twin.replace(table)
    add_cte(copy, cte, place)
    return copy


def _is_quoted(alias: exp.Expr | None) -> bool:
    return isinstance(alias, exp.TableAlias) and bool(alias.this and alias.this.args.get("quoted"))


def _place(query: exp.Query, node: exp.Expr) -> int | None:
    """The CTE of the query's own WITH that holds the node: the new one must come before it."""
    with_ = query.args.get("with_")
    for at, cte in enumerate(with_.expressions if with_ is not None else ()):
        if is_within(node, cte):
            return at
    return None


def add_cte(query: exp.Query, cte: exp.CTE, place: int | None) -> None:
    """Put the CTE into the query's WITH, in place: last, or before the one at `place`."""
    with_ = query.args.get("with_")
    if with_ is None:
        query.set("with_", exp.With(expressions=[cte]))
        return
    at = len(with_.expressions) if place is None else place
    with_.set("expressions", [*with_.expressions[:at], cte, *with_.expressions[at:]])
