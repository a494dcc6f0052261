"""NOT IN, anti-joins and EXISTS: how a query asks for rows that have, or lack, a partner."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.reads import alias_of, has_plain_joins, is_for_truth, reads
from sqlwright.analyze.scope import (
    Source,
    columns_of,
    conjuncts,
    enclosing,
    equalities,
    has_aggregate,
    is_constant,
    is_nullable,
    is_nullable_column,
    is_within,
    owner,
    selects,
    source_of,
    sources,
    where,
)
from sqlwright.analyze.tree import copy_with, replaced, set_where
from sqlwright.schema import Schema, Table

_MORE = ("group", "having", "limit", "offset", "fetch", "qualify", "with_", "windows")


def not_in_subquery(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """NOT IN (SELECT ...) is compared with a whole list; NOT EXISTS can be an anti-join by index.

    Bad:
        SELECT name FROM products WHERE id NOT IN (SELECT product_id FROM order_lines)
    Good:
        SELECT name FROM products p
        WHERE NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.product_id = p.id)

    PostgreSQL and older MySQL never make an anti-join of NOT IN. Silent unless both columns are
    NOT NULL (`not-in-nullable` speaks then) and an index or key serves the inner one.

    По-русски: NOT IN (SELECT ...) сравнивается со всем списком, а NOT EXISTS может стать
    антисоединением по индексу. Молчит, если один из столбцов может быть NULL (об этом говорит
    `not-in-nullable`) или если для внутреннего столбца нет индекса или ключа.
    """
    for test in every(query, exp.In):
        outer, body = enclosing(test), test.args.get("query")
        if outer is None or body is None or not isinstance(test.parent, exp.Not):
            continue
        body = body.unnest()
        new = _as_not_exists(test, body, schema)
        if new is None:
            continue
        yield found(
            test,
            "not-in-subquery",
            "slow",
            f"NOT IN compares {shown(test.this)} with a whole list: NOT EXISTS looks one row up",
            f"NOT IN сравнивает {shown(test.this)} со всем списком: NOT EXISTS ищет одну строку",
            rewrite=partial(replaced, query, test.parent, new),
        )


def _as_not_exists(test: exp.In, body: exp.Expr, schema: Schema) -> exp.Expr | None:
    if not isinstance(body, exp.Select) or any(body.args.get(clause) for clause in _MORE):
        return None
    if len(body.expressions) != 1 or not isinstance(test.this, exp.Column):
        return None
    listed, held = body.expressions[0].unalias(), owner(test.this, schema)
    if not isinstance(listed, exp.Column) or held is None or is_within(held[0], body):
        return None
    inner = source_of(listed, body, schema)
    if inner is None or inner.table is None or is_nullable(listed, schema):
        return None
    if is_nullable(test.this, schema) or reads(body, schema) is None:
        return None
    if any(source.name == held[1].name for source in sources(body, schema)):
        return None
    if not _is_served(inner.table, listed.name, _fixed(body, inner, schema)):
        return None
    new = body.copy()
    new.set("expressions", [exp.Literal.number(1)])
    new.set("distinct", None)
    new.set("order", None)
    mine = exp.Column(this=listed.this.copy(), table=alias_of(inner))
    other = exp.Column(this=test.this.this.copy(), table=alias_of(held[1]))
    set_where(new, [*where(new), exp.EQ(this=mine, expression=other)])
    return exp.Not(this=exp.Exists(this=new))


def _fixed(body: exp.Select, inner: Source, schema: Schema) -> set[str]:
    """The columns of the source that the subquery holds equal to a constant."""
    return {
        mine.name.lower()
        for left, right in equalities(where(body))
        for mine, other in ((left, right), (right, left))
        if isinstance(mine, exp.Column)
        and is_constant(other)
        and source_of(mine, body, schema) == inner
    }


def _is_served(table: Table, column: str, fixed: set[str]) -> bool:
    """Whether a key or index finds the column, perhaps after columns that are constant."""
    wanted = column.lower()
    for columns in [*table.keys(), *(index.columns for index in table.indexes)]:
        for name in columns:
            if name.lower() == wanted:
                return True
            if name.lower() not in fixed:
                break
    return False


def anti_join_column(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """An anti-join is only seen as one when IS NULL asks for a column that the join compares.

    Bad:
        SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
        WHERE o.status IS NULL
    Good:
        SELECT c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id
        WHERE o.customer_id IS NULL

    Another column has to be fetched, and PostgreSQL does not see the anti-join. Silent when the
    column may be NULL in a row that is there: then the two ask for different rows.

    По-русски: антисоединение видно как таковое, только когда IS NULL спрашивает столбец, который
    сравнивает соединение; другой столбец приходится читать. Молчит, когда столбец может быть NULL
    в найденной строке: тогда это разные строки.
    """
    for select in selects(query):
        for part in where(select):
            if not isinstance(part, exp.Is) or not isinstance(part.expression, exp.Null):
                continue
            source = source_of(part.this, select, schema) if _is_column(part.this) else None
            if source is None or source.table is None or source.join is None:
                continue
            if source.join.side != "LEFT" or source.join.args.get("using"):
                continue
            compared = _compared(source, select, schema)
            real = source.table.column(part.this.name)
            if real is None or is_nullable_column(source.table, real) or not compared:
                continue
            if any(column.name.lower() == real.name.lower() for column in compared):
                continue
            new = exp.Is(this=compared[0].copy(), expression=exp.Null())
            yield found(
                part,
                "anti-join-column",
                "slow",
                f"`{shown(part)}` reads a column only to find rows without a partner:"
                f" ask for {shown(compared[0])}, which the join compares",
                f"`{shown(part)}` читает столбец лишь ради строк без пары:"
                f" спросите {shown(compared[0])}, по которому идёт соединение",
                rewrite=partial(replaced, query, part, new),
            )


def _is_column(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column)


def _compared(source: Source, select: exp.Select, schema: Schema) -> list[exp.Column]:
    """The source's columns that its ON holds equal to something of the others."""
    assert source.join is not None
    found_columns = []
    for left, right in equalities(conjuncts(source.join.args.get("on"))):
        for mine, other in ((left, right), (right, left)):
            if not isinstance(mine, exp.Column) or not columns_of(other):
                continue
            others = [source_of(column, select, schema) for column in columns_of(other)]
            if source_of(mine, select, schema) == source and source not in others:
                found_columns.append(mine)
    return found_columns


