"""SQL that writes a whole row as one text, so that an engine itself can hash and count its rows.

The text of a row (its *key*) is the same on both sides of a comparison if the rows are: NULL is no
text, ('a', 'bc') is not ('ab', 'c'), 1 is 1.00 but not '1'; floats have nine significant digits. A
*loose* key leaves out what two right answers may differ in: floats (their sums depend on the order)
and how a text is spelled where its collation counts two spellings as one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

_NUMBERS = ("exact", "bits", "bool", "float")
_TEXTS = ("text", "folded", "date", "timestamp", "time")


def meet(one: str, other: str) -> tuple[str, str]:
    """How to write two columns of these kinds (`reading.Field`) so that equal values look alike."""
    if one != other and one in _NUMBERS and other in _NUMBERS:
        if "float" in (one, other):
            return (f"float of {one}", f"float of {other}")
    elif one != other and one in _TEXTS and other in _TEXTS:
        return ("folded", "folded") if "folded" in (one, other) else ("text", "text")
    return (one, other)


def is_float(kind: str) -> bool:
    """Are the values floats, of which nine digits count?"""
    return kind.startswith("float")


def is_soft(kind: str) -> bool:
    """May two right answers differ a little in such a column?"""
    return is_float(kind) or kind in ("folded", "folding")


def number(dialect: str, column: str, kind: str) -> str:
    """A float column as the engine's own double."""
    if kind == "float of bool":  # PostgreSQL and DuckDB make no double of a boolean in one step
        column = {"postgres": f"{column}::int", "duckdb": f"{column}::INT"}.get(dialect, column)
    return {
        "postgres": f"({column})::float8",
        "duckdb": f"({column})::DOUBLE",
        "mysql": f"({column} + 0e0)",
    }.get(dialect, column)


def key(dialect: str, columns: Sequence[tuple[str, str]], *, loose: bool = False) -> str:
    """The SQL expression of a row's key; `columns` are (name as SQL, kind)."""
    if dialect == "sqlite":
        marks = [_sqlite_mark(kind, loose) for _, kind in columns]
        names = [name for name, _ in columns]
        # a function of SQLite takes at most 127 arguments
        pieces = [
            f"sqlwright_key('{''.join(marks[i : i + 100])}', {', '.join(names[i : i + 100])})"
            for i in range(0, len(columns), 100)
        ]
        return " || ".join(pieces)
    items = [_item(dialect, name, kind, loose) for name, kind in columns]
    if dialect == "mysql":
        return f"CONCAT({', '.join(items)})"
    return "(" + " || ".join(items) + ")"


def digest(dialect: str, text: str) -> str:
    """The SQL of what stands for a key when keys are grouped: short, compared byte by byte."""
    return f"sqlwright_digest({text})" if dialect == "sqlite" else f"MD5({text})"


def sums(dialect: str, column: str) -> list[str]:
    """SQL aggregates that are equal for equal bags of keys, and else differ but for 1 in 2^120.

    For MySQL the column holds the keys' digests.
    """
    if dialect == "postgres":
        return [f'SUM(hashtextextended({column} COLLATE "C", {n})::numeric)' for n in (1, 2)]
    if dialect == "duckdb":
        return [f"SUM(md5_number_{half}({column})::HUGEINT)" for half in ("lower", "upper")]
    if dialect == "mysql":
        return [
            f"SUM(CAST(CONV(SUBSTR({column}, {start}, 15), 16, 10) AS DECIMAL(20)))"
            for start in (1, 17)
        ]
    return [f"sqlwright_sum({column})"]


def _item(dialect: str, name: str, kind: str, loose: bool) -> str:
    if loose and is_float(kind):
        tag, text = "n", f"CASE WHEN {name} IS NOT NULL THEN '' END"
    else:
        tag, text = _WRITERS[dialect](name, kind, loose)
    if dialect == "mysql":
        return f"COALESCE(CONCAT('{tag}', {text}), 'N'), '|'"
    if tag in ("t", "o", "j"):  # they may hold the mark between columns
        text = f"replace(replace({text}, '~', '~1'), '|', '~2')"
    return f"COALESCE('{tag}' || {text}, 'N') || '|'"


def _postgres(name: str, kind: str, loose: bool) -> tuple[str, str]:
    moment = (
        "to_char({}, 'YYYY-MM-DD HH24:MI:SS.US')"
        " || CASE WHEN {} < '0001-01-01' THEN ' BC' ELSE '' END"
    )
    if is_float(kind):
        value = number("postgres", name, kind)
        return "n", (
            f"CASE WHEN {value} IN ('NaN', 'Infinity', '-Infinity') THEN {value}::text"
            f" WHEN {value} = 0 THEN '0' ELSE ltrim(to_char({value}, '9.99999999EEEE')) END"
        )
    if kind == "timestamp":
        return "t", f"COALESCE({moment.format(name, name)}, {name}::text)"
    if kind == "zoned":
        moved = f"({name} AT TIME ZONE 'UTC')"
        return "z", f"COALESCE({moment.format(moved, moved)}, {name}::text)"
    return {
        "exact": ("n", f"trim_scale({name}::numeric)::text"),
        "bool": ("n", f"{name}::int::text"),
        "folded": ("t", f"lower({name}::text)" if loose else f"{name}::text"),
        "interval": ("i", f"justify_interval({name})::text"),
        "json": ("j", f"{name}::jsonb::text"),
        "bytes": ("b", f"encode({name}, 'hex')"),
        "other": ("o", f"{name}::text"),
    }.get(kind, ("t", f"{name}::text"))


