"""Expressions of a bound tree as terms of the algebra: spellings of one thing become one."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from sqlglot import exp

from sqlwright.schema import kind_of
from sqlwright.verify import logic
from sqlwright.verify.algebra import FALSE, LITERALS, NULL, TRUE, Query, Term, width

Names = dict[str, dict[str, Term]]
Ctes = dict[str, Callable[[], Query]]


class Unreadable(Exception):
    """The query holds something that the algebra has no word for: no shortcut may judge it."""


# functions that compute each row's value from that row alone; others may aggregate or repeat rows
_ROW_BY_ROW = (
    exp.Abs, exp.Case, exp.Cast, exp.Ceil, exp.Coalesce, exp.Concat, exp.ConcatWs, exp.DateAdd,
    exp.DateDiff, exp.DateSub, exp.DateTrunc, exp.Day, exp.Extract, exp.Floor, exp.Greatest, exp.If,
    exp.Least, exp.Left, exp.Length, exp.Lower, exp.Mod, exp.Month, exp.Nullif, exp.Pow, exp.Right,
    exp.Round, exp.Sqrt, exp.StrPosition, exp.Substring, exp.Trim, exp.Upper, exp.Year,
    exp.TsOrDsToDate, exp.TsOrDsAdd, exp.TsOrDsDiff, exp.TimestampTrunc, exp.Exists, exp.Connector,
    exp.Sign, exp.Date, exp.Replace, exp.StartsWith, exp.RegexpLike, exp.Ln, exp.Exp,
)  # fmt: skip
_CLOCKS = re.compile(
    r"(current|local|utc)_?(date|time|timestamp|datetime)|now|sysdate|cur(date|time)|\w*_timestamp"
    r"|rand\w*|uuid\w*|gen_random_uuid|\w*sequence\w*|nextval|age|currentuser|session_?user",
    re.IGNORECASE,
)
_COMPARED: dict[type[exp.Expr], tuple[str, bool]] = {
    exp.EQ: ("=", False),
    exp.NEQ: ("<>", False),
    exp.LT: ("<", False),
    exp.LTE: ("<=", False),
    exp.GT: ("<", True),
    exp.GTE: ("<=", True),
}
# the parts that are read of nodes with a meaning here; with any other part they are refused
_PARTS: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Paren: ("this",),
    exp.Alias: ("this", "alias"),
    exp.Column: ("this", "table"),
    exp.Literal: ("this", "is_string"),
    exp.Exists: ("this",),
    exp.Not: ("this",),
    exp.And: ("this", "expression"),
    exp.Or: ("this", "expression"),
    exp.In: ("this", "expressions", "query"),
    exp.Between: ("this", "low", "high"),
    exp.Case: ("this", "ifs", "default"),
    exp.If: ("this", "true", "false"),
    exp.Tuple: ("expressions",),
    exp.Neg: ("this",),
    exp.Coalesce: ("this", "expressions", "is_nvl", "is_null"),
    exp.Cast: ("this", "to", "format", "default", "action", "safe"),
    **dict.fromkeys(
        (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Add, exp.Sub, exp.Mul),
        ("this", "expression"),
    ),
}
_SUMS: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}


class TermReader:
    """Reads expressions; what reads the queries inside them is the child's."""

    dialect: str

    def query(self, node: exp.Expr, outer: tuple[Names, ...], ctes: Ctes) -> Query:
        """The query under the node."""
        raise NotImplementedError

    def term(self, node: exp.Expr, scopes: tuple[Names, ...], ctes: Ctes) -> Term:
        """The expression as a term.

        Raises:
            Unreadable: where its meaning is not known, or changes from one run to the next.
        """

        def inner(part: exp.Expr) -> Term:
            return self.term(part, scopes, ctes)

        def subquery(part: exp.Expr) -> Query:
            return self.query(part, scopes, ctes)

        if type(node) in _PARTS:
            only(node, _PARTS[type(node)])
        if isinstance(node, exp.Paren | exp.Alias):
            return inner(node.this)
        if isinstance(node, exp.Column):
            return _column(node, scopes)
        if isinstance(node, exp.Literal | exp.Boolean | exp.Null):
            return _literal(node)
        if isinstance(node, exp.Subquery | exp.Select | exp.SetOperation):
            found = subquery(node)
            if width(found) != 1:
                raise Unreadable("a row as a value")
            return Term("query", (found,))
        if isinstance(node, exp.Exists):
            return Term("exists", (subquery(node.this),), kind="bool")
        if isinstance(node, exp.And | exp.Or):
            parts = [inner(part) for part in node.flatten()]
            return logic.both(parts) if isinstance(node, exp.And) else logic.either(parts)
        if isinstance(node, exp.Not):
            return logic.negate(inner(node.this))
        if type(node) in _COMPARED:
            return self._comparison(node, inner, subquery)
        if isinstance(node, exp.In):
            return self._in(node, inner, subquery)
        if isinstance(node, exp.Between):
            return self._between(node, inner)
        if isinstance(node, exp.Is):
            return _is(node, inner)
        if node.__class__ in _SUMS:
            return logic.arithmetic(_SUMS[type(node)], inner(node.this), inner(node.expression))
        if isinstance(node, exp.Case | exp.If):
            return _case(node, inner)
        return _function(node, inner)

    def _comparison(
        self,
        node: exp.Expr,
        inner: Callable[[exp.Expr], Term],
        subquery: Callable[[exp.Expr], Query],
    ) -> Term:
        """A comparison, with < and <= alone; `x = ANY (SELECT ...)` is IN (SQL:1999 8.4).

        In SQLite the left side's collation decides, so two sides that may both carry one keep
        their places.
        """
        left, right = node.this, node.expression
        if isinstance(right, exp.Any) and isinstance(node, exp.EQ):
            body = right.this
            if isinstance(body, exp.Subquery | exp.Select):
                return _in_query(inner(left), subquery(body))
        if isinstance(left, exp.Any | exp.All) or isinstance(right, exp.Any | exp.All):
            raise Unreadable("ANY or ALL")
        operator, turned = _COMPARED[type(node)]
        sides = (inner(right), inner(left)) if turned else (inner(left), inner(right))
        return compared(operator, *sides, self.dialect, turned)

    def _in(
        self, node: exp.In, inner: Callable[[exp.Expr], Term], subquery: Callable[[exp.Expr], Query]
    ) -> Term:
        """A list is an OR of equalities (SQL:1999 8.4) where its literals are of one kind.

        MySQL and SQLite convert otherwise where a list mixes kinds, or holds columns.
        """
        left = inner(node.this)
        if (query := node.args.get("query")) is not None:
            return _in_query(left, subquery(query))
        if not node.expressions:
            raise Unreadable("IN without a list")
        items = [inner(item) for item in node.expressions]
        heads = {item.head for item in items} - {"null"}
        kinds = {item.kind for item in (left, *items) if item.head != "null"}
        plain = heads <= {"int"} or heads <= {"text"} or self.dialect in ("postgres", "duckdb")
        plain = plain or (kinds == {"int"} and self.dialect == "mysql")
        if left.head == "row" or not plain:
            return Term("node:in list", (left, *items), kind="bool")
        return logic.either(logic.compare("=", left, item) for item in items)

    def _between(self, node: exp.Between, inner: Callable[[exp.Expr], Term]) -> Term:
        """Two comparisons (SQL:1999 8.3); in MySQL only where nothing has to be converted."""
        value, low, high = (inner(node.args[name]) for name in ("this", "low", "high"))
        converts = self.dialect == "mysql" and len({value.kind, low.kind, high.kind}) > 1
        collates = self.dialect == "sqlite" and not all(
            map(_carries_no_collation, (value, low, high))
        )
        if converts or (collates and not {low.head, high.head} <= LITERALS):
            return Term("node:between", (value, low, high), kind="bool")
        return logic.both((logic.compare("<=", low, value), logic.compare("<=", value, high)))


