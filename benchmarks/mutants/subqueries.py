"""Kinds of mutation that change subqueries and set operations."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from mutants.edits import change, drop, names_of, parts, require, selects, shown, without
from sqlwright.analyze.scope import is_grouped, sources
from sqlwright.analyze.tree import copy_with, fresh, names_in
from sqlwright.schema import Schema

Found = Iterator[tuple[str, exp.Query]]


def _is_plain(select: exp.Expr | None) -> bool:
    """Is it FROM and WHERE alone, so that its tables can join those around it?"""
    if not isinstance(select, exp.Select) or not select.args.get("from_") or is_grouped(select):
        return False
    kept = ("limit", "offset", "distinct", "with_", "qualify")
    return not any(select.args.get(name) for name in kept) and not any(
        join.side for join in select.args.get("joins") or ()
    )


def _inner(node: exp.Expr | None) -> exp.Expr | None:
    while isinstance(node, exp.Subquery | exp.Paren):
        node = node.this
    return node


def _aliases(select: exp.Select, schema: Schema) -> set[str]:
    return {source.name for source in sources(select, schema)}


def _pull_up(outer: exp.Select, inner: exp.Select) -> None:
    """Join the inner SELECT's tables to the outer one, its conditions to the outer WHERE."""
    outer.append("joins", exp.Join(this=inner.args["from_"].this.copy(), kind="CROSS"))
    for join in inner.args.get("joins") or ():
        outer.append("joins", join.copy())
    if (where := inner.args.get("where")) is not None:
        require(outer, where.this.copy())


def in_to_join(query: exp.Query, schema: Schema) -> Found:
    """x IN (SELECT y ...) becomes a join that may find several partners."""
    for select in selects(query):
        for part in parts(select, "where"):
            inner = _inner(part.args.get("query")) if isinstance(part, exp.In) else None
            if isinstance(inner, exp.Query) and len(inner.selects) == 1:
                yield from _in_joined(query, select, part, inner, schema)


def _in_joined(
    query: exp.Query, select: exp.Select, part: exp.Expr, inner: exp.Query, schema: Schema
) -> Found:
    copy, (home, twin, source) = copy_with(query, select, part, inner)
    assert isinstance(home, exp.Select)
    assert isinstance(source, exp.Query)
    if _is_plain(inner) and isinstance(inner, exp.Select):
        if _aliases(select, schema) & _aliases(inner, schema):
            return
        link = exp.EQ(this=twin.this.copy(), expression=source.selects[0].unalias().copy())
        drop(twin)
        assert isinstance(source, exp.Select)
        _pull_up(home, source)
        require(home, link)
        yield shown(part), copy
    elif not names_of(inner) - {t.alias_or_name for t in inner.find_all(exp.Table, exp.Subquery)}:
        alias = fresh("wanted", names_in(query))
        key = source.selects[0].alias_or_name
        if not key:
            return
        derived = exp.Subquery(
            this=source.copy(), alias=exp.TableAlias(this=exp.to_identifier(alias))
        )
        link = exp.EQ(this=twin.this.copy(), expression=exp.column(key, table=alias))
        drop(twin)
        home.append("joins", exp.Join(this=derived, kind="INNER", on=link))
        yield shown(part), copy


def exists_to_join(query: exp.Query, schema: Schema) -> Found:
    """EXISTS becomes a join that may find several partners."""
    for select in selects(query):
        for part in parts(select, "where"):
            inner = _inner(part.this) if isinstance(part, exp.Exists) else None
            if not isinstance(inner, exp.Select) or not _is_plain(inner):
                continue
            if _aliases(select, schema) & _aliases(inner, schema):
                continue
            copy, (home, twin, source) = copy_with(query, select, part, inner)
            assert isinstance(home, exp.Select)
            assert isinstance(source, exp.Select)
            drop(twin)
            _pull_up(home, source)
            yield shown(part), copy


