"""What can be shown of two queries without running them on rows: by named, sound steps alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlwright.schema import Schema, Table
from sqlwright.verify.canonical import why_same
from sqlwright.verify.empty import why_empty
from sqlwright.verify.prepare import Pair
from sqlwright.verify.same_plans import same_in_duckdb, same_in_sqlite


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown.

    Attributes:
        step: what shows that both queries return the same rows, or None.
        empty: why one of them returns no row on any database, "" where nothing shows it. Of the
            other one that says nothing.
    """

    step: str | None = None
    empty: str = ""


def show_same(pair: Pair, tables: Sequence[Table], schema: Schema) -> Shown:
    """What the sound steps show of two bound queries; the cheapest goes first."""
    original, proposal = pair.both()
    if (step := why_same(original, proposal, schema, pair.dialect)) is not None:
        return Shown(step)
    reasons = [why_empty(query, schema, pair.dialect) for query in pair.both()]
    if all(reasons) and len(original.selects) == len(proposal.selects):
        return Shown(f"both return no row on any database: {reasons[0]}; {reasons[1]}")
    names = ("the original", "the rewrite")
    empty = next(
        (
            f"{n} returns no row on any database: {r}"
            for n, r in zip(names, reasons, strict=True)
            if r
        ),
        "",
    )
    texts = [
        query.sql(dialect=pair.dialect, identify=True, comments=False) for query in pair.both()
    ]
    step = None
    if pair.dialect == "sqlite":
        step = same_in_sqlite(tables, *texts)
    elif pair.dialect == "duckdb":
        step = same_in_duckdb(tables, *texts)
    return Shown(step, empty)