def compared(operator: str, left: Term, right: Term, dialect: str, turned: bool = False) -> Term:
    """`left operator right` in the dialect, whose operands were written the other way if turned.

    In SQLite the left side's collation decides, so two sides that may both carry one keep their
    places: they become a comparison that nothing is known of.
    """
    sides = (left, right)
    if dialect == "sqlite" and not any(map(_carries_no_collation, sides)):
        shown = f"node:collated {operator}{' turned' if turned else ''}"
        return Term(shown, sides, kind="bool")
    return logic.compare(operator, left, right)


def _carries_no_collation(term: Term) -> bool:
    return term.kind not in ("text", "other", "") or term.head in LITERALS


def _column(node: exp.Column, scopes: tuple[Names, ...]) -> Term:
    for scope in reversed(scopes):
        if node.table in scope:
            found = scope[node.table].get(node.name)
            if found is None:
                raise Unreadable(f"a column {node.name} that is not declared")
            return found
    raise Unreadable(f"the column {node.name} of no source")


def _literal(node: exp.Expr) -> Term:
    if isinstance(node, exp.Null):
        return NULL
    if isinstance(node, exp.Boolean):
        return TRUE if node.this else FALSE
    text = node.name
    if node.args.get("is_string"):
        if text.strip().lower() in ("now", "today", "tomorrow", "yesterday"):
            raise Unreadable("a moment that changes")
        return Term("text", value=text, kind="text")
    if re.fullmatch(r"\d{1,18}", text):
        return logic.integer(int(text))
    return Term("decimal", value=text, kind="num" if re.fullmatch(r"[\d.]+", text) else "real")