def not_in_to_not_exists(query: exp.Query, schema: Schema) -> Found:
    """NOT IN becomes NOT EXISTS, which NULL does not empty."""
    for node in query.find_all(exp.Not):
        test = node.this.unnest()
        inner = _inner(test.args.get("query")) if isinstance(test, exp.In) else None
        if not isinstance(inner, exp.Select) or not _is_plain(inner) or len(inner.selects) != 1:
            continue
        if names_of(test.this) & _aliases(inner, schema):
            continue
        body = inner.copy()
        require(body, exp.EQ(this=body.selects[0].unalias().copy(), expression=test.this.copy()))
        body.set("expressions", [exp.Literal.number(1)])
        new = exp.Not(this=exp.Exists(this=body))
        yield shown(node), change(query, node, lambda _, new=new: new)


def not_exists_to_not_in(query: exp.Query, schema: Schema) -> Found:
    """NOT EXISTS becomes NOT IN, which one NULL empties."""
    for node in query.find_all(exp.Not):
        test = node.this.unnest()
        inner = _inner(test.this) if isinstance(test, exp.Exists) else None
        if not isinstance(inner, exp.Select) or not _is_plain(inner):
            continue
        own = _aliases(inner, schema)
        for part in parts(inner, "where"):
            if not isinstance(part, exp.EQ):
                continue
            for mine, other in ((part.left, part.right), (part.right, part.left)):
                if names_of(mine) <= own and names_of(other) and not names_of(other) & own:
                    copy, (body, twin, home) = copy_with(query, inner, part, node)
                    drop(twin)
                    body.set("expressions", [mine.copy()])
                    new = exp.Not(
                        this=exp.In(this=other.copy(), query=exp.Subquery(this=body.copy()))
                    )
                    home.replace(new)
                    yield shown(part), copy


def correlation_dropped(query: exp.Query, schema: Schema) -> Found:
    """A subquery loses a condition that ties it to the row around it."""
    for select in selects(query):
        if select is query or isinstance(select.parent, exp.CTE):
            continue
        own = _aliases(select, schema)
        for part in parts(select, "where"):
            if names_of(part) - own and not part.find(exp.Query):
                yield shown(part), without(query, part)


def distinct_dropped(query: exp.Query, schema: Schema) -> Found:
    """A SELECT loses its DISTINCT."""
    for select in selects(query):
        if select.args.get("distinct"):
            yield shown(select), change(query, select, lambda twin: twin.set("distinct", None))


def distinct_added(query: exp.Query, schema: Schema) -> Found:
    """A SELECT gets a DISTINCT."""
    for select in selects(query):
        grouped = is_grouped(select) and not select.args.get("group")
        if not select.args.get("distinct") and not grouped and select.args.get("from_"):
            yield (
                shown(select),
                change(query, select, lambda twin: twin.set("distinct", exp.Distinct())),
            )


def union_kept_or_folded(query: exp.Query, schema: Schema) -> Found:
    """UNION becomes UNION ALL, or the other way round."""
    for node in query.find_all(exp.Union):
        folded = bool(node.args.get("distinct"))
        yield (
            f"{'UNION' if folded else 'UNION ALL'}: {shown(node)}",
            change(query, node, lambda twin, folded=folded: twin.set("distinct", not folded)),
        )


def set_operation_changed(query: exp.Query, schema: Schema) -> Found:
    """INTERSECT becomes EXCEPT, EXCEPT becomes INTERSECT, or the sides of EXCEPT change places."""
    for node in query.find_all(exp.Intersect, exp.Except):
        new_type = exp.Except if isinstance(node, exp.Intersect) else exp.Intersect
        arguments = {name: value for name, value in node.copy().args.items() if value is not None}
        yield shown(node), change(query, node, lambda _, a=arguments, t=new_type: t(**a))
        distinct = not node.args.get("distinct")
        yield (
            f"ALL: {shown(node)}",
            change(query, node, lambda twin, d=distinct: twin.set("distinct", d)),
        )


def branch_dropped(query: exp.Query, schema: Schema) -> Found:
    """A set operation loses its last branch."""
    for node in query.find_all(exp.SetOperation):
        if node.args.get("with_") or node.args.get("order") or node.args.get("limit"):
            continue
        new = node.left.copy()
        yield shown(node.right), change(query, node, lambda _, new=new: new)
