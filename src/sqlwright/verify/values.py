"""Values worth trying in a column: around the constants that the queries compare it with.

Every value is a plain Python value that all scratch engines take: int, float, bool, str (dates and
timestamps as ISO text, moments with a zone in UTC), or None. A *form* is a kind of
`schema.kind_of`, or a finer one where an engine would refuse an ordinary text (`form_of`).
"""

from __future__ import annotations

import ipaddress
import json
import math
import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import zip_longest

from sqlwright.months import next_month
from sqlwright.schema import kind_of

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
    "timestamptz": ("2020-01-01 00:00:00", "2019-12-31 23:59:59", "2020-02-29 12:30:00"),
    "year": (2020, 2019, 2000, 1999),
    "uuid": tuple(f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3)),
    "json": ("{}", '{"a": 1}', "[]", '{"a": 2, "b": "x"}'),
    "array": ("{}", "{1}", "{1,2}", "{2,1}"),
    "bare array": ("{}", "{NULL}"),  # of elements that no text suits alike
    "interval": ("1 day", "2 hours", "0 seconds", "1 month"),
    "inet": ("10.0.0.1", "10.0.0.2", "192.168.1.1"),
    "bit": ("0", "1"),
    "xml": ("<a/>", "<b/>"),
}

_FORMS = (
    ("bare array", r".*\[\d*\]\s*$|.* ARRAY\s*$|ARRAY\b|LIST\b"),
    ("timestamptz", r"TIMESTAMPTZ|TIMESTAMP.*WITH TIME ZONE"),
    ("year", r"YEAR\b"),
    ("uuid", r"UUID|UNIQUEIDENTIFIER"),
    ("json", r"JSON"),
    ("interval", r"INTERVAL"),
    ("inet", r"INET\b"),
    ("bit", r"BIT\b"),
    ("xml", r"XML"),
)


@lru_cache(maxsize=4096)
def form_of(column_type: str) -> str:
    """What the values of a column of that type look like: its kind, or a finer form.

    Finer are timestamptz, year, uuid, json, array, bare array, interval, inet, bit and xml.
    """
    name = column_type.upper()
    for form, pattern in _FORMS:
        if re.match(pattern, name):
            element = re.sub(r"(\[\d*\]|\bARRAY)\s*$", "", name)
            plain = kind_of(element) in ("int", "num", "real", "text")
            return (
                "array" if form == "bare array" and plain and form_of(element) in _KINDS else form
            )
    return kind_of(column_type)


_KINDS = frozenset(("int", "num", "real", "bool", "text", "date", "timestamp", "time", "other"))


def defaults(kind: str) -> tuple[Value, ...]:
    """Values of a form (`form_of`) that no constant asks for."""
    return _DEFAULTS[kind]


def coerce(kind: str, constant: Value) -> Value:
    """The constant as a value of the form, or None where it is none."""
    if constant is None:
        return None
    try:
        return _COERCE.get(kind, _text)(constant)
    except (ValueError, OverflowError):
        return None


def _text(constant: Value) -> Value:
    return str(constant).lower() if isinstance(constant, bool) else str(constant)


def _int(constant: Value) -> Value:
    if isinstance(constant, str) and re.fullmatch(r"\s*[+-]?\d+\s*", constant, re.ASCII):
        constant = int(constant)  # a float would lose digits
    # 2.5 is no int, but the ints around it decide a comparison with it
    value = int(constant if isinstance(constant, int) else float(constant or 0))
    return value if abs(value) < 2**63 else None


def _float(constant: Value) -> Value:
    value = round(float(constant or 0), 4)
    return value if math.isfinite(value) else None


def _real(constant: Value) -> Value:
    value = float(constant or 0)
    return value if math.isfinite(value) else None


def _bool(constant: Value) -> Value:
    return constant if isinstance(constant, bool) else str(constant).lower() in _TRUE


_TRUE = ("1", "t", "true", "1.0")


def _date(constant: Value) -> Value:
    short = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?=$|[ T]).*", str(constant), re.ASCII)
    if short:
        return date(*map(int, short.groups())).isoformat()
    return date.fromisoformat(str(constant)[:10]).isoformat()


def _moment(constant: Value) -> Value:
    # without a zone an engine drops the offset of a text
    return _timestamp(datetime.fromisoformat(str(constant)).replace(tzinfo=None))


def _moment_utc(constant: Value) -> Value:
    moment = datetime.fromisoformat(str(constant))
    return _timestamp(moment.astimezone(UTC) if moment.tzinfo else moment)


