"""NULL handled where there is none, the long way, or not at all where rows depend on it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.kinds import kind
from sqlwright.analyze.nulls import asked_present, asks_present, is_surely_nullable
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import (
    conditions,
    conjuncts,
    enclosing,
    is_nullable,
    selects,
    source_of,
    where,
)
from sqlwright.analyze.tree import copy_with, replaced, set_where
from sqlwright.schema import Schema


def needless_coalesce(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """COALESCE gives its first value that is not NULL: what follows a NOT NULL column is not read.

    Bad:
        SELECT id FROM orders WHERE COALESCE(status, 'new') = 'open'
    Good:
        SELECT id FROM orders WHERE status = 'open'

    The bare column can use an index. Silent when the value may be NULL, as below an outer join or
    ROLLUP; no rewrite when the values are of different kinds, which may change the result's type.

    По-русски: COALESCE даёт первое значение, которое не NULL: всё, что стоит после столбца
    NOT NULL, не читается, а сам столбец может использовать индекс. Молчит, когда значение может
    быть NULL, например под внешним соединением или ROLLUP; нет переписанного запроса, когда
    значения разного рода: мог бы измениться тип результата.
    """
    for coalesce in every(query, exp.Coalesce):
        values = [coalesce.this, *coalesce.expressions]
        at = next((n for n, v in enumerate(values[:-1]) if not is_nullable(v, schema)), None)
        if at is None:
            continue
        kept = values[: at + 1]
        new = values[0].copy() if at == 0 else coalesce.copy()
        if at:
            new.set("expressions", [value.copy() for value in kept[1:]])
        kinds = {kind(value, schema) for value in values}
        is_same = len(kinds) == 1 and "" not in kinds
        clause = coalesce.find_ancestor(exp.Where, exp.Join, exp.Select)
        yield found(
            coalesce,
            "needless-coalesce",
            "style" if isinstance(clause, exp.Select | None) else "slow",
            f"{shown(values[at])} is never NULL: `{shown(values[at + 1])}` is never read",
            f"{shown(values[at])} не бывает NULL: до `{shown(values[at + 1])}` дело не дойдёт",
            rewrite=partial(replaced, query, coalesce, new) if is_same else None,
        )


def case_for_coalesce(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """CASE WHEN x IS NULL THEN y ELSE x END is COALESCE(x, y), and reads x once.

    Bad:
        SELECT CASE WHEN city IS NULL THEN 'unknown' ELSE city END FROM customers
    Good:
        SELECT COALESCE(city, 'unknown') FROM customers

    Silent when a branch gives something else, with more branches, and for CASE x WHEN.

    По-русски: CASE WHEN x IS NULL THEN y ELSE x END — это COALESCE(x, y), где x читается один раз.
    Молчит, когда ветвь даёт другое, ветвей больше, и для CASE x WHEN.
    """
    for case in every(query, exp.Case):
        pair = _value_or(case)
        if pair is None:
            continue
        value, filler = pair
        new = exp.Coalesce(this=value.copy(), expressions=[filler.copy()])
        yield found(
            case,
            "case-for-coalesce",
            "style",
            f"this CASE is COALESCE({shown(value)}, {shown(filler)})",
            f"этот CASE — то же, что COALESCE({shown(value)}, {shown(filler)})",
            rewrite=partial(replaced, query, case, new),
        )


def _value_or(case: exp.Case) -> tuple[exp.Expr, exp.Expr] | None:
    """(x, y) of CASE WHEN x IS NULL THEN y ELSE x END, or of its negated form."""
    default = case.args.get("default")
    if case.this is not None or len(case.args["ifs"]) != 1 or default is None:
        return None
    branch = case.args["ifs"][0]
    test, given = branch.this.unnest(), branch.args["true"]
    negated = isinstance(test, exp.Not)
    test = test.this.unnest() if negated else test
    if not isinstance(test, exp.Is) or not isinstance(test.expression, exp.Null):
        return None
    value, filler = (given, default) if negated else (default, given)
    if test.this.unnest() != value.unnest() or value.find(exp.Rand, exp.Anonymous):
        return None
    return None if isinstance(filler, exp.Null) else (value, filler)


def implied_not_null(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A comparison, IN or LIKE is never true of NULL: IS NOT NULL beside it changes nothing.

    Bad:
        SELECT name FROM customers WHERE city IS NOT NULL AND city = 'Oslo'
    Good:
        SELECT name FROM customers WHERE city = 'Oslo'

    Silent when the other condition stands under OR or in an outer join's ON.

    По-русски: сравнение, IN или LIKE с NULL не бывает истинно: IS NOT NULL рядом с ним ничего не
    меняет. Молчит, когда другое условие стоит под OR или в ON внешнего соединения.
    """
    for select in selects(query):
        parts = where(select)
        given = (other for other in conditions(select) if not isinstance(other, exp.Not))
        present = {value for other in given for value in asked_present(other)}
        follows = [_not_null(part) in present for part in parts]
        if not any(follows):
            continue
        implied = [part for part, known in zip(parts, follows, strict=True) if known]
        copy, (twin,) = copy_with(query, select)
        assert isinstance(twin, exp.Select)
        both = zip(where(twin), follows, strict=True)
        set_where(twin, [part for part, known in both if not known])
        yield found(
            implied[0],
            "implied-not-null",
            "style",
            f"`{shown(implied[0])}` follows from another condition on it",
            f"`{shown(implied[0])}` следует из другого условия на него",
            rewrite=copy,
        )


