"""Good queries over any schema, invented or a user's own: the answers that mini learns from."""

from __future__ import annotations

from random import Random

from sqlglot import exp

from sqlwright import sql
from sqlwright.data import shapes
from sqlwright.data.composer import Composer
from sqlwright.data.invent_schema import invent_schema
from sqlwright.schema import Schema

__all__ = ["invent_query", "invent_schema", "invent_sql"]

SHAPES = {
    shapes.plain: 26,
    shapes.keyed: 5,
    shapes.looked_up: 3,
    shapes.grouped: 24,
    shapes.total: 6,
    shapes.with_aggregate: 12,
    shapes.with_left_aggregate: 5,
    shapes.ranked: 5,
    shapes.stacked: 5,
    shapes.chained: 7,
    shapes.distribution: 3,
    shapes.distinct: 3,
}


def invent_query(schema: Schema, rng: Random, *, portable: bool = True) -> exp.Query:
    """A good query over the schema, every column with its alias before it.

    Args:
        portable: only forms that mean the same on SQLite, DuckDB and PostgreSQL: dates as plain
            strings, no EXTRACT.
    """
    return sql.read(invent_sql(schema, rng, portable=portable), "")


def invent_sql(schema: Schema, rng: Random, *, portable: bool = True) -> str:
    """The text of such a query."""
    shape = rng.choices(tuple(SHAPES), weights=tuple(SHAPES.values()))[0]
    return shape(Composer(schema, rng, portable))
