"""Window functions: an order that is missing, a frame that ends too early, needless work."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.duplicates import fixed_by
from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import (
    enclosing,
    is_grouped,
    is_plainly_distinct,
    keys,
    selects,
    sources,
)
from sqlwright.analyze.tree import copy_with, fresh, names_in
from sqlwright.schema import Schema

_BY_ORDER = (
    exp.RowNumber, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue, exp.Ntile,
    exp.Rank, exp.DenseRank,
)  # fmt: skip
_FOLDS = (exp.Sum, exp.Avg, exp.Count, exp.Min, exp.Max)
_OVER = ("partition_by", "order", "spec")  # what a name for a window stands for
_FEWEST = 3  # windows alike before a name for them is shorter


def window_without_order(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """ROW_NUMBER, LAG and their like without ORDER BY number rows by chance.

    Bad:
        SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id) AS n FROM orders
    Good:
        SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed, id) AS n FROM orders

    No rewrite is offered: only the author knows the order. Silent for SUM, COUNT and other folds,
    for named windows, and for ROW_NUMBER() OVER (), which says that any number will do.

    По-русски: ROW_NUMBER, LAG и им подобные без ORDER BY нумеруют строки как придётся.
    Переписанного запроса нет: порядок знает только автор. Молчит для SUM, COUNT и других свёрток,
    для именованных окон и для ROW_NUMBER() OVER (), где годится любой номер.
    """
    for window in every(query, exp.Window):
        if not isinstance(_function(window), _BY_ORDER) or window.args.get("alias"):
            continue
        if window.args.get("order") is not None:
            continue
        is_bare = not window.args.get("partition_by")
        if is_bare and isinstance(window.this, exp.RowNumber):
            continue
        yield found(
            window,
            "window-without-order",
            "wrong",
            f"`{shown(window)}` has no ORDER BY: chance decides which row comes first",
            f"в `{shown(window)}` нет ORDER BY: какая строка первая, решает случай",
        )


def _function(window: exp.Window) -> exp.Expr:
    inner = window.this
    while isinstance(inner, exp.IgnoreNulls | exp.RespectNulls | exp.Filter):
        inner = inner.this
    assert isinstance(inner, exp.Expr)
    return inner


def last_value_frame(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A window with ORDER BY ends at the current row: LAST_VALUE is then that row's own value.

    Bad:
        SELECT id, LAST_VALUE(total) OVER (PARTITION BY customer_id ORDER BY placed, id) FROM orders
    Good:
        SELECT id, FIRST_VALUE(total) OVER (PARTITION BY customer_id ORDER BY placed DESC, id DESC)
        FROM orders

    No rewrite is offered: the good query returns other values. Silent when a frame is written, and
    for named windows.

    По-русски: окно с ORDER BY кончается на текущей строке: LAST_VALUE в нём — её же значение.
    Переписанного запроса нет: у хорошего другие значения. Молчит, когда рамка задана явно, и для
    именованных окон.
    """
    for window in every(query, exp.Window):
        if not isinstance(_function(window), exp.LastValue) or window.args.get("alias"):
            continue
        if window.args.get("order") is None or window.args.get("spec") is not None:
            continue
        yield found(
            window,
            "last-value-frame",
            "wrong",
            "the frame ends at the current row, so LAST_VALUE is its own value:"
            " write a frame, or FIRST_VALUE in the opposite order",
            "рамка кончается на текущей строке, и LAST_VALUE — её же значение:"
            " задайте рамку или FIRST_VALUE в обратном порядке",
        )


