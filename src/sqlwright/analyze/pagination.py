"""Pages and samples: OFFSET, orders that leave ties, random orders."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found
from sqlwright.analyze.once import every
from sqlwright.analyze.reads import has_plain_joins
from sqlwright.analyze.scope import (
    Source,
    conditions,
    enclosing,
    equalities,
    group_keys,
    is_constant,
    is_grouped,
    is_plainly_distinct,
    keys,
    owner,
    selects,
    source_of,
    sources,
)
from sqlwright.analyze.tree import copy_with
from sqlwright.schema import Schema

_DEEP = 1000  # rows that are read only to be skipped


def deep_offset(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """OFFSET reads all the rows that it skips: each page costs more than the one before.

    Bad:
        SELECT id, total FROM orders ORDER BY id LIMIT 20 OFFSET 100000
    Good:
        SELECT id, total FROM orders WHERE id > 100000 ORDER BY id LIMIT 20

    Remember the last key of the page and ask for what comes after it. No rewrite is offered: the
    key is not in the query. Silent below 1,000 skipped rows.

    По-русски: OFFSET читает все строки, которые пропускает: каждая страница дороже предыдущей.
    Запомните последний ключ страницы и спросите то, что после него. Переписанного запроса нет:
    этого ключа в запросе нет. Молчит, если пропускается меньше 1000 строк.
    """
    for offset in every(query, exp.Offset):
        count = offset.expression
        if not isinstance(count, exp.Literal) or not count.is_int or int(count.name) < _DEEP:
            continue
        yield found(
            offset,
            "deep-offset",
            "slow",
            f"{int(count.name):,} rows are read only to be skipped: go on from the last key",
            f"строк читается только для пропуска: {int(count.name):,};"
            " продолжайте от последнего ключа",
        )


def unsettled_pages(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Pages of an order that leaves ties can repeat a row or leave one out.

    Bad:
        SELECT id, total FROM orders ORDER BY placed LIMIT 20 OFFSET 40
    Good:
        SELECT id, total FROM orders ORDER BY placed, id LIMIT 20 OFFSET 40

    No rewrite is offered: two runs of the query may differ themselves. Silent without OFFSET, when
    the order holds a key or every group key, and when the tables are not known.

    По-русски: страницы порядка, в котором есть равные, могут повторить строку или пропустить её.
    Переписанного запроса нет: и сам запрос может отвечать по-разному. Молчит без OFFSET, когда в
    порядке есть ключ или все ключи групп и когда таблицы неизвестны.
    """
    for select in selects(query):
        order, offset = select.args.get("order"), select.args.get("offset")
        if order is None or offset is None or not select.args.get("limit"):
            continue
        if is_plainly_distinct(select) or _is_settled(select, order, schema):
            continue
        yield found(
            order,
            "unsettled-pages",
            "wrong",
            "rows that tie in this order may be on two pages or on none: add a key to it",
            "строки, равные в этом порядке, могут попасть на две страницы или ни на одну:"
            " добавьте ключ",
        )


def _is_settled(select: exp.Select, order: exp.Expr, schema: Schema) -> bool:
    """Whether no two rows tie, or that cannot be told."""
    named = {p.alias.lower(): p.unalias() for p in select.expressions if p.alias}
    sorts = [item.this for item in order.expressions]
    if any(isinstance(node, exp.Literal) for node in sorts):
        return True  # positions: another rule's
    sorts = [
        named.get(node.name.lower(), node) if not node.args.get("table") else node for node in sorts
    ]
    if is_grouped(select):
        grouped = group_keys(select, schema)
        return grouped is None or all(key in sorts for key in grouped)
    here = sources(select, schema)
    if any(s.table is None for s in here) or not here:
        return True
    listed: dict[str, set[str]] = {}
    columns = [node for node in sorts if isinstance(node, exp.Column)]
    columns += [
        side
        for pair in equalities(conditions(select))
        for side, other in (pair, pair[::-1])
        if isinstance(side, exp.Column) and is_constant(other)
    ]
    for column in columns:
        held = owner(column, schema)
        if held is None:
            return True
        listed.setdefault(held[1].name, set()).add(column.name.lower())
    # a key of any one of the tables: which joins repeat its rows is another question
    return any(key <= listed.get(s.name, set()) for s in here for key in keys(s, schema))


def random_order(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """ORDER BY a random number sorts the whole table to pick a few rows.

    Bad:
        SELECT id, name FROM customers ORDER BY RANDOM() LIMIT 5
    Good:
        SELECT id, name FROM customers WHERE id >= 1000 ORDER BY id LIMIT 5

    Draw keys first, or use TABLESAMPLE. No rewrite is offered: no two random answers are the same.
    Silent when the number only breaks ties, behind other keys, or is computed from a seed column.

    По-русски: ORDER BY по случайному числу сортирует всю таблицу, чтобы взять несколько строк.
    Сначала выберите случайные ключи или используйте TABLESAMPLE. Переписанного запроса нет:
    случайные ответы не повторяются. Молчит, когда число стоит после других ключей порядка.
    """
    for order in every(query, exp.Order):
        first = order.expressions[0].this if order.expressions else None
        if first is None or enclosing(order) is None or not _is_random(first):
            continue
        if first.find(exp.Column) is not None:
            continue
        yield found(
            order,
            "random-order",
            "slow",
            "every row is numbered and sorted to pick at random: draw keys instead",
            "каждая строка нумеруется и сортируется ради случайного выбора: выбирайте ключи",
        )


def _is_random(node: exp.Expr) -> bool:
    if node.find(exp.Rand, exp.Randn, exp.Uuid):
        return True
    return any(call.name.lower() in ("random", "newid") for call in node.find_all(exp.Anonymous))


def order_of_one_match(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A query that fixes a key finds at most one row, which needs no order.

    Bad:
        SELECT total FROM orders WHERE id = 7 ORDER BY placed DESC LIMIT 1
    Good:
        SELECT total FROM orders WHERE id = 7 LIMIT 1

    The order may lure a planner away from the key's index. Silent when a joined table's key is not
    fixed, and beside GROUP BY and outer joins to anything.

    По-русски: запрос, в котором задан ключ, находит не более одной строки, и порядок ей не нужен;
    он может увести планировщик от индекса по ключу. Молчит, когда ключ какой-либо из таблиц не
    задан, при GROUP BY и внешних соединениях.
    """
    for select in selects(query):
        order = select.args.get("order")
        if order is None or is_grouped(select) or not has_plain_joins(select):
            continue
        here = sources(select, schema)
        if not here or any(source.table is None for source in here):
            continue
        fixed: dict[str, set[str]] = {}
        for left, right in equalities(conditions(select)):
            for mine, other in ((left, right), (right, left)):
                held = source_of(mine, select, schema) if isinstance(mine, exp.Column) else None
                if held is not None and is_constant(other):
                    fixed.setdefault(held.name, set()).add(mine.name.lower())
        if not all(any(k <= fixed.get(s.name, set()) for k in _unique(s)) for s in here):
            continue
        copy, (twin,) = copy_with(query, order)
        twin.pop()
        yield found(
            order,
            "order-of-one-match",
            "slow",
            "a key is given: at most one row is found, and needs no order",
            "задан ключ: находится не более одной строки, и порядок не нужен",
            rewrite=copy,
        )


def _unique(source: Source) -> list[frozenset[str]]:
    """The sets of columns whose values at most one row has; NULL equals no value."""
    table = source.table
    return [frozenset(name.lower() for name in key) for key in table.keys()] if table else []
