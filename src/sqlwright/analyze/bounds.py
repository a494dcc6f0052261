"""Comparisons of a column with a constant: which exclude one another, and which imply one another.

A generated WHERE may hold thousands of them. What excludes or implies a comparison at all is found
among the few of its column that reach furthest, so nobody compares each with each.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from decimal import Decimal, InvalidOperation

from sqlglot import exp

from sqlwright.analyze.scope import COMPARISONS, sides

Bound = tuple[exp.Column, type[exp.Expr], Decimal]

#: Places among conditions: of the strictest bounds, the least and greatest value, the first of each
Furthest = dict[Hashable, int]

_FLOORS, _CEILINGS = (exp.GT, exp.GTE), (exp.LT, exp.LTE)


def number_of(node: exp.Expr) -> Decimal | None:
    """The value of a number as written, a sign before it included; None for anything else."""
    node = node.unnest()
    if isinstance(node, exp.Neg):
        inner = number_of(node.this)
        return -inner if inner is not None else None
    if not isinstance(node, exp.Literal) or node.is_string:
        return None
    try:
        return Decimal(node.name)
    except InvalidOperation:
        return None


def compare(kind: type[exp.Expr], left: Decimal, right: Decimal) -> bool:
    """What the comparison says of two numbers."""
    holds = {
        exp.EQ: left == right,
        exp.NEQ: left != right,
        exp.GT: left > right,
        exp.GTE: left >= right,
        exp.LT: left < right,
        exp.LTE: left <= right,
    }
    return holds[kind]  # type: ignore[index]


def bound_of(part: exp.Expr) -> Bound | None:
    """(column, comparison, number) of a comparison with a number, the column on the left."""
    if not isinstance(part, COMPARISONS):
        return None
    for column, value, how in sides(part):
        number = number_of(value)
        if isinstance(column, exp.Column) and number is not None:
            return column, how, number
    return None


def implies(tight: Bound, loose: Bound) -> bool:
    """Whether every value that meets the first comparison meets the second, of one column."""
    (_, how, number), (_, other, bound) = tight, loose
    if how is exp.EQ:
        return compare(other, number, bound)
    if how in _FLOORS and other in _FLOORS:
        return number > bound or (number == bound and (how is exp.GT or other is exp.GTE))
    if how in _CEILINGS and other in _CEILINGS:
        return number < bound or (number == bound and (how is exp.LT or other is exp.LTE))
    return False


def cannot_both(first: exp.Expr, second: exp.Expr) -> bool:
    """Whether no value of a column meets both comparisons."""
    if not isinstance(first, COMPARISONS) or not isinstance(second, COMPARISONS):
        return False
    for column, value, how in sides(first):
        for other, bound, other_how in sides(second):
            if isinstance(column, exp.Column) and column == other:
                return _exclude(how, value, other_how, bound)
    return False


def _exclude(
    how: type[exp.Expr], value: exp.Expr, other_how: type[exp.Expr], bound: exp.Expr
) -> bool:
    low, high = number_of(value), number_of(bound)
    if low is not None and high is not None:
        if how is exp.EQ:
            return not compare(other_how, low, high)
        if other_how is exp.EQ:
            return not compare(how, high, low)
        if how in _CEILINGS:
            how, low, other_how, high = other_how, high, how, low
        if how not in _FLOORS or other_how not in _CEILINGS:
            return False
        return low > high or (low == high and not (how is exp.GTE and other_how is exp.LTE))
    texts = (value, bound)
    if how is exp.EQ and other_how is exp.EQ and all(isinstance(t, exp.Literal) for t in texts):
        names = {text.name.rstrip().lower() for text in texts}
        return len(names) > 1 and value.is_string == bound.is_string
    return False


def furthest(parts: Sequence[exp.Expr]) -> Furthest:
    """Where among the conditions those stand that `rivals` chooses from, the first of equals."""
    kept: Furthest = {}
    bounds = [bound_of(part) for part in parts]
    for at, (part, bound) in enumerate(zip(parts, bounds, strict=True)):
        if bound is not None:
            column, how, number = bound
            kept.setdefault((column, how, number), at)
            for end in _ends(how):
                there = kept.get((column, end))
                if there is None or _is_further(end, bound, bounds[there]):
                    kept[column, end] = at
        if (text := _text_of(part)) is not None:
            column, is_string, name = text
            first = _text_of(parts[kept.setdefault((column, is_string), at)])
            if first is not None and first[2] != name:
                kept.setdefault((column, is_string, "another"), at)
    return kept


def _ends(how: type[exp.Expr]) -> tuple[str, ...]:
    if how is exp.EQ:
        return "least", "most"
    if how in _FLOORS:
        return ("floor",)
    return ("ceiling",) if how in _CEILINGS else ()


def _is_further(end: str, bound: Bound, than: Bound | None) -> bool:
    assert than is not None
    if end == "least":
        return bound[2] < than[2]
    if end == "most":
        return bound[2] > than[2]
    return implies(bound, than) and not implies(than, bound)


def _text_of(part: exp.Expr) -> tuple[exp.Column, bool, str] | None:
    """(column, whether it is a text, what it says) of a column that equals a literal."""
    if not isinstance(part, exp.EQ):
        return None
    for column, value, _ in sides(part):
        if isinstance(column, exp.Column) and isinstance(value, exp.Literal):
            return column, bool(value.is_string), value.name.rstrip().lower()
    return None


def rivals(part: exp.Expr, kept: Furthest) -> Iterator[int]:
    """A few places of `furthest`: if any condition there excludes or implies `part`, one of these.

    One that implies it without being implied, or that stands before it, is among them as well. The
    place of `part` itself may be.
    """
    keys: list[Hashable] = []
    if (bound := bound_of(part)) is not None:
        column, _, number = bound
        keys += [(column, end) for end in ("floor", "ceiling", "least", "most")]
        keys += [(column, kind, number) for kind in (exp.EQ, exp.NEQ)]
    if (text := _text_of(part)) is not None:
        keys += [text[:2], (*text[:2], "another")]
    return (kept[key] for key in keys if key in kept)


def clash(parts: Sequence[exp.Expr]) -> tuple[exp.Expr, exp.Expr] | None:
    """The first two conditions on one column that no value meets together."""
    kept = furthest(parts)
    for at, part in enumerate(parts):
        if any(cannot_both(part, parts[n]) for n in rivals(part, kept)):
            later = (other for other in parts[at + 1 :] if cannot_both(part, other))
            return next(((part, other) for other in later), None)
    return None


def is_implied(at: int, given: Sequence[exp.Expr], kept: Furthest) -> bool:
    """Whether a stricter comparison among `given` implies the one at that place.

    Of comparisons that say the same the first implies the others. `kept` is `furthest(given)`.
    """
    bound = bound_of(given[at])
    if bound is None:
        return False
    for n in rivals(given[at], kept):
        tighter = bound_of(given[n])
        if n == at or tighter is None or not implies(tighter, bound):
            continue
        if n < at or not implies(bound, tighter):
            return True
    return False