def _in_query(left: Term, query: Query) -> Term:
    wide = len(left.parts) if left.head == "row" else 1
    if width(query) != wide:
        raise Unreadable("IN of another width")
    return Term("in", (left, query), kind="bool")


def only(node: exp.Expr, known: Iterable[str]) -> None:
    """Refuse a node with a part that would be passed over: a NOT may be no more than a flag.

    Raises:
        Unreadable: where there is one.
    """
    for name, value in node.args.items():
        if value and name not in known:
            raise Unreadable(f"{name} of {node.key}")


def _is(node: exp.Is, inner: Callable[[exp.Expr], Term]) -> Term:
    only(node, ("this", "expression", "negate"))
    if node.args.get("negate"):
        return logic.negate(_is(exp.Is(this=node.this, expression=node.expression), inner))
    right = node.expression
    if isinstance(right, exp.Null):
        return logic.is_null(inner(node.this))
    if isinstance(right, exp.Boolean):
        left = inner(node.this)
        wanted = left if right.this else logic.negate(left)
        return Term("node:is true", (wanted,), kind="bool")
    raise Unreadable("IS")


def _case(node: exp.Expr, inner: Callable[[exp.Expr], Term]) -> Term:
    """CASE and IF: conditions, of which only TRUE counts, with their values, and a last value."""
    operand = node.args.get("this") if isinstance(node, exp.Case) else None
    if isinstance(node, exp.Case):
        pairs = [(branch.this, branch.args["true"]) for branch in node.args["ifs"]]
        default = node.args.get("default")
    else:
        pairs, default = [(node.this, node.args["true"])], node.args.get("false")
    parts: list[Term] = []
    for condition, value in pairs:
        test = inner(condition)
        parts += [test if operand is not None else logic.truth(test), inner(value)]
    parts.append(NULL if default is None else inner(default))
    kinds = {part.kind for part in [*parts[1:-1:2], parts[-1]] if part.head != "null"}
    kind = kinds.pop() if len(kinds) == 1 else ""
    if operand is not None:
        value = inner(operand)
        return Term("node:simple case", (value, *parts), kind=kind)
    kept: list[Term] = []
    for at in range(0, len(parts) - 1, 2):
        # what is never TRUE is never chosen
        if parts[at] != FALSE or kind not in ("int", "bool", "date"):
            kept += parts[at : at + 2]
    return Term("case", (*kept, parts[-1]), kind=kind) if kept else parts[-1]


