"""By how much computed values miss what they are compared with, and steps that close the gap.

A bound on a sum decides only where the sum meets it, or lies between it and another bound: no list
of constants has the value that one of its rows must take. The gap is measured by the engine itself.
Source: the branch distance of search-based testing (Tracey et al., ASE 1998; for SQL Castelein et
al., ICSE 2018).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from sqlwright.errors import DatabaseError
from sqlwright.verify.compare import Comparison
from sqlwright.verify.cuts import attach, bare, context_of
from sqlwright.verify.lineage import Lineage
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.reading import conjuncts
from sqlwright.verify.witness import Witness

_MOST = 8
_ROWS = 6
_COMPARISONS = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ)


@dataclass(frozen=True, slots=True)
class Gap:
    """A computed value minus what it is compared with, row by row.

    Attributes:
        texts: one that gives it, or one of each query where they differ: the gap is then in the
            middle, and where it is closed one condition holds and the other does not.
        columns: names of the columns behind it.
    """

    texts: tuple[str, ...]
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Compared:
    part: str
    text: str
    columns: frozenset[str]


def gaps(trees: Sequence[exp.Query], dialect: str) -> list[Gap]:
    """By how much computed values of the queries miss what they are compared with.

    Where some of the comparisons differ between the queries, these alone.
    """
    left, right = (dict(_of(tree, dialect)) for tree in trees)
    told: list[Gap] = []
    same: list[Gap] = []
    for place in dict.fromkeys((*left, *right)):
        found = [side[place] for side in (left, right) if place in side]
        texts = tuple(dict.fromkeys(one.text for one in found))
        columns = frozenset(name for one in found for name in one.columns)
        differ = len(found) == 1 or found[0].part != found[1].part or len(texts) > 1
        (told if differ else same).append(Gap(texts, columns))
    return (told or same)[:_MOST]


_Place = tuple[int, str, int, int]  # select, clause, conjunct, side


def _of(tree: exp.Query, dialect: str) -> Iterator[tuple[_Place, _Compared]]:
    lineage = Lineage(tree)
    for number, scope in enumerate(traverse_scope(tree)):
        select = scope.expression
        if not isinstance(select, exp.Select) or scope.external_columns:
            continue
        for name in ("where", "having"):
            clause = select.args.get(name)
            parts = conjuncts(clause.this if clause is not None else None)
            for at, part in enumerate(parts):
                for side, (left, right) in enumerate(sides(part)):
                    if is_computed(left, scope) or is_computed(right, scope):
                        text = _text(select, name, part, parts, left, right, dialect)
                        found = _Compared(part.sql(), text, lineage.names(part))
                        yield (number, name, at, side), found


def sides(part: exp.Expr) -> list[tuple[exp.Expr, exp.Expr]]:
    """What a comparison compares; of BETWEEN the value with either end."""
    part = part.unnest()
    if isinstance(part, _COMPARISONS):
        return [(part.this, part.expression)]
    if isinstance(part, exp.Between):
        return [(part.this, part.args["low"]), (part.this, part.args["high"])]
    return []


def is_computed(side: exp.Expr, scope: Scope) -> bool:
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
    copy = bare(select, "distinct", "having")
    if clause == "where":
        others = [other.copy() for other in parts if other is not part]
        copy.set("where", exp.Where(this=exp.and_(*others)) if others else None)
    attach(copy, context_of(select))
    return gap_text(copy, left, right, clause == "having", dialect)


def gap_text(
    select: exp.Select, left: exp.Expr, right: exp.Expr, grouped: bool, dialect: str
) -> str:
    """Text that gives by how much the left side is more, of the select's groups or of its rows."""
    if not grouped:
        select.set("group", None)
        select.set("having", None)
    gap = exp.Sub(this=exp.paren(left.copy()), expression=exp.paren(right.copy()))
    select.set("expressions", [gap])
    return select.limit(_ROWS, copy=False).sql(dialect=dialect, identify=True, comments=False)


def measured(comparison: Comparison, texts: Sequence[str], witness: Witness) -> list[object]:
    """The gaps on the witness, the means of what the texts give; none where one fails."""
    try:
        comparison.scratch.load(witness)
        found = [[row[0] for row in comparison.run(text)] for text in texts]
    except DatabaseError:
        return []
    if len(found) == 1:
        return found[0]
    return [_mean(values) for values in zip(*found, strict=False)]


def _mean(values: Sequence[object]) -> object:
    numbers = [value for value in values if isinstance(value, int | float)]
    return sum(numbers) / len(values) if len(numbers) == len(values) else None


def closed(
    near: Neighborhood,
    witness: Witness,
    measure: Callable[[Witness], Sequence[object]],
    generator: random.Random,
) -> Witness | None:
    """The witness with a number changed so that a gap closes, or about so.

    A cell is moved a little to see how much of it arrives (the secant method): sums and averages
    are straight lines, so that the next step meets the bound.

    Args:
        measure: the gaps on a witness.
    """
    place = near.free_cell(witness, generator)
    found = measure(witness)
    known = [n for n, gap in enumerate(found) if _is_number(gap)]
    if place is None or not known:
        return None
    number, position, column = place
    row = witness.rows[number][position]
    value, at = row[column], generator.choice(known)
    gap = found[at]
    if not isinstance(value, int | float) or not isinstance(gap, int | float):
        return None

    def moved(step: float) -> tuple[Witness | None, float]:
        new = near.fit(number, column, value + step)
        changed = (*row[:column], new, *row[column + 1 :])
        if changed == row or not isinstance(new, int | float):
            return None, 0
        return near.with_row(witness, number, position, changed), new - value

    probe, step = moved(generator.choice((1, 1, -1, 0.5, value, gap)))
    if probe is None:
        return None
    after = measure(probe)
    arrived = after[at] if at < len(after) else None
    if not isinstance(arrived, int | float) or not _is_number(arrived) or arrived == gap:
        return probe
    target = -gap * step / (arrived - gap)
    return moved(target + generator.choice(_BESIDE))[0]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


_BESIDE = (0, 0, 0, 0.01, -0.01, 1, -1)  # to meet a bound, or to pass it
