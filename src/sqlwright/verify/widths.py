"""What a column's declared type can hold: widths, ranges, the closed sets of ENUM and SET."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import combinations

from sqlwright.schema import enum_values
from sqlwright.verify.values import Value, coerce, form_of


@dataclass(frozen=True, slots=True)
class Width:
    """What a type allows of its form: whole numbers or floats between bounds, texts to a length."""

    form: str
    low: float | None = None
    high: float | None = None
    scale: int | None = None  # decimal places
    length: int | None = None  # characters
    padded: bool = False  # CHAR: blanks at the end do not count
    fraction: int = 6  # digits of a second
    allowed: tuple[str, ...] = ()  # of an ENUM or a SET


_BITS = {"tiny": 8, "small": 16, "medium": 24, "big": 64, "": 32}
_LARGEST = 2**63 - 1  # what every scratch engine takes


@lru_cache(maxsize=4096)
def width_of(column_type: str, dialect: str = "") -> Width:
    """What a column of the type holds; SQLite holds anything of the form, declared or not."""
    form = form_of(column_type)
    if allowed := closed(column_type):
        return Width("text", allowed=allowed)
    if dialect == "sqlite":
        return Width(form)
    name = column_type.lower().strip()
    numbers = [int(n) for n in re.findall(r"\d+", name.partition("(")[2].partition(")")[0])]
    if form == "int":
        return Width(form, *_range(name))
    if form in ("num", "real"):
        low = 0.0 if "unsigned" in name else None
        if form == "real" or not numbers:
            return Width(form, low, None, 2 if "money" in name else None)
        precision, scale = (*numbers, 0)[:2]
        largest = round(10 ** (precision - scale) - 10**-scale, scale)
        return Width(form, -largest if low is None else low, largest, scale)
    if form == "text":
        padded = re.match(r"(n|national )?char(acter)?\b(?! ?(varying|large))|bpchar", name)
        length = numbers[0] if numbers else 1 if padded and "bpchar" not in name else None
        return Width(form, length=length, padded=bool(padded))
    if form in ("timestamp", "timestamptz"):
        whole = dialect == "mysql" or (name == "datetime" and not dialect)
        return Width(form, fraction=numbers[0] if numbers else 0 if whole else 6)
    if form == "bit":
        return Width(form, length=numbers[0] if numbers else None if "varying" in name else 1)
    return Width(form)


def _range(name: str) -> tuple[float, float]:
    unsigned = "unsigned" in name or re.match(r"u(big|huge|integer|small|tiny|int\d*$)", name)
    bits = next((b for word, b in _BITS.items() if word and word in name), None)
    postgres = re.match(r"u?int(2|4|8)\b", name)
    if postgres:
        bits = 8 * int(postgres.group(1))
    elif duckdb := re.match(r"u?int(16|32|64)\b", name):
        bits = int(duckdb.group(1))
    elif "huge" in name or "int128" in name:
        bits = 64
    bits = bits or 32
    if unsigned:
        return 0, min(2**bits - 1, _LARGEST)
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


@lru_cache(maxsize=4096)
def closed(column_type: str) -> tuple[str, ...]:
    """All values that an ENUM takes; of a SET the small ones; nothing for other types."""
    values = enum_values(column_type)
    if values and column_type.lstrip().upper().startswith("SET"):
        pairs = (",".join(pair) for pair in combinations(values[:4], 2))
        return ("", *values, *pairs)
    return values


def fits(column_type: str, value: Value, dialect: str = "") -> bool:
    """Can a column of the type hold the value as it is? NULL fits every type."""
    return value is None or _same(value, coerce_to(column_type, value, dialect))


def _same(left: Value, right: Value) -> bool:
    return left == right and isinstance(left, str) == isinstance(right, str)


def coerce_to(column_type: str, value: Value, dialect: str = "") -> Value:
    """The nearest value that the type holds: cut, rounded or at the bound; None if there is none.

    A CHAR loses the blanks at its end, since engines pad them or drop them.
    """
    width = width_of(column_type, dialect)
    if width.allowed:
        return str(value) if str(value) in width.allowed else None
    found = coerce(width.form, value)
    if isinstance(found, bool) or found is None:
        return found
    if isinstance(found, int | float):
        return _bounded(found, width)
    if width.form == "text":
        text = found[: width.length] if width.length is not None else found
        return text.rstrip(" ") if width.padded else text
    if width.form in ("timestamp", "timestamptz") and "." in found and width.fraction < 6:
        second, _, digits = found.partition(".")
        return coerce(width.form, f"{second}.{digits[: width.fraction].ljust(6, '0')}")
    if width.form == "bit" and width.length is not None:
        return found[-width.length :].rjust(width.length, "0")
    return found


def _bounded(value: int | float, width: Width) -> Value:
    if width.scale is not None:
        value = round(float(value), min(width.scale, 4))
    if width.low is not None and value < width.low:
        value = width.low
    if width.high is not None and value > width.high:
        value = width.high
    return value


def fresh(column_type: str, number: int, dialect: str = "") -> Value:
    """Value `number` (from 0) of the type, another one for each number; None where it has no more.

    For keys: a column of UUIDs, dates or short texts needs as many values as it has rows.
    """
    if allowed := closed(column_type):
        return allowed[number] if number < len(allowed) else None
    width = width_of(column_type, dialect)
    made: Value
    if width.form in ("int", "num", "real"):
        made = number + 1
    elif width.form == "bool":
        made = bool(number) if number < 2 else None
    elif width.form == "year":
        made = 1902 + number
    elif width.form in ("date", "timestamp", "timestamptz", "time"):
        made = _moment(width.form, number)
    elif width.form == "bit":
        made = f"{number:b}".rjust(width.length or 1, "0")
    elif width.form in ("text", "other"):
        made = _letters(number)
    else:
        made = _PATTERNS[width.form].format(number) if width.form in _PATTERNS else None
    return made if fits(column_type, made, dialect) else None


_PATTERNS = {
    "json": '{{"k": {}}}',
    "array": "{{{}}}",
    "interval": "{} hours",
    "xml": "<k{}/>",
    "inet": "10.1.1.{}",
    "uuid": "00000000-0000-4000-9000-{:012x}",
}


def _moment(form: str, number: int) -> str | None:
    if form == "time" and number >= 86_400:
        return None
    if form == "date":
        return (date(2001, 1, 1) + timedelta(days=number)).isoformat()
    moment = datetime(2001, 1, 1) + timedelta(seconds=number)
    return moment.isoformat(sep=" ") if form != "time" else moment.time().isoformat()


def _letters(number: int) -> str:
    """a, b … z, ba, bb …: short, so that it fits a narrow column."""
    text = chr(97 + number % 26)
    while number := number // 26:
        text = chr(97 + number % 26) + text
    return text