def _not_null(part: exp.Expr) -> exp.Column | None:
    """The column of `column IS NOT NULL`."""
    test = part.this.unnest() if isinstance(part, exp.Not) else None
    if not isinstance(test, exp.Is) or not isinstance(test.expression, exp.Null):
        return None
    value = test.this.unnest()
    return value if isinstance(value, exp.Column) else None


def nulls_at_top(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """ORDER BY ... DESC LIMIT puts NULL above the greatest values in PostgreSQL.

    Bad:
        SELECT id, total FROM orders ORDER BY total DESC LIMIT 10
    Good:
        SELECT id, total FROM orders ORDER BY total DESC NULLS LAST LIMIT 10

    No rewrite is offered: the good query returns other rows. Silent where the engine puts NULL
    last, when the schema says NOT NULL, without LIMIT, and when WHERE asks for a value.

    По-русски: ORDER BY ... DESC LIMIT в PostgreSQL ставит NULL выше самых больших значений.
    Переписанного запроса нет: у хорошего другие строки. Молчит, когда движок ставит NULL в конец,
    когда по схеме столбец NOT NULL, без LIMIT и когда WHERE требует значения.
    """
    for select in selects(query):
        order = select.args.get("order")
        if order is None or not (select.args.get("limit") or select.args.get("fetch")):
            continue
        first = order.expressions[0]
        if not first.args.get("desc") or not first.args.get("nulls_first"):
            continue
        column = _meant(first.this, select)
        if not isinstance(column, exp.Column) or not is_surely_nullable(column, schema):
            continue
        if any(asks_present(part, column) for part in conditions(select)):
            continue
        yield found(
            first,
            "nulls-at-top",
            "wrong",
            f"rows where {shown(column)} is NULL come first: write NULLS LAST",
            f"первыми окажутся строки, где {shown(column)} — NULL: пишите NULLS LAST",
        )


def _meant(key: exp.Expr, select: exp.Select) -> exp.Expr:
    """What an ORDER BY item stands for, where it is the name of an output."""
    for projection in select.expressions:
        if projection.alias and isinstance(key, exp.Column) and key.name == projection.alias:
            return projection.unalias() if not key.table else key
    return key


def absent_or_null(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """IS NULL on a column that may be NULL itself finds matched rows too, not only absent ones.

    Bad:
        SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
        WHERE o.coupon IS NULL
    Good:
        SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
        WHERE o.id IS NULL

    No rewrite is offered: the good query returns other rows. Silent when the schema says NOT NULL
    or ON asks for a value: then only rows without a match are found.

    По-русски: IS NULL для столбца, который сам может быть NULL, находит и строки с парой, а не
    только строки без неё. Переписанного запроса нет: у хорошего другие строки. Молчит, когда по
    схеме столбец NOT NULL или ON требует значения: тогда найдутся только строки без пары.
    """
    for select in selects(query):
        parts = where(select)
        for part in parts:
            if not isinstance(part, exp.Is) or not isinstance(part.expression, exp.Null):
                continue
            column = part.this.unnest()
            if not isinstance(column, exp.Column) or enclosing(column) is not select:
                continue
            source = source_of(column, select, schema)
            if source is None or source.join is None or source.join.side != "LEFT":
                continue
            real = source.table.column(column.name) if source.table else None
            if real is None or not real.nullable:
                continue
            on = conjuncts(source.join.args.get("on"))
            if not on or any(asks_present(test, column) for test in on):
                continue
            yield found(
                part,
                "absent-or-null",
                "wrong",
                f"`{shown(part)}` holds for rows without a match and for matches without a value:"
                " ask for a column that is never NULL",
                f"`{shown(part)}` верно и без пары, и для пары без значения:"
                " проверяйте столбец, который не бывает NULL",
            )
