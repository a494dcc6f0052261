"""Conditions that an index cannot serve, and conditions that say the same thing many times."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.ranges import as_plain_condition, moved_over
from sqlwright.analyze.scope import COMPARISONS, columns_of, has_subquery, schema_column, sides
from sqlwright.analyze.tree import fitted, replaced
from sqlwright.schema import Schema

_NOT_FUNCTIONS = (exp.AggFunc, exp.Connector, exp.Exists, exp.Case, exp.If, exp.Any, exp.All)
_CLAUSES = (exp.Where, exp.Join, exp.Having, exp.Select, exp.Case)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div)


def function_on_column(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A function around a column in a condition keeps an index on that column from being used.

    Bad:
        SELECT id FROM orders WHERE EXTRACT(YEAR FROM placed) = 2024
    Good:
        SELECT id FROM orders WHERE placed >= '2024-01-01' AND placed < '2025-01-01'

    A year, a month, a date taken from a timestamp and COALESCE with a constant are rewritten; the
    rest depends on data and collation. Silent in the SELECT list, in HAVING, and around constants.

    По-русски: функция вокруг столбца в условии не даёт использовать индекс по нему. Год, месяц,
    дата из метки времени и COALESCE с постоянной переписываются; прочее зависит от данных и правил
    сравнения. Молчит в списке SELECT, в HAVING и для функций от постоянных.
    """
    for test in _tests(query):
        for side, other in _operands(test):
            if not _is_function(side) or (other is not None and columns_of(other)):
                continue
            columns = columns_of(side)
            if not columns or has_subquery(side):
                continue
            new = as_plain_condition(test, schema)
            name = columns[0].sql()
            yield found(
                test,
                "function-on-column",
                "slow",
                f"an index on {name} cannot serve `{shown(side)}`: compare the bare column",
                f"индекс по {name} не поможет с `{shown(side)}`: сравнивайте сам столбец",
                evidence=_index_on(columns[0], schema),
                rewrite=partial(replaced, query, test, new) if new is not None else None,
            )
            break


def _tests(query: exp.Query) -> Iterator[exp.Expr]:
    """The comparisons in WHERE and ON."""
    known: dict[int, exp.Expr | None] = {}
    for test in query.find_all(*COMPARISONS, exp.In, exp.Between, exp.Like):
        if isinstance(_clause(test, known), exp.Where | exp.Join):
            yield test


def _clause(node: exp.Expr, known: dict[int, exp.Expr | None]) -> exp.Expr | None:
    """The clause, CASE or SELECT around a node; `known` keeps it for all between the two.

    A thousand conjuncts lie a thousand deep: each would climb through all the ones above it.
    """
    between: list[int] = []
    around = node.parent
    while around is not None and id(around) not in known and not isinstance(around, _CLAUSES):
        between.append(id(around))
        around = around.parent
    clause = known.get(id(around), around) if around is not None else None
    known.update(dict.fromkeys(between, clause))
    return clause


def _operands(test: exp.Expr) -> list[tuple[exp.Expr, exp.Expr | None]]:
    if isinstance(test, COMPARISONS):
        left, right = test.this.unnest(), test.expression.unnest()
        return [(left, right), (right, left)]
    return [(test.this.unnest(), None)]


def _is_function(node: exp.Expr) -> bool:
    if isinstance(node, exp.Interval | exp.Cast) and not columns_of(node):
        return False
    return isinstance(node, exp.Func) and not isinstance(node, _NOT_FUNCTIONS)


def _index_on(column: exp.Column, schema: Schema) -> tuple[str, str]:
    held = schema_column(column, schema)
    if held is None:
        return "", ""
    table, real = held
    for index in table.indexes:
        if index.columns and index.columns[0].lower() == real.name.lower():
            return (
                f"{index.name} on {table.name} begins with {real.name}",
                f"{index.name} в {table.name} начинается с {real.name}",
            )
    return "", ""


