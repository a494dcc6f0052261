"""Sums over rows that a join has multiplied."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.duplicates import fixed_by
from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import (
    Source,
    columns_of,
    conditions,
    conjuncts,
    enclosing,
    equalities,
    group_keys,
    has_subquery,
    keys,
    source_of,
    sources,
)
from sqlwright.schema import Schema


def sum_of_repeated_rows(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A join to the many side repeats each row of the one side, and SUM adds it as often.

    Bad:
        SELECT SUM(o.total) FROM orders o JOIN order_lines l ON l.order_id = o.id
    Good:
        SELECT SUM(o.total) FROM orders o
        WHERE EXISTS (SELECT 1 FROM order_lines l WHERE l.order_id = o.id)

    No rewrite is offered: the good query returns other sums. Silent for MIN, MAX and DISTINCT, for
    sums of ones, when the sum reads the many side too, when COUNT(*) beside it counts that side,
    when GROUP BY holds a key of the many side, and where the schema declares no foreign key to tell
    which side is many.

    По-русски: соединение со стороной «много» повторяет каждую строку стороны «один», и SUM
    складывает её столько же раз. Переписанного запроса нет: у хорошего другие суммы. Молчит для
    MIN, MAX и DISTINCT, для сумм единиц, когда сумма читает и сторону «много», когда её же рядом
    считает COUNT(*), когда в GROUP BY есть её ключ и когда в схеме нет внешнего ключа, по которому
    видно, где «много».
    """
    for total in every(query, exp.Sum, exp.Avg):
        select = enclosing(total)
        if select is None or isinstance(total.this, exp.Distinct):
            continue
        if isinstance(total.parent, exp.Window) or has_subquery(total) or _is_count(total.this):
            continue
        if any(
            isinstance(c.this, exp.Star) for p in select.expressions for c in p.find_all(exp.Count)
        ):
            continue
        here = sources(select, schema)
        read = {source_of(column, select, schema) for column in columns_of(total)}
        one = read.pop() if len(read) == 1 else None
        if one is None or one.table is None or len(here) < 2:
            continue
        many = next((s for s in here if s != one and _repeats(s, one, select, schema)), None)
        if many is None or many.table is None:
            continue
        yield found(
            total,
            "sum-of-repeated-rows",
            "wrong",
            f"`{shown(total)}` adds a row of {one.table.name} once for each of its"
            f" {many.table.name}: fold {many.table.name} first",
            f"`{shown(total)}` учитывает строку {one.table.name} столько раз, сколько у неё"
            f" строк {many.table.name}: сверните {many.table.name} заранее",
            evidence=(
                f"{many.table.name} refers to {one.table.name}",
                f"{many.table.name} ссылается на {one.table.name}",
            ),
        )


def _is_count(value: exp.Expr) -> bool:
    """Whether it adds constants, whatever the rows hold."""
    if not isinstance(value, exp.Case):
        return False
    given = [branch.args["true"] for branch in value.args["ifs"]]
    return not any(columns_of(v) for v in (*given, value.args.get("default")) if v is not None)


def _repeats(many: Source, one: Source, select: exp.Select, schema: Schema) -> bool:
    """Whether `many` refers to `one` by the join, and a group may hold many of them for one row."""
    if many.table is None or one.table is None or not keys(many, schema):
        return False
    pairs = _joined(many, one, select, schema)
    refers = any(
        key.table.lower() == one.table.name.lower()
        and set(zip(_lower(key.columns), _lower(key.references), strict=False)) <= pairs
        for key in many.table.foreign_keys
    )
    if not refers:
        return False
    grouped = group_keys(select, schema)
    if select.args.get("group") is not None and grouped is None:
        return False
    fixed = fixed_by(grouped or [], select, schema, rows=(one.name,))[many.name]
    return not any(key <= fixed for key in keys(many, schema))


def _lower(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)


def _joined(many: Source, one: Source, select: exp.Select, schema: Schema) -> set[tuple[str, str]]:
    """The pairs of columns (of many, of one) that the joins set equal."""
    tests = conditions(select)
    for join in select.args.get("joins") or []:
        if join.side == "LEFT":
            tests = [*tests, *conjuncts(join.args.get("on"))]
    found_pairs = set()
    for pair in equalities(tests):
        for left, right in (pair, pair[::-1]):
            if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
                continue
            ends = (source_of(left, select, schema), source_of(right, select, schema))
            if ends == (many, one):
                found_pairs.add((left.name.lower(), right.name.lower()))
    return found_pairs
