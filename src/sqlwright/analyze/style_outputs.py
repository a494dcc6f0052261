"""Style: what the columns of a result and the subqueries of FROM are called."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import selects
from sqlwright.schema import Schema


def duplicate_output_name(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Two columns of a result that have one name: whoever reads them by name gets one of them.

    Bad:
        SELECT c.id, o.id FROM customers c JOIN orders o ON o.customer_id = c.id
    Good:
        SELECT c.id AS customer_id, o.id AS order_id
        FROM customers c JOIN orders o ON o.customer_id = c.id

    No rewrite is offered: the names are the author's to give. Silent in EXISTS and IN, in later
    parts of a UNION, for stars, and for expressions without a name.

    По-русски: два столбца результата с одним именем; по имени прочтут лишь один. Молчит в EXISTS и
    IN, в следующих частях UNION, для звёздочек и безымянных выражений.
    """
    for select in selects(query):
        if not _is_read_by_name(select):
            continue
        seen: set[str] = set()
        for projection in select.expressions:
            name = projection.alias_or_name.lower()
            if projection.is_star or not name or isinstance(projection.unalias(), exp.Literal):
                continue
            named = isinstance(projection, exp.Alias | exp.Column)
            if named and name in seen:
                yield found(
                    projection,
                    "duplicate-output-name",
                    "style",
                    f"a second column of the result is called {name}",
                    f"второй столбец результата назван {name}",
                )
            if named:
                seen.add(name)


def _is_read_by_name(select: exp.Select) -> bool:
    around = select.parent
    if isinstance(around, exp.SetOperation):
        first: exp.Expr = around
        while isinstance(first, exp.SetOperation):
            first = first.this
        return first is select
    if isinstance(around, exp.Subquery):
        around = around.parent
    return around is None or isinstance(around, exp.From | exp.Join | exp.CTE)


def unnamed_subquery(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A subquery of FROM without a name is an error in MySQL and in PostgreSQL before 16.

    Bad:
        SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY customer_id)
    Good:
        SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM orders GROUP BY customer_id) AS counted

    No rewrite is offered: the name is the author's to give. Silent for subqueries outside of FROM,
    and for joins in parentheses.

    По-русски: подзапрос в FROM без имени это ошибка в MySQL и в PostgreSQL до 16. Молчит о
    подзапросах вне FROM и о соединениях в скобках.
    """
    for subquery in every(query, exp.Subquery):
        in_from = isinstance(subquery.parent, exp.From | exp.Join)
        is_join = bool(subquery.this.args.get("joins")) and not isinstance(
            subquery.this, exp.Select
        )
        if in_from and isinstance(subquery.this, exp.Query) and not subquery.alias and not is_join:
            yield found(
                subquery,
                "unnamed-subquery",
                "style",
                f"the subquery `{shown(subquery, 40)}` has no name: give it one",
                f"у подзапроса `{shown(subquery, 40)}` нет имени: назовите его",
            )


def unaliased_expression(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A computed column without a name gets one that each engine invents differently.

    Bad:
        SELECT city, COUNT(*) FROM customers GROUP BY city
    Good:
        SELECT city, COUNT(*) AS customers FROM customers GROUP BY city

    No rewrite is offered: the name is the author's to give. Silent for a query of one column, for
    constants and casts of a column, in EXISTS and IN, and in later parts of a UNION.

    По-русски: вычисленному столбцу без имени каждая СУБД придумывает своё. Молчит для запроса из
    одного столбца, для констант и приведений столбца, в EXISTS и IN, в следующих частях UNION.
    """
    for select in selects(query):
        if not _is_read_by_name(select) or _has_column_list(select):
            continue
        derived = select.parent is not None
        if len(select.expressions) < 2 and not derived:
            continue
        unnamed = [p for p in select.expressions if _needs_name(p)]
        if unnamed:
            lacks = "has no name: give it one with AS"
            if len(unnamed) > 1:
                lacks = f"and {len(unnamed) - 1} more have no names: give them some with AS"
            also = f" и ещё {len(unnamed) - 1}" if len(unnamed) > 1 else ""
            yield found(
                unnamed[0],
                "unaliased-expression",
                "style",
                f"`{shown(unnamed[0])}` {lacks}",
                f"`{shown(unnamed[0])}`{also} без имени: назовите через AS",
            )


def _has_column_list(select: exp.Select) -> bool:
    node: exp.Expr | None = select.parent
    while isinstance(node, exp.SetOperation):
        node = node.parent
    alias = node.args.get("alias") if node is not None else None
    return isinstance(alias, exp.TableAlias) and bool(alias.args.get("columns"))


def _needs_name(projection: exp.Expr) -> bool:
    bare = projection
    while isinstance(bare, exp.Paren | exp.Cast):
        bare = bare.this
    given = exp.Alias | exp.Aliases | exp.Column | exp.Star | exp.Literal | exp.Null | exp.Boolean
    silent = (exp.Placeholder, exp.Parameter, exp.PropertyEQ, exp.Dot, exp.Interval)
    if projection.find(exp.Columns) or isinstance(bare.this, exp.Parameter):
        return False  # many columns of DuckDB, or a variable of T-SQL that is set
    return not isinstance(bare, given) and not isinstance(bare, silent)
