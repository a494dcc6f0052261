"""Sound steps that rest on keys: joins that change nothing go, rows that are one become one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace

from sqlwright.schema import Schema, Table
from sqlwright.verify import logic
from sqlwright.verify.algebra import (
    LITERALS,
    Outer,
    Product,
    Query,
    Select,
    Source,
    Term,
    aggregates,
    change_query,
    folds,
    numbers,
    replacing,
    terms,
)
from sqlwright.verify.joins import numbers_of_all


def ignores_duplicates(query: Select) -> bool:
    """Would the query answer the same if its rows before grouping came any number of times?"""
    if any(map(folds, (*query.outputs, *query.order, *query.having))):
        return False
    return query.distinct or bool(query.group)


def drop_left_joins(query: Select, dialect: str, schema: Schema) -> Select:
    """A LEFT join of which nothing is read goes, if it meets at most one row, or rows may repeat.

    It keeps every row of its left side; a key that ON pins lets no row come twice.
    """
    for item in query.product.items:
        if not isinstance(item, Outer) or item.kind != "left":
            continue
        others = tuple(one for one in query.product.items if one is not item)
        items = (*others, *item.left.items)
        product = Product(items, (*query.product.where, *item.left.where))
        without = replace(query, product=product)
        if _read_numbers(without) & numbers_of_all(item.right):
            continue
        once = meets_once(item.right, item.on, dialect, schema)
        if once or ignores_duplicates(query):
            return without
    return query


def _read_numbers(query: Query) -> frozenset[int]:
    return frozenset(
        term.value[0]
        for term in terms(query)
        if term.head == "column" and isinstance(term.value, tuple)
    )


def meets_once(product: Product, conditions: Iterable[Term], dialect: str, schema: Schema) -> bool:
    """Do the conditions let at most one row of the product through, for given rows around it?"""
    if len(product.items) != 1 or not isinstance(source := product.items[0], Source):
        return False
    known = (*conditions, *product.where)
    if isinstance(source.body, str):
        table = schema.table(source.body)
        keys = table.keys() if table is not None else ()
        return any(
            all(pinned(source.number, name.lower(), known, dialect) is not None for name in key)
            for key in keys
        )
    body = source.body
    if not isinstance(body, Select) or any(aggregates(term) for term in body.group or ()):
        return False
    if body.group == ():
        return True
    return bool(body.group) and all(
        any(
            output == key and pinned(source.number, name, known, dialect) is not None
            for name, output in zip(source.names, body.outputs, strict=True)
        )
        for key in body.group or ()
    )


def pinned(number: int, name: str, conditions: Iterable[Term], dialect: str) -> Term | None:
    """What a column has to equal by one of the conditions, where no conversion lies between.

    MySQL's text key = 1 holds for '1' and for '01'; in SQLite a text may compare by the collation
    of the other side, under which two values of a key are equal.
    """
    for term in conditions:
        if term.head != "=":
            continue
        for one, other in (term.parts, term.parts[::-1]):
            assert isinstance(one, Term)
            assert isinstance(other, Term)
            if one.head != "column" or one.value != (number, name) or number in numbers(other):
                continue
            if one.kind in ("int", "num") and other.kind in ("int", "num"):
                return other
            plain = one.kind == other.kind and one.kind in ("text", "date")
            if plain and (dialect != "sqlite" or other.head in LITERALS):
                return other
    return None


def drop_parents(query: Select, dialect: str, schema: Schema) -> Select:
    """An inner join from a foreign key to what it references goes, if nothing else is read of it.

    The declared key says that each row whose foreign key is not NULL meets exactly one parent. So
    it rests on that declaration, which SQLite keeps only with PRAGMA foreign_keys = ON.
    """
    for item in query.product.items:
        if not isinstance(item, Source) or not isinstance(item.body, str):
            continue
        target = schema.table(item.body)
        for child in query.product.items:
            if target is None or child is item or not isinstance(child, Source):
                continue
            if isinstance(child.body, str) and (table := schema.table(child.body)):
                dropped = _without_parent(query, item, target, child, table)
                if dropped is not None:
                    return dropped
    return query


def _without_parent(
    query: Select, item: Source, target: Table, child: Source, table: Table
) -> Select | None:
    for key in table.foreign_keys:
        references = tuple(name.lower() for name in key.references)
        unique = {frozenset(name.lower() for name in k) for k in target.keys()}
        if key.table.lower() != target.name.lower() or frozenset(references) not in unique:
            continue
        own = tuple(name.lower() for name in key.columns)
        equal = [
            _equality(query.product.where, (child.number, o), (item.number, r))
            for o, r in zip(own, references, strict=True)
        ]
        links = [term for term in equal if term is not None and _is_of_one_kind(term)]
        if len(links) < len(equal):
            continue
        moved: dict[Hashable, Term] = {}
        for link in links:
            a, b = (part for part in link.parts if isinstance(part, Term))
            parent, foreign = (
                (a, b) if a.value in {(item.number, r) for r in references} else (b, a)
            )
            if parent.kind == foreign.kind == "int":  # of other types equals may look different
                moved[parent.value] = foreign
        where = [term for term in query.product.where if term not in links]
        where += [
            logic.negate(logic.is_null(part))
            for link in links
            for part in link.parts
            if isinstance(part, Term)
            and part.value not in moved
            and isinstance(part.value, tuple)
            and part.value[0] == child.number
            and not part.certain
        ]
        items = tuple(one for one in query.product.items if one is not item)
        without = change_query(
            replace(query, product=Product(items, logic.conjuncts(where))), replacing(moved)
        )
        assert isinstance(without, Select)
        if item.number not in _read_numbers(without):
            return without
    return None


def _is_of_one_kind(term: Term) -> bool:
    return len({part.kind for part in term.parts if isinstance(part, Term)}) == 1


def _equality(conditions: tuple[Term, ...], left: Hashable, right: Hashable) -> Term | None:
    for term in conditions:
        if term.head == "=":
            values = [
                part.value
                for part in term.parts
                if isinstance(part, Term) and part.head == "column"
            ]
            if values in ([left, right], [right, left]):
                return term
    return None


def drop_twins(query: Select, schema: Schema) -> Select:
    """Two instances of a table that are equal on a NOT NULL key are one row: one of them goes."""
    plain = [
        item
        for item in query.product.items
        if isinstance(item, Source) and isinstance(item.body, str)
    ]
    for place, one in enumerate(plain):
        for other in plain[place + 1 :]:
            table = schema.table(str(one.body))
            if one.body != other.body or table is None:
                continue
            for key in table.keys():
                links = [
                    _equality(
                        query.product.where, (one.number, n.lower()), (other.number, n.lower())
                    )
                    for n in key
                ]
                if all(link is not None and _are_certain(link) for link in links):
                    return _one_of(query, one, other, links)
    return query


def _are_certain(link: Term) -> bool:
    return all(isinstance(part, Term) and part.certain for part in link.parts)


def _one_of(query: Select, one: Source, other: Source, links: list[Term | None]) -> Select:
    found: dict[Hashable, Term] = {
        term.value: replace(term, value=(one.number, term.value[1]), shown="")
        for term in terms(query)
        if term.head == "column" and isinstance(term.value, tuple) and term.value[0] == other.number
    }
    where = tuple(term for term in query.product.where if term not in links)
    items = tuple(item for item in query.product.items if item is not other)
    changed = change_query(replace(query, product=Product(items, where)), replacing(found))
    assert isinstance(changed, Select)
    return changed