def ties_in_running_total(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A running total counts all rows that tie at once: the frame is RANGE unless ROWS is written.

    Bad:
        SELECT id, SUM(total) OVER (ORDER BY placed) FROM orders
    Good:
        SELECT id, SUM(total) OVER (ORDER BY placed, id) FROM orders

    No rewrite is offered: the good query returns other sums. Silent when the order and PARTITION BY
    hold a key, when a frame is written, over grouped rows, and for named windows.

    По-русски: нарастающий итог учитывает все равные по порядку строки сразу: рамка — RANGE, если не
    написано ROWS. Переписанного запроса нет: у хорошего другие суммы. Молчит, когда в порядке и в
    PARTITION BY есть ключ, когда рамка задана, над группами и для именованных окон.
    """
    for window in every(query, exp.Window):
        order = window.args.get("order")
        if not isinstance(_function(window), _FOLDS) or window.args.get("alias"):
            continue
        if order is None or window.args.get("spec") is not None:
            continue
        if not _may_tie(window, schema):
            continue
        key = ", ".join(shown(item.this) for item in order.expressions)
        yield found(
            window,
            "ties-in-running-total",
            "style",
            f"rows with one {key} get one total: order by a key too, or write ROWS",
            f"строки с равным {key} получат один итог: добавьте в порядок ключ или напишите ROWS",
        )


def _may_tie(window: exp.Window, schema: Schema) -> bool:
    """Whether the schema is known and lets two rows be alike in PARTITION BY and ORDER BY."""
    select = enclosing(window)
    if select is None or is_grouped(select) or not (here := sources(select, schema)):
        return False
    if any(source.table is None or not keys(source, schema) for source in here):
        return False
    order = window.args.get("order")
    by = [item.this.unnest() for item in order.expressions] if order is not None else []
    given = [*by, *(window.args.get("partition_by") or [])]
    if not all(isinstance(value, exp.Column) for value in given):
        return False
    fixed = fixed_by(given, select, schema)
    return not all(any(key <= fixed[s.name] for key in keys(s, schema)) for s in here)


def ties_in_row_number(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """ROW_NUMBER over an order that lets rows tie picks among them by chance.

    Bad:
        SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed DESC)
          AS n FROM orders) AS o
        WHERE n = 1
    Good:
        SELECT id FROM
          (SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed DESC, id DESC)
           AS n FROM orders) AS o
        WHERE n = 1

    No rewrite is offered: only the author knows what settles a tie. Silent when PARTITION BY and
    ORDER BY hold a key, where no key is known, over grouped rows, and for named windows.

    По-русски: ROW_NUMBER по порядку, в котором строки могут совпасть, выбирает из них случайно.
    Переписанного запроса нет: чем разрешать равенство, знает автор. Молчит, когда в PARTITION BY и
    ORDER BY есть ключ, когда ключ неизвестен, над сгруппированными строками и для именованных окон.
    """
    for window in every(query, exp.Window):
        if not isinstance(window.this, exp.RowNumber) or window.args.get("alias"):
            continue
        if window.args.get("order") is None or not _may_tie(window, schema):
            continue
        yield found(
            window,
            "ties-in-row-number",
            "style",
            "rows may tie in this order, and chance numbers them: order by a key last",
            "в этом порядке строки могут совпасть, и нумерует их случай: последним поставьте ключ",
        )


def window_over_key(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """PARTITION BY a key makes partitions of one row: its number is 1, its sum the value itself.

    Bad:
        SELECT id, ROW_NUMBER() OVER (PARTITION BY id ORDER BY placed) AS n FROM orders
    Good:
        SELECT id, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY placed, id) AS n FROM orders

    No rewrite is offered: another column was hardly meant to be left out. Silent when a join
    repeats the key, over grouped rows, and for named windows.

    По-русски: PARTITION BY по ключу делит на части по одной строке: номер всегда 1, сумма — само
    значение. Переписанного запроса нет: скорее всего, имелся в виду другой столбец. Молчит, когда
    соединение повторяет ключ, над сгруппированными строками и для именованных окон.
    """
    for window in every(query, exp.Window):
        select, by = enclosing(window), window.args.get("partition_by")
        if select is None or not by or window.args.get("alias") or is_grouped(select):
            continue
        here = sources(select, schema)
        if not here or any(s.optional or s.table is None for s in here):
            continue
        if any(s.join is not None and s.join.args.get("using") for s in here):
            continue
        fixed = fixed_by(by, select, schema)
        if not all(any(key <= fixed[s.name] for key in keys(s, schema)) for s in here):
            continue
        yield found(
            window,
            "window-over-key",
            "wrong",
            f"PARTITION BY {', '.join(map(shown, by))} leaves one row in each partition",
            f"PARTITION BY {', '.join(map(shown, by))} оставляет по одной строке в каждой части",
        )


def repeated_window(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A window written three times or more is easier to read, and to change, under one name.

    Bad:
        SELECT id, SUM(total) OVER (PARTITION BY customer_id ORDER BY placed, id),
          COUNT(*) OVER (PARTITION BY customer_id ORDER BY placed, id),
          MAX(total) OVER (PARTITION BY customer_id ORDER BY placed, id)
        FROM orders
    Good:
        SELECT id, SUM(total) OVER w, COUNT(*) OVER w, MAX(total) OVER w
        FROM orders
        WINDOW w AS (PARTITION BY customer_id ORDER BY placed, id)

    Silent below three windows alike, and where the query names windows already.

    По-русски: окно, написанное три раза и больше, легче читать и менять под одним именем. Молчит,
    когда одинаковых окон меньше трёх и когда в запросе уже есть именованные окна.
    """
    for select in selects(query):
        if select.args.get("windows"):
            continue
        alike: dict[str, list[exp.Window]] = {}
        for projection in select.expressions:
            for window in projection.find_all(exp.Window):
                if enclosing(window) is select and not window.args.get("alias"):
                    text = _definition(window).sql()
                    alike.setdefault(text, []).append(window)
        for windows in alike.values():
            if len(windows) < _FEWEST or not any(windows[0].args.get(part) for part in _OVER):
                continue
            yield found(
                windows[1],
                "repeated-window",
                "style",
                f"the same window is written {len(windows)} times: name it in WINDOW",
                f"одно и то же окно написано {len(windows)} раза: назовите его в WINDOW",
                rewrite=_named(query, select, windows),
            )