def _duckdb(name: str, kind: str, loose: bool) -> tuple[str, str]:
    if is_float(kind):
        value = number("duckdb", name, kind)
        return "n", (
            f"CASE WHEN isnan({value}) OR isinf({value}) THEN {value}::VARCHAR"
            f" WHEN {value} = 0 THEN '0' ELSE printf('%.8e', {value}) END"
        )
    text = f"{name}::VARCHAR"
    return {
        "exact": (
            "n",
            f"CASE WHEN contains({text}, '.') THEN rtrim(rtrim({text}, '0'), '.') ELSE {text} END",
        ),
        "bool": ("n", f"{name}::INT::VARCHAR"),
        "folded": ("t", f"lower({text})" if loose else text),
        "zoned": ("z", f"epoch_us({name})::VARCHAR"),
        "interval": ("i", text),
        "nested": ("j", f"to_json({name})::VARCHAR"),
        "bytes": ("b", f"hex({name})"),
        "other": ("o", text),
    }.get(kind, ("t", text))


def _mysql(name: str, kind: str, loose: bool) -> tuple[str, str]:
    if is_float(kind):
        value = number("mysql", name, kind)
        power = f"FLOOR(LOG10(ABS({value})))"
        digits = f"CAST(ROUND({value} / POW(10, {power}), 8) AS DECIMAL(12, 8))"
        return "n", f"CASE WHEN {value} = 0 THEN '0' ELSE CONCAT({digits}, 'e', {power}) END"
    if kind in ("exact", "bits", "bool"):
        text = f"CAST({name} + 0 AS CHAR)"
        whole = f"TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text}))"
        return "n", f"CASE WHEN LOCATE('.', {text}) THEN {whole} ELSE {text} END"
    if kind == "date":
        return "t", f"DATE_FORMAT({name}, '%Y-%m-%d')"
    if kind == "timestamp":
        return "t", f"DATE_FORMAT({name}, '%Y-%m-%d %H:%i:%s.%f')"
    if kind == "time":
        return "t", f"CAST(CAST({name} AS TIME(6)) AS CHAR)"
    # texts as the bytes of one character set, or else GROUP BY would fold what differs
    if kind == "folded" and loose:
        return "h", f"HEX(WEIGHT_STRING(RTRIM({name})))"
    if kind == "json":
        return "h", f"HEX(CONVERT(CAST({name} AS CHAR) USING utf8mb4))"
    bytes_of = f"CONVERT(CAST({name} AS CHAR) USING utf8mb4)"
    return "h", f"CASE WHEN CHARSET({name}) = 'binary' THEN HEX({name}) ELSE HEX({bytes_of}) END"


_WRITERS = {"postgres": _postgres, "duckdb": _duckdb, "mysql": _mysql}


def read_key(text: str) -> list[Any]:
    """The values of a strict key, for people to see: numbers, texts, None."""
    return [_read(piece) for piece in text.split("|")[:-1]]


def _read(piece: str) -> Any:
    tag, text = piece[:1], piece[1:].replace("~2", "|").replace("~1", "~")
    if tag == "N":
        return None
    if tag == "n":
        return int(text) if text.lstrip("-").isdigit() else float(text)
    if tag == "h":
        try:
            return bytes.fromhex(text).decode()
        except UnicodeDecodeError:
            return f"0x{text}"
    if tag == "z" and text.lstrip("-").isdigit():
        return datetime.fromtimestamp(int(text) / 1e6, UTC).isoformat(sep=" ")
    return f"0x{text}" if tag == "b" else text


def _sqlite_mark(kind: str, loose: bool) -> str:
    if is_float(kind):
        return "o" if loose else "f"
    return "c" if loose and kind == "folding" else "a"


def add_sqlite_functions(connection: Any) -> None:
    """Teach a connection to SQLite what `key`, `digest` and `sums` call: they only compute."""
    connection.create_function("sqlwright_key", -1, _sqlite_key, deterministic=True)
    connection.create_function("sqlwright_digest", 1, _sqlite_digest, deterministic=True)
    connection.create_aggregate("sqlwright_sum", 1, _SqliteSum)


def _sqlite_key(marks: str, *values: Any) -> str:
    """Each mark says how: a as it is, f a float, o only that it is a number, c without case."""
    items = []
    for mark, value in zip(marks, values, strict=True):
        kind = type(value)
        if kind is str:
            if mark == "c":
                value = value.casefold().rstrip()
            if "~" in value or "|" in value:
                value = value.replace("~", "~1").replace("|", "~2")
            items.append("t" + value)
        elif value is None:
            items.append("N")
        elif kind is bytes:
            items.append("b" + value.hex())
        elif mark == "o":
            items.append("n")
        elif kind is int and mark != "f":
            items.append(f"n{value}")
        elif mark != "f" and abs(value) < 1e15 and value.is_integer():
            items.append(f"n{int(value)}")  # 5.0 is 5
        else:
            items.append(f"n{value + 0.0:.8e}")
    items.append("")
    return "|".join(items)


def _sqlite_digest(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


class _SqliteSum:
    """The sum of the keys' hashes, kept below 2^128."""

    def __init__(self) -> None:
        self.total = 0

    def step(self, text: str) -> None:
        digest = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
        self.total += int.from_bytes(digest)

    def finalize(self) -> str:
        return str(self.total % 2**128)
