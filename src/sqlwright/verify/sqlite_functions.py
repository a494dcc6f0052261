"""Functions that SQLite lacks and queries of other dialects use, for the fast engine in memory."""

from __future__ import annotations

import hashlib
import sqlite3
import statistics
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

_Value = Any


def add_functions(connection: sqlite3.Connection) -> None:
    """Register everything that `to_sqlite` calls, and the common functions of other engines."""
    for name, count, function in _FUNCTIONS:
        connection.create_function(name, count, _null_in_null_out(function), deterministic=True)
    connection.create_function("concat", -1, _concat, deterministic=True)
    for name, kind in _AGGREGATES.items():
        connection.create_aggregate(name, 1, kind)
    for count in (1, 2):
        connection.create_aggregate("group_concat", count, _JOIN)
        connection.create_aggregate("string_agg", count, _JOIN)


def add_opaque(connection: sqlite3.Connection, name: str) -> None:
    """Register a function that nobody here knows: its value depends on its arguments alone.

    Two queries that agree under it agree whatever the function is, as long as it is deterministic
    and both call it with the same arguments.
    """
    connection.create_function(name, -1, lambda *items: _opaque(name, items), deterministic=True)


def _opaque(name: str, items: tuple[_Value, ...]) -> int | None:
    if None in items:
        return None
    digest = hashlib.blake2s(repr((name.lower(), items)).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") % 5  # few values, so that some are equal


def _null_in_null_out(function: Callable[..., _Value]) -> Callable[..., _Value]:
    def guarded(*items: _Value) -> _Value:
        if None in items:
            return None
        try:
            return function(*items)
        except (ValueError, TypeError, OverflowError, ArithmeticError):
            return None  # the engine would fail, or the value is none of the kind

    return guarded


def _moment(value: _Value) -> datetime:
    text = str(value).strip()
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=None)


def _is_day(value: _Value) -> bool:
    return len(str(value)) == 10


def _show(moment: datetime, day: bool) -> str:
    if day:
        return moment.date().isoformat()
    return moment.isoformat(sep=" ")


