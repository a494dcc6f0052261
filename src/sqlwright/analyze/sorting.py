"""Sort keys that decide nothing."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.duplicates import fixed_by
from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.scope import (
    enclosing,
    has_aggregate,
    is_constant,
    keys,
    selects,
    source_of,
    sources,
)
from sqlwright.analyze.tree import copy_with
from sqlwright.schema import Schema


def constant_sort_key(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """ORDER BY on something that is the same in every row sorts nothing.

    Bad:
        SELECT id FROM orders WHERE status = 'open' ORDER BY status, id
    Good:
        SELECT id FROM orders WHERE status = 'open' ORDER BY id

    That is a column that WHERE sets equal to a constant, a text, or a key that stands before.
    Silent for columns below an outer join, output names, positions and ORDER BY NULL.

    По-русски: ORDER BY по тому, что одинаково во всех строках, ничего не сортирует: по столбцу,
    который WHERE приравнивает к постоянной, по тексту или ключу, который уже стоит раньше.
    Молчит для столбцов под внешним соединением, имён и номеров выходных столбцов и ORDER BY NULL.
    """
    for select in selects(query):
        order = select.args.get("order")
        if order is None:
            continue
        fixed = fixed_by((), select, schema)
        keys_here = enumerate(order.expressions)
        same = [n for n, _ in keys_here if _is_same(n, order, select, fixed, schema)]
        if not same:
            continue
        first = order.expressions[same[0]]
        is_limited = select.args.get("limit") is not None and len(same) == len(order.expressions)
        yield found(
            first,
            "constant-sort-key",
            "style" if len(same) < len(order.expressions) else "slow",
            f"`{shown(first.this)}` is the same in every row that ORDER BY compares",
            f"`{shown(first.this)}` одинаково во всех строках, которые сравнивает ORDER BY",
            rewrite=None if is_limited else _without(query, order, same),
        )


def _is_same(
    at: int, order: exp.Expr, select: exp.Select, fixed: dict[str, set[str]], schema: Schema
) -> bool:
    key = order.expressions[at].this.unnest()
    if any(key == earlier.this.unnest() for earlier in order.expressions[:at]):
        return True
    if isinstance(key, exp.Literal) and key.is_string:
        return True
    if not isinstance(key, exp.Column) or is_constant(key):
        return False
    named = {p.alias.lower(): p.unalias() for p in select.expressions if p.alias}
    if not key.table and named.get(key.name.lower(), key) != key:
        return False  # the output of that name is sorted
    source = source_of(key, select, schema)
    if source is None or source.optional:
        return False
    return key.name.lower() in fixed[source.name]


def _without(query: exp.Query, order: exp.Expr, dropped: list[int]) -> exp.Query:
    copy, (twin,) = copy_with(query, order)
    kept = [item for n, item in enumerate(twin.expressions) if n not in dropped]
    if kept:
        twin.set("expressions", kept)
    else:
        twin.pop()
    return copy


def needless_sort_key(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """After a key of the table no two rows tie: what ORDER BY lists behind it never decides.

    Bad:
        SELECT id, name FROM customers ORDER BY id, name
    Good:
        SELECT id, name FROM customers ORDER BY id

    Silent with outer joins, GROUP BY and DISTINCT, when a joined table's key is not fixed, and for
    output names.

    По-русски: после ключа таблицы двух равных строк нет: то, что стоит в ORDER BY за ним, ничего не
    решает. Молчит при внешних соединениях, GROUP BY и DISTINCT, когда ключ присоединённой таблицы
    не определён и для имён выходных столбцов.
    """
    for select in selects(query):
        order = select.args.get("order")
        if order is None or len(order.expressions) < 2:
            continue
        if any(select.args.get(clause) for clause in ("group", "distinct", "having")):
            continue
        here = sources(select, schema)
        if not here or any(s.optional or _merges(s.join) for s in here):
            continue
        aliases = {p.alias.lower() for p in select.expressions if p.alias}
        seen: list[exp.Expr] = []
        for at, item in enumerate(order.expressions[:-1]):
            key = item.this.unnest()
            if not isinstance(key, exp.Column) or (not key.table and key.name.lower() in aliases):
                break
            seen.append(key)
            fixed = fixed_by(seen, select, schema)
            if all(any(key <= fixed[s.name] for key in keys(s, schema)) for s in here):
                rest = list(range(at + 1, len(order.expressions)))
                extra = order.expressions[at + 1]
                yield found(
                    extra,
                    "needless-sort-key",
                    "style",
                    f"no two rows tie after {shown(key)}: `{shown(extra.this)}` decides nothing",
                    f"после {shown(key)} равных строк нет: `{shown(extra.this)}` ничего не решает",
                    rewrite=_without(query, order, rest),
                )
                break


def _merges(join: exp.Join | None) -> bool:
    return join is not None and bool(join.args.get("using") or join.args.get("method"))


def order_of_one_row(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """An aggregate without GROUP BY gives one row, and one row needs no order.

    Bad:
        SELECT COUNT(*), MAX(total) FROM orders ORDER BY 1
    Good:
        SELECT COUNT(*), MAX(total) FROM orders

    PostgreSQL refuses it when a column is sorted by. Silent with GROUP BY and in windows.

    По-русски: агрегат без GROUP BY даёт одну строку, а одной строке порядок не нужен. PostgreSQL
    отвергнет такой запрос, если сортируют по столбцу. Молчит при GROUP BY и в окнах.
    """
    for select in selects(query):
        order = select.args.get("order")
        if order is None or select.args.get("group") or enclosing(order) is not select:
            continue
        outputs = select.expressions
        if not all(has_aggregate(p) or is_constant(p) for p in outputs):
            continue
        if not any(has_aggregate(p) for p in outputs) or any(p.find(exp.Window) for p in outputs):
            continue
        copy, (twin,) = copy_with(query, order)
        twin.pop()
        yield found(
            order,
            "order-of-one-row",
            "slow",
            "the query returns one row: ORDER BY has nothing to sort",
            "запрос возвращает одну строку: ORDER BY нечего сортировать",
            rewrite=copy,
        )
