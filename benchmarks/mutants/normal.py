"""Steps that never change what a query answers: two queries that they make equal are the same.

Each step is an argument with a name and changes a bound query in place. They are meant for setting
mutants aside: each holds for every database that keeps the schema, and none is complete.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.pushdown_projections import pushdown_projections

from mutants.conditions import merge_conditions
from mutants.facts import (
    at_most_one_row,
    is_unique,
    keys_of,
    repeats_do_not_matter,
    settled,
    text_of,
    turns_left,
)
from mutants.steps_groups import (
    aggregate_of_distinct_values,
    group_holds_a_row,
    group_key_is_settled,
    window_of_one_row,
)
from mutants.steps_joins import (
    in_says_it_already,
    join_for_nothing,
    never_null,
    null_cannot_meet,
    outer_join_is_inner,
)
from sqlwright.analyze.scope import is_constant, is_grouped, sources, where
from sqlwright.schema import Schema

Step = Callable[[exp.Query, Schema], None]


def order_inside_says_nothing(query: exp.Query, schema: Schema) -> None:
    """ORDER BY of a subquery without LIMIT orders nothing."""
    for order in list(query.find_all(exp.Order)):
        holder = order.parent
        if holder is query or not isinstance(holder, exp.Select | exp.SetOperation | exp.Subquery):
            continue
        if not any(holder.args.get(name) for name in ("limit", "offset", "fetch")):
            if not isinstance(holder.args.get("distinct"), exp.Distinct) or not holder.args[
                "distinct"
            ].args.get("on"):
                order.pop()


def order_is_settled(query: exp.Query, schema: Schema) -> None:
    """A key of ORDER BY that is one value, or that follows a whole key, orders nothing."""
    for order in list(query.find_all(exp.Order)):
        select = order.parent
        if not isinstance(select, exp.Select):
            continue
        if at_most_one_row(select, schema):
            order.pop()
            continue
        if is_grouped(select) or select.args.get("distinct"):
            continue
        values = {s.alias: s.unalias() for s in select.selects if s.alias}
        named = {name: text_of(value) for name, value in values.items()}
        before: set[str] = set()
        kept = []
        for key in order.expressions:
            known = settled(select, schema, before)
            inner = key.this
            text = text_of(inner)
            if isinstance(inner, exp.Column) and not inner.table:
                text = named.get(inner.name, text)
                fixed = is_constant(values.get(inner.name, inner))
            else:
                fixed = False
            if fixed or text in known or is_unique(select, schema, before):
                continue
            kept.append(key)
            before.add(text)
        if kept:
            order.set("expressions", kept)
        else:
            order.pop()


def exists_reads_no_column(query: exp.Query, schema: Schema) -> None:
    """EXISTS asks for a row: what it selects, DISTINCT, ORDER BY and a LIMIT above 0 are idle."""
    for node in query.find_all(exp.Exists):
        inner = node.this
        while isinstance(inner, exp.Subquery):
            inner = inner.this
        if not isinstance(inner, exp.Select):
            continue
        limit = inner.args.get("limit")
        if limit is not None and not inner.args.get("offset"):
            if isinstance(limit.expression, exp.Literal) and limit.expression.name != "0":
                inner.set("limit", None)
        if inner.args.get("limit") is None and inner.args.get("offset") is None:
            inner.set("order", None)
            inner.set("distinct", None)
            if not is_grouped(inner) or inner.args.get("group"):
                inner.set("expressions", [exp.Literal.number(1)])


def unread_columns(query: exp.Query, schema: Schema) -> None:
    """A column of a derived table that nothing reads changes nothing."""
    try:
        pushdown_projections(query)
    except (SqlglotError, ValueError, KeyError, AttributeError):
        return


def distinct_is_needless(query: exp.Query, schema: Schema) -> None:
    """DISTINCT over rows that a key tells apart, or whose repeats do not matter, folds nothing."""
    for select in list(query.find_all(exp.Select)):
        distinct = select.args.get("distinct")
        if distinct is None or (isinstance(distinct, exp.Distinct) and distinct.args.get("on")):
            continue
        if is_unique(select, schema) or repeats_do_not_matter(select):
            select.set("distinct", None)


def all_of_a_set(query: exp.Query, schema: Schema) -> None:
    """EXCEPT ALL of rows without repeats is EXCEPT, and INTERSECT ALL with such rows INTERSECT."""
    for node in query.find_all(exp.Except, exp.Intersect):
        left = _is_set(node.left, schema)
        if left or (isinstance(node, exp.Intersect) and _is_set(node.right, schema)):
            node.set("distinct", True)


def _is_set(query: exp.Expr, schema: Schema) -> bool:
    distinct = query.args.get("distinct")
    if isinstance(distinct, exp.Distinct) and distinct.args.get("on"):
        return False
    return bool(distinct) or is_unique(query, schema)


def union_is_needless(query: exp.Query, schema: Schema) -> None:
    """UNION folds nothing where its repeats do not matter, or its branches cannot share a row."""
    for union in list(query.find_all(exp.Union)):
        if not union.args.get("distinct"):
            continue
        apart = (
            is_unique(union.left, schema)
            and is_unique(union.right, schema)
            and _are_apart(union.left, union.right, schema)
        )
        if apart or repeats_do_not_matter(union):
            union.set("distinct", False)


def _are_apart(left: exp.Expr, right: exp.Expr, schema: Schema) -> bool:
    """Do both return different constants in one place, or rows of one table that differ in one?"""
    if not isinstance(left, exp.Select) or not isinstance(right, exp.Select):
        return False
    for one, other in zip(left.selects, right.selects, strict=False):
        first, second = one.unalias(), other.unalias()
        literals = isinstance(first, exp.Literal) and isinstance(second, exp.Literal)
        if literals and first.is_string == second.is_string:
            if first.name.strip().lower() != second.name.strip().lower():
                return True
    return _ask_for_other_rows(left, right, schema)


def _ask_for_other_rows(left: exp.Select, right: exp.Select, schema: Schema) -> bool:
    """Do both return the key of one table, and want different constants in one of its columns?"""
    one, other = sources(left, schema), sources(right, schema)
    if len(one) != 1 or len(other) != 1 or one[0].table is None or one[0].table != other[0].table:
        return False
    if is_grouped(left) or is_grouped(right):
        return False
    plain = [[s.unalias() for s in query.selects] for query in (left, right)]
    same = {
        a.name
        for a, b in zip(*plain, strict=False)
        if isinstance(a, exp.Column) and a.name == b.name
    }
    if not any(key <= same for key in keys_of(one[0], left, schema)):
        return False
    asked = [
        {
            p.left.name: p.right.sql().lower()
            for p in where(query)
            if isinstance(p, exp.EQ)
            and isinstance(p.left, exp.Column)
            and isinstance(p.right, exp.Literal)
        }
        for query in (left, right)
    ]
    return any(asked[0][name] != asked[1][name] for name in asked[0].keys() & asked[1].keys())


def limit_is_idle(query: exp.Query, schema: Schema) -> None:
    """LIMIT of 1 or more over at most one row cuts nothing."""
    for select in query.find_all(exp.Select):
        limit = select.args.get("limit")
        if limit is None or select.args.get("offset") or not at_most_one_row(select, schema):
            continue
        if isinstance(limit.expression, exp.Literal) and limit.expression.name.isdigit():
            if int(limit.expression.name) >= 1:
                select.set("limit", None)


def no_row_passes(query: exp.Query, schema: Schema) -> None:
    """A SELECT whose condition no row passes returns none, whatever it selects."""
    for select in reversed(list(query.find_all(exp.Select))):
        parts = where(select)
        derived = [s for s in sources(select, schema) if s.body is not None and not s.optional]
        empty = any(isinstance(p, exp.Boolean) and not p.this for p in parts)
        if not turns_left(select):
            empty = empty or any(_is_empty(s.body) for s in derived)
        limit = select.args.get("limit")
        if limit is not None and limit.expression.name == "0":
            empty = True
        if not empty or (is_grouped(select) and not select.args.get("group")):
            continue
        for name in list(select.args):
            if name not in ("expressions", "with_"):
                select.set(name, None)
        items = [exp.alias_(exp.null(), s.alias_or_name or "x") for s in select.selects]
        select.set("expressions", items)
        select.set("where", exp.Where(this=exp.false()))
    for union in list(query.find_all(exp.Union)):
        for one, other in ((union.left, union.right), (union.right, union.left)):
            if _is_empty(one) and not union.args.get("distinct") and not _is_empty(other):
                if union is not query and isinstance(union.parent, exp.Subquery):
                    union.replace(other.copy())
                break


def _is_empty(query: exp.Expr | None) -> bool:
    if not isinstance(query, exp.Select) or query.args.get("from_"):
        return False
    clause = query.args.get("where")
    return clause is not None and isinstance(clause.this, exp.Boolean) and not clause.this.this


STEPS: tuple[Step, ...] = (
    null_cannot_meet,
    never_null,
    outer_join_is_inner,
    in_says_it_already,
    merge_conditions,
    join_for_nothing,
    no_row_passes,
    group_holds_a_row,
    group_key_is_settled,
    aggregate_of_distinct_values,
    window_of_one_row,
    exists_reads_no_column,
    order_inside_says_nothing,
    order_is_settled,
    limit_is_idle,
    distinct_is_needless,
    union_is_needless,
    all_of_a_set,
    unread_columns,
)


def why_same(original: exp.Query, mutant: exp.Query, schema: Schema) -> str | None:
    """The names of the steps by which both queries become one text, or None.

    Two rounds: a join that became inner lets a key settle a group, and the like.
    """
    if _normal(original.sql(), original, schema) != _reduced(mutant, schema):
        return None
    left, right = original.copy(), mutant.copy()
    texts = left.sql(), right.sql()
    used: list[str] = []
    for step in STEPS * 2:
        step(left, schema)
        step(right, schema)
        new = left.sql(), right.sql()
        if (new[0] != texts[0]) != (new[1] != texts[1]) or new[0] == new[1]:
            used.append(step.__name__.replace("_", " "))
        texts = new
        if texts[0] == texts[1]:
            break
    return " and ".join(dict.fromkeys(used))


def _reduced(query: exp.Query, schema: Schema) -> str:
    copy = query.copy()
    for step in STEPS * 2:
        step(copy, schema)
    return copy.sql()


_known: dict[tuple[str, int], str] = {}


def _normal(text: str, query: exp.Query, schema: Schema) -> str:
    """The original after all steps, found once."""
    key = (text, id(schema))
    if key not in _known:
        _known[key] = _reduced(query, schema)
    return _known[key]
