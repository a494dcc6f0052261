"""Indexes that only the planner believes in: HypoPG on the user's own PostgreSQL.

Nothing is built or written: they live in the memory of one session. They show plans and costs, and
no times; statistics and settings are the server's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlwright.database import Database, label_of
from sqlwright.engines.postgres import Postgres, dial_postgres
from sqlwright.engines.reading import first_line
from sqlwright.errors import DatabaseError
from sqlwright.verify.copies import Built, ddl_of

_PRESENT = "SELECT 1 FROM pg_extension WHERE extname = 'hypopg'"
_CREATE = "SELECT indexrelid::int8, indexname FROM hypopg_create_index(%s)"


class Hypothetical:
    """A session in which indexes may be imagined; see `copies.Copy`."""

    timed = False
    note = "by the planner's costs: hypothetical indexes (HypoPG) cannot be timed"

    def __init__(self, url: Any) -> None:
        label = label_of(url)
        options = "-c default_transaction_read_only=on"
        self._connection = dial_postgres(url, label, options=options)
        self._connection.autocommit = True  # a rollback would forget none, but a failure ends all
        self._made: dict[str, tuple[int, str]] = {}
        self.database = Database(_Renaming(self._connection, self._made), label)

    def create(
        self, name: str, table: str, columns: Sequence[str], carried: Sequence[str]
    ) -> Built:
        import psycopg

        text = ddl_of(name, table, columns, carried, "postgres")
        try:
            found = self._connection.execute(_CREATE, [text]).fetchone()
            self._made[name] = (found[0], found[1])
            size = self._connection.execute(
                "SELECT hypopg_relation_size(%s::oid)", [found[0]]
            ).fetchone()
        except psycopg.Error as error:
            raise DatabaseError(f"HypoPG refused {text}: {first_line(error)}") from None
        return Built(0.0, int(size[0]))

    def drop(self, name: str) -> None:
        oid, _ = self._made.pop(name)
        self._connection.execute("SELECT hypopg_drop_index(%s::oid)", [oid])

    def insert_seconds(self, table: str, rows: int) -> float:
        raise DatabaseError("nothing is written to a hypothetical index")

    def close(self) -> None:
        self._connection.close()


class _Renaming(Postgres):
    """The engine, whose plans call each hypothetical index by the name that it was given."""

    def __init__(self, connection: Any, made: dict[str, tuple[int, str]]) -> None:
        super().__init__(connection)
        self._made = made

    def explain(self, text: str, seconds: float) -> str:
        plan = super().explain(text, seconds)
        for name, (_, called) in self._made.items():
            plan = plan.replace(called, name)
        return plan


def has_hypopg(url: Any) -> bool:
    """Does the database have the extension? False where it cannot be asked."""
    try:
        connection = dial_postgres(
            url, label_of(url), options="-c default_transaction_read_only=on"
        )
    except DatabaseError:
        return False
    try:
        return connection.execute(_PRESENT).fetchone() is not None
    finally:
        connection.close()
