"""UNION, INTERSECT and EXCEPT: sides that do not fit, and two readings where one does."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.duplicates import are_rows_unique
from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.kinds import NUMBERS, kind
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import (
    columns_of,
    has_aggregate,
    is_nullable,
    outputs,
    owner,
    where,
)
from sqlwright.analyze.tree import all_of, copy_with, replaced, set_where
from sqlwright.schema import Schema

_PLAIN = ("group", "having", "limit", "offset", "fetch", "with_", "qualify", "windows", "order")


def unequal_branches(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """The sides of UNION, INTERSECT and EXCEPT need as many columns as each other.

    Bad:
        SELECT id, name FROM customers UNION ALL SELECT id FROM products
    Good:
        SELECT id, name FROM customers UNION ALL SELECT id, name FROM products

    No engine runs it. No rewrite is offered: only the author knows which column is missing. Silent
    when a star of an unknown table is selected.

    По-русски: сторонам UNION, INTERSECT и EXCEPT нужно столбцов поровну: иначе запрос не выполнит
    ни один движок. Переписанного запроса нет: какого столбца не хватает, знает автор. Молчит, когда
    выбрана звёздочка неизвестной таблицы.
    """
    for both in every(query, exp.SetOperation):
        left, right = (_width(side, schema) for side in (both.this, both.expression))
        if left is None or right is None or left == right:
            continue
        yield found(
            both.expression,
            "unequal-branches",
            "error",
            f"one side of {_word(both)} has {left} columns, the other {right}",
            f"у одной стороны {_word(both)} столбцов {left}, у другой {right}",
        )


def _width(side: exp.Expr, schema: Schema) -> int | None:
    names = outputs(side, schema)
    return len(names) if names is not None else None


def _word(both: exp.SetOperation) -> str:
    word = type(both).__name__.upper()
    return word if both.args.get("distinct") else f"{word} ALL"


def swapped_branches(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """UNION, INTERSECT and EXCEPT match columns by their place, not by their name.

    Bad:
        SELECT name, city FROM customers UNION ALL SELECT status AS city, coupon AS name FROM orders
    Good:
        SELECT name, city FROM customers UNION ALL SELECT coupon AS name, status AS city FROM orders

    No rewrite is offered: the good query returns other rows. Silent unless both sides have the same
    names, each once, in another order.

    По-русски: UNION, INTERSECT и EXCEPT сопоставляют столбцы по месту, а не по имени. Переписанного
    запроса нет: у хорошего другие строки. Молчит, если имена на сторонах не те же самые или стоят
    в том же порядке.
    """
    for both in every(query, exp.SetOperation):
        left, right = outputs(both.this, schema), outputs(both.expression, schema)
        if left is None or right is None or left == right or "" in left:
            continue
        if len(set(left)) != len(left) or sorted(left) != sorted(right):
            continue
        at = next(n for n, name in enumerate(left) if name != right[n])
        yield found(
            both.expression,
            "swapped-branches",
            "wrong",
            f"column {at + 1} is {left[at]} on one side of {_word(both)} and {right[at]} on the"
            " other: they are matched by place",
            f"столбец {at + 1} — {left[at]} с одной стороны {_word(both)} и {right[at]} с другой:"
            " они сопоставляются по месту",
        )


def branches_of_other_kinds(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A column that is a number on one side of UNION and a text on the other is converted.

    Bad:
        SELECT id, total FROM orders UNION ALL SELECT id, name FROM customers
    Good:
        SELECT id, total FROM orders UNION ALL SELECT id, price FROM products

    PostgreSQL refuses it; other engines make texts of the numbers. No rewrite is offered. Silent
    where the schema does not tell a kind, for NULL, and between kinds of numbers or of times.

    По-русски: столбец, который с одной стороны UNION — число, а с другой — текст, приходится
    преобразовывать: PostgreSQL откажется, другие движки сделают из чисел тексты. Переписанного
    запроса нет. Молчит, когда схема не говорит о роде значения, для NULL и между родами чисел или
    времён.
    """
    for both in every(query, exp.SetOperation):
        sides = [_first(side) for side in (both.this, both.expression)]
        if any(side is None or side.is_star for side in sides):
            continue
        pairs = zip(*(side.expressions for side in sides if side is not None), strict=False)
        for left, right in pairs:
            kinds = {_family(left, schema), _family(right, schema)}
            if kinds != {"number", "text"} and kinds != {"number", "time"}:
                continue
            yield found(
                right,
                "branches-of-other-kinds",
                "wrong",
                f"`{shown(left.unalias())}` and `{shown(right.unalias())}` share a column of"
                f" {_word(both)} and are of different kinds",
                f"`{shown(left.unalias())}` и `{shown(right.unalias())}` — один столбец"
                f" {_word(both)}, но разного рода",
            )