def _timestamp(moment: datetime) -> str:
    spec = "microseconds" if moment.microsecond else "seconds"
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec=spec)


def _time(constant: Value) -> Value:
    return time.fromisoformat(str(constant)).replace(tzinfo=None).isoformat()


def _json(constant: Value) -> Value:
    # one spelling: engines compare their own texts of it
    # and JSON has no NaN or Infinity, by name or as a number too large: 1E400
    return json.dumps(json.loads(str(_text(constant))), allow_nan=False)


def _year(constant: Value) -> Value:
    value = _int(constant)
    return value if isinstance(value, int) and 1901 <= value <= 2155 else None


def _matching(pattern: str) -> Callable[[Value], Value]:
    return lambda constant: str(constant) if re.fullmatch(pattern, str(constant)) else None


_COERCE: dict[str, Callable[[Value], Value]] = {
    "int": _int, "num": _float, "real": _real, "bool": _bool, "date": _date, "time": _time,
    "timestamp": _moment, "timestamptz": _moment_utc, "year": _year, "json": _json,
    "uuid": lambda constant: str(uuid.UUID(str(constant))),
    "inet": lambda constant: str(ipaddress.ip_address(str(constant))),
    "array": _matching(r"\{(-?\d+(,-?\d+)*)?\}"), "bare array": _matching(r"\{(NULL)?\}"),
    "interval": _matching(r"-?\d+ (second|minute|hour|day|month|year)s?"),
    "bit": _matching(r"[01]+"), "xml": _matching(r"<\w+/>|<(\w+)>\w*</\1>"),
}  # fmt: skip


def around(kind: str, constant: Value) -> tuple[Value, ...]:
    """The constant and its neighbors, the constant first: c, c-1, c+1 and the like."""
    value = coerce(kind, constant)
    if value is None:
        return ()
    found: list[Value] = [value]
    if isinstance(value, bool):
        found.append(not value)
    elif isinstance(value, int):
        found += [value - 1, value + 1]
    elif isinstance(value, float):
        unit = _unit(value)
        found += [round(value - unit, 4), round(value + unit, 4), value + 1, value - 1]
    elif kind == "date" or (kind == "text" and _is_date(value)):
        found += _dates(date.fromisoformat(value))
    elif kind in ("timestamp", "timestamptz"):
        found += _moments(datetime.fromisoformat(value))
    elif kind == "time":
        found += _times(datetime.combine(date(2020, 1, 1), time.fromisoformat(value)))
    elif kind in ("text", "other"):
        found += _texts(value)
    valid = (coerce(kind, item) for item in found)
    return tuple(dict.fromkeys(item for item in valid if item is not None))


def _unit(value: float) -> float:
    """One in the last place that the value is written with: 0.01 to 0.0001."""
    digits = len(repr(value).partition(".")[2]) if "e" not in repr(value) else 2
    return float(10 ** -min(max(digits, 2), 4))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _texts(value: str) -> list[str]:
    """Longer, shorter, in the other case, empty; around a number in a text its neighbors."""
    if re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        return [str(int(value) - 1), str(int(value) + 1), "0" + value, value + "x"]
    return [value + "x", value[:-1], value.swapcase(), value + " ", "x" + value, ""]


def _dates(day: date) -> list[str]:
    """The days beside it, the edges of its week, month, quarter and year, Feb 29, a year off."""
    month = day.replace(day=1)
    quarter = day.replace(month=day.month - (day.month - 1) % 3, day=1)
    leap = day.year - day.year % 4
    steps: list[Callable[[], date]] = [
        lambda: day - timedelta(days=1),
        lambda: day + timedelta(days=1),
        lambda: month,
        lambda: next_month(month) - timedelta(days=1),
        lambda: next_month(month),
        lambda: next_month(next_month(next_month(quarter))) - timedelta(days=1),
        lambda: day - timedelta(days=day.weekday()),
        lambda: day - timedelta(days=day.weekday() + 1),
        lambda: day - timedelta(days=365),
        lambda: day + timedelta(days=366),
        lambda: date(leap, 2, 29),
    ]
    found = []
    for step in steps:
        try:
            found.append(step().isoformat())
        except (ValueError, OverflowError):
            continue  # beyond the years 1 to 9999
    return found


