"""What a live database tells beside its schema: of values, of how views and routines are made.

Kept apart from `Schema`: only `learn` asks for it, and reading it takes longer than the schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_VALUES = 12  # different values of a column that is worth listing
LEAST_ROWS = 5  # that hold a value, for it to be listed: what fewer hold may point at one person
LONGEST_VALUE = 40  # letters


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What is known of one column's values; None and () where it is not.

    Attributes:
        distinct: how many different values there are, NULL not counted.
        null_share: of the rows, from 0 to 1.
        values: the frequent ones, the most frequent first; only of a column that has few.
        is_exact: were all rows counted? Else the figures are estimates.
    """

    distinct: int | None = None
    null_share: float | None = None
    values: tuple[str, ...] = ()
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Routine:
    """A function, procedure or macro of the database, with the text that makes it."""

    name: str
    kind: str
    definition: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was read of one database beside its schema.

    Attributes:
        columns: by (table, column), in lower case.
        views: the query of each view, by its name in lower case.
        routines: those that the team made.
        unread: tables whose values could not be read, or not in the time that was given.
    """

    columns: Mapping[tuple[str, str], ColumnFacts] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)
    routines: tuple[Routine, ...] = ()
    unread: tuple[str, ...] = ()

    def of(self, table: str, column: str) -> ColumnFacts:
        """What is known of the column, in any case; nothing where nothing was read."""
        return self.columns.get((table.lower(), column.lower()), _NOTHING)


_NOTHING = ColumnFacts()
