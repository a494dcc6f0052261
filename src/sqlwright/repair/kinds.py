"""Where PostgreSQL refuses a value of the wrong kind and sqlglot reads it all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlglot import exp

from sqlwright.analyze.scope import COMPARISONS, owner
from sqlwright.repair.foreign import Foreign
from sqlwright.repair.pieces import Piece
from sqlwright.schema import Schema, kind_of

_SPANS = re.compile(r"\s*-?\d|.*\b(?:year|month|week|day|hour|minute|second)s?\b", re.I)


def wrong_kinds(
    text: str, pieces: Sequence[Piece], query: exp.Query, schema: Schema | None
) -> Foreign | None:
    """The first + between texts, or number that OR or AND joins; None where there is neither."""
    found = [*_joined_texts(pieces, query, schema or Schema(())), *_bare_values(text, query)]
    return min(found, key=lambda item: item.start, default=None)


def _joined_texts(pieces: Sequence[Piece], query: exp.Query, schema: Schema) -> Iterator[Foreign]:
    """+ where || joins texts; a text beside a date may be an interval, and is left."""
    for node in query.find_all(exp.Add):
        sides = (node.left, node.right)
        if not any(_is_text(side, schema) for side in sides):
            continue
        starts = [int(n.meta["start"]) for n in node.right.walk() if "start" in n.meta]
        before = [p for p in pieces if p.is_mark("+") and starts and p.start < min(starts)]
        if before:
            yield Foreign(before[-1].start, before[-1].end, "||", "|| joins texts, + adds numbers")


def _is_text(node: exp.Expr, schema: Schema) -> bool:
    node = node.unnest()
    if isinstance(node, exp.Literal):
        return node.is_string and not _SPANS.match(node.name)
    if isinstance(node, exp.Column):
        held = owner(node, schema)
        table = held[1].table if held is not None else None
        column = table.column(node.name) if table is not None else None
        return column is not None and kind_of(column.type) == "text"
    if isinstance(node, exp.Add):
        return _is_text(node.left, schema) or _is_text(node.right, schema)
    return isinstance(node, exp.DPipe | exp.Upper | exp.Lower | exp.Trim | exp.Concat)


def _bare_values(text: str, query: exp.Query) -> Iterator[Foreign]:
    """x = 1 OR 2: each side of OR is a condition."""
    for node in query.find_all(exp.Or):
        value, other = node.right, node.left
        while isinstance(other, exp.Or):
            other = other.right
        if not isinstance(value, exp.Literal) or "start" not in value.meta:
            continue
        start = int(value.meta["start"])
        if isinstance(other, exp.Literal):
            continue  # the one before it comes first
        if isinstance(other, COMPARISONS) and isinstance(other.this, exp.Column):
            first = [int(n.meta["start"]) for n in other.this.walk() if "start" in n.meta]
            last = [int(n.meta["start"]) for n in other.expression.walk() if "start" in n.meta]
            if first and last:
                again = text[min(first) : min(last)]
                yield Foreign(start, start, again, "each side of OR is a condition of its own")
