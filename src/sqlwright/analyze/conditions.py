"""Conditions that can be said shorter: negations, lists, patterns, bounds, CASE."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.reads import is_for_truth
from sqlwright.analyze.scope import (
    COMPARISONS,
    is_constant,
    sides,
)
from sqlwright.analyze.tree import replaced
from sqlwright.schema import Schema

_OPPOSITE: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.NEQ,
    exp.NEQ: exp.EQ,
    exp.GT: exp.LTE,
    exp.LTE: exp.GT,
    exp.LT: exp.GTE,
    exp.GTE: exp.LT,
}


def negated_comparison(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """NOT around a comparison says less plainly what the opposite comparison says.

    Bad:
        SELECT id FROM orders WHERE NOT (total < 100 OR status = 'new')
    Good:
        SELECT id FROM orders WHERE total >= 100 AND status <> 'new'

    The opposite is as unknown for NULL as the negation. Silent where anything but comparisons,
    AND, OR and NOT is inside.

    По-русски: NOT вокруг сравнения хуже читается, чем обратное сравнение; с NULL оба дают
    неизвестное. Молчит, если внутри не только сравнения, AND, OR и NOT.
    """
    inside: set[int] = set()  # what is turned with the negation around it
    for negation in every(query, exp.Not):
        inside.update(map(id, _negations_in(negation.this)))
        if id(negation) in inside:
            continue
        inner = negation.this.unnest()
        new = _opposite(inner)
        if new is None:
            continue
        yield found(
            negation,
            "negated-comparison",
            "style",
            f"`{shown(negation)}` is `{shown(new)}`",
            f"`{shown(negation)}` — это `{shown(new)}`",
            rewrite=partial(replaced, query, negation, new),
        )


def _negations_in(condition: exp.Expr) -> Iterator[exp.Expr]:
    """The outermost NOTs that a condition joins by AND and OR."""
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.Not):
            yield node
        elif isinstance(node, exp.Paren):
            waiting.append(node.this)
        elif isinstance(node, exp.Connector):
            waiting += [node.this, node.expression]


def _opposite(node: exp.Expr) -> exp.Expr | None:
    """What is true where the condition is false, and unknown where it is; None if not simple."""
    node = node.unnest()
    if isinstance(node, exp.Not):
        inner = node.this.unnest()
        return inner.copy() if isinstance(inner, (*COMPARISONS, exp.Connector, exp.In)) else None
    if isinstance(node, COMPARISONS):
        if node.find(exp.Any, exp.All):
            return None
        kind = _OPPOSITE[type(node)]
        return kind(this=node.this.copy(), expression=node.expression.copy())
    if not isinstance(node, exp.And | exp.Or):
        return None
    left, right = _opposite(node.this), _opposite(node.expression)
    if left is None or right is None:
        return None
    turned: type[exp.Connector] = exp.Or if isinstance(node, exp.And) else exp.And
    parts = [
        exp.Paren(this=part)
        if isinstance(part, exp.Connector) and type(part) is not turned
        else part
        for part in (left, right)
    ]
    return turned(this=parts[0], expression=parts[1])


def single_item_list(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """IN with one value is a comparison.

    Bad:
        SELECT id FROM orders WHERE status IN ('new')
    Good:
        SELECT id FROM orders WHERE status = 'new'

    Silent for subqueries, and for two values or more.

    По-русски: IN с одним значением — это сравнение. Молчит для подзапросов и для двух и более
    значений.
    """
    for test in every(query, exp.In):
        values = test.expressions
        if len(values) != 1 or test.args.get("query") or test.args.get("unnest"):
            continue
        if not is_constant(values[0]) or isinstance(values[0], exp.Null | exp.Tuple):
            continue
        negation = test.parent if isinstance(test.parent, exp.Not) else None
        kind: type[exp.Expr] = exp.NEQ if negation is not None else exp.EQ
        new = kind(this=test.this.copy(), expression=values[0].copy())
        yield found(
            test,
            "single-item-list",
            "style",
            f"a list of one value: write `{shown(new)}`",
            f"в списке одно значение: пишите `{shown(new)}`",
            rewrite=partial(replaced, query, negation if negation is not None else test, new),
        )


def repeated_list_item(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A value that is twice in a list is looked up twice, and perhaps another was meant.

    Bad:
        SELECT id FROM orders WHERE status IN ('new', 'paid', 'new')
    Good:
        SELECT id FROM orders WHERE status IN ('new', 'paid')

    Silent for values that are only equal to the engine, such as 1 and 1.0.

    По-русски: значение, стоящее в списке дважды, ищется дважды, и, возможно, имелось в виду другое.
    Молчит для значений, которые равны лишь для СУБД, например 1 и 1.0.
    """
    for test in every(query, exp.In):
        texts = [value.sql() for value in test.expressions if isinstance(value, exp.Literal)]
        if len(texts) < 2 or len(texts) < len(test.expressions) or len(set(texts)) == len(texts):
            continue
        firsts: dict[str, exp.Expr] = {}
        repeats = []
        for text, value in zip(texts, test.expressions, strict=True):
            if firsts.setdefault(text, value) is not value:
                repeats.append(text)
        new = test.copy()
        new.set("expressions", [value.copy() for value in firsts.values()])
        yield found(
            test,
            "repeated-list-item",
            "style",
            f"{repeats[0]} is in the list more than once",
            f"{repeats[0]} есть в списке не один раз",
            rewrite=partial(replaced, query, test, new),
        )


