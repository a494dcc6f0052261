"""Sound steps over grouping, conditions and subqueries of one SELECT; see `canonical.py`."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from sqlwright.schema import Schema
from sqlwright.verify import logic
from sqlwright.verify.algebra import (
    COMPARISONS,
    FALSE,
    LITERALS,
    TRUE,
    Product,
    Query,
    Select,
    SetQuery,
    Source,
    Term,
    change_query,
    chooses,
    folds,
    is_cut,
    is_plain,
    numbers,
    own_terms,
    replacing,
    terms,
)
from sqlwright.verify.algebra_terms import compared
from sqlwright.verify.key_joins import ignores_duplicates, meets_once, pinned


def distinct_as_groups(query: Select) -> Select:
    """SELECT DISTINCT is GROUP BY all outputs; needless where all keys of groups are outputs."""
    if not query.distinct:
        return query
    if query.group == ():
        return replace(query, distinct=False)
    if query.group and all(key in query.outputs or key.head in LITERALS for key in query.group):
        return replace(query, distinct=False)
    if query.group is None and not any(map(folds, (*query.outputs, *query.order))):
        if all(key.parts[0] in query.outputs for key in query.order):
            return replace(query, distinct=False, group=tuple(dict.fromkeys(query.outputs)))
    return query


def plain_group_keys(query: Select) -> Select:
    """Constants make no groups beside other keys; alone they make one, where there is any row."""
    if not query.group:
        return query
    keys = tuple(key for key in query.group if key.head not in LITERALS)
    keys = keys or (logic.integer(1),)
    return query if keys == query.group else replace(query, group=keys)


def having_to_where(query: Select) -> Select:
    """A condition on keys of groups alone is the same for all rows of a group: it filters before.

    Only comparisons of a key with a literal, and IS NULL: of texts that a collation groups together
    anything else may tell them apart.
    """
    if not query.group:
        return query
    moved = [term for term in query.having if _is_about_keys(term, query.group)]
    if not moved:
        return query
    kept = tuple(term for term in query.having if term not in moved)
    where = logic.conjuncts((*query.product.where, *moved))
    return replace(query, having=kept, product=replace(query.product, where=where))


def _is_about_keys(term: Term, keys: tuple[Term, ...]) -> bool:
    parts = [part for part in term.parts if isinstance(part, Term)]
    if term.head in ("and", "or", "not"):
        return all(_is_about_keys(part, keys) for part in parts)
    if term.head == "isnull":
        return parts[0] in keys
    if term.head in COMPARISONS:
        return all(part in keys or part.head in LITERALS for part in parts) and (
            sum(part.head in LITERALS for part in parts) == 1
        )
    return term in (TRUE, FALSE)


def groups_of_one(query: Select, schema: Schema) -> Select:
    """GROUP BY a NOT NULL key of every table in FROM makes a group of each row: no change."""
    tops = (*query.outputs, *query.order, *query.having)
    if not query.group or not query.product.items or any(map(folds, tops)):
        return query
    for item in query.product.items:
        table = (
            schema.table(item.body)
            if isinstance(item, Source) and isinstance(item.body, str)
            else None
        )
        if table is None or not isinstance(item, Source):
            return query
        certain = {key.value for key in query.group if key.head == "column" and key.certain}
        keys = [{(item.number, name.lower()) for name in key} for key in table.keys()]
        if not any(key <= certain for key in keys):
            return query
    where = logic.conjuncts((*query.product.where, *query.having))
    return replace(query, group=None, having=(), product=replace(query.product, where=where))


def filter_over_groups(query: Select) -> Select:
    """A SELECT that only filters what a grouped SELECT returns is that one with more in HAVING."""
    items = query.product.items
    if query.group is not None or query.having or len(items) != 1:
        return query
    (item,) = items
    inner = item.body if isinstance(item, Source) else None
    if not isinstance(inner, Select) or inner.group is None or is_cut(inner) or inner.distinct:
        return query
    tops = (*query.outputs, *query.order)
    if any(map(folds, tops)) or any(chooses(term) for term in inner.outputs):
        return query
    assert isinstance(item, Source)
    within = [
        part
        for term in (*tops, *query.product.where)
        for one in own_terms(term)
        for part in one.parts
        if not isinstance(part, Term)
    ]
    if any(item.number in numbers(part) for part in within):
        return query  # an aggregate would come to stand in a subquery
    found: dict[Hashable, Term] = {
        (item.number, name): term for name, term in zip(item.names, inner.outputs, strict=True)
    }
    changed = change_query(query, replacing(found))
    assert isinstance(changed, Select)
    return replace(
        changed,
        product=inner.product,
        group=inner.group,
        having=logic.conjuncts((*inner.having, *changed.product.where)),
    )


def existence(query: Query) -> Query | Term:
    """What EXISTS asks of a query: not its outputs, not how often; TRUE for a lone aggregate."""
    if not isinstance(query, Select):
        return (
            query if is_cut(query) or not isinstance(query, SetQuery) else replace(query, order=())
        )
    tops = (*query.outputs, *query.order)
    if any(inner.head == "node:strange" for term in tops for inner in terms(term)):
        return query
    if query.offset is not None:
        return query
    if query.limit is not None and (query.limit.head != "int" or query.limit.value in (0, None)):
        return query
    if query.group == () and not query.having:
        return TRUE
    group = query.group if query.having or not query.group else None
    return replace(query, outputs=(), order=(), distinct=False, limit=None, group=group)


def in_as_exists(term: Term, dialect: str) -> Term:
    """x IN (SELECT y ...) as a condition that has to be TRUE is EXISTS (... AND x = y).

    Not below NOT: there the NULL of IN and the FALSE of EXISTS part (SQL:1999 8.4, 8.10).
    """
    if term.head in ("and", "or"):
        parts = [in_as_exists(part, dialect) for part in term.parts if isinstance(part, Term)]
        return logic.both(parts) if term.head == "and" else logic.either(parts)
    if term.head != "in":
        return term
    left, query = term.parts
    if not isinstance(left, Term) or not isinstance(query, Select) or is_cut(query):
        return term
    if any(map(folds, query.outputs)) or query.group == () or query.having:
        return term
    if query.group and not all(o in query.group or o.head in LITERALS for o in query.outputs):
        return term
    pairs = zip(left.parts if left.head == "row" else (left,), query.outputs, strict=True)
    equal = [compared("=", a, b, dialect) for a, b in pairs if isinstance(a, Term)]
    where = logic.conjuncts((*query.product.where, *equal))
    product = replace(query.product, where=where)
    body = replace(query, product=product, group=None, distinct=False, order=(), outputs=())
    return Term("exists", (body,), kind="bool")


def semijoin_to_join(query: Select, dialect: str, schema: Schema) -> Select:
    """EXISTS of what meets at most one row, or where rows may repeat, is an inner join."""
    where = query.product.where
    for term in where:
        if term.head != "exists" or not isinstance(body := term.parts[0], Select):
            continue
        if not is_plain(replace(body, outputs=())) or body.limit is not None:
            continue
        once = meets_once(body.product, (), dialect, schema)
        if not once and not ignores_duplicates(query):
            continue
        rest = [other for other in where if other is not term]
        product = Product(
            (*query.product.items, *body.product.items),
            logic.conjuncts((*rest, *body.product.where)),
        )
        return replace(query, product=product)
    return query


def join_of_groups_to_semijoin(query: Select, dialect: str) -> Select:
    """An inner join with groups that are pinned by all their keys asks whether there is one."""
    for item in query.product.items:
        body = item.body if isinstance(item, Source) else None
        if not isinstance(item, Source) or not isinstance(body, Select) or is_cut(body):
            continue
        if not body.group or body.having or any(map(folds, body.outputs)):
            continue
        where = query.product.where
        moved: dict[Hashable, Term] = {}
        for name, output in zip(item.names, body.outputs, strict=True):
            if output.head in LITERALS and output.head != "null":
                moved[(item.number, name)] = output
            elif output in body.group:
                other = pinned(item.number, name, where, dialect)
                if other is not None and output.kind == other.kind == "int":
                    moved[(item.number, name)] = other
        keys = {
            output: moved[(item.number, name)]
            for name, output in zip(item.names, body.outputs, strict=True)
            if (item.number, name) in moved and output in body.group
        }
        if not set(body.group) <= keys.keys():
            continue
        links = [term for term in where if _links(term, moved)]
        rest = tuple(term for term in where if term not in links)
        items = tuple(one for one in query.product.items if one is not item)
        without = change_query(replace(query, product=Product(items, rest)), replacing(moved))
        assert isinstance(without, Select)
        if item.number in numbers(without):
            continue
        equal = [compared("=", other, key, dialect) for key, other in keys.items()]
        inner = replace(
            body,
            product=replace(body.product, where=logic.conjuncts((*body.product.where, *equal))),
            group=None, outputs=(), order=(), distinct=False,
        )  # fmt: skip
        conditions = (*without.product.where, Term("exists", (inner,), kind="bool"))
        return replace(without, product=Product(without.product.items, conditions))
    return query


def _links(term: Term, moved: dict[Hashable, Term]) -> bool:
    """Is it the equality by which a column is pinned? The subquery holds it from now on."""
    if term.head != "=":
        return False
    one, other = (part for part in term.parts if isinstance(part, Term))
    return moved.get(one.value) == other or moved.get(other.value) == one


def equal_columns(query: Select) -> Select:
    """Integer columns that WHERE makes equal stand for each other, and for a constant they equal.

    Only integers: equal values of other types may look different. It comes last, since a column
    then has several names.
    """
    where = query.product.where
    parent: dict[Hashable, Term] = {}
    classes: list[dict[Hashable, Term]] = []
    links: list[Term] = []
    for term in where:
        columns = [
            part
            for part in term.parts
            if isinstance(part, Term) and part.head == "column" and part.kind == "int"
        ]
        if term.head != "=" or len(columns) != 2:
            continue
        links.append(term)
        met = [one for one in classes if any(column.value in one for column in columns)]
        whole = {column.value: column for column in columns}
        for one in met:
            whole |= one
            classes.remove(one)
        classes.append(whole)
    for one in classes:
        members = tuple(one.values())
        same = Term("same", members, kind="int", certain=any(m.certain for m in members))
        parent |= dict.fromkeys(one, same)
    if not parent:
        return query
    rest = tuple(term for term in where if term not in links)
    kept = Product((), rest)
    changed = change_query(replace(query, product=kept), replacing(parent))
    assert isinstance(changed, Select)
    equal = tuple(Term("all same", tuple(one.values())) for one in classes)
    product = Product(query.product.items, (*changed.product.where, *equal))
    return replace(changed, product=product)


def constants(query: Select) -> Select:
    """An integer column that WHERE makes equal to a literal is that literal in other clauses."""
    found: dict[Hashable, Term] = {}
    links = []
    for term in query.product.where:
        for one, other in (term.parts, term.parts[::-1]) if term.head == "=" else ():
            assert isinstance(one, Term)
            if one.head == "column" and one.kind == "int" and isinstance(other, Term):
                if other.head == "int" and one.value not in found:
                    found[one.value] = other
                    links.append(term)
    if not found:
        return query
    by = replacing(found)
    rest = tuple(term for term in query.product.where if term not in links)
    changed = change_query(
        replace(query, product=Product((), rest)), lambda term: logic.refold(by(term))
    )
    assert isinstance(changed, Select)
    where = logic.conjuncts((*changed.product.where, *links))
    return replace(changed, product=Product(query.product.items, where))
