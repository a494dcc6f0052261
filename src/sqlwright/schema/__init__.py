"""A database's schema as a value, read from DDL text here or from a live database by `database`."""

from sqlwright.schema.ddl import read_ddl, read_views, write_ddl
from sqlwright.schema.facts import ColumnFacts, Facts, Routine
from sqlwright.schema.tables import (
    Column,
    ForeignKey,
    Index,
    Schema,
    Table,
    enum_values,
    kind_of,
)

__all__ = [
    "Column",
    "ColumnFacts",
    "Facts",
    "ForeignKey",
    "Index",
    "Routine",
    "Schema",
    "Table",
    "enum_values",
    "kind_of",
    "read_ddl",
    "read_views",
    "write_ddl",
]
