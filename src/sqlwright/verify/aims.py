"""By how much computed values miss what they are compared with, and steps that close the gap.

A bound on a sum decides only where the sum meets it, or lies between it and another bound: no list
of constants has the value that one of its rows must take. The gap is measured by the engine itself.
Source: the branch distance of search-based testing (Tracey et al., ASE 1998; for SQL Castelein et
al., ICSE 2018).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from sqlwright.verify.freedom import attach, context_of
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.reading import conjuncts
from sqlwright.verify.witness import Witness

_MOST = 8
_ROWS = 6
_COMPARISONS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ)


def gaps(trees: Sequence[exp.Query], dialect: str) -> list[str]:
    """Texts whose rows are a computed value minus what it is compared with.

    Where only one of the queries has some of the comparisons, these alone.
    """
    found = [dict(_of(tree, dialect)) for tree in trees]
    alone = found[0].keys() ^ found[1].keys()
    every = {key: text for part in found for key, text in part.items()}
    return [text for key, text in every.items() if key in alone or not alone][:_MOST]


def _of(tree: exp.Query, dialect: str) -> Iterator[tuple[str, str]]:
    for number, scope in enumerate(traverse_scope(tree)):
        select = scope.expression
        if not isinstance(select, exp.Select) or scope.external_columns:
            continue
        for name in ("where", "having"):
            clause = select.args.get(name)
            parts = conjuncts(clause.this if clause is not None else None)
            for part in parts:
                for left, right in _sides(part):
                    if _is_computed(left, scope) or _is_computed(right, scope):
                        text = _text(select, name, part, parts, left, right, dialect)
                        yield f"{number} {part.sql()} {right.sql()}", text


def _sides(part: exp.Expr) -> list[tuple[exp.Expr, exp.Expr]]:
    part = part.unnest()
    if isinstance(part, _COMPARISONS):
        return [(part.this, part.expression)]
    if isinstance(part, exp.Between):
        return [(part.this, part.args["low"]), (part.this, part.args["high"])]
    return []


def _is_computed(side: exp.Expr, scope: Scope) -> bool:
    """Is it more than a column of a table or a constant?"""
    if side.find(exp.AggFunc, exp.Mul, exp.Div, exp.Add, exp.Sub, exp.Case) is not None:
        return side.find(exp.Column) is not None
    return any(
        isinstance(scope.sources.get(column.table), Scope) for column in side.find_all(exp.Column)
    )


def _text(
    select: exp.Select,
    clause: str,
    part: exp.Expr,
    parts: Sequence[exp.Expr],
    left: exp.Expr,
    right: exp.Expr,
    dialect: str,
) -> str:
    bare = select.copy()
    for name in ("order", "limit", "offset", "fetch", "distinct", "having"):
        bare.set(name, None)
    if clause == "where":
        bare.set("group", None)
        others = [other.copy() for other in parts if other is not part]
        bare.set("where", exp.Where(this=exp.and_(*others)) if others else None)
    gap = exp.Sub(this=exp.paren(left.copy()), expression=exp.paren(right.copy()))
    bare.set("expressions", [gap])
    attach(bare.limit(_ROWS, copy=False), context_of(select))
    return bare.sql(dialect=dialect, identify=True, comments=False)


def shifted(
    near: Neighborhood, witness: Witness, found: Sequence[object], generator: random.Random
) -> Witness | None:
    """A number of the witness moved by one of the gaps that were found, or by a part of it."""
    numbers = [
        gap for gap in found if isinstance(gap, int | float) and gap != 0 and math.isfinite(gap)
    ]
    place = near.free_cell(witness, generator)
    if not numbers or place is None:
        return None
    number, position, column = place
    row = witness.rows[number][position]
    value = row[column]
    if not isinstance(value, int | float):
        return None
    gap = generator.choice(numbers) * generator.choice((-1, 1))
    gap *= generator.choice((1, 1, 1, 0.5, 2, len(witness.rows[number])))
    others = [v for v in row if isinstance(v, int | float) and v not in (0, 1) and v is not value]
    if others and generator.random() < 0.3:  # the value may be multiplied with another
        gap /= generator.choice(others)
    changed = (*row[:column], near.fit(number, column, value + gap), *row[column + 1 :])
    return None if changed == row else near.with_row(witness, number, position, changed)
