"""The constructs that a house may forbid: where each stands in a tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sqlglot import exp

from sqlwright.analyze.joins import is_comma

Find = Callable[[exp.Expr], Iterator[exp.Expr]]


def _joins(tree: exp.Expr, test: Callable[[exp.Join], object]) -> Iterator[exp.Expr]:
    for join in tree.find_all(exp.Join):
        if test(join):
            yield join.this


def _stars(tree: exp.Expr) -> Iterator[exp.Expr]:
    for select in tree.find_all(exp.Select):
        if not isinstance(select.parent, exp.Exists):
            yield from (each for each in select.expressions if each.is_star)


def _unions(tree: exp.Expr) -> Iterator[exp.Expr]:
    for union in tree.find_all(exp.Union):
        if union.args.get("distinct"):
            yield union.expression


def _in_subqueries(tree: exp.Expr, *, negated: bool) -> Iterator[exp.Expr]:
    for test in tree.find_all(exp.In):
        if test.args.get("query") and isinstance(test.parent, exp.Not) == negated:
            yield test


def _derived(tree: exp.Expr) -> Iterator[exp.Expr]:
    for subquery in tree.find_all(exp.Subquery):
        if isinstance(subquery.parent, exp.From | exp.Join):
            yield subquery


def _scalar(tree: exp.Expr) -> Iterator[exp.Expr]:
    for subquery in tree.find_all(exp.Subquery):
        around = (exp.From, exp.Join, exp.In, exp.Exists, exp.Any, exp.All, exp.SetOperation)
        if not isinstance(subquery.parent, around) and subquery.parent is not None:
            yield subquery


def _positions(tree: exp.Expr, clause: type[exp.Expr]) -> Iterator[exp.Expr]:
    for found in tree.find_all(clause):
        for item in found.expressions:
            bare = item.this if isinstance(item, exp.Ordered) else item
            if isinstance(bare, exp.Literal) and bare.is_int:
                yield bare


def _nested_cases(tree: exp.Expr) -> Iterator[exp.Expr]:
    return (case for case in tree.find_all(exp.Case) if case.find_ancestor(exp.Case))


def _date_ranges(tree: exp.Expr) -> Iterator[exp.Expr]:
    for between in tree.find_all(exp.Between):
        low = between.args["low"]
        cast = low.this if isinstance(low, exp.Cast | exp.TsOrDsToDate | exp.Date) else low
        if isinstance(cast, exp.Literal) and re.match(r"\d{4}-\d\d-\d\d", cast.name):
            yield between


def _kind(*kinds: type[exp.Expr]) -> Find:
    return lambda tree: iter(list(tree.find_all(*kinds)))


def _distincts(tree: exp.Expr) -> Iterator[exp.Expr]:
    return (s.expressions[0] for s in tree.find_all(exp.Select) if s.args.get("distinct"))


def _recursions(tree: exp.Expr) -> Iterator[exp.Expr]:
    return (w for w in tree.find_all(exp.With) if w.args.get("recursive"))


#: By the names that standards give them: where they are, and what is said of them.
CONSTRUCTS: dict[str, tuple[Find, str, str]] = {
    "comma-join": (lambda t: _joins(t, is_comma), "a comma in FROM", "запятая в FROM"),
    "cross-join": (lambda t: _joins(t, lambda j: j.kind == "CROSS"), "CROSS JOIN", "CROSS JOIN"),
    "natural-join": (
        lambda t: _joins(t, lambda j: j.args.get("method") == "NATURAL"),
        "NATURAL JOIN",
        "NATURAL JOIN",
    ),
    "right-join": (lambda t: _joins(t, lambda j: j.side == "RIGHT"), "RIGHT JOIN", "RIGHT JOIN"),
    "full-join": (lambda t: _joins(t, lambda j: j.side == "FULL"), "FULL JOIN", "FULL JOIN"),
    "using": (
        lambda t: _joins(t, lambda j: j.args.get("using")),
        "JOIN ... USING",
        "JOIN ... USING",
    ),
    "select-star": (_stars, "SELECT *", "SELECT *"),
    "distinct": (_distincts, "SELECT DISTINCT", "SELECT DISTINCT"),
    "union": (_unions, "UNION without ALL", "UNION без ALL"),
    "in-subquery": (
        lambda t: _in_subqueries(t, negated=False),
        "IN with a subquery",
        "IN с подзапросом",
    ),
    "not-in-subquery": (
        lambda t: _in_subqueries(t, negated=True),
        "NOT IN with a subquery",
        "NOT IN с подзапросом",
    ),
    "derived-table": (_derived, "a subquery in FROM", "подзапрос в FROM"),
    "scalar-subquery": (_scalar, "a subquery as a value", "подзапрос как значение"),
    "order-by-position": (
        lambda t: _positions(t, exp.Order),
        "ORDER BY a position",
        "ORDER BY по номеру",
    ),
    "group-by-position": (
        lambda t: _positions(t, exp.Group),
        "GROUP BY a position",
        "GROUP BY по номеру",
    ),
    "offset": (_kind(exp.Offset), "OFFSET", "OFFSET"),
    "having": (_kind(exp.Having), "HAVING", "HAVING"),
    "nested-case": (_nested_cases, "CASE inside CASE", "CASE внутри CASE"),
    "window": (_kind(exp.Window), "a window function", "оконная функция"),
    "cte": (_kind(exp.CTE), "WITH", "WITH"),
    "recursion": (_recursions, "WITH RECURSIVE", "WITH RECURSIVE"),
    "between": (_kind(exp.Between), "BETWEEN", "BETWEEN"),
    "between-dates": (_date_ranges, "BETWEEN for dates", "BETWEEN для дат"),
    "or": (_kind(exp.Or), "OR", "OR"),
    "not-null-test": (
        lambda t: (i for i in t.find_all(exp.Is) if isinstance(i.expression, exp.Null)),
        "IS NULL",
        "IS NULL",
    ),
    "update": (_kind(exp.Update), "UPDATE", "UPDATE"),
    "delete": (_kind(exp.Delete), "DELETE", "DELETE"),
    "insert": (_kind(exp.Insert), "INSERT", "INSERT"),
    "ddl": (_kind(exp.Create, exp.Drop, exp.Alter, exp.TruncateTable), "DDL", "DDL"),
}