def _moments(moment: datetime) -> list[str]:
    """A second or a day beside it, both ends of its day, and the first and last of its month."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    tick = timedelta(microseconds=1)
    found = [moment]
    for base, step in (
        (moment, timedelta(seconds=-1)),
        (moment, timedelta(seconds=1)),
        (moment, -tick),
        (moment, timedelta(days=-1)),
        (moment, timedelta(days=1)),
        (midnight, timedelta(0)),
        (midnight, timedelta(seconds=86399)),
        (midnight, timedelta(days=1) - tick),
        (midnight.replace(day=1), timedelta(0)),
        (midnight.replace(day=1), timedelta(seconds=-1)),
    ):
        try:
            found.append(base + step)
        except OverflowError:
            continue
    return [_timestamp(item) for item in found]


def _times(moment: datetime) -> list[str]:
    second = timedelta(seconds=1)
    return [(moment + step).time().isoformat() for step in (-second, second)]


def like_texts(pattern: str, escape: str = "") -> tuple[str, ...]:
    """Texts that match a LIKE pattern, then texts that almost do.

    Where the pattern holds a backslash and no escape is given, both readings of it are served.
    """
    short, filled = _filled(pattern, escape, "", "a"), _filled(pattern, escape, "x", "b")
    found = [short, filled]
    if not escape and "\\" in pattern:
        found.append(_filled(pattern, "\\", "", "a"))
    words = [word for word in re.split(r"[%_]+", pattern) if word]
    if len(words) > 1:
        found.append("x".join(reversed(words)))  # the right words in the wrong order
    found += [filled[1:], filled[:-1], "x" + filled, filled + "x", filled.swapcase(), ""]
    found.sort(key=lambda text: not matches_like(text, pattern, escape=escape))
    return tuple(dict.fromkeys(found))


def _filled(pattern: str, escape: str, many: str, one: str) -> str:
    return "".join(
        char if is_plain else many if char == "%" else one
        for char, is_plain in _like_parts(pattern, escape)
    )


def _like_parts(pattern: str, escape: str) -> Iterable[tuple[str, bool]]:
    """(character, is it plain?) of a LIKE pattern."""
    characters = iter(pattern)
    for char in characters:
        if escape and char == escape:
            yield next(characters, char), True
        else:
            yield char, char not in "%_"


def matches_like(text: str, pattern: str, *, ignore_case: bool = False, escape: str = "") -> bool:
    """Does the text match the LIKE pattern?"""
    parts: list[str] = []
    for char, is_plain in _like_parts(pattern, escape):
        part = re.escape(char) if is_plain else ".*" if char == "%" else "."
        if part != ".*" or parts[-1:] != [".*"]:  # or else %%%% would take exponential time
            parts.append(part)
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.fullmatch("".join(parts), text, flags) is not None


def period_ends(start: str, unit: str) -> tuple[str, ...]:
    """The first day of a month, quarter or year, its last, and the one after; none of other units.

    Args:
        start: an ISO date, or a timestamp that begins with one; it need not begin a period.
        unit: as DATE_TRUNC has it, in lower case.
    """
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    try:
        first = date.fromisoformat(start[:10])
    except ValueError:
        return ()
    if months is None:
        return ()
    later = first.year * 12 + first.month - 1 + months
    try:
        after = date(later // 12, later % 12 + 1, 1)
    except ValueError:  # past the year 9999
        return ()
    return tuple(day.isoformat() for day in (first, after - timedelta(days=1), after))


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
    """Distinct values for a column: around its constants, then `width` of the kind's defaults.

    The constants come first, then their nearest neighbors, and so on: who takes the first few
    values has something of each constant.
    """
    rows = zip_longest(*(around(kind, constant) for constant in constants))
    found = (value for row in rows for value in row if value is not None)
    # types are part of the key, or else True would equal 1
    keyed = {(type(value), value): value for value in (*found, *defaults(kind)[:width])}
    return tuple(keyed.values())


_FACTORS = (0.001, 0.02, 0.1, 0.5, 1.5, 3, 20, 100, -1)


def far(kind: str, near: Sequence[Value], numbers: Sequence[int | float]) -> list[Value]:
    """Numbers away from those that are there by a number of the queries, and far ones."""
    present = [v for v in near if isinstance(v, int | float) and not isinstance(v, bool)]
    found: list[Value] = [value * 10 + 1 for value in present[:2]]
    found += [value * factor for value in present[:1] for factor in _FACTORS]
    for number in numbers:
        found += [number, number + 1]
        found += [value + number for value in present[:2]]
        found += [value - number for value in present[:2]]
        if number not in (0, 1):
            found += [value * number for value in present[:1]]
            found += [value / number for value in present[:1]]
    return [coerce(kind, value) for value in found]
