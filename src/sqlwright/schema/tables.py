"""A database's schema as a value: tables, columns, keys, indexes, comments, row counts.

Names compare without case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `type` is spelled as the engine's DDL spells it."""

    name: str
    type: str
    nullable: bool = True
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """`columns` of this table hold values of `references` in `table`, in the same order."""

    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """An index over `columns`, in order; expressions are left out."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table or view. `rows` is a count or the engine's estimate, None when unknown."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    checks: tuple[str, ...] = ()
    comment: str = ""
    rows: int | None = None

    def column(self, name: str) -> Column | None:
        """The column of that name, in any case, or None."""
        wanted = name.lower()
        return next((column for column in self.columns if column.name.lower() == wanted), None)

    def keys(self) -> tuple[tuple[str, ...], ...]:
        """The sets of columns whose values identify a row: the primary key first, then unique ones.

        A unique key with a nullable column does not identify rows (SQL lets NULL repeat): ask
        `Column.nullable` where that matters.
        """
        keys = [self.primary_key] if self.primary_key else []
        keys += [key for key in self.unique if key not in keys]
        keys += [
            i.columns for i in self.indexes if i.unique and i.columns and i.columns not in keys
        ]
        return tuple(keys)


@dataclass(frozen=True)
class Schema:
    """The tables of one database, in the order in which they were read."""

    tables: tuple[Table, ...]

    @cached_property
    def _by_name(self) -> dict[str, Table]:
        return {table.name.lower(): table for table in self.tables}

    def table(self, name: str) -> Table | None:
        """The table of that name, in any case, or None."""
        return self._by_name.get(name.lower())

    def mapping(self) -> dict[str, dict[str, str]]:
        """The form that sqlglot's optimizer takes: {table: {column: type}}, names in lower case."""
        return {t.name.lower(): {c.name.lower(): c.type for c in t.columns} for t in self.tables}


def kind_of(type_name: str) -> str:
    """What a column type holds: int, num (exact), real, bool, text, date, time, timestamp or other.

    MySQL's TINYINT(1) counts as bool, as its drivers do.
    """
    name = type_name.upper()
    if re.search(r"(\]|\bARRAY)\s*$", name):
        return "other"  # an array of integers is no integer
    if re.match(r"(TINYINT\s*\(1\)|BOOL)", name):
        return "bool"
    for kind, pattern in _KINDS:
        if re.match(pattern, name):
            return kind
    return "other"


_KINDS = (
    ("time", r"TIME(\s*\(\d\))?$|TIME WITH"),
    ("timestamp", r"TIMESTAMP|DATETIME"),
    ("date", r"DATE"),
    ("int", r"(UN?|H)?(TINY|SMALL|MEDIUM|BIG|HUGE)?U?INT(EGER|\d+)?\b|INT\d?\b|YEAR|\w*SERIAL"),
    ("num", r"DEC|NUMERIC|NUMBER|MONEY|FIXED"),
    ("real", r"REAL|DOUBLE|FLOAT"),
    ("text", r"\w*(CHAR|TEXT|CLOB|STRING)|CITEXT|ENUM|NAME\b|UUID|SET\b|INET|JSONB?|HSTORE|XML"),
)


def enum_values(type_name: str) -> tuple[str, ...]:
    """The values that ENUM('a', 'b') or SET('a', 'b') lists, in order; () for other types."""
    if not re.match(r"\s*(ENUM|SET)\s*\(", type_name, re.IGNORECASE):
        return ()
    found = re.findall(r"'((?:[^']|'')*)'", type_name)
    return tuple(dict.fromkeys(text.replace("''", "'") for text in found))
