"""One text for all queries of the algebra that differ only in names and in orders without meaning.

Sources are labeled by what is said of them, refined until no two look alike or none can be told
apart (color refinement: Weisfeiler and Leman 1968). Texts that are equal show a renaming that turns
one query into the other, however the labels were found; texts that differ show nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter

from sqlwright.verify.algebra import (
    Node,
    Outer,
    Product,
    Query,
    Rows,
    Select,
    SetQuery,
    Source,
    Term,
    sources,
)

Labels = dict[int, str]
_ANY_ORDER = frozenset(("and", "or", "=", "<>", "same", "all same"))
_NUMBERS = ("int", "num", "real")


def label(query: Query) -> str:
    """The query as text, the same for all its renamings and reorderings that labels can see."""
    return _query(query, {}, 0)


def _query(query: Query, labels: Labels, depth: int) -> str:
    if isinstance(query, Rows):
        rows = [_all(row, labels, depth) for row in query.rows]
        return f"VALUES{sorted(rows)}"
    if isinstance(query, SetQuery):
        branches = [_query(branch, labels, depth + 1) for branch in query.branches]
        if query.operator != "except":
            branches.sort()
        name = query.operator + ("" if query.distinct else " all")
        return f"({name}{branches}{_tail(query, labels, depth)})"
    own = _labeled(query, labels, depth)
    return _select(query, {**labels, **own}, depth)


def _select(query: Select, labels: Labels, depth: int) -> str:
    group = "" if query.group is None else f" group{_set(query.group, labels, depth)}"
    distinct = " distinct" if query.distinct else ""
    return (
        f"(select{distinct}{_all(query.outputs, labels, depth)}"
        f" from {_product(query.product, labels, depth)}{group}"
        f" having{_set(query.having, labels, depth)}{_tail(query, labels, depth)})"
    )


def _tail(query: Select | SetQuery, labels: Labels, depth: int) -> str:
    cut = [t and _term(t, labels, depth) for t in (query.limit, query.offset)]
    return f" order{_all(query.order, labels, depth)} cut{cut}"


def _product(product: Product, labels: Labels, depth: int) -> str:
    items = sorted(_item(item, labels, depth) for item in product.items)
    return f"{items} where{_set(product.where, labels, depth)}"


def _item(item: Source | Outer, labels: Labels, depth: int) -> str:
    if isinstance(item, Source):
        return f"{labels.get(item.number, '?')}={_body(item, labels, depth)}"
    sides = [_product(side, labels, depth) for side in (item.left, item.right)]
    if item.kind == "full":
        sides.sort()
    return f"({item.kind}{sides} on{_set(item.on, labels, depth)})"


def _body(source: Source, labels: Labels, depth: int) -> str:
    if isinstance(source.body, str):
        return source.body
    return _query(source.body, labels, depth + 1)


def _all(terms: tuple[Term, ...], labels: Labels, depth: int) -> str:
    return str([_term(term, labels, depth) for term in terms])


def _set(terms: tuple[Term, ...], labels: Labels, depth: int) -> str:
    found = [_term(term, labels, depth) for term in terms]
    # what picks its rows freely may hold once and not the next time
    free = [text for text in found if _CUT.search(text)]
    return str(sorted([*({*found} - {*free}), *free]))


_CUT = re.compile(r" cut\[(?!None, None\])")


def _term(node: Node, labels: Labels, depth: int) -> str:
    if not isinstance(node, Term):
        return _query(node, labels, depth + 1)
    if node.head == "column":
        assert isinstance(node.value, tuple)
        number, name = node.value
        return f"{labels.get(number, '?')}.{name}"
    if not node.parts:
        return f"{node.head}:{node.value!r}"
    parts = [_term(part, labels, depth) for part in node.parts]
    if node.head in _ANY_ORDER or (node.head in ("+", "*") and _adds_a_number(node)):
        parts.sort()
    return f"{node.head}:{node.value!r}{parts}"


def _adds_a_number(term: Term) -> bool:
    # a number is added from either side; of two dates, lists or unknowns nobody knows
    return any(isinstance(part, Term) and part.kind in _NUMBERS for part in term.parts)


def _labeled(query: Select, outer: Labels, depth: int) -> Labels:
    """A label for each source of the SELECT, different ones for different sources."""
    own = list(sources(query.product))
    colors = {s.number: _digest(depth, _body(s, outer, depth)) for s in own}
    fixed = 0
    while len(set(colors.values())) < len(own):
        refined = _refined(query, colors, outer, depth)
        if len(set(refined.values())) > len(set(colors.values())):
            colors = refined
            continue
        # nothing tells them apart: any choice among likes gives a renaming
        counts = Counter(colors.values())
        color = min(color for color, count in counts.items() if count > 1)
        chosen = next(number for number, other in colors.items() if other == color)
        fixed += 1
        colors[chosen] = _digest(depth, f"{color} {fixed}")
    order = sorted(colors, key=lambda number: colors[number])
    return {number: f"t{depth}.{place}" for place, number in enumerate(order)}


def _refined(query: Select, colors: Labels, outer: Labels, depth: int) -> Labels:
    counts = Counter(colors.values())
    found = dict(colors)
    for number, color in colors.items():
        if counts[color] > 1:
            marked = {**outer, **colors, number: "*"}
            found[number] = _digest(depth, color + _select(query, marked, depth))
    return found


def _digest(depth: int, text: str) -> str:
    return f"{depth}" + hashlib.blake2b(text.encode(), digest_size=9).hexdigest()
