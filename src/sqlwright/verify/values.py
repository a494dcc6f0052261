"""Values worth trying in a column: around the constants that the queries compare it with.

Every value is a plain Python value that both scratch engines take: int, float, bool, str (dates and
timestamps as ISO text), or None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import chain

Value = int | float | bool | str | None

_DEFAULTS: dict[str, tuple[Value, ...]] = {
    "int": (0, 1, 2, 3, -1, 7),
    "num": (0.0, 1.0, 2.5, 10.0, -1.5, 100.0),
    "real": (0.0, 1.0, 2.5, 10.0, -1.5, 100.0),
    "bool": (True, False),
    "text": ("a", "b", "ab", "B", ""),
    "date": ("2020-01-01", "2019-12-31", "2020-02-29", "2021-06-15"),
    "timestamp": ("2020-01-01 00:00:00", "2019-12-31 23:59:59", "2020-02-29 12:30:00"),
    "time": ("00:00:00", "12:30:00", "23:59:59"),
    "other": ("a", "b"),
}


def defaults(kind: str) -> tuple[Value, ...]:
    """Values of a kind (`schema.kind_of`) that no constant asks for."""
    return _DEFAULTS[kind]


def coerce(kind: str, constant: Value) -> Value:
    """The constant as a value of the kind, or None where it is none."""
    if constant is None:
        return None
    try:
        if kind == "int":
            # 2.5 is no int, but the ints around it decide a comparison with it
            return int(float(constant))
        if kind in ("num", "real"):
            return round(float(constant), 4)
        if kind == "bool":
            return constant if isinstance(constant, bool) else str(constant).lower() in _TRUE
        if kind == "date":
            return date.fromisoformat(str(constant)[:10]).isoformat()
        if kind == "timestamp":
            return _timestamp(datetime.fromisoformat(str(constant)))
    except (ValueError, OverflowError):
        return None
    return str(constant)


_TRUE = ("1", "t", "true", "1.0")


def _timestamp(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def around(kind: str, constant: Value) -> tuple[Value, ...]:
    """The constant and its neighbors, the constant first: c, c-1, c+1 and the like."""
    value = coerce(kind, constant)
    if value is None:
        return ()
    if isinstance(value, bool):
        return (value, not value)
    if isinstance(value, int):
        return (value, value - 1, value + 1)
    if isinstance(value, float):
        return (value, round(value - 0.01, 4), round(value + 0.01, 4), value + 1, value - 1)
    if kind == "date" or (kind == "text" and _is_date(value)):
        return tuple(_dates(date.fromisoformat(value)))
    if kind == "timestamp":
        return tuple(_moments(datetime.fromisoformat(value)))
    if kind == "time":
        return (value,)
    return tuple(dict.fromkeys((value, value + "x", value[:-1], value.swapcase())))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _dates(day: date) -> list[str]:
    """The day, the days beside it, and the same day of the months and years beside it."""
    steps = (0, -1, 1, -31, 31, -365, 366)
    return [(day + timedelta(days=step)).isoformat() for step in steps if 2 < day.year < 9998]


def _moments(moment: datetime) -> list[str]:
    midnight = moment.replace(hour=0, minute=0, second=0)
    found = [moment + timedelta(seconds=step) for step in (0, -1, 1, -86400, 86400)]
    found += [midnight, midnight + timedelta(days=1, seconds=-1)]
    return list(dict.fromkeys(_timestamp(item) for item in found))


def like_texts(pattern: str) -> tuple[str, ...]:
    """Texts that match a LIKE pattern, then texts that almost do."""
    bare = pattern.replace("%", "").replace("_", "a")
    filled = pattern.replace("%", "x").replace("_", "b")
    return tuple(dict.fromkeys((bare, filled, filled[1:], filled[:-1], "x" + filled, filled + "x")))


def matches_like(text: str, pattern: str, *, ignore_case: bool = False) -> bool:
    """Does the text match the LIKE pattern?"""
    parts = (".*" if c == "%" else "." if c == "_" else re.escape(c) for c in pattern)
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.fullmatch("".join(parts), text, flags) is not None


def year_dates(year: int) -> tuple[str, ...]:
    """Days at both edges of a year."""
    if not 2 < year < 9998:
        return ()
    return (
        f"{year}-01-01",
        f"{year}-12-31",
        f"{year}-07-01",
        f"{year - 1}-12-31",
        f"{year + 1}-01-01",
    )


def pool(kind: str, constants: Iterable[Value], width: int) -> tuple[Value, ...]:
    """Distinct values for a column: around its constants, then `width` of the kind's defaults."""
    near = chain.from_iterable(around(kind, constant) for constant in constants)
    found = tuple(dict.fromkeys(near))
    # types are part of the key, or else True would equal 1
    keyed = {(type(value), value): value for value in (*found, *defaults(kind)[:width])}
    return tuple(keyed.values())
