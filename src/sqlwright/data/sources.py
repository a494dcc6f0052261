"""What stands in a FROM clause while a query is invented: alias, columns, keys and neighbors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random

from sqlwright.data.names import NOUNS, RESERVED
from sqlwright.prompt import short_type
from sqlwright.schema import Schema, Table


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a source; `kind` as `prompt.short_type` has it."""

    name: str
    kind: str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A table, derived table or CTE under its alias. `optional`: LEFT JOIN may make it all NULL."""

    alias: str
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    table: Table | None = None
    optional: bool = False

    def column(self, name: str) -> str:
        """That column, with the alias before it."""
        return f"{quote(self.alias)}.{quote(name)}"


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one table to another: pairs of (column here, column there)."""

    table: Table
    pairs: tuple[tuple[str, str], ...]
    up: bool  # to the table whose key is referred to: at most one row there


def quote(name: str) -> str:
    """The name as SQL takes it: in double quotes where it must."""
    if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) and name.lower() not in RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def fields_of(table: Table) -> tuple[Field, ...]:
    """The table's columns; a primary key holds no NULL."""
    keys = {name.lower() for name in table.primary_key}
    return tuple(
        Field(c.name, short_type(c.type), c.nullable and c.name.lower() not in keys)
        for c in table.columns
    )


def edges(table: Table, schema: Schema) -> list[Edge]:
    """Every foreign key from the table, and every one to it."""
    found = []
    for foreign in table.foreign_keys:
        other = schema.table(foreign.table)
        if other is not None and len(foreign.columns) == len(foreign.references):
            pairs = tuple(zip(foreign.columns, foreign.references, strict=True))
            found.append(Edge(other, pairs, up=True))
    for other in schema.tables:
        for foreign in other.foreign_keys:
            same = foreign.table.lower() == table.name.lower()
            if same and len(foreign.columns) == len(foreign.references):
                pairs = tuple(zip(foreign.references, foreign.columns, strict=True))
                found.append(Edge(other, pairs, up=False))
    return found


class Aliases:
    """Aliases of one query in one style, each once."""

    STYLES = (
        "initial",
        "initial",
        "initial",
        "short",
        "letters",
        "numbered",
        "none",
        "none",
        "word",
    )

    def __init__(self, rng: Random, style: str | None = None) -> None:
        self.rng = rng
        self.style = style or rng.choice(self.STYLES)
        self.used: set[str] = set()

    def make(self, name: str) -> str:
        """An alias for a table of that name."""
        bare = re.sub(r"\W", "", name) or "t"
        match self.style:
            case "initial":
                parts = [part for part in re.split(r"_|(?<=[a-z])(?=[A-Z])", bare) if part]
                wanted = "".join(part[0] for part in parts).lower() or "t"
            case "short":
                wanted = bare[:3].lower()
            case "letters":
                wanted = "abcdefghijkmnpqrstuvw"[len(self.used) % 21]
            case "numbered":
                wanted = f"t{len(self.used) + 1}"
            case "word":
                wanted = self.rng.choice(NOUNS)
            case _:
                wanted = name
        return self.take(wanted)

    def take(self, wanted: str) -> str:
        """The wanted alias, with a number after it if it is taken or reserved."""
        alias, number = wanted, 2
        while alias.lower() in self.used or (alias.lower() in RESERVED and alias == wanted):
            alias, number = f"{wanted}{number}", number + 1
        self.used.add(alias.lower())
        return alias