def _definition(window: exp.Window) -> exp.Window:
    """What stands between the brackets of OVER."""
    definition = window.copy()
    for part in [name for name in definition.args if name not in _OVER]:
        definition.set(part, None)
    return definition


def _named(query: exp.Query, select: exp.Select, windows: list[exp.Window]) -> exp.Query:
    copy, (twin, *twins) = copy_with(query, select, *windows)
    name = fresh("w", names_in(query))
    definition = _definition(windows[0])
    definition.set("this", exp.to_identifier(name))
    twin.set("windows", [definition])
    for window in twins:
        for part in _OVER:
            window.set(part, None)
        window.set("alias", exp.to_identifier(name))
    return copy


def window_for_group(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """DISTINCT over windows computes each row's value and throws most away: GROUP BY folds at once.

    Bad:
        SELECT DISTINCT customer_id, SUM(total) OVER (PARTITION BY customer_id) AS sum FROM orders
    Good:
        SELECT customer_id, SUM(total) AS sum FROM orders GROUP BY customer_id

    Silent when a column is selected that is not in PARTITION BY, when the partitions differ, with
    an order or a frame, and for ranks.

    По-русски: DISTINCT над окнами вычисляет значение для каждой строки и почти все выбрасывает, а
    GROUP BY сворачивает сразу. Молчит, когда выбран столбец не из PARTITION BY, когда части разные,
    с порядком или рамкой и для рангов.
    """
    for select in selects(query):
        if not is_plainly_distinct(select) or is_grouped(select):
            continue
        if select.args.get("order") or select.args.get("qualify"):
            continue
        windows = [w for p in select.expressions for w in p.find_all(exp.Window)]
        if not windows or any(not _is_plain_fold(window) for window in windows):
            continue
        by = {tuple(sorted(v.sql() for v in w.args.get("partition_by") or [])) for w in windows}
        if len(by) != 1 or not (texts := by.pop()):
            continue
        others = [p.unalias() for p in select.expressions]
        if any(not isinstance(o, exp.Window) and o.sql() not in texts for o in others):
            continue
        if {o.sql() for o in others if not isinstance(o, exp.Window)} != set(texts):
            continue
        copy, (twin, *twins) = copy_with(query, select, *windows)
        twin.set(
            "group", exp.Group(expressions=[v.copy() for v in windows[0].args["partition_by"]])
        )
        twin.set("distinct", None)
        for window in twins:
            window.replace(window.this)
        yield found(
            windows[0],
            "window-for-group",
            "slow",
            "one value for each partition is computed in every row and then folded: group instead",
            "одно значение на часть вычисляется в каждой строке и сворачивается: сгруппируйте",
            rewrite=copy,
        )


def _is_plain_fold(window: exp.Window) -> bool:
    if any(window.args.get(part) for part in ("order", "spec", "alias")):
        return False
    return isinstance(window.this, _FOLDS) and isinstance(window.parent, exp.Alias | exp.Select)


def needless_window_order(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A fold over the whole partition is the same in any order: ORDER BY only sorts.

    Bad:
        SELECT id, SUM(total) OVER (PARTITION BY customer_id ORDER BY placed
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM orders
    Good:
        SELECT id, SUM(total) OVER (PARTITION BY customer_id) FROM orders

    Silent for frames that end elsewhere, for FIRST_VALUE and its like, and for named windows.

    По-русски: свёртка по всей части одинакова в любом порядке: ORDER BY только сортирует. Молчит
    для рамок с другими границами, для FIRST_VALUE и ему подобных и для именованных окон.
    """
    for window in every(query, exp.Window):
        spec = window.args.get("spec")
        if not isinstance(window.this, _FOLDS) or spec is None or window.args.get("alias"):
            continue
        if window.args.get("order") is None or not _is_whole(spec):
            continue
        copy, (twin,) = copy_with(query, window)
        twin.set("order", None)
        twin.set("spec", None)
        yield found(
            window,
            "needless-window-order",
            "slow",
            "the frame is the whole partition: ORDER BY changes nothing",
            "рамка — вся часть: ORDER BY ничего не меняет",
            rewrite=copy,
        )


def _is_whole(spec: exp.Expr) -> bool:
    ends = [spec.args.get(part) for part in ("start", "start_side", "end", "end_side", "exclude")]
    return ends == ["UNBOUNDED", "PRECEDING", "UNBOUNDED", "FOLLOWING", None]
