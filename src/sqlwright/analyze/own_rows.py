"""Subqueries that look up, in the same table, the very row that is already at hand."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every, once
from sqlwright.analyze.reads import (
    alias_of,
    alike,
    has_plain_joins,
    is_for_truth,
    is_hidden,
    positions,
    reads,
    take_out,
    tests_of_subqueries,
)
from sqlwright.analyze.scope import (
    COMPARISONS,
    Source,
    columns_of,
    conditions,
    enclosing,
    has_aggregate,
    is_constant,
    is_nullable,
    keys,
    owner,
    source_of,
    sources,
    where,
)
from sqlwright.analyze.tree import all_of, copy_with, fitted, replaced, set_where
from sqlwright.schema import Schema

_MORE = ("group", "having", "limit", "offset", "fetch", "qualify", "with_", "windows", "laterals")


def in_own_table(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Looking up a row by its own key in its own table finds that row: its condition suffices.

    Bad:
        SELECT name FROM customers
        WHERE id IN (SELECT c.id FROM customers c WHERE c.city = 'Oslo')
    Good:
        SELECT name FROM customers WHERE city = 'Oslo'

    The other tables of the subquery become an EXISTS, the branches of a UNION become OR. Silent
    when the key may be NULL or is not one column, for an outer-joined row, and when the subquery
    groups, limits or joins in other ways than inner.

    По-русски: поиск строки по её же ключу в её же таблице находит её саму: достаточно условия.
    Прочие таблицы подзапроса становятся EXISTS, ветви UNION — условиями через OR. Молчит, когда
    ключ может быть NULL или состоит из нескольких столбцов, когда строка приходит из внешнего
    соединения и когда подзапрос группирует, ограничивает строки или соединяет не внутренне.
    """
    for test in every(query, exp.In):
        outer, body = enclosing(test), test.args.get("query")
        if outer is None or body is None or not isinstance(test.this, exp.Column):
            continue
        negation = test.parent if isinstance(test.parent, exp.Not) else None
        clause = test.find_ancestor(exp.Where, exp.Join, exp.Having, exp.Select)
        if not is_for_truth(negation or test) or not isinstance(clause, exp.Where):
            continue
        new = _of_row(test, body, outer, schema)
        if new is None or not new.args:
            continue
        if negation is not None and (new := _refused(new, outer, schema)) is None:
            continue
        yield found(
            test,
            "in-own-table",
            "slow",
            f"{shown(test.this)} is looked up in its own table: ask the row itself",
            f"{shown(test.this)} ищется в своей же таблице: спросите саму строку",
            rewrite=partial(replaced, query, negation or test, new),
        )


def _of_row(test: exp.In, body: exp.Expr, outer: exp.Select, schema: Schema) -> exp.Expr | None:
    """The condition on the row at hand that the lookup stands for, or None."""
    branches = _branches(body, schema)
    if branches is None or _is_union_on_purpose(body, branches):
        return None
    candidates = [
        (column, source)
        for column in alike(test.this, outer, schema)
        if (source := source_of(column, outer, schema)) is not None and source.table is not None
    ]
    for column, source in candidates:
        if source.optional or frozenset([column.name.lower()]) not in keys(source, schema):
            continue
        found_parts = [
            _condition(branch, listed, column, source, schema) for branch, listed in branches
        ]
        if all(part is not None for part in found_parts):
            parts = [fitted(part, exp.Or()) for part in found_parts if part is not None]
            return parts[0] if len(parts) == 1 else exp.or_(*parts, copy=False)
    return None


def _is_union_on_purpose(body: exp.Expr, branches: list[tuple[exp.Select, exp.Expr]]) -> bool:
    """Whether it is what `or-to-union` makes of an OR: a UNION over one table each."""
    is_union = isinstance(body.unnest(), exp.Union)
    return is_union and not any(branch.args.get("joins") for branch, _ in branches)


def _branches(body: exp.Expr, schema: Schema) -> list[tuple[exp.Select, exp.Expr]] | None:
    """The SELECTs whose rows a subquery of one column holds, each with that column."""
    while isinstance(body, exp.Subquery):
        body = body.this
    if isinstance(body, exp.Union):
        if any(body.args.get(clause) for clause in ("limit", "offset", "with_")):
            return None
        sides = [_branches(body.left, schema), _branches(body.right, schema)]
        return [*sides[0], *sides[1]] if sides[0] is not None and sides[1] is not None else None
    if not isinstance(body, exp.Select) or len(body.expressions) != 1:
        return None
    if any(body.args.get(clause) for clause in _MORE) or has_aggregate(body.expressions[0]):
        return None
    listed = body.expressions[0].unalias()
    here = sources(body, schema)
    only = here[0] if len(here) == 1 and not where(body) else None
    if only is not None and isinstance(only.body, exp.Union) and isinstance(listed, exp.Column):
        return _branches_of_derived(only, listed.name, schema)
    return [(body, listed)]