def _function(node: exp.Expr, inner: Callable[[exp.Expr], Term]) -> Term:
    """Any other node, by its name and arguments."""
    name = node.name.lower() if isinstance(node, exp.Anonymous) else node.key
    if isinstance(node, exp.Func) and _CLOCKS.fullmatch(name):
        raise Unreadable(f"{name} answers differently each time")
    if isinstance(node, exp.Tuple):
        return Term("row", tuple(map(inner, node.expressions)))
    if isinstance(node, exp.Neg) and (value := inner(node.this)).head in ("int", "null"):
        if value.head == "null":
            return NULL
        assert isinstance(value.value, int)
        return logic.integer(-value.value)
    if isinstance(node, exp.Coalesce):
        values = [inner(part) for part in (node.this, *node.expressions)]
        if values[0].head == "int" and all(v.head in ("int", "null") for v in values):
            return values[0]
    if isinstance(node, exp.Cast):
        return _cast(node, inner)
    if isinstance(node, exp.Count) and (counted := _counts_rows(node, inner)) is not None:
        return counted
    if node.args.get("negate"):
        plain = node.copy()
        plain.set("negate", None)
        plain.parent = node.parent
        return logic.negate(_function(plain, inner))
    parts: list[Term] = []
    shape = _shape(node, inner, parts)
    head = _head(node)
    kind = "int" if isinstance(node, exp.Count | exp.Length) else ""
    return Term(head, tuple(parts), (name, shape), kind=kind)


def _head(node: exp.Expr) -> str:
    """aggregate, window, function (row by row), or strange: nobody knows."""
    if isinstance(node, exp.Window):
        return "node:window"
    if not isinstance(node, exp.Func):
        return "node:function"
    above = node.parent
    while isinstance(above, exp.Filter | exp.IgnoreNulls | exp.RespectNulls | exp.WithinGroup):
        above = above.parent
    if isinstance(above, exp.Window) and above.this.find(type(node)) is node:
        return "node:windowed"
    if isinstance(node, exp.AggFunc):
        return "node:aggregate"
    return "node:function" if isinstance(node, _ROW_BY_ROW) else "node:strange"


def _counts_rows(node: exp.Count, inner: Callable[[exp.Expr], Term]) -> Term | None:
    """COUNT(*), or COUNT of a literal that is not NULL."""
    if isinstance(node.parent, exp.Window) or node.args.get("expressions"):
        return None
    if not isinstance(node.this, exp.Star | exp.Literal | exp.Boolean):
        return None
    return Term("node:aggregate", value=("count", "*"), kind="int")


def _cast(node: exp.Expr, inner: Callable[[exp.Expr], Term]) -> Term:
    value = inner(node.this)
    if value.head == "null":
        return NULL
    target = node.args["to"].sql()
    kind = kind_of(target)
    if kind == "int" and value in (TRUE, FALSE):
        return logic.integer(int(value == TRUE))
    more = tuple(
        str(node.args[n]) for n in ("format", "default", "action", "safe") if node.args.get(n)
    )
    kind = kind if kind in ("int", "date", "timestamp") and node.key == "cast" else ""
    return Term("node:function", (value,), (node.key, target, more), kind=kind)


def _shape(node: exp.Expr, inner: Callable[[exp.Expr], Term], parts: list[Term]) -> Hashable:
    """The arguments by name: plain values as they are, expressions as places in `parts`."""
    found: list[Hashable] = []
    for name, value in sorted(node.args.items()):
        if value is None or value is False or value == [] or name == "big_int":
            continue
        found.append((name, _shape_of(value, inner, parts)))
    return tuple(found)


def _shape_of(value: Any, inner: Callable[[exp.Expr], Term], parts: list[Term]) -> Hashable:
    if isinstance(value, list):
        return tuple(_shape_of(item, inner, parts) for item in value)
    if isinstance(value, exp.Identifier | exp.Var | exp.DataType | exp.Star):
        return (value.key, value.sql().lower())
    if isinstance(value, exp.Order | exp.Ordered | exp.Where | exp.Distinct | exp.WindowSpec):
        return (value.key, _shape(value, inner, parts))
    if isinstance(value, exp.Expr):
        parts.append(inner(value))
        return len(parts) - 1
    return str(value)