def like_everything(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """LIKE '%' holds for every text: it only drops NULL.

    Bad:
        SELECT id FROM customers WHERE city LIKE '%'
    Good:
        SELECT id FROM customers WHERE city IS NOT NULL

    Silent where the condition's being unknown counts, as under NOT, and for longer patterns.

    По-русски: LIKE '%' верно для любого текста и лишь отбрасывает NULL. Молчит там, где важно, что
    условие неизвестно, например под NOT, и для других шаблонов.
    """
    for test in every(query, exp.Like):
        pattern = test.expression
        if not isinstance(pattern, exp.Literal) or pattern.name.strip("%") or not pattern.name:
            continue
        if not isinstance(test.this, exp.Column) or not is_for_truth(test):
            continue
        new = exp.Not(this=exp.Is(this=test.this.copy(), expression=exp.Null()))
        yield found(
            test,
            "like-everything",
            "style",
            f"`{shown(test)}` holds for every text: it only drops NULL",
            f"`{shown(test)}` верно для любого текста: отбрасывается только NULL",
            rewrite=partial(replaced, query, test, new),
        )


def like_without_wildcard(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """LIKE without % or _ compares whole texts, as = does, by the rules of LIKE.

    Bad:
        SELECT id FROM customers WHERE name LIKE 'Ann'
    Good:
        SELECT id FROM customers WHERE name = 'Ann'

    Either = was meant or a wildcard is missing. No rewrite is offered: SQLite and MySQL let LIKE
    ignore case. Silent for patterns that are not literals.

    По-русски: LIKE без % и _ сравнивает тексты целиком, как =, но по правилам LIKE: имелось в виду
    = или забыт знак подстановки. Переписанного запроса нет: в SQLite и MySQL LIKE не различает
    регистр. Молчит для шаблонов, которые не заданы текстом.
    """
    for test in every(query, exp.Like):
        pattern = test.expression
        if not isinstance(pattern, exp.Literal) or not pattern.is_string or not pattern.name:
            continue
        if any(mark in pattern.name for mark in "%_\\[") or not test.this.find(exp.Column):
            continue
        yield found(
            test,
            "like-without-wildcard",
            "style",
            f"`{shown(test)}` has no wildcard: write =, or add the % that is missing",
            f"в `{shown(test)}` нет подстановки: пишите = или добавьте забытый %",
        )


def constant_on_left(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A comparison reads best with the column on the left and the value on the right.

    Bad:
        SELECT id FROM orders WHERE 100 < total
    Good:
        SELECT id FROM orders WHERE total > 100

    Silent when both sides hold columns, or neither does.

    По-русски: сравнение понятнее, когда столбец слева, а значение справа. Молчит, когда столбцы с
    обеих сторон или ни с одной.
    """
    for test in every(query, *COMPARISONS):
        if not is_constant(test.this) or not isinstance(test.expression.unnest(), exp.Column):
            continue
        if test.this.find(exp.Placeholder, exp.Parameter):
            continue
        value, column, kind = (
            list(sides(test))[1][1],
            test.expression.unnest(),
            list(sides(test))[1][2],
        )
        new = kind(this=column.copy(), expression=value.copy())
        yield found(
            test,
            "constant-on-left",
            "style",
            f"write `{shown(new)}`",
            f"пишите `{shown(new)}`",
            rewrite=partial(replaced, query, test, new),
        )
