"""What scratch databases on a server share: which texts run, how rows and tables are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from sqlglot import exp

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.schema import Table, kind_of
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness

Types = dict[tuple[str, str], str]  # (table, column), in lower case → the type as DDL spells it

#: As in memory: more rows of a tiny database say nothing new.
ROW_LIMIT = 20_000

# a type's text from a schema file goes into DDL only if it is words and numbers
PLAIN_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9 ]*(\(\s*\d+\s*(,\s*\d+\s*)?\))?( [A-Za-z ]+)?(\[\])?")


@lru_cache(maxsize=512)
def why_outside(text: str, dialect: str, names: frozenset[str]) -> str | None:
    """Why the text may touch something else than the scratch tables, or None."""
    try:
        query = sql.read(text, dialect)
    except SqlError as error:
        return str(error)
    inner = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            continue  # a function: sql.read lets only those pass that compute
        if table.args.get("db") or table.args.get("catalog"):
            return f"the table {table.sql(dialect)} is named with its schema"
        if table.name.lower() not in names | inner:
            return f"the table {table.name} is none of the scratch tables"
    return None


class Loaded:
    """Which rows each scratch table holds, so that only those that changed are written."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self.kinds = {t.name.lower(): [kind_of(c.type) for c in t.columns] for t in tables}
        self._rows: dict[str, object] = {}

    def statements(
        self,
        witness: Witness,
        quoted: Callable[[str], str],
        literal: Callable[[Value, str], str],
    ) -> Iterator[str]:
        """What to run so that the tables hold the witness's rows."""
        for table, rows in zip(witness.tables, witness.rows, strict=True):
            name = table.name.lower()
            if self._rows.get(name) is rows:
                continue
            yield f"DELETE FROM {quoted(name)}"
            if rows:
                kinds = self.kinds[name]
                values = ", ".join(f"({', '.join(map(literal, row, kinds))})" for row in rows)
                yield f"INSERT INTO {quoted(name)} VALUES {values}"
            self._rows[name] = rows

    def forget(self) -> None:
        """Write every table the next time: loading failed."""
        self._rows.clear()


def columns_and_keys(
    table: Table, types: Types, plain: Callable[[str], str], quoted: Callable[[str], str]
) -> tuple[list[str], list[str]]:
    """What stands between the brackets of CREATE TABLE: columns, and keys."""
    name = table.name.lower()
    columns = []
    for column in table.columns:
        type_name = types.get((name, column.name.lower())) or plain(column.type)
        nothing = "" if column.nullable else " NOT NULL"
        columns.append(f"{quoted(column.name.lower())} {type_name}{nothing}")

    def names(key: Sequence[str]) -> str:
        return ", ".join(quoted(column.lower()) for column in key)

    keys = [f"PRIMARY KEY ({names(table.primary_key)})"] if table.primary_key else []
    keys += [f"UNIQUE ({names(key)})" for key in table.unique]
    return columns, keys