def _shift(value: _Value, number: int, unit: str) -> str:
    moment = _moment(value)
    day = _is_day(value) and unit in ("year", "quarter", "month", "week", "day")
    months = {"year": 12, "quarter": 3, "month": 1}.get(unit)
    if months is None:
        return _show(moment + timedelta(**{f"{unit}s": number}), day)
    total = moment.year * 12 + moment.month - 1 + number * months
    year, month = divmod(total, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return _show(moment.replace(year=year, month=month + 1, day=min(moment.day, last)), day)


def _part(unit: str, value: _Value) -> _Value:
    moment = _moment(value)
    unit = unit.lower()
    simple = ("year", "month", "day", "hour", "minute", "second")
    if unit in simple:
        return getattr(moment, unit)
    return {
        "quarter": (moment.month + 2) // 3,
        "week": moment.isocalendar().week,
        "doy": moment.timetuple().tm_yday,
        "dow": moment.isoweekday() % 7,
        "isodow": moment.isoweekday(),
        "epoch": (moment - datetime(1970, 1, 1)).total_seconds(),
    }[unit] if unit in _PARTS else None  # fmt: skip


_PARTS = ("quarter", "week", "doy", "dow", "isodow", "epoch")


def _trunc(unit: str, value: _Value) -> str:
    moment = _moment(value)
    unit = unit.lower()
    zero = {"hour": 0, "minute": 0, "second": 0, "microsecond": 0}
    starts: dict[str, dict[str, Any]] = {
        "year": {"month": 1, "day": 1, **zero},
        "quarter": {"month": (moment.month - 1) // 3 * 3 + 1, "day": 1, **zero},
        "month": {"day": 1, **zero},
        "day": zero,
        "hour": dict.fromkeys(("minute", "second", "microsecond"), 0),
        "minute": {"second": 0, "microsecond": 0},
        "second": {"microsecond": 0},
    }
    if unit == "week":
        moment, unit = moment - timedelta(days=moment.weekday()), "day"
    # a day stays a day, or else it would equal no date
    day = _is_day(value) and unit in ("year", "quarter", "month", "day")
    return _show(moment.replace(**starts[unit]), day)


def _days(later: _Value, earlier: _Value) -> int:
    return (_moment(later).date() - _moment(earlier).date()).days


def _concat(*items: _Value) -> str:
    return "".join(str(item) for item in items if item is not None)


_FUNCTIONS: tuple[tuple[str, int, Callable[..., _Value]], ...] = (
    ("sw_shift", 3, _shift),
    ("sw_part", 2, _part),
    ("sw_trunc", 2, _trunc),
    ("sw_days", 2, _days),
    ("sw_date", 1, lambda value: _moment(value).date().isoformat()),
    ("sw_moment", 1, lambda value: _show(_moment(value), False)),
    ("sw_left", 2, lambda text, count: str(text)[:count]),
    ("sw_right", 2, lambda text, count: str(text)[-count:] if count else ""),
    ("reverse", 1, lambda text: str(text)[::-1]),
    ("char_length", 1, lambda text: len(str(text))),
    ("character_length", 1, lambda text: len(str(text))),
    ("lpad", 3, lambda text, width, fill: str(text).rjust(width, fill)[:width]),
    ("rpad", 3, lambda text, width, fill: str(text).ljust(width, fill)[:width]),
    ("strpos", 2, lambda text, part: str(text).find(part) + 1),
    ("starts_with", 2, lambda text, part: str(text).startswith(part)),
    ("greatest", -1, max),
    ("least", -1, min),
    ("md5", 1, lambda text: hashlib.md5(str(text).encode(), usedforsecurity=False).hexdigest()),
    ("repeat", 2, lambda text, count: str(text) * min(int(count), 1000)),
    ("initcap", 1, lambda text: str(text).title()),
    ("mod", 2, lambda left, right: left % right),
)


class _SortedJoin:
    """group_concat whose order nobody asked for: sorted, so that two runs compare."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.mark = ","

    def step(self, value: _Value, mark: str = ",") -> None:
        self.mark = mark
        if value is not None:
            self.items.append(str(value))

    def finalize(self) -> str | None:
        return str(self.mark).join(sorted(self.items)) if self.items else None


_JOIN: Any = _SortedJoin


class _Numbers:
    """Collects the numbers of a group."""

    def __init__(self) -> None:
        self.items: list[float] = []

    def step(self, value: _Value) -> None:
        if value is not None:
            self.items.append(float(value))


class _StddevSample(_Numbers):
    def finalize(self) -> float | None:
        return statistics.stdev(self.items) if len(self.items) > 1 else None


class _StddevPopulation(_Numbers):
    def finalize(self) -> float | None:
        return statistics.pstdev(self.items) if self.items else None


class _VarianceSample(_Numbers):
    def finalize(self) -> float | None:
        return statistics.variance(self.items) if len(self.items) > 1 else None


class _VariancePopulation(_Numbers):
    def finalize(self) -> float | None:
        return statistics.pvariance(self.items) if self.items else None


class _Every(_Numbers):
    def finalize(self) -> int | None:
        return int(all(self.items)) if self.items else None


class _Some(_Numbers):
    def finalize(self) -> int | None:
        return int(any(self.items)) if self.items else None


class _Single:
    """The one value of a scalar subquery; SQLite itself would take the first of several."""

    def __init__(self) -> None:
        self.items: list[_Value] = []

    def step(self, value: _Value) -> None:
        self.items.append(value)

    def finalize(self) -> _Value:
        if len(self.items) > 1:
            raise ValueError("more than one row")
        return self.items[0] if self.items else None


_AGGREGATES: dict[str, Any] = {
    "sw_single": _Single,
    "stddev": _StddevSample,
    "stddev_samp": _StddevSample,
    "stddev_pop": _StddevPopulation,
    "variance": _VarianceSample,
    "var_samp": _VarianceSample,
    "var_pop": _VariancePopulation,
    "bool_and": _Every,
    "logical_and": _Every,
    "every": _Every,
    "bool_or": _Some,
    "logical_or": _Some,
}