def _branches_of_derived(
    source: Source, name: str, schema: Schema
) -> list[tuple[exp.Select, exp.Expr]] | None:
    """The same for one column of a derived UNION."""
    names, left = source.columns, source.body
    if names is None or name.lower() not in names:
        return None
    at, pending, found_branches = names.index(name.lower()), [left], []
    while pending:
        branch = pending.pop()
        while isinstance(branch, exp.Subquery):
            branch = branch.this
        if isinstance(branch, exp.Union):
            if any(branch.args.get(clause) for clause in ("limit", "offset", "with_")):
                return None
            pending += [branch.right, branch.left]
            continue
        if not isinstance(branch, exp.Select) or any(branch.args.get(c) for c in _MORE):
            return None
        inner = sources(branch, schema)
        if len(branch.expressions) == 1 and branch.is_star and len(inner) == 1 and inner[0].columns:
            listed: exp.Expr = exp.column(inner[0].columns[at], table=alias_of(inner[0]))
            listed.parent = branch  # so that its owner is found
        elif branch.is_star or len(branch.expressions) != len(names):
            return None
        else:
            listed = branch.expressions[at].unalias()
        found_branches.append((branch, listed))
    return found_branches


def _condition(
    body: exp.Select, listed: exp.Expr, key: exp.Column, row: Source, schema: Schema
) -> exp.Expr | None:
    """What the subquery asks of the row of `row` whose key it lists; None where it is another's."""
    if not isinstance(listed, exp.Column) or not has_plain_joins(body):
        return None
    read = reads(body, schema)
    if read is None or body.find(exp.Window):
        return None
    inner = next((s for s in _listing(listed, key, row, body, schema)), None)
    if inner is None:
        return None
    mine = [column for column in positions(read, inner) if not _is_output(column, body)]
    rest = [source for source in sources(body, schema) if source.node is not inner.node]
    if any(is_hidden(column, row.name, body, schema) for column in mine):
        return None
    if any(source.name == row.name for source in rest):
        return None
    copy, (node, *columns) = copy_with(body, inner.node, *mine)
    assert isinstance(copy, exp.Select)
    for column in columns:
        column.replace(exp.Column(this=column.this.copy(), table=alias_of(row)))
    if not rest:
        parts = where(copy)
        return all_of(parts) if parts else None
    if not take_out(copy, node, []):
        return None
    copy.set("expressions", [exp.Literal.number(1)])
    copy.set("distinct", None)
    copy.set("order", None)
    return exp.Exists(this=copy)


def _is_output(column: exp.Column, body: exp.Select) -> bool:
    clause: exp.Expr = column
    while clause.parent is not None and clause.parent is not body:
        clause = clause.parent
    return clause.arg_key in ("expressions", "order", "distinct")


def _listing(
    listed: exp.Column, key: exp.Column, row: Source, body: exp.Select, schema: Schema
) -> Iterator[Source]:
    """The items of the subquery's FROM that are the same table, and whose key is what it lists."""
    for column in alike(listed, body, schema):
        source = source_of(column, body, schema)
        if (
            source is not None
            and source.table is row.table
            and not source.optional
            and column.name.lower() == key.name.lower()
        ):
            yield source


def _refused(test: exp.Expr, outer: exp.Select, schema: Schema) -> exp.Expr | None:
    """True where the condition is false or unknown; None where that is not simply said."""
    if isinstance(test, exp.Exists):
        return exp.Not(this=test)
    opposite = {exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.GT: exp.LTE, exp.GTE: exp.LT,
                exp.LT: exp.GTE, exp.LTE: exp.GT}  # fmt: skip
    if isinstance(test, exp.Is):
        return exp.Not(this=test)
    if not isinstance(test, COMPARISONS) or not isinstance(test.this, exp.Column):
        return None
    if not is_constant(test.expression) or isinstance(test.expression, exp.Null):
        return None
    turned = opposite[type(test)](this=test.this.copy(), expression=test.expression.copy())
    source = next((s for s in sources(outer, schema) if s.name == test.this.table.lower()), None)
    real = source.table.column(test.this.name) if source and source.table else None
    if real is None or source is None or source.table is None:
        return None
    in_key = real.name.lower() in (name.lower() for name in source.table.primary_key)
    if not real.nullable or in_key:
        return turned
    absent = exp.Is(this=test.this.copy(), expression=exp.Null())
    return exp.Or(this=turned, expression=absent)


