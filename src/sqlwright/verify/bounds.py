"""What is known of the values of terms that are equal: constants, bounds, NULL or not.

Numbers, dates and texts are apart: a comparison between them converts, each engine in its way. Two
texts differ only where no collation could make them equal.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from decimal import Decimal

from sqlwright.verify.algebra import Term

_EXACT = 2**24  # the largest integer up to which every float type is exact
_NUMBERS = ("int", "num")
Bound = tuple[Decimal | str, bool]  # (value, is the value itself excluded?)


@dataclass(slots=True)
class Known:
    """What is known of terms that are equal."""

    numbers: list[Decimal] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    low: dict[str, Bound] = field(default_factory=dict)  # by the space of values: number or date
    high: dict[str, Bound] = field(default_factory=dict)
    nonnull: bool = False
    null: bool = False


def valued(literal: Term, kind: str) -> tuple[str, Decimal | str]:
    """The space that a literal compares in with a term of the kind, and its value there.

    An integer compares as a number with anything, by the same conversion each time; a decimal only
    with exact numbers; a text with dates where it is a whole date, and with texts.
    """
    if literal.head == "int" and isinstance(literal.value, int):
        if abs(literal.value) <= _EXACT or kind in ("int", "num"):
            return "number", Decimal(literal.value)
    elif literal.head == "decimal" and isinstance(literal.value, str):
        if kind in ("int", "num") and literal.kind == "num" and len(literal.value) <= 15:
            return "number", Decimal(literal.value)
    elif literal.head == "text" and isinstance(literal.value, str):
        if kind == "date" and _is_date(literal.value):
            return "date", literal.value
        if kind == "text" and literal.value.isascii():
            return "text", literal.value
    return "", ""


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def put(found: Known, literal: Term, kind: str) -> bool:
    """Note that the terms equal a literal; False where it compares by a conversion."""
    space, value = valued(literal, kind)
    if space == "number" and isinstance(value, Decimal):
        found.numbers.append(value)
    elif space == "date":
        found.dates.append(str(value))
    elif space == "text":
        found.texts.append(str(value))
    return space != ""


def raise_low(found: Known, space: str, bound: Bound) -> None:
    """Note a lower bound, if it says more than the one known."""
    old = found.low.get(space)
    if old is None or bound > old:
        found.low[space] = bound


def lower_high(found: Known, space: str, bound: Bound) -> None:
    """Note an upper bound, if it says more than the one known."""
    old = found.high.get(space)
    if old is None or (bound[0], not bound[1]) < (old[0], not old[1]):
        found.high[space] = bound


def is_impossible(found: Known) -> bool:
    """Do the constants, bounds and NULLs contradict each other?"""
    if found.null and (found.nonnull or found.low or found.high):
        return True
    if len(set(found.numbers)) > 1 or len(set(found.dates)) > 1:
        return True
    if len({_loosely(text) for text in found.texts}) > 1:
        return True
    values: dict[str, list[Decimal | str]] = {
        "number": list(found.numbers),
        "date": list(found.dates),
    }
    for space, inside in values.items():
        low, high = found.low.get(space), found.high.get(space)
        if (
            low
            and high
            and (
                low[0] > high[0]  # type: ignore[operator]
                or (low[0] == high[0] and (low[1] or high[1]))
            )
        ):
            return True
        for value in inside:
            if low and (value < low[0] or (value == low[0] and low[1])):  # type: ignore[operator]
                return True
            if high and (value > high[0] or (value == high[0] and high[1])):  # type: ignore[operator]
                return True
    return False


def _loosely(text: str) -> str:
    """What is left of a text under the loosest collations: small letters and digits.

    Swedish takes v for w, Lithuanian i for y, and a numeric collation 01 for 1.
    """
    letters = text.lower().translate(str.maketrans("wyj", "vii"))
    return re.sub(r"0+(?=\d)", "", re.sub(r"[^a-z0-9]", "", letters))


def meet(left: str, right: str, dialect: str) -> bool:
    """May an equality of these kinds be built on, with no conversion between them?"""
    if left in _NUMBERS and right in _NUMBERS:
        return True
    # in SQLite a = b may hold under a collation that neither of a = 'x', b = 'x' has
    return left == right and left in (("date",) if dialect == "sqlite" else ("date", "text"))


def are_ordered(left: str, right: str) -> bool:
    """May a chain of < between terms of these kinds be followed?"""
    return (left in _NUMBERS and right in _NUMBERS) or (left == right == "date")
