"""Queries as values of a small bag algebra: columns point at numbered sources, so no alias is left.

`algebra_reader.py` makes them from bound trees; the sound shortcuts reason over them. What the
algebra has no word for is refused there, never approximated.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Term:
    """An expression: a head, its parts, and what else tells it from others of that head.

    Attributes:
        head: `column`, `int`, `decimal`, `text`, `null`, `true`, `false`, `and`, `or`, `not`, `=`,
            `<>`, `<`, `<=`, `isnull`, `+`, `-`, `*`, `case`, `in`, `exists`, `query`, `row`, `key`
            (of an order), `same` (columns that are equal), or `node:` and the name of another node.
        kind: int, num, text, date, bool ... where that is certain, or else empty.
        certain: a column that the schema declares NOT NULL; an outer join may still fill it.
        shown: how the query writes it.
    """

    head: str
    parts: tuple[Node, ...] = ()
    value: Hashable = None
    kind: str = field(default="", compare=False)
    certain: bool = field(default=False, compare=False)
    shown: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Source:
    """One item of FROM: a table by name, or a query with the names of its columns."""

    number: int
    body: str | Query
    names: tuple[str, ...] = ()
    shown: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Outer:
    """A LEFT or FULL join; the right side of a LEFT join is filled with NULLs, of FULL both."""

    kind: str
    left: Product
    right: Product
    on: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """Items joined by an inner join, in no order, and what their rows have to pass together."""

    items: tuple[Source | Outer, ...] = ()
    where: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT. `group` is None without grouping, empty where all rows make one group."""

    number: int = field(compare=False)
    product: Product
    outputs: tuple[Term, ...]
    group: tuple[Term, ...] | None = None
    having: tuple[Term, ...] = ()
    distinct: bool = False
    order: tuple[Term, ...] = ()
    limit: Term | None = None
    offset: Term | None = None


@dataclass(frozen=True, slots=True)
class SetQuery:
    """UNION, INTERSECT or EXCEPT, ALL where not `distinct`; its order keys are positions."""

    operator: str
    distinct: bool
    branches: tuple[Query, ...]
    order: tuple[Term, ...] = ()
    limit: Term | None = None
    offset: Term | None = None


@dataclass(frozen=True, slots=True)
class Rows:
    """VALUES."""

    rows: tuple[tuple[Term, ...], ...]


Query = Select | SetQuery | Rows
Node = Term | Query

TRUE, FALSE, NULL = Term("true", kind="bool"), Term("false", kind="bool"), Term("null")
COMPARISONS = frozenset(("=", "<>", "<", "<="))
LITERALS = frozenset(("int", "decimal", "text", "true", "false", "null"))
_TRUTHS = COMPARISONS | {"true", "false", "and", "or", "not", "isnull", "in", "exists"}


def is_plain(query: Query) -> bool:
    """Does the query only select and filter, each row by itself?"""
    return (
        isinstance(query, Select)
        and query.group is None
        and not query.having
        and not query.distinct
        and query.limit is None
        and query.offset is None
        and not any(map(folds, (*query.outputs, *query.order)))
    )


_FOLDING = frozenset(("node:aggregate", "node:window", "node:strange"))


def own_terms(term: Term) -> Iterator[Term]:
    """The term and the terms inside, but for those of queries in it."""
    yield term
    for part in term.parts:
        if isinstance(part, Term):
            yield from own_terms(part)


def folds(term: Term) -> bool:
    """Does it hold an aggregate, a window, or a function not known to answer row by row?"""
    return any(inner.head in _FOLDING for inner in own_terms(term))


def aggregates(term: Term) -> list[Term]:
    """The aggregates in the term that fold the rows of its own SELECT."""
    return [inner for inner in own_terms(term) if inner.head == "node:aggregate"]


def is_cut(query: Query) -> bool:
    """Does LIMIT or OFFSET choose among the rows?"""
    return not isinstance(query, Rows) and (query.limit is not None or query.offset is not None)


def chooses(node: Node) -> bool:
    """May it answer differently when it is evaluated twice: by a LIMIT, or by numbering ties?"""
    if not isinstance(node, Term) and is_cut(node):
        return True
    if isinstance(node, Term):
        return node.head in ("node:window", "node:strange") or any(map(chooses, node.parts))
    return any(map(chooses, _inner_terms(node)))


def is_truth(term: Term) -> bool:
    """Is the value always TRUE, FALSE or NULL, whatever the dialect counts as true?"""
    return term.head in _TRUTHS


def width(query: Query) -> int:
    """The number of output columns."""
    if isinstance(query, Select):
        return len(query.outputs)
    if isinstance(query, Rows):
        return len(query.rows[0])
    return width(query.branches[0])


def terms(node: Node) -> Iterator[Term]:
    """Every term in the node, those of queries inside included, outermost first."""
    if isinstance(node, Term):
        yield node
        for part in node.parts:
            yield from terms(part)
    else:
        for inner in _inner_terms(node):
            yield from terms(inner)