def needless_correlation(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A subquery under IN that repeats the comparison of IN is run again for every row.

    Bad:
        SELECT name FROM customers c
        WHERE c.id IN (SELECT o.customer_id FROM orders o
                       WHERE o.customer_id = c.id AND o.total > 9)
    Good:
        SELECT name FROM customers c
        WHERE c.id IN (SELECT o.customer_id FROM orders o WHERE o.total > 9)

    Without it the subquery stands alone and is run once. Silent under NOT, with LIMIT, and with
    aggregates over groups that are not of the compared column.

    По-русски: подзапрос под IN, повторяющий сравнение самого IN, выполняется заново для каждой
    строки; без повтора он выполняется один раз. Молчит под NOT, с LIMIT и с агрегатами по группам
    не того столбца.
    """
    for test in every(query, exp.In):
        body = test.args.get("query")
        if body is None or not is_for_truth(test) or not isinstance(test.this, exp.Column):
            continue
        body = body.unnest()
        link = _repeated_link(test, body, schema) if isinstance(body, exp.Select) else None
        if link is None:
            continue
        copy, (twin, gone) = copy_with(query, body, link)
        assert isinstance(twin, exp.Select)
        set_where(twin, [part for part in where(twin) if part is not gone])
        yield found(
            link,
            "needless-correlation",
            "slow",
            f"IN says `{shown(link)}` already: without it the subquery is run once",
            f"IN уже говорит `{shown(link)}`: без этого подзапрос выполняется один раз",
            rewrite=copy,
        )


def _repeated_link(test: exp.In, body: exp.Select, schema: Schema) -> exp.Expr | None:
    if len(body.expressions) != 1 or any(
        body.args.get(c) for c in ("limit", "offset", "fetch", "qualify", "windows", "with_")
    ):
        return None
    listed, group = body.expressions[0].unalias(), body.args.get("group")
    if not isinstance(listed, exp.Column) or not has_plain_joins(body, left=True):
        return None
    folded = group or body.args.get("having") or has_aggregate(listed)
    if folded and not (group and any(key == listed for key in group.expressions)):
        return None
    if group and any(group.args.get(kind) for kind in ("rollup", "cube", "grouping_sets")):
        return None
    outside = owner(test.this, schema)
    if outside is None or body.find(exp.Window):
        return None
    for part in where(body):
        for left, right in equalities([part]):
            for mine, other in ((left, right), (right, left)):
                if mine == listed and isinstance(other, exp.Column):
                    held = owner(other, schema)
                    is_same = other.name.lower() == test.this.name.lower()
                    if held is not None and is_same and _is_same(held, outside):
                        return part
    return None


def _is_same(one: tuple[exp.Select, Source], other: tuple[exp.Select, Source]) -> bool:
    return one[0] is other[0] and one[1].name == other[1].name


def busy_exists(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """EXISTS asks for one row of any kind: LIMIT and GROUP BY inside it only add work.

    Bad:
        SELECT name FROM customers c
        WHERE EXISTS (SELECT o.status FROM orders o WHERE o.customer_id = c.id GROUP BY o.status)
    Good:
        SELECT name FROM customers c
        WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)

    Silent with HAVING, OFFSET, LIMIT 0, and for an aggregate without GROUP BY, which always gives
    a row.

    По-русски: EXISTS спрашивает об одной любой строке: LIMIT и GROUP BY внутри лишь добавляют
    работу. Молчит при HAVING, OFFSET, LIMIT 0 и при агрегате без GROUP BY: он всегда даёт строку.
    """
    for exists in every(query, exp.Exists):
        body = exists.this.unnest()
        if not isinstance(body, exp.Select) or body.args.get("having") or body.args.get("offset"):
            continue
        group, limit = body.args.get("group"), body.args.get("limit")
        if not group and (not limit or any(has_aggregate(p) for p in body.expressions)):
            continue
        if group and (
            not group.expressions or any(v for k, v in group.args.items() if k != "expressions")
        ):
            continue
        count = limit.expression if isinstance(limit, exp.Limit) else None
        if limit and not (isinstance(count, exp.Literal) and count.is_int and int(count.name) > 0):
            continue
        copy, (twin,) = copy_with(query, body)
        for clause in ("group", "limit", "order", "distinct"):
            twin.set(clause, None)
        twin.set("expressions", [exp.Literal.number(1)])
        said = "GROUP BY" if group else "LIMIT"
        yield found(
            exists,
            "busy-exists",
            "style",
            f"EXISTS stops at the first row: {said} inside it says nothing",
            f"EXISTS останавливается на первой строке: {said} внутри ничего не значит",
            rewrite=copy,
        )


def uncorrelated_exists(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """EXISTS over a subquery that names nothing outside of it is the same for every row.

    Bad:
        SELECT name FROM customers c
        WHERE EXISTS (SELECT 1 FROM orders o WHERE o.status = 'new')
    Good:
        SELECT name FROM customers c
        WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.status = 'new')

    The condition that ties the two is probably forgotten; only the author knows it, so no rewrite
    is offered. Silent when a name in the subquery is uncertain, and where the outer query reads
    no table.

    По-русски: EXISTS с подзапросом, который не упоминает ничего снаружи, одинаков для всех строк:
    условие связи, вероятно, забыто, а знает его только автор. Молчит, когда имя в подзапросе
    неоднозначно и когда внешний запрос не читает таблиц.
    """
    for exists in every(query, exp.Exists):
        body, outer = exists.this.unnest(), enclosing(exists)
        if outer is None or outer.args.get("from_") is None or not isinstance(body, exp.Select):
            continue
        clause = exists.find_ancestor(exp.Where, exp.Select, exp.Case)
        if not isinstance(clause, exp.Where) or body.args.get("from_") is None:
            continue
        held = [owner(c, schema) for c in columns_of(body) if not isinstance(c.this, exp.Star)]
        if any(place is None or not is_within(place[0], body) for place in held):
            continue
        if any(source.columns is None for source in sources(body, schema)):
            continue
        yield found(
            exists,
            "uncorrelated-exists",
            "wrong",
            "EXISTS does not depend on the row: all rows pass, or none; is a condition missing?",
            "EXISTS не зависит от строки: проходят все строки или ни одной; не забыто ли условие?",
        )