def _first(side: exp.Expr) -> exp.Select | None:
    while isinstance(side, exp.SetOperation | exp.Subquery):
        side = side.this
    return side if isinstance(side, exp.Select) else None


def _family(projection: exp.Expr, schema: Schema) -> str:
    value = projection.unalias()
    known = kind(value, schema)
    if known in NUMBERS:
        return "number"
    if known == "text" and isinstance(value, exp.Literal):
        return ""  # it may be read as any type
    return {"text": "text", "date": "time", "timestamp": "time"}.get(known, "")


def order_in_branch(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """ORDER BY inside a side of UNION sorts rows whose order the whole need not keep.

    Bad:
        (SELECT name FROM customers ORDER BY name) UNION ALL (SELECT name FROM products)
    Good:
        SELECT name FROM customers UNION ALL SELECT name FROM products ORDER BY name

    The rewrite drops that ORDER BY. Silent with LIMIT, OFFSET and DISTINCT ON, which need it, and
    for the ORDER BY of the whole.

    По-русски: ORDER BY внутри стороны UNION сортирует строки, порядок которых целое не обязано
    хранить. Переписанный запрос убирает этот ORDER BY. Молчит с LIMIT, OFFSET и DISTINCT ON,
    которым он нужен, и для ORDER BY всего запроса.
    """
    for both in every(query, exp.SetOperation):
        for side in (both.this, both.expression):
            select = side.unnest()
            order = select.args.get("order")
            if not isinstance(side, exp.Subquery) or not isinstance(select, exp.Select):
                continue
            if order is None or any(select.args.get(c) for c in ("limit", "offset", "fetch")):
                continue
            distinct = select.args.get("distinct")
            if distinct is not None and distinct.args.get("on"):
                continue
            copy, (twin,) = copy_with(query, order)
            twin.pop()
            yield found(
                order,
                "order-in-branch",
                "slow",
                f"a side of {_word(both)} is sorted, and the whole need not keep that order",
                f"сторона {_word(both)} сортируется, но целое не обязано хранить этот порядок",
                rewrite=copy,
            )


def repeated_branch(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A query united or intersected with itself is itself; UNION ALL doubles it.

    Bad:
        SELECT city FROM customers UNION SELECT city FROM customers
    Good:
        SELECT DISTINCT city FROM customers

    For UNION ALL and EXCEPT no rewrite is offered: that is hardly what was meant. Silent when the
    sides differ in anything, or hold LIMIT or a random function.

    По-русски: запрос, объединённый или пересечённый с самим собой, — он сам, а UNION ALL его
    удваивает. Для UNION ALL и EXCEPT переписанного запроса нет: вряд ли так и задумано. Молчит,
    когда стороны хоть чем-то различаются, с LIMIT и случайными функциями.
    """
    for both in every(query, exp.SetOperation):
        left, right = both.this.unnest(), both.expression.unnest()
        if left != right or not isinstance(left, exp.Select):
            continue
        if left.args.get("limit") or left.find(exp.Rand, exp.Anonymous):
            continue
        kept = isinstance(both, exp.Union | exp.Intersect) and bool(both.args.get("distinct"))
        yield found(
            both,
            "repeated-branch",
            "slow" if kept else "wrong",
            f"both sides of {_word(both)} are the same query",
            f"обе стороны {_word(both)} — один и тот же запрос",
            rewrite=_once(query, both, left) if kept else None,
        )


def _once(query: exp.Query, both: exp.SetOperation, side: exp.Select) -> exp.Query | None:
    if any(side.args.get(c) for c in ("order", "distinct", "with_")) or both.args.get("limit"):
        return None
    single = side.copy()
    if not side.args.get("group") and any(has_aggregate(p) for p in side.expressions):
        pass  # one row has no repeats
    else:
        single.set("distinct", exp.Distinct())
    return _in_place(query, both, single)


def _in_place(query: exp.Query, both: exp.SetOperation, single: exp.Select) -> exp.Query:
    for clause in ("order", "with_"):
        if both.args.get(clause) is not None:
            single.set(clause, both.args[clause].copy())
    return single if both is query else replaced(query, both, single)


def _of_one_table(both: exp.SetOperation) -> tuple[exp.Select, exp.Select] | None:
    """Two plain filters of one table that select the same columns; None for anything else."""
    left, right = both.this.unnest(), both.expression.unnest()
    if not isinstance(left, exp.Select) or not isinstance(right, exp.Select) or left == right:
        return None
    for side in (left, right):
        start = side.args.get("from_")
        if start is None or not isinstance(start.this, exp.Table) or side.args.get("joins"):
            return None
        if any(side.args.get(clause) for clause in _PLAIN) or not where(side):
            return None
        if any(has_aggregate(p) or p.find(exp.Window, exp.Query) for p in side.expressions):
            return None
    same = left.args["from_"] == right.args["from_"] and left.expressions == right.expressions
    return (left, right) if same else None


def intersect_of_one_table(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """INTERSECT or EXCEPT of two filters over one table reads it twice: AND reads it once.

    Bad:
        SELECT id FROM orders WHERE total > 5 INTERSECT SELECT id FROM orders WHERE status = 'open'
    Good:
        SELECT id FROM orders WHERE total > 5 AND status = 'open'

    Silent when no key is selected, as then two rows may share the columns; for EXCEPT also where
    the second filter may be unknown for a NULL.

    По-русски: INTERSECT или EXCEPT двух условий по одной таблице читает её дважды, а AND — один
    раз. Молчит, когда не выбран ключ: тогда столбцы могут совпасть у двух строк; для EXCEPT и
    тогда, когда второе условие из-за NULL может быть неизвестным.
    """
    for both in every(query, exp.Intersect, exp.Except):
        sides = _of_one_table(both)
        if sides is None or both.args.get("limit") or not are_rows_unique(sides[0], schema):
            continue
        left, right = sides
        if any(p.find(exp.Rand, exp.Anonymous) for p in (*where(left), *where(right))):
            continue
        second = where(right)
        if isinstance(both, exp.Except):
            if not _is_two_valued(right, schema):
                continue
            second = [exp.Not(this=exp.Paren(this=all_of(second)))]
        single = left.copy()
        set_where(single, [*where(left), *second])
        table = left.args["from_"].this.name
        yield found(
            both,
            "intersect-of-one-table",
            "slow",
            f"{table} is read twice: one SELECT with AND reads it once",
            f"{table} читается дважды: один SELECT с AND прочтёт её один раз",
            rewrite=_in_place(query, both, single),
        )


def _is_two_valued(select: exp.Select, schema: Schema) -> bool:
    """Whether WHERE is true or false for every row: no NULL and nothing that may make one."""
    odd = (exp.Query, exp.Func, exp.Null, exp.Div, exp.Placeholder, exp.Parameter)
    parts = where(select)
    if any(node is not part and isinstance(node, odd) for part in parts for node in part.walk()):
        return False
    columns = [column for part in parts for column in columns_of(part)]
    return all(owner(c, schema) is not None and not is_nullable(c, schema) for c in columns)