def _inner_terms(query: Query) -> Iterator[Node]:
    if isinstance(query, Select):
        yield from product_nodes(query.product)
        yield from (*query.outputs, *(query.group or ()), *query.having, *query.order)
    elif isinstance(query, SetQuery):
        yield from query.branches
    else:
        for row in query.rows:
            yield from row


def product_nodes(product: Product) -> Iterator[Node]:
    """The conditions and derived tables of a product, in every join of it."""
    yield from product.where
    for item in product.items:
        if isinstance(item, Outer):
            yield from item.on
            yield from product_nodes(item.left)
            yield from product_nodes(item.right)
        elif not isinstance(item.body, str):
            yield item.body


def sources(product: Product) -> Iterator[Source]:
    """The sources of the product and of the outer joins in it."""
    for item in product.items:
        if isinstance(item, Outer):
            yield from sources(item.left)
            yield from sources(item.right)
        else:
            yield item


def numbers(node: Node | Product) -> frozenset[int]:
    """The numbers of all sources whose columns the node reads."""
    nodes = product_nodes(node) if isinstance(node, Product) else (node,)
    return frozenset(
        term.value[0]
        for inner in nodes
        for term in terms(inner)
        if term.head == "column" and isinstance(term.value, tuple)
    )


def padded(node: Node) -> frozenset[int]:
    """The numbers of the sources that some outer join of the query may fill with NULLs."""
    found: set[int] = set()
    _pad(node, found)
    return frozenset(found)


def _pad(node: Node, found: set[int]) -> None:
    if isinstance(node, Select):
        _pad_product(node.product, found)
    for inner in node.parts if isinstance(node, Term) else _inner_terms(node):
        _pad(inner, found)


def _pad_product(product: Product, found: set[int]) -> None:
    for item in product.items:
        if isinstance(item, Outer):
            found.update(_deep_numbers(item.right))
            if item.kind != "left":
                found.update(_deep_numbers(item.left))
            _pad_product(item.left, found)
            _pad_product(item.right, found)


def _deep_numbers(product: Product) -> Iterator[int]:
    """Those of derived tables' own sources too: once merged, they are padded themselves."""
    for source in sources(product):
        yield source.number
        bodies = [source.body]
        while bodies:
            body = bodies.pop()
            if isinstance(body, Select):
                yield from _deep_numbers(body.product)
            elif isinstance(body, SetQuery):
                bodies += body.branches


Change = Callable[[Term], Term]


def change(node: Term, by: Change) -> Term:
    """The term with `by` applied to it and all terms inside, innermost first."""
    if node.parts:
        parts = tuple(
            change(p, by) if isinstance(p, Term) else change_query(p, by) for p in node.parts
        )
        if parts != node.parts:
            node = replace(node, parts=parts)
    return by(node)


def change_all(nodes: tuple[Term, ...], by: Change) -> tuple[Term, ...]:
    """`change` for each."""
    return tuple(change(node, by) for node in nodes)


def change_query(query: Query, by: Change) -> Query:
    """The query with `change` applied to every term of it."""
    if isinstance(query, Select):
        return replace(
            query,
            product=change_product(query.product, by),
            outputs=change_all(query.outputs, by),
            group=None if query.group is None else change_all(query.group, by),
            having=change_all(query.having, by),
            order=change_all(query.order, by),
        )
    if isinstance(query, SetQuery):
        branches = tuple(change_query(branch, by) for branch in query.branches)
        return replace(query, branches=branches)
    return Rows(tuple(change_all(row, by) for row in query.rows))


def change_product(product: Product, by: Change) -> Product:
    """The product with `change` applied to every term of it."""
    items: list[Source | Outer] = []
    for item in product.items:
        if isinstance(item, Outer):
            left, right = change_product(item.left, by), change_product(item.right, by)
            items.append(replace(item, left=left, right=right, on=change_all(item.on, by)))
        elif isinstance(item.body, str):
            items.append(item)
        else:
            items.append(replace(item, body=change_query(item.body, by)))
    return Product(tuple(items), change_all(product.where, by))


def replacing(found: dict[Hashable, Term]) -> Change:
    """A change that puts terms in the place of columns, by the columns' values."""

    def by(term: Term) -> Term:
        return found.get(term.value, term) if term.head == "column" else term

    return by


def output_kinds(query: Query) -> tuple[str, ...]:
    """What each output column certainly holds, or an empty text."""
    if isinstance(query, Select):
        return tuple(term.kind for term in query.outputs)
    inner = [tuple(t.kind for t in row) for row in query.rows] if isinstance(query, Rows) else [
        output_kinds(branch) for branch in query.branches
    ]  # fmt: skip
    return tuple(kinds[0] if len(set(kinds)) == 1 else "" for kinds in zip(*inner, strict=True))
