"""Dates and substrings as SQLite writes them, for functions of other engines that it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlwright.repair.foreign import Foreign
from sqlwright.repair.pieces import Piece, closing, operand
from sqlwright.repair.vocabulary import UNITS

_PARTS = {
    "YEAR": "%Y", "MONTH": "%m", "DAY": "%d", "DAYOFMONTH": "%d", "HOUR": "%H", "MINUTE": "%M",
    "SECOND": "%S", "DAYOFYEAR": "%j", "DOY": "%j",
}  # fmt: skip
_NOW = {"NOW": "CURRENT_TIMESTAMP", "GETDATE": "CURRENT_TIMESTAMP", "CURDATE": "CURRENT_DATE"}
_CLOCK = ("HOUR", "MINUTE", "SECOND")


def sqlite_dates(text: str, pieces: Sequence[Piece]) -> Foreign | None:
    """The first part of the text that SQLite writes otherwise, or None."""
    return next(_all(text, pieces), None)


def _all(text: str, pieces: Sequence[Piece]) -> Iterator[Foreign]:
    for number, piece in enumerate(pieces):
        if piece.is_word("INTERVAL") and number and pieces[number - 1].is_mark("+", "-"):
            yield from _moved(text, pieces, number)
        if piece.kind != "word" or number + 1 >= len(pieces) or not pieces[number + 1].is_mark("("):
            continue
        end = closing(pieces, number + 1)
        if end >= len(pieces):
            continue
        new = _call(text, pieces, number, end)
        if new is not None:
            told = f"SQLite has no {piece.upper}"
            yield Foreign(piece.start, pieces[end].end, new, told)


def _call(text: str, pieces: Sequence[Piece], number: int, end: int) -> str | None:
    """The call in SQLite's words, or None where it is none of these."""
    name = pieces[number].upper
    parts = _arguments(text, pieces, number + 1, end)
    after = pieces[end + 1 : end + 3]
    if len(after) == 2 and after[0].is_mark("+", "-") and after[1].is_word("INTERVAL"):
        return None  # both together become one call
    if name in _NOW and not parts:
        return _NOW[name]
    if name in _PARTS and len(parts) == 1:
        return _part(name, parts[0])
    if name == "QUARTER" and len(parts) == 1:
        return _part(name, parts[0])
    if name == "EXTRACT" and len(parts) == 1:
        found = re.match(r"(\w+)\s+FROM\s+(.*)\Z", parts[0], re.I | re.S)
        return _part(found[1].upper(), found[2]) if found else None
    if name == "DATE_PART" and len(parts) == 2:
        return _part(parts[0].strip("'").upper(), parts[1])
    if name in ("LEFT", "RIGHT") and len(parts) == 2:
        return f"SUBSTR({parts[0]}, 1, {parts[1]})" if name == "LEFT" else (
            f"SUBSTR({parts[0]}, -{parts[1]})" if parts[1].isdigit() else None)  # fmt: skip
    if name == "DATE_TRUNC" and len(parts) == 2:
        unit = parts[0].strip("'").lower()
        if unit in ("month", "year"):
            return f"DATE({parts[1]}, 'start of {unit}')"
        return f"DATE({parts[1]})" if unit == "day" else None
    if name in ("DATE_ADD", "DATE_SUB") and len(parts) == 2:
        found = re.match(r"INTERVAL\s+'?(-?\d+)'?\s*'?(\w+?)s?'?\Z", parts[1], re.I)
        if found and found[2].upper() in UNITS:
            return _shifted(parts[0], "-" if name == "DATE_SUB" else "+", found[1], found[2])
    return None


def _part(unit: str, value: str) -> str | None:
    if unit == "QUARTER":
        return f"((CAST(STRFTIME('%m', {value}) AS INTEGER) + 2) / 3)"
    form = _PARTS.get(unit)
    return f"CAST(STRFTIME('{form}', {value}) AS INTEGER)" if form else None


def _shifted(value: str, sign: str, amount: str, unit: str) -> str | None:
    unit = unit.lower().removesuffix("s")
    if amount.startswith("-"):
        sign, amount = "+" if sign == "-" else "-", amount[1:]
    if unit in ("week", "quarter"):
        amount, unit = str(int(amount) * (7 if unit == "week" else 3)), (
            "day" if unit == "week" else "month")  # fmt: skip
    now = re.match(r"(?:NOW|GETDATE|CURRENT_TIMESTAMP|DATETIME)\b", value.strip(), re.I)
    function = "DATETIME" if unit.upper() in _CLOCK or now else "DATE"
    bare = re.fullmatch(r"\s*(?:NOW|GETDATE)\s*\(\s*\)|\s*CURRENT_TIMESTAMP\s*", value, re.I)
    today = re.fullmatch(r"\s*CURDATE\s*\(\s*\)|\s*CURRENT_DATE\s*(?:\(\s*\))?", value, re.I)
    shown = "'now'" if bare or today else value.strip()
    return f"{function}({shown}, '{sign}{amount} {unit}')"


def _moved(text: str, pieces: Sequence[Piece], number: int) -> Iterator[Foreign]:
    """x - INTERVAL 7 DAY as DATE(x, '-7 day')."""
    last = number - 2
    if last < 0:
        return
    first = operand(pieces, last)
    if pieces[first].kind == "text" and first and pieces[first - 1].is_word("DATE", "TIMESTAMP"):
        first -= 1
    words = " ".join(piece.text.strip("'") for piece in pieces[number + 1 : number + 3]).split()
    if len(words) < 2 or not words[0].lstrip("-").isdigit() or words[1].upper() not in UNITS:
        return
    inside = len(pieces[number + 1].text.strip("'").split()) == 2
    end = pieces[number + (1 if inside else 2)].end
    value = re.sub(r"^(?:DATE|TIMESTAMP)\s*(?=')", "", text[pieces[first].start : pieces[last].end],
                   flags=re.I)  # fmt: skip
    new = _shifted(value, pieces[number - 1].text, words[0], words[1])
    if new is not None:
        yield Foreign(pieces[first].start, end, new, "SQLite has no INTERVAL")


def _arguments(text: str, pieces: Sequence[Piece], opening: int, end: int) -> list[str]:
    """The arguments of a call as they are written."""
    found, depth, start = [], 0, pieces[opening].end
    for piece in pieces[opening + 1 : end]:
        depth += piece.is_mark("(") - piece.is_mark(")")
        if piece.is_mark(",") and not depth:
            found.append(text[start : piece.start].strip())
            start = piece.end
    rest = text[start : pieces[end].start].strip()
    return [*found, rest] if rest or found else []
