"""House standards that most teams share: named columns, named order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp
from sqlglot.parser import Parser
from sqlglot.tokens import Tokenizer

from sqlwright.analyze.finding import Finding, found
from sqlwright.analyze.scope import Source, selects, sources
from sqlwright.analyze.tree import copy_with
from sqlwright.schema import Schema


def select_star(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """SELECT * reads columns that nobody asked for, and changes when the table does.

    Bad:
        SELECT * FROM products
    Good:
        SELECT id, name, price, stock FROM products

    The rewrite lists the columns of the schema: strike what is not needed. Silent in EXISTS and
    COUNT(*), and over a subquery or CTE, whose columns stand in the text already.

    По-русски: SELECT * читает столбцы, о которых никто не просил, и меняется вместе с таблицей.
    Переписанный запрос перечисляет столбцы схемы: лишние вычеркните. Молчит в EXISTS и COUNT(*), а
    также над подзапросом или CTE, чьи столбцы уже есть в тексте.
    """
    for select in selects(query):
        stars = [p for p in select.expressions if p.is_star]
        if not stars or isinstance(select.parent, exp.Exists):
            continue
        here = sources(select, schema)
        if not any(source.table is not None or source.columns is None for source in here):
            continue
        yield found(
            stars[0],
            "select-star",
            "style",
            "SELECT * reads every column, and changes when a table does: name the columns",
            "SELECT * читает все столбцы и меняется вместе с таблицей: назовите столбцы",
            rewrite=_listed(query, select, here),
        )


def _listed(query: exp.Query, select: exp.Select, here: tuple[Source, ...]) -> exp.Query | None:
    joins = [source.join for source in here if source.join is not None]
    if any(source.columns is None for source in here):
        return None
    if any(join.args.get("using") or join.args.get("method") for join in joins):
        return None
    copy, (twin,) = copy_with(query, select)
    expressions: list[exp.Expr] = []
    for projection in twin.expressions:
        if not projection.is_star:
            expressions.append(projection)
            continue
        if any(projection.args.get(word) for word in ("except_", "replace", "rename")):
            return None
        wanted = projection.table.lower() if isinstance(projection, exp.Column) else ""
        for source in here:
            if wanted in ("", source.name):
                expressions += _columns(source, qualified=len(here) > 1)
    twin.set("expressions", expressions)
    return copy


def _columns(source: Source, qualified: bool) -> list[exp.Expr]:
    names = [c.name for c in source.table.columns] if source.table else list(source.columns or ())
    table = source.node.alias_or_name if qualified else None
    return [exp.column(_identifier(name), table=table) for name in names]


def _identifier(name: str) -> exp.Identifier:
    word = Tokenizer.KEYWORDS.get(name.upper())
    is_reserved = word is not None and word not in Parser.ID_VAR_TOKENS  # a column named `when`
    is_plain = re.fullmatch(r"[A-Za-z_]\w*", name) and not is_reserved
    return exp.to_identifier(name, quoted=not is_plain)


def order_by_position(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """ORDER BY 2 means another column as soon as someone adds one to the SELECT list.

    Bad:
        SELECT city, name FROM customers ORDER BY 2
    Good:
        SELECT city, name FROM customers ORDER BY name

    Silent when the position is a star's, and for expressions.

    По-русски: ORDER BY 2 означает другой столбец, как только в список SELECT добавят ещё один.
    Молчит, когда на этом месте звёздочка, и для выражений.
    """
    for select in selects(query):
        order = select.args.get("order")
        if order is None or select.is_star:
            continue
        for ordered in order.expressions:
            at = ordered.this
            if not isinstance(at, exp.Literal) or not at.is_int:
                continue
            if not 1 <= int(at.name) <= len(select.expressions):
                continue
            projection = select.expressions[int(at.name) - 1]
            alias = projection.args.get("alias")
            named = exp.Column(this=alias.copy()) if alias else projection.unalias()
            is_sole = select.named_selects.count(projection.alias_or_name) == 1
            copy, (twin,) = copy_with(query, at)
            twin.replace(named.copy())
            yield found(
                at,
                "order-by-position",
                "style",
                f"ORDER BY {at.name} changes its meaning with the SELECT list: name the column",
                f"смысл ORDER BY {at.name} меняется вместе со списком SELECT: назовите столбец",
                rewrite=copy if is_sole and not isinstance(named, exp.Literal) else None,
            )


def limit_without_order(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """LIMIT without ORDER BY returns whichever rows come first, and others tomorrow.

    Bad:
        SELECT name FROM customers LIMIT 5
    Good:
        SELECT name FROM customers ORDER BY name, id LIMIT 5

    No rewrite is offered: only the author knows the order. Silent in EXISTS, and where one row is
    all there can be: an aggregate without GROUP BY.

    По-русски: LIMIT без ORDER BY возвращает любые строки, и в следующий раз другие. Переписанного
    запроса нет: порядок знает только автор. Молчит в EXISTS и там, где результат — одна строка:
    агрегат без GROUP BY.
    """
    for node in query.find_all(exp.Select, exp.SetOperation):
        limit = node.args.get("limit") or node.args.get("offset")
        if limit is None or node.args.get("order") or isinstance(node.parent, exp.Exists):
            continue
        if isinstance(limit, exp.Limit) and limit.expression == exp.Literal.number(0):
            continue  # asked for the names of the columns alone
        one_row = not node.args.get("group") and any(
            p.find(exp.AggFunc) and not p.find(exp.Window) for p in node.expressions
        )
        if one_row or (isinstance(node, exp.Select) and node.args.get("from_") is None):
            continue
        yield found(
            limit,
            "limit-without-order",
            "wrong",
            "LIMIT without ORDER BY: which rows come back is left to chance",
            "LIMIT без ORDER BY: какие строки вернутся, решает случай",
        )
