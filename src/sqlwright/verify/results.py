"""Comparing two results as SQL means it: as bags of rows, in order only where one was asked for.

Numbers compare by value with a tolerance (sums of floats depend on their order), NULL equals NULL.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Row = tuple[Any, ...]

#: Relative difference below which two numbers count as equal.
TOLERANCE = 1e-9


def same_bag(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Are these the same rows the same number of times, in any order?"""
    if len(left) != len(right):
        return False
    first, second = [tuple(map(plain, row)) for row in left], [tuple(map(plain, r)) for r in right]
    if Counter(map(_rounded, first)) == Counter(map(_rounded, second)):
        return True
    # rounding may split two numbers that are nearly equal: compare them in sorted order
    first.sort(key=_sort_key)
    second.sort(key=_sort_key)
    return all(same_row(a, b) for a, b in zip(first, second, strict=True))


def is_part_of(part: Sequence[Row], whole: Sequence[Row]) -> bool:
    """Is every row of `part` in `whole`, at least as many times?"""
    available = Counter(_rounded(tuple(map(plain, row))) for row in whole)
    wanted = Counter(_rounded(tuple(map(plain, row))) for row in part)
    return all(available[row] >= count for row, count in wanted.items())


def same_sequence(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Are these the same rows in the same order?"""
    return len(left) == len(right) and all(
        same_row(tuple(map(plain, a)), tuple(map(plain, b)))
        for a, b in zip(left, right, strict=True)
    )


def same_row(left: Row, right: Row) -> bool:
    """Are the rows equal, numbers within the tolerance?"""
    return len(left) == len(right) and all(map(_same, left, right))


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, float | int) and isinstance(right, float | int):
        if isinstance(left, float) and math.isnan(left):
            return isinstance(right, float) and math.isnan(right)
        return math.isclose(left, right, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(left == right)


def plain(value: Any) -> Any:
    """The value in a form that both engines share: numbers as int or float, dates as ISO text."""
    if isinstance(value, bool):
        return int(value)  # engines without booleans answer 0 and 1
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | dict | set):
        return repr(value)
    return value


def _rounded(row: Row) -> Row:
    return tuple(float(f"{v:.10g}") if isinstance(v, float) else v for v in row)


def _sort_key(row: Row) -> tuple[tuple[str, Any], ...]:
    # numbers sort by value, or else 2 and 2.0000000001 would be far apart
    return tuple(
        ("number", 0.0 if isinstance(v, float) and math.isnan(v) else round(float(v), 6))
        if isinstance(v, int | float)
        else (type(v).__name__, str(v))
        for v in row
    )