def row_proves_itself(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """IN a subquery over a table whose row, already joined, meets all its conditions holds always.

    Bad:
        SELECT COUNT(*) FROM orders o JOIN customers c ON c.id = o.customer_id
        WHERE o.status = 'new'
          AND c.id IN (SELECT p.customer_id FROM orders p WHERE p.status = 'new')
    Good:
        SELECT COUNT(*) FROM orders o JOIN customers c ON c.id = o.customer_id
        WHERE o.status = 'new'

    Silent when the subquery asks for more than the outer query, groups, limits or joins, and when
    the value may be NULL.

    По-русски: IN с подзапросом по таблице, строка которой уже присоединена и отвечает всем
    условиям подзапроса, верно всегда. Молчит, когда подзапрос требует большего, группирует,
    ограничивает или соединяет, и когда значение может быть NULL.
    """
    for test, outer, body in tests_of_subqueries(query):
        proof = _proof(test, body, outer, schema)
        if proof is None:
            continue
        yield found(
            test,
            "row-proves-itself",
            "slow",
            f"the row of {proof.name} meets the subquery itself: the condition always holds",
            f"строка {proof.name} сама отвечает подзапросу: условие верно всегда",
            rewrite=partial(_without, query, outer, test),
        )


def _without(query: exp.Query, outer: exp.Select, test: exp.In) -> exp.Query:
    copy, (twin, gone) = copy_with(query, outer, test)
    assert isinstance(twin, exp.Select)
    set_where(twin, [part for part in where(twin) if part is not gone])
    return copy


def _proof(test: exp.In, body: exp.Select, outer: exp.Select, schema: Schema) -> Source | None:
    """The source of the outer query that is a row of the subquery, or None."""
    here = sources(body, schema)
    listed = body.expressions[0].unalias()
    if len(here) != 1 or here[0].table is None or not isinstance(listed, exp.Column):
        return None
    if any(body.args.get(c) for c in _MORE) or source_of(listed, body, schema) != here[0]:
        return None
    read = reads(body, schema)
    if read is None or is_nullable(test.this, schema):
        return None
    for column in alike(test.this, outer, schema):
        source = source_of(column, outer, schema)
        if source is None or source.table is not here[0].table or source.optional:
            continue
        if column.name.lower() != listed.name.lower():
            continue
        wanted = _asked(body, here[0], source, schema)
        if wanted is None:
            continue
        said = once("said", outer, schema, partial(_said, outer, schema))
        if wanted <= said:  # the test itself counts for nothing: it is longer than its parts
            return source
    return None


def _asked(body: exp.Select, inner: Source, row: Source, schema: Schema) -> set[str] | None:
    mine = list(positions(reads(body, schema) or [], inner))
    if any(is_hidden(column, row.name, body, schema) for column in mine):
        return None
    copy, columns = copy_with(body, *mine)
    assert isinstance(copy, exp.Select)
    for column in columns:
        column.replace(exp.Column(this=column.this.copy(), table=alias_of(row)))
    return {_normal(part) for part in where(copy)}


def _said(outer: exp.Select, schema: Schema) -> set[str]:
    return {_spelled(part, outer, schema) for part in conditions(outer)}


def _spelled(part: exp.Expr, outer: exp.Select, schema: Schema) -> str:
    """The condition with the outer query's own columns qualified, to be compared as text."""
    copy, columns = copy_with(part, *columns_of(part))  # type: ignore[arg-type]
    for original, column in zip(columns_of(part), columns, strict=True):
        held = owner(original, schema)
        if held is not None and held[0] is outer:
            column.set("table", alias_of(held[1]))
    return _normal(copy)


def _normal(part: exp.Expr) -> str:
    if isinstance(part, exp.In) and len(part.expressions) == 1:
        part = exp.EQ(this=part.this.copy(), expression=part.expressions[0].copy())
    return part.sql(normalize=True, comments=False)
