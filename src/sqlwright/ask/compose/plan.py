"""A reading of a question as a value: what is shown, of what, under which conditions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlwright.schema import ForeignKey


@dataclass(frozen=True, slots=True)
class Place:
    """A column of a table.

    Attributes:
        via: a foreign key by which the table is reached.
        part: of a date only this much, as strftime writes it: %Y is its year.
    """

    table: str
    column: str
    via: ForeignKey | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Average:
    """The average of the column that is compared with it, over its whole table.

    Attributes:
        per: over those rows only that have the same in this column: the average of its brand.
    """

    per: Place | None = None


@dataclass(frozen=True, slots=True)
class Latest:
    """So many units before the latest day that the column holds."""

    count: int
    unit: str


Value = str | float | int | date | bool | Place | Average | Latest | None


@dataclass(frozen=True, slots=True)
class Test:
    """A condition: `=`, `<>`, `<`, `<=`, `>`, `>=`, `in`, `not in`, `like`, `not like`,
    `null`, `not null`, `none` (zero, or no value).

    Attributes:
        values: one, or those of a list.
        days: compare the days between the place and this earlier one.
        at: the first token that says it.
    """

    place: Place
    op: str
    values: tuple[Value, ...] = ()
    days: Place | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """What is computed: count, sum, avg, min, max, spread, days, share, percent, per.

    Attributes:
        place: of which column; a count without one counts the rows of `table`.
        distinct: each value once.
        other: of days the earlier date.
        inner: the function over the days; `per` divides the rows of `table` by those of `over`.
    """

    name: str
    table: str
    place: Place | None = None
    distinct: bool = False
    other: Place | None = None
    inner: str = "avg"
    over: str = ""


@dataclass(frozen=True, slots=True)
class Having:
    """A condition on the figure of a group."""

    figure: Figure
    op: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """That rows of another table are there for a row of the subject, or that none are."""

    table: str
    absent: bool
    tests: tuple[Test, ...] = ()
    via: ForeignKey | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One row for each: of a table by its key and shown by its label, or of a column."""

    table: str
    place: Place | None = None
    shown: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole query, before tables are joined.

    Attributes:
        subject: the table whose rows are listed or counted.
        order: what decides the order, and whether the largest come first.
        ties: not the first row of the order, but all that are like it.
        zeros: groups without a row of what is counted are shown too.
    """

    subject: str
    columns: tuple[Place, ...] = ()
    figures: tuple[Figure, ...] = ()
    tests: tuple[Test, ...] = ()
    related: tuple[Related, ...] = ()
    groups: tuple[Group, ...] = ()
    having: tuple[Having, ...] = ()
    order: tuple[tuple[Place | Figure, bool], ...] = ()
    limit: int | None = None
    distinct: bool = False
    named: tuple[str, ...] = ()
    ties: bool = False
    zeros: bool = False
