"""Names and types of columns while a bound tree is read: what is declared, and what it can mean."""

from __future__ import annotations

import re

from sqlglot import exp

from sqlwright.schema import Table, kind_of
from sqlwright.verify.algebra import Term, own_terms
from sqlwright.verify.algebra_terms import Unreadable

Columns = dict[str, Term]
Names = dict[str, Columns]  # the columns of each alias


def is_certain(table: Table, name: str, dialect: str) -> bool:
    """Is the column never NULL? Not as far as the engine can be trusted to keep that.

    SQLite lets NULL into a PRIMARY KEY that is not one INTEGER column (its documented old bug), and
    MySQL answers IS NULL with TRUE for the date 0000-00-00 of a NOT NULL column.
    """
    column = table.column(name)
    if column is None or column.nullable:
        return False
    if dialect == "sqlite" and name.lower() in (key.lower() for key in table.primary_key):
        return len(table.primary_key) == 1 and column.type.strip().upper() == "INTEGER"
    return dialect != "mysql" or kind_of(column.type) not in ("date", "timestamp")


def kind_of_column(type_name: str) -> str:
    """`schema.kind_of`, but other where one value of the type has several spellings."""
    kind = kind_of(type_name)
    if kind == "text" and not re.match(r"(VAR|N|NVAR|BP)?CHAR|TEXT|CLOB|STRING", type_name.upper()):
        return "other"  # a UUID, a SET, JSON
    return kind


def output_names(node: exp.Expr) -> list[str]:
    """The names of the outputs of the query under a derived table or CTE."""
    inner = node.this
    while isinstance(inner, exp.Subquery | exp.SetOperation):
        inner = inner.this
    if not isinstance(inner, exp.Select):
        raise Unreadable("columns without names")
    return [item.alias_or_name for item in inner.expressions]


def cte_names(table: exp.Table) -> list[str]:
    """The names of the columns of the CTE that the table means."""
    node: exp.Expr | None = table
    while node is not None:
        with_ = node.args.get("with_")
        for cte in with_.expressions if with_ is not None else ():
            if cte.alias == table.name:
                return list(cte.alias_column_names) or output_names(cte)
        node = node.parent
    raise Unreadable("a CTE that is not in sight")


def declare(own: Names, alias: str, columns: Columns) -> None:
    """Add a source to its scope.

    Raises:
        Unreadable: where the scope has one of that name.
    """
    if not alias or alias in own:
        raise Unreadable("an alias that is used twice")
    own[alias] = columns


def is_anothers(term: Term, own: Names) -> bool:
    """Does the aggregate read columns of outer queries alone? Then it folds their rows."""
    here = {column.value for columns in own.values() for column in columns.values()}
    read = {inner.value for inner in own_terms(term) if inner.head == "column"}
    return bool(read) and not read & here