def arithmetic_on_column(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Arithmetic on a column in a comparison keeps an index on that column from being used.

    Bad:
        SELECT id FROM products WHERE stock + 5 > 20
    Good:
        SELECT id FROM products WHERE stock > 15

    What is added to or taken from a whole number moves to the other side; other arithmetic
    rounds or overflows, and is only pointed out. Silent when both sides hold columns.

    По-русски: вычисление над столбцом в сравнении не даёт использовать индекс по нему. Прибавленное
    к целому или вычтенное переносится на другую сторону; остальное округляет или переполняется, и
    на него только указывается. Молчит, когда столбцы с обеих сторон.
    """
    for test in _tests(query):
        if not isinstance(test, COMPARISONS):
            continue
        for side, other, _ in sides(test):
            columns = columns_of(side)
            if not isinstance(side, _ARITHMETIC) or len(columns) != 1 or columns_of(other):
                continue
            if has_subquery(test) or side.find(exp.AggFunc):
                continue
            new = moved_over(test, schema)
            yield found(
                test,
                "arithmetic-on-column",
                "slow",
                f"an index on {shown(columns[0])} cannot serve `{shown(side)}`:"
                " put the arithmetic on the other side",
                f"индекс по {shown(columns[0])} не поможет с `{shown(side)}`:"
                " перенесите вычисление на другую сторону",
                evidence=_index_on(columns[0], schema),
                rewrite=partial(replaced, query, test, new) if new is not None else None,
            )


def leading_wildcard(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """LIKE with a pattern that begins with a wildcard has to read every row.

    Bad:
        SELECT id FROM customers WHERE name LIKE '%son'
    Good:
        SELECT id FROM customers WHERE name LIKE 'Ander%'

    No rewrite is offered: the good query asks for other rows. A full-text or trigram index is the
    remedy where the pattern is meant. Silent for patterns that are not literals.

    По-русски: LIKE с шаблоном, который начинается с подстановки, читает каждую строку.
    Переписанного запроса нет: хороший спрашивает другие строки; если шаблон нужен, поможет
    полнотекстовый или триграммный индекс. Молчит для шаблонов, которые не заданы текстом.
    """
    for test in query.find_all(exp.Like, exp.ILike):
        pattern = test.expression
        if not isinstance(pattern, exp.Literal) or not pattern.name.startswith(("%", "_")):
            continue
        if not columns_of(test.this) or not pattern.name.strip("%"):
            continue
        yield found(
            test,
            "leading-wildcard",
            "slow",
            f"the pattern {shown(pattern)} begins with a wildcard: every row has to be read",
            f"шаблон {shown(pattern)} начинается с подстановки: придётся прочесть все строки",
        )


def or_chain(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A chain of OR over one column is a list: IN looks it up instead of trying each in turn.

    Bad:
        SELECT id FROM customers WHERE city = 'Oslo' OR city = 'Rome' OR city = 'Baku'
    Good:
        SELECT id FROM customers WHERE city IN ('Oslo', 'Rome', 'Baku')

    Silent below three values, for values that are not literals of one kind, and for other columns.

    По-русски: цепочка OR по одному столбцу — это список: IN ищет в нём, а не пробует по очереди.
    Молчит, если значений меньше трёх, если они не постоянные одного вида и для других столбцов.
    """
    for chain in query.find_all(exp.Or):
        if isinstance(chain.parent, exp.Or):
            continue
        parts = list(chain.flatten(unnest=True))
        lists: dict[str, list[tuple[exp.Expr, list[exp.Expr]]]] = {}
        for part in parts:
            if (listed := _listed(part)) is not None:
                lists.setdefault(listed[0].sql(), []).append((part, listed[1]))
        for text, items in lists.items():
            values = [value for _, values in items for value in values]
            if len(items) < 2 or len(values) < 3 or len({v.is_string for v in values}) > 1:
                continue
            merged = [part for part, _ in items]
            yield found(
                chain,
                "or-chain",
                "slow",
                f"{len(items)} alternatives for {text}: write IN",
                f"вариантов для {text}: {len(items)}; пишите IN",
                rewrite=partial(_with_list, query, chain, parts, merged, values),
            )


def _listed(part: exp.Expr) -> tuple[exp.Column, list[exp.Expr]] | None:
    """(column, literals) of `column = literal` or `column IN (literals)`."""
    if isinstance(part, exp.EQ):
        for column, value in ((part.this, part.expression), (part.expression, part.this)):
            if isinstance(column, exp.Column) and isinstance(value, exp.Literal):
                return column, [value]
    if isinstance(part, exp.In) and isinstance(part.this, exp.Column) and part.expressions:
        values = part.expressions
        return (part.this, values) if all(isinstance(v, exp.Literal) for v in values) else None
    return None


def _with_list(
    query: exp.Query,
    chain: exp.Expr,
    parts: list[exp.Expr],
    merged: list[exp.Expr],
    values: list[exp.Expr],
) -> exp.Query:
    listed = _listed(merged[0])
    assert listed is not None
    unique = list({value.sql(): value for value in values}.values())
    test = exp.In(this=listed[0].copy(), expressions=[value.copy() for value in unique])
    new: exp.Expr | None = None
    gone = {id(part) for part in merged[1:]}
    for part in parts:
        if id(part) in gone:
            continue
        term = test if part is merged[0] else fitted(part.copy(), chain)
        new = term if new is None else exp.Or(this=new, expression=term)
    assert new is not None
    return replaced(query, chain, new)


def repeated_condition(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A condition repeated in every branch of OR hides that it always holds, and may be a join's.

    Bad:
        SELECT o.id FROM orders o, customers c
        WHERE (o.customer_id = c.id AND o.total > 90) OR (o.customer_id = c.id AND c.city = 'Oslo')
    Good:
        SELECT o.id FROM orders o, customers c
        WHERE o.customer_id = c.id AND (o.total > 90 OR c.city = 'Oslo')

    Silent when some branch lacks the condition.

    По-русски: условие, повторённое в каждой ветви OR, прячет, что оно верно всегда и может быть
    условием соединения. Молчит, когда в какой-то ветви его нет.
    """
    for chain in query.find_all(exp.Or):
        if isinstance(chain.parent, exp.Or):
            continue
        branches = [_terms(part) for part in chain.flatten(unnest=True)]
        others = [set(branch) for branch in branches[1:]]
        common = [term for term in branches[0] if all(term in other for other in others)]
        if not common:
            continue
        yield found(
            chain,
            "repeated-condition",
            "slow",
            f"`{shown(common[0])}` is in every branch of OR: put it before",
            f"`{shown(common[0])}` есть в каждой ветви OR: вынесите его",
            rewrite=partial(replaced, query, chain, _factored(branches, common)),
        )


def _terms(part: exp.Expr) -> list[exp.Expr]:
    return list(part.flatten(unnest=True)) if isinstance(part, exp.And) else [part]


def _factored(branches: list[list[exp.Expr]], common: list[exp.Expr]) -> exp.Expr:
    unique = dict.fromkeys(common)
    rests = [[term for term in branch if term not in unique] for branch in branches]
    terms = [fitted(term.copy(), exp.And()) for term in unique]
    if all(rests):  # or else one branch is the common part alone, and the rest adds nothing
        either = [_joined(exp.And, [term.copy() for term in rest]) for rest in rests]
        terms.append(exp.Paren(this=_joined(exp.Or, either)))
    return _joined(exp.And, terms)


def _joined(kind: type[exp.And] | type[exp.Or], terms: list[exp.Expr]) -> exp.Expr:
    joined = terms[0]
    for term in terms[1:]:
        joined = kind(this=fitted(joined, kind()), expression=fitted(term, kind()))
    return joined
