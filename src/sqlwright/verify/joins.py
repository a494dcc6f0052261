"""Sound steps over the FROM of one SELECT: derived tables merged, outer joins that are inner ones
turned, joins that change nothing dropped.

Each is an identity of the bag algebra under three-valued logic, and says by what argument. A step
returns the SELECT itself where it finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from sqlwright.verify import logic
from sqlwright.verify.algebra import (
    COMPARISONS,
    Outer,
    Product,
    Query,
    Rows,
    Select,
    Source,
    Term,
    change_query,
    chooses,
    is_plain,
    numbers,
    replacing,
    sources,
    terms,
)


def merge_derived(query: Select) -> Select:
    """A derived table that only selects and filters becomes part of the FROM around it.

    A product of filtered products is the filtered product (bag algebra: Dayal, Goodman and Katz,
    PODS 1982). On a side that an outer join fills with NULLs only if its outputs are its own
    tables' columns: any other output would be NULL there, and is not once it is computed above.
    """
    found: dict[Hashable, Term] = {}
    product = _merged(query.product, query, found, filled=False)
    if product is query.product:
        return query
    changed = change_query(replace(query, product=product), replacing(found))
    assert isinstance(changed, Select)
    return changed


def _merged(product: Product, query: Select, found: dict[Hashable, Term], filled: bool) -> Product:
    items: list[Source | Outer] = []
    where = list(product.where)
    for item in product.items:
        if isinstance(item, Outer):
            left = _merged(item.left, query, found, filled or item.kind == "full")
            right = _merged(item.right, query, found, True)
            same = left is item.left and right is item.right
            items.append(item if same else replace(item, left=left, right=right))
            continue
        body = _as_select(item.body)
        if (
            found
            or body is None
            or not is_plain(body)
            or chooses(body)
            or (filled and not _is_own(item, body, query))
        ):
            items.append(item)  # one at a time: the next may read what was put in its place
            continue
        found.update(
            ((item.number, name), term) for name, term in zip(item.names, body.outputs, strict=True)
        )
        items += body.product.items
        where += body.product.where
    if len(items) == len(product.items) and all(map(_is, items, product.items)):
        return product
    return Product(tuple(items), tuple(where))


def _is(one: object, other: object) -> bool:
    return one is other


def _as_select(body: str | Query) -> Select | None:
    if isinstance(body, Rows) and len(body.rows) == 1:
        return Select(0, Product(), body.rows[0])  # VALUES of one row
    return body if isinstance(body, Select) else None


def _is_own(item: Source, body: Select, query: Select) -> bool:
    own = {source.number for source in sources(body.product)}
    used = {term.value for term in terms(query) if term.head == "column"}
    return bool(body.product.items) and all(
        (item.number, name) not in used
        or (term.head == "column" and isinstance(term.value, tuple) and term.value[0] in own)
        for name, term in zip(item.names, body.outputs, strict=True)
    )


def lift_conditions(query: Select) -> Select:
    """What a LEFT join's sides have to pass moves to where it decides the same.

    A condition of the preserved side filters before or after the join alike; one of the other side
    belongs to ON (Galindo-Legaria and Rosenthal, TODS 1997). Items of the preserved side that ON
    does not read meet the join from outside: each of their rows meets each of its rows either way.
    """
    product = _lifted(query.product)
    return query if product is query.product else replace(query, product=product)


def _lifted(product: Product) -> Product:
    items: list[Source | Outer] = []
    where = list(product.where)
    changed = False
    for item in product.items:
        if not isinstance(item, Outer):
            items.append(item)
            continue
        left, right = _lifted(item.left), _lifted(item.right)
        if item.kind == "full":
            new: Source | Outer = replace(item, left=left, right=right)
        else:
            read = frozenset().union(*map(numbers, item.on), numbers(right))
            inside = [one for one in left.items if read & _numbers_of(one)]
            outside = [one for one in left.items if not read & _numbers_of(one)]
            if not inside:
                inside, outside = list(left.items), []
            on = logic.conjuncts((*item.on, *right.where))
            new = Outer("left", Product(tuple(inside)), Product(right.items), on)
            where += left.where
            items += outside
        changed |= new != item
        items.append(new if new != item else item)
    return Product(tuple(items), logic.conjuncts(where)) if changed else product


def _numbers_of(item: Source | Outer) -> frozenset[int]:
    return frozenset(source.number for source in sources(Product((item,))))


def outer_to_inner(query: Select) -> Select:
    """An outer join whose NULL rows the WHERE refuses is the narrower join.

    A comparison, or IS NOT NULL, of a column of the filled side is not TRUE on a filled row
    (null-rejecting predicates: Galindo-Legaria and Rosenthal, TODS 1997, section 2.2).
    """
    product = query.product
    items: list[Source | Outer] = []
    where = list(product.where)
    changed = False
    for item in product.items:
        if not isinstance(item, Outer):
            items.append(item)
            continue
        left, right = numbers_of_all(item.left), numbers_of_all(item.right)
        needs_right = any(_rejects(term, right) for term in product.where)
        needs_left = item.kind == "full" and any(_rejects(term, left) for term in product.where)
        if needs_right and (item.kind == "left" or needs_left):
            items += [*item.left.items, *item.right.items]
            where += [*item.on, *item.left.where, *item.right.where]
        elif needs_right:  # the rows of the left side alone are gone
            items.append(Outer("left", item.right, item.left, item.on))
        elif needs_left:
            items.append(Outer("left", item.left, item.right, item.on))
        else:
            items.append(item)
            continue
        changed = True
    if not changed:
        return query
    return replace(query, product=Product(tuple(items), logic.conjuncts(where)))


def numbers_of_all(product: Product) -> frozenset[int]:
    """The numbers of the sources in the product, those of outer joins in it too."""
    return frozenset(source.number for source in sources(product))


def _rejects(term: Term, filled: frozenset[int]) -> bool:
    parts = [part for part in term.parts if isinstance(part, Term)]
    if term.head == "or":
        return all(_rejects(part, filled) for part in parts)
    if term.head == "and":
        return any(_rejects(part, filled) for part in parts)
    if term.head == "not" and parts[0].head == "isnull":
        return any(_is_strict(p, filled) for p in parts[0].parts if isinstance(p, Term))
    return term.head in COMPARISONS and any(_is_strict(part, filled) for part in parts)


def _is_strict(term: Term, filled: frozenset[int]) -> bool:
    """Is it NULL once these sources are?"""
    if term.head == "column" and isinstance(term.value, tuple):
        return term.value[0] in filled
    if term.head in ("+", "-", "*"):
        return any(_is_strict(part, filled) for part in term.parts if isinstance(part, Term))
    return False
