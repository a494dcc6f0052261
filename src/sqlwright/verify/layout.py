"""A table's columns, keys and references by position, for steps that change single cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlwright.schema import Table
from sqlwright.verify.domain import Column

#: (own positions, number of the parent table, positions there)
Reference = tuple[tuple[int, ...], int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """One table, its columns that a query reads, its keys and its references, by position."""

    table: Table
    read: tuple[int, ...]  # columns that a query reads
    keys: tuple[tuple[int, ...], ...]
    references: tuple[Reference, ...]


def layout_of(table: Table, tables: Sequence[Table], read: frozenset[Column]) -> Layout:
    """The table's layout; references to tables that are not there are left out."""
    places = {column.name.lower(): i for i, column in enumerate(table.columns)}
    numbers = {other.name.lower(): n for n, other in enumerate(tables)}

    def positions(names: Sequence[str], of: dict[str, int]) -> tuple[int, ...] | None:
        found = [of.get(name.lower()) for name in names]
        return None if None in found else tuple(found)  # type: ignore[arg-type]

    references = []
    for key in table.foreign_keys:
        number = numbers.get(key.table.lower())
        if number is None:
            continue
        there = {column.name.lower(): i for i, column in enumerate(tables[number].columns)}
        own, target = positions(key.columns, places), positions(key.references, there)
        if own and target and len(own) == len(target):
            references.append((own, number, target))
    keys = [found for key in table.keys() if (found := positions(key, places))]
    name = table.name.lower()
    wanted = tuple(i for column, i in places.items() if (name, column) in read)
    return Layout(table, wanted, tuple(keys), tuple(references))


def refers_rightly(layouts: Sequence[Layout], rows: Sequence[Sequence[tuple[object, ...]]]) -> bool:
    """Does every reference find its row? Both by the number of the table."""
    for number, layout in enumerate(layouts):
        for own, parent, there in layout.references:
            known = {tuple(row[i] for i in there) for row in rows[parent]}
            for row in rows[number]:
                value = tuple(row[i] for i in own)
                if None not in value and value not in known:
                    return False
    return True
