"""Words and functions of other engines that sqlglot reads in any dialect, and the engine does not.

Each is rewritten by itself, so that the rest of the text stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.repair.pieces import Piece, closing, depths, pieces_of
from sqlwright.repair.vocabulary import KEYWORD_SET

OTHERS = ("tsql", "oracle", "mysql", "snowflake", "postgres", "sqlite", "duckdb", "bigquery")

# words before a parenthesis that every engine reads alike
_EVERYWHERE = KEYWORD_SET | {
    "COUNT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "COALESCE",
    "ABS",
    "UPPER",
    "LOWER",
}

# functions that engines of the dialect do not have under this name
_LACKING = {
    "postgres": """ifnull nvl isnull getdate sysdate len group_concat datediff dateadd date_add
        date_sub adddate subdate str_to_date date_format curdate curtime instr charindex iif if
        decode listagg unix_timestamp from_unixtime year month day hour minute strftime julianday
        total nvl2 ucase lcase rand truncate dayofweek dayofmonth dayofyear quarter week isnull
        locate find_in_set datetime last_day add_months months_between to_varchar try_cast substrb
        sysdatetime char_index log2 space utc_timestamp datename datepart convert""".split(),
    "mysql": """nvl getdate len string_agg dateadd strpos charindex iif decode listagg to_char
        to_date to_timestamp to_number date_trunc date_part strftime julianday total nvl2 initcap
        array_agg split_part random generate_series bool_and bool_or percentile_cont every
        datename datepart try_cast btrim age""".split(),
}
# whose reader knows a function best; others drop its format or turn its arguments round
_HOME = {
    "to_char": "postgres", "to_date": "postgres", "to_timestamp": "postgres",
    "to_number": "postgres", "date_format": "mysql", "str_to_date": "mysql", "strftime": "sqlite",
    "datediff": "tsql", "dateadd": "tsql", "datepart": "tsql", "datename": "tsql",
    "convert": "tsql",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Foreign:
    """A part of the text that belongs to another engine, and what the dialect says instead."""

    start: int
    end: int
    new: str
    message: str


def foreign(text: str, query: exp.Query, dialect: str) -> Foreign | None:
    """The first such part, or None. For SQLite and DuckDB ask only where they refuse the text."""
    pieces = pieces_of(text, dialect)
    return next((f for f in _all(text, pieces, query, dialect) if f.new != text[f.start:f.end]),
                None)  # fmt: skip


def _all(text: str, pieces: tuple[Piece, ...], query: exp.Query, dialect: str) -> Iterator[Foreign]:
    for number, piece in enumerate(pieces):
        after = pieces[number + 1] if number + 1 < len(pieces) else None
        if piece.kind == "word" and after is not None and after.is_mark("("):
            if (new := _counted(text, pieces, number, dialect)) is not None:
                yield new
            elif piece.text.lower() in _LACKING.get(dialect, ()):
                if (found := _call(text, pieces, number, dialect)) is not None:
                    yield found
        elif piece.is_word("LIMIT") and dialect == "postgres":
            yield from _limit(pieces, number)
        elif piece.is_word("FETCH") and dialect == "postgres":
            part = pieces[number : number + 5]
            if (
                len(part) >= 4
                and part[3].is_word("ROW", "ROWS")
                and not (len(part) == 5 and part[4].is_word("ONLY", "WITH"))
            ):
                end = part[3].end
                yield Foreign(end, end, " ONLY", "FETCH FIRST needs ONLY")
        elif piece.is_word("ILIKE") and dialect in ("mysql", "sqlite"):
            yield _plain(piece, "LIKE", "LIKE ignores case by itself here")
        elif piece.is_word("RLIKE", "REGEXP") and dialect == "postgres":
            yield _plain(piece, "~*", f"PostgreSQL writes {piece.upper} as ~*")
        elif piece.is_mark("<=>") and dialect == "postgres":
            yield _plain(piece, "IS NOT DISTINCT FROM", "PostgreSQL has no <=>")
        elif piece.is_mark("&&") and dialect == "postgres":
            yield _plain(piece, "AND", "PostgreSQL writes && as AND")
        elif piece.is_word("MINUS") and after is not None and after.is_word("SELECT"):
            yield _plain(piece, "EXCEPT", "the dialect writes MINUS as EXCEPT")
        elif piece.is_mark("::") and dialect in ("mysql", "sqlite"):
            yield from _cast(text, pieces, number, dialect)
        elif piece.kind == "name" and piece.text[0] == "`" and dialect == "postgres":
            yield _plain(piece, _unquoted(piece.text[1:-1]), "backticks hold names in MySQL only")
        elif piece.kind == "name" and piece.text[0] == "[" and dialect != "sqlite":
            yield _plain(piece, _unquoted(piece.text[1:-1]), "brackets hold names elsewhere")


def _counted(text: str, pieces: tuple[Piece, ...], number: int, dialect: str) -> Foreign | None:
    """DATEDIFF(unit, a, b), which counts ends of months or years; ISNULL(a, b) in MySQL."""
    end = closing(pieces, number + 1)
    commas = [n for n in range(number, end) if pieces[n].is_mark(",")]
    levels = depths(pieces[number : end + 1])
    commas = [n for n in commas if levels[n - number] == 1]
    if end >= len(pieces) or not commas:
        return None
    name, start, stop = pieces[number].upper, pieces[number].start, pieces[end].end
    told = f"the engine has no {name} like this"
    if name == "ISNULL" and dialect == "mysql" and len(commas) == 1:
        return Foreign(start, stop, "IFNULL" + text[pieces[number + 1].start : stop], told)
    if name != "DATEDIFF" or len(commas) != 2 or dialect not in ("postgres", "mysql"):
        return None
    unit = text[pieces[number + 2].start : pieces[commas[0]].start].strip(" '").upper()
    one = text[pieces[commas[0]].end : pieces[commas[1]].start].strip()
    other = text[pieces[commas[1]].end : pieces[end].start].strip()
    forms = _COUNTED.get((dialect, unit.removesuffix("S")))
    return Foreign(start, stop, forms.format(a=one, b=other), told) if forms else None


_COUNTED = {
    ("mysql", "DAY"): "DATEDIFF({b}, {a})",
    ("mysql", "YEAR"): "(YEAR({b}) - YEAR({a}))",
    ("mysql", "MONTH"): "((YEAR({b}) - YEAR({a})) * 12 + MONTH({b}) - MONTH({a}))",
    ("postgres", "DAY"): "(CAST({b} AS DATE) - CAST({a} AS DATE))",
    ("postgres", "YEAR"): "(EXTRACT(YEAR FROM {b}) - EXTRACT(YEAR FROM {a}))",
    ("postgres", "MONTH"): "((EXTRACT(YEAR FROM {b}) - EXTRACT(YEAR FROM {a})) * 12"
    " + EXTRACT(MONTH FROM {b}) - EXTRACT(MONTH FROM {a}))",
}


def _plain(piece: Piece, new: str, message: str) -> Foreign:
    return Foreign(piece.start, piece.end, new, message)


def _unquoted(name: str) -> str:
    return name if exp.SAFE_IDENTIFIER_RE.match(name) and name.islower() else f'"{name}"'


def _limit(pieces: tuple[Piece, ...], number: int) -> Iterator[Foreign]:
    part = pieces[number : number + 4]
    if len(part) == 4 and part[2].is_mark(","):
        skipped, count = part[1].text, part[3].text
        message = "LIMIT a, b is MySQL's: it is written LIMIT b OFFSET a"
        yield Foreign(part[0].start, part[3].end, f"LIMIT {count} OFFSET {skipped}", message)


def _cast(text: str, pieces: tuple[Piece, ...], number: int, dialect: str) -> Iterator[Foreign]:
    if number == 0 or number + 1 >= len(pieces):
        return
    first = number - 1
    while first > 1 and pieces[first - 1].is_mark("."):
        first -= 2
    if pieces[number - 1].is_mark(")"):
        depth, first = 1, number - 2
        while first > 0 and depth:
            depth += pieces[first].is_mark(")") - pieces[first].is_mark("(")
            first -= depth > 0
        first -= first > 0 and pieces[first - 1].kind == "word"
    last = number + 1
    if last + 1 < len(pieces) and pieces[last + 1].is_mark("("):
        last = closing(pieces, last + 1)
    if last < len(pieces):
        start, end = pieces[first].start, pieces[last].end
        if (new := written(text[start:end], ("postgres",), dialect)) is not None:
            yield Foreign(start, end, new, ":: is PostgreSQL's cast")


def _call(text: str, pieces: tuple[Piece, ...], number: int, dialect: str) -> Foreign | None:
    end = closing(pieces, number + 1)
    if end >= len(pieces):
        return None
    call = text[pieces[number].start : pieces[end].end]
    name = pieces[number].text.lower()
    if name == "isnull" and not any(p.is_mark(",") for p in pieces[number:end]):
        told = "ISNULL with one argument is written IS NULL"
        asked = text[pieces[number + 2].start : pieces[end - 1].end]
        return Foreign(pieces[number].start, pieces[end].end, f"({asked} IS NULL)", told)
    readers = (_HOME[name], dialect, *OTHERS) if name in _HOME else (dialect, *OTHERS)
    if name == "datediff" and sum(p.is_mark(",") for p in pieces[number:end]) == 1:
        readers = ("mysql", *readers)
    new = written(call, readers, dialect)
    message = f"the engine has no function {pieces[number].text}"
    return Foreign(pieces[number].start, pieces[end].end, new, message) if new else None


@lru_cache(maxsize=4096)
def written(call: str, readers: tuple[str, ...], dialect: str) -> str | None:
    """The expression in words of the dialect, by the first reader that knows its function."""
    for reader in readers:
        try:
            node = sqlglot.parse_one(call, read=reader)
        except (SqlglotError, ValueError, RecursionError):
            continue
        if isinstance(node, exp.Anonymous | exp.Column | exp.Command):
            continue
        try:
            new = node.sql(dialect, comments=False, unsupported_level=ErrorLevel.RAISE)
            read = sql.read(f"SELECT {new}", dialect)
        except (SqlError, SqlglotError, ValueError):
            continue
        name = call.split("(")[0].strip().lower()
        if not re.match(rf"{re.escape(name)}\s*\(", new.lower()) and read is not None:
            return new
    return None


def foreign_calls(text: str, dialect: str) -> Iterator[Foreign]:
    """Every call that another dialect's reader knows and this one writes otherwise."""
    pieces = pieces_of(text, dialect)
    for number in range(len(pieces) - 1):
        piece = pieces[number]
        if (
            piece.kind == "word"
            and pieces[number + 1].is_mark("(")
            and (piece.upper not in _EVERYWHERE)
        ):
            if (found := _call(text, pieces, number, dialect)) is not None:
                yield found
